package scratch

import (
	"math/bits"
	"slices"
)

// trial is an arrangement being tried: the animals placed so far.
type trial struct {
	stands [Animals]stand
	placed int
}

// stand is where one animal of a trial stands.
type stand struct {
	full, seen, crown, wide mask // wide is full and 8 px around it
	cells, seenCells        int  // how many full and seen have
	from, to                int  // the rows of wide
}

// arrange places the animals on nine of twelve jittered cells, so that none
// hides more than a fifth of another nor touches its crown. It returns the union
// of all crowns.
func (e *easel) arrange(c *card, s *stream) mask {
	e.useMask()
	if !e.tryOften(c, s) {
		// Nearly never: all at their smallest, upright, in the middle of their cells.
		e.tryArrange(c, s, false)
	}
	return e.settle(c)
}

// settle makes the trial the card's arrangement.
func (e *easel) settle(c *card) (crowns mask) {
	c.visible = c.visible[:0]
	for i := range c.animals {
		t := &e.trial.stands[i]
		crowns.add(&t.crown)
		c.visible = append(c.visible, t.seen)
	}
	return crowns
}

// useMask makes the pen draw masks.
func (e *easel) useMask() {
	e.pen.raster.resize(columns, rows)
	e.pen.scale = 1. / cell
}

func (e *easel) tryOften(c *card, s *stream) bool {
	for range arrangementsMax {
		if e.tryArrange(c, s, true) {
			return true
		}
	}
	return false
}

// tryArrange places one animal after the other; a loose one where it fits.
func (e *easel) tryArrange(c *card, s *stream, loose bool) bool {
	all := s.shuffled(gridColumns * gridRows)
	cells := all[:Animals]
	slices.Sort(cells)
	t := &e.trial
	t.placed = 0
	for i := range c.animals {
		a := &c.animals[i]
		if !loose {
			a.pose.settle(a.drawing)
		}
		e.figure.take(a, figureFine)
		e.figure.takeCrown(a)
		placed := false
		for try := 0; try < placesTried && !placed; try++ {
			e.place(a, cells[i], s, loose, float64(try)/placesTried)
			placed = t.fits() || !loose
		}
		if !placed {
			return false
		}
		t.keep()
	}
	return true
}

// figureFine is how fine figures are flattened: to half a unit of the drawing.
const figureFine = 2

// place gives an animal a size, a turn and a place about its cell, and takes its
// next stand there. With every failed try it is drawn smaller and nearer to the
// cell's middle.
func (e *easel) place(a *animal, cell int, s *stream, loose bool, tried float64) {
	scale, turn := smallest, 0.
	jitter := point{}
	if loose {
		scale = smallest + (largest-smallest)*s.Float64()*(1-.7*tried)
		turn = s.within(-tilt, tilt)
		jitter = point{s.within(-16, 16), s.within(-11, 11)}
	}
	a.pose.size = scale * a.drawing.unit()
	a.pose.turn = turn
	a.pose.at = point{
		(float64(cell%gridColumns)+.5)*Width/gridColumns + jitter.x,
		(float64(cell/gridColumns)+.5)*Height/gridRows + jitter.y,
	}
	at := a.pose.placing()
	low, high := e.figure.put(&at, a.pose.size)
	by := point{inward(low.x, high.x, Width), inward(low.y, high.y, Height)}
	a.pose.at = point{a.pose.at.x + by.x, a.pose.at.y + by.y}
	at.x0, at.y0 = at.x0+by.x, at.y0+by.y
	e.figure.shift(by)
	t := &e.trial.stands[e.trial.placed]
	*t = stand{}
	e.figure.cover(&e.pen)
	t.full.takeHalf(&e.pen.raster)
	e.figure.coverCrown(&e.pen, &at)
	t.crown.takeHalf(&e.pen.raster)
	t.measure()
}

// measure settles what follows from the full mask.
func (t *stand) measure() {
	t.cells = t.full.count()
	t.seen, t.seenCells = t.full, t.cells
	t.wide = t.full.grown()
	t.wide = t.wide.grown()
	_, t.from, _, t.to = t.wide.box()
}

// fits tells whether the next stand leaves enough of the earlier ones to be
// seen and all of their crowns, and whether one of two neighbours can be rubbed
// free without uncovering much of the other. That holds for all animals alike:
// chickens that stood apart would be found by it.
func (t *trial) fits() bool {
	n := &t.stands[t.placed]
	if n.cells < leastSeen {
		return false
	}
	for j := range t.stands[:t.placed] {
		o := &t.stands[j]
		from, to := max(n.from, o.from), min(n.to, o.to)
		if from >= to {
			continue
		}
		if o.crown.shared(&n.full, from, to) > 0 {
			return false
		}
		hidden := o.seen.shared(&n.full, from, to)
		rest := o.seenCells - hidden
		if rest < leastSeen || float64(rest) < (1-mostCovered)*float64(o.cells) {
			return false
		}
		grazed, grazes := o.seen.shared(&n.wide, from, to)-hidden, o.wide.shared(&n.full, from, to)
		if float64(grazed) > mostGrazed*float64(rest) || float64(grazes) > mostGrazed*float64(n.cells) {
			return false
		}
	}
	return true
}

// keep makes the next stand one of those placed.
func (t *trial) keep() {
	n := &t.stands[t.placed]
	for j := range t.stands[:t.placed] {
		o := &t.stands[j]
		o.seen = o.seen.without(&n.full)
		o.seenCells = o.seen.count()
	}
	t.placed++
}

// shared is how many cells of some rows are marked in both masks.
func (m *mask) shared(o *mask, from, to int) int {
	n := 0
	for y := from; y < to; y++ {
		n += bits.OnesCount64(m[y][0]&o[y][0]) + bits.OnesCount64(m[y][1]&o[y][1])
	}
	return n
}

// inward is how far to move what spans low to high to lie on the card.
func inward(low, high, size float64) float64 {
	switch {
	case low < edge:
		return edge - low
	case high > size-edge:
		return size - edge - high
	}
	return 0
}
