package relay

import (
	"errors"
	"testing"
)

// In whatever order the connection and whoever gives up come, what is told is true: a text that has not left never will.
func TestDeparture(t *testing.T) {
	errLast := errors.New("no")
	for _, tt := range []struct {
		name  string
		steps string // l: it is about to leave; e: given up; a: an answer says that it was not taken
		last  error
		want  string // for each step: y or n
		asked int
	}{
		{"leaves once", "l", nil, "y", 1},
		{"net/http tries again", "ll", nil, "yn", 1},
		{"given up after it left", "le", nil, "yy", 1},
		{"given up before it left", "el", nil, "nn", 0},
		{"Last says no", "l", errLast, "n", 1},
		{"Last says no, and net/http tries again", "lle", errLast, "nnn", 1},
		{"once more after an answer", "lal", nil, "yyy", 1},
	} {
		asked, got := 0, ""
		d := &Departure{last: func() error { asked++; return tt.last }}
		for _, step := range tt.steps {
			yes := true
			switch step {
			case 'l':
				yes = d.leave() == nil
			case 'e':
				yes = d.end()
			case 'a':
				d.again()
			}
			got += map[bool]string{true: "y", false: "n"}[yes]
		}
		if got != tt.want || asked != tt.asked {
			t.Errorf("%s: %s, asked %d times; want %s, %d", tt.name, got, asked, tt.want, tt.asked)
		}
	}
}
