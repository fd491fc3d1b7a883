package scratch

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// Parts is how many searches a piece of work consists of. Many small ones take
// a nearly even time, where one large one is a lottery, and can be shared out to
// several workers.
const Parts = 32

const (
	usualBits    = 15 // 32 times 2^15 hashes: about half a second in a phone's browser
	mostBits     = 30
	noPuzzleBits = 6 // on top: 64 times the work
	workDomain   = "twohens work v1\x00"
)

// ErrWork is work that was not done, or not for this ticket.
var ErrWork = errors.New("scratch: the work is not done")

// Level is how much work a ticket asks for: 1, 4 or 16 times the usual. Whoever
// counts failures and load chooses it.
type Level uint8

// MostLevel is the highest level.
const MostLevel Level = 2

// Work is what a browser does before a card is drawn for it: for each part i,
// from 0 to Parts-1, find a number n of 32 bits such that
//
//	SHA-256("twohens work v1\x00" || Salt || i || n)
//
// begins with Bits zero bits. i and n are four bytes, the highest first; the
// whole is one block. It costs the browser Parts times 2^Bits hashes on
// average, and the server Parts hashes to check.
type Work struct {
	Salt  [16]byte
	Parts int
	Bits  int
}

// work is what a level asks for. Without a puzzle it rises once only: the next
// step would be more than a phone does in an hour, and shut out who has no other
// way.
func (l Level) work(usual int, m Mode) Work {
	most, more := MostLevel, 0
	if m == NoPuzzle {
		most, more = 1, noPuzzleBits
	}
	bits := usual + more + 2*int(min(l, most))
	return Work{Parts: Parts, Bits: min(bits, mostBits)}
}

// Hashes is how many hashes the work costs on average.
func (w Work) Hashes() int { return w.Parts << w.Bits }

// Solution is the number found for each part.
type Solution [Parts]uint32

// block is what is hashed for a part; the number goes into its last four bytes.
func (w *Work) block(part int) (b [40]byte) {
	copy(b[:], workDomain)
	copy(b[16:], w.Salt[:])
	binary.BigEndian.PutUint32(b[32:], uint32(part))
	return b
}

// Done tells whether the solution is one.
func (w Work) Done(s *Solution) bool {
	ok := true
	for i, n := range s {
		b := w.block(i)
		binary.BigEndian.PutUint32(b[36:], n)
		h := sha256.Sum256(b[:])
		ok = ok && binary.BigEndian.Uint32(h[:])>>(32-w.Bits) == 0
	}
	return ok
}

// Solve does the work, for programs that call the API and for tests.
func (w Work) Solve() Solution {
	var s Solution
	for i := range s {
		b := w.block(i)
		for n := uint32(0); ; n++ {
			binary.BigEndian.PutUint32(b[36:], n)
			if h := sha256.Sum256(b[:]); binary.BigEndian.Uint32(h[:])>>(32-w.Bits) == 0 {
				s[i] = n
				break
			}
		}
	}
	return s
}

// ParseSolution reads the text form of a solution: its numbers as four bytes
// each, the highest first, in base64url without padding. The error is ErrWork,
// wrapped.
func ParseSolution(text string) (s Solution, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != 4*Parts || base64.RawURLEncoding.EncodedLen(len(raw)) != len(text) {
		return s, fmt.Errorf("%w: %d bytes of text", ErrWork, len(text))
	}
	for i := range s {
		s[i] = binary.BigEndian.Uint32(raw[4*i:])
	}
	return s, nil
}

// String is the text form that ParseSolution reads.
func (s Solution) String() string {
	raw := make([]byte, 0, 4*Parts)
	for _, n := range s {
		raw = binary.BigEndian.AppendUint32(raw, n)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
