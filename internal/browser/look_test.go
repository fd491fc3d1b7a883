package browser

import (
	"testing"

	"twohens/internal/config"
)

// A site's own colour and logo are on every page, in light and in dark, and can be read.
func TestOwnLook(t *testing.T) {
	t.Parallel()
	for _, colour := range []string{"#b45309", "#2b0a3d"} {
		s := newSite(t, func(c *config.Config) {
			c.Site.Colour, c.Site.Logo = colour, "../web/static/mark.svg"
			c.Site.Name = "Fernbank and Daughters, Booksellers of the Old Harbour"
		})
		for _, dark := range []bool{false, true} {
			b := s.browse(person{dark: dark})
			b.open("/recover")
			if !eval[bool](b, `document.querySelector(".site img").naturalWidth > 0 && document.querySelector(".site img").src.includes("/logo.svg")`) {
				t.Error("the logo is not shown")
			}
			if own := eval[string](b, `getComputedStyle(document.querySelector("button.go")).backgroundColor`); own == "rgb(15, 90, 75)" || own == "rgb(134, 214, 191)" {
				t.Errorf("%s: the button has the product's colour", colour)
			}
			b.axe("color-contrast")
			b.narrow()
			b.fits()
		}
	}
}
