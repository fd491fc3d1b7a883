package scratch

import (
	"math"
	"math/bits"
)

// The card in CSS pixels, the unit of every place that goes to or comes from a
// browser.
const (
	Width  = 320
	Height = 200
)

const (
	// cell is the side of a mask's cells, in CSS pixels.
	cell    = 4
	columns = Width / cell
	rows    = Height / cell
	// Brush is the diameter of what one touch uncovers, in CSS pixels; one dab is about
	// 616 square ones.
	Brush = 28
)

// mask marks cells of the card, a bit for each.
type mask [rows][2]uint64

func (m *mask) set(x, y int)      { m[y][x>>6] |= 1 << (x & 63) }
func (m *mask) has(x, y int) bool { return m[y][x>>6]>>(x&63)&1 == 1 }

// count is how many cells are marked.
func (m *mask) count() int {
	n := 0
	for y := range m {
		n += bits.OnesCount64(m[y][0]) + bits.OnesCount64(m[y][1])
	}
	return n
}

// and is the cells marked in both.
func (m *mask) and(o *mask) mask {
	var out mask
	for y := range m {
		out[y] = [2]uint64{m[y][0] & o[y][0], m[y][1] & o[y][1]}
	}
	return out
}

// without is the cells of m that are not in o.
func (m *mask) without(o *mask) mask {
	var out mask
	for y := range m {
		out[y] = [2]uint64{m[y][0] &^ o[y][0], m[y][1] &^ o[y][1]}
	}
	return out
}

// grown is the cells of m and their eight neighbours.
func (m *mask) grown() (out mask) {
	var wide mask
	for y, r := range m {
		left := [2]uint64{r[0] << 1, r[1]<<1 | r[0]>>63}
		right := [2]uint64{r[0]>>1 | r[1]<<63, r[1] >> 1}
		wide[y] = [2]uint64{r[0] | left[0] | right[0], (r[1] | left[1] | right[1]) & (1<<(columns-64) - 1)}
	}
	for y := range wide {
		out[y] = wide[y]
		for _, z := range [2]int{y - 1, y + 1} {
			if z >= 0 && z < rows {
				out[y][0] |= wide[z][0]
				out[y][1] |= wide[z][1]
			}
		}
	}
	return out
}

// add marks the cells of o too.
func (m *mask) add(o *mask) {
	for y := range m {
		m[y][0] |= o[y][0]
		m[y][1] |= o[y][1]
	}
}

// takeHalf marks the cells that the raster, of the mask's size, covers at least
// half, and leaves it empty.
func (m *mask) takeHalf(r *raster) {
	r.sweep(func(row, from, to int, share uint32) {
		if share >= 128 {
			m[row][0] |= below(to) &^ below(from)
			m[row][1] |= below(to-64) &^ below(from-64)
		}
	})
}

// sweep marks the cells whose middle a disc of radius r touches on its way from
// a to b; with a equal to b it is a dab. Row by row, what it touches (a bar with
// two round ends, so convex) is one interval.
func (m *mask) sweep(a, b point, r float64) {
	low, high := min(a.y, b.y)-r, max(a.y, b.y)+r
	first := max(int(math.Ceil((low-cell/2)/cell)), 0)
	last := min(int(math.Floor((high-cell/2)/cell)), rows-1)
	side := barOf(a, b, r)
	for row := first; row <= last; row++ {
		y := float64(row)*cell + cell/2
		from, to := math.Inf(1), math.Inf(-1)
		if d := r*r - (y-a.y)*(y-a.y); d >= 0 {
			w := math.Sqrt(d)
			from, to = a.x-w, a.x+w
		}
		if d := r*r - (y-b.y)*(y-b.y); d >= 0 {
			w := math.Sqrt(d)
			from, to = min(from, b.x-w), max(to, b.x+w)
		}
		if lo, hi := side.at(y - a.y); lo <= hi {
			from, to = min(from, lo), max(to, hi)
		}
		left := max(int(math.Ceil((from-cell/2)/cell)), 0)
		right := min(int(math.Floor((to-cell/2)/cell)), columns-1)
		if left <= right {
			m[row][0] |= below(right+1) &^ below(left)
			m[row][1] |= below(right-63) &^ below(left-64)
		}
	}
}

// below is the lowest n of 64 bits; none for a negative n, all for more.
func below(n int) uint64 { return 1<<uint(min(max(n, 0), 64)) - 1 }

