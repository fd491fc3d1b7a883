package recovery

import (
	"crypto/sha256"
	"strings"
)

// Reference is what a person reads out to the help desk to name a request: "H7K-2Q9". It proves nothing and opens nothing. Every request
// has one, that of an unknown address too (invariant 5). Two requests may share one, once in a thousand million.
type Reference string

// referenceLetters has none that are mistaken for each other when written or spoken: no 0 and O, no 1, I and L, no U.
const referenceLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// referenceLength is how many letters there are, in two groups.
const referenceLength = 6

// Reference is that of the request with this id. The id does not follow from it.
func (id ID) Reference() Reference {
	sum := sha256.Sum256([]byte("reference\x00" + string(id)))
	var b strings.Builder
	for i := range referenceLength {
		if i == referenceLength/2 {
			b.WriteByte('-')
		}
		// 4 bytes over 30 letters: no letter is likelier than another by more than one in a hundred million.
		n := uint32(sum[4*i])<<24 | uint32(sum[4*i+1])<<16 | uint32(sum[4*i+2])<<8 | uint32(sum[4*i+3])
		b.WriteByte(referenceLetters[n%uint32(len(referenceLetters))])
	}
	return Reference(b.String())
}

// ParseReference reads a reference as people write it down: in small letters, with spaces or without the dash, and with the letters that it
// never has taken for those they look like. False when it is none.
func ParseReference(typed string) (Reference, bool) {
	if len(typed) > 64 {
		return "", false
	}
	var letters []byte
	for _, r := range typed {
		if 'a' <= r && r <= 'z' { // no other letters: what case makes of them differs by language
			r -= 'a' - 'A'
		}
		switch r {
		case ' ', '-', '\u2010', '\u2011', '\u2012', '\u2013', '\u00a0', '\t':
			continue
		case 'U':
			r = 'V'
		}
		if !strings.ContainsRune(referenceLetters, r) {
			return "", false
		}
		letters = append(letters, byte(r))
	}
	if len(letters) != referenceLength {
		return "", false
	}
	return Reference(letters[:referenceLength/2]) + "-" + Reference(letters[referenceLength/2:]), true
}
