package scratch

import (
	"image/color"
	"math"
)

// yard is the ground the animals stand on, and what lies about on it.
type yard struct {
	top, middle, bottom color.NRGBA
	grass, petals       []color.NRGBA
	straw, stone        color.NRGBA
}

var grounds = [][3]uint32{
	{0xE3EBC9, 0xEFE9CC, 0xF1E3BE}, // meadow to sand
	{0xDDEBD8, 0xE8EDD0, 0xEDE6C4}, // spring
	{0xF0E8CF, 0xF1E3C0, 0xE9D6AE}, // straw
	{0xD9E8E2, 0xE6EBDA, 0xEEE6CB}, // dew
	{0xEBE3D4, 0xEDE4CC, 0xE2DDBB}, // dust
}

func newYard(s *stream) yard {
	g := oneOf(s, grounds)
	turn := s.within(-8, 8)
	t := func(hex uint32) color.NRGBA { return shade(rgb(hex), turn, 1, 1) }
	y := yard{
		top: t(g[0]), middle: t(g[1]), bottom: t(g[2]),
		straw: t(0xC7A85C), stone: t(0xC9C2AE),
		grass: []color.NRGBA{t(0x93AE74), t(0xA9BE84), t(0xB9C993)},
	}
	all := []uint32{0xDDA0A0, 0xE9B94C, 0xF7F2E2, 0xB9A3D0, 0xE8906A, 0x9DB8DC}
	for _, i := range s.Perm(len(all))[:3] {
		y.petals = append(y.petals, rgb(all[i]))
	}
	return y
}

// lay fills the canvas with the ground, a soft slope of three colours.
func (y *yard) lay(on *canvas) {
	clear(on.painted[:])
	for row := range on.height {
		at := float64(row) / float64(on.height)
		c := mix(y.top, y.middle, at/.55)
		if at > .55 {
			c = mix(y.middle, y.bottom, (at-.55)/.45)
		}
		blend(on.pixels[row*on.width:(row+1)*on.width], pixel(c), 256)
	}
}

// piece is one thing lying about: a flower, a tuft of grass, straw, a stone, a
// leaf, grain.
type piece struct {
	kind   int
	at     point
	size   float64
	turn   float64
	ink    color.NRGBA
	inside color.NRGBA
}

const pieceKinds = 6

func newPiece(y *yard, s *stream) piece {
	p := piece{
		kind: s.IntN(pieceKinds),
		at:   point{s.within(2, Width-2), s.within(3, Height-2)},
		size: s.within(.75, 1.3),
		turn: s.within(0, 2*math.Pi),
	}
	switch p.kind {
	case 0:
		p.ink, p.inside = oneOf(s, y.petals), rgb(0xB97F2A)
	case 1, 4:
		p.ink = oneOf(s, y.grass)
	case 2, 5:
		p.ink = y.straw
	case 3:
		p.ink = y.stone
		p.inside = mix(y.stone, rgb(0xFFFFFF), .35)
	}
	return p
}

// grows tells whether the piece may stand in front of an animal.
func (c *piece) grows() bool { return c.kind == 1 }

// leaf is the outline of a leaf about its middle.
var leaf = mustOutline("M-5.5 0C-2-4 2-4 5.5 0C2 3.4-2 3.4-5.5 0Z")

func (c *piece) paint(p *pen) {
	sin, cos := math.Sincos(c.turn)
	at := func(x, y float64) point { return point{c.at.x + x*c.size, c.at.y + y*c.size} }
	turned := func(x, y float64) point { return at(x*cos-y*sin, x*sin+y*cos) }
	p.shapes.empty()
	a := &p.shapes
	switch c.kind {
	case 0: // a flower
		for i := range 5 {
			p.disc(onCircle(c.at, 2.4*c.size, 2.4*c.size, i, 5), 1.75*c.size)
		}
		p.paint(c.ink)
		p.disc(c.at, 1.3*c.size)
		p.paint(c.inside)
	case 1: // a tuft of grass, which stands upright
		lean := 2 * sin
		blades := [...]polygon{
			a.line(at(0, 0), at(-2.5+lean/2, -4), at(-5+lean, -7)),
			a.line(at(0, 0), at(.3+lean/2, -5), at(1+lean, -9)),
			a.line(at(0, 0), at(2.6+lean/2, -3.6), at(6+lean, -6)),
		}
		p.stroke(blades[:], 1.6*c.size, c.ink)
	case 2: // straw
		straws := [...]polygon{
			a.line(turned(-4, .6), turned(1.5, -.6)),
			a.line(turned(-1, 3), turned(3.5, 3.6)),
			a.line(turned(.5, -2), turned(4, -4)),
		}
		p.stroke(straws[:], 1.4, c.ink)
	case 3: // a stone
		p.ellipse(c.at, 3.4*c.size, 2.4*c.size)
		p.paint(c.ink)
		p.ellipse(at(-.8, -.7), 1.5*c.size, .8*c.size)
		p.paint(c.inside)
	case 4: // a leaf
		place := placing{xx: c.size * cos, xy: -c.size * sin, yx: c.size * sin, yy: c.size * cos, x0: c.at.x, y0: c.at.y}
		p.fill(a.flatten(leaf, &place, p.fine()), c.ink)
	case 5: // grain
		for _, q := range [...]point{{0, 0}, {3.6, 1.4}, {-2.4, 2.8}, {1.2, 4.4}} {
			p.disc(turned(q.x, q.y), .95*c.size)
		}
		p.paint(c.ink)
	}
}
