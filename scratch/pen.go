package scratch

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// pen fills and strokes polygons on a picture. The rasteriser is reset to
// each shape's own box: reset to the whole picture it would cost some forty
// times as much, as most shapes are small.
type pen struct {
	on     draw.Image
	scale  float64 // pixels for one CSS pixel of the card
	raster vector.Rasterizer
	ink    image.Uniform
}

// fill paints the polygons by the non-zero rule.
func (p *pen) fill(polygons []polygon, ink color.NRGBA) {
	low, high := bounds(polygons)
	if !(low.x <= high.x) {
		return
	}
	box := image.Rect(
		int(math.Floor(low.x*p.scale)), int(math.Floor(low.y*p.scale)),
		int(math.Ceil(high.x*p.scale))+1, int(math.Ceil(high.y*p.scale))+1,
	).Intersect(p.on.Bounds())
	if box.Empty() {
		return
	}
	p.raster.Reset(box.Dx(), box.Dy())
	dx, dy := float64(box.Min.X), float64(box.Min.Y)
	for _, g := range polygons {
		for i, q := range g.points {
			x, y := float32(q.x*p.scale-dx), float32(q.y*p.scale-dy)
			if i == 0 {
				p.raster.MoveTo(x, y)
			} else {
				p.raster.LineTo(x, y)
			}
		}
		p.raster.ClosePath()
	}
	p.ink.C = ink
	p.raster.Draw(p.on, box, &p.ink, image.Point{})
}

// stroke draws along the polygons with a round pen.
func (p *pen) stroke(polygons []polygon, width float64, ink color.NRGBA) {
	p.fill(stroked(polygons, width), ink)
}

// stroked is the area that a round pen covers: a bar for each line, and a disc
// where two of them meet at an angle or end. All turn the same way, so that
// the non-zero rule unites them.
func stroked(polygons []polygon, width float64) []polygon {
	r := width / 2
	var out []polygon
	for _, g := range polygons {
		n := len(g.points)
		last := point{} // direction of the line before
		lines := n - 1
		if g.closed {
			lines = n
		}
		for i := range lines {
			a, b := g.points[i], g.points[(i+1)%n]
			length := distance(a, b)
			if length < 1e-6 {
				continue
			}
			d := point{(b.x - a.x) / length, (b.y - a.y) / length}
			out = append(out, polygon{closed: true, points: []point{
				{a.x + d.y*r, a.y - d.x*r}, {b.x + d.y*r, b.y - d.x*r},
				{b.x - d.y*r, b.y + d.x*r}, {a.x - d.y*r, a.y + d.x*r},
			}})
			if last.x*d.x+last.y*d.y < .995 || i == 0 {
				out = append(out, disc(a, r))
			}
			last = d
		}
		if n > 0 && (!g.closed || lines == 1) {
			out = append(out, disc(g.points[n-1], r))
		}
	}
	return out
}

// disc is a circle as a polygon, turning the same way as stroked's bars.
func disc(c point, r float64) polygon {
	n := 8 + 4*min(int(r), 5)
	points := make([]point, n)
	for i := range points {
		s, k := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		points[i] = point{c.x + k*r, c.y + s*r}
	}
	return polygon{points, true}
}

// sameTurn reverses the polygons that turn the other way, so that shapes laid
// over each other unite instead of cancelling out.
func sameTurn(polygons []polygon) {
	for _, g := range polygons {
		if signedArea(g.points) < 0 {
			for i, j := 0, len(g.points)-1; i < j; i, j = i+1, j-1 {
				g.points[i], g.points[j] = g.points[j], g.points[i]
			}
		}
	}
}

func signedArea(points []point) float64 {
	sum, j := 0., len(points)-1
	for i, b := range points {
		a := points[j]
		sum += a.x*b.y - b.x*a.y
		j = i
	}
	return sum / 2
}

// onCircle is the place after the share turn/of of a turn around an ellipse.
func onCircle(c point, rx, ry float64, turn, of int) point {
	s, k := math.Sincos(2 * math.Pi * float64(turn) / float64(of))
	return point{c.x + k*rx, c.y + s*ry}
}
