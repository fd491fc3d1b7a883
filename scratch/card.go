package scratch

import (
	"math"
	"math/bits"
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
	limbsUsual      = 12 // of one animal
)

// card is one challenge, settled: the yard, the pieces on it, nine animals.
type card struct {
	style   *style
	animals []animal // in painting order: row by row, the nearer ones later
	under   []piece  // painted before the animals
	over    []piece  // painted after them, never over a crown
	visible []mask   // of each animal: its silhouette, less what is painted over it
}

// newCard deals the card of a seed in a style. It waits until one of the easels
// is free.
func newCard(seed []byte, y *style) *card {
	e := takeEasel()
	defer e.giveBack()
	s := newStream(y.key, "card", []byte{Generator}, seed)
	c := &card{style: y, animals: make([]animal, 0, Animals), visible: make([]mask, 0, Animals)}
	limbs := make([]limb, 0, Animals*limbsUsual)
	for _, k := range deal(s) {
		a := newAnimal(k, s.IntN(zoo()[k].many()), y, s, limbs)
		limbs = a.limbs[len(a.limbs):]
		a.limbs = a.limbs[:len(a.limbs):len(a.limbs)]
		c.animals = append(c.animals, a)
	}
	crowns := e.arrange(c, s)
	for range 3 {
		crowns = crowns.grown()
	}
	c.strew(s, &crowns)
	return c
}

// strew lays the clutter about, a part of it in front of the animals, off the
// crowns and what is near them.
func (c *card) strew(s *stream, crowns *mask) {
	n := c.style.clutterLow + s.IntN(c.style.clutterN)
	pieces := make([]piece, n) // from both ends
	under, over := 0, n
	for range n {
		p := newPiece(&c.style.yard, s)
		front := s.chance(clutterInFront)
		if x, row := int(p.at.x/cell), int(p.at.y/cell); front && p.grows() && !crowns.has(x, row) {
			over--
			pieces[over] = p
		} else {
			pieces[under] = p
			under++
		}
	}
	c.under, c.over = pieces[:under:under], pieces[over:]
}

// owners is which animal is visible in each cell.
func (c *card) owners() *owners {
	var out owners
	for i := range c.visible {
		for y, r := range c.visible[i] {
			for half, m := range r {
				for ; m != 0; m &= m - 1 {
					out[y*columns+half*64+bits.TrailingZeros64(m)] = uint8(i + 1)
				}
			}
		}
	}
	return &out
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

// deal chooses the nine species: two chickens, one other species twice, five
// more; at least three near birds and two beasts among the seven.
func deal(s *stream) (hand [Animals]Species) {
	for {
		others := s.shuffled(int(speciesCount) - 1)
		for i, k := range others[:6] {
			hand[i] = Species(k + 1)
		}
		hand[6] = hand[0]
		birds := 0
		for _, k := range hand[:7] {
			if k.near() {
				birds++
			}
		}
		if birds < 3 || 7-birds < 2 {
			continue
		}
		hand[7], hand[8] = Chicken, Chicken
		s.Shuffle(len(hand), func(i, j int) { hand[i], hand[j] = hand[j], hand[i] })
		return hand
	}
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
