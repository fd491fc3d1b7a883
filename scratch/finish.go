package scratch

import (
	"image/color"
	"math"
)

// finish is how an animal is painted.
type finish uint8

const (
	flat    finish = iota // plain areas of colour
	inked                 // the same with a contour around it
	drawn                 // pale areas, each with its own line
	paper                 // cut out and laid down: a shadow to one side
	toned                 // the side away from the light is darker
	sticker               // a broad pale rim
	finishCount
)

// dress chooses the finish: one of the week's, but never one in which the animal
// is lost on the ground.
func (a *animal) dress(y *style, s *stream) {
	a.finish = oneOf(s, y.finishes)
	bare := a.finish == flat || a.finish == paper || a.finish == toned
	if bare && (a.colours.faint(&y.yard) || blends(a.colours[comb], y.yard.middle)) {
		a.finish = inked
		if luma(y.yard.middle) < 150 {
			a.finish = sticker
		}
	}
}

// blends tells whether two colours are about as light, and not far apart.
func blends(c, d color.NRGBA) bool {
	r, g, b := float64(c.R)-float64(d.R), float64(c.G)-float64(d.G), float64(c.B)-float64(d.B)
	return c.A > 0 && math.Abs(luma(c)-luma(d)) < 30 && r*r+g*g+b*b < 80*80
}

// shadow is what lies under the animal: the shade it stands on, or the shadow
// of the cut paper. The pen holds the flattened parts.
func (a *animal) shadow(p *pen, at *placing, y *style) {
	if a.finish != paper {
		if y.standing {
			p.ellipse(at.of(point{50, 96}), 36*a.pose.size, 4.5*a.pose.size)
			p.paint(y.yard.shadow)
		}
		return
	}
	n := 0
	for _, l := range a.limbs {
		for i := range l {
			polygons := p.flat[n]
			n++
			if l[i].fine {
				continue
			}
			shift(polygons, y.castX, y.castY)
			if l[i].line > 0 {
				p.lines(polygons, l[i].line*a.pose.size)
			} else {
				p.united(polygons)
			}
			shift(polygons, -y.castX, -y.castY)
		}
	}
	p.paint(y.yard.shadow)
}

func shift(polygons []polygon, x, y float64) {
	for _, g := range polygons {
		for i := range g.points {
			g.points[i].x += x
			g.points[i].y += y
		}
	}
}

// rim is the colour and pen width of the contour.
func (a *animal) rim(y *style) (color.NRGBA, float64) {
	if a.finish == sticker {
		return y.pale, y.contour * 3.2
	}
	if y.ownInk {
		return mix(a.colours[dark], y.pencil, .55), y.contour * 2
	}
	return y.pencil, y.contour * 2
}

// shadedInk is the ink of the side away from the light.
func shadedInk(ink color.NRGBA, y *style) color.NRGBA { return mix(ink, y.pencil, y.tone) }

// farSide is what of the polygons lies on the side away from the light, which
// falls from one upper corner.
func (r *arena) farSide(polygons []polygon, y *style) []polygon {
	low, high := bounds(polygons)
	middle := between(low, high, .56)
	normal := point{y.castX, y.castY}
	length := math.Hypot(normal.x, normal.y)
	side := func(q point) float64 { return ((q.x-middle.x)*normal.x + (q.y-middle.y)*normal.y) / length }
	first := len(r.polygons)
	for _, g := range polygons {
		start := len(r.points)
		for i, b := range g.points {
			a := g.points[(i+len(g.points)-1)%len(g.points)]
			from, to := side(a), side(b)
			if (from > 0) != (to > 0) {
				r.points = append(r.points, between(a, b, from/(from-to)))
			}
			if to > 0 {
				r.points = append(r.points, b)
			}
		}
		if len(r.points)-start > 2 {
			r.polygons = append(r.polygons, polygon{r.points[start:len(r.points):len(r.points)], true})
		}
	}
	return r.polygons[first:len(r.polygons):len(r.polygons)]
}
