package recovery_test

import (
	"slices"
	"testing"
	"time"

	"twohens/internal/recovery"
)

const minute = time.Minute

// clicked is a found request that has chosen e-mail, and so clicked once, at noon.
func clicked(p recovery.Policy) *walker {
	w := begin(p)
	w.does(findReal())
	w.does(recovery.Choose{Way: recovery.WayEmail})
	return w
}

// 60 s, then 2, 4 and 8 minutes, and 8 minutes from then on. To the millisecond.
func TestCoolDown(t *testing.T) {
	w := clicked(recovery.Classic())
	for i, want := range []time.Duration{minute, 2 * minute, 4 * minute, 8 * minute, 8 * minute, 8 * minute} {
		if got := w.View(w.now).CoolDown(); got != want {
			t.Fatalf("after click %d: %v, want %v", i+1, got, want)
		}
		before := w.Request
		w.wait(want - time.Millisecond)
		if step := w.does(recovery.Resend{}); step.Outcome != recovery.Cooling || len(step.Effects) != 0 || !same(before, w.Request) {
			t.Fatalf("a millisecond too early: %s %v", step.Outcome, step.Effects)
		}
		w.wait(time.Millisecond)
		step := w.does(recovery.Resend{})
		if len(step.Effects) != 1 || step.Effects[0].Kind != recovery.EffectSend || w.Clicks != i+2 {
			t.Fatalf("in time: %s %v, %d clicks", step.Outcome, step.Effects, w.Clicks)
		}
	}
}

// twenty clicks at once are one.
func TestTwentyClicks(t *testing.T) {
	w := begin(recovery.Classic())
	var sent []recovery.Effect
	for range 20 {
		sent = append(sent, w.does(recovery.Choose{Way: recovery.WayEmail}).Effects...)
		sent = append(sent, w.does(recovery.Resend{}).Effects...)
	}
	if len(sent) != 1 || w.Clicks != 1 || len(w.Rounds) != 1 {
		t.Errorf("%d messages, %d clicks, %d rounds", len(sent), w.Clicks, len(w.Rounds))
	}
}

// R-45, invariant 9: the cool-down belongs to the request. Neither another way nor going back and forth gets round it.
func TestCoolDownOverWays(t *testing.T) {
	p := recovery.Classic()
	p.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone}
	w := clicked(p)
	w.wait(minute - time.Millisecond)
	w.does(recovery.Another{})
	if step := w.does(recovery.Choose{Way: recovery.WayPhone}); step.Outcome != recovery.Cooling || len(step.Effects) != 0 || len(w.Rounds) != 1 {
		t.Errorf("another way inside the cool-down: %s, %v, %v", step.Outcome, step.Effects, w.Rounds)
	}
	if v := w.View(w.now); !v.CodeUntil.IsZero() || !v.RunOut() {
		t.Errorf("the phone's page shows the e-mail's code: until %v", v.CodeUntil)
	}
	if step := w.does(wrong(recovery.Tally{})); step.Outcome != recovery.RunOut || w.Tries != 0 {
		t.Errorf("a code of the e-mail way typed for the phone: %s", step.Outcome)
	}
	w.wait(time.Millisecond)
	step := w.does(recovery.Resend{})
	if step.Outcome != recovery.Sent || step.Effects[0].Way != recovery.WayPhone || step.Effects[0].Round != 2 {
		t.Errorf("after it: %s %v", step.Outcome, step.Effects)
	}
	if got := w.View(w.now).CoolDown(); got != 2*minute {
		t.Errorf("the second click of the request: %v", got)
	}
	if live := w.LiveRounds(w.now); len(live) != 1 || live[0].Way != recovery.WayPhone {
		t.Errorf("compared with %v", live)
	}
}

