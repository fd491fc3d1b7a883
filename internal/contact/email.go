package contact

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Longest address and longest local part, in bytes (R-08; RFC 5321 section
// 4.5.3.1, with RFC 3696 erratum 1690 for the 254).
const (
	MaxEmail = 254
	maxLocal = 64
)

// What can be wrong with a typed address. Pages choose their words by these with
// [errors.Is]; none of them carries what was typed, so all of them may be logged.
var (
	ErrEmpty   = errors.New("contact: no address")
	ErrTooLong = errors.New("contact: address is too long")
	ErrControl = errors.New("contact: address holds control or invisible characters")
	ErrShape   = errors.New("contact: not an e-mail address")
)

// Email is an e-mail address in normal form. The zero value is no address.
//
// Two Emails that are == are written to in the same way. To ask whether two mean
// the same person, compare their keys: see [Email.Key].
//
// fmt and slog show an Email masked. They cannot do so for one kept in an
// unexported field of a struct that is printed as a whole.
type Email struct {
	local  string // as typed, in NFC
	domain string // ASCII, lower case, IDNA2008 A-labels
}

// domains maps the typed domain to the form in which it is looked up in DNS:
// lower case, A-labels (UTS 46, non-transitional, as browsers do). Full-width
// letters and dots are mapped, which is safe here because the mapping is the one
// that every resolver applies, and the result is checked as a host name.
var domains = idna.New(
	idna.MapForLookup(),
	idna.BidiRule(),
	idna.CheckHyphens(true),
	idna.CheckJoiners(true),
	idna.StrictDomainName(true),
	idna.VerifyDNSLength(true),
)

// ParseEmail reads an address as a person typed it. Space around it is
// dropped. The domain is lower-cased and mapped by IDNA; the local part stays
// byte for byte what it was, but for Unicode normal form C. No provider's habits
// are applied: dots and "+" mean something to that provider alone.
//
// Quoted local parts, comments, display names and address literals are refused:
// nobody recovers an account with them, and each is a second way to read the same
// bytes, which is how mail goes to the wrong person.
//
// The error is one of [ErrEmpty], [ErrTooLong], [ErrControl], [ErrShape].
func ParseEmail(typed string) (Email, error) {
	// Measured before any other work, so that what a stranger sends cannot make us
	// normalise a megabyte. Space is cheap to drop first.
	typed = strings.TrimFunc(typed, isSpace)
	switch {
	case typed == "":
		return Email{}, ErrEmpty
	case len(typed) > MaxEmail:
		return Email{}, ErrTooLong
	case !utf8.ValidString(typed):
		return Email{}, ErrShape
	case strings.ContainsFunc(typed, invisible):
		return Email{}, ErrControl
	}
	at := strings.IndexByte(typed, '@')
	if at < 0 || at != strings.LastIndexByte(typed, '@') {
		return Email{}, ErrShape
	}
	if strings.ContainsFunc(typed[:at], becomesASCII) {
		return Email{}, ErrShape
	}
	local := norm.NFC.String(typed[:at])
	if len(local) > maxLocal {
		return Email{}, ErrTooLong
	}
	if !dotAtom(local) {
		return Email{}, ErrShape
	}
	domain, err := domains.ToASCII(typed[at+1:])
	if err != nil || !hostName(domain) {
		return Email{}, ErrShape
	}
	if len(local)+1+len(domain) > MaxEmail { // A-labels are longer than what was typed
		return Email{}, ErrTooLong
	}
	return Email{local: local, domain: domain}, nil
}

// isSpace reports the blanks that a keyboard or a clipboard leaves around an
// address. Tabs and line ends are not among them: those are control characters,
// and a line end is the start of a header injection even at the end of a value.
func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) }

// invisible reports characters that have no place in an address and that a
// person could not see: controls, line and paragraph separators, and format
// characters such as the bidirectional overrides that make an address read
// backwards. The two joiners stay, since some scripts are misspelt without them.
func invisible(r rune) bool {
	const zwnj, zwj = '\u200c', '\u200d'
	if r == zwnj || r == zwj {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Noncharacter_Code_Point)
}

// dotAtom reports whether s is a local part that needs no quoting: RFC 5322
// section 3.2.3, with the characters beyond ASCII of RFC 6531.
func dotAtom(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" {
			return false
		}
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		switch {
		case r < utf8.RuneSelf:
			return !atomText(byte(r)) && r != '.'
		case r == '\u200c' || r == '\u200d':
			return false
		}
		return !unicode.IsGraphic(r) || isSpace(r) || foldsToSpecial(r)
	})
}

