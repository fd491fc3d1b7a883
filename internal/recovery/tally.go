package recovery

import "time"

// Tally counts wrong tries on an account over all its requests, silently: past the budget typed codes are simply
// not accepted any more, while the link in the mail and the sign-in go on working, so a stranger cannot lock an owner out.
// Decoys have tallies as well, under their made-up account ids.
type Tally struct {
	Since time.Time // when the day that is being counted began
	Day   int       // wrong tries since then
	Row   int       // wrong tries since the last proof or sign-in
}

const day = 24 * time.Hour

// Spent says that typed codes of the account are not accepted now.
func (t Tally) Spent(p Policy, now time.Time) bool {
	return t.at(now).Day >= p.TriesADay || t.Row >= p.TriesInARow
}

// Wrong is the tally after one more wrong try.
func (t Tally) Wrong(now time.Time) Tally {
	t = t.at(now)
	t.Day++
	t.Row++
	return t
}

// Proved is the tally after a proof or a sign-in: the row ends, the day does not.
func (t Tally) Proved(now time.Time) Tally {
	t = t.at(now)
	t.Row = 0
	return t
}

// at begins a new day when the old one is over.
func (t Tally) at(now time.Time) Tally {
	if now.Sub(t.Since) >= day {
		t.Since, t.Day = now, 0
	}
	return t
}
