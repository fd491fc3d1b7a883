package storetest

import (
	"sync"
	"testing"
	"time"

	"twohens/internal/engine"
)

func guessesBetween(t testing.TB, s engine.GuessCounts, after, last time.Time) engine.Guesses {
	t.Helper()
	sum, err := s.GuessesBetween(t.Context(), after, last)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

var guesses = []contract{
	{"add up over nodes", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		if got := guessesBetween(t, s, time.Time{}, noon.Add(time.Hour)); got != (engine.Guesses{}) {
			t.Errorf("of nothing: %+v", got)
		}
		slot := func(n int) time.Time { return noon.Add(time.Duration(n) * 5 * time.Second) }
		var all sync.WaitGroup
		for n := range 40 { // each in an order of its own
			on := Store(s.Store)
			if n%2 == 0 {
				on = other
			}
			all.Go(func() {
				list := []engine.Guesses{{Slot: slot(0), Wrong: 1}, {Slot: slot(1), Wrong: 2, Right: 3}, {Slot: slot(2), Right: 1}}
				if n%4 < 2 {
					list[0], list[2] = list[2], list[0]
				}
				if err := on.CountGuesses(t.Context(), list); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, c := range []struct {
			after, last  time.Time
			wrong, right int
		}{
			{slot(-1), slot(9), 120, 160}, {slot(0), slot(9), 80, 160}, {slot(1), slot(9), 0, 40}, {slot(2), slot(9), 0, 0},
			{slot(-1), slot(1), 120, 120}, {slot(-1), slot(0), 40, 0}, {slot(0), slot(0), 0, 0}, {slot(0), slot(1).Add(time.Second), 80, 120},
		} {
			if got := guessesBetween(t, other, c.after, c.last); got.Wrong != c.wrong || got.Right != c.right {
				t.Errorf("after %v: %+v, want %d and %d", c.after, got, c.wrong, c.right)
			}
		}
		if err := s.CountGuesses(t.Context(), nil); err != nil {
			t.Error(err)
		}
		sweep(t, s, slot(1))
		if got := guessesBetween(t, s, time.Time{}, noon.Add(time.Hour)); got.Wrong != 80 || got.Right != 160 {
			t.Errorf("after a sweep: %+v", got)
		}
	}},
}
