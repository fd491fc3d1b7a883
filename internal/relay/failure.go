package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"twohens/internal/engine"
)

// Class says what a failure means: for the message, and for the sender that it happened at.
type Class string

// The classes. The first is final. After the last two no other sender is asked, for now.
const (
	Refused  Class = "refused"  // nobody will ever deliver it: there is something about whom it goes to
	Declined Class = "declined" // this sender does not take this message; another may
	Unfit    Class = "unfit"    // this sender takes nothing from us: credentials, money, certificate, its answers make no sense
	Busy     Class = "busy"     // not now
	Down     Class = "down"     // not reached; nothing has left
	Later    Class = "later"    // not now for this one, and no other sender would be told anything else: greylisting
	Unsure   Class = "unsure"   // it left, and nobody knows what became of it
)

// ill says that a failure speaks of the sender and not of the one message. One that is declined must not count against the sender: a
// stranger with an odd number would shut it for everyone.
func (c Class) ill() bool { return c == Unfit || c == Busy || c == Down || c == Unsure }

// Failure is a message that a sender did not take. What it says may be logged and stored.
type Failure struct {
	Gateway string // as the operator calls it
	Class   Class
	Said    string // cleaned
	Err     error  // what a caller may look for; never the gateway's own words
}

func (f *Failure) Error() string {
	if f.Gateway == "" {
		return fmt.Sprintf("%s: %s", f.Class, f.Said)
	}
	return fmt.Sprintf("%s: %s: %s", f.Gateway, f.Class, f.Said)
}

// Asked tells the engine who was asked.
func (f *Failure) Asked() string { return f.Gateway }

// MayHaveLeft tells the engine that the message may have been taken all the same.
func (f *Failure) MayHaveLeft() bool { return f.Class == Unsure }

// Unwrap gives the engine what it tells apart: a final refusal is an *engine.Refusal.
func (f *Failure) Unwrap() error {
	if f.Class == Refused {
		return &engine.Refusal{Said: f.Said}
	}
	return f.Err
}

// classOf is the class of an error of a gateway; one without a class is that of a gateway that was not reached.
func classOf(err error) Class {
	var f *Failure
	if errors.As(err, &f) {
		return f.Class
	}
	return Down
}

// broken makes a failure of an error on the way to a gateway, by whether the text had left.
func broken(ctx context.Context, left bool, err error, private []string) *Failure {
	f := &Failure{Class: Down, Said: Clean(err.Error(), private...), Err: err}
	var unknown x509.UnknownAuthorityError
	var certificate *tls.CertificateVerificationError
	switch {
	case left:
		f.Class = Unsure
	case errors.As(err, &certificate), errors.As(err, &unknown):
		f.Class = Unfit
	}
	if ctx.Err() != nil {
		f.Said, f.Err = "broken off", context.Cause(ctx)
		if errors.Is(f.Err, context.DeadlineExceeded) {
			f.Said = "no answer in time"
		}
	}
	return f
}

// MaxSaid bounds what is kept of a sender's words, in bytes.
const MaxSaid = 160

// Clean makes a sender's words fit to be kept. Senders like to quote: the number, or the text that they did not
// like, with the code in it. What might be any of these is left out; status codes and network addresses stay, since they are
// what an operator looks for.
func Clean(said string, private ...string) string {
	return engine.Said(said, MaxSaid, func(word string) bool { return harmless(word, private) })
}

// longest is how long a word may be, in bytes, that is not taken for a key or for something encoded.
const longest = 24

func harmless(word string, private []string) bool {
	bare := strings.Trim(word, "[](),;:.<>'\"{}")
	if _, err := netip.ParseAddr(bare); err == nil {
		return true
	}
	if _, err := netip.ParseAddrPort(bare); err == nil {
		return true
	}
	for part := range strings.FieldsFuncSeq(bare, func(r rune) bool { return r == '.' || r == '/' || r == ':' }) {
		if len(part) > longest {
			return false
		}
	}
	digits, ours := digitsOf(bare)
	if len(digits) > 5 || !ours || strings.ContainsAny(bare, "@\\%&#") {
		return false
	}
	for _, p := range private {
		if p != "" && strings.Contains(bare, p) {
			return false
		}
		// Codes and numbers come back in groups as well, and with something around them.
		all, _ := digitsOf(p)
		group := min(3, max(2, len(digits)))
		for i := 0; i+group <= len(digits); i++ {
			if strings.Contains(all, digits[i:i+group]) {
				return false
			}
		}
	}
	return true
}

// digitsOf keeps the digits of a text. It says whether all of them are those of ASCII: others are not looked into.
func digitsOf(s string) (digits string, ours bool) {
	ours = true
	digits = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case unicode.IsDigit(r):
			ours = false
		}
		return -1
	}, s)
	return digits, ours
}
