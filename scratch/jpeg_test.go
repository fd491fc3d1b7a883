package scratch

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// likeness is the peak signal-to-noise ratio, in decibels, of the luma of a JPEG
// to what was drawn.
func likeness(t testing.TB, on *canvas, picture []byte) float64 {
	t.Helper()
	got := decoded(t, picture)
	if got.Rect != image.Rect(0, 0, on.width, on.height) || got.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		t.Fatalf("%v %v", got.Rect, got.SubsampleRatio)
	}
	sum := 0.
	for y := range on.height {
		for x := range on.width {
			d := float64(on.pixels[y*on.width+x]>>8&0xFF) - float64(got.Y[got.YOffset(x, y)])
			sum += d * d
		}
	}
	return 10 * math.Log10(255*255*float64(len(on.pixels))/sum)
}

// seen is the canvas as an image of the standard library.
func (c *canvas) seen() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, c.width, c.height))
	for i, p := range c.pixels {
		r, g, b := color.YCbCrToRGB(uint8(p>>8), uint8(p), uint8(p>>16))
		copy(m.Pix[4*i:], []uint8{r, g, b, 255})
	}
	return m
}

// Our encoder's pictures are as good as those of the standard library at the
// same quality, and no larger.
func TestEncoderIsAsGoodAsTheLibrary(t *testing.T) {
	e := new(easel)
	for n := range 8 {
		c := numberedCard(n)
		for _, k := range []Kind{Open, Cover, Numbered} {
			e.draw(c, k)
			ours := e.encoder.encode(&e.pen.on)
			var b bytes.Buffer
			if err := jpeg.Encode(&b, e.pen.on.seen(), &jpeg.Options{Quality: quality}); err != nil {
				t.Fatal(err)
			}
			got, want := likeness(t, &e.pen.on, ours), likeness(t, &e.pen.on, b.Bytes())
			if got < want-.3 {
				t.Errorf("card %d, kind %d: %.2f dB, the library %.2f", n, k, got, want)
			}
			if len(ours) > b.Len() {
				t.Errorf("card %d, kind %d: %d bytes, the library %d", n, k, len(ours), b.Len())
			}
			sameColours(t, ours, b.Bytes())
		}
	}
}

// sameColours compares the averages of both chromas.
func sameColours(t *testing.T, a, b []byte) {
	t.Helper()
	m, o := decoded(t, a), decoded(t, b)
	for i, plane := range [2][2][]uint8{{m.Cb, o.Cb}, {m.Cr, o.Cr}} {
		sum := 0.
		for j, v := range plane[0] {
			sum += math.Abs(float64(v) - float64(plane[1][j]))
		}
		if off := sum / float64(len(plane[0])); off > 2 {
			t.Errorf("chroma %d differs by %.1f", i, off)
		}
	}
}

// Canvases of noise and of the largest steps there can be come back as they
// were, as far as the quality goes: no sum overflows, and every code is right.
func TestEncoderOnHardCanvases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c canvas
		c.resize(16*rapid.IntRange(1, 3).Draw(t, "squares"), rapid.IntRange(12, 50).Draw(t, "height"))
		for i := range c.painted {
			c.painted[i] = ^uint64(0)
		}
		hard := rapid.Bool().Draw(t, "hard")
		s := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for i := range c.pixels {
			p := s.Uint32()
			if hard { // black or white
				p = -(p & 1)
			}
			c.pixels[i] = p & 0xFFFFFF
		}
		var e encoder
		ours := e.encode(&c)
		var b bytes.Buffer
		library := image.NewYCbCr(image.Rect(0, 0, c.width, c.height), image.YCbCrSubsampleRatio444)
		for i, p := range c.pixels {
			library.Cb[i], library.Y[i], library.Cr[i] = uint8(p), uint8(p>>8), uint8(p>>16)
		}
		if err := jpeg.Encode(&b, library, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		got, want := decoded(t, ours), decoded(t, b.Bytes())
		ourSum, librarySum := 0., 0.
		for y := range c.height {
			for x := range c.width {
				v := float64(c.pixels[y*c.width+x] >> 8 & 0xFF)
				ourSum += math.Pow(v-float64(got.Y[got.YOffset(x, y)]), 2)
				librarySum += math.Pow(v-float64(want.Y[want.YOffset(x, y)]), 2)
			}
		}
		if ourSum > 2*librarySum+100*float64(len(c.pixels)) {
			t.Fatalf("a squared error of %.0f, the library %.0f", ourSum, librarySum)
		}
	})
}

func decoded(t interface{ Fatal(...any) }, b []byte) *image.YCbCr {
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m.(*image.YCbCr)
}

// A square that nothing was painted on is encoded as any other would be.
func TestBareGroundIsEncodedLikeAnyOther(t *testing.T) {
	e := new(easel)
	for n := range 8 {
		c := numberedCard(n)
		c.style.yard.pattern = slope // the only one that is the same all along each line
		e.draw(c, Open)
		bare := 0
		for _, m := range e.pen.on.painted {
			bare += across/16 - bits.OnesCount64(m)
		}
		if bare == 0 {
			t.Fatal("everything was painted on")
		}
		short := bytes.Clone(e.encoder.encode(&e.pen.on))
		for i := range e.pen.on.painted {
			e.pen.on.painted[i] = ^uint64(0)
		}
		if !bytes.Equal(short, e.encoder.encode(&e.pen.on)) {
			t.Errorf("card %d differs", n)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, bench := range kinds {
		b.Run(bench.name, func(b *testing.B) {
			e := new(easel)
			e.draw(numberedCard(0), bench.kind)
			size := 0
			b.ReportAllocs()
			for b.Loop() {
				size = len(e.encoder.encode(&e.pen.on))
			}
			b.ReportMetric(float64(size)/1000, "kB/picture")
		})
	}
}

// BenchmarkLibrary encodes the same open card with image/jpeg, which everybody has: by it, figures of different machines compare.
func BenchmarkLibrary(b *testing.B) {
	m, err := jpeg.Decode(bytes.NewReader(mustEncode(b, numberedCard(0), Open)))
	if err != nil {
		b.Fatal(err)
	}
	on := image.NewRGBA(m.Bounds())
	draw.Draw(on, on.Bounds(), m, image.Point{}, draw.Src)
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := jpeg.Encode(&out, on, &jpeg.Options{Quality: 70}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len())/1000, "kB/picture")
}
