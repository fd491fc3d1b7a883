package recovery_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twohens/internal/recovery"
)

// pauses are what passes between two steps: mostly the lengths at whose ends something changes, and a moment to either side.
var pauses = func() []time.Duration {
	list := []time.Duration{0, time.Millisecond, 10 * time.Second}
	for _, m := range []int{1, 2, 4, 8, 10, 15, 60} {
		end := time.Duration(m) * time.Minute
		list = append(list, end-time.Millisecond, end, end+time.Millisecond)
	}
	return list
}()

func drawPause(t *rapid.T) time.Duration {
	if rapid.IntRange(0, 3).Draw(t, "hurry") > 0 {
		return 0 // or every walk would be over after a few steps
	}
	return rapid.SampledFrom(pauses).Draw(t, "pause")
}

func drawPolicy(t *rapid.T) recovery.Policy {
	p := rapid.SampledFrom([]recovery.Policy{recovery.Classic(), recovery.Strict()}).Draw(t, "policy")
	p.Ways = rapid.SampledFrom([][]recovery.Way{
		{recovery.WayEmail},
		{recovery.WayEmail, recovery.WayPhone},
		{recovery.WayPhone, recovery.WayQuestions, recovery.WayEmail},
		{recovery.WayQuestions},
	}).Draw(t, "ways")
	return p
}

// ways are all that a form can say, those that are off included.
var ways = []recovery.Way{recovery.WayNone, recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions}

// persons is what somebody without a right code can do.
func persons() []recovery.Action {
	list := []recovery.Action{recovery.Resend{}, recovery.Another{}, recovery.Enter{}, wrong(recovery.Tally{}), recovery.Set{}}
	for _, w := range ways {
		list = append(list, recovery.Choose{Way: w})
	}
	return list
}

// anything is what can happen to a request at all.
func anything() []recovery.Action {
	return append(persons(), recovery.Enter{Right: true, Grant: digest("grant")}, findDecoy(), recovery.Follow{}, recovery.Retire{})
}

// drawAction draws anything, but half the time what leads onward from here, or few walks would ever get far.
func drawAction(t *rapid.T, r recovery.Request) recovery.Action {
	if !rapid.Bool().Draw(t, "onward") {
		return rapid.SampledFrom(anything()).Draw(t, "action")
	}
	switch {
	case !r.Found:
		return findReal()
	case r.State == recovery.Choosing:
		return recovery.Choose{Way: r.Policy.Ways[0]}
	case r.State == recovery.Proving:
		return right(recovery.Tally{})
	}
	return rapid.SampledFrom([]recovery.Action{recovery.Set{}, recovery.Retire{}}).Draw(t, "end")
}

// Whatever happens in whatever order, what must hold for every request holds after each step.
func TestRandomWalks(t *testing.T) {
	reached := make(map[recovery.State]int)
	rapid.Check(t, func(t *rapid.T) {
		w := begin(drawPolicy(t))
		var past, copies []recovery.Request
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before, tally := w.Request, w.tally
			past, copies = append(past, before), append(copies, clone(before))
			w.wait(drawPause(t))
			action := drawAction(t, w.Request)
			step := w.does(action)
			checkEdge(t, before, action, step)
			checkCounts(t, before, step)
			checkProof(t, before, tally, w.now, action, step)
			checkTimes(t, before, w.now, action, step)
			reached[w.State]++
		}
		for i := range past {
			if !same(past[i], copies[i]) {
				t.Fatalf("step %d changed a request that it was asked of", i)
			}
		}
	})
	for _, s := range recovery.States {
		if s != recovery.Start && reached[s] == 0 {
			t.Errorf("no walk came to %s: the test tests less than it says", s)
		}
	}
}

func checkEdge(t *rapid.T, before recovery.Request, a recovery.Action, step recovery.Step) {
	if same(before, step.Request) && len(step.Effects) == 0 {
		return
	}
	if !inTable(before.State, nameOf(a), step.Request.State) {
		t.Fatalf("%s moved from %s to %s, which is no edge", nameOf(a), before.State, step.Request.State)
	}
}