// atomText reports RFC 5322's atext.
func atomText(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", b) >= 0
}

// becomesASCII reports the few characters, the Kelvin sign among them, that even
// the canonical normal form C turns into ASCII. With them two spellings that other
// programs hold apart would be one address here (CVE-2019-19844).
func becomesASCII(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	c, _ := utf8.DecodeRuneInString(norm.NFC.String(string(r)))
	return c < utf8.RuneSelf
}

// foldsToSpecial reports characters, such as the full-width "@" or the small
// semicolon, that a mail program applying NFKC would turn into one with a meaning
// in an address. Sent on, such an address would be read in two ways.
func foldsToSpecial(r rune) bool {
	return strings.ContainsFunc(norm.NFKC.String(string(r)), func(k rune) bool {
		return k < utf8.RuneSelf && (k == '.' || !atomText(byte(k)))
	})
}

// hostName reports whether an A-label domain can receive mail from us: it has a
// dot, or is "localhost" for trying things out, and is not an IPv4 address in
// any of its spellings (its last label is not a number).
func hostName(ascii string) bool {
	if ascii == "localhost" {
		return true
	}
	dot := strings.LastIndexByte(ascii, '.')
	if dot <= 0 || dot == len(ascii)-1 {
		return false
	}
	last := ascii[dot+1:]
	return strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// Address returns the whole address, the domain in A-labels: the form to hand to
// a mail server, a directory or a keyed hash, and to nothing that keeps a log.
func (e Email) Address() string {
	if e.IsZero() {
		return ""
	}
	return e.local + "@" + e.domain
}

// Key returns the form in which addresses are compared, looked up and limited:
// the local part with its ASCII letters lower-cased, then "@" and the domain.
//
// Only ASCII letters, on purpose. Mail servers treat "Ann" and "ann" as one
// mailbox, so must we. But Unicode case mapping makes the dotted İ an "i" with a
// mark, the dotless ı an "I" and the long ſ an "S", and with it an attacker who
// owns the mailbox of one spelling is taken for the owner of the other
// (CVE-2019-19844).
// A name in another script in another case is another key: it is then simply not
// found, which harms nobody.
func (e Email) Key() string {
	if e.IsZero() {
		return ""
	}
	return lowerASCII(e.local) + "@" + e.domain
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Local returns the part before the "@", as typed but in NFC.
func (e Email) Local() string { return e.local }

// Domain returns the part after the "@", in A-labels and lower case.
func (e Email) Domain() string { return e.domain }

// Unicode returns the whole address for showing to its owner, the domain in its
// own script. It is not for comparing and not for sending.
func (e Email) Unicode() string {
	if e.IsZero() {
		return ""
	}
	shown, err := domains.ToUnicode(e.domain)
	if err != nil {
		shown = e.domain
	}
	return e.local + "@" + shown
}

// IsZero reports whether e is no address at all.
func (e Email) IsZero() bool { return e == Email{} }

// Contact returns e in the form in which accounts keep their contacts.
func (e Email) Contact() Contact { return Contact{Kind: KindEmail, Address: e.Address()} }

const ellipsis = "\u2026"

// String returns the address masked, as "a…@post.example", so that neither a log
// nor an error message ever holds it. A local part of one or two
// characters shows none of them.
func (e Email) String() string {
	if e.IsZero() {
		return ""
	}
	shown := ""
	if utf8.RuneCountInString(e.local) > 2 {
		_, n := utf8.DecodeRuneInString(e.local)
		shown = e.local[:n]
	}
	return shown + ellipsis + "@" + e.domain
}

// Format masks e whatever the verb, %#v and %d included.
func (e Email) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.String())) }

// LogValue masks e in structured logs.
func (e Email) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalText returns the whole address, as [Email.Address] does. It is for
// storage, where a masked address would be a lost one: so an Email inside a
// value that is logged as JSON is logged in full, and such values are not logged.
func (e Email) MarshalText() ([]byte, error) { return []byte(e.Address()), nil }

// UnmarshalText reads what [Email.MarshalText] wrote, by the rules of
// [ParseEmail]; an empty text is the zero Email.
func (e *Email) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*e = Email{}
		return nil
	}
	parsed, err := ParseEmail(string(text))
	if err != nil {
		return err
	}
	*e = parsed
	return nil
}
