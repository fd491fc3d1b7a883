package recovery_test

import (
	"slices"
	"testing"
	"time"

	"twohens/internal/recovery"
)

// heart is a found request that has chosen a way by heart, with what it is judged by.
func heart(p recovery.Policy, way recovery.Way) *walker {
	w := begin(withAll(p))
	w.does(findReal())
	w.chosen(way)
	return w
}

// what the page says of answers that are not judged never depends on them.
func TestRepliesThatKnowNoAnswer(t *testing.T) {
	for name, prepare := range map[string]func(*walker){
		"tries used": func(w *walker) {
			for range 5 {
				w.does(missed(recovery.Tally{}))
			}
			w.tally = recovery.Tally{}
		},
		"over":          func(w *walker) { w.wait(60 * time.Minute) },
		"not there yet": func(w *walker) { w.Asked = nil },
		"none there":    func(w *walker) { w.Asked = []recovery.Asked{} },
		"spent":         func(w *walker) { w.tally = recovery.Tally{Since: w.now, Answers: 3} },
		"frozen":        func(w *walker) { w.tally = recovery.Tally{Frozen: w.now.Add(1)} },
		"retired":       func(w *walker) { w.does(recovery.Retire{}) },
		"link followed": func(w *walker) { w.does(recovery.Follow{}) },
	} {
		w := heart(recovery.Classic(), recovery.WayQuestions)
		prepare(w)
		a, b := w.Next(answered(w.tally), w.now), w.Next(missed(w.tally), w.now)
		if a.Outcome != b.Outcome || !same(a.Request, b.Request) || a.Tally != b.Tally || len(a.Effects)+len(b.Effects) > 0 {
			t.Errorf("%s: right answers are answered by %s, wrong ones by %s", name, a.Outcome, b.Outcome)
		}
		if a.Outcome == recovery.Proved {
			t.Errorf("%s: proved", name)
		}
	}
}

// A saved code is beyond guessing, so no budget shuts it: neither the codes' nor the answers'. The five tries do, and so does the
// owner's word.
func TestSavedCodeWhenAllElseIsShut(t *testing.T) {
	tally := recovery.Tally{Since: noon, Day: 15, Row: 100, Answers: 3}
	w := heart(recovery.Classic(), recovery.WaySaved)
	w.tally = tally
	if step := w.does(missed(recovery.Tally{})); step.Outcome != recovery.Wrong || w.Tries != 1 || w.tally != tally {
		t.Errorf("a wrong one: %s, %d tries, %+v", step.Outcome, w.Tries, w.tally)
	}
	if step := w.does(answered(recovery.Tally{})); step.Outcome != recovery.Proved || w.Proof != recovery.ProofSaved {
		t.Errorf("a right one: %s", step.Outcome)
	}
	frozen := heart(recovery.Classic(), recovery.WaySaved)
	frozen.tally.Frozen = frozen.now.Add(1)
	if step := frozen.does(answered(recovery.Tally{})); step.Outcome != recovery.Wrong {
		t.Errorf("a right one on a frozen day: %s", step.Outcome)
	}
}

// CVE-2019-16109: answers of which one is missing are no answers, cost nothing, and prove nothing.
func TestBlankAnswer(t *testing.T) {
	for _, way := range []recovery.Way{recovery.WayQuestions, recovery.WaySaved} {
		w := heart(recovery.Classic(), way)
		blank := recovery.Answer{Right: true, Grant: digest("grant"), Stop: digest("stop")}
		if step := w.does(blank); step.Outcome != recovery.Empty || w.Tries != 0 || w.tally != (recovery.Tally{}) || !w.Stop.IsZero() {
			t.Errorf("%s: %s, %d tries, %v", way, step.Outcome, w.Tries, w.tally)
		}
	}
}

// a worker is called once for each way, and what it brought stays, however often one goes back and forth.
func TestAskedOnce(t *testing.T) {
	w := begin(withAll(recovery.Classic()))
	var called []recovery.Effect
	for range 3 {
		for _, way := range []recovery.Way{recovery.WayQuestions, recovery.WaySaved} {
			called = append(called, w.does(recovery.Choose{Way: way}).Effects...)
			w.does(recovery.Another{})
		}
	}
	want := []recovery.Effect{
		{Kind: recovery.EffectAsk, Way: recovery.WayQuestions, NotAfter: w.Expires},
		{Kind: recovery.EffectAsk, Way: recovery.WaySaved, NotAfter: w.Expires},
	}
	if !slices.Equal(called, want) {
		t.Errorf("called for %+v", called)
	}
	if step := w.does(askQuestions()); step.Outcome != recovery.NotHere || w.Asked != nil {
		t.Errorf("before the account is found: %s", step.Outcome)
	}
	w.does(findReal())
	w.does(askQuestions())
	w.does(askSaved())
	w.does(decoyQuestions())
	w.does(decoySaved())
	if !slices.Equal(w.Asked, askQuestions().Asked) || !slices.Equal(w.Saved, askSaved().Saved) {
		t.Errorf("asked something else the second time: %v, %v", w.Asked, w.Saved)
	}
}

