package scratch

import (
	"image/color"
	"math"
)

// pen fills and strokes polygons. What it is given adds up in its raster until
// it is painted.
type pen struct {
	on     canvas
	scale  float64 // pixels for one CSS pixel of the card
	rough  bool    // for averages only: what makes no difference there may be left out
	raster raster
	shapes arena
	flat   [][]polygon // of the parts of an animal
	along  []point     // of stroke: the directions of a polygon's lines
	// The run of lines under way, in pixels.
	firstX, firstY, x, y, turn float32
}

// use makes the pen draw on a canvas of a size, at a scale.
func (p *pen) use(width, height int, scale float64) {
	p.on.resize(width, height)
	p.raster.resize(width, height)
	p.scale = scale
}

// fine is how fine to flatten curves for this pen's canvas: to an eighth of a
// pixel.
func (p *pen) fine() float64 { return 8 * p.scale }

func (p *pen) begin(q point, turn float32) {
	p.firstX, p.firstY = float32(q.x*p.scale), float32(q.y*p.scale)
	p.x, p.y, p.turn = p.firstX, p.firstY, turn
}

func (p *pen) to(x, y float64) {
	fx, fy := float32(x*p.scale), float32(y*p.scale)
	p.raster.line(p.x, p.y, fx, fy, p.turn)
	p.x, p.y = fx, fy
}

func (p *pen) end() { p.raster.line(p.x, p.y, p.firstX, p.firstY, p.turn) }

// area adds the insides of the polygons, by the non-zero rule.
func (p *pen) area(polygons []polygon) {
	for _, g := range polygons {
		p.inside(g.points, 1)
	}
}

// united adds the insides of the polygons whichever way they turn, so that
// shapes laid over each other unite instead of cancelling out.
func (p *pen) united(polygons []polygon) {
	for _, g := range polygons {
		p.inside(g.points, turnOf(g.points))
	}
}

func (p *pen) inside(points []point, turn float32) {
	if len(points) < 3 {
		return
	}
	p.begin(points[0], turn)
	for _, q := range points[1:] {
		p.to(q.x, q.y)
	}
	p.end()
}

// disc adds a circle.
func (p *pen) disc(c point, r float64) { p.ellipse(c, r, r) }

// ellipse adds an upright ellipse.
func (p *pen) ellipse(c point, rx, ry float64) {
	n := max(p.steps(2*math.Pi, max(rx, ry)), 6)
	sin, cos := math.Sincos(2 * math.Pi / float64(n))
	p.begin(point{c.x + rx, c.y}, 1)
	for x, y := cos, sin; n > 1; n-- {
		p.to(c.x+rx*x, c.y+ry*y)
		x, y = x*cos-y*sin, x*sin+y*cos
	}
	p.end()
}

// arc adds lines along a circle about c, starting from the edge c+from, in n
// steps of which the start is none.
func (p *pen) arc(c, from point, angle float64, n int) {
	sin, cos := math.Sincos(angle / float64(n))
	for range n {
		from = point{from.x*cos - from.y*sin, from.x*sin + from.y*cos}
		p.to(c.x+from.x, c.y+from.y)
	}
}

// paint fills what was added with ink.
func (p *pen) paint(ink color.NRGBA) { p.on.fill(&p.raster, ink) }

// fill paints the polygons by the non-zero rule.
func (p *pen) fill(polygons []polygon, ink color.NRGBA) {
	p.area(polygons)
	p.paint(ink)
}

// stroke draws along the polygons with a round pen.
func (p *pen) stroke(polygons []polygon, width float64, ink color.NRGBA) {
	p.lines(polygons, width)
	p.paint(ink)
}

// lines adds the area that a round pen covers on its way along the polygons.
func (p *pen) lines(polygons []polygon, width float64) {
	for _, g := range polygons {
		points := p.direct(g.points, g.closed)
		switch {
		case len(points) == 1:
			p.disc(points[0], width/2)
		case g.closed && len(points) > 2:
			p.rim(points, width/2, 1)
			p.rim(points, width/2, -1)
		case len(points) > 1:
			p.begin(offset(points[0], p.along[0], width/2), 1)
			p.side(points, width/2, 1)
			p.side(points, width/2, -1)
			p.end()
		}
	}
}

// rims adds closed polygons and so much around them.
func (p *pen) rims(polygons []polygon, width float64) {
	for _, g := range polygons {
		points := p.direct(g.points, true)
		if len(points) < 3 {
			continue
		}
		// Left of a line that turns clockwise on the screen is outside.
		p.rim(points, width, turnOf(points))
	}
}