// R-47, classic.
func TestRounds(t *testing.T) {
	type click struct {
		at      time.Duration
		outcome recovery.Outcome
		round   int
		until   time.Duration
	}
	for name, tt := range map[string]struct {
		policy recovery.Policy
		clicks []click
		live   map[time.Duration][]int // which rounds' codes are valid at a moment
	}{
		"a click within 15 minutes of the first repeats the code, valid 15 minutes from it": {
			recovery.Classic(),
			[]click{{0, recovery.Sent, 1, 15 * minute}, {2 * minute, recovery.SentAgain, 1, 17 * minute}, {14*minute + 59*time.Second, recovery.SentAgain, 1, 29*minute + 59*time.Second}},
			map[time.Duration][]int{14*minute + 59*time.Second: {1}, 29*minute + 58*time.Second: {1}, 29*minute + 59*time.Second: nil},
		},
		"the first click counts, not the latest": {
			recovery.Classic(),
			[]click{{0, recovery.Sent, 1, 15 * minute}, {14 * minute, recovery.SentAgain, 1, 29 * minute}, {16 * minute, recovery.Sent, 2, 31 * minute}},
			map[time.Duration][]int{16 * minute: {1, 2}, 29*minute - 1: {1, 2}, 29 * minute: {2}, 31*minute - 1: {2}, 31 * minute: nil},
		},
		"a click at 15 minutes begins a new round": {
			recovery.Classic(),
			[]click{{0, recovery.Sent, 1, 15 * minute}, {15 * minute, recovery.Sent, 2, 30 * minute}},
			map[time.Duration][]int{15*minute - 1: {1}, 15 * minute: {2}},
		},
		"nothing outlives the request": {
			recovery.Classic(),
			[]click{{0, recovery.Sent, 1, 15 * minute}, {50 * minute, recovery.Sent, 2, 60 * minute}, {59 * minute, recovery.SentAgain, 2, 60 * minute}},
			map[time.Duration][]int{60*minute - 1: {2}, 60 * minute: nil},
		},
		"strict never extends": {
			recovery.Strict(),
			[]click{{0, recovery.Sent, 1, 10 * minute}, {9 * minute, recovery.SentAgain, 1, 10 * minute}},
			map[time.Duration][]int{10*minute - 1: {1}, 10 * minute: nil},
		},
		"not extending in a longer request": {
			func() recovery.Policy { p := recovery.Classic(); p.Extends = false; return p }(),
			[]click{{0, recovery.Sent, 1, 15 * minute}, {14 * minute, recovery.SentAgain, 1, 15 * minute}, {16 * minute, recovery.Sent, 2, 31 * minute}},
			map[time.Duration][]int{15*minute - 1: {1}, 15 * minute: nil, 31*minute - 1: {2}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(tt.policy)
			w.does(findReal())
			for i, c := range tt.clicks {
				w.now = noon.Add(c.at)
				var step recovery.Step
				if i == 0 {
					step = w.does(recovery.Choose{Way: recovery.WayEmail})
				} else {
					step = w.does(recovery.Resend{})
				}
				want := recovery.Effect{Kind: recovery.EffectSend, Way: recovery.WayEmail, Round: c.round, NotAfter: noon.Add(c.until)}
				if step.Outcome != c.outcome || !slices.Equal(step.Effects, []recovery.Effect{want}) {
					t.Errorf("click at %v: %s %+v, want %s %+v", c.at, step.Outcome, step.Effects, c.outcome, want)
				}
				if got := w.View(w.now).CodeUntil; !got.Equal(noon.Add(c.until)) {
					t.Errorf("click at %v: the page says until %v", c.at, got.Sub(noon))
				}
			}
			for at, want := range tt.live {
				var got []int
				for _, round := range w.LiveRounds(noon.Add(at)) {
					got = append(got, round.Number)
				}
				// Moments before a later click are asked of the whole walk too: a round that had not begun is alive then, so
				// only its end is told apart here.
				got = slices.DeleteFunc(got, func(n int) bool { return noon.Add(at).Before(w.Rounds[n-1].First) })
				if !slices.Equal(got, want) {
					t.Errorf("valid at %v: rounds %v, want %v", at, got, want)
				}
			}
		})
	}
}

// valid before the end, by the server's clock, and not at it.
func TestCodeLifeToTheMoment(t *testing.T) {
	for policy, life := range map[*recovery.Policy]time.Duration{ptr(recovery.Classic()): 15 * minute, ptr(recovery.Strict()): 10 * minute} {
		policy.RequestLife = 60 * minute // so that it is the code that runs out
		w := clicked(*policy).wait(life - 1)
		if v := w.View(w.now); v.RunOut() {
			t.Error("run out before its end")
		}
		if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.Proved {
			t.Errorf("a moment before the end: %s", step.Outcome)
		}
		w = clicked(*policy).wait(life)
		if v := w.View(w.now); !v.RunOut() {
			t.Error("not run out at its end")
		}
		if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.RunOut || w.Tries != 0 {
			t.Errorf("at the end: %s", step.Outcome)
		}
	}
}

func ptr[T any](v T) *T { return &v }
