package daemon

import (
	"fmt"
	"regexp"
	"testing"
)

var token = regexp.MustCompile(`--([a-z-]+): (#[0-9A-F]{6});`)

// Whatever colour a site has, its pages can be read.
func TestBrandIsReadable(t *testing.T) {
	for r := 0; r < 256; r += 15 {
		for g := 0; g < 256; g += 15 {
			for b := 0; b < 256; b += 15 {
				colour := fmt.Sprintf("#%02x%02x%02x", r, g, b)
				sheet := sheetOf(t, colour)
				found := token.FindAllStringSubmatch(sheet, -1)
				if len(found) != 8 {
					t.Fatalf("%s: %s", colour, sheet)
				}
				for i, ground := range []rgb{lightGround, darkGround} {
					tokens := map[string]rgb{}
					for _, f := range found[i*4 : i*4+4] {
						tokens[f[1]] = mustParse(f[2])
					}
					for what, c := range map[string]struct{ is, least float64 }{
						"text on a button":              {contrast(tokens["on-brand"], tokens["brand"]), 4.45},
						"text on a button pointed at":   {contrast(tokens["on-brand"], tokens["brand-hover"]), 4.45},
						"a link on its ground":          {contrast(tokens["link"], ground), 4.45},
						"a button's edge on its ground": {contrast(tokens["brand"], ground), 2.95},
					} {
						if c.is < c.least { // a hundredth less than asked for, by rounding to bytes
							t.Errorf("%s, ground %d, %s: %.2f\n%s", colour, i, what, c.is, sheet)
						}
					}
				}
			}
		}
	}
}

func sheetOf(t *testing.T, colour string) string {
	t.Helper()
	light, dark, err := tones(colour)
	if err != nil {
		t.Fatal(err)
	}
	return brand(light, dark)
}

// A site whose colour is fine keeps it.
func TestBrandIsKept(t *testing.T) {
	if first := token.FindStringSubmatch(sheetOf(t, "#0f5a4b")); first[1] != "brand" || first[2] != "#0F5A4B" {
		t.Error(first)
	}
	if _, _, err := tones("red"); err == nil {
		t.Error("took a word for a colour")
	}
}