// R-35, invariant 9: nothing that counts is ever given back, and no round is forgotten or cut short.
func checkCounts(t *rapid.T, before recovery.Request, step recovery.Step) {
	after := step.Request
	if after.Tries < before.Tries || after.Clicks < before.Clicks || after.NextClick.Before(before.NextClick) {
		t.Fatalf("given back: tries %d to %d, clicks %d to %d, next click %v to %v",
			before.Tries, after.Tries, before.Clicks, after.Clicks, before.NextClick, after.NextClick)
	}
	if after.Tries > after.Policy.Tries {
		t.Fatalf("%d tries of %d", after.Tries, after.Policy.Tries)
	}
	if len(after.Rounds) < len(before.Rounds) {
		t.Fatal("a round was forgotten")
	}
	for i, round := range before.Rounds {
		now := after.Rounds[i]
		if now.Way != round.Way || now.Number != round.Number || !now.First.Equal(round.First) || now.Until.Before(round.Until) {
			t.Fatalf("a round was altered: %v to %v", round, now)
		}
	}
	if step.Tally.Day < 0 || step.Tally.Row < 0 || step.Tally.Day > after.Policy.TriesADay {
		t.Fatalf("tally %+v", step.Tally)
	}
	if before.Found && (after.Account != before.Account || after.Contact != before.Contact || after.Real && !before.Real) {
		t.Fatal("found twice, or a decoy became real")
	}
}

// Nobody comes to the new password but by a right code that counted. A link's proof is another request's.
func checkProof(t *rapid.T, before recovery.Request, tally recovery.Tally, now time.Time, a recovery.Action, step recovery.Step) {
	after := step.Request
	if after.State == recovery.Resetting && before.State != recovery.Resetting {
		enter, ok := a.(recovery.Enter)
		switch {
		case !ok || !enter.Right || !enter.Typed:
			t.Fatalf("proved by %#v", a)
		case !before.Found || !before.Real || before.State != recovery.Proving || !before.Way.ByCode():
			t.Fatalf("proved a request that could not be: %+v", before)
		case before.Tries >= before.Policy.Tries || tally.Spent(before.Policy, now):
			t.Fatal("proved beyond the tries")
		case len(before.LiveRounds(now)) == 0 || before.Over(now):
			t.Fatal("proved out of time")
		case step.Outcome != recovery.Proved || after.Grant != digest("grant") || after.Proof != recovery.ProofCode:
			t.Fatalf("a proof that is none: %+v", after)
		case !after.Expires.Equal(now.Add(after.Policy.GrantLife)) || !after.Link.IsZero():
			t.Fatal("the right to set a password is too long, or the link still works")
		}
	}
	if after.State == recovery.Done && before.State != recovery.Done {
		if _, ok := a.(recovery.Set); !ok || before.State != recovery.Resetting || !before.Real || before.Over(now) {
			t.Fatalf("done by %#v from %s", a, before.State)
		}
	}
	if proved := after.State == recovery.Resetting || after.State == recovery.Done; proved == after.Grant.IsZero() {
		t.Fatalf("in %s with a grant that is zero=%t", after.State, after.Grant.IsZero())
	}
}

// nothing outlives the request, nothing is sent inside the cool-down, and over is over.
func checkTimes(t *rapid.T, before recovery.Request, now time.Time, a recovery.Action, step recovery.Step) {
	after := step.Request
	if after.Proved.IsZero() && !after.Expires.Equal(after.Opened.Add(after.Policy.RequestLife)) {
		t.Fatalf("the request's end moved to %v", after.Expires)
	}
	for _, round := range after.Rounds {
		if round.Until.After(after.Opened.Add(after.Policy.RequestLife)) {
			t.Fatalf("a code outlives its request: %v", round.Until)
		}
		if !after.Policy.Extends && round.Until.After(round.First.Add(after.Policy.CodeLife)) {
			t.Fatalf("a strict code was extended: %+v", round)
		}
	}
	for _, e := range step.Effects {
		if e.Kind == recovery.EffectSend && (now.Before(before.NextClick) || !now.Before(e.NotAfter) || e.NotAfter.After(before.Expires)) {
			t.Fatalf("sent at the wrong time: %+v", e)
		}
	}
	if before.Over(now) && before.State != recovery.Done &&
		(step.Outcome != recovery.Ended || !same(before, after) || len(step.Effects) > 0) {
		t.Fatalf("over, and yet %s by %s", step.Outcome, nameOf(a))
	}
}

