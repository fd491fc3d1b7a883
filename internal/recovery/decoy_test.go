package recovery_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twohens/internal/recovery"
)

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
