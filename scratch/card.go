package scratch

import (
	"math"
	"slices"
)

// Animals is how many animals a card shows.
const Animals = 9

const (
	gridColumns, gridRows = 4, 3
	// nominal is the area of an animal's silhouette at scale 1, in square CSS
	// pixels. One dab is 616 of them, so that a peek uncovers at most about
	// two fifths of the smallest animal and a quarter of the usual one.
	nominal         = 2560.
	smallest        = .8
	largest         = 1.2
	mostCovered     = .2  // of an animal, by the ones painted over it
	leastSeen       = 100 // cells of an animal that stay visible, so that a dab stays a peek
	mostGrazed      = .16 // of an animal, by the surroundings of another (8 px)
	tilt            = 20 * math.Pi / 180
	edge            = 3. // px kept free around the card
	clutterInFront  = .3
	placesTried     = 10
	arrangementsMax = 40
)

// card is one challenge, settled: the yard, the pieces on it, nine animals.
type card struct {
	style   *style
	animals []animal // in painting order: row by row, the nearer ones later
	under   []piece  // painted before the animals
	over    []piece  // painted after them, never over a crown
	visible []mask   // of each animal: its silhouette, less what is painted over it
}

// newCard deals the card of a seed in a style.
func newCard(seed []byte, y *style) *card {
	s := newStream(y.key, "card", []byte{Generator}, seed)
	c := &card{style: y}
	for _, k := range deal(s) {
		c.animals = append(c.animals, newAnimal(k, y, s))
	}
	crowns := c.arrange(s)
	for range y.clutterLow + s.IntN(y.clutterN) {
		p := newPiece(&y.yard, s)
		front := s.chance(clutterInFront)
		if x, row := int(p.at.x/cell), int(p.at.y/cell); front && p.grows() && !crowns.nearby(x, row, 3) {
			c.over = append(c.over, p)
		} else {
			c.under = append(c.under, p)
		}
	}
	return c
}

// deal chooses the nine species: two chickens, one other species twice, five
// more; at least three near birds and two beasts among the seven.
func deal(s *stream) []Species {
	for {
		var hand []Species
		for _, i := range s.Perm(int(speciesCount) - 1)[:6] {
			hand = append(hand, Species(i+1))
		}
		hand = append(hand, hand[0])
		birds := 0
		for _, k := range hand {
			if k.near() {
				birds++
			}
		}
		if birds < 3 || len(hand)-birds < 2 {
			continue
		}
		hand = append(hand, Chicken, Chicken)
		s.Shuffle(len(hand), func(i, j int) { hand[i], hand[j] = hand[j], hand[i] })
		return hand
	}
}

// chickens are the numbers of the two chickens.
func (c *card) chickens() Picks {
	var out Picks
	for i := range c.animals {
		if c.animals[i].species == Chicken {
			out |= 1 << i
		}
	}
	return out
}

// chickensOf are the chickens of the card of a seed, without drawing it.
func chickensOf(seed []byte, y *style) Picks {
	var out Picks
	for i, k := range deal(newStream(y.key, "card", []byte{Generator}, seed)) {
		if k == Chicken {
			out |= 1 << i
		}
	}
	return out
}

// owners is which animal is visible in each cell.
func (c *card) owners() *owners {
	var o owners
	for n := range c.visible {
		m := &c.visible[n]
		for y := range rows {
			for x := range columns {
				if m.has(x, y) {
					o[y*columns+x] = uint8(n + 1)
				}
			}
		}
	}
	return &o
}

// arrange places the animals on nine of twelve jittered cells, so that none
// hides more than a fifth of another nor touches its crown. It returns the union
// of all crowns.
func (c *card) arrange(s *stream) mask {
	k := newMasker()
	for range arrangementsMax {
		if crowns, ok := c.tryArrange(k, s, true); ok {
			return crowns
		}
	}
	// Nearly never: all at their smallest, upright, in the middle of their cells.
	crowns, _ := c.tryArrange(k, s, false)
	return crowns
}

func (c *card) tryArrange(k *masker, s *stream, loose bool) (crowns mask, ok bool) {
	cells := s.Perm(gridColumns * gridRows)[:Animals]
	slices.Sort(cells)
	full := make([]mask, 0, Animals)
	c.visible = c.visible[:0]
	var heads, wide []mask
	for i := range c.animals {
		a := &c.animals[i]
		placed := false
		for try := range placesTried {
			c.place(a, cells[i], s, loose, float64(try)/placesTried)
			m, head := k.of(a.silhouette()), k.of(a.crown())
			reach := *m.grown().grown()
			if loose && !c.fits(&m, &reach, full, heads, wide) {
				continue
			}
			for j := range c.visible {
				c.visible[j] = c.visible[j].without(&m)
			}
			full, heads, wide = append(full, m), append(heads, head), append(wide, reach)
			c.visible = append(c.visible, m)
			crowns.add(&head)
			placed = true
			break
		}
		if !placed {
			return crowns, false
		}
	}
	return crowns, true
}

// fits tells whether a silhouette leaves enough of the earlier ones to be seen
// and all of their crowns, and whether one of two neighbours can be rubbed free
// without uncovering much of the other. That holds for all animals alike:
// chickens that stood apart would be found by it.
func (c *card) fits(m, reach *mask, full, heads, wide []mask) bool {
	for j := range full {
		if over := heads[j].and(m); over.count() > 0 {
			return false
		}
		rest := c.visible[j].without(m)
		n := rest.count()
		if n < leastSeen || float64(n) < (1-mostCovered)*float64(full[j].count()) {
			return false
		}
		grazed, grazes := rest.and(reach), wide[j].and(m)
		if float64(grazed.count()) > mostGrazed*float64(n) || float64(grazes.count()) > mostGrazed*float64(m.count()) {
			return false
		}
	}
	return m.count() >= leastSeen
}

// place gives an animal a size, a turn and a place about its cell. With every
// failed try it is drawn smaller and nearer to the cell's middle.
func (c *card) place(a *animal, cell int, s *stream, loose bool, tried float64) {
	scale, turn := smallest, 0.
	jitter := point{}
	if loose {
		scale = smallest + (largest-smallest)*s.Float64()*(1-.7*tried)
		turn = s.within(-tilt, tilt)
		jitter = point{s.within(-16, 16), s.within(-11, 11)}
	}
	a.pose.size = scale * unit(a.species)
	a.pose.turn = turn
	a.pose.at = point{
		(float64(cell%gridColumns)+.5)*Width/gridColumns + jitter.x,
		(float64(cell/gridColumns)+.5)*Height/gridRows + jitter.y,
	}
	low, high := bounds(a.silhouette())
	a.pose.at.x += inward(low.x, high.x, Width)
	a.pose.at.y += inward(low.y, high.y, Height)
}

// inward is how far to move what spans low to high to lie on the card.
func inward(low, high, size float64) float64 {
	switch {
	case low < edge:
		return edge - low
	case high > size-edge:
		return size - edge - high
	}
	return 0
}

// nearby tells whether a cell within reach is marked.
func (m *mask) nearby(x, y, reach int) bool {
	for j := max(y-reach, 0); j <= min(y+reach, rows-1); j++ {
		for i := max(x-reach, 0); i <= min(x+reach, columns-1); i++ {
			if m.has(i, j) {
				return true
			}
		}
	}
	return false
}

// paint draws the yard, its pieces and the animals.
func (c *card) paint(p *pen) {
	for i := range c.under {
		c.under[i].paint(p)
	}
	for i := range c.animals {
		c.animals[i].paint(p, c.style)
	}
	for i := range c.over {
		c.over[i].paint(p)
	}
}
