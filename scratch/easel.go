package scratch

import (
	"runtime"
	"slices"
)

// easel is everything that drawing needs besides the card: canvas, raster and
// what is flattened for a moment, about 1.3 MB. Nothing of it leaves a drawing,
// and the next one uses it again.
type easel struct {
	pen     pen
	figure  figure
	trial   trial
	encoder encoder
	coarse  [coarseRows][coarseColumns]uint64
	wide    [coarseRows][across / 2]uint64
}

// easels are the places to draw at, one for each processor: a thousand pictures
// asked for at once wait in line, and take no more memory than these. An easel
// is made when it is first needed.
var easels = newEasels(runtime.GOMAXPROCS(0))

func newEasels(n int) chan *easel {
	all := make(chan *easel, n)
	for range n {
		all <- nil
	}
	return all
}

// takeEasel waits for an easel. Who has one must not ask for another.
func takeEasel() *easel {
	if e := <-easels; e != nil {
		return e
	}
	return new(easel)
}

// giveBack lets the next one draw.
func (e *easel) giveBack() { easels <- e }

// paint draws a picture of the card and encodes it. It waits until one of the
// easels is free.
func paint(c *card, kind Kind) ([]byte, error) {
	e := takeEasel()
	defer e.giveBack()
	e.draw(c, kind)
	return slices.Clone(e.encoder.encode(&e.pen.on)), nil
}

func (e *easel) draw(c *card, kind Kind) {
	switch kind {
	case Cover:
		e.drawCover(c)
	case Numbered:
		e.drawOpen(c)
		e.drawBadges(c)
	default:
		e.drawOpen(c)
	}
}
