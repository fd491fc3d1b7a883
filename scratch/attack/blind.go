package main

import (
	"fmt"
	"image"
	"math/rand/v2"
	"sync"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// scratching is a way to rub a card without knowing chickens.
type scratching struct {
	name, chance string
	areas        func(r *rand.Rand, animals []scratch.RevealedAnimal) [][]image.Point
}

// cells are the places of a grid that a condition holds for.
func cells(holds func(p image.Point) bool) (out []image.Point) {
	for y := 4; y < scratch.Height; y += 8 {
		for x := 4; x < scratch.Width; x += 8 {
			if p := image.Pt(x, y); holds(p) {
				out = append(out, p)
			}
		}
	}
	return out
}

func disc(at image.Point, reach int) []image.Point {
	return cells(func(p image.Point) bool { return within(p, at, reach) })
}

func somewhere(r *rand.Rand) image.Point {
	return image.Pt(20+r.IntN(scratch.Width-40), 20+r.IntN(scratch.Height-40))
}

// stripes are bars across the card, rubbed one by one, that leave more than half of it covered.
func stripes(r *rand.Rand, upright bool) (out [][]image.Point) {
	const each = 64
	from := r.IntN(each)
	size := scratch.Height
	if upright {
		size = scratch.Width
	}
	for at := from; at < size; at += each {
		out = append(out, cells(func(p image.Point) bool {
			v := p.Y
			if upright {
				v = p.X
			}
			return v >= at && v < at+8
		}))
	}
	return out
}

var scratchings = []scratching{
	{"two places at random", "", func(r *rand.Rand, _ []scratch.RevealedAnimal) [][]image.Point {
		return [][]image.Point{disc(somewhere(r), 28), disc(somewhere(r), 28)}
	}},
	{"two of the nine animals at random, their outlines known", "1 in 36",
		func(r *rand.Rand, animals []scratch.RevealedAnimal) [][]image.Point {
			two := r.Perm(len(animals))
			return [][]image.Point{animals[two[0]].Cells, animals[two[1]].Cells}
		}},
	{"everything", "", func(*rand.Rand, []scratch.RevealedAnimal) [][]image.Point {
		return [][]image.Point{cells(func(image.Point) bool { return true })}
	}},
	{"half of the card", "", func(r *rand.Rand, _ []scratch.RevealedAnimal) [][]image.Point {
		left := r.IntN(2) == 0
		return [][]image.Point{cells(func(p image.Point) bool { return p.X < scratch.Width/2-12 == left })}
	}},
	{"bars across", "", func(r *rand.Rand, _ []scratch.RevealedAnimal) [][]image.Point { return stripes(r, false) }},
	{"bars upright", "", func(r *rand.Rand, _ []scratch.RevealedAnimal) [][]image.Point { return stripes(r, true) }},
	{"all nine animals", "", func(_ *rand.Rand, animals []scratch.RevealedAnimal) (out [][]image.Point) {
		for _, a := range animals {
			out = append(out, a.Cells)
		}
		return out
	}},
}

// blindRub scratches without looking.
func (o *options) blindRub(say func(string, ...any)) (*table, error) {
	d, err := newDesk(nil)
	if err != nil {
		return nil, err
	}
	out := &table{title: "Rubbing without looking", head: []string{"what is rubbed", "tries", "passes", "share", "by chance"}}
	for _, s := range scratchings {
		say("rubbing: %s", s.name)
		passed, err := o.count(func(r *rand.Rand) (bool, error) {
			sealed, err := d.card(scratch.Rub)
			if err != nil {
				return false, err
			}
			animals, err := d.keys.RevealAnimals(sealed)
			if err != nil {
				return false, err
			}
			v, err := d.judge(sealed, scratch.Answer{Trace: scratchtest.Human{Pace: 1}.Rub(r, s.areas(r, animals)...)})
			return v.Result == scratch.Pass, err
		})
		if err != nil {
			return nil, err
		}
		out.row(s.name, thousands(o.tries), thousands(passed), percent(passed, o.tries), s.chance)
	}
	out.note("The outlines are told by the key, which no attacker has; they stand for one who sees animals but not chickens.")
	return out, nil
}

// count tries as often as asked and counts.
func (o *options) count(try func(r *rand.Rand) (bool, error)) (passed int, err error) {
	var mu sync.Mutex
	seed := rand.Uint64()
	err = share(o.tries, func(_, i int) error {
		ok, err := try(rand.New(rand.NewPCG(seed, uint64(i))))
		mu.Lock()
		defer mu.Unlock()
		if ok {
			passed++
		}
		return err
	})
	return passed, err
}

// blindMarks marks numbers without looking and calls without listening.
func (o *options) blindMarks(say func(string, ...any)) (*table, error) {
	d, err := newDesk(nil)
	if err != nil {
		return nil, err
	}
	out := &table{
		title: "Marking without looking or listening",
		head:  []string{"what is marked", "tries", "passes", "share", "by chance"},
	}
	for _, m := range []struct {
		name string
		mode scratch.Mode
		of   int
	}{
		{"numbers, no script", scratch.Pick, scratch.Animals},
		{"calls, no script", scratch.Hear, scratch.Calls},
		{"calls", scratch.Listen, scratch.Calls},
	} {
		pairs := m.of * (m.of - 1) / 2
		for _, way := range []struct {
			name, chance string
			picks        func(r *rand.Rand) scratch.Picks
		}{
			{"two at random", fmt.Sprintf("1 in %d: %s", pairs, percent(1, pairs)), func(r *rand.Rand) scratch.Picks {
				p := r.Perm(m.of)
				return 1<<p[0] | 1<<p[1]
			}},
			{"always the first and the last", fmt.Sprintf("1 in %d", pairs), func(*rand.Rand) scratch.Picks {
				return 1 | 1<<(m.of-1)
			}},
			{"all", "never", func(*rand.Rand) scratch.Picks { return 1<<m.of - 1 }},
			{"none", "never", func(*rand.Rand) scratch.Picks { return 0 }},
		} {
			say("marking: %s, %s", m.name, way.name)
			passed, err := o.count(func(r *rand.Rand) (bool, error) {
				sealed, err := d.card(m.mode)
				if err != nil {
					return false, err
				}
				v, err := d.judge(sealed, scratch.Answer{Picks: way.picks(r)})
				return v.Result == scratch.Pass, err
			})
			if err != nil {
				return nil, err
			}
			out.row(m.name+": "+way.name, thousands(o.tries), thousands(passed), percent(passed, o.tries), way.chance)
		}
	}
	return out, nil
}
