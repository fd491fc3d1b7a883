package scratch

import (
	"image"
	"time"
)

// Revealed is what a sealed card shows, told to whoever holds its key.
type Revealed struct {
	Mode     Mode
	From     time.Time        // the soonest moment at which an answer counts
	Until    time.Time        // from here on the card is over
	Picks    Picks            // the numbers of both chickens, of the animals or of the calls
	Chickens [2][]image.Point // of Rub, what can be seen of each: the middles of its cells, row by row, in CSS pixels
}

// RevealedAnimal is one animal of a card, as RevealAnimals tells it to whoever holds the card's key.
type RevealedAnimal struct {
	Species Species
	Chicken bool            // one of the two that are asked for
	Box     image.Rectangle // around what can be seen of it, in CSS pixels of the card, to the cell
	Cells   []image.Point   // what can be seen of it, as in Revealed.Chickens
}

// Reveal reads a sealed card with the keys that sealed it, for tools and tests of programs that hold them. Without the keys
// it tells nothing: the error is ErrSeal, as for a card that was edited.
func (k Keys) Reveal(sealed string) (Revealed, error) {
	i, err := k.openIssue(sealed)
	if err != nil {
		return Revealed{}, err
	}
	out := Revealed{Mode: i.mode, From: i.notBefore, Until: i.expires, Picks: i.chickens}
	n := 0
	for a := range Animals {
		if i.mode == Rub && i.chickens>>a&1 == 1 {
			out.Chickens[n] = i.owners.middles(a + 1)
			n++
		}
	}
	return out, nil
}

// RevealAnimals is what Reveal is, for all animals of a card for Rub or Pick, in the order of their numbers. It settles the
// card anew, as the seal knows chickens from others and no more. The error is ErrSeal, also for a card of another
// version of the drawings, or ErrMode.
func (k Keys) RevealAnimals(sealed string) (out []RevealedAnimal, err error) {
	i, err := k.openIssue(sealed)
	switch {
	case err != nil:
		return nil, err
	case i.generator != Generator:
		return nil, ErrSeal
	case i.mode != Rub && i.mode != Pick:
		return nil, ErrMode
	}
	c := k.card(i)
	o := c.owners()
	for n := range c.animals {
		a := RevealedAnimal{Species: c.animals[n].species, Chicken: i.chickens>>n&1 == 1, Cells: o.middles(n + 1)}
		for _, p := range a.Cells {
			a.Box = a.Box.Union(image.Rect(p.X-cell/2, p.Y-cell/2, p.X+cell/2, p.Y+cell/2))
		}
		out = append(out, a)
	}
	return out, nil
}

// middles are the middles of the cells of an animal, row by row.
func (o *owners) middles(owner int) []image.Point {
	var out []image.Point
	for i, n := range o {
		if int(n) == owner {
			out = append(out, image.Pt(i%columns*cell+cell/2, i/columns*cell+cell/2))
		}
	}
	return out
}
