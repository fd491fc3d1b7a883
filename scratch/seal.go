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
	sealVersion = 1
	maxSealed   = 1024 // bytes of a sealed card in its text form
	maxName     = 128  // bytes of a site or an action
	sealDomain  = "twohens scratch card v1"
)

// ErrSeal is a sealed card that this ring did not make, or that was edited.
var ErrSeal = errors.New("scratch: not a card of ours")

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

// issue is all that is known of a dealt card. It exists only sealed, in the
// hands of the person: the server keeps nothing until the card is spent.
type issue struct {
	generator                  uint16
	week                       uint32
	site, action               string
	mode                       Mode
	issued, notBefore, expires time.Time // to the millisecond
	id                         [16]byte
	seed                       [32]byte

	key string // the id of the key it is sealed with; set by open
}

// seal makes the text form of an issue with the ring's first key.
func (k *Keys) seal(i *issue) (string, error) {
	if len(i.site) > maxName || i.action == "" || len(i.action) > maxName {
		return "", fmt.Errorf("scratch: site and action have at most %d bytes, and the action is not empty", maxName)
	}
	head := []byte{sealVersion, byte(len(k.seals))}
	head = append(head, k.seals...)
	aead := k.ring[k.seals].aead
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce) // never fails: the program ends if the system has no randomness
	sealed := append(append([]byte{}, head...), nonce...)
	sealed = aead.Seal(sealed, nonce, i.fields(), bound(head))
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// bound is what the seal also covers: which use of the key this is, and the
// head in the clear, each with its length.
func bound(head []byte) []byte {
	return sized(sized(nil, []byte(sealDomain)), head)
}

// open checks the seal and reads the issue. The only error is ErrSeal: why a
// card is not ours is nobody's business.
func (k *Keys) open(text string) (*issue, error) {
	if len(text) > maxSealed {
		return nil, ErrSeal
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// Re-encoding refuses the line breaks that the decoder skips: a card has
	// one text form, or texts compared elsewhere would differ for one card.
	if err != nil || base64.RawURLEncoding.EncodeToString(raw) != text {
		return nil, ErrSeal
	}
	if len(raw) < 2 || raw[0] != sealVersion || len(raw) < 2+int(raw[1]) {
		return nil, ErrSeal
	}
	head, rest := raw[:2+int(raw[1])], raw[2+int(raw[1]):]
	key, known := k.ring[string(head[2:])]
	if !known || len(rest) < key.aead.NonceSize() {
		return nil, ErrSeal
	}
	nonce, body := rest[:key.aead.NonceSize()], rest[key.aead.NonceSize():]
	plain, err := key.aead.Open(nil, nonce, body, bound(head))
	if err != nil {
		return nil, ErrSeal
	}
	i := &issue{key: string(head[2:])}
	if !i.read(plain) {
		return nil, ErrSeal
	}
	return i, nil
}

// fields are the issue's fields, each with its length in front.
func (i *issue) fields() []byte {
	millis := func(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t.UnixMilli())) }
	b := sized(nil, binary.BigEndian.AppendUint16(nil, i.generator))
	b = sized(b, binary.BigEndian.AppendUint32(nil, i.week))
	b = sized(b, []byte(i.site))
	b = sized(b, []byte(i.action))
	b = sized(b, []byte{byte(i.mode)})
	b = sized(b, millis(i.issued))
	b = sized(b, millis(i.notBefore))
	b = sized(b, millis(i.expires))
	b = sized(b, i.id[:])
	return sized(b, i.seed[:])
}

// read sets the issue from its fields; false if they are not exactly those.
func (i *issue) read(b []byte) bool {
	ok := true
	next := func(size int) []byte { // size -1: any
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			ok = false
		}
		if !ok {
			return make([]byte, max(size, 0))
		}
		n := int(binary.BigEndian.Uint16(b))
		f := b[2 : 2+n]
		b = b[2+n:]
		if size >= 0 && n != size {
			ok = false
			return make([]byte, size)
		}
		return f
	}
	millis := func() time.Time { return time.UnixMilli(int64(binary.BigEndian.Uint64(next(8)))) }
	i.generator = binary.BigEndian.Uint16(next(2))
	i.week = binary.BigEndian.Uint32(next(4))
	i.site = string(next(-1))
	i.action = string(next(-1))
	i.mode = Mode(next(1)[0])
	i.issued, i.notBefore, i.expires = millis(), millis(), millis()
	i.id = [16]byte(next(16))
	i.seed = [32]byte(next(32))
	return ok && len(b) == 0
}

// sized appends a field with its length, two bytes, in front.
func sized(b, f []byte) []byte { return append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...) }
