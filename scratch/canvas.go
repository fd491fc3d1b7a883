package scratch

import (
	"image/color"
	"math/bits"
)

// canvas is a picture being drawn. Its pixels are what the JPEG will hold, luma
// and the two chromas, as mixing colours gives the same there as in red, green
// and blue: Cb in the lowest byte, then Y, then Cr.
type canvas struct {
	width, height int
	pixels        []uint32
	painted       [(down + 15) / 16]uint64 // of each 16 rows: which 16 columns were painted on
}

// resize makes the canvas so large, and keeps what is needed for that. What is
// on it is left as it was.
func (c *canvas) resize(width, height int) {
	if width*height > cap(c.pixels) {
		c.pixels = make([]uint32, width*height)
	}
	c.width, c.height, c.pixels = width, height, c.pixels[:width*height]
}

// bare tells whether the 16 x 16 pixels from a place on are as the ground was
// laid, the same all along each row.
func (c *canvas) bare(x, y int) bool { return c.painted[y/16]>>(x/16)&1 == 0 }

// touch notes that pixels of a row were painted on, from <= x < to.
func (c *canvas) touch(row, from, to int) {
	if from < to {
		c.painted[row/16] |= below((to+15)/16) &^ below(from/16)
	}
}

// pixel is a colour as the canvas keeps it.
func pixel(c color.NRGBA) uint32 {
	y, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
	return uint32(cb) | uint32(y)<<8 | uint32(cr)<<16
}

// fill paints what the raster covers, and leaves it empty.
func (c *canvas) fill(r *raster, ink color.NRGBA) {
	top, opacity := pixel(ink), (uint32(ink.A)*257+127)/255 // 0 to 257, then to 256
	opacity = min(opacity, 256)
	for row := r.top; row < r.bottom; row++ {
		line := c.pixels[row*c.width : (row+1)*c.width]
		coverage, share, before, first := float32(0), uint32(0), 0, -1
		for w := range r.words {
			at := row*r.words + w
			m := r.passed[at]
			if m == 0 {
				continue
			}
			r.passed[at] = 0
			if first < 0 {
				first = w<<6 + bits.TrailingZeros64(m)
			}
			for ; m != 0; m &= m - 1 {
				x := w<<6 + bits.TrailingZeros64(m)
				if share > 0 && x > before {
					blend(line[before:min(x, len(line))], top, share)
				}
				change := &r.change[row*r.stride+x]
				coverage += *change
				*change = 0
				share = shareOf(coverage) * opacity >> 8
				before = x
			}
		}
		if first >= 0 {
			c.touch(row, first, min(before, c.width))
		}
	}
	r.top, r.bottom = r.height, 0
}

// blend lays a share of the pixel top over a run of pixels, 1 to 256.
func blend(run []uint32, top, share uint32) {
	if share == 256 {
		for i := range run {
			run[i] = top
		}
		return
	}
	const chroma, luma = 0xFF00FF, 0x00FF00
	rest := 256 - share
	outer, inner := (top&chroma)*share+0x800080, (top&luma)*share+0x008000
	for i, p := range run {
		run[i] = ((p&chroma)*rest+outer)>>8&chroma | ((p&luma)*rest+inner)>>8&luma
	}
}
