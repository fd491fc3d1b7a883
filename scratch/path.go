package scratch

import (
	"fmt"
	"math"
	"strconv"
)

// point is a place in drawing space, card space or on the picture.
type point struct{ x, y float64 }

// curve is one cubic piece of a contour; it starts where the one before it
// ended. A straight line has its control points on its ends.
type curve struct {
	c1, c2, to point
	straight   bool
}

// contour is a run of curves. All contours can be filled; closed ones are
// joined up when they are stroked.
type contour struct {
	start  point
	curves []curve
	closed bool
}

// outline is a shape as it was designed: one or more contours.
type outline []contour

// polygon is a contour flattened to straight lines.
type polygon struct {
	points []point
	closed bool
}

// mustOutline reads path notation: the commands M L H V C S Q Z of SVG, upper
// case for absolute and lower case for relative places, and one of our own,
// "O cx cy rx ry" for an ellipse. It panics on anything else: the notation is
// only ever written in this package.
func mustOutline(notation string) outline {
	r := pathReader{text: notation}
	if err := r.read(); err != nil {
		panic(fmt.Sprintf("scratch: path %q: %v", notation, err))
	}
	return r.out
}

// pathReader is the state of reading one path.
type pathReader struct {
	text string
	at   int
	pen  point
	out  outline
}

func (r *pathReader) read() error {
	var command byte
	for {
		r.skip()
		if r.at >= len(r.text) {
			return nil
		}
		c := r.text[r.at]
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			command = c
			r.at++
		} else if command == 'M' {
			command = 'L' // further pairs after a move are lines
		} else if command == 'm' {
			command = 'l'
		}
		if err := r.apply(command); err != nil {
			return err
		}
	}
}

// apply reads the numbers of one command and adds what it draws.
func (r *pathReader) apply(command byte) error {
	count, known := map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'Z': 0, 'O': 4}[command&^0x20]
	if !known {
		return fmt.Errorf("command %q at %d", command, r.at)
	}
	var n [6]float64
	for i := range count {
		v, err := r.number()
		if err != nil {
			return err
		}
		n[i] = v
	}
	base := point{}
	if command >= 'a' {
		base = r.pen
	}
	place := func(i int) point { return point{base.x + n[i], base.y + n[i+1]} }
	switch command &^ 0x20 {
	case 'M':
		r.pen = place(0)
		r.out = append(r.out, contour{start: r.pen})
	case 'L':
		r.line(place(0))
	case 'H':
		r.line(point{base.x + n[0], r.pen.y})
	case 'V':
		r.line(point{r.pen.x, base.y + n[0]})
	case 'C':
		r.curve(place(0), place(2), place(4))
	case 'S': // its first control point mirrors the last one before it
		before := r.pen
		if last := r.out[len(r.out)-1].curves; len(last) > 0 {
			before = last[len(last)-1].c2
		}
		r.curve(point{2*r.pen.x - before.x, 2*r.pen.y - before.y}, place(0), place(2))
	case 'Q':
		q, to := place(0), place(2)
		r.curve(between(r.pen, q, 2./3), between(to, q, 2./3), to)
	case 'Z':
		last := &r.out[len(r.out)-1]
		last.closed = true
		r.pen = last.start
	case 'O':
		r.out = append(r.out, ellipse(place(0), n[2], n[3]))
	}
	return nil
}

func (r *pathReader) line(to point) {
	last := &r.out[len(r.out)-1]
	last.curves = append(last.curves, curve{r.pen, to, to, true})
	r.pen = to
}

func (r *pathReader) curve(c1, c2, to point) {
	last := &r.out[len(r.out)-1]
	last.curves = append(last.curves, curve{c1, c2, to, false})
	r.pen = to
}

func (r *pathReader) skip() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == ',') {
		r.at++
	}
}

// number reads one number the way SVG packs them: "1.5.5-2" is 1.5, .5, -2.
func (r *pathReader) number() (float64, error) {
	r.skip()
	from, dot := r.at, false
	for ; r.at < len(r.text); r.at++ {
		c := r.text[r.at]
		switch {
		case c >= '0' && c <= '9':
		case c == '-' && r.at == from:
		case c == '.' && !dot:
			dot = true
		default:
			return strconv.ParseFloat(r.text[from:r.at], 64)
		}
	}
	return strconv.ParseFloat(r.text[from:r.at], 64)
}

