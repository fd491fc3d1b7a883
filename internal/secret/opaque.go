package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
)

// opaqueSize is 128 bits, what ask of everything that is handed out and later trusted.
const opaqueSize = 16

var opaqueLength = base64.RawURLEncoding.EncodedLen(opaqueSize)

// Opaque is a random value that a browser, a mail or another program carries and presents again: a cookie, a link, an API key.
// Only its Digest is stored.
type Opaque struct{ hiddenText }

// NewOpaque draws one.
func NewOpaque() Opaque {
	b := make([]byte, opaqueSize)
	rand.Read(b)
	return Opaque{hide(base64.RawURLEncoding.EncodeToString(b))}
}

// DeriveOpaque makes the one that the fields stand for, so that a message sent twice carries the same link without the link
// having been stored.
func (k Key) DeriveOpaque(purpose string, fields ...[]byte) Opaque {
	return Opaque{hide(base64.RawURLEncoding.EncodeToString(k.mac(purpose, fields...)[:opaqueSize]))}
}

// ParseOpaque reads one that came back. Anything of another shape is the zero Opaque, whose digest matches nothing.
func ParseOpaque(text string) Opaque {
	// The length first: the decoder skips line ends, and a text with one in it must not come out of Reveal into a header.
	if len(text) != opaqueLength {
		return Opaque{}
	}
	if b, err := base64.RawURLEncoding.Strict().DecodeString(text); err != nil || len(b) != opaqueSize {
		return Opaque{}
	}
	return Opaque{hide(text)}
}

// Reveal gives the text to the cookie or the message that carries it.
func (o Opaque) Reveal() string { return o.reveal() }

// IsZero says that none came, or none of the right shape.
func (o Opaque) IsZero() bool { return o.text == nil }

// Digest is what is stored of it. A plain SHA-256 is enough for 128 random bits: there is nothing to guess.
func (o Opaque) Digest() Digest {
	if o.IsZero() {
		return Digest{}
	}
	return Digest(sha256.Sum256([]byte(o.reveal())))
}

// Digest stands for a secret in the database. It may be stored and looked up by index; it reveals nothing.
type Digest [sha256.Size]byte

// IsZero says that there is nothing to match.
func (d Digest) IsZero() bool { return d == Digest{} }

// Equal compares in constant time; two absent digests are not equal.
func (d Digest) Equal(other Digest) bool {
	return subtle.ConstantTimeCompare(d[:], other[:]) == 1 && !d.IsZero()
}

// Nonce is 128 random bits kept in a request and never sent out (invariant 6).
type Nonce [16]byte

// NewNonce draws one.
func NewNonce() Nonce {
	var n Nonce
	rand.Read(n[:])
	return n
}

// A nonce stays out of logs: with the key it gives every code of its request. A store takes its bytes, n[:].

func (Nonce) Format(f fmt.State, _ rune)   { fmt.Fprint(f, hidden) }
func (Nonce) MarshalText() ([]byte, error) { return []byte(hidden), nil }
