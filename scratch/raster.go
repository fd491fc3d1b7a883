package scratch

import "math/bits"

// raster turns closed runs of lines into coverage. It keeps, for each pixel
// that a line passes, by how much the coverage changes there, and a bit that
// says so; between two such pixels the coverage is the same. So a shape costs
// what its rim costs, and its inside is filled in whole runs.
//
// Between two shapes all of it is zero.
type raster struct {
	width, height int
	change        []float32 // rows of stride
	passed        []uint64  // rows of words, a bit for each pixel
	stride, words int
	top, bottom   int // rows that were passed: top <= row < bottom
}

// resize makes the raster as large as a picture; what it needs for that is
// kept for the next one.
func (r *raster) resize(width, height int) {
	r.width, r.height = width, height
	r.words = (width + 2 + 63) / 64 // a line that ends on the right edge changes what follows it
	r.stride = r.words * 64
	if n := r.stride * height; n > len(r.change) {
		r.change = make([]float32, n)
		r.passed = make([]uint64, n/64)
	}
	r.top, r.bottom = height, 0
}

// line adds one line, in pixels; turn is 1, or -1 for a shape that turns the
// other way. What lies left of the picture counts on its left edge.
func (r *raster) line(ax, ay, bx, by, turn float32) {
	if ay > by {
		ax, ay, bx, by, turn = bx, by, ax, ay, -turn
	}
	bottom := float32(r.height)
	if ay == by || by <= 0 || ay >= bottom {
		return
	}
	slope := (bx - ax) / (by - ay)
	if ay < 0 {
		ax, ay = ax-ay*slope, 0
	}
	by = min(by, bottom)
	row := int(ay)
	r.top = min(r.top, row)
	x, y := ax, ay
	for at := row * r.stride; y < by; at += r.stride {
		row++
		next := min(float32(row), by)
		high := next - y
		to := x + slope*high
		// Mostly a line stays within one pixel of the row.
		if first := int(x); x >= 0 && first == int(to) && to >= 0 && first <= r.width {
			i := at + first
			c := (*[2]float32)(r.change[i:])
			right := high * turn * ((x+to)/2 - float32(first))
			c[0] += high*turn - right
			c[1] += right
			r.passed[i>>6] |= 3 << (i & 63)
			if i&63 == 63 {
				r.passed[i>>6+1] |= 1
			}
		} else {
			r.cross(at, x, to, high*turn)
		}
		x, y = to, next
	}
	r.bottom = max(r.bottom, row)
}

// cross adds what a line changes in the row that begins at the place at: it
// goes from a to b and covers the share d of the row's height.
func (r *raster) cross(at int, a, b, d float32) {
	if a > b {
		a, b = b, a
	}
	width := float32(r.width)
	a, b = min(max(a, 0), width), min(max(b, 0), width)
	first, last := int(a), int(b)
	if first == last {
		right := d * ((a+b)/2 - float32(first))
		r.change[at+first] += d - right
		r.change[at+first+1] += right
		r.pass(at+first, 2)
		return
	}
	// The line covers a triangle of its first pixel, then the same more of
	// each, and a triangle less of its last.
	c := r.change[at+first : at+last+2]
	step := d / (b - a)
	in, out := float32(first+1)-a, b-float32(last)
	before := step * in * in / 2
	c[0] += before
	sum := before
	for i := 1; i < len(c)-2; i++ {
		covered := step * (in + float32(i) - .5)
		c[i] += covered - sum
		sum = covered
	}
	covered := d - step*out*out/2
	n := len(c) - 2
	c[n] += covered - sum
	c[n+1] += d - covered
	r.pass(at+first, len(c))
}

// pass marks n pixels from a place on.
func (r *raster) pass(at, n int) {
	for end := at + n; at < end; at++ {
		r.passed[at>>6] |= 1 << (at & 63)
	}
}

// shareOf is a coverage as 0 to 256. Shapes that turn the same way unite: twice
// covered is covered.
func shareOf(coverage float32) uint32 {
	if coverage < 0 {
		coverage = -coverage
	}
	return uint32(min(coverage, 1)*256 + .5)
}

// sweep hands over the runs of pixels with the same share, from < to, row by
// row from left to right, and leaves the raster empty.
func (r *raster) sweep(take func(row, from, to int, share uint32)) {
	for row := r.top; row < r.bottom; row++ {
		coverage, before := float32(0), 0
		for w := row * r.words; w < (row+1)*r.words; w++ {
			for m := r.passed[w]; m != 0; m &= m - 1 {
				at := w<<6 + bits.TrailingZeros64(m)
				x := at - row*r.stride
				if s := shareOf(coverage); s > 0 && x > before {
					take(row, before, min(x, r.width), s)
				}
				coverage += r.change[at]
				r.change[at] = 0
				before = x
			}
			r.passed[w] = 0
		}
	}
	r.top, r.bottom = r.height, 0
}
