// Package contact holds the places at which a person can be reached: e-mail
// addresses and phone numbers. It parses what a person typed into a value
// that is safe to compare, to look up and to put into a message, and it does
// nothing else: no lookup, no sending, no guessing at what was meant.
//
// Three attacks shape it:
//
//   - Header injection: no control character, no line end and no quoting
//     character can be inside an [Email], so an address cannot end a mail header
//     or an SMTP command.
//   - Unicode twins (CVE-2019-19844): the local part is never folded by Unicode
//     rules. "mıke" and "mike" are two mailboxes and never share a [Email.Key].
//     Characters that another program might fold into an "@", a quote or a
//     space are refused rather than mapped.
//   - Telling on people: an address printed by accident is masked. Only
//     [Email.Address] and the text form made for storage give the whole of it.
package contact

import (
	"bytes"
	"fmt"
	"log/slog"
)

// Kind says what sort of place a [Contact] is.
type Kind string

// The kinds of contact. Their text is stored, so it never changes.
const (
	KindEmail Kind = "email"
	KindPhone Kind = "phone"
)

// Contact is a place of either kind, in the form in which accounts and requests
// keep it. It is comparable. Like [Email], it prints masked.
type Contact struct {
	Kind    Kind
	Address string // in full: an address as of [Email.Address], or a number in E.164
}

// Email gives the address back as a parsed value; false if c is not an e-mail
// address, or one that this version would not accept.
func (c Contact) Email() (Email, bool) {
	if c.Kind != KindEmail {
		return Email{}, false
	}
	e, err := ParseEmail(c.Address)
	return e, err == nil
}

// Phone gives the number back as a value; false if c is none.
func (c Contact) Phone() (Phone, bool) {
	var p Phone
	if c.Kind != KindPhone || p.UnmarshalText([]byte(c.Address)) != nil {
		return Phone{}, false
	}
	return p, !p.IsZero()
}

// IsZero says that there is none.
func (c Contact) IsZero() bool { return c == Contact{} }

// Key is the form in which contacts are compared: [Email.Key], or the number. Keys of the two kinds are never equal.
func (c Contact) Key() string {
	if e, ok := c.Email(); ok {
		return e.Key()
	}
	return c.Address
}

// String returns c masked: enough to tell two contacts of one person apart in a
// log, not enough to write to.
func (c Contact) String() string {
	if e, ok := c.Email(); ok {
		return e.String()
	}
	if p, ok := c.Phone(); ok {
		return p.String()
	}
	return string(c.Kind) + ":" + ellipsis
}

// MarshalText writes the whole of it, for storage: an address or a number.
func (c Contact) MarshalText() ([]byte, error) { return []byte(c.Address), nil }

// UnmarshalText reads what MarshalText wrote. A number begins with "+" and has no "@"; everything else is an address.
func (c *Contact) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = Contact{}
		return nil
	}
	if text[0] == '+' && bytes.IndexByte(text, '@') < 0 {
		var p Phone
		if err := p.UnmarshalText(text); err != nil {
			return err
		}
		*c = p.Contact()
		return nil
	}
	var e Email
	if err := e.UnmarshalText(text); err != nil {
		return err
	}
	*c = e.Contact()
	return nil
}

// Format masks c whatever the verb, %#v and %d included.
func (c Contact) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue masks c in structured logs.
func (c Contact) LogValue() slog.Value { return slog.StringValue(c.String()) }
