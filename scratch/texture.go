package scratch

import (
	"math"
	"math/rand/v2"
)

// texture is what covers an animal's coat.
type texture uint8

const (
	plain    texture = iota
	dashes           // streaks, as of a partridge
	dots             // even
	speckles         // of all sizes
	bars             // across the feathers
	scales           // a feather's edge
	laces            // larger edges, closely laid
	spangles         // like arrowheads
	patches          // a few large spots
	textureCount
)

// mesh is how a texture is laid: how far apart its marks are (drawing units), how far from
// the coat's edge they keep, and the pen width, 0 to fill them.
type mesh struct{ least, most, margin, width float64 }

var meshes = [textureCount]mesh{
	dashes: {8.5, 12, 4.5, 1.9}, dots: {8.5, 12, 4.5, 0}, speckles: {6.5, 9, 3, 0}, bars: {8.5, 12, 4.5, 2.4},
	scales: {8.5, 12, 4.5, 1.5}, laces: {10, 13, 5.5, 1.3}, spangles: {9, 12.5, 4.5, 1.6}, patches: {17, 24, 8.5, 0},
}

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

// hasRoom tells whether a mark that keeps so far from the edge may be at a place.
func (n *inner) hasRoom(p point, margin float64) bool {
	if !n.has(p) {
		return false
	}
	far := margin - innerMargin
	return far <= 0 || n.has(point{p.x + far, p.y}) && n.has(point{p.x - far, p.y}) && n.has(point{p.x, p.y + far}) && n.has(point{p.x, p.y - far})
}

// marks scatters the texture over the coat, in drawing space and wholly within
// it: mark is called with each place. The seed decides.
func (n *inner) marks(seed uint64, m *mesh, mark func(p point, slant float64, within func(a, b float64) float64)) {
	s := rand.NewPCG(seed, 0)
	within := func(a, b float64) float64 { return a + (b-a)*float64(s.Uint64()>>11)/(1<<53) }
	step := within(m.least, m.most)
	slant := within(-.5, .5)
	stray := step * .15
	row := 0
	for y := n.low.y + 3; y < n.high.y; y += step * .8 {
		row++
		for x := n.low.x + float64(row%2)*step/2; x < n.high.x; x += step {
			if p := (point{x + within(-stray, stray), y + within(-stray, stray)}); n.hasRoom(p, m.margin) {
				mark(p, slant, within)
			}
		}
	}
}

// mark is one piece of the texture, in drawing space.
func (t texture) mark(a *arena, p point, slant float64, within func(a, b float64) float64) polygon {
	sin, cos := math.Sincos(slant)
	at := func(x, y float64) point { return point{p.x + x*cos - y*sin, p.y + x*sin + y*cos} }
	switch t {
	case dashes:
		return a.line(at(-1.6, 0), at(1.6, 0))
	case bars:
		return a.line(at(0, -2.6), at(0, 2.6))
	case scales:
		return a.arc(p, 3.2, 2.6)
	case laces:
		return a.arc(p, 4.4, 4)
	case spangles:
		return a.line(at(-2.2, -1.2), at(0, 1.2), at(2.2, -1.2))
	case speckles:
		return a.disc(p, within(.5, 1.5), 7)
	case patches:
		return a.blot(p, within(3.4, 5.4), within)
	default:
		return a.disc(p, 1.5, 8)
	}
}

// arc is half an ellipse, open upwards.
func (a *arena) arc(p point, rx, ry float64) polygon {
	var points [5]point
	for i := range points {
		points[i] = onCircle(point{p.x, p.y - 1}, rx, ry, i, 8)
	}
	return a.line(points[:]...)
}

// blot is a disc that is nearly round.
func (a *arena) blot(p point, r float64, within func(a, b float64) float64) polygon {
	const corners = 9
	g := a.disc(p, r, corners)
	for i := range g.points {
		k := r * within(.78, 1.22)
		g.points[i] = onCircle(p, k*1.15, k, i, corners)
	}
	return g
}
