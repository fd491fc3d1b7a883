package recovery_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twohens/internal/recovery"
)

// Invariant 5, R-01: a decoy beside a real request. Whoever knows no right code and no right answer sees the same in both, whatever they
// do, and both ask for the same effects at the same times. The owner's link being followed elsewhere, or another of the account's
// requests being done, does not show either; nor whether the account has a phone.
func TestDecoyWalksBesideReal(t *testing.T) {
	for _, site := range sites {
		rapid.Check(t, func(t *rapid.T) {
			p := drawPolicy(t, site)
			find := rapid.SampledFrom([]recovery.Find{findReal(), findPhoneless()}).Draw(t, "find")
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
					real.does(find)
					decoy.does(findDecoy())
				case 1:
					real.does(askQuestions())
					decoy.does(decoyQuestions())
					real.does(askSaved())
					decoy.does(decoySaved())
				case 2, 3, 4: // a guess, without which few walks would use up their tries
					beside(t, real, decoy, wrongFor(real.Way))
				case 5: // somebody else, on the real one alone
					real.does(rapid.SampledFrom([]recovery.Action{recovery.Follow{}, recovery.Retire{}}).Draw(t, "elsewhere"))
				default:
					beside(t, real, decoy, rapid.SampledFrom(persons()).Draw(t, "action"))
				}
				if a, b := shown(real.View(real.now)), shown(decoy.View(decoy.now)); a != b {
					t.Fatalf("the views differ:\n real %s\ndecoy %s", a, b)
				}
			}
		})
	}
}

// beside takes the same step on both, which must be answered in the same way.
func beside(t *rapid.T, real, decoy *walker, action recovery.Action) {
	a, b := real.does(action), decoy.does(action)
	if a.Outcome != b.Outcome || !reflect.DeepEqual(a.Effects, b.Effects) || a.Tally != b.Tally {
		t.Fatalf("%s: %s, %v, %v for the real one; %s, %v, %v for the decoy",
			nameOf(action), a.Outcome, a.Effects, a.Tally, b.Outcome, b.Effects, b.Tally)
	}
}

// shown is a view byte by byte.
func shown(v recovery.View) string { return fmt.Sprintf("%#v", v) }

// A decoy never gets anywhere, not even where something says that what was typed is right; nor does a way that the account lacks.
func TestDecoyNeverProves(t *testing.T) {
	for name, tt := range map[string]struct {
		find  recovery.Find
		sites [][]recovery.Way
	}{
		"a decoy":            {findDecoy(), sites},
		"no phone":           {findPhoneless(), [][]recovery.Way{{recovery.WayPhone}}},
		"no address, no way": {recovery.Find{Account: "account", Real: true}, [][]recovery.Way{{recovery.WayEmail, recovery.WayPhone}}},
	} {
		t.Run(name, func(t *testing.T) {
			guessed := 0
			rapid.Check(t, func(t *rapid.T) {
				w := begin(drawPolicy(t, rapid.SampledFrom(tt.sites).Draw(t, "site")))
				w.does(tt.find)
				for range rapid.IntRange(20, 60).Draw(t, "steps") {
					w.wait(drawPause(t))
					action := drawAction(t, w.Request)
					if nameOf(action) == "follow" {
						continue // the link is in a mail, which is more than a guess
					}
					step := w.does(action)
					if step.Outcome == recovery.Proved || step.Outcome == recovery.OneMore || len(w.Proven) > 0 ||
						w.State != recovery.Choosing && w.State != recovery.Proving || !w.Stop.IsZero() {
						t.Fatalf("%#v came to %s in %s", action, step.Outcome, w.State)
					}
					if step.Outcome == recovery.Wrong || step.Outcome == recovery.Missed {
						guessed++
					}
				}
			})
			if guessed == 0 {
				t.Error("no guess was looked at: the test tests less than it says")
			}
		})
	}
}

