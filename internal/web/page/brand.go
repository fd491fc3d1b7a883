package page

import (
	"fmt"
	"math"
	"strconv"
)

// The contrasts of WCAG 2.2 that a site's colour must reach: with the text on it (1.4.3), and with the card that it lies on (1.4.11).
const (
	textContrast    = 4.5
	surfaceContrast = 3.0
)

// The grounds that a colour lies on: those of look.css.
var (
	lightSurface = colour{0xFF, 0xFF, 0xFF}
	lightGround  = colour{0xCF, 0xE1, 0xDA} // --hill-2, the darkest that a link stands on
	darkSurface  = colour{0x18, 0x28, 0x23}
	paper        = colour{0xFF, 0xFF, 0xFF}
	soot         = colour{0x06, 0x24, 0x1C}
)

// Palette is everything that follows from a site's colour.
type Palette struct {
	Brand, Hover, OnBrand, Link            string
	DarkBrand, DarkHover, DarkOn, DarkLink string
}

// NewPalette derives a palette from a colour such as "#8a3b12". The error says why a colour cannot be used: with it,
// people could not read the buttons, or not see them.
func NewPalette(text string) (Palette, error) {
	c, err := parseColour(text)
	if err != nil {
		return Palette{}, err
	}
	on := paper
	if contrast(c, soot) > contrast(c, paper) {
		on = soot
	}
	if r := contrast(c, on); r < textContrast {
		return Palette{}, fmt.Errorf("%s is too close to its text: contrast %.1f, at least %.1f is needed; take a darker or a lighter one", text, r, textContrast)
	}
	if r := contrast(c, lightSurface); r < surfaceContrast {
		return Palette{}, fmt.Errorf("%s hardly stands out from a white card: contrast %.1f, at least %.1f is needed; take a darker one", text, r, surfaceContrast)
	}
	hover := c.mixed(soot, .18)
	if on == soot {
		hover = c.mixed(paper, .18) // away from its text
	}
	dark := c.until(paper, darkSurface, 7)
	return Palette{
		Brand: c.String(), Hover: hover.String(), OnBrand: on.String(), Link: c.until(soot, lightGround, textContrast).String(),
		DarkBrand: dark.String(), DarkHover: dark.mixed(paper, .3).String(), DarkOn: soot.String(), DarkLink: dark.mixed(paper, .15).String(),
	}, nil
}

// Sheet is the style sheet that puts the palette in place of the product's, to be served beside look.css.
func (p Palette) Sheet() string {
	return fmt.Sprintf(`:root { --brand: %s; --brand-hover: %s; --on-brand: %s; --link: %s; }
@media (prefers-color-scheme: dark) {
  :root { --brand: %s; --brand-hover: %s; --on-brand: %s; --link: %s; }
}
@media print {
  :root { --link: #000; }
}
`, p.Brand, p.Hover, p.OnBrand, p.Link, p.DarkBrand, p.DarkHover, p.DarkOn, p.DarkLink)
}

// colour is sRGB.
type colour struct{ r, g, b uint8 }

func (c colour) String() string { return fmt.Sprintf("#%02X%02X%02X", c.r, c.g, c.b) }

func parseColour(text string) (colour, error) {
	if len(text) == 7 && text[0] == '#' {
		if n, err := strconv.ParseUint(text[1:], 16, 24); err == nil {
			return colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
		}
	}
	return colour{}, fmt.Errorf("%q is no colour; write it like #8a3b12", text)
}

// luminance is the relative luminance of WCAG 2.2.
func (c colour) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= .04045 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*linear(c.r) + .7152*linear(c.g) + .0722*linear(c.b)
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// mixed is c with a share of another colour.
func (c colour) mixed(other colour, share float64) colour {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-share) + float64(b)*share)) }
	return colour{mix(c.r, other.r), mix(c.g, other.g), mix(c.b, other.b)}
}

// until mixes a colour in, as little as will do, for the contrast with a ground.
func (c colour) until(other, ground colour, enough float64) colour {
	for share := 0.0; share < 1; share += .02 {
		if m := c.mixed(other, share); contrast(m, ground) >= enough {
			return m
		}
	}
	return other
}
