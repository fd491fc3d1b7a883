package browser

import (
	"testing"

	"github.com/chromedp/cdproto/animation"
	"github.com/chromedp/cdproto/cdp"

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

// The hen walks from one page to the next, and nobody has to wait for her.
func TestHenWalks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browse(person{})
	b.must(call(b, animation.Enable, cdp.Empty{}))
	b.must(call(b, animation.SetPlaybackRate, animation.SetPlaybackRateParams{PlaybackRate: .01})) // a minute instead of half a second
	const walks = `document.getAnimations().some((a) => a.effect.pseudoElement == "::view-transition-group(hen)")`
	// A browser leaves a transition out when the next page takes four seconds to be drawn, as on a busy machine.
	for tries := 1; ; tries++ {
		b.open("/signin")
		b.follow(".forgot a")
		b.at("/recover")
		b.until(`document.readyState == "complete"`)
		if eval[bool](b, walks) {
			break
		}
		if tries == 10 {
			t.Fatal("she never walks")
		}
	}
	b.write("#address", "ada@fernbank.example")
	if got := b.value("#address"); got != "ada@fernbank.example" {
		t.Errorf("while she walks, the field takes %q", got)
	}
	if !eval[bool](b, walks) {
		t.Error("she was there too soon for this to say anything")
	}
}
