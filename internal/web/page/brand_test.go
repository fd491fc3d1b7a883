package page

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestContrast(t *testing.T) {
	black, white := colour{}, colour{255, 255, 255}
	if r := contrast(black, white); r < 20.99 || r > 21.01 {
		t.Errorf("black on white is %.2f, want 21", r)
	}
	if r := contrast(colour{0x76, 0x76, 0x76}, white); r < 4.5 || r > 4.6 { // the textbook's lightest grey that passes
		t.Errorf("#767676 on white is %.2f, want 4.54", r)
	}
}

func TestBrandRefuses(t *testing.T) {
	for _, c := range []string{"", "red", "#12345", "#1234567", "#12345g", "123456#", "#FFFFFF", "#FFD34E", "#E0E0E0", "#8A8A8A;}", "#+12345"} {
		if palette, err := NewPalette(c); err == nil {
			t.Errorf("%q was taken:\n%s", c, palette.Sheet())
		}
	}
}

// TestBrandCanBeRead derives palettes from many colours: what is not refused reaches the contrasts in light and in dark.
func TestBrandCanBeRead(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 5000 {
		c := colour{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32())}
		p, err := NewPalette(c.String())
		if err != nil {
			continue
		}
		taken++
		for _, pair := range []struct {
			what    string
			on, of  string
			atLeast float64
		}{
			{"text on the button", p.OnBrand, p.Brand, 4.5},
			{"text on the button under the pointer", p.OnBrand, p.Hover, 4.5},
			{"the button on the card", p.Brand, lightSurface.String(), 3},
			{"a link on the card", p.Link, lightSurface.String(), 4.5},
			{"a link on the ground", p.Link, lightGround.String(), 4.5},
			{"text on the dark button", p.DarkOn, p.DarkBrand, 4.5},
			{"text on the dark button under the pointer", p.DarkOn, p.DarkHover, 4.5},
			{"the button on the dark card", p.DarkBrand, darkSurface.String(), 3},
			{"a link on the dark card", p.DarkLink, darkSurface.String(), 4.5},
		} {
			a, _ := parseColour(pair.on)
			b, _ := parseColour(pair.of)
			if r := contrast(a, b); r < pair.atLeast {
				t.Fatalf("%s: %s is %.2f, want %.1f (%s on %s)", c, pair.what, r, pair.atLeast, pair.on, pair.of)
			}
		}
	}
	if taken < 1000 {
		t.Errorf("only %d of 5000 colours can be used", taken)
	}
}

func TestBrandIsOneSheet(t *testing.T) {
	palette, err := NewPalette("#8a3b12")
	if err != nil {
		t.Fatal(err)
	}
	css := palette.Sheet()
	if !strings.Contains(css, "--brand: #8A3B12;") || strings.Count(css, "{") != strings.Count(css, "}") {
		t.Errorf("not a style sheet:\n%s", css)
	}
}
