// Package password answers one question about a new password: is it good enough
// ? It also says how strong it looks, which is advice alone,
// and keeps passwords as Argon2id hashes.
//
// What was typed becomes a [Password] at once and stays one. A Password cannot be
// printed, logged, marshalled or compared with ==; the hasher and the breach
// service read it through [Password.Reveal], and so must every directory that
// sets one. Nothing here records a password, part of one, or a digest that would
// help to guess one.
package password

import (
	"errors"
	"log/slog"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Cap is the most code points that a password may have. It bounds the work
// that a stranger can ask for, and is far above what anybody types.
const Cap = 256

// maxTyped bounds, in bytes, what is normalised at all. Every password of Cap code
// points in normal form C fits, but for texts of stacked marks that no keyboard
// makes: a code point has at most 4 bytes and, decomposed, seldom over 3 code points.
const maxTyped = Cap * 4 * 3

// What is wrong with a typed password before any rule is asked. Neither error
// holds anything of it.
var (
	ErrTooLong = errors.New("password: longer than 256 characters")
	ErrUTF8    = errors.New("password: not valid UTF-8")
)

// Password is a password as typed, in Unicode normal form C, so that it is the same
// whichever keyboard it comes from. It is otherwise untouched: nothing is
// trimmed, cut, folded or replaced, and every character counts. The zero value is
// the empty password.
type Password struct {
	_ [0]func() // no ==, which would tell by its time how much of a guess was right
	// Behind a pointer, because fmt shows what is in a struct's unexported fields, or
	// what it prints with a verb like %d, without asking Password how. Of a pointer
	// it shows the address.
	text *string
}

// New takes a password as typed, at sign-in as well as when one is set. The error
// is [ErrTooLong] or [ErrUTF8].
func New(typed string) (Password, error) {
	if len(typed) > maxTyped {
		return Password{}, ErrTooLong
	}
	if !utf8.ValidString(typed) {
		return Password{}, ErrUTF8
	}
	text := norm.NFC.String(typed)
	if utf8.RuneCountInString(text) > Cap {
		return Password{}, ErrTooLong
	}
	return Password{text: &text}, nil
}

// Reveal returns the password itself. Every call is a place to review.
func (p Password) Reveal() string {
	if p.text == nil {
		return ""
	}
	return *p.text
}

// Length is the number of code points (R-82; NIST SP 800-63B-4 section 3.1.1.2).
func (p Password) Length() int { return utf8.RuneCountInString(p.Reveal()) }

const redacted = "[password]"

// String returns "[password]".
func (Password) String() string { return redacted }

// GoString returns "[password]".
func (Password) GoString() string { return redacted }

// LogValue returns "[password]".
func (Password) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[password]": a Password is never stored as text.
func (Password) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[password]", quoted.
func (Password) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
