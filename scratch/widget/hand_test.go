package widget

import (
	"image"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// hand answers the card that lies there, rightly.
type hand func(*tab)

// box is where the card lies on the screen.
type box struct{ X, Y, Width, Height float64 }

func (c box) at(p image.Point) (x, y float64) {
	return c.X + float64(p.X)*c.Width/scratch.Width, c.Y + float64(p.Y)*c.Height/scratch.Height
}

// card waits until the card can be rubbed, and brings it to where it can be.
func (b *tab) card() (sealed string, on box) {
	b.t.Helper()
	b.ready("foil")
	on = eval[box](b, `(() => {
		$(".foil").scrollIntoView({block: "center", behavior: "instant"});
		const r = $(".foil").getBoundingClientRect();
		return {x: r.x, y: r.y, width: r.width, height: r.height};
	})()`)
	return eval[string](b, `e.card`), on
}

func must[T any](b *tab, v T, err error) T {
	b.t.Helper()
	b.must(err)
	return v
}

// rubbing goes over both chickens with the mouse, or with a finger.
func rubbing(b *tab) {
	b.t.Helper()
	sealed, on := b.card()
	for _, s := range must2(scratchtest.Rub(b.keys, sealed))(b) {
		x, y := on.at(s[0])
		if b.touch {
			b.finger(input.DispatchTouchEventTypeTouchStart, x, y)
			for _, p := range s[1:] {
				x, y = on.at(p)
				b.finger(input.DispatchTouchEventTypeTouchMove, x, y)
			}
			b.finger(input.DispatchTouchEventTypeTouchEnd, x, y)
			continue
		}
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y),
			chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
		for _, p := range s[1:] {
			x, y = on.at(p)
			b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y, chromedp.ButtonLeft))
		}
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
}

// must2 hands two results on to must.
func must2[T any](v T, err error) func(*tab) T {
	return func(b *tab) T { b.t.Helper(); return must(b, v, err) }
}

// tapping dabs on both chickens. Nothing is dragged (WCAG 2.5.7).
func tapping(b *tab) {
	b.t.Helper()
	sealed, on := b.card()
	for _, p := range must2(scratchtest.Tap(b.keys, sealed, 1))(b) {
		b.hit(on.at(p))
	}
}

// keying moves the cursor with the arrows and rubs with the space bar.
func keying(b *tab) {
	b.t.Helper()
	sealed, _ := b.card()
	eval[bool](b, `$(".foil").focus() ?? true`)
	at := image.Pt(scratch.Width/2, scratch.Height/2)
	for _, to := range must2(scratchtest.Tap(b.keys, sealed, 8))(b) {
		b.arrows(to.X-at.X, "\u0302", "\u0303")
		b.arrows(to.Y-at.Y, "\u0304", "\u0301")
		b.press(" ")
		at = to
	}
}

func (b *tab) arrows(distance int, less, more string) {
	b.t.Helper()
	for ; distance < 0; distance += 8 {
		b.press(less)
	}
	for ; distance > 0; distance -= 8 {
		b.press(more)
	}
}

// wrongly rubs a corner, where no two chickens are.
func wrongly(b *tab) {
	b.t.Helper()
	_, on := b.card()
	b.hit(on.at(image.Pt(8, 8)))
}

// listening marks the two calls.
func listening(b *tab) {
	b.t.Helper()
	b.ready("calls")
	b.pass(3 * time.Second) // what listening takes
	for _, n := range must2(scratchtest.Pick(b.keys, eval[string](b, `e.card`)))(b) {
		b.mark(n)
	}
}

func (b *tab) mark(n int) {
	b.t.Helper()
	b.hitAt(`e.shadowRoot.querySelectorAll(".calls label")[` + string(rune('0'+n-1)) + `]`)
}

var _ testing.TB
