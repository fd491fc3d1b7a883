package recovery_test

import (
	"fmt"
	"strings"
	"testing"

	"twohens/internal/recovery"
)

func TestReference(t *testing.T) {
	if a, b := recovery.ID("one").Reference(), recovery.ID("one").Reference(); a != b {
		t.Errorf("a request has two references: %s and %s", a, b)
	}
	seen := make(map[recovery.Reference]bool)
	letters := make(map[byte]int)
	for i := range 20000 {
		r := recovery.ID(fmt.Sprint(i)).Reference()
		if len(r) != 7 || r[3] != '-' {
			t.Fatalf("%q is no reference", r)
		}
		for _, c := range []byte(strings.ReplaceAll(string(r), "-", "")) {
			letters[c]++
		}
		seen[r] = true
		if back, ok := recovery.ParseReference(string(r)); !ok || back != r {
			t.Fatalf("%s is read as %q, %t", r, back, ok)
		}
	}
	if len(seen) < 19980 {
		t.Errorf("only %d different ones of 20000", len(seen))
	}
	if len(letters) != 30 {
		t.Errorf("%d letters in use", len(letters))
	}
	for c, n := range letters {
		if strings.ContainsRune("01ILOU", rune(c)) || n < 3000 || n > 5000 {
			t.Errorf("%c came %d times of 120000", c, n)
		}
	}
}

func TestParseReference(t *testing.T) {
	for typed, want := range map[string]recovery.Reference{
		"H7K-2Q9": "H7K-2Q9", "h7k2q9": "H7K-2Q9", " h 7 k - 2 q 9 ": "H7K-2Q9", "H7K\u20112Q9": "H7K-2Q9", "u2u-2u2": "V2V-2V2",
	} {
		if got, ok := recovery.ParseReference(typed); !ok || got != want {
			t.Errorf("%q is read as %q, %t", typed, got, ok)
		}
	}
	for _, typed := range []string{
		"", "-", "H7K-2Q", "H7K-2Q9A", "H7K-2Q0", "H7K-2QO", "ſ7K-2Q9", "H7K/2Q9", "\xff7K-2Q9", strings.Repeat(" ", 100) + "H7K-2Q9",
	} {
		if got, ok := recovery.ParseReference(typed); ok {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
}
