package slip

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"gmail", "gmail", 0}, {"gmial", "gmail", 1}, {"gmal", "gmail", 1}, {"gmaill", "gmail", 1}, {"gnail", "gmail", 1},
		{"hotmial", "gmail", 4}, {"", "abc", 3}, {"server", "sever", 1}, {"ab", "ba", 1},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// It is the same from both sides, nothing only between equals, and no more than the longer word.
func TestDistanceIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching("[a-d]{0,8}")
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := Distance(a, b)
		if d != Distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("%q, %q: %d and %d", a, b, d, Distance(b, a))
		}
	})
}
