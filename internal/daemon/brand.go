package daemon

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour, each part from 0 to 1.
type rgb [3]float64

var (
	white       = rgb{1, 1, 1}
	ink         = mustParse("#06241C") // dark text on a light colour
	lightGround = white                // what stands behind buttons and links (look.css, --surface)
	darkGround  = mustParse("#182823")
)

func mustParse(text string) rgb {
	c, err := parseColour(text)
	if err != nil {
		panic(err)
	}
	return c
}

func parseColour(text string) (rgb, error) {
	if len(text) != 7 || text[0] != '#' {
		return rgb{}, fmt.Errorf("%q is no colour", text)
	}
	n, err := strconv.ParseUint(text[1:], 16, 32)
	if err != nil {
		return rgb{}, fmt.Errorf("%q is no colour", text)
	}
	return rgb{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, nil
}

func (c rgb) String() string {
	part := func(v float64) int { return int(math.Round(v * 255)) }
	return fmt.Sprintf("#%02X%02X%02X", part(c[0]), part(c[1]), part(c[2]))
}

// towards mixes some of another colour in.
func (c rgb) towards(other rgb, part float64) rgb {
	for i := range c {
		c[i] += (other[i] - c[i]) * part
	}
	return c
}

// luminance is WCAG's relative luminance.
func (c rgb) luminance() float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// contrast is WCAG's contrast ratio, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// readable moves a colour towards another until it stands out enough from a ground.
func readable(c, ground, towards rgb, enough float64) rgb {
	for part := 0.0; part <= 1; part += 0.02 {
		if mixed := c.towards(towards, part); contrast(mixed, ground) >= enough {
			return mixed
		}
	}
	return towards
}

// tone is a site's colour made fit for one ground: a button, the text on it, the button pointed at, and a link.
type tone struct{ button, text, hover, link rgb }

// tones makes a site's colour fit for light and for dark ground. Text has 4.5 to 1 on it, and links have it on their ground
// (WCAG 1.4.3), whatever colour was chosen: it is darkened or lightened until then.
func tones(text string) (light, dark tone, err error) {
	c, err := parseColour(text)
	if err != nil {
		return tone{}, tone{}, err
	}
	return fit(c, lightGround, rgb{}), fit(c, darkGround, white), nil
}

// fit moves a colour away from a ground until it can be used there.
func fit(c, ground, away rgb) tone {
	t := tone{button: readable(c, ground, away, 3), text: white, link: readable(c, ground, away, 4.5)}
	from := rgb{} // what the button moves towards, away from its text
	if contrast(white, t.button) < 4.5 && contrast(ink, t.button) > contrast(white, t.button) {
		t.text, from = ink, white
	}
	// On some middling colours neither text reads well enough; those give way.
	t.button = readable(t.button, t.text, from, 4.5)
	t.hover = t.button.towards(from, 0.16)
	return t
}

func (t tone) String() string {
	return fmt.Sprintf("--brand: %s; --brand-hover: %s; --on-brand: %s; --link: %s;", t.button, t.hover, t.text, t.link)
}

// brand is the style sheet that puts a site's colour in place of the product's.
func brand(light, dark tone) string {
	return fmt.Sprintf(":root { %s }\n@media (prefers-color-scheme: dark) { :root { %s } }\n", light, dark)
}
