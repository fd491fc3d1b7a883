package browser

import (
	"image"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// hand is a way to answer a card.
type hand func(*tab)

// box is where the card lies on the screen.
type box struct{ X, Y, Width, Height float64 }

// at is a place of the card on the screen.
func (c box) at(p image.Point) (x, y float64) {
	return c.X + float64(p.X)*c.Width/scratch.Width, c.Y + float64(p.Y)*c.Height/scratch.Height
}

// element finds the challenge, and inner what is inside of it.
const (
	element = `document.querySelector("scratch-challenge")`
	inner   = element + `?.shadowRoot.querySelector`
)

// card waits until the card can be rubbed, and brings it to where it can be.
func (b *tab) card() (sealed string, on box) {
	b.t.Helper()
	b.until(element + `?.card`)
	on = eval[box](b, `(() => {
		const foil = `+inner+`(".foil");
		foil.scrollIntoView({block: "center", behavior: "instant"});
		const r = foil.getBoundingClientRect();
		return {x: r.x, y: r.y, width: r.width, height: r.height};
	})()`)
	return b.dealt(), on
}

// dealt is the card that lies there, sealed.
func (b *tab) dealt() string {
	b.t.Helper()
	if b.noScript {
		return b.value("[name=plain]")
	}
	b.until(element + `?.card`)
	return eval[string](b, element+`.card`)
}

// tool presses a button of the challenge by its class.
func (b *tab) tool(class string) {
	b.t.Helper()
	b.until(inner+`(%s)?.checkVisibility()`, "."+class)
	at := eval[spot](b, `(() => {
		const e = `+inner+`(%s);
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect();
		return {x: r.x + r.width / 2, y: r.y + r.height / 2};
	})()`, "."+class)
	b.hit(at.X, at.Y)
}

// ripen waits until an answer to a card counts. Sooner is quicker than a person can be, though not than a test.
func (b *tab) ripen(sealed string) {
	b.t.Helper()
	from, err := scratchtest.From(b.keys, sealed)
	must(b.t, err)
	<-time.After(time.Until(from))
}

// rubbing goes over both chickens with the mouse.
func rubbing(b *tab) {
	b.t.Helper()
	sealed, on := b.card()
	strokes, err := scratchtest.Rub(b.keys, sealed)
	must(b.t, err)
	for _, s := range strokes {
		b.rub(on, s)
	}
	b.ripen(sealed)
}

// pause is the pace of a hand, in milliseconds: one that goes on without is asked for a second round, as it should be.
func pause(least, most int) {
	<-time.After(time.Duration(least+rand.IntN(most-least)) * time.Millisecond)
}

// rub makes one stroke.
func (b *tab) rub(on box, s scratchtest.Stroke) {
	b.t.Helper()
	x, y := on.at(s[0])
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	for _, p := range s[1:] {
		pause(8, 24)
		x, y = on.at(p)
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y, chromedp.ButtonLeft))
	}
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// tapping dabs on both chickens: with a finger on a phone, or else with the mouse. Nothing is dragged (WCAG 2.5.7).
func tapping(b *tab) {
	b.t.Helper()
	sealed, on := b.card()
	places, err := scratchtest.Tap(b.keys, sealed, 1)
	must(b.t, err)
	for _, p := range places {
		pause(60, 160)
		b.hit(on.at(p))
	}
	b.ripen(sealed)
}

// keying moves the card's cursor with the arrows and rubs with the space bar.
func keying(b *tab) {
	b.t.Helper()
	sealed, _ := b.card()
	b.tabTo("scratch-challenge")
	for eval[bool](b, element+`.shadowRoot.activeElement?.matches(".foil") !== true`) {
		b.press("\t")
	}
	places, err := scratchtest.Tap(b.keys, sealed, 8)
	must(b.t, err)
	at := image.Pt(scratch.Width/2, scratch.Height/2)
	for _, to := range places {
		b.arrows(to.X-at.X, "\u0302", "\u0303")
		b.arrows(to.Y-at.Y, "\u0304", "\u0301")
		b.press(" ")
		at = to
	}
	b.ripen(sealed)
}

// arrows presses one of two arrow keys until a distance is gone.
func (b *tab) arrows(distance int, less, more string) {
	b.t.Helper()
	for ; distance < 0; distance += 8 {
		b.press(less)
	}
	for ; distance > 0; distance -= 8 {
		b.press(more)
	}
}

// marking ticks the numbers of both chickens, or of their calls, as somebody without a script does.
func marking(b *tab) {
	b.t.Helper()
	sealed := b.dealt()
	numbers, err := scratchtest.Pick(b.keys, sealed)
	must(b.t, err)
	b.mark(numbers...)
	b.ripen(sealed)
}

// hearing asks for the calls without a script, and ticks the two of chickens.
func hearing(b *tab) {
	b.t.Helper()
	b.follow("[name=action][value=listen]")
	marking(b)
}

// listening marks the two calls of chickens.
func listening(b *tab) {
	b.t.Helper()
	b.until(element + `?.card`)
	card := b.dealt()
	b.tool("other")
	b.until(element+`.card && `+element+`.card != %s`, card)
	sealed := b.dealt()
	numbers, err := scratchtest.Pick(b.keys, sealed)
	must(b.t, err)
	for _, n := range numbers {
		at := eval[spot](b, `(() => {
			const e = `+element+`.shadowRoot.querySelectorAll(".calls label")[%d];
			e.scrollIntoView({block: "center", behavior: "instant"});
			const r = e.getBoundingClientRect();
			return {x: r.x + r.width / 2, y: r.y + r.height / 2};
		})()`, n-1)
		b.hit(at.X, at.Y)
	}
	b.ripen(sealed)
}

// working has the device work in place of a puzzle.
func working(b *tab) {
	b.t.Helper()
	b.tool("less")
	b.tool("start")
	b.until(inner + `(".box").dataset.shows == "done"`)
}

func (b *tab) mark(numbers ...int) {
	b.t.Helper()
	for _, n := range numbers {
		b.click("label:has([name=pick][value=\"" + strconv.Itoa(n) + "\"])")
	}
	for n := 1; n <= eval[int](b, `document.querySelectorAll("[name=pick]").length`); n++ {
		want := false
		for _, m := range numbers {
			want = want || m == n
		}
		if eval[bool](b, `document.querySelector("[name=pick][value='%d']").checked`, n) != want {
			b.t.Fatalf("number %d: ticked is not %v", n, want)
		}
	}
}

// wrongly rubs a corner, where no two chickens are.
func wrongly(b *tab) {
	b.t.Helper()
	sealed, on := b.card()
	b.hit(on.at(image.Pt(8, 8)))
	b.ripen(sealed)
}
