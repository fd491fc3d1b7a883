package recovery_test

import (
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

// sites are the ways that sites have switched on.
var sites = [][]recovery.Way{
	{recovery.WayEmail},
	{recovery.WayEmail, recovery.WayPhone},
	{recovery.WayPhone, recovery.WayQuestions, recovery.WayEmail},
	{recovery.WayQuestions, recovery.WaySaved},
	four,
}

// drawPolicy draws from what sites may ask for, sets that their ways cannot make included.
func drawPolicy(t *rapid.T, site []recovery.Way) recovery.Policy {
	p := rapid.SampledFrom([]recovery.Policy{recovery.Classic(), recovery.Strict(), anyTwo()}).Draw(t, "policy")
	p.Ways = site
	if rapid.IntRange(0, 4).Draw(t, "every way is enough") == 0 {
		p.Proofs = nil
	}
	return p
}

// ways are all that a form can say, those that are off included.
var ways = append([]recovery.Way{recovery.WayNone}, four...)

// persons is what somebody without a right code or answer can do.
func persons() []recovery.Action {
	list := []recovery.Action{
		recovery.Resend{}, recovery.Another{}, recovery.Enter{}, wrong(recovery.Tally{}), recovery.Answer{}, missed(recovery.Tally{}), recovery.Set{Stop: digest("stop")},
	}
	for _, w := range ways {
		list = append(list, recovery.Choose{Way: w})
	}
	return list
}

// anything is what can happen to a request at all.
func anything() []recovery.Action {
	return append(persons(),
		recovery.Enter{Right: true, Grant: digest("grant")}, right(recovery.Tally{}), recovery.Answer{Right: true, Grant: digest("grant")},
		answered(recovery.Tally{}), findDecoy(), findPhoneless(), askQuestions(), askSaved(), decoyQuestions(),
		recovery.Follow{}, recovery.Stop{}, recovery.Retire{})
}

// drawAction draws anything, but mostly what leads onward from here, or few walks would ever get far.
func drawAction(t *rapid.T, r recovery.Request) recovery.Action {
	if rapid.IntRange(0, 2).Draw(t, "anything") == 0 {
		return rapid.SampledFrom(anything()).Draw(t, "action")
	}
	switch {
	case !r.Found:
		return rapid.SampledFrom([]recovery.Action{findReal(), findReal(), findPhoneless()}).Draw(t, "found")
	case r.State == recovery.Choosing:
		return recovery.Choose{Way: rapid.SampledFrom(append(slices.Clone(r.Policy.Remaining(r.Proven)), recovery.WayNone)).Draw(t, "way")}
	case r.State == recovery.Proving && r.Way == recovery.WayQuestions && r.Asked == nil:
		return askQuestions()
	case r.State == recovery.Proving && r.Way == recovery.WaySaved && r.Saved == nil:
		return askSaved()
	case r.State == recovery.Proving:
		return rightFor(r.Way)
	}
	return rapid.SampledFrom([]recovery.Action{recovery.Set{Stop: digest("stop")}, recovery.Stop{}, recovery.Retire{}}).Draw(t, "end")
}

// Whatever happens in whatever order, what must hold for every request holds after each step.
func TestRandomWalks(t *testing.T) {
	reached := make(map[string]int)
	for _, site := range sites {
		rapid.Check(t, func(t *rapid.T) { walkAnywhere(t, begin(drawPolicy(t, site)), reached) })
	}
	for _, place := range []string{
		"choosing", "proving", "resetting", "done", "closed", "one_more", "stopped", "missed", "tries_used", "code", "answers", "saved",
	} {
		if reached[place] == 0 {
			t.Errorf("no walk came to %s: the test tests less than it says", place)
		}
	}
}

func walkAnywhere(t *rapid.T, w *walker, reached map[string]int) {
	var past, copies []recovery.Request
	dead := false // stopped or retired, or its link was followed
	for range rapid.IntRange(20, 60).Draw(t, "steps") {
		before, tally := w.Request, w.tally
		past, copies = append(past, before), append(copies, clone(before))
		w.wait(drawPause(t))
		action := drawAction(t, w.Request)
		step := w.does(action)
		checkEdge(t, before, action, step)
		checkCounts(t, before, step)
		checkProof(t, before, tally, w.now, action, step)
		checkTimes(t, before, w.now, action, step)
		if dead && (len(w.Proven) > len(before.Proven) || w.State == recovery.Done && before.State != recovery.Done || w.Real) {
			t.Fatalf("dead, and yet %s by %#v", step.Outcome, action)
		}
		dead = dead || before.Real && !w.Real
		reached[string(w.State)]++
		reached[string(step.Outcome)]++
		reached[string(w.Proof)]++
	}
	for i := range past {
		if !same(past[i], copies[i]) {
			t.Fatalf("step %d changed a request that it was asked of", i)
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

// R-35, invariant 9: nothing that counts is ever given back, and no round is forgotten or cut short. A proof alone ends a cool-down.
func checkCounts(t *rapid.T, before recovery.Request, step recovery.Step) {
	after := step.Request
	if after.Tries < before.Tries || after.Clicks < before.Clicks ||
		after.NextClick.Before(before.NextClick) && step.Outcome != recovery.OneMore {
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
	if step.Tally.Day < 0 || step.Tally.Row < 0 || step.Tally.Day > after.Policy.TriesADay || step.Tally.Answers > after.Policy.AnswersADay {
		t.Fatalf("tally %+v", step.Tally)
	}
	if before.Found && (after.Account != before.Account || after.Contact != before.Contact || after.Phone != before.Phone ||
		after.Real && !before.Real) {
		t.Fatal("found twice, or a decoy became real")
	}
	if before.Asked != nil && !slices.Equal(before.Asked, after.Asked) || before.Saved != nil && !slices.Equal(before.Saved, after.Saved) {
		t.Fatal("asked something else")
	}
}

// counts says, in words of its own, whether what was typed proves the chosen way.
func counts(r recovery.Request, tally recovery.Tally, now time.Time, a recovery.Action) bool {
	if r.Over(now) || r.State != recovery.Proving || !r.Found || !r.Real || r.Tries >= r.Policy.Tries {
		return false
	}
	enter, _ := a.(recovery.Enter)
	answer, _ := a.(recovery.Answer)
	switch r.Way {
	case recovery.WayEmail:
		return enter.Typed && enter.Right && len(r.LiveRounds(now)) > 0 && !tally.Spent(r.Policy, now)
	case recovery.WayPhone:
		return enter.Typed && enter.Right && len(r.LiveRounds(now)) > 0 && !tally.Spent(r.Policy, now) && !r.Phone.IsZero()
	case recovery.WayQuestions:
		return answer.Given && answer.Right && len(r.Asked) > 0 && !tally.AnswersSpent(r.Policy, now)
	case recovery.WaySaved:
		return answer.Given && answer.Right && r.Saved != nil
	}
	return false
}

// enough says, in words of its own, whether these ways are, with those that are switched on.
func enough(p recovery.Policy, proven []recovery.Way) bool {
	if len(p.Proofs) == 0 {
		return len(proven) > 0
	}
	return slices.ContainsFunc(p.Proofs, func(set []recovery.Way) bool {
		return !slices.ContainsFunc(set, func(w recovery.Way) bool {
			return !slices.Contains(proven, w) || !slices.Contains(p.Ways, w)
		})
	})
}

// Nobody comes to the new password but by what counted, for each way of a set that is enough, each proven in this request. A link's proof
// is another request's.
func checkProof(t *rapid.T, before recovery.Request, tally recovery.Tally, now time.Time, a recovery.Action, step recovery.Step) {
	after := step.Request
	want := before.Proven
	if counted := counts(before, tally, now, a); counted {
		want = append(slices.Clone(want), before.Way)
		checkProven(t, before, now, step, want)
	} else if step.Outcome == recovery.OneMore || step.Outcome == recovery.Proved && nameOf(a) != "follow" ||
		after.State == recovery.Resetting && before.State != recovery.Resetting ||
		!before.Stop.Equal(after.Stop) && !after.Stop.IsZero() && step.Outcome != recovery.Finished {
		t.Fatalf("%s by %#v", step.Outcome, a)
	}
	if !slices.Equal(after.Proven, want) {
		t.Fatalf("%s: proven %v, now %v", nameOf(a), before.Proven, after.Proven)
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

// checkProven looks at a step by which a way was proven.
func checkProven(t *rapid.T, before recovery.Request, now time.Time, step recovery.Step, proven []recovery.Way) {
	after := step.Request
	if slices.Contains(before.Proven, before.Way) {
		t.Fatal("one way proven twice")
	}
	told := slices.Equal(kinds(step.Effects), []recovery.EffectKind{recovery.EffectNotify}) && after.Stop == digest("stop")
	if before.Way.ByHeart() != told || !told && len(step.Effects) > 0 {
		t.Fatalf("told %v of a proof by %s (R-75)", step.Effects, before.Way)
	}
	if before.Way == recovery.WayEmail && !after.Link.IsZero() {
		t.Fatal("the e-mail is proven, and its link still works")
	}
	if !enough(before.Policy, proven) {
		if step.Outcome != recovery.OneMore || after.State != recovery.Choosing || after.Way != recovery.WayNone || after.Proof != recovery.ProofNone {
			t.Fatalf("%v is not enough, and yet %s in %s", proven, step.Outcome, after.State)
		}
		return
	}
	by := map[recovery.Way]recovery.Proof{recovery.WayQuestions: recovery.ProofAnswers, recovery.WaySaved: recovery.ProofSaved}[before.Way]
	if by == recovery.ProofNone {
		by = recovery.ProofCode
	}
	if step.Outcome != recovery.Proved || after.State != recovery.Resetting || after.Grant != digest("grant") || after.Proof != by {
		t.Fatalf("a proof that is none: %s, %+v", step.Outcome, after)
	}
	if !after.Expires.Equal(now.Add(after.Policy.GrantLife)) || !after.Link.IsZero() {
		t.Fatal("the right to set a password is too long, or the link still works")
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
	_, stops := a.(recovery.Stop)
	if stops && before.State == recovery.Done && step.Outcome == recovery.Undone {
		if before.Stop.IsZero() || !after.Stop.IsZero() || !slices.Equal(kinds(step.Effects), []recovery.EffectKind{recovery.EffectNotify}) {
			t.Fatalf("undone, or told, more than once: %v", step.Effects)
		}
	}
	if before.Over(now) && before.State != recovery.Done && !stops &&
		(step.Outcome != recovery.Ended || !same(before, after) || len(step.Effects) > 0) {
		t.Fatalf("over, and yet %s by %s", step.Outcome, nameOf(a))
	}
}
