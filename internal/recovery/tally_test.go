package recovery_test

import (
	"slices"
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

// three wrong answers a day, apart from the codes: neither budget draws on the other.
func TestThreeAnswersADay(t *testing.T) {
	p, now := recovery.Classic(), noon
	tally := recovery.Tally{Since: noon.Add(-time.Hour), Day: 14, Row: 99}
	for i := range 3 {
		if tally.AnswersSpent(p, now) {
			t.Fatalf("spent after %d", i)
		}
		tally = tally.Missed(now)
	}
	if !tally.AnswersSpent(p, now) || tally.Spent(p, now) || tally.Day != 14 || tally.Row != 99 {
		t.Errorf("three wrong answers: %+v", tally)
	}
	if tally = tally.Proved(now); !tally.AnswersSpent(p, now) {
		t.Error("a proof gives answers back")
	}
	over := noon.Add(23 * time.Hour) // the day began an hour before noon
	if !tally.AnswersSpent(p, over.Add(-1)) || tally.AnswersSpent(p, over) {
		t.Error("the day is not 24 hours")
	}
	if next := tally.Missed(over); next.Answers != 1 || next.Day != 0 || !next.Since.Equal(over) {
		t.Errorf("the first of the next day: %+v", next)
	}
	for range 15 {
		tally = tally.Wrong(over)
	}
	if !tally.Spent(p, over) || tally.AnswersSpent(p, over) {
		t.Errorf("wrong codes shut the answers: %+v", tally)
	}
}

// "this was not me" shuts the answers for 24 hours, to the moment, whatever else happens meanwhile. Codes go on.
func TestFreeze(t *testing.T) {
	p := recovery.Classic()
	frozen := recovery.Tally{}.Freeze(p, []recovery.Way{recovery.WayQuestions}, four, noon)
	for name, tally := range map[string]recovery.Tally{
		"frozen": frozen, "a proof": frozen.Proved(noon.Add(time.Hour)), "a wrong code": frozen.Wrong(noon.Add(time.Hour)),
		"wrong answers": frozen.Missed(noon.Add(time.Hour)),
	} {
		if !tally.AnswersSpent(p, noon) || !tally.AnswersSpent(p, noon.Add(aDay-1)) || tally.AnswersSpent(p, noon.Add(aDay)) {
			t.Errorf("%s: %+v", name, tally)
		}
		if tally.Spent(p, noon.Add(2*time.Hour)) {
			t.Errorf("%s: codes are shut as well", name)
		}
	}
}

// each way that was proved is shut for a day, the ways by heart together, and the others go on. What would leave no way back in stays
// open, whatever the account can prove and the site asks for.
func TestFreezeWayByWay(t *testing.T) {
	email, phone, questions, saved := recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved
	list := func(ways ...recovery.Way) []recovery.Way { return ways }
	pair := withAll(recovery.Classic())
	pair.Proofs = [][]recovery.Way{{email, phone}, {saved}}
	for name, c := range map[string]struct {
		policy          recovery.Policy
		ways, has, shut []recovery.Way
	}{
		"by mail":                     {withAll(recovery.Classic()), list(email), list(email, phone), list(email)},
		"by phone":                    {withAll(recovery.Classic()), list(phone), list(email, phone), list(phone)},
		"by heart":                    {withAll(recovery.Classic()), list(saved), list(email, saved), list(questions, saved)},
		"the last one":                {withAll(recovery.Classic()), list(email), list(email), nil},
		"the last one by heart":       {withAll(recovery.Classic()), list(questions), list(questions, saved), nil},
		"nothing is left anyway":      {withAll(recovery.Classic()), list(phone), nil, nil},
		"both there are":              {withAll(recovery.Classic()), list(email, phone), list(email, phone), list(email)},
		"two ways together":           {pair, list(email, phone), list(email, phone, saved), list(email, phone)},
		"two ways, and nothing else":  {pair, list(email, phone), list(email, phone), nil},
		"one of two, a third is left": {pair, list(saved), list(email, phone, saved), list(questions, saved)},
	} {
		tally := recovery.Tally{Since: noon, Day: 3}.Freeze(c.policy, c.ways, c.has, noon)
		for _, way := range four {
			want := slices.Contains(c.shut, way)
			if tally.Shut(way, noon.Add(aDay-1)) != want || tally.Shut(way, noon.Add(aDay)) {
				t.Errorf("%s: %s shut is not %t: %+v", name, way, want, tally)
			}
		}
		if tally.Day != 3 {
			t.Errorf("%s: the count of wrong tries changed", name)
		}
	}
}

// What is typed for a way that is shut is answered and counted like any code after the budget: nobody can tell, and the right one is not
// accepted. Its link is dead too.
func TestShutWay(t *testing.T) {
	for name, tally := range map[string]recovery.Tally{"shut": {FrozenEmail: noon.Add(aDay)}, "shut by heart": {Frozen: noon.Add(aDay)}, "open": {}} {
		w := clicked(recovery.Classic())
		w.tally = tally
		link := *w
		want := recovery.Proved
		if name == "shut" {
			want = recovery.Wrong
		}
		if step := w.does(right(recovery.Tally{})); step.Outcome != want || step.Tally.Day != 0 {
			t.Errorf("%s: the right code: %s %+v", name, step.Outcome, step.Tally)
		}
		if want == recovery.Wrong {
			want = recovery.LinkDead
		}
		if step := link.does(recovery.Follow{}); step.Outcome != want || link.Real == (want == recovery.Proved) {
			t.Errorf("%s: the link: %s", name, step.Outcome)
		}
	}
}

// A stranger who knows the address of an account can have three answers looked at in a day, on however many requests; the owner's codes
// and saved codes work all the time.
func TestGuessingAnswersAllDay(t *testing.T) {
	var tally recovery.Tally
	looked := 0
	for i := range 50 {
		w := begin(withAll(recovery.Classic()))
		w.tally = tally
		w.wait(time.Duration(i) * time.Second)
		w.does(findReal())
		w.chosen(recovery.WayQuestions)
		for try := range 5 {
			before := w.tally
			if !before.AnswersSpent(w.Policy, w.now) {
				looked++
			}
			want := recovery.Missed
			if try == 4 {
				want = recovery.TriesUsed
			}
			if step := w.does(missed(recovery.Tally{})); step.Outcome != want {
				t.Fatalf("try %d: %s", try, step.Outcome)
			}
			if before.AnswersSpent(w.Policy, w.now) && w.tally != before {
				t.Fatalf("answers that nobody looked at were counted: %+v", w.tally)
			}
		}
		tally = w.tally
	}
	if looked != 3 || tally.Answers != 3 || tally.Day != 0 || tally.Row != 0 {
		t.Errorf("%d looked at, %+v", looked, tally)
	}
	for _, way := range four {
		owner := begin(withAll(recovery.Classic()))
		owner.tally = tally
		owner.wait(time.Minute)
		owner.does(findReal())
		owner.chosen(way)
		want := recovery.Proved
		if way == recovery.WayQuestions {
			want = recovery.Missed
		}
		if step := owner.does(rightFor(way)); step.Outcome != want {
			t.Errorf("the owner on that day by %s: %s", way, step.Outcome)
		}
	}
}

// A step that comes too late leaves the account's tally as it is.
func TestOverKeepsTally(t *testing.T) {
	tally := recovery.Tally{Since: noon, Day: 7, Row: 70, Answers: 2, Frozen: noon.Add(aDay)}
	w := clicked(recovery.Classic())
	w.Stop = digest("stop")
	w.wait(time.Hour)
	for _, a := range []recovery.Action{right(tally), wrong(tally), answered(tally), missed(tally)} {
		if step := w.Next(a, w.now); step.Outcome != recovery.Ended || step.Tally != tally {
			t.Errorf("%s: %s, %+v", nameOf(a), step.Outcome, step.Tally)
		}
	}
}
