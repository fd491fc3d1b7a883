package scratch

import (
	"errors"
	"image"
	"slices"
	"testing"
)

// What the key tells of all animals of a card agrees with what it tells of the chickens.
func TestRevealAnimals(t *testing.T) {
	b := newBench(t, nil)
	for _, mode := range []Mode{Rub, Pick} {
		sealed := b.deal(t, here, mode)
		card, err := b.config.Keys.Reveal(sealed)
		if err != nil {
			t.Fatal(err)
		}
		animals, err := b.config.Keys.RevealAnimals(sealed)
		if err != nil || len(animals) != Animals {
			t.Fatalf("%d animals, %v", len(animals), err)
		}
		chickens := 0
		for n, a := range animals {
			if a.Chicken != (a.Species == Chicken) || a.Chicken != (card.Picks>>n&1 == 1) {
				t.Errorf("animal %d is a %v, chicken %v, of %b", n+1, a.Species, a.Chicken, card.Picks)
			}
			if !a.Box.In(image.Rect(0, 0, Width, Height)) || len(a.Cells) < leastSeen {
				t.Errorf("animal %d has the box %v and %d cells", n+1, a.Box, len(a.Cells))
			}
			if slices.ContainsFunc(a.Cells, func(p image.Point) bool { return !p.In(a.Box) }) {
				t.Errorf("animal %d has cells outside of its box", n+1)
			}
			if a.Chicken {
				if mode == Rub && !slices.Equal(a.Cells, card.Chickens[chickens]) {
					t.Errorf("chicken %d is told in two ways", chickens+1)
				}
				chickens++
			}
		}
	}
	fine := b.deal(t, here, Rub)
	for sealed, want := range map[string]error{"": ErrSeal, fine[1:]: ErrSeal, b.deal(t, here, Listen): ErrMode} {
		if animals, err := b.config.Keys.RevealAnimals(sealed); !errors.Is(err, want) || animals != nil {
			t.Errorf("%.12q...: %v, %d animals", sealed, err, len(animals))
		}
	}
}
