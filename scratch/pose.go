package scratch

import (
	"image/color"
	"math"
)

// finish is how an animal is painted.
type finish uint8

const (
	flat  finish = iota // plain areas of colour
	inked               // the same with a contour around it
	drawn               // pale areas, each with its own line
)

// animal is one animal on a card: what it is, how it stands, where.
type animal struct {
	species Species
	limbs   []limb // the alternatives taken
	colours palette
	finish  finish
	texture texture
	marks   []polygon // of the texture, in drawing space
	marking float64   // their pen width, 0 to fill
	pose    pose
}

// pose carries an animal's drawing onto the card.
type pose struct {
	head, tail bent
	wide, lean float64
	flip       bool
	size       float64 // card pixels for one unit of the drawing
	turn       float64 // radians
	at         point   // the drawing's middle (50, 54), on the card
}

// bent is a joint with its turn (radians) and growth settled.
type bent struct {
	joint
	sin, cos, scale float64
}

func (j joint) set(turn, grow float64) bent {
	sin, cos := math.Sincos(turn * math.Pi / 180)
	return bent{j, sin, cos, 1 + grow}
}

// move carries a place of the drawing along with the joint, less and less the
// further away from it.
func (b *bent) move(p point) point {
	d := ((p.x-b.at.x)*(p.x-b.at.x) + (p.y-b.at.y)*(p.y-b.at.y)) / (b.reach * b.reach)
	if d > 5 {
		return p
	}
	weight := math.Exp(-d * d / 1.2)
	x, y := (p.x-b.at.x)*b.scale+b.at.x-b.pivot.x, (p.y-b.at.y)*b.scale+b.at.y-b.pivot.y
	x, y = b.pivot.x+x*b.cos-y*b.sin, b.pivot.y+x*b.sin+y*b.cos
	return point{p.x + (x-p.x)*weight, p.y + (y-p.y)*weight}
}

// onCard is where a place of the drawing lies on the card.
func (o *pose) onCard() func(point) point {
	sin, cos := math.Sincos(o.turn)
	return func(p point) point {
		p = o.tail.move(o.head.move(p))
		x, y := (p.x-50)*o.wide, p.y-54
		x -= y * o.lean
		if o.flip {
			x = -x
		}
		x, y = x*o.size, y*o.size
		return point{o.at.x + x*cos - y*sin, o.at.y + x*sin + y*cos}
	}
}

// newAnimal draws the looks of one animal; its place is settled later.
func newAnimal(k Species, y *style, s *stream) animal {
	d := &zoo()[k]
	a := animal{species: k}
	for _, choice := range d.limbs {
		a.limbs = append(a.limbs, oneOf(s, choice))
	}
	a.colours = d.palette(s).shaded(y.hue+s.within(-4, 3), y.saturation*s.within(.92, 1.08), s.within(.94, 1.05))
	a.pose = pose{
		head: d.head.set(s.within(-1, 1)*d.head.turn, y.headGrow+s.within(-1, 1)*d.head.grow),
		tail: d.tail.set(s.within(-1, 1)*d.tail.turn, y.tailGrow+s.within(-1, 1)*d.tail.grow),
		wide: y.wide * s.within(.96, 1.04),
		lean: y.lean + s.within(-.05, .05),
		flip: s.chance(.5),
	}
	switch f := s.Float64(); {
	case f < y.drawn:
		a.finish = drawn
	case f < y.drawn+y.inked:
		a.finish = inked
	}
	if a.finish == flat && a.colours.faint(y.yard.middle) {
		a.finish = inked
	}
	a.texture = oneOf(s, y.coats)
	if a.texture != plain {
		for _, l := range a.limbs {
			for _, p := range l {
				if p.coat {
					a.marks, a.marking = a.texture.marks(p.shape, s)
				}
			}
		}
	}
	return a
}

// silhouette is the animal's outer shape on the card, without fine details.
func (a *animal) silhouette() []polygon {
	place := a.pose.onCard()
	var out []polygon
	for _, l := range a.limbs {
		for _, p := range l {
			if p.fine {
				continue
			}
			polygons := p.shape.flatten(place, .5)
			if p.line > 0 {
				polygons = stroked(polygons, p.line*a.pose.size)
			}
			sameTurn(polygons)
			out = append(out, polygons...)
		}
	}
	return out
}

// crown is the box around comb, face and beak, on the card.
func (a *animal) crown() []polygon {
	place, c := a.pose.onCard(), zoo()[a.species].crown
	g := polygon{closed: true, points: []point{
		place(c[0]), place(point{c[1].x, c[0].y}), place(c[1]), place(point{c[0].x, c[1].y}),
	}}
	out := []polygon{g}
	sameTurn(out)
	return out
}

// paint draws the animal.
func (a *animal) paint(p *pen, y *style) {
	place := a.pose.onCard()
	smooth := p.scale * 1.3
	if a.finish == inked {
		a.contour(p, place, smooth, y)
	}
	for _, l := range a.limbs {
		for _, part := range l {
			a.paintPart(p, part, part.shape.flatten(place, smooth), y)
			if part.coat && len(a.marks) > 0 {
				a.paintMarks(p, place)
			}
		}
	}
}

func (a *animal) paintPart(p *pen, part part, polygons []polygon, y *style) {
	ink := a.colours[part.tint]
	if part.line > 0 {
		p.stroke(polygons, part.line*a.pose.size, ink)
		return
	}
	if a.finish != drawn || part.tint == black || part.tint == white {
		p.fill(polygons, ink)
		return
	}
	pale := mix(ink, rgb(0xFFFDF6), .55)
	if part.tint == comb || part.tint == wattle || part.tint == beak {
		pale = mix(ink, rgb(0xFFFDF6), .15)
	}
	p.fill(polygons, pale)
	edge := polygons
	for i := range edge {
		edge[i].closed = true
	}
	p.stroke(edge, 1.7*a.pose.size, mix(ink, y.pencil, .62))
}

// contour lays a dark rim under the animal.
func (a *animal) contour(p *pen, place func(point) point, smooth float64, y *style) {
	for _, l := range a.limbs {
		for _, part := range l {
			if part.fine {
				continue
			}
			polygons := part.shape.flatten(place, smooth)
			width := y.contour * 2 * a.pose.size
			if part.line > 0 {
				width += part.line * a.pose.size
			} else {
				for i := range polygons {
					polygons[i].closed = true
				}
			}
			p.stroke(polygons, width, y.pencil)
		}
	}
}

func (a *animal) paintMarks(p *pen, place func(point) point) {
	moved := make([]polygon, len(a.marks))
	for i, g := range a.marks {
		moved[i].closed = g.closed
		for _, q := range g.points {
			moved[i].points = append(moved[i].points, place(q))
		}
	}
	ink := mix(a.colours[body], a.colours[dark], .6)
	if math.Abs(luma(ink)-luma(a.colours[body])) < 14 {
		ink = a.colours[light]
	}
	if a.finish == drawn {
		ink = color.NRGBA{ink.R, ink.G, ink.B, 170}
	}
	if a.marking > 0 {
		p.stroke(moved, a.marking*a.pose.size, ink)
		return
	}
	sameTurn(moved)
	p.fill(moved, ink)
}
