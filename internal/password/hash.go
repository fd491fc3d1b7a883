package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params are the costs of one Argon2id hash.
type Params struct {
	MemoryKiB uint32
	Time      uint32 // passes over the memory
	Threads   uint8
}

// DefaultParams are those of R-85: OWASP's Password Storage Cheat Sheet, ASVS 5
// appendix C.
var DefaultParams = Params{MemoryKiB: 19 * 1024, Time: 2, Threads: 1}

// The costs beyond which no hash is computed. A stored hash names its own costs, so
// whoever can write one into the database, or an import, could otherwise stop the
// server with a single sign-in.
const (
	maxMemoryKiB = 256 * 1024
	maxTime      = 16
	maxThreads   = 8
)

// Check reports costs that cannot be computed or are beyond the caps. How little is
// too little is the operator's affair; the benchmark uses next to nothing.
func (p Params) Check() error {
	if p.Time < 1 || p.Time > maxTime || p.Threads < 1 || p.Threads > maxThreads ||
		p.MemoryKiB < 8*uint32(p.Threads) || p.MemoryKiB > maxMemoryKiB {
		return fmt.Errorf("password: Argon2id costs m=%d,t=%d,p=%d: want m from 8 KiB for each thread to %d, t 1 to %d, p 1 to %d",
			p.MemoryKiB, p.Time, p.Threads, maxMemoryKiB, maxTime, maxThreads)
	}
	return nil
}

const (
	saltSize = 16 // bytes
	keySize  = 32 // bytes
)

var (
	// ErrBusy says that too many passwords are being hashed already. Pages answer 503
	// with Retry-After; nothing was computed and nothing has changed.
	ErrBusy = errors.New("password: too many passwords to hash at once")
	// ErrHash says that a stored hash is none of ours, is broken, or is too costly. It
	// holds nothing of it.
	ErrHash = errors.New("password: stored hash is not usable")
)

// DefaultQueue is how many may wait for a [Hasher] unless told otherwise: at 35 ms a
// hash on two cores, the last of them waits for about a second.
const DefaultQueue = 64

// Hasher hashes passwords, a few at a time. Its memory is bounded: no more
// than its slots compute at once, each with the memory of its Params, a bounded
// number waits, and the rest is told [ErrBusy]. Without that, a hundred resets at
// once would need 2 GB.
//
// x/crypto/argon2 takes fresh memory for each hash and lets nobody hand in used
// memory, so up to as much again may wait for the garbage collector. A memory limit
// for the program (GOMEMLIMIT, debug.SetMemoryLimit) makes it collect sooner.
type Hasher struct {
	params  Params
	slots   int64
	rank    rank
	turns   *turns // of this one and of the one that yields to it
	unknown string // the hash that VerifyUnknown checks against
}

// NewHasher returns a Hasher. 0 slots means one for each core that Go uses, a queue
// of 0 means [DefaultQueue], a negative one that nobody waits.
func NewHasher(p Params, slots, queue int) (*Hasher, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if slots <= 0 {
		slots = runtime.GOMAXPROCS(0)
	}
	switch {
	case queue == 0:
		queue = DefaultQueue
	case queue < 0:
		queue = 0
	}
	// Nobody's password: a key that was drawn, not derived, has none that is known.
	salt, key := make([]byte, saltSize), make([]byte, keySize)
	rand.Read(salt)
	rand.Read(key)
	return &Hasher{
		params:  p,
		slots:   int64(slots),
		turns:   newTurns(int64(slots), queue),
		unknown: encode(p, salt, key),
	}, nil
}

// Yielding returns a Hasher with the same slots and a queue of its own, whose callers go behind all others. It is for passwords that strangers
// try: a crowd of them would otherwise fill the queue, and nobody could set a new password.
func (h *Hasher) Yielding() *Hasher {
	behind := *h
	behind.rank = yielding
	return &behind
}

