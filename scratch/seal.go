package scratch

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	sealVersion = 2
	maxSealed   = 2048 // bytes of a sealed text
	maxName     = 128  // bytes of a site, an action or a host
)

// form is which sealed text this is. The seal covers it, so a ticket is no
// card and a card no response.
type form string

const (
	ticketForm   form = "twohens scratch ticket v2"
	cardForm     form = "twohens scratch card v2"
	roundForm    form = "twohens scratch second round v2"
	responseForm form = "twohens scratch response v2"
)

// ErrSeal is a sealed text that this ring did not make, that was edited, or
// that is of another form or place.
var ErrSeal = errors.New("scratch: not sealed by us for this")

// Key is one secret of a ring. Its id is public and travels with each card.
type Key struct {
	ID     string // 1 to 32 bytes
	Secret []byte // 32 bytes or more, from crypto/rand
}

// String hides the secret from logs.
func (k Key) String() string { return "Key(" + k.ID + ")" }

// GoString hides the secret from %#v.
func (k Key) GoString() string { return k.String() }

// Keys is a ring of keys: the first seals, all of them open, so that a key can
// be rotated while its cards are still out.
type Keys struct {
	seals string
	ring  map[string]ringKey
}

// ringKey is what is derived from a key's secret, for one use each.
type ringKey struct {
	aead  cipher.AEAD
	style []byte
}

// String hides the keys from logs.
func (Keys) String() string { return "Keys" }

// GoString hides the keys from %#v.
func (Keys) GoString() string { return "Keys" }

// NewKeys makes a ring of keys. At least one is needed, and no id twice.
func NewKeys(keys ...Key) (Keys, error) {
	if len(keys) == 0 {
		return Keys{}, errors.New("scratch: a ring needs a key")
	}
	out := Keys{seals: keys[0].ID, ring: map[string]ringKey{}}
	for _, k := range keys {
		if k.ID == "" || len(k.ID) > 32 {
			return Keys{}, errors.New("scratch: a key's id has 1 to 32 bytes")
		}
		if len(k.Secret) < 32 {
			return Keys{}, fmt.Errorf("scratch: the secret of key %q has %d bytes, 32 are needed", k.ID, len(k.Secret))
		}
		if _, twice := out.ring[k.ID]; twice {
			return Keys{}, fmt.Errorf("scratch: two keys have the id %q", k.ID)
		}
		aead, err := chacha20poly1305.NewX(derive(k.Secret, "scratch seal"))
		if err != nil {
			return Keys{}, fmt.Errorf("scratch: key %q: %w", k.ID, err)
		}
		out.ring[k.ID] = ringKey{aead, derive(k.Secret, "scratch style")}
	}
	return out, nil
}

// seal makes the text form of some fields with the ring's first key.
func (k *Keys) seal(f form, fields []byte) string { return k.sealBy(k.seals, f, fields) }

// sealBy is seal with a key that is in the ring.
func (k *Keys) sealBy(key string, f form, fields []byte) string {
	head := append([]byte{sealVersion, byte(len(key))}, key...)
	aead := k.ring[key].aead
	sealed := append(make([]byte, 0, len(head)+aead.NonceSize()+len(fields)+aead.Overhead()), head...)
	sealed = sealed[:len(head)+aead.NonceSize()]
	nonce := sealed[len(head):]
	rand.Read(nonce) // never fails: the program ends if the system has no randomness
	sealed = aead.Seal(sealed, nonce, fields, bound(f, head))
	return base64.RawURLEncoding.EncodeToString(sealed)
}

// bound is what the seal also covers: the form, and the head in the clear, each
// with its length.
func bound(f form, head []byte) []byte {
	return sized(sized(nil, []byte(f)), head)
}

// open checks the seal and returns the fields and the id of the key. The only
// error is ErrSeal: why a text is not ours is nobody's business.
func (k *Keys) open(f form, text string) (fields []byte, key string, err error) {
	if len(text) > maxSealed {
		return nil, "", ErrSeal
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// The length refuses the line breaks that the decoder skips: a card has one
	// text form, or texts compared elsewhere would differ for one card.
	if err != nil || base64.RawURLEncoding.EncodedLen(len(raw)) != len(text) {
		return nil, "", ErrSeal
	}
	if len(raw) < 2 || raw[0] != sealVersion || len(raw) < 2+int(raw[1]) {
		return nil, "", ErrSeal
	}
	head, rest := raw[:2+int(raw[1])], raw[2+int(raw[1]):]
	ring, known := k.ring[string(head[2:])]
	if !known || len(rest) < ring.aead.NonceSize() {
		return nil, "", ErrSeal
	}
	nonce, body := rest[:ring.aead.NonceSize()], rest[ring.aead.NonceSize():]
	fields, err = ring.aead.Open(nil, nonce, body, bound(f, head))
	if err != nil {
		return nil, "", ErrSeal
	}
	return fields, string(head[2:]), nil
}

// sized appends a field with its length, two bytes, in front.
func sized(b, f []byte) []byte { return append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...) }

func sizedText(b []byte, f string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...)
}

func sizedNumber(b []byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint16(b, 8), n)
}

func sizedTime(b []byte, t time.Time) []byte { return sizedNumber(b, uint64(t.UnixMilli())) }

// fields reads what sized wrote, one field after the other. After the first
// that does not fit it is failed, and gives zeros.
type fields struct {
	rest   []byte
	failed bool
}

func (f *fields) next() []byte {
	if f.failed || len(f.rest) < 2 || len(f.rest)-2 < int(binary.BigEndian.Uint16(f.rest)) {
		f.failed = true
		return nil
	}
	n := int(binary.BigEndian.Uint16(f.rest))
	out := f.rest[2 : 2+n]
	f.rest = f.rest[2+n:]
	return out
}

func (f *fields) text() string { return string(f.next()) }

func (f *fields) number() uint64 {
	b := f.next()
	if len(b) != 8 {
		f.failed = true
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

func (f *fields) time() time.Time { return time.UnixMilli(int64(f.number())) }

func (f *fields) id() (id [16]byte) {
	if b := f.next(); len(b) == len(id) {
		return [16]byte(b)
	}
	f.failed = true
	return id
}

// done tells whether all fields fitted and nothing is left.
func (f *fields) done() bool { return !f.failed && len(f.rest) == 0 }