// Invariant 5, R-01: a decoy beside a real request. Whoever has no right code sees the same in both, whatever they do, and both
// ask for the same effects at the same times. The owner's link being followed elsewhere, or another of the account's
// requests being done, does not show either.
func TestDecoyWalksBesideReal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		real, decoy := begin(p), begin(p)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			pause := drawPause(t)
			if rapid.Bool().Draw(t, "at once") {
				pause = 0
			}
			real.wait(pause)
			decoy.wait(pause)
			switch rapid.IntRange(0, 9).Draw(t, "who acts") {
			case 0: // the worker
				real.does(findReal())
				decoy.does(findDecoy())
			case 1, 2, 3: // a guess, without which few walks would use up their tries
				guess := wrong(recovery.Tally{})
				if a, b := real.does(guess), decoy.does(guess); a.Outcome != b.Outcome || a.Tally != b.Tally {
					t.Fatalf("a guess: %s for the real one, %s for the decoy", a.Outcome, b.Outcome)
				}
			case 4: // somebody else, on the real one alone
				real.does(rapid.SampledFrom([]recovery.Action{recovery.Follow{}, recovery.Retire{}}).Draw(t, "elsewhere"))
			default:
				action := rapid.SampledFrom(persons()).Draw(t, "action")
				a, b := real.does(action), decoy.does(action)
				if a.Outcome != b.Outcome || !reflect.DeepEqual(a.Effects, b.Effects) || a.Tally != b.Tally {
					t.Fatalf("%s: %s, %v, %v for the real one; %s, %v, %v for the decoy",
						nameOf(action), a.Outcome, a.Effects, a.Tally, b.Outcome, b.Effects, b.Tally)
				}
			}
			a, b := shown(real.View(real.now)), shown(decoy.View(decoy.now))
			if a != b {
				t.Fatalf("the views differ:\n real %s\ndecoy %s", a, b)
			}
		}
	})
}

// shown is a view byte by byte.
func shown(v recovery.View) string { return fmt.Sprintf("%#v", v) }

// a request that dies silently looks the same before and after, in every state that a stranger can watch.
func TestSilentDeath(t *testing.T) {
	for name, walk := range map[string]func(*walker){
		"choosing": func(*walker) {},
		"proving":  func(w *walker) { w.does(recovery.Choose{Way: recovery.WayEmail}) },
		"one wrong try": func(w *walker) {
			w.does(recovery.Choose{Way: recovery.WayEmail})
			w.does(wrong(recovery.Tally{}))
		},
		"chose again": func(w *walker) {
			w.does(recovery.Choose{Way: recovery.WayEmail})
			w.does(recovery.Another{})
		},
	} {
		for _, death := range []recovery.Action{recovery.Follow{}, recovery.Retire{}} {
			t.Run(name+" "+nameOf(death), func(t *testing.T) {
				w := begin(recovery.Classic())
				w.does(findReal())
				walk(w)
				w.wait(time.Minute)
				before := shown(w.View(w.now))
				w.does(death)
				if after := shown(w.View(w.now)); after != before {
					t.Errorf("the view changed:\nbefore %s\n after %s", before, after)
				}
				if w.Real || !w.Link.IsZero() {
					t.Error("it is still alive")
				}
				w.does(recovery.Choose{Way: recovery.WayEmail})
				if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.Wrong || w.Tries == 0 {
					t.Errorf("its right code: %s", step.Outcome)
				}
				if step := w.does(recovery.Follow{}); step.Outcome != recovery.LinkDead {
					t.Errorf("its link: %s", step.Outcome)
				}
			})
		}
	}
}

// The table and the walks speak of the same things.
func TestEdges(t *testing.T) {
	for i, e := range recovery.Edges {
		if !slices.Contains(recovery.States, e.From) || !slices.Contains(recovery.States, e.To) || e.Why == "" {
			t.Errorf("edge %+v", e)
		}
		if slices.ContainsFunc(recovery.Edges[:i], func(o recovery.Edge) bool { return o.From == e.From && o.By == e.By && o.To == e.To }) {
			t.Errorf("twice: %+v", e)
		}
		if e.From == recovery.Done || e.From == recovery.Closed || e.To == recovery.Start {
			t.Errorf("an end that is none, or a way back to the beginning: %+v", e)
		}
		if e.To == recovery.Resetting && e.From != recovery.Start && e.By != "enter" {
			t.Errorf("a way round the proof: %+v", e)
		}
	}
	opened, effects := recovery.Open(opening(recovery.Classic()), noon)
	if !inTable(recovery.Start, "open", opened.State) {
		t.Errorf("a request opens in %s", opened.State)
	}
	if k := kinds(effects); !slices.Equal(k, []recovery.EffectKind{recovery.EffectFind}) || !effects[0].NotAfter.Equal(opened.Expires) {
		t.Errorf("opening asks for %v", effects)
	}
	if opened.Found || opened.Real || opened.Account != "" || !opened.Grant.IsZero() || !opened.Link.IsZero() {
		t.Errorf("opened with more than it was given: %+v", opened)
	}
}

