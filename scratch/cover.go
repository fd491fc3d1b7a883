package scratch

import (
	"image/color"
	"math"
	"sync"
)

// The cover is made from averages over squares this large, in CSS pixels: an
// animal is about four of them wide. It shows that something is there, not
// what.
const (
	coarseColumns = 24
	coarseRows    = 15
	coarseCell    = float64(Width) / coarseColumns
	weaveStrength = .34
)

// foil is the sheen of a cover: colours along its slope.
type foil []color.NRGBA

var foils = []foil{
	{rgb(0x9DB4AD), rgb(0xCBD9D4), rgb(0xE9F1EE), rgb(0xBFD0CA), rgb(0x96AEA6), rgb(0xD9E5E1), rgb(0xA6BCB5)}, // egg blue
	{rgb(0xA5AFB9), rgb(0xD0D8DF), rgb(0xEDF2F5), rgb(0xC3CDD6), rgb(0x9EA9B5), rgb(0xDCE4EA), rgb(0xAAB5C0)}, // silver
	{rgb(0xB7AE96), rgb(0xDDD5BF), rgb(0xF4EFDF), rgb(0xCFC6AE), rgb(0xAFA58C), rgb(0xE6DFCB), rgb(0xBBB299)}, // straw
}

// stops is where along the slope the seven colours of a foil sit.
var stops = [7]float64{0, .2, .34, .46, .66, .82, 1}

func (f foil) at(t float64) color.NRGBA {
	for i := 1; i < len(stops); i++ {
		if t <= stops[i] {
			return mix(f[i-1], f[i], (t-stops[i-1])/(stops[i]-stops[i-1]))
		}
	}
	return f[len(f)-1]
}

// weave is how strongly each pixel of a cover shows the honeycomb of thin
// light lines that lies over every foil, of 256.
var weave = sync.OnceValue(func() *[down][across]uint8 {
	var p pen
	p.raster.resize(across, down)
	p.scale = sharpness
	const w, h = 12., 20.8
	for y := 0.; y < Height; y += h {
		for x := 0.; x < Width; x += w {
			p.lines([]polygon{
				{points: []point{{x + 6, y}, {x + 6, y + 3.5}, {x, y + 6.9}, {x, y + 13.9}, {x + 6, y + 17.3}, {x + 6, y + 20.8}}},
				{points: []point{{x + 6, y + 3.5}, {x + 12, y + 6.9}}},
				{points: []point{{x + 12, y + 13.9}, {x + 6, y + 17.3}}},
			}, .9)
		}
	}
	var on [down][across]uint8
	p.raster.sweep(func(row, from, to int, share uint32) {
		for x := from; x < to; x++ {
			on[row][x] = uint8(float64(share) * weaveStrength)
		}
	})
	return &on
})

// drawCover draws the frosted layer that the person rubs away.
func (e *easel) drawCover(c *card) {
	e.drawCoarse(c)
	e.pen.use(across, down, sharpness)
	e.frost(c.style.foil)
}

// A number of a cover is the three parts of a pixel in one word, see spread, of
// 8 bits and 5 more for the fraction; weights have 8 bits, so that a weighted
// sum just fits into its 21.
const (
	weightSum = 256
	fraction  = 5
	parts     = 1 | 1<<21 | 1<<42 // one of each part
)

// tap is, for a pixel of a line, its four squares and their weights: a cubic
// B-spline, which is smoother than the squares it runs through.
type tap struct {
	from   [4]uint8
	weight [4]uint64
}

func newTaps(pixels, squares int) []tap {
	out := make([]tap, pixels)
	for i := range out {
		at := (float64(i)+.5)*float64(squares)/float64(pixels) - .5
		floor := math.Floor(at)
		t := at - floor
		u := 1 - t
		left := uint64(weightSum)
		for k, w := range [4]float64{u * u * u / 6, (3*t*t*t - 6*t*t + 4) / 6, (3*u*u*u - 6*u*u + 4) / 6, t * t * t / 6} {
			out[i].from[k] = uint8(min(max(int(floor)-1+k, 0), squares-1))
			out[i].weight[k] = uint64(math.Round(w * weightSum))
			left -= out[i].weight[k]
		}
		out[i].weight[1+i*squares/pixels%2] += left // one more or less, if anything: it wraps
	}
	return out
}

var (
	tapsAcross = sync.OnceValue(func() []tap { return newTaps(across/2, coarseColumns) })
	tapsDown   = sync.OnceValue(func() []tap { return newTaps(down, coarseRows) })
)

// frost spreads the averages over the picture and lays the foil's sheen and the
// weave over it.
func (e *easel) frost(f foil) {
	taps := tapsAcross()
	for y := range e.coarse {
		line := &e.coarse[y]
		for x := range taps {
			t := &taps[x]
			v := line[t.from[0]]*t.weight[0] + line[t.from[1]]*t.weight[1] + line[t.from[2]]*t.weight[2] + line[t.from[3]]*t.weight[3]
			e.wide[y][x] = v >> 7 & (parts * (1<<13 - 1))
		}
	}
	sheen := f.sheen()
	for i := range e.pen.on.painted {
		e.pen.on.painted[i] = ^uint64(0)
	}
	for y, t := range tapsDown() {
		e.frostLine(y, &t, &sheen)
	}
}

// sheen is a foil's colours along its slope, as numbers of the cover.
func (f foil) sheen() (out [512]uint64) {
	for i := range out {
		out[i] = spread(pixel(f.at(float64(i)/float64(len(out)-1)))) << fraction
	}
	return out
}

// frostLine draws one row. What is smooth is settled for two pixels at a time;
// the squares are 20 pixels wide.
func (e *easel) frostLine(y int, t *tap, sheen *[512]uint64) {
	// How far along the sheen's 511 steps two pixels are, and a row, times 1<<16.
	const slope, whole = .62, 511 * 65536 / (1 + .62*.62)
	stepX, stepY := int(math.Floor(whole/across*2)), int(math.Floor(whole*slope/down))
	const foilShare = 138 // of weightSum, where no thread is
	const half = parts << (fraction + 7)
	white := spread(pixel(color.NRGBA{255, 255, 255, 255})) << fraction
	a, b, c, d := &e.wide[t.from[0]], &e.wide[t.from[1]], &e.wide[t.from[2]], &e.wide[t.from[3]]
	wa, wb, wc, wd := t.weight[0], t.weight[1], t.weight[2], t.weight[3]
	line, thread := e.pen.on.pixels[y*across:(y+1)*across], &weave()[y]
	at := y * stepY
	for x := range a {
		v := (a[x]*wa + b[x]*wb + c[x]*wc + d[x]*wd) >> 8 & (parts * (1<<13 - 1))
		v = v*(weightSum-foilShare) + sheen[at>>16&511]*foilShare
		at += stepX
		p := packed((v + half) >> (fraction + 8))
		line[2*x], line[2*x+1] = p, p
		if thread[2*x]|thread[2*x+1] == 0 {
			continue
		}
		v = v >> 8 & (parts * (1<<13 - 1))
		for i := range 2 {
			light := uint64(thread[2*x+i])
			line[2*x+i] = packed((v*(weightSum-light) + white*light + half) >> (fraction + 8))
		}
	}
}

// packed is what spread was made of.
func packed(v uint64) uint32 { return uint32(v&0xFF | v>>13&0xFF00 | v>>26&0xFF0000) }
