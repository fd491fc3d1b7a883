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
	Picks    Picks            // the numbers of both chickens, as Pick asks for them
	Chickens [2][]image.Point // what can be seen of each: the middles of its cells, row by row, in CSS pixels
}

// Reveal reads a sealed card with the keys that sealed it, for tools and tests of programs that hold them. Without the keys
// it tells nothing: the error is ErrSeal, as for a card that was edited. A card of another version of the drawings is
// ErrSeal too.
func (k Keys) Reveal(sealed string) (Revealed, error) {
	i, err := k.open(sealed)
	if err != nil {
		return Revealed{}, err
	}
	if i.generator != Generator {
		return Revealed{}, ErrSeal
	}
	y := newStyle(k.ring[i.key].style, i.site, i.week)
	c := newCard(i.seed[:], &y)
	out := Revealed{Mode: i.mode, From: i.notBefore, Until: i.expires, Picks: c.chickens()}
	n := 0
	for j := range c.animals {
		if c.animals[j].species == Chicken {
			out.Chickens[n] = c.visible[j].middles()
			n++
		}
	}
	return out, nil
}

// middles are the middles of the marked cells, row by row.
func (m *mask) middles() []image.Point {
	var out []image.Point
	for y := range rows {
		for x := range columns {
			if m.has(x, y) {
				out = append(out, image.Pt(x*cell+cell/2, y*cell+cell/2))
			}
		}
	}
	return out
}