// between is the place the share t of the way from a to b.
func between(a, b point, t float64) point {
	return point{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t}
}

// ellipse is the usual four-curve ellipse, turning clockwise on the screen.
func ellipse(c point, rx, ry float64) contour {
	const k = 0.5522847498
	at := func(x, y float64) point { return point{c.x + x*rx, c.y + y*ry} }
	return contour{start: at(1, 0), closed: true, curves: []curve{
		{at(1, k), at(k, 1), at(0, 1), false},
		{at(-k, 1), at(-1, k), at(-1, 0), false},
		{at(-1, -k), at(-k, -1), at(0, -1), false},
		{at(k, -1), at(1, -k), at(1, 0), false},
	}}
}

// placing carries places of a drawing to the card: first along with up to two
// joints, then by a linear map.
type placing struct {
	head, tail *bent // or nil
	xx, xy, yx, yy,
	x0, y0 float64
}

// asIs leaves places where they are.
var asIs = placing{xx: 1, yy: 1}

// scaled makes a drawing larger by size and moves its origin to a place.
func scaled(size float64, origin point) placing {
	return placing{xx: size, yy: size, x0: origin.x, y0: origin.y}
}

// of is where a place of the drawing lies.
func (o *placing) of(p point) point {
	if o.head != nil {
		p = o.tail.move(o.head.move(p))
	}
	return o.linear(p)
}

// linear is of without the joints.
func (o *placing) linear(p point) point {
	return point{p.x*o.xx + p.y*o.xy + o.x0, p.x*o.yx + p.y*o.yy + o.y0}
}

// arena holds polygons for a short while. Emptied and filled again, it needs
// no new memory.
type arena struct {
	points   []point
	polygons []polygon
}

func (a *arena) empty() { a.points, a.polygons = a.points[:0], a.polygons[:0] }

// flatten turns an outline into polygons, each control point first placed. No
// place of them is further than 1/fine from its curve.
func (a *arena) flatten(o outline, at *placing, fine float64) []polygon {
	first := len(a.polygons)
	for i := range o {
		c := &o[i]
		from := len(a.points)
		pen := at.of(c.start)
		a.points = append(a.points, pen)
		for j := range c.curves {
			v := &c.curves[j]
			to := at.of(v.to)
			if !v.straight {
				a.curve(pen, at.of(v.c1), at.of(v.c2), to, fine)
			}
			a.points = append(a.points, to)
			pen = to
		}
		a.polygons = append(a.polygons, polygon{a.points[from:len(a.points):len(a.points)], c.closed})
	}
	return a.polygons[first:len(a.polygons):len(a.polygons)]
}

// curve adds the places between the ends of a cubic curve, as many as Wang's
// formula asks for.
func (a *arena) curve(p, c1, c2, to point, fine float64) {
	dx, dy := p.x-2*c1.x+c2.x, p.y-2*c1.y+c2.y
	ex, ey := c1.x-2*c2.x+to.x, c1.y-2*c2.y+to.y
	most := math.Sqrt(max(dx*dx+dy*dy, ex*ex+ey*ey))
	n := math.Ceil(math.Sqrt(.75 * most * fine))
	if n < 2 {
		return
	}
	n = min(n, 24)
	// The curve as a polynomial.
	x3, y3 := to.x-p.x+3*(c1.x-c2.x), to.y-p.y+3*(c1.y-c2.y)
	x2, y2, x1, y1 := 3*dx, 3*dy, 3*(c1.x-p.x), 3*(c1.y-p.y)
	for i := 1.; i < n; i++ {
		t := i / n
		a.points = append(a.points, point{((x3*t+x2)*t+x1)*t + p.x, ((y3*t+y2)*t+y1)*t + p.y})
	}
}

// line is an open polygon through the places.
func (a *arena) line(through ...point) polygon {
	from := len(a.points)
	a.points = append(a.points, through...)
	return polygon{a.points[from:len(a.points):len(a.points)], false}
}

// disc is a circle as a polygon of so many corners.
func (a *arena) disc(c point, r float64, corners int) polygon {
	from := len(a.points)
	for i := range corners {
		a.points = append(a.points, onCircle(c, r, r, i, corners))
	}
	return polygon{a.points[from:len(a.points):len(a.points)], true}
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

func distance(a, b point) float64 { return math.Hypot(b.x-a.x, b.y-a.y) }
