package scratch

import (
	"image/color"
	"math"
)

// animal is one animal on a card: what it is, how it stands, where.
type animal struct {
	species Species
	drawing *drawing
	limbs   []limb // the alternatives taken
	colours palette
	finish  finish
	texture texture
	marks   uint64 // the seed that scatters the texture
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
	if d > 2.7 { // less than a 400th
		return p
	}
	weight := math.Exp(-d * d / 1.2)
	x, y := (p.x-b.at.x)*b.scale+b.at.x-b.pivot.x, (p.y-b.at.y)*b.scale+b.at.y-b.pivot.y
	x, y = b.pivot.x+x*b.cos-y*b.sin, b.pivot.y+x*b.sin+y*b.cos
	return point{p.x + (x-p.x)*weight, p.y + (y-p.y)*weight}
}

// settle takes the pose back to the drawing as it was designed, which stays
// within a cell of the card's grid when it is small.
func (o *pose) settle(d *drawing) {
	o.head, o.tail, o.wide, o.lean = d.head.set(0, 0), d.tail.set(0, 0), 1, 0
}

// placing is what carries the drawing to the card.
func (o *pose) placing() placing {
	sin, cos := math.Sincos(o.turn)
	// Stretched and slanted about the middle, flipped, made larger, turned.
	xx, xy, yy := o.wide*o.size, -o.lean*o.size, o.size
	if o.flip {
		xx, xy = -xx, -xy
	}
	at := placing{
		head: &o.head, tail: &o.tail,
		xx: xx * cos, xy: xy*cos - yy*sin,
		yx: xx * sin, yy: xy*sin + yy*cos,
	}
	at.x0 = o.at.x - 50*at.xx - 54*at.xy
	at.y0 = o.at.y - 50*at.yx - 54*at.yy
	return at
}

// newAnimal draws the looks of one animal in one of its stances; its place is
// settled later. Its limbs are put where limbs has room for them.
func newAnimal(k Species, stance int, y *style, s *stream, limbs []limb) animal {
	kind := &zoo()[k]
	d := &kind.stances[stance*len(builds)+s.IntN(len(builds))]
	a := animal{species: k, drawing: d, limbs: limbs}
	for i := range d.limbs {
		a.limbs = append(a.limbs, d.limbs[i].take(y, s))
	}
	a.colours = kind.palette(s, y.plumages).shaded(y.hue+s.within(-4, 3), y.saturation*s.within(.9, 1.1), s.within(.93, 1.06))
	a.pose = pose{
		head: d.head.set(s.within(-1, 1)*d.head.turn, y.headGrow+s.within(-1, 1)*d.head.grow),
		tail: d.tail.set(s.within(-1, 1)*d.tail.turn, y.tailGrow+s.within(-1, 1)*d.tail.grow),
		wide: y.wide * s.within(.96, 1.04),
		lean: y.lean + s.within(-.05, .05),
		flip: s.chance(.5),
	}
	a.dress(y, s)
	a.texture = oneOf(s, y.coats)
	a.marks = s.Uint64()
	return a
}

// paint draws the animal.
func (a *animal) paint(p *pen, y *style) {
	at := a.pose.placing()
	p.shapes.empty()
	p.flat = p.flat[:0]
	for _, l := range a.limbs {
		for i := range l {
			p.flat = append(p.flat, p.shapes.flatten(l[i].shape, &at, p.fine()))
		}
	}
	a.shadow(p, &at, y)
	if a.finish == inked || a.finish == sticker {
		a.contour(p, y)
	}
	n := 0
	for _, l := range a.limbs {
		for i := range l {
			a.paintPart(p, &l[i], p.flat[n], y)
			if l[i].coat && a.texture != plain && !p.rough {
				a.paintMarks(p, &l[i], &at)
			}
			n++
		}
	}
}

func (a *animal) paintPart(p *pen, part *part, polygons []polygon, y *style) {
	ink := a.colours[part.tint]
	if part.line > 0 {
		p.stroke(polygons, part.line*a.pose.size, ink)
		return
	}
	if a.finish != drawn || part.tint == black || part.tint == white {
		p.fill(polygons, ink)
		if a.finish == toned && !part.fine {
			p.fill(p.shapes.farSide(polygons, y), shadedInk(ink, y))
		}
		return
	}
	pale := mix(ink, rgb(0xFFFDF6), .55)
	if part.tint == comb || part.tint == wattle || part.tint == beak {
		pale = mix(ink, rgb(0xFFFDF6), .15)
	}
	p.fill(polygons, pale)
	for i := range polygons {
		polygons[i].closed = true
	}
	p.stroke(polygons, 1.7*a.pose.size, mix(ink, y.pencil, .62))
}

// contour lays a dark rim under the animal.
func (a *animal) contour(p *pen, y *style) {
	ink, width := a.rim(y)
	width *= a.pose.size / 2
	n := 0
	for _, l := range a.limbs {
		for i := range l {
			switch polygons := p.flat[n]; {
			case l[i].fine:
			case l[i].line > 0:
				p.lines(polygons, 2*width+l[i].line*a.pose.size)
			default:
				p.rims(polygons, width)
			}
			n++
		}
	}
	p.paint(ink)
}

func (a *animal) paintMarks(p *pen, part *part, at *placing) {
	part.inner.marks(a.marks, &meshes[a.texture], func(q point, slant float64, within func(a, b float64) float64) {
		g := a.texture.mark(&p.shapes, q, slant, within)
		for i := range g.points {
			g.points[i] = at.of(g.points[i])
		}
		if width := meshes[a.texture].width; width > 0 {
			p.lines([]polygon{g}, width*a.pose.size)
		} else {
			p.united([]polygon{g})
		}
	})
	ink := mix(a.colours[body], a.colours[dark], .6)
	if math.Abs(luma(ink)-luma(a.colours[body])) < 14 {
		ink = a.colours[light]
	}
	if a.finish == drawn {
		ink = color.NRGBA{ink.R, ink.G, ink.B, 170}
	}
	p.paint(ink)
}