// deaths are what ends a request silently. Stop does so to one that has proved a way by heart, for it alone carries what stops it.
var deaths = []recovery.Action{recovery.Follow{}, recovery.Retire{}, recovery.Stop{}}

// a request that dies silently looks the same before and after, in every state that a stranger can watch.
func TestSilentDeath(t *testing.T) {
	for name, walk := range map[string]func(*walker){
		"choosing": func(*walker) {},
		"proving":  func(w *walker) { w.chosen(recovery.WayPhone) },
		"one wrong try": func(w *walker) {
			w.chosen(recovery.WayEmail)
			w.does(wrong(recovery.Tally{}))
		},
		"wrong answers": func(w *walker) {
			w.chosen(recovery.WayQuestions)
			w.does(missed(recovery.Tally{}))
		},
		"chose again": func(w *walker) {
			w.chosen(recovery.WayQuestions)
			w.does(recovery.Another{})
		},
		"halfway": func(w *walker) {
			w.chosen(recovery.WaySaved)
			w.does(answered(recovery.Tally{}))
		},
		"halfway and on": func(w *walker) {
			w.chosen(recovery.WayQuestions)
			w.does(answered(recovery.Tally{}))
			w.chosen(recovery.WayPhone)
		},
	} {
		for _, death := range deaths {
			t.Run(name+" "+nameOf(death), func(t *testing.T) {
				w := begin(anyTwo())
				w.does(findReal())
				walk(w)
				if _, ok := death.(recovery.Stop); ok && w.Stop.IsZero() {
					return // nobody was told, so nobody can
				}
				w.wait(time.Minute)
				before := shown(w.View(w.now))
				w.does(death)
				if after := shown(w.View(w.now)); after != before {
					t.Errorf("the view changed:\nbefore %s\n after %s", before, after)
				}
				if w.Real || !w.Link.IsZero() {
					t.Error("it is still alive")
				}
				w.wait(time.Minute)
				proven := len(w.Proven)
				for _, way := range w.Policy.Remaining(w.Proven) {
					w.chosen(way)
					step := w.does(rightFor(way))
					if step.Outcome != recovery.Wrong && step.Outcome != recovery.Missed && step.Outcome != recovery.TriesUsed || len(w.Proven) != proven {
						t.Errorf("its right %s: %s", way, step.Outcome)
					}
					w.wait(2 * time.Minute)
				}
				if step := w.does(recovery.Follow{}); step.Outcome != recovery.LinkDead {
					t.Errorf("its link: %s", step.Outcome)
				}
			})
		}
	}
}

// The same for whatever is done afterwards by somebody who has proved one way and knows nothing of the other: a request that was stopped
// halfway walks beside one that was not.
func TestStoppedWalksBesideAlive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alive := begin(anyTwo())
		alive.does(findReal())
		alive.chosen(rapid.SampledFrom([]recovery.Way{recovery.WayQuestions, recovery.WaySaved}).Draw(t, "proven"))
		if step := alive.does(answered(recovery.Tally{})); step.Outcome != recovery.OneMore {
			t.Fatal(step.Outcome)
		}
		stopped := *alive
		if step := stopped.does(rapid.SampledFrom(deaths).Draw(t, "death")); step.Outcome == recovery.NotHere {
			t.Fatal("it did not die")
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			pause := drawPause(t)
			alive.wait(pause)
			stopped.wait(pause)
			action := rapid.SampledFrom(append(persons(), wrongFor(alive.Way), wrongFor(alive.Way))).Draw(t, "action")
			a, b := alive.does(action), stopped.does(action)
			if a.Outcome != b.Outcome || !reflect.DeepEqual(a.Effects, b.Effects) {
				t.Fatalf("%s: %s, %v; stopped %s, %v", nameOf(action), a.Outcome, a.Effects, b.Outcome, b.Effects)
			}
			if a, b := shown(alive.View(alive.now)), shown(stopped.View(stopped.now)); a != b {
				t.Fatalf("the views differ:\n  alive %s\nstopped %s", a, b)
			}
		}
	})
}
