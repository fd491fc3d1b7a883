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
