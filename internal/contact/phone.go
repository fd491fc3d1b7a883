package contact

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
func ParsePhone(typed, region string) (Phone, error) {
	typed = strings.TrimFunc(typed, isSpace)
	switch {
	case typed == "":
		return Phone{}, ErrEmpty
	case utf8.RuneCountInString(typed) > maxTyped:
		return Phone{}, ErrTooLong
	case strings.ContainsFunc(typed, notDialled):
		return Phone{}, ErrNumber
	}
	number, err := phonenumbers.Parse(typed, strings.ToUpper(region))
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return Phone{}, ErrCountry
	case err != nil, number.GetExtension() != "", !phonenumbers.IsValidNumber(number):
		return Phone{}, ErrNumber
	}
	return Phone{phonenumbers.Format(number, phonenumbers.E164)}, nil
}

// notDialled says that a character has no place in a number. Digits of every script do: people type what their keyboard has.
func notDialled(r rune) bool {
	switch {
	case phoneDigit(r), strings.ContainsRune("+＋-‐‑‒–—−/.·()（）[] \u00a0\u2009\u202f\u3000\u200e\u200f", r):
		return false
	}
	return true
}

func phoneDigit(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r >= '０' && r <= '９', r >= '٠' && r <= '٩', r >= '۰' && r <= '۹':
		return true
	}
	return false
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
