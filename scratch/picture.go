package scratch

const (
	// sharpness is the pixels of a picture for one CSS pixel of the card.
	sharpness = 1.5
	across    = Width * 3 / 2
	down      = Height * 3 / 2
	quality   = 68 // of the JPEG: eyes and combs stay clean, and a picture is below 20 kB
)

// ContentType of every picture.
const ContentType = "image/jpeg"

// drawOpen draws the card as it looks with nothing over it.
func (e *easel) drawOpen(c *card) {
	e.pen.use(across, down, sharpness)
	e.pen.rough = false
	c.style.yard.lay(&e.pen.on)
	c.paint(&e.pen)
}

// drawCoarse settles the card's averages over squares of coarseCell CSS pixels.
// It is drawn small, so it costs little.
func (e *easel) drawCoarse(c *card) {
	const small = 4 // pixels of the small drawing in a square, each way
	on := &e.pen.on
	e.pen.use(coarseColumns*small, coarseRows*small, small/coarseCell)
	e.pen.rough = true
	c.style.yard.lay(on)
	c.paint(&e.pen)
	for y := range e.coarse {
		for x := range e.coarse[y] {
			sum := uint64(0)
			for j := range small {
				for _, p := range on.pixels[(y*small+j)*on.width+x*small:][:small] {
					sum += spread(p)
				}
			}
			e.coarse[y][x] = faded(sum)
		}
	}
}

// faded is the sum of 16 pixels, a little greyer than they were: a pig is pink, a
// comb is red.
func faded(sum uint64) uint64 {
	const keep, middle, part = .62, 128 * 16, 1<<21 - 1
	fade := func(v uint64) uint64 { return uint64(middle + keep*(float64(v&part)-middle)) }
	return fade(sum) | sum&(part<<21) | fade(sum>>42)<<42
}

// spread is a pixel with its three parts far apart, so that sums and weighted
// sums are made of all three at once: 21 bits each.
func spread(p uint32) uint64 {
	return uint64(p&0xFF) | uint64(p&0xFF00)<<13 | uint64(p&0xFF0000)<<26
}
