package main

import (
	"image"
	"math/rand/v2"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// hands has people and machines who know the chickens uncover them, and tells whom the judge asks for a second round.
func (o *options) hands(say func(string, ...any)) (*table, error) {
	d, err := newDesk(nil)
	if err != nil {
		return nil, err
	}
	people := scratchtest.Humans()
	machine := []scratchtest.Human{{Exact: true, Pace: 1}, {Exact: true, Pace: 1, Left: true}}
	out := &table{
		title: "Hands that know the chickens",
		head:  []string{"who, and how", "cards", "pass", "asked for a second round", "fail"},
	}
	for _, w := range []struct {
		name   string
		hands  []scratchtest.Human
		answer func(h scratchtest.Human, r *rand.Rand, areas ...[]image.Point) scratch.Trace
	}{
		{"people, rubbing", people, scratchtest.Human.Rub},
		{"people, tapping", people, scratchtest.Human.Tap},
		{"people, by keys", people, byKey(false)},
		{"people, by keys held down", people, byKey(true)},
		{"a machine, rubbing to the ruler, at one speed, every 16 ms", machine, scratchtest.Human.Rub},
		{"a machine, tapping every 32 ms", machine, scratchtest.Human.Tap},
	} {
		say("hands: %s", w.name)
		var counts [3]int
		const cards = 200
		for i := range cards {
			sealed, err := d.card(scratch.Rub)
			if err != nil {
				return nil, err
			}
			card, err := d.keys.Reveal(sealed)
			if err != nil {
				return nil, err
			}
			r := rand.New(rand.NewPCG(rand.Uint64(), 0))
			trace := w.answer(w.hands[i%len(w.hands)], r, card.Chickens[0], card.Chickens[1])
			v, err := d.judge(sealed, scratch.Answer{Trace: trace})
			if err != nil {
				return nil, err
			}
			counts[v.Result]++
		}
		out.row(w.name, cards, percent(counts[scratch.Pass], cards), percent(counts[scratch.Again], cards),
			percent(counts[scratch.Fail], cards))
	}
	out.note("People are a model: mouse, finger and pen, both hands, three paces, to and fro and round and round, three clocks. " +
		"Nothing keeps a machine from moving like it; the detectors below do.")
	return out, nil
}

func byKey(held bool) func(h scratchtest.Human, r *rand.Rand, areas ...[]image.Point) scratch.Trace {
	return func(h scratchtest.Human, r *rand.Rand, areas ...[]image.Point) scratch.Trace {
		return h.Key(r, held, areas...)
	}
}