// direct settles the directions of the lines between the points, and leaves
// out points that lie on the one before. The points are changed by it.
func (p *pen) direct(points []point, closed bool) []point {
	p.along = p.along[:0]
	const nothing = 1e-4
	kept := 0
	for i, q := range points {
		if i > 0 {
			last := points[kept-1]
			x, y := q.x-last.x, q.y-last.y
			length := math.Sqrt(x*x + y*y)
			if length < nothing {
				continue
			}
			p.along = append(p.along, point{x / length, y / length})
		}
		points[kept] = q
		kept++
	}
	if closed && kept > 1 {
		x, y := points[0].x-points[kept-1].x, points[0].y-points[kept-1].y
		if length := math.Sqrt(x*x + y*y); length >= nothing {
			p.along = append(p.along, point{x / length, y / length})
		} else {
			kept--
		}
	}
	return points[:kept]
}

// offset is the place so far left of a line's point.
func offset(q, d point, r float64) point { return point{q.x + d.y*r, q.y - d.x*r} }

// rim adds the closed run of lines left of a closed polygon (way 1, along it)
// or right of it (way -1, against it).
func (p *pen) rim(points []point, r float64, way float32) {
	n := len(points)
	if way > 0 {
		p.begin(offset(points[0], p.along[n-1], r), 1)
		for i, q := range points {
			p.join(q, p.along[(i+n-1)%n], p.along[i], r)
		}
	} else {
		p.begin(offset(points[0], p.along[0], -r), 1)
		for i := range points {
			j := (n - i) % n
			p.join(points[j], p.along[j].back(), p.along[(j+n-1)%n].back(), r)
		}
	}
	p.end()
}

// side adds the lines left of an open polygon, from its first point to around
// its last (way 1), or the other side back again.
func (p *pen) side(points []point, r float64, way float32) {
	n := len(points)
	if way > 0 {
		for i := 1; i < n-1; i++ {
			p.join(points[i], p.along[i-1], p.along[i], r)
		}
		p.cap(points[n-1], p.along[n-2], r)
		return
	}
	for i := n - 2; i > 0; i-- {
		p.join(points[i], p.along[i].back(), p.along[i-1].back(), r)
	}
	p.cap(points[0], p.along[0].back(), r)
}

func (d point) back() point { return point{-d.x, -d.y} }

// join leads around a point, from left of a line that comes along d to left of
// one that leaves along e: by an arc where that is the outer side. On the
// inner side it touches the point itself, so that no part of what is covered
// ever turns the wrong way.
func (p *pen) join(q, d, e point, r float64) {
	cross, dot := d.x*e.y-d.y*e.x, d.x*e.x+d.y*e.y
	from, to := offset(q, d, r), offset(q, e, r)
	p.to(from.x, from.y)
	switch {
	case cross < 0:
		p.to(q.x, q.y)
	case r*p.scale*(1-dot) > .5: // a line across would cut off some eighth of a pixel
		angle := math.Atan2(math.Abs(cross), dot)
		if n := p.steps(angle, r); n > 1 {
			p.arc(q, point{d.y * r, -d.x * r}, angle*float64(n-1)/float64(n), n-1)
		}
	}
	p.to(to.x, to.y)
}

// cap leads around the end of a line.
func (p *pen) cap(q, d point, r float64) {
	from := offset(q, d, r)
	p.to(from.x, from.y)
	p.arc(q, point{d.y * r, -d.x * r}, math.Pi, p.steps(math.Pi, r))
}

// steps is in how many lines an arc looks round.
func (p *pen) steps(angle, r float64) int {
	return max(int(math.Ceil(angle*math.Sqrt(r*p.scale)*.85)), 1)
}

// turnOf is 1 for points that turn clockwise on the screen, otherwise -1.
func turnOf(points []point) float32 {
	sum, a := 0., points[len(points)-1]
	for _, b := range points {
		sum += a.x*b.y - b.x*a.y
		a = b
	}
	if sum < 0 {
		return -1
	}
	return 1
}

// onCircle is the place after the share turn/of of a turn around an ellipse.
func onCircle(c point, rx, ry float64, turn, of int) point {
	s, k := math.Sincos(2 * math.Pi * float64(turn) / float64(of))
	return point{c.x + k*rx, c.y + s*ry}
}
