package scratch

// figure is an animal's outer shape, without fine details, for trying places
// on the card: what does not change with the place is settled once.
type figure struct {
	still   arena    // in drawing space, the joints already turned
	strokes []stroke // how each of still's polygons counts
	crown   [4]point // the corners of the box around comb, face and beak
	placed  arena    // still, on the card
	size    float64
	flipped float32 // 1, or -1
}

// stroke is how one polygon of a figure counts.
type stroke struct {
	width float64 // of the pen; 0 for an area
	turn  float32 // of an area: 1, or -1 if it turns the other way
}

// take makes the figure that of an animal.
func (f *figure) take(a *animal, fine float64) {
	joints := placing{head: &a.pose.head, tail: &a.pose.tail, xx: 1, yy: 1}
	f.still.empty()
	f.strokes = f.strokes[:0]
	for _, l := range a.limbs {
		for i := range l {
			if l[i].fine {
				continue
			}
			for _, g := range f.still.flatten(l[i].shape, &joints, fine) {
				f.strokes = append(f.strokes, stroke{l[i].line, turnOf(g.points)})
			}
		}
	}
}

// takeCrown settles the crown of the figure.
func (f *figure) takeCrown(a *animal) {
	joints := placing{head: &a.pose.head, tail: &a.pose.tail, xx: 1, yy: 1}
	c := a.drawing.crown
	for i, q := range [4]point{c[0], {c[1].x, c[0].y}, c[1], {c[0].x, c[1].y}} {
		f.crown[i] = joints.of(q)
	}
}

// put lays the figure on the card and returns the box around it.
func (f *figure) put(at *placing, size float64) (low, high point) {
	f.size, f.flipped = size, 1
	if at.xx*at.yy < at.xy*at.yx {
		f.flipped = -1
	}
	low, high = point{Width, Height}, point{}
	f.placed.empty()
	for i, g := range f.still.polygons {
		out := f.strokes[i].width * size / 2
		from := len(f.placed.points)
		for _, q := range g.points {
			q = at.linear(q)
			f.placed.points = append(f.placed.points, q)
			low.x, low.y = min(low.x, q.x-out), min(low.y, q.y-out)
			high.x, high.y = max(high.x, q.x+out), max(high.y, q.y+out)
		}
		f.placed.polygons = append(f.placed.polygons, polygon{f.placed.points[from:], g.closed})
	}
	return low, high
}

// shift moves what was put.
func (f *figure) shift(by point) {
	for _, g := range f.placed.polygons {
		for i := range g.points {
			g.points[i].x += by.x
			g.points[i].y += by.y
		}
	}
}

// cover adds what was put to the pen.
func (f *figure) cover(p *pen) {
	for i, g := range f.placed.polygons {
		if s := f.strokes[i]; s.width > 0 {
			p.lines([]polygon{g}, s.width*f.size)
		} else {
			p.inside(g.points, s.turn*f.flipped)
		}
	}
}

// coverCrown adds the crown to the pen.
func (f *figure) coverCrown(p *pen, at *placing) {
	box := f.crown
	for i := range box {
		box[i] = at.linear(box[i])
	}
	p.united([]polygon{{points: box[:]}})
}