// every contact is told when a way by heart was proved, with a way to stop it, and never of a mere attempt.
func TestTold(t *testing.T) {
	for way, notice := range map[recovery.Way]recovery.Notice{
		recovery.WayQuestions: recovery.NoticeAnswered, recovery.WaySaved: recovery.NoticeSpent,
	} {
		for _, p := range []recovery.Policy{recovery.Classic(), anyTwo()} {
			w := heart(p, way)
			if step := w.does(missed(recovery.Tally{})); len(step.Effects) != 0 || !w.Stop.IsZero() {
				t.Errorf("%s: an attempt is told: %v", way, step.Effects)
			}
			step := w.does(answered(recovery.Tally{}))
			want := []recovery.Effect{{Kind: recovery.EffectNotify, Notice: notice, NotAfter: w.now.Add(recovery.NoticeLife)}}
			if !slices.Equal(step.Effects, want) || w.Stop != digest("stop") {
				t.Errorf("%s: told %+v", way, step.Effects)
			}
		}
	}
	w := clicked(recovery.Classic())
	if step := w.does(right(recovery.Tally{})); len(step.Effects) != 0 || !w.Stop.IsZero() {
		t.Errorf("a code: told %v", step.Effects)
	}
}

// the owner's word takes away the right to set a password and what was proved, shuts the answers for a day, and gives nothing.
func TestStop(t *testing.T) {
	w := heart(recovery.Classic(), recovery.WayQuestions)
	if step := w.does(recovery.Stop{}); step.Outcome != recovery.NotHere || !w.Real || w.tally != (recovery.Tally{}) {
		t.Errorf("before anything was proved: %s, %+v", step.Outcome, w.tally)
	}
	w.does(answered(recovery.Tally{}))
	done := *w
	w.wait(time.Minute)
	if step := w.does(recovery.Stop{}); step.Outcome != recovery.Stopped || w.State != recovery.Closed || !w.Grant.IsZero() || w.Real {
		t.Fatalf("stopped: %s, %+v", step.Outcome, w.Request)
	}
	if !w.tally.Frozen.Equal(w.now.Add(24 * time.Hour)) {
		t.Errorf("frozen until %v", w.tally.Frozen)
	}
	tally := w.tally
	for _, a := range []recovery.Action{recovery.Set{}, answered(recovery.Tally{}), recovery.Choose{Way: recovery.WayEmail}} {
		if step := w.does(a); step.Outcome != recovery.Ended || w.State != recovery.Closed || w.tally != tally {
			t.Errorf("%s afterwards: %s", nameOf(a), step.Outcome)
		}
	}
	again := heart(recovery.Classic(), recovery.WayQuestions)
	again.tally = tally
	if step := again.does(answered(recovery.Tally{})); step.Outcome != recovery.Missed {
		t.Errorf("the right answers in a new request on that day: %s", step.Outcome)
	}
	again.now = tally.Frozen
	again.Expires = tally.Frozen.Add(1)
	if step := again.does(answered(recovery.Tally{})); step.Outcome != recovery.Proved {
		t.Errorf("and the day after: %s", step.Outcome)
	}
	done.does(recovery.Set{Stop: digest("stop")})
	if step := done.does(recovery.Stop{}); step.Outcome != recovery.Undone || done.State != recovery.Done || done.tally.Frozen.IsZero() {
		t.Errorf("too late for the request, in time for its password: %s", step.Outcome)
	}
}

// Whoever got that far by heart would come back the same way, so the owner's word shuts it for a day also when the request is over: as
// long as its notice is worth reading.
func TestStopLate(t *testing.T) {
	w := heart(recovery.Classic(), recovery.WayQuestions)
	w.does(answered(recovery.Tally{}))
	w.wait(recovery.NoticeLife - time.Minute)
	if step := w.does(recovery.Stop{}); step.Outcome != recovery.Stopped || w.State != recovery.Closed || !w.tally.Frozen.Equal(w.now.Add(aDay)) {
		t.Errorf("after the request's end: %s, %+v", step.Outcome, w.tally)
	}
	frozen := w.tally
	w.wait(time.Minute)
	if step := w.does(recovery.Stop{}); step.Outcome == recovery.Stopped || w.tally != frozen {
		t.Errorf("after three days: %s", step.Outcome)
	}
	w = heart(recovery.Classic(), recovery.WayQuestions)
	w.does(answered(recovery.Tally{}))
	w.does(recovery.Retire{})
	if step := w.does(recovery.Stop{}); step.Outcome != recovery.Stopped || w.tally.Frozen.IsZero() {
		t.Errorf("of a request that another one ended: %s", step.Outcome)
	}
}

// what proves one way proves that one only. Typed into the page of another it is not looked at, costs nothing and changes nothing.
func TestOtherWaysProof(t *testing.T) {
	for _, chosen := range four {
		for _, typed := range four {
			if chosen.ByCode() == typed.ByCode() {
				continue
			}
			w := begin(withAll(recovery.Classic()))
			w.does(findReal())
			w.does(askQuestions())
			w.does(askSaved())
			w.does(recovery.Choose{Way: typed})
			w.wait(minute)
			w.does(recovery.Choose{Way: chosen})
			before := w.Request
			if step := w.does(rightFor(typed)); step.Outcome != recovery.NotHere || !same(before, w.Request) || w.tally != (recovery.Tally{}) {
				t.Errorf("what is right for %s, typed for %s: %s", typed, chosen, step.Outcome)
			}
		}
	}
	for chosen, there := range map[recovery.Way]recovery.Ask{recovery.WayQuestions: askSaved(), recovery.WaySaved: askQuestions()} {
		w := begin(withAll(recovery.Classic()))
		w.does(findReal())
		w.does(recovery.Choose{Way: chosen})
		w.does(there)
		if step := w.does(answered(recovery.Tally{})); step.Outcome != recovery.Waiting || w.Tries != 0 {
			t.Errorf("%s with nothing but the other's digests: %s", chosen, step.Outcome)
		}
	}
}
