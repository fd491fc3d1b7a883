package scratch

import (
	"bytes"
	"image"
	"image/jpeg"
)

const (
	// sharpness is the pixels of a picture for one CSS pixel of the card.
	sharpness = 1.5
	across    = Width * 3 / 2
	down      = Height * 3 / 2
	quality   = 72 // of the JPEG: the smallest that keeps eyes and combs clean
)

// ContentType of every picture.
const ContentType = "image/jpeg"

// open is the card as it looks with nothing over it.
func (c *card) open() *image.RGBA {
	on := image.NewRGBA(image.Rect(0, 0, across, down))
	c.style.yard.lay(on)
	c.paint(&pen{on: on, scale: sharpness})
	return on
}

// numbered is the open card with a number beside each animal.
func (c *card) numbered() *image.RGBA {
	on := c.open()
	c.badges(&pen{on: on, scale: sharpness})
	return on
}

// coarse is the card's averages over squares of coarseCell CSS pixels. It is
// drawn small, so it costs little.
func (c *card) coarse() [coarseRows][coarseColumns][3]float32 {
	const small = 4 // pixels of the small drawing in a square, each way
	on := image.NewRGBA(image.Rect(0, 0, coarseColumns*small, coarseRows*small))
	c.style.yard.lay(on)
	c.paint(&pen{on: on, scale: small / coarseCell})
	var out [coarseRows][coarseColumns][3]float32
	for y := range on.Rect.Dy() {
		for x := range on.Rect.Dx() {
			i := y*on.Stride + 4*x
			sum := &out[y/small][x/small]
			for k := range sum {
				sum[k] += float32(on.Pix[i+k]) / (small * small)
			}
		}
	}
	return out
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(32 << 10)
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}
