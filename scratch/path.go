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

// flatten turns an outline into polygons, each control point first moved by
// bend. fine is how many lines a curve gets for each unit of its length after
// bending, squared: twice the picture's scale looks smooth.
func (o outline) flatten(bend func(point) point, fine float64) []polygon {
	out := make([]polygon, 0, len(o))
	for _, c := range o {
		pen := bend(c.start)
		points := append(make([]point, 0, 1+5*len(c.curves)), pen)
		for _, v := range c.curves {
			to := bend(v.to)
			if v.straight {
				points = append(points, to)
				pen = to
				continue
			}
			c1, c2 := bend(v.c1), bend(v.c2)
			length := distance(pen, c1) + distance(c1, c2) + distance(c2, to)
			steps := min(max(math.Ceil(math.Sqrt(length*fine)), 2), 16)
			for i := 1.; i < steps; i++ {
				points = append(points, onCurve(pen, c1, c2, to, i/steps))
			}
			points = append(points, to)
			pen = to
		}
		out = append(out, polygon{points, c.closed})
	}
	return out
}

func onCurve(a, b, c, d point, t float64) point {
	u := 1 - t
	k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
	return point{
		a.x*k0 + b.x*k1 + c.x*k2 + d.x*k3,
		a.y*k0 + b.y*k1 + c.y*k2 + d.y*k3,
	}
}

func distance(a, b point) float64 { return math.Hypot(b.x-a.x, b.y-a.y) }

// contains tells whether a place lies in one of the polygons (even-odd).
func contains(polygons []polygon, p point) bool {
	in := false
	for _, g := range polygons {
		j := len(g.points) - 1
		for i, a := range g.points {
			b := g.points[j]
			if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
				in = !in
			}
			j = i
		}
	}
	return in
}
