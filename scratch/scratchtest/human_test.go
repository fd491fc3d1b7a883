package scratchtest_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// answering is a way to give a trace for areas.
type answering func(h scratchtest.Human, r *rand.Rand, areas ...[]image.Point) scratch.Trace

// answers are ways to give a trace for the chickens of a card.
var answers = map[string]answering{
	"rubbing": scratchtest.Human.Rub,
	"taps":    scratchtest.Human.Tap,
	"keys": func(h scratchtest.Human, r *rand.Rand, areas ...[]image.Point) scratch.Trace {
		return h.Key(r, false, areas...)
	},
	"keys held": func(h scratchtest.Human, r *rand.Rand, areas ...[]image.Point) scratch.Trace {
		return h.Key(r, true, areas...)
	},
}

// round is one card, and the chickens on it.
type round struct {
	sealed   string
	chickens [2][]image.Point
}

// rounds has each of the hands answer in turn, a card each, and counts the verdicts. The cards are not spent by it: they are
// judged by a Dealer of the same keys that has seen none of them.
func rounds(
	t *testing.T, d *desk, cards []round, hands []scratchtest.Human, answer answering,
) (counts [3]int, by map[string]int) {
	t.Helper()
	later := func() time.Time { return d.now.Add(time.Hour) }
	judges, err := scratch.New(scratch.Config{Keys: d.keys, Spent: scratch.NewMemory(1000, later), Now: later, Bits: 1})
	if err != nil {
		t.Fatal(err)
	}
	by = map[string]int{}
	for i, c := range cards {
		h := hands[i%len(hands)]
		trace := answer(h, rand.New(rand.NewPCG(rand.Uint64(), 0)), c.chickens[0], c.chickens[1])
		if read, err := scratch.ParseTrace(trace.String()); err != nil || !slices.Equal(read, trace) {
			t.Fatalf("not a trace as a page sends it: %v", err)
		}
		v, err := judges.Judge(t.Context(), c.sealed, here, scratch.Answer{Trace: trace})
		if err != nil {
			t.Fatal(err)
		}
		if counts[v.Result]++; v.Result != scratch.Pass {
			by[fmt.Sprintf("%+v %v", h, v.Result)]++
		}
	}
	return counts, by
}

// TestHands has people and machines who know the chickens rub them free. Of the people, 98 in a hundred pass at the first
// round, whatever hand they have and however they rub; the same hand without wobble or timing is asked for a second
// round.
func TestHands(t *testing.T) {
	d := newDesk(t)
	cards := make([]round, 200)
	for i := range cards {
		sealed := d.deal(t, scratch.Rub)
		card, err := d.keys.Reveal(sealed)
		if err != nil {
			t.Fatal(err)
		}
		cards[i] = round{sealed, card.Chickens}
	}
	machines := []scratchtest.Human{
		{Exact: true, Pace: 1}, {Exact: true, Pace: 1, Left: true}, {Exact: true, Pace: 1, Device: scratchtest.Finger},
	}
	for name, answer := range answers {
		t.Run("people "+name, func(t *testing.T) {
			counts, by := rounds(t, d, cards, scratchtest.Humans(), answer)
			t.Logf("of 200: %d pass, %d asked again, %d fail", counts[scratch.Pass], counts[scratch.Again], counts[scratch.Fail])
			if counts[scratch.Pass] < 196 {
				t.Errorf("only %d of 200 pass: %v", counts[scratch.Pass], by)
			}
		})
	}
	for _, name := range []string{"rubbing", "taps"} {
		t.Run("a machine "+name, func(t *testing.T) {
			counts, by := rounds(t, d, cards, machines, answers[name])
			t.Logf("of 200: %d pass, %d asked again, %d fail", counts[scratch.Pass], counts[scratch.Again], counts[scratch.Fail])
			if counts[scratch.Pass] > 4 { // strokes too short to be judged
				t.Errorf("%d of 200 machines pass at once", counts[scratch.Pass])
			}
			if counts[scratch.Again] < 196 {
				t.Errorf("%d of 200 are asked again: %v", counts[scratch.Again], by)
			}
		})
	}
}
