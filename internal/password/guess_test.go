package password

import (
	"strings"
	"testing"
)

// What makes a password harder to guess costs more guesses, and what an attacker
// tries first costs fewer.
func TestGuessBits(t *testing.T) {
	names := []string{"annabel"}
	for _, tt := range []struct{ easier, harder string }{
		{"dragon monkey", "Dragon monkey"},
		{"Dragon monkey", "draGon monkey"},
		{"dragon monkey", "dr4gon monkey"},
		{"dragon monkey", "nogard monkey"},
		{"dragon monkey", "drbgon monkey"},
		{"dr4gon monkey", "dr4qon monkey"},
		{"monkeymonkeymonkeymonkeymonkey", "monkeydragonmonkeydragonmonkey"},
		{"123456 monkey", "dragon monkey"}, // by rank
		{"annabel gate", "dragon gate"},    // the person's own name first
		{"dragondragondragon9", "dragonmonkeymaster9"},
		{"xqjwxqjwxqjw", "xqjwbvkzmpfd"},
		{"bcdefghi gate", "bcdexghi gate"},
		{"sdfghjkl; gate", "sdfghmkl; gate"},
		{";lkjhgfds gate", ";lkjmgfds gate"},
		{"24.12.87 gate", "24.13.87 gate"},
		{"24-12-1987 gate", "24-12-3987 gate"},
		{"19871224 gate", "19871324 gate"},
		{"1987 gate", "3987 gate"},
		{"qzvkxw", "qzvkxwj"},
		{"qzvkxw", "qzvkxW"},
		{"qzvkxw", "qzvkxŵ"},
	} {
		if easier, harder := guessBits(tt.easier, names), guessBits(tt.harder, names); easier >= harder {
			t.Errorf("%q costs 2^%.1f guesses, %q 2^%.1f", tt.easier, easier, tt.harder, harder)
		}
	}
	if bits := guessBits("", names); bits != 0 {
		t.Errorf("nothing costs 2^%.1f guesses", bits)
	}
	// The rest of a long one is not looked at.
	long := strings.Repeat("qzvkxw jr", judged/9)
	if a, b := guessBits(long, names), guessBits(long+"tall gate", names); a != b {
		t.Errorf("2^%.1f and 2^%.1f", a, b)
	}
}
