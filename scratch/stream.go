package scratch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Generator is the version of everything that decides how a seed looks and
// sounds: the drawings, the arrangement, the calls and the order of the draws. It
// is sealed into each card, and a node does not draw a card of another version:
// it would draw another answer than the one that is sealed.
const Generator = 2

// stream is an endless run of numbers that a secret seed decides: ChaCha8 keyed
// by an HMAC of the seed. Who does not know the seed cannot tell it from noise,
// and the same seed gives the same card on every node.
type stream struct{ *rand.Rand }

func newStream(key []byte, label string, fields ...[]byte) *stream {
	return &stream{rand.New(rand.NewChaCha8([32]byte(derive(key, label, fields...))))}
}

// derive is HMAC-SHA256 over a label and fields, each with its length in front,
// so that no two lists of fields run together into the same bytes.
func derive(key []byte, label string, fields ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	write := func(b []byte) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	write([]byte(label))
	for _, f := range fields {
		write(f)
	}
	return h.Sum(nil)
}

// within is a number from a up to b.
func (s *stream) within(a, b float64) float64 { return a + (b-a)*s.Float64() }

// chance is true with probability p.
func (s *stream) chance(p float64) bool { return s.Float64() < p }

// oneOf is an element of the list, each as likely as the others.
func oneOf[T any](s *stream, list []T) T { return list[s.IntN(len(list))] }

// shuffled is the numbers from 0 to n-1 in any order, n at most 16.
func (s *stream) shuffled(n int) (all [16]int) {
	for i := range n {
		j := s.IntN(i + 1)
		all[i], all[j] = all[j], i
	}
	return all
}
