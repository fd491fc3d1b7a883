package recovery

import (
	"slices"
	"time"
)

// Tally counts wrong tries on an account over all its requests, silently: past the budget typed codes are simply
// not accepted any more, while the link in the mail and the sign-in go on working, so a stranger cannot lock an owner out.
// Decoys have tallies as well, under their made-up account ids.
type Tally struct {
	Since time.Time // when the day that is being counted began
	Day   int       // wrong tries since then
	Row   int       // wrong tries since the last proof or sign-in

	Answers int // wrong answers to questions since Since, apart from the codes

	// Until when a way is shut, because somebody said "this was not me". The ways by heart are shut together: whoever
	// knows the answers may have found the paper too.
	Frozen      time.Time // the ways by heart
	FrozenEmail time.Time
	FrozenPhone time.Time
}

const day = 24 * time.Hour

// Spent says that typed codes of the account are not accepted now.
func (t Tally) Spent(p Policy, now time.Time) bool {
	return t.at(now).Day >= p.TriesADay || t.Row >= p.TriesInARow
}

// AnswersSpent says that answers to the account's questions are not accepted now.
func (t Tally) AnswersSpent(p Policy, now time.Time) bool {
	return t.at(now).Answers >= p.AnswersADay || t.Shut(WayQuestions, now)
}

// Shut says that nothing proves the way now: somebody said "this was not me" of it.
func (t Tally) Shut(w Way, now time.Time) bool { return now.Before(*t.freezer(w)) }

// freezer is what says until when a way is shut.
func (t *Tally) freezer(w Way) *time.Time {
	switch w {
	case WayEmail:
		return &t.FrozenEmail
	case WayPhone:
		return &t.FrozenPhone
	}
	return &t.Frozen
}

// Missed is the tally after wrong answers. They do not lengthen the row of wrong codes: three a day would shut an owner's typed codes in
// a month.
func (t Tally) Missed(now time.Time) Tally {
	t = t.at(now)
	t.Answers++
	return t
}

// FreezeLife is how long a way stays shut after "this was not me".
const FreezeLife = 24 * time.Hour

// Freeze is the tally after somebody said that it was not them who proved these ways. Has are the ways that the account could prove: what
// would leave no way back in stays open, the later ones of the list first.
func (t Tally) Freeze(p Policy, ways, has []Way, now time.Time) Tally {
	for _, way := range ways {
		next := t
		*next.freezer(way) = now.Add(FreezeLife)
		open := slices.DeleteFunc(slices.Clone(has), func(w Way) bool { return next.Shut(w, now) })
		if len(p.Standing(open)) > 0 {
			t = next
		}
	}
	return t
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
		t.Since, t.Day, t.Answers = now, 0, 0
	}
	return t
}
