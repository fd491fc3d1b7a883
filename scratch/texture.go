package scratch

import "math"

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

// marks are the polygons of the texture, and the pen width to draw them with
// (0 to fill them), in drawing space, wholly within the coat.
func (t texture) marks(coat outline, s *stream) (out []polygon, width float64) {
	flat := coat.flatten(func(p point) point { return p }, .5)
	low, high := bounds(flat)
	inside := func(p point) bool {
		for _, d := range []point{{0, 0}, {4.5, 0}, {-4.5, 0}, {0, 4.5}, {0, -4.5}} {
			if !contains(flat, point{p.x + d.x, p.y + d.y}) {
				return false
			}
		}
		return true
	}
	step := s.within(8.5, 12)
	slant := s.within(-.5, .5)
	row := 0
	for y := low.y + 3; y < high.y; y += step * .8 {
		row++
		for x := low.x + float64(row%2)*step/2; x < high.x; x += step {
			p := point{x + s.within(-1.5, 1.5), y + s.within(-1.5, 1.5)}
			if inside(p) {
				out = append(out, t.mark(p, slant))
			}
		}
	}
	switch t {
	case dashes:
		width = 1.9
	case bars:
		width = 2.4
	case scales:
		width = 1.5
	}
	return out, width
}

// mark is one piece of the texture.
func (t texture) mark(p point, slant float64) polygon {
	sin, cos := math.Sincos(slant)
	switch t {
	case dashes:
		return polygon{points: []point{{p.x - 1.6*cos, p.y - 1.6*sin}, {p.x + 1.6*cos, p.y + 1.6*sin}}}
	case bars:
		return polygon{points: []point{{p.x + 2.6*sin, p.y - 2.6*cos}, {p.x - 2.6*sin, p.y + 2.6*cos}}}
	case scales:
		points := make([]point, 5)
		for i := range points {
			s, c := math.Sincos(math.Pi * float64(i) / 4)
			points[i] = point{p.x + 3.2*c, p.y + 2.6*s - 1}
		}
		return polygon{points: points}
	default:
		return disc(p, 1.5)
	}
}

// bounds is the box around polygons.
func bounds(polygons []polygon) (low, high point) {
	low, high = point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, g := range polygons {
		for _, q := range g.points {
			low.x, low.y = min(low.x, q.x), min(low.y, q.y)
			high.x, high.y = max(high.x, q.x), max(high.y, q.y)
		}
	}
	return low, high
}
