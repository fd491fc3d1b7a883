package recovery_test

import (
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// what the page says of time run out or tries used up never depends on the code.
func TestAnswersThatKnowNoCode(t *testing.T) {
	for name, prepare := range map[string]func(*walker){
		"tries used": func(w *walker) {
			for range 5 {
				w.does(wrong(recovery.Tally{}))
			}
		},
		"run out": func(w *walker) { w.wait(15 * time.Minute) },
		"both": func(w *walker) {
			for range 5 {
				w.does(wrong(recovery.Tally{}))
			}
			w.wait(15 * time.Minute)
		},
		"over":          func(w *walker) { w.wait(60 * time.Minute) },
		"not found yet": func(w *walker) { w.Found, w.Real, w.Account = false, false, "" },
		"no phone": func(w *walker) {
			w.Phone = contact.Phone{}
			w.wait(minute)
			w.does(recovery.Choose{Way: recovery.WayPhone})
		},
		"stopped": func(w *walker) {
			w.Stop = digest("stop")
			w.does(recovery.Stop{})
		},
		"retired":      func(w *walker) { w.does(recovery.Retire{}) },
		"budget spent": func(w *walker) { w.tally = recovery.Tally{Since: w.now, Day: 15, Row: 15} },
		"row spent":    func(w *walker) { w.tally = recovery.Tally{Since: w.now, Row: 100} },
	} {
		w := clicked(recovery.Classic())
		prepare(w)
		enterRight, enterWrong := right(w.tally), wrong(w.tally)
		a, b := w.Next(enterRight, w.now), w.Next(enterWrong, w.now)
		if a.Outcome != b.Outcome || !same(a.Request, b.Request) || a.Tally != b.Tally {
			t.Errorf("%s: the right code is answered by %s, a wrong one by %s", name, a.Outcome, b.Outcome)
		}
		if a.Outcome == recovery.Proved {
			t.Errorf("%s: proved", name)
		}
	}
}

// five tries over all ways, and neither a resend, nor another way, nor a new round gives one back.
func TestFiveTries(t *testing.T) {
	w := clicked(withAll(recovery.Classic()))
	for i, between := range []func(){
		func() {},
		func() { w.wait(minute); w.does(recovery.Resend{}) },
		func() {
			w.wait(2 * minute)
			w.does(recovery.Another{})
			w.chosen(recovery.WayPhone)
		},
		func() { w.chosen(recovery.WayQuestions) },
		func() { w.wait(20 * minute); w.chosen(recovery.WaySaved) },
	} {
		between()
		want := recovery.Wrong
		if w.Way == recovery.WayQuestions {
			want = recovery.Missed
		}
		if i == 4 {
			want = recovery.TriesUsed
		}
		if step := w.does(wrongFor(w.Way)); step.Outcome != want || w.Tries != i+1 {
			t.Fatalf("try %d: %s, %d counted", i+1, step.Outcome, w.Tries)
		}
	}
	if !w.View(w.now).TriesOver() {
		t.Error("the page does not know")
	}
	for _, way := range four {
		w.wait(5 * minute)
		w.chosen(way)
		if step := w.does(rightFor(way)); step.Outcome != recovery.TriesUsed || w.State != recovery.Proving || w.Tries != 5 {
			t.Errorf("the right %s after five wrong tries: %s", way, step.Outcome)
		}
	}
}

// the second of two right codes is not read, and takes nothing away from the first.
func TestProvedOnce(t *testing.T) {
	w := clicked(recovery.Classic())
	first := right(recovery.Tally{})
	if step := w.does(first); step.Outcome != recovery.Proved {
		t.Fatal(step.Outcome)
	}
	proved := w.Request
	for _, again := range []recovery.Action{
		recovery.Enter{Typed: true, Right: true, Grant: digest("another grant")}, recovery.Enter{Typed: true, Grant: digest("another grant")},
		recovery.Answer{Given: true, Right: true, Grant: digest("another grant"), Stop: digest("another stop")},
		recovery.Enter{}, recovery.Answer{},
	} {
		if step := w.does(again); step.Outcome != recovery.ProvedBefore || !same(proved, w.Request) {
			t.Errorf("%+v: %s", again, step.Outcome)
		}
	}
}

// CVE-2019-16109: a blank is not a code, costs nothing, and proves nothing even where something says that it was right.
func TestBlank(t *testing.T) {
	w := clicked(recovery.Classic())
	if step := w.does(recovery.Enter{Right: true, Grant: digest("grant")}); step.Outcome != recovery.Empty || w.Tries != 0 || w.tally != (recovery.Tally{}) {
		t.Errorf("%s, %d tries, %v", step.Outcome, w.Tries, w.tally)
	}
}
