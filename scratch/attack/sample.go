package main

import (
	"bytes"
	"image"
	"image/color"
	_ "image/jpeg" // what pictures are served as
	"math"
	"math/rand/v2"

	"twohens/scratch"
)

// The detector looks at a card at three quarters of its size in CSS pixels, which is half of the picture served, and
// says of each square of 8 CSS pixels which animal is there.
const (
	viewW, viewH = scratch.Width * 3 / 4, scratch.Height * 3 / 4
	maskCell     = 4 // CSS pixels: what Revealed tells places in
	maskW, maskH = scratch.Width / maskCell, scratch.Height / maskCell
	square       = 8 // CSS pixels
	squaresW     = scratch.Width / square
	squaresH     = scratch.Height / square
	viewChannels = 3
	nothing      = 0   // the class of the ground
	chicken      = 1   // the class of what is looked for; the others follow
	beyond       = 255 // the class of what lies outside the card
)

// sample is a card as the detector sees it, and what is on it.
type sample struct {
	view  []uint8 // brightness and two of colour, for each of viewW x viewH places
	class []uint8 // of each of maskW x maskH cells
}

// classes numbers the species as they turn up, chickens first.
type classes struct{ of map[scratch.Species]uint8 }

func newClasses() *classes { return &classes{map[scratch.Species]uint8{scratch.Chicken: chicken}} }

func (c *classes) number(s scratch.Species) uint8 {
	n, ok := c.of[s]
	if !ok {
		n = uint8(len(c.of) + 1)
		c.of[s] = n
	}
	return n
}

// count is how many classes there are, the ground among them.
func (c *classes) count() int { return len(c.of) + 1 }

// view is a served picture, halved.
func view(picture []byte) ([]uint8, error) {
	m, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	out := make([]uint8, 0, viewW*viewH*viewChannels)
	scale := float64(m.Bounds().Dx()) / viewW
	half, plain := m.(*image.YCbCr)
	plain = plain && half.SubsampleRatio == image.YCbCrSubsampleRatio420 && scale == 2
	for y := range viewH {
		for x := range viewW {
			if plain { // one place of colour is one of the view
				i, j := 2*y*half.YStride+2*x, y*half.CStride+x
				sum := int(half.Y[i]) + int(half.Y[i+1]) + int(half.Y[i+half.YStride]) + int(half.Y[i+half.YStride+1])
				out = append(out, uint8(sum/4), half.Cb[j], half.Cr[j])
				continue
			}
			var sum [3]int
			for _, q := range [4][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} {
				c := color.YCbCrModel.Convert(m.At(int((float64(x)+q[0])*scale), int((float64(y)+q[1])*scale))).(color.YCbCr)
				sum[0], sum[1], sum[2] = sum[0]+int(c.Y), sum[1]+int(c.Cb), sum[2]+int(c.Cr)
			}
			out = append(out, uint8(sum[0]/4), uint8(sum[1]/4), uint8(sum[2]/4))
		}
	}
	return out, nil
}

// label is the class of each cell of a card.
func label(animals []scratch.RevealedAnimal, c *classes) []uint8 {
	out := make([]uint8, maskW*maskH)
	for _, a := range animals {
		n := c.number(a.Species)
		for _, p := range a.Cells {
			out[p.Y/maskCell*maskW+p.X/maskCell] = n
		}
	}
	return out
}

// distortion is how a sample is altered before it is learnt from, so that a hundred cards do for thousands.
type distortion struct {
	a, b, c, d, x, y float64 // from a place of what is learnt from, about the middle, to one of the card, both 0 to 1
	gain, lift       float32 // of the brightness
	turn, colour     float32 // of the colours: radians, and a factor
}

func newDistortion(r *rand.Rand) distortion {
	zoom, turn := .85+.3*r.Float64(), (r.Float64()-.5)*.35
	s, c := math.Sincos(turn)
	const wide = float64(scratch.Width) / scratch.Height
	out := distortion{
		a: c * zoom, b: -s * zoom / wide, c: s * zoom * wide, d: c * zoom,
		x: .5 + (r.Float64()-.5)*.16, y: .5 + (r.Float64()-.5)*.16,
		gain: .8 + .4*r.Float32(), lift: (r.Float32() - .5) * .5,
		turn: (r.Float32() - .5) * 1.2, colour: .7 + .6*r.Float32(),
	}
	if r.IntN(2) == 0 {
		out.a, out.c = -out.a, -out.c
	}
	return out
}

// plainly is no distortion.
func plainly() distortion { return distortion{a: 1, d: 1, x: .5, y: .5, gain: 1, colour: 1} }

func (d *distortion) to(x, y float64) (float64, float64) {
	x, y = x-.5, y-.5
	return d.x + d.a*x + d.b*y, d.y + d.c*x + d.d*y
}

// see lays a sample's view out for the net.
func (d *distortion) see(out []float32, s *sample) {
	sin, cos := math.Sincos(float64(d.turn))
	s32, c32 := float32(sin)*d.colour, float32(cos)*d.colour
	at := 0
	for y := range viewH {
		for x := range viewW {
			u, v := d.to((float64(x)+.5)/viewW, (float64(y)+.5)/viewH)
			p := blend(s.view, u*viewW-.5, v*viewH-.5)
			l, cb, cr := p[0]/64-2, p[1]/32-4, p[2]/32-4
			out[at], out[at+1], out[at+2] = l*d.gain+d.lift, cb*c32-cr*s32, cb*s32+cr*c32
			at += viewChannels
		}
	}
}

// blend is the view at a place between four of its own; beyond the edge it goes on as at the edge.
func blend(view []uint8, x, y float64) (out [3]float32) {
	x, y = min(max(x, 0), viewW-1.001), min(max(y, 0), viewH-1.001)
	i, j := int(x), int(y)
	fx, fy := float32(x-float64(i)), float32(y-float64(j))
	up, low := view[(j*viewW+i)*3:], view[((j+1)*viewW+i)*3:]
	for k := range out {
		a, b := float32(up[k]), float32(up[k+3])
		c, e := float32(low[k]), float32(low[k+3])
		a, c = a+(b-a)*fx, c+(e-c)*fx
		out[k] = a + (c-a)*fy
	}
	return out
}

// classAt is the class in the middle of a square, or beyond beyond the card.
func (d *distortion) classAt(s *sample, x, y int) uint8 {
	u, v := d.to((float64(x)+.5)/squaresW, (float64(y)+.5)/squaresH)
	if u < 0 || u >= 1 || v < 0 || v >= 1 {
		return beyond
	}
	return s.class[int(v*maskH)*maskW+int(u*maskW)]
}
