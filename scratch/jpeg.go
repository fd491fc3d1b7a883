package scratch

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sort"
	"sync"
)

// encoder makes baseline JPEGs of canvases: 4:2:0, the quantisation tables of
// the standard's annex K at one quality, and its Huffman tables. See
// docs/decisions/011-jpeg.md.
//
// A decoder cannot tell its pictures from those of image/jpeg, which it is
// tested against.
type encoder struct {
	out     []byte
	bits    uint64 // not yet written, the newest lowest
	pending int    // how many: below 32 between two codes
	before  [3]int // the last DC of Y, Cb, Cr
	block   [64]int64
	// What the squares that nothing was painted on hold, in the line of them
	// that begins at the row bareAt.
	ground [3][64]int64
	bareAt int
}

// encode returns the picture; the bytes are the encoder's and change with the
// next one. The canvas is a multiple of 16 wide.
func (e *encoder) encode(c *canvas) []byte {
	t := coding()
	e.out = append(e.out[:0], t.head...)
	binary.BigEndian.PutUint16(e.out[t.sizeAt:], uint16(c.height))
	binary.BigEndian.PutUint16(e.out[t.sizeAt+2:], uint16(c.width))
	e.bits, e.pending, e.before, e.bareAt = 0, 0, [3]int{}, -1
	for y := 0; y < c.height; y += 16 {
		for x := 0; x < c.width; x += 16 {
			e.square(t, c, x, y)
		}
	}
	e.put(0x7F, 7) // fill the last byte with ones
	for ; e.pending >= 8; e.pending -= 8 {
		e.write(byte(e.bits >> (e.pending - 8)))
	}
	e.out = append(e.out, 0xFF, 0xD9)
	return e.out
}

// upper is the upper half of the words in a block, which hold two values each.
const upper = 1 << 32

// square encodes 16 x 16 pixels: four blocks of luma and, halved each way, one
// of each chroma. Blocks are transformed two at a time.
func (e *encoder) square(t *coder, c *canvas, x, y int) {
	var chroma [64]int64
	bare := c.bare(x, y)
	if bare && e.bareAt == y {
		e.again(t)
		return
	}
	for half := range 2 {
		for row := range 8 {
			at := min(y+8*half+row, c.height-1)*c.width + x
			line := (*[16]uint32)(c.pixels[at : at+16])
			to, sums := (*[8]int64)(e.block[8*row:]), (*[8]int64)(chroma[8*(4*half+row/2):])
			for i := range to {
				to[i] = int64(line[i]>>8&0xFF) + int64(line[i+8]>>8&0xFF)*upper
			}
			for i := range sums {
				s := line[2*i]&0xFF00FF + line[2*i+1]&0xFF00FF
				sums[i] += int64(s&0xFFFF) + int64(s>>16)*upper
			}
		}
		n := transform(&e.block)
		if bare {
			e.ground[half] = e.block
		}
		e.codes(&t.tables[0], n, 0, 0)
		e.codes(&t.tables[0], n, 32, 0)
	}
	for i, v := range chroma {
		v += 2 * (1 + upper) // sums of four pixels, rounded
		e.block[i] = v&0xFFFF>>2 + v>>34*upper
	}
	n := transform(&e.block)
	e.codes(&t.tables[1], n, 0, 1)
	e.codes(&t.tables[1], n, 32, 2)
	if bare {
		e.ground[2], e.bareAt = e.block, y
	}
}

// again encodes one more bare square of the same line.
func (e *encoder) again(t *coder) {
	for i := range e.ground {
		for k := 0; k < 64; k += 8 { // the first column is all there is
			e.block[k] = e.ground[i][k]
		}
		component := 2 * (i / 2)
		e.codes(&t.tables[i/2], 1, 0, (component+1)/2)
		e.codes(&t.tables[i/2], 1, 32, component)
	}
}

