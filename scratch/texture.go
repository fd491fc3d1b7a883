package scratch

import (
	"math"
	"math/rand/v2"
)

// texture is what covers an animal's coat.
type texture uint8

const (
	plain texture = iota
	dashes
	dots
	bars
	scales
	textureCount
)

// inner is where on a coat marks may be: with so much of it on all four sides.
// It marks units of the drawing space, from innerLow on both ways.
type inner struct {
	low, high point
	rows      [innerSize][2]uint64
}

const (
	innerSize   = 128
	innerLow    = -14
	innerMargin = 5
)

// newInner finds the inner part of a coat.
func newInner(coat outline) *inner {
	var p pen
	p.raster.resize(innerSize, innerSize)
	p.scale = 1
	at := placing{xx: 1, yy: 1, x0: -innerLow, y0: -innerLow}
	p.united(p.shapes.flatten(coat, &at, 4))
	var all inner
	p.raster.sweep(func(row, from, to int, share uint32) {
		if share >= 128 {
			for x := from; x < to; x++ {
				all.rows[row][x>>6] |= 1 << (x & 63)
			}
		}
	})
	in := &inner{}
	in.low, in.high = bounds(p.shapes.flatten(coat, &asIs, 4))
	const far = innerMargin
	for y := far; y < innerSize-far; y++ {
		for x := far; x < innerSize-far; x++ {
			has := func(x, y int) bool { return all.rows[y][x>>6]>>(x&63)&1 == 1 }
			if has(x, y) && has(x+far, y) && has(x-far, y) && has(x, y+far) && has(x, y-far) {
				in.rows[y][x>>6] |= 1 << (x & 63)
			}
		}
	}
	return in
}

func (n *inner) has(p point) bool {
	x, y := int(p.x-innerLow), int(p.y-innerLow)
	return x >= 0 && y >= 0 && x < innerSize && y < innerSize && n.rows[y][x>>6]>>(x&63)&1 == 1
}

// marks scatters the texture over the coat, in drawing space and wholly within
// it: mark is called with each place. The seed decides.
func (n *inner) marks(seed uint64, mark func(p point, slant float64)) {
	s := rand.NewPCG(seed, 0)
	within := func(a, b float64) float64 { return a + (b-a)*float64(s.Uint64()>>11)/(1<<53) }
	step := within(8.5, 12)
	slant := within(-.5, .5)
	row := 0
	for y := n.low.y + 3; y < n.high.y; y += step * .8 {
		row++
		for x := n.low.x + float64(row%2)*step/2; x < n.high.x; x += step {
			if p := (point{x + within(-1.5, 1.5), y + within(-1.5, 1.5)}); n.has(p) {
				mark(p, slant)
			}
		}
	}
}

// width is that of the pen the texture is drawn with, or 0 to fill it.
func (t texture) width() float64 {
	switch t {
	case dashes:
		return 1.9
	case bars:
		return 2.4
	case scales:
		return 1.5
	}
	return 0
}

// mark is one piece of the texture, in drawing space.
func (t texture) mark(a *arena, p point, slant float64) polygon {
	sin, cos := math.Sincos(slant)
	switch t {
	case dashes:
		return a.line(point{p.x - 1.6*cos, p.y - 1.6*sin}, point{p.x + 1.6*cos, p.y + 1.6*sin})
	case bars:
		return a.line(point{p.x + 2.6*sin, p.y - 2.6*cos}, point{p.x - 2.6*sin, p.y + 2.6*cos})
	case scales:
		var points [5]point
		for i := range points {
			points[i] = onCircle(point{p.x, p.y - 1}, 3.2, 2.6, i, 8)
		}
		return a.line(points[:]...)
	default:
		return a.disc(p, 1.5, 8)
	}
}
