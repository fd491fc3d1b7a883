package secret

import (
	"crypto/subtle"
	"encoding/binary"
	"math"
	"strings"
	"unicode"
)

// Lengths of a code in digits.
const (
	MinDigits     = 6
	DefaultDigits = 8
	MaxDigits     = 12
)

// Code is the run of digits that a person types. It exists in memory only, for as long as a message is being written or a
// typed one compared.
type Code struct{ hiddenText }

// Derive makes the code that the fields stand for: uniform, leading zeros kept. The fields are those of invariant 6;
// the same fields give the same code for ever, which is what lets a resend repeat a code without storing it.
//
// Cutting a 64-bit number to n digits by remainder would favour small codes; numbers beyond the largest multiple of 10^n are
// thrown away and the next ones tried, which for 12 digits happens less than once in ten million.
func (k Key) Derive(digits int, purpose string, fields ...[]byte) Code {
	if digits < MinDigits || digits > MaxDigits {
		panic("secret: a code of an impossible length")
	}
	var counter [8]byte
	for n := uint64(0); ; n++ {
		binary.BigEndian.PutUint64(counter[:], n)
		sum := k.mac(purpose, append(fields[:len(fields):len(fields)], counter[:])...)
		for ; len(sum) >= 8; sum = sum[8:] {
			if code, fair := cut(binary.BigEndian.Uint64(sum), digits); fair {
				return Code{hide(code)}
			}
		}
	}
}

// cut makes digits of a number, unless it is one of the few at the end that would favour small codes.
func cut(v uint64, digits int) (code string, fair bool) {
	space := uint64(1)
	for range digits {
		space *= 10
	}
	if v >= math.MaxUint64-math.MaxUint64%space {
		return "", false
	}
	b := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		b[i] = byte('0' + v%10)
		v /= 10
	}
	return string(b), true
}

// Reveal gives the digits to the one place that writes the message.
func (c Code) Reveal() string { return c.reveal() }

// IsZero says that there is no code, as when nothing was typed.
func (c Code) IsZero() bool { return c.text == nil }

// Equal compares in constant time. Two absent codes are not equal: a blank must never match a blank (CVE-2019-16109).
func (c Code) Equal(other Code) bool {
	same := subtle.ConstantTimeCompare([]byte(c.reveal()), []byte(other.reveal())) == 1
	return same && !c.IsZero()
}

// maxTyped bounds what is looked at of a typed code; longer input is some other text, not a code.
const maxTyped = 64

// TypedCode reads what a person typed or pasted: spaces, hyphens, dots and invisible marks are left out, digits of other
// scripts count as digits, since a phone keyboard in Arabic or a copy from a full-width page gives those. Anything else makes
// it a code that matches nothing, which costs a try like every wrong one. An input with nothing in it is the zero Code.
func TypedCode(typed string) Code {
	if len(typed) > maxTyped*4 {
		return Code{hide("too long")}
	}
	var b strings.Builder
	for _, r := range typed {
		if d, ok := digit(r); ok {
			b.WriteByte('0' + d)
		} else if !separator(r) {
			return Code{hide("not a code")}
		}
	}
	return Code{hide(b.String())}
}

// digit reads the decimal digits that the product's languages are typed with.
func digit(r rune) (byte, bool) {
	for _, zero := range [...]rune{'0', '\u0660', '\u06F0', '\uFF10', '\u0966'} { // ASCII, Arabic, Persian, full width, Devanagari
		if r >= zero && r <= zero+9 {
			return byte(r - zero), true
		}
	}
	return 0, false
}

// separator says that a character is one of those between digits: white space, hyphens and dashes, invisible marks such as
// those that right-to-left text carries along.
func separator(r rune) bool {
	return r == '.' || r == '\u2212' || unicode.In(r, unicode.White_Space, unicode.Pd, unicode.Cf)
}