// transform is the cosine transform of two blocks at once, one in the lower and
// one in the upper half of the words: sums, and products with a number, are the
// same for both. The method is that of Arai, Agui and Nakajima; what it leaves to
// scale is in the quantisation. It returns how many columns may hold something
// besides zeros, 1 or 8.
func transform(b *[64]int64) int {
	columns := 1
	for i := 0; i < 64; i += 8 {
		r := b[i:][:8]
		v := r[0]
		if (v^r[1])|(v^r[2])|(v^r[3])|(v^r[4])|(v^r[5])|(v^r[6])|(v^r[7]) == 0 {
			r[0] = v << (3 + cosineBits)
			clear(r[1:])
			continue
		}
		columns = 8
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = cosines(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7])
	}
	for i := range columns {
		r := b[i:][:57]
		r[0], r[8], r[16], r[24], r[32], r[40], r[48], r[56] =
			cosines(r[0], r[8], r[16], r[24], r[32], r[40], r[48], r[56])
	}
	return columns
}

// cosineBits is the fraction of the numbers in cosines. With two passes a
// value has 8 + 2*(3.4+cosineBits) bits at most, and there is room for 31.
const cosineBits = 8

// cosines is the transform of one line, times 1<<cosineBits.
func cosines(a, b, c, d, e, f, g, h int64) (_, _, _, _, _, _, _, _ int64) {
	const half, c6, c2less, c2more = 181, 98, 139, 334 // .70711, .38268, .54120, 1.30656
	a, h = a+h, a-h
	b, g = b+g, b-g
	c, f = c+f, c-f
	d, e = d+e, d-e

	a, d = a+d, a-d
	b, c = b+c, b-c
	y0, y4 := (a+b)<<cosineBits, (a-b)<<cosineBits
	z, d := (c+d)*half, d<<cosineBits
	y2, y6 := d+z, d-z

	e, f, g = e+f, f+g, g+h
	z5 := (e - g) * c6
	z2, z4, z3 := e*c2less+z5, g*c2more+z5, f*half
	h <<= cosineBits
	z11, z13 := h+z3, h-z3
	return y0, z11 + z4, y2, z13 - z2, y4, z13 + z2, y6, z11 - z4
}

// codes quantises one of the two blocks, the one that lies so many bits up in
// the words, and writes its Huffman codes.
func (e *encoder) codes(tables *tables, columns, up, component int) {
	var half int64 // so that the lower number's sign does not count
	if up > 0 {
		half = upper / 2
	}
	const middle = 128 * 64 << (2 * cosineBits) // samples count from 128
	dc := tables.steps[0].quantised(int32((e.block[0]+half)>>up) - middle)
	value, n := signed(dc - e.before[component])
	e.before[component] = dc
	code := tables.dc[n]
	e.put(uint64(code>>8)<<n|value, int(code&0xFF)+n)

	order := tables.order[:]
	if columns == 1 {
		order = tables.firstColumn[:]
	}
	last := 0
	for i := range order {
		k := &order[i]
		v := int32((e.block[k.place&63] + half) >> (up & 63))
		if uint32(v)+k.low <= 2*k.low {
			continue
		}
		run := int(k.at) - last - 1
		for ; run > 15; run -= 16 {
			e.put(uint64(tables.ac[0xF0]>>8), int(tables.ac[0xF0]&0xFF))
		}
		last = int(k.at)
		value, n := signed(tables.steps[k.place&63].quantised(v))
		code := tables.ac[(run<<4|n)&0xFF]
		e.put(uint64(code>>8)<<n|value, int(code&0xFF)+n)
	}
	if last != 63 {
		e.put(uint64(tables.ac[0]>>8), int(tables.ac[0]&0xFF))
	}
}

// signed is a number in the form that follows its code, and of how many bits.
func signed(v int) (value uint64, n int) {
	if v >= 0 {
		n = bits.Len32(uint32(v))
		return uint64(v), n
	}
	n = bits.Len32(uint32(-v))
	return uint64(v-1) & (1<<n - 1), n
}

// put writes the lowest n bits of code, at most 27; there are no others in it.
func (e *encoder) put(code uint64, n int) {
	e.bits = e.bits<<n | code
	e.pending += n
	if e.pending < 32 {
		return
	}
	e.pending -= 32
	w := uint32(e.bits >> e.pending)
	if (^w-0x01010101)&w&0x80808080 == 0 { // no byte is 0xFF
		e.out = append(e.out, byte(w>>24), byte(w>>16), byte(w>>8), byte(w))
		return
	}
	for shift := 24; shift >= 0; shift -= 8 {
		e.write(byte(w >> shift))
	}
}

