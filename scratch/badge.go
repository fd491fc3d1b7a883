package scratch

import "math"

// digits are drawn with a pen in a box 10 wide and 14 high: no font file, the
// same on every machine.
var digits = [10]string{
	1: "M2.2 3.4L5.6 .8V13.2",
	2: "M1.5 3.8C2 1.8 3.3 .8 5 .8C7.2 .8 8.6 2.2 8.6 4.2C8.6 7 4.5 9.5 1.5 13.2H8.8",
	3: "M1.6 2.8C2.4 1.5 3.6 .8 5 .8C7 .8 8.3 2 8.3 3.8C8.3 5.6 7 6.7 4.6 6.7C7.3 6.7 8.7 7.9 8.7 9.9C8.7 12 7.1 13.2 5 13.2C3.3 13.2 2 12.5 1.3 11.2",
	4: "M6.6 13.2V.8L1 9.8H9.2",
	5: "M8.2 .8H2.6L2 6.4C2.9 5.6 4 5.2 5.2 5.2C7.4 5.2 8.8 6.8 8.8 9.1C8.8 11.6 7.2 13.2 4.9 13.2C3.3 13.2 2.1 12.6 1.3 11.5",
	6: "M7.8 1.8C7.1 1.1 6.2 .8 5.3 .8C2.7 .8 1.3 3.3 1.3 7.3C1.3 11.1 2.6 13.2 5.1 13.2C7.3 13.2 8.8 11.6 8.8 9.3C8.8 7.1 7.3 5.6 5.2 5.6C3.2 5.6 1.7 7 1.4 8.8",
	7: "M1.2 .8H8.8L4 13.2",
	8: "M5 6.5C2.9 6.5 1.7 5.4 1.7 3.7C1.7 2 3 .8 5 .8C7 .8 8.3 2 8.3 3.7C8.3 5.4 7.1 6.5 5 6.5C2.6 6.5 1.2 7.8 1.2 9.8C1.2 11.9 2.7 13.2 5 13.2C7.3 13.2 8.8 11.9 8.8 9.8C8.8 7.8 7.4 6.5 5 6.5Z",
	9: "M8.6 5.2C8.3 7 6.8 8.4 4.8 8.4C2.7 8.4 1.2 6.9 1.2 4.7C1.2 2.4 2.7 .8 4.9 .8C7.4 .8 8.7 2.9 8.7 6.7C8.7 10.7 7.3 13.2 4.7 13.2C3.8 13.2 2.9 12.9 2.2 12.2",
}

const (
	badgeRadius = 10.5 // CSS px
	badgeGap    = 1.5
)

// badges writes a number beside each animal, where it hides least, with a tip
// that points to the animal.
func (c *card) badges(p *pen) {
	var placed []point
	away := make([]*field, len(c.visible))
	for i := range c.visible {
		away[i] = c.visible[i].field()
	}
	for i := range c.animals {
		at, to := c.badgePlace(i, away, placed)
		placed = append(placed, at)
		for _, layer := range []struct {
			grow float64
			hex  uint32
		}{{2, 0xFFFFFF}, {0, 0x14261F}} {
			pin := []polygon{disc(at, badgeRadius+layer.grow), tip(at, to, badgeRadius+layer.grow)}
			sameTurn(pin)
			p.fill(pin, rgb(layer.hex))
		}
		const size = .95
		place := func(q point) point { return point{at.x + (q.x-5)*size, at.y + (q.y-7)*size} }
		p.stroke(mustOutline(digits[i+1]).flatten(place, p.scale*4), 1.9, rgb(0xFFFFFF))
	}
}

// tip is the corner of a badge that points to its animal.
func tip(at, to point, r float64) polygon {
	d := distance(at, to)
	x, y := (to.x-at.x)/d, (to.y-at.y)/d
	return polygon{closed: true, points: []point{
		{at.x + x*(r+5), at.y + y*(r+5)},
		{at.x + (x*.6-y*.8)*r, at.y + (y*.6+x*.8)*r},
		{at.x + (x*.6+y*.8)*r, at.y + (y*.6-x*.8)*r},
	}}
}

// badgePlace is, of the places around an animal, the one that hides least of
// any animal, keeps clear of the badges already there and is plainly nearest to
// its own animal; and the place its tip points to.
func (c *card) badgePlace(i int, away []*field, placed []point) (best, to point) {
	low, high := c.visible[i].bounds()
	middle := between(low, high, .5)
	head := newMasker().of(c.animals[i].crown())
	const clear = badgeRadius + 2
	least := math.Inf(1)
	for ring := range 4 {
		out := badgeRadius * (float64(ring)*.45 - .5)
		for turn := range 24 {
			at := onCircle(middle, (high.x-low.x)/2+out, (high.y-low.y)/2+out, turn, 24)
			at.x = min(max(at.x, clear), Width-clear)
			at.y = min(max(at.y, clear), Height-clear)
			if cost := c.badgeCost(i, at, away, placed, &head) + 4*float64(ring); cost < least {
				best, least = at, cost
			}
		}
	}
	return best, middle
}

func (c *card) badgeCost(i int, at point, away []*field, placed []point, head *mask) float64 {
	const clear = badgeRadius + 2
	cost := 0.
	for _, other := range placed {
		if distance(at, other) < 2*clear+badgeGap {
			cost += 1000
		}
	}
	var spot mask
	spot.sweep(at, at, clear)
	own, nearest := 0., math.Inf(1)
	for j := range c.visible {
		hidden := spot.and(&c.visible[j])
		far := away[j].at(at)
		if j == i {
			own = far
			cost += 5 * float64(hidden.count())
		} else {
			nearest = min(nearest, far)
			cost += 20 * float64(hidden.count())
		}
	}
	crown := spot.and(head)
	return cost + 25*float64(crown.count()) + 8*max(0, 12-(nearest-own))
}
