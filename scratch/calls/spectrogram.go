package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/cmplx"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

const (
	rate       = 16000 // samples a second
	window     = 512   // samples, 32 ms; narrower ones of 16 ms would blur the harmonics of low voices
	seconds    = 1.5   // of a panel
	panelWide  = 330   // pixels for them
	panelHigh  = 128   // pixels for 0 to 8 kHz
	marginLeft = 78
	marginTop  = 8
	marginFoot = 20
	floor      = -62. // dB under the loudest, that is black
	shades     = 32
)

// sheet is rows of spectrograms, one for each voice.
type sheet []strip

type strip struct {
	name  string
	calls [][]float64
}

func (s sheet) write(path string) error {
	across := len(s[0].calls)
	high := marginTop + panelHigh + marginFoot
	m := image.NewPaletted(image.Rect(0, 0, marginLeft+across*(panelWide+10), len(s)*high), palette())
	paper, ink := uint8(shades), uint8(shades+1)
	draw.Draw(m, m.Rect, image.NewUniform(m.Palette[paper]), image.Point{}, draw.Src)
	text := func(x, y int, t string) {
		d := font.Drawer{Dst: m, Src: image.NewUniform(m.Palette[ink]), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
		d.DrawString(t)
	}
	for r, row := range s {
		top := r*high + marginTop
		text(6, top+panelHigh/2, row.name)
		for khz := 0; khz <= 8; khz += 2 {
			text(marginLeft-20, min(top+panelHigh-khz*panelHigh/8+5, top+panelHigh+2), fmt.Sprint(khz))
		}
		for i, call := range row.calls {
			left := marginLeft + i*(panelWide+10)
			panel(m, left, top, call)
			for tenths := 0; tenths <= 15; tenths += 5 {
				text(min(left+tenths*panelWide/15-8, left+panelWide-38), top+panelHigh+13, fmt.Sprintf("%.1f s", float64(tenths)/10))
			}
		}
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, m); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// panel draws one spectrogram; longer calls than the panel are cut off.
func panel(m *image.Paletted, left, top int, call []float64) {
	columns := make([][]float64, panelWide)
	loudest := math.Inf(-1)
	for x := range columns {
		columns[x] = spectrum(call, int(float64(x)*seconds*rate/panelWide))
		for _, v := range columns[x] {
			loudest = max(loudest, v)
		}
	}
	for x, c := range columns {
		for y := range panelHigh {
			bin := (panelHigh - 1 - y) * (window / 2) / panelHigh
			v := max(c[bin], c[bin+1]) - loudest
			m.SetColorIndex(left+x, top+y, uint8(max(0, min(shades-1, (v-floor)/-floor*shades))))
		}
	}
}

// spectrum is the strength in dB of window/2 frequencies about a place.
func spectrum(call []float64, middle int) []float64 {
	x := make([]complex128, window)
	for i := range x {
		if at := middle + i - window/2; at >= 0 && at < len(call) {
			x[i] = complex(call[at]*(.5-.5*math.Cos(2*math.Pi*float64(i)/window)), 0)
		}
	}
	fourier(x)
	out := make([]float64, window/2)
	for i := range out {
		out[i] = 20 * math.Log10(cmplx.Abs(x[i])+1e-6)
	}
	return out
}

// fourier transforms in place; the length is a power of two.
func fourier(x []complex128) {
	n := len(x)
	if n == 1 {
		return
	}
	even, odd := make([]complex128, n/2), make([]complex128, n/2)
	for i := range even {
		even[i], odd[i] = x[2*i], x[2*i+1]
	}
	fourier(even)
	fourier(odd)
	for i := range even {
		t := cmplx.Rect(1, -2*math.Pi*float64(i)/float64(n)) * odd[i]
		x[i], x[i+n/2] = even[i]+t, even[i]-t
	}
}

// palette runs from black over blue-green and yolk to white, and has paper and ink.
func palette() color.Palette {
	stops := [][3]float64{{8, 12, 20}, {20, 52, 78}, {22, 110, 100}, {160, 160, 60}, {250, 190, 60}, {255, 250, 235}}
	var p color.Palette
	for i := range shades {
		at := float64(i) / (shades - 1) * float64(len(stops)-1)
		k := min(int(at), len(stops)-2)
		t := at - float64(k)
		mixed := func(c int) uint8 { return uint8(stops[k][c] + t*(stops[k+1][c]-stops[k][c])) }
		p = append(p, color.RGBA{mixed(0), mixed(1), mixed(2), 255})
	}
	return append(p, color.White, color.RGBA{20, 38, 31, 255})
}
