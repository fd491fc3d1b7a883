package secret

import (
	"crypto/rand"
	"strings"
)

// Saved is a recovery code that a person keeps on paper: 16 symbols, the first of which is its place among the ten, the other
// 15 random: 75 bits, beyond guessing. It is shown once, when it is made; only a password-like digest of it is kept.
type Saved struct{ hiddenText }

// SavedPlaces is how many of them an account has.
const SavedPlaces = 10

const savedLength = 16

// savedSymbols are digits and letters without those that look like another one: i, l, o and u (Crockford's base 32).
const savedSymbols = "0123456789abcdefghjkmnpqrstvwxyz"

// NewSaved draws the code of a place, 0 to 9.
func NewSaved(place int) Saved {
	b := make([]byte, savedLength)
	rand.Read(b)
	for i := range b {
		b[i] = savedSymbols[b[i]%32]
	}
	b[0] = savedSymbols[place%SavedPlaces]
	return Saved{hide(string(b))}
}

// TypedSaved reads what a person typed from the paper: spaces and hyphens are left out, letters of either case count, and those that
// look like a digit are read as one. The second result is false for what cannot be a code; the zero Saved means that nothing was typed.
func TypedSaved(typed string) (Saved, bool) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return Saved{}, false
	}
	var b []byte
	for _, r := range typed {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r >= '０' && r <= '９':
			r -= '０' - '0'
		case strings.ContainsRune(" -‐‑–\u00a0\u2009\u200e\u200f", r):
			continue
		}
		switch r {
		case 'o':
			r = '0'
		case 'i', 'l':
			r = '1'
		}
		if r > 'z' || strings.IndexByte(savedSymbols, byte(r)) < 0 || len(b) >= savedLength {
			return Saved{hide("no code")}, false
		}
		b = append(b, byte(r))
	}
	if len(b) != savedLength || b[0] > '9' {
		return Saved{hide("no code")}, false
	}
	return Saved{hide(string(b))}, true
}

// IsZero says that there is none.
func (s Saved) IsZero() bool { return s.text == nil }

// Place is which of the ten it says it is; 0 for what is no code.
func (s Saved) Place() int {
	if text := s.reveal(); len(text) == savedLength {
		return int(text[0] - '0')
	}
	return 0
}

// Reveal gives the code in groups of four, to the page that is printed.
func (s Saved) Reveal() string {
	text := s.reveal()
	if len(text) != savedLength {
		return text
	}
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}
