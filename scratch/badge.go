package scratch

import (
	"math"
	"sync"
)

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

// numerals are the digits' outlines.
var numerals = sync.OnceValue(func() (out [10]outline) {
	for i, notation := range digits {
		out[i] = mustOutline(notation)
	}
	return out
})

// drawBadges writes a number beside each animal, where it hides least, with a
// tip that points to the animal.
func (e *easel) drawBadges(c *card) {
	shapes := numerals()
	places := e.badgePlaces(c)
	p := &e.pen
	p.use(across, down, sharpness)
	for i, b := range places {
		for _, layer := range [2]struct {
			grow float64
			hex  uint32
		}{{2, 0xFFFFFF}, {0, 0x14261F}} {
			p.disc(b.at, badgeRadius+layer.grow)
			p.tip(b.at, b.to, badgeRadius+layer.grow)
			p.paint(rgb(layer.hex))
		}
		const size = .95
		place := scaled(size, point{b.at.x - 5*size, b.at.y - 7*size})
		p.shapes.empty()
		p.stroke(p.shapes.flatten(shapes[i+1], &place, p.fine()), 1.9, rgb(0xFFFFFF))
	}
}

// tip adds the corner of a badge that points to its animal.
func (p *pen) tip(at, to point, r float64) {
	d := distance(at, to)
	x, y := (to.x-at.x)/d, (to.y-at.y)/d
	p.united([]polygon{{closed: true, points: []point{
		{at.x + x*(r+5), at.y + y*(r+5)},
		{at.x + (x*.6-y*.8)*r, at.y + (y*.6+x*.8)*r},
		{at.x + (x*.6+y*.8)*r, at.y + (y*.6-x*.8)*r},
	}}})
}

// badge is where a number is, and the place its tip points to.
type badge struct{ at, to point }

// badgePlaces settles where the numbers go, one after the other.
func (e *easel) badgePlaces(c *card) (out [Animals]badge) {
	e.useMask()
	for i := range c.animals {
		var head mask
		at := c.animals[i].pose.placing()
		e.figure.takeCrown(&c.animals[i])
		e.figure.coverCrown(&e.pen, &at)
		head.takeHalf(&e.pen.raster)
		out[i] = c.badgePlace(i, out[:i], &head)
	}
	return out
}

// badgePlace is, of the places around an animal, the one that hides least of
// any animal, keeps clear of the badges already there and is plainly nearest to
// its own animal.
func (c *card) badgePlace(i int, placed []badge, head *mask) badge {
	low, high := c.visible[i].bounds()
	middle := between(low, high, .5)
	const clear = badgeRadius + 2
	best, least := middle, math.Inf(1)
	for ring := range 4 {
		out := badgeRadius * (float64(ring)*.45 - .5)
		for turn := range 24 {
			at := onCircle(middle, (high.x-low.x)/2+out, (high.y-low.y)/2+out, turn, 24)
			at.x = min(max(at.x, clear), Width-clear)
			at.y = min(max(at.y, clear), Height-clear)
			if cost := c.badgeCost(i, at, placed, head, least-4*float64(ring)) + 4*float64(ring); cost < least {
				best, least = at, cost
			}
		}
	}
	return badge{best, middle}
}

// badgeCost is what a place for a number costs, or something no less than most.
func (c *card) badgeCost(i int, at point, placed []badge, head *mask, most float64) float64 {
	const clear = badgeRadius + 2
	cost := 0.
	for _, other := range placed {
		if distance(at, other.at) < 2*clear+badgeGap {
			cost += 1000
		}
	}
	if cost >= most {
		return cost
	}
	var spot mask
	spot.sweep(at, at, clear)
	from, to := max(int((at.y-clear)/cell), 0), min(int((at.y+clear)/cell)+1, rows)
	cost += 25 * float64(spot.shared(head, from, to))
	for j := range c.visible {
		hidden := float64(spot.shared(&c.visible[j], from, to))
		if j == i {
			cost += 5 * hidden
		} else {
			cost += 20 * hidden
		}
	}
	if cost >= most {
		return cost
	}
	const apart = 12 // px that any other animal should be further away
	own := c.visible[i].distance(at, Width)
	nearest := own + apart
	for j := range c.visible {
		if j != i {
			nearest = c.visible[j].distance(at, nearest)
		}
	}
	return cost + 8*(own+apart-nearest)
}
