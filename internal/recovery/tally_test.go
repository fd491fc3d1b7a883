package recovery_test

import (
	"testing"
	"time"

	"twohens/internal/recovery"
)

const aDay = 24 * time.Hour

// 15 a day. The day is 24 hours from its first wrong try.
func TestFifteenADay(t *testing.T) {
	p, now := recovery.Classic(), noon
	var tally recovery.Tally
	for i := range 15 {
		if tally.Spent(p, now) {
			t.Fatalf("spent after %d", i)
		}
		tally = tally.Wrong(now)
		now = now.Add(time.Minute)
	}
	if !tally.Spent(p, now) || !tally.Spent(p, noon.Add(aDay-1)) {
		t.Error("not spent after 15")
	}
	if tally.Spent(p, noon.Add(aDay)) {
		t.Error("still spent the day after")
	}
	if proved := tally.Proved(now); !proved.Spent(p, now) || proved.Row != 0 || proved.Day != 15 {
		t.Errorf("a proof gives the day back: %+v", proved)
	}
	if next := tally.Wrong(noon.Add(aDay)); next.Day != 1 || next.Row != 16 || !next.Since.Equal(noon.Add(aDay)) {
		t.Errorf("the first of the next day: %+v", next)
	}
	if back := tally.Wrong(noon.Add(-time.Hour)); back.Day != 16 {
		t.Errorf("a clock that goes back gives tries away: %+v", back)
	}
}

// 100 in a row, over days; a proof ends the row.
func TestHundredInARow(t *testing.T) {
	p, now := recovery.Classic(), noon
	var tally recovery.Tally
	for i := range 100 {
		if i%10 == 0 {
			now = now.Add(aDay) // ten a day
		}
		if tally.Spent(p, now) {
			t.Fatalf("spent after %d", i)
		}
		tally = tally.Wrong(now)
	}
	for _, later := range []time.Duration{0, aDay, 1000 * aDay} {
		if !tally.Spent(p, now.Add(later)) {
			t.Errorf("not spent %v after 100 in a row", later)
		}
	}
	if tally = tally.Proved(now); tally.Spent(p, now) {
		t.Error("still spent after a proof")
	}
}

// A stranger who guesses all day gets 15 codes looked at, on however many requests, and cannot make a row of 100 of one day's
// tries: what nobody looked at is no guess. The owner's link works all the time.
func TestGuessingAllDay(t *testing.T) {
	var tally recovery.Tally
	looked := 0
	for i := range 200 {
		w := clicked(recovery.Classic())
		w.tally = tally
		w.wait(time.Duration(i) * time.Second)
		for range 5 {
			if !tally.Spent(w.Policy, w.now) {
				looked++
			}
			before := w.tally
			step := w.does(wrong(recovery.Tally{}))
			if step.Outcome != recovery.Wrong && step.Outcome != recovery.TriesUsed {
				t.Fatal(step.Outcome)
			}
			if before.Spent(w.Policy, w.now) && w.tally != before {
				t.Fatalf("a try that nobody looked at was counted: %+v", w.tally)
			}
			tally = w.tally
		}
		if step := w.does(recovery.Follow{}); step.Outcome != recovery.Proved {
			t.Fatalf("the owner's link: %s", step.Outcome)
		}
	}
	if looked != 15 || tally.Row != 15 {
		t.Errorf("%d looked at, a row of %d", looked, tally.Row)
	}
	owner := clicked(recovery.Classic())
	owner.tally = tally
	if step := owner.does(right(recovery.Tally{})); step.Outcome != recovery.Wrong {
		t.Errorf("the owner's code on that day: %s", step.Outcome)
	}
}
