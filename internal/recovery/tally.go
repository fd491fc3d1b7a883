package recovery

import "time"

// Tally counts wrong tries on an account over all its requests, silently: past the budget typed codes are simply
// not accepted any more, while the link in the mail and the sign-in go on working, so a stranger cannot lock an owner out.
// Decoys have tallies as well, under their made-up account ids.
type Tally struct {
	Since time.Time // when the day that is being counted began
	Day   int       // wrong tries since then
	Row   int       // wrong tries since the last proof or sign-in

	Answers int       // wrong answers to questions since Since, apart from the codes
	Frozen  time.Time // no way by heart is accepted before: somebody said "this was not me"
}

const day = 24 * time.Hour

// Spent says that typed codes of the account are not accepted now.
func (t Tally) Spent(p Policy, now time.Time) bool {
	return t.at(now).Day >= p.TriesADay || t.Row >= p.TriesInARow
}

// AnswersSpent says that answers to the account's questions are not accepted now.
func (t Tally) AnswersSpent(p Policy, now time.Time) bool {
	return t.at(now).Answers >= p.AnswersADay || t.frozen(now)
}

func (t Tally) frozen(now time.Time) bool { return now.Before(t.Frozen) }

// Missed is the tally after wrong answers. They do not lengthen the row of wrong codes: three a day would shut an owner's typed codes in
// a month.
func (t Tally) Missed(now time.Time) Tally {
	t = t.at(now)
	t.Answers++
	return t
}

// FreezeLife is how long a way stays shut after "this was not me".
const FreezeLife = 24 * time.Hour

// Freeze is the tally after somebody stopped a recovery by questions.
func (t Tally) Freeze(now time.Time) Tally {
	t.Frozen = now.Add(FreezeLife)
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