// the proof by the link is a request of its own, for the browser that pressed the button; the parent gives nothing.
func TestBranch(t *testing.T) {
	w := begin(recovery.Classic())
	find := findReal()
	find.Contact = address("ann@record.example")
	w.does(find)
	w.does(recovery.Choose{Way: recovery.WayEmail})
	for range 5 {
		w.does(wrong(recovery.Tally{}))
	}
	w.wait(59 * time.Minute) // five wrong tries shut typed codes, not the link; it lives as long as the request
	parent := w.Request
	if step := w.does(recovery.Follow{}); step.Outcome != recovery.Proved || w.State != recovery.Proving {
		t.Fatalf("%s, %s", step.Outcome, w.State)
	}
	o := opening(recovery.Strict())
	o.ID, o.Holder = "branch", digest("presser")
	b := recovery.Branch(parent, o, digest("grant"), w.now)
	if !inTable(recovery.Start, "branch", b.State) || b.Proof != recovery.ProofLink || b.Grant != digest("grant") || b.Holder != digest("presser") {
		t.Errorf("branched: %+v", b)
	}
	if !b.Expires.Equal(w.now.Add(15*time.Minute)) || b.Account != "account" || b.Contact != find.Contact || !b.Link.IsZero() {
		t.Errorf("branched: %+v", b)
	}
	if v := b.View(w.now); v.Address != "ann@record.example" {
		t.Errorf("the browser with the proof is shown %s, which a stranger may have typed", v.Address)
	}
	if step := b.Next(right(recovery.Tally{}), w.now); step.Outcome != recovery.ProvedBefore || !same(step.Request, b) {
		t.Errorf("a code typed into it: %s", step.Outcome)
	}
	if step := b.Next(recovery.Set{}, w.now.Add(15*time.Minute)); step.Outcome != recovery.Ended {
		t.Errorf("R-39: the right after 15 minutes: %s", step.Outcome)
	}
	if step := b.Next(recovery.Set{}, w.now.Add(15*time.Minute-1)); step.Outcome != recovery.Finished || step.Request.State != recovery.Done {
		t.Errorf("the right before that: %s", step.Outcome)
	}
	if step := w.does(recovery.Follow{}); step.Outcome != recovery.LinkDead {
		t.Errorf("the link once more: %s", step.Outcome)
	}
	if step := recovery.Branch(w.Request, o, digest("grant"), w.now).Next(recovery.Set{}, w.now); step.Outcome != recovery.NotHere {
		t.Errorf("a branch of a decoy sets a password: %s", step.Outcome)
	}
}

// A link in the mail proves nothing on a site that has switched the e-mail way off in the request's policy.
func TestLinkOfAWayThatIsOff(t *testing.T) {
	p := recovery.Classic()
	p.Ways = []recovery.Way{recovery.WayPhone, recovery.WayQuestions}
	w := begin(p)
	w.does(findReal())
	if step := w.does(recovery.Follow{}); step.Outcome != recovery.LinkDead || !w.Real {
		t.Errorf("%s", step.Outcome)
	}
}

// A step along no edge is a fault of the program and is stopped before anything is saved.
func TestNoEdgePanics(t *testing.T) {
	kept := recovery.Edges
	defer func() { recovery.Edges = kept }()
	recovery.Edges = slices.Clone(kept)
	for i, e := range recovery.Edges {
		if e.By == "another" {
			recovery.Edges[i].To = recovery.Done
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("moved along no edge")
		}
	}()
	w := begin(recovery.Classic())
	w.does(recovery.Choose{Way: recovery.WayEmail})
	w.does(recovery.Another{})
}