// Hash returns p hashed with a fresh salt, as a PHC string. The error is [ErrBusy]
// or why ctx ended while waiting.
func (h *Hasher) Hash(ctx context.Context, p Password) (string, error) {
	leave, err := h.enter(ctx, h.params)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltSize)
	rand.Read(salt)
	return encode(h.params, salt, derive(p, salt, h.params, keySize)), nil
}

// Verify reports whether p is the password that was hashed to encoded. rehash tells,
// if it is, that the hash was made with other costs than today's and is to be
// replaced by a new one. The error is [ErrHash], [ErrBusy], or why ctx ended while
// waiting; then p was not checked, and ok is false.
//
// An account without a usable hash must not answer sooner than others: call
// [Hasher.VerifyUnknown] for it.
func (h *Hasher) Verify(ctx context.Context, encoded string, p Password) (ok, rehash bool, err error) {
	params, salt, key, err := decode(encoded)
	if err != nil {
		return false, false, err
	}
	leave, err := h.enter(ctx, params)
	if err != nil {
		return false, false, err
	}
	defer leave()
	if subtle.ConstantTimeCompare(derive(p, salt, params, len(key)), key) != 1 {
		return false, false, nil
	}
	return true, params != h.params || len(salt) != saltSize || len(key) != keySize, nil
}

// VerifyUnknown does for an account that does not exist what [Hasher.Verify] does for
// one that does, with the same waiting and the same errors, so that neither the time
// nor a refusal tells which of the two it was. It is never right.
func (h *Hasher) VerifyUnknown(ctx context.Context, p Password) error {
	_, _, err := h.Verify(ctx, h.unknown, p)
	return err
}

// Imitate returns a text with the form and the costs of a hash that [Hasher.Hash] makes now, whose salt and key are the seed's
// bytes. Nobody knows what would hash to it, and making it costs nothing: it stands where an account that does not exist would
// have a hash.
func (h *Hasher) Imitate(seed [saltSize + keySize]byte) string {
	return encode(h.params, seed[:saltSize], seed[saltSize:])
}

// Inside is how many are being hashed or are waiting, of this one and not of those that it yields to.
func (h *Hasher) Inside() int {
	inside, _ := h.turns.count(h.rank)
	return inside
}

// Crowded says that half of those who may wait do.
func (h *Hasher) Crowded() bool {
	_, waiting := h.turns.count(h.rank)
	return waiting > 0 && 2*waiting >= h.turns.queue
}

// enter waits for a slot, or for as many as the memory of p makes up: a stored hash
// of higher costs takes the place of several. One that is larger than all slots
// together takes all of them.
func (h *Hasher) enter(ctx context.Context, p Params) (leave func(), err error) {
	need := (int64(p.MemoryKiB) + int64(h.params.MemoryKiB) - 1) / int64(h.params.MemoryKiB)
	return h.turns.enter(ctx, h.rank, min(need, h.slots))
}

func derive(p Password, salt []byte, c Params, size int) []byte {
	return argon2.IDKey([]byte(p.Reveal()), salt, c.Time, c.MemoryKiB, c.Threads, uint32(size))
}

// encode writes the PHC string format that other Argon2 programs read too.
func encode(p Params, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.MemoryKiB, p.Time, p.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// decode reads what encode wrote, and nothing else, and refuses costs and sizes
// beyond the caps before anything is computed with them.
func decode(encoded string) (p Params, salt, key []byte, err error) {
	fields := strings.Split(encoded, "$")
	if len(encoded) > 512 || len(fields) != 6 {
		return Params{}, nil, nil, ErrHash
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Time, &p.Threads); err != nil || p.Check() != nil {
		return Params{}, nil, nil, ErrHash
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(fields[4])
	key, errKey := base64.RawStdEncoding.DecodeString(fields[5])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return Params{}, nil, nil, ErrHash
	}
	// One hash has one spelling: leading zeros, line ends inside the base64, another
	// version and another algorithm all end here.
	if encode(p, salt, key) != encoded {
		return Params{}, nil, nil, ErrHash
	}
	return p, salt, key, nil
}