// write appends a byte; 0xFF is followed by a zero, to be no marker.
func (e *encoder) write(b byte) {
	e.out = append(e.out, b)
	if b == 0xFF {
		e.out = append(e.out, 0)
	}
}

// coder is what all pictures share.
type coder struct {
	head   []byte // up to the first code
	sizeAt int    // where in head height and width go
	tables [2]tables
}

// tables are for luma or chroma.
type tables struct {
	steps       [64]step
	order       [63]next   // of a block's values after the first
	firstColumn [7]next    // the same, where all others are zeros
	dc          [12]uint32 // code<<8 | length
	ac          [256]uint32
}

// next is a value to be written: where it is in a block and in the order, and
// what is so near to zero that it becomes zero.
type next struct {
	place, at uint8
	low       uint32
}

// step is one step of quantisation, scaled as cosines leaves its values.
type step struct {
	add     uint64 // for rounding
	inverse uint64 // times 1<<46
}

func newStep(size int, u, v int) step {
	scale := func(u int) float64 {
		if u == 0 {
			return 1
		}
		return math.Sqrt2 * math.Cos(float64(u)*math.Pi/16)
	}
	by := float64(size) * 8 * scale(u) * scale(v) * (1 << (2 * cosineBits))
	// The first value is rounded, so that slopes stay smooth. Of the others some more
	// become zero: it costs .2 dB and saves a twentieth of the bytes.
	round := .42
	if u == 0 && v == 0 {
		round = .5
	}
	return step{add: uint64(by * round), inverse: uint64(math.Round((1 << 46) / by))}
}

// low is up to where a value becomes zero.
func (s *step) low() uint32 {
	return uint32(sort.Search(1<<30, func(v int) bool { return s.quantised(int32(v)+1) != 0 }))
}

// quantised is how many steps v is.
func (s *step) quantised(v int32) int {
	if v < 0 {
		return -int((uint64(-int64(v)) + s.add) * s.inverse >> 46)
	}
	return int((uint64(v) + s.add) * s.inverse >> 46)
}

// coding is the coder of all pictures.
var coding = sync.OnceValue(func() *coder {
	t := &coder{}
	t.head = []byte{0xFF, 0xD8, 0xFF, 0xDB, 0, 2 + 2*65}
	const scale = 200 - 2*quality
	for i := range t.tables {
		t.head = append(t.head, byte(i))
		for at, place := range zigzag {
			size := min(max((annexK[i][at]*scale+50)/100, 1), 255)
			t.head = append(t.head, byte(size))
			step := newStep(size, int(place)%8, int(place)/8)
			t.tables[i].steps[place] = step
			if at > 0 {
				t.tables[i].order[at-1] = next{place, uint8(at), step.low()}
			}
		}
		column := t.tables[i].firstColumn[:0]
		for _, k := range t.tables[i].order {
			if k.place%8 == 0 {
				column = append(column, k)
			}
		}
	}
	t.sizeAt = len(t.head) + 5
	t.head = append(t.head, 0xFF, 0xC0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
	for i := range t.tables {
		dcCodes[i].spell(t.tables[i].dc[:])
		acCodes[i].spell(t.tables[i].ac[:])
		t.head = dcCodes[i].declare(t.head, byte(i))
		t.head = acCodes[i].declare(t.head, 0x10|byte(i))
	}
	t.head = append(t.head, 0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0)
	return t
})

// spell settles the code of each value, code<<8 | length.
func (h *huffman) spell(codes []uint32) {
	code, k := uint32(0), 0
	for i, n := range h.count {
		for range n {
			codes[h.value[k]] = code<<8 | uint32(i+1)
			code++
			k++
		}
		code <<= 1
	}
}

// declare appends the segment that defines the table.
func (h *huffman) declare(to []byte, name byte) []byte {
	to = append(to, 0xFF, 0xC4, 0, byte(19+len(h.value)), name)
	to = append(to, h.count[:]...)
	return append(to, h.value...)
}

// zigzag is the order in which a block's values are written.
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}
