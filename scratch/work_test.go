package scratch

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/bits"
	"strings"
	"testing"
)

// The work is what its documentation says, computed the plain way.
func TestWorkIsTheDefinition(t *testing.T) {
	w := Work{Salt: [16]byte{1, 2, 3}, Parts: Parts, Bits: 9}
	s := w.Solve()
	for i, n := range s {
		text := "twohens work v1\x00" + string(w.Salt[:]) + string([]byte{0, 0, 0, byte(i), byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		h := sha256.Sum256([]byte(text))
		zeros := bits.LeadingZeros8(h[0])
		if zeros == 8 {
			zeros += bits.LeadingZeros8(h[1])
		}
		if zeros < w.Bits {
			t.Fatalf("part %d: %d zero bits", i, zeros)
		}
	}
	if !w.Done(&s) {
		t.Error("a solution is refused")
	}
	w.Bits = 30 // which no number found for 9 bits has, but by a chance of one in two million
	if w.Done(&s) {
		t.Error("a solution of 9 bits is taken for 30")
	}
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		level Level
		mode  Mode
		want  int
	}{{0, Rub, 15}, {1, Rub, 17}, {2, Rub, 19}, {9, Rub, 19}, {0, Listen, 15}, {0, NoPuzzle, 21}, {1, NoPuzzle, 23}, {2, NoPuzzle, 23}} {
		if w := c.level.work(usualBits, c.mode); w.Bits != c.want || w.Parts != Parts || w.Hashes() != Parts<<c.want {
			t.Errorf("level %d, mode %d: %+v", c.level, c.mode, w)
		}
	}
}

func TestSolutionsAreStrict(t *testing.T) {
	s := Solution{1, 2, 1 << 31}
	text := s.String()
	if again, err := ParseSolution(text); err != nil || again != s {
		t.Errorf("%v, %v", again, err)
	}
	for _, bad := range []string{"", text[1:], text + "A", text + "=", text + "\n", "\n" + text, strings.Repeat("A", 171)[:170] + "B", base64.StdEncoding.EncodeToString(make([]byte, 128)), strings.Repeat("é", 85)} {
		if _, err := ParseSolution(bad); !errors.Is(err, ErrWork) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParseSolution(f *testing.F) {
	f.Add(Solution{}.String())
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSolution(text)
		if err == nil && s.String() != text {
			t.Fatalf("%q has another form %q", text, s.String())
		}
	})
}

func BenchmarkWorkDone(b *testing.B) {
	w := Work{Salt: [16]byte{1}, Parts: Parts, Bits: 8}
	s := w.Solve()
	for b.Loop() {
		if !w.Done(&s) {
			b.Fatal("not done")
		}
	}
}

// BenchmarkWorkSolve is what a ticket of level 0 costs a script on one core.
func BenchmarkWorkSolve(b *testing.B) {
	w := Work{Parts: Parts, Bits: usualBits}
	for b.Loop() {
		w.Salt[0]++
		w.Solve()
	}
	b.ReportMetric(float64(w.Hashes())*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mhash/s")
}
