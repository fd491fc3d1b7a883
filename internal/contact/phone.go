package contact

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// What can be wrong with a typed number, beside [ErrEmpty] and [ErrTooLong]. None of them carries what was typed.
var (
	ErrNumber  = errors.New("contact: not a phone number")
	ErrCountry = errors.New("contact: no country, and the number does not begin with + and one")
)

// maxTyped is how much of a typed number is looked at: E.164 has 15 digits, people add spaces, brackets and a trunk zero.
const maxTyped = 40

// Phone is a telephone number in E.164: "+", country calling code, the rest; at most 15 digits. The zero value is no number.
//
// It is comparable, and two that are == ring the same telephone. Like [Email], it prints masked.
type Phone struct {
	e164 string
}

// ParsePhone reads a number as a person typed it, in any of the usual spellings. The region, an ISO 3166 code such as "ES", says
// where a number without "+" is dialled; it may be empty. Extensions and letters are refused: nothing can be sent to them.
//
// The error is one of [ErrEmpty], [ErrTooLong], [ErrCountry], [ErrNumber].
//
// Invisible marks are left out: a number that is copied from an address book comes wrapped in marks of direction.
func ParsePhone(typed, region string) (Phone, error) {
	if len(typed) > maxTyped*8 { // most of it invisible: nothing that anybody copies
		return Phone{}, ErrTooLong
	}
	typed = strings.TrimFunc(strings.Map(visible, typed), isSpace)
	switch {
	case typed == "":
		return Phone{}, ErrEmpty
	case utf8.RuneCountInString(typed) > maxTyped:
		return Phone{}, ErrTooLong
	}
	digits, ok := dialled(typed)
	if !ok {
		return Phone{}, ErrNumber
	}
	number, err := phonenumbers.Parse(digits, strings.ToUpper(region))
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return Phone{}, ErrCountry
	case err != nil, !phonenumbers.IsValidNumber(number):
		return Phone{}, ErrNumber
	}
	e164 := phonenumbers.Format(number, phonenumbers.E164)
	if len(e164) > 1+maxDigits {
		return Phone{}, ErrNumber
	}
	return Phone{e164}, nil
}

// maxDigits is how long a number is at most, the country's code included (ITU-T E.164, 6.2.1). Germany's plan has longer ones, which no gateway takes.
const maxDigits = 15

func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// dialled is what is left of a typed number without what people put between its digits: a plus, if it begins with one, and plain
// digits, whichever their keyboard has. False if anything else is in it. The library would understand more, such as letters and
// extensions, and less, such as narrow spaces.
func dialled(typed string) (string, bool) {
	var b strings.Builder
	for _, r := range typed {
		digit, ok := phoneDigit(r)
		switch {
		case ok:
			b.WriteByte(digit)
		case r == '+' || r == '＋':
			if b.Len() > 0 {
				return "", false
			}
			b.WriteByte('+')
		case !strings.ContainsRune("−/.·()（）[]", r) && !unicode.In(r, unicode.Zs, unicode.Pd):
			return "", false
		}
	}
	return b.String(), true
}

func phoneDigit(r rune) (byte, bool) {
	for _, zero := range [...]rune{'0', '٠', '۰', '０'} { // ASCII, Arabic, Persian, full width
		if r >= zero && r <= zero+9 {
			return '0' + byte(r-zero), true
		}
	}
	return 0, false
}

// Number is the whole of it, such as "+34600123456".
func (p Phone) Number() string { return p.e164 }

// IsZero says that there is none.
func (p Phone) IsZero() bool { return p.e164 == "" }

// Contact returns p in the form in which accounts keep their contacts.
func (p Phone) Contact() Contact { return Contact{Kind: KindPhone, Address: p.e164} }

// Region is the country that the number belongs to, as an ISO 3166 code; empty for one that belongs to none, such as a satellite's.
func (p Phone) Region() string {
	if n, ok := p.parsed(); ok {
		if region := phonenumbers.GetRegionCodeForNumber(n); region != phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
			return region
		}
	}
	return ""
}

// Prefix is the number without its last four digits: ranges are let to fraudsters in blocks of ten thousand, so what is counted by
// prefix is counted by such a block.
func (p Phone) Prefix() string {
	if len(p.e164) <= 5 {
		return p.e164
	}
	return p.e164[:len(p.e164)-4]
}

// Spaced is the number as people read it, such as "+34 600 12 34 56".
func (p Phone) Spaced() string {
	if n, ok := p.parsed(); ok {
		return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
	}
	return p.e164
}

// Texts says whether texts with codes may be sent to numbers of this type: those of mobile telephones, and those of countries whose
// numbers do not tell. Premium, shared-cost, satellite and other special ranges cost the sender and are what pumping lives on.
func (p Phone) Texts() bool {
	n, ok := p.parsed()
	if !ok || p.Region() == "" {
		return false
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return true
	}
	return false
}

func (p Phone) parsed() (*phonenumbers.PhoneNumber, bool) {
	if p.IsZero() {
		return nil, false
	}
	n, err := phonenumbers.Parse(p.e164, "")
	return n, err == nil
}

// String masks all but the country and the last two digits.
func (p Phone) String() string {
	if len(p.e164) < 6 {
		return ellipsis
	}
	n, ok := p.parsed()
	if !ok {
		return ellipsis
	}
	return fmt.Sprintf("+%d%s%s", n.GetCountryCode(), ellipsis, p.e164[len(p.e164)-2:])
}

// Format masks p whatever the verb, %#v and %d included.
func (p Phone) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(p.String())) }

// LogValue masks p in structured logs.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText writes the whole number, for storage.
func (p Phone) MarshalText() ([]byte, error) { return []byte(p.e164), nil }

// UnmarshalText reads what MarshalText wrote. It checks the shape and not the numbering plan: plans change, and a number that was
// confirmed once must stay readable.
func (p *Phone) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "" {
		*p = Phone{}
		return nil
	}
	digits := strings.TrimPrefix(s, "+")
	if digits == s || len(digits) < 5 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return ErrNumber
	}
	*p = Phone{s}
	return nil
}
