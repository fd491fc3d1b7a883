package scratch

import (
	"image"
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

// lay fills the picture with the ground, a soft slope of three colours.
func (y *yard) lay(on *image.RGBA) {
	high := on.Rect.Dy()
	for row := range high {
		at := float64(row) / float64(high)
		c := mix(y.top, y.middle, at/.55)
		if at > .55 {
			c = mix(y.middle, y.bottom, (at-.55)/.45)
		}
		line := on.Pix[row*on.Stride : row*on.Stride+4*on.Rect.Dx()]
		for i := 0; i < len(line); i += 4 {
			line[i], line[i+1], line[i+2], line[i+3] = c.R, c.G, c.B, 255
		}
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

func (c *piece) paint(p *pen) {
	sin, cos := math.Sincos(c.turn)
	at := func(x, y float64) point { return point{c.at.x + x*c.size, c.at.y + y*c.size} }
	turned := func(x, y float64) point { return at(x*cos-y*sin, x*sin+y*cos) }
	switch c.kind {
	case 0: // a flower
		var petals []polygon
		for i := range 5 {
			s, k := math.Sincos(c.turn + float64(i)*2*math.Pi/5)
			petals = append(petals, disc(at(2.4*k, 2.4*s), 1.75*c.size))
		}
		p.fill(petals, c.ink)
		p.fill([]polygon{disc(c.at, 1.3*c.size)}, c.inside)
	case 1: // a tuft of grass, which stands upright
		lean := 2 * sin
		p.stroke([]polygon{
			{points: []point{at(0, 0), at(-2.5+lean/2, -4), at(-5+lean, -7)}},
			{points: []point{at(0, 0), at(.3+lean/2, -5), at(1+lean, -9)}},
			{points: []point{at(0, 0), at(2.6+lean/2, -3.6), at(6+lean, -6)}},
		}, 1.6*c.size, c.ink)
	case 2: // straw
		p.stroke([]polygon{
			{points: []point{turned(-4, .6), turned(1.5, -.6)}},
			{points: []point{turned(-1, 3), turned(3.5, 3.6)}},
			{points: []point{turned(.5, -2), turned(4, -4)}},
		}, 1.4, c.ink)
	case 3: // a stone
		flat := func(q point) point { return q }
		p.fill(outline{ellipse(c.at, 3.4*c.size, 2.4*c.size)}.flatten(flat, 2), c.ink)
		p.fill(outline{ellipse(at(-.8, -.7), 1.5*c.size, .8*c.size)}.flatten(flat, 2), c.inside)
	case 4: // a leaf
		leaf := outline{{start: point{-5.5, 0}, closed: true, curves: []curve{
			{point{-2, -4}, point{2, -4}, point{5.5, 0}, false},
			{point{2, 3.4}, point{-2, 3.4}, point{-5.5, 0}, false},
		}}}
		p.fill(leaf.flatten(func(q point) point { return turned(q.x, q.y) }, 2), c.ink)
	case 5: // grain
		var grains []polygon
		for _, q := range []point{{0, 0}, {3.6, 1.4}, {-2.4, 2.8}, {1.2, 4.4}} {
			grains = append(grains, disc(turned(q.x, q.y), .95*c.size))
		}
		p.fill(grains, c.ink)
	}
}