// bar is the straight part of the brush's path: between its two ends, and
// between its two edges. On a row of cells each of the four is where x has a
// value that grows evenly from row to row.
type bar struct {
	flat, steep bool // the path runs along the rows, or straight across them
	ends, edges [2]float64
	endsBy      float64
	edgesBy     float64
	long, r     float64
	down        float64 // 1 when the path runs down, -1 when up
	none        bool
}

func barOf(a, b point, r float64) bar {
	length := distance(a, b)
	if length < 1e-9 {
		return bar{none: true}
	}
	d := point{(b.x - a.x) / length, (b.y - a.y) / length}
	o := bar{long: length, r: r, down: math.Copysign(1, d.y), steep: math.Abs(d.x) < 1e-12, flat: math.Abs(d.y) < 1e-12}
	if !o.steep { // 0 <= d.x*(x-a.x) + d.y*(y-a.y) <= length
		o.endsBy = -d.y / d.x
		o.ends = [2]float64{a.x + min(0, length/d.x), a.x + max(0, length/d.x)}
	}
	if !o.flat { // -r <= d.y*(x-a.x) - d.x*(y-a.y) <= r
		o.edgesBy = d.x / d.y
		w := math.Abs(r / d.y)
		o.edges = [2]float64{a.x - w, a.x + w}
	}
	return o
}

// at is where the bar crosses the height y below its beginning; from over to
// when it does not.
func (o *bar) at(y float64) (from, to float64) {
	from, to = math.Inf(-1), math.Inf(1)
	switch {
	case o.none || o.flat && math.Abs(y) > o.r:
		return 1, 0
	case o.steep && (y*o.down < 0 || y*o.down > o.long):
		return 1, 0
	case o.steep:
	default:
		from, to = o.ends[0]+y*o.endsBy, o.ends[1]+y*o.endsBy
	}
	if !o.flat {
		from, to = max(from, o.edges[0]+y*o.edgesBy), min(to, o.edges[1]+y*o.edgesBy)
	}
	return from, to
}

// box is the rows and columns that hold all marked cells: from <= at < to.
func (m *mask) box() (fromX, fromY, toX, toY int) {
	var all [2]uint64
	fromY = rows
	for y := range m {
		if m[y] != [2]uint64{} {
			fromY, toY = min(fromY, y), y+1
			all[0] |= m[y][0]
			all[1] |= m[y][1]
		}
	}
	fromX, toX = bits.TrailingZeros64(all[0]), 64+bits.Len64(all[1])
	if all[0] == 0 {
		fromX = 64 + bits.TrailingZeros64(all[1])
	}
	if all[1] == 0 {
		toX = bits.Len64(all[0])
	}
	return fromX, fromY, toX, toY
}

// bounds is the box around the marked cells, in CSS pixels.
func (m *mask) bounds() (low, high point) {
	fromX, fromY, toX, toY := m.box()
	return point{float64(fromX) * cell, float64(fromY) * cell}, point{float64(toX) * cell, float64(toY) * cell}
}

// distance is how far a place is from the middle of the nearest marked cell, in
// CSS pixels, or most if it is no less.
func (m *mask) distance(p point, most float64) float64 {
	x := min(max(int(p.x/cell), 0), columns-1)
	from, to := max(int((p.y-most)/cell), 0), min(int((p.y+most)/cell), rows-1)
	for y := from; y <= to; y++ {
		if m[y] == [2]uint64{} {
			continue
		}
		dy := (float64(y)+.5)*cell - p.y
		for _, at := range [2]int{m.markedBefore(x, y), m.markedAfter(x, y)} {
			if at >= 0 {
				dx := (float64(at)+.5)*cell - p.x
				if d := dx*dx + dy*dy; d < most*most {
					most = math.Sqrt(d)
				}
			}
		}
	}
	return most
}

// markedBefore is the last marked cell of a row up to x, or -1.
func (m *mask) markedBefore(x, y int) int {
	if high := m[y][1] & below(x-63); high != 0 {
		return 63 + bits.Len64(high)
	}
	return bits.Len64(m[y][0]&below(x+1)) - 1
}

// markedAfter is the first marked cell of a row from x on, or -1.
func (m *mask) markedAfter(x, y int) int {
	if low := m[y][0] &^ below(x); low != 0 {
		return bits.TrailingZeros64(low)
	}
	if high := m[y][1] &^ below(x-64); high != 0 {
		return 64 + bits.TrailingZeros64(high)
	}
	return -1
}
