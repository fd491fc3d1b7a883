package widget

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"twohens/scratch"
)

// axeFile is what script/prepare fetches.
const axeFile = "../../.cache/axe.min.js"

// violation is a rule of axe-core that the page breaks.
type violation struct {
	ID    string
	Nodes []struct {
		HTML    string
		Summary string `json:"failureSummary"`
	}
}

// violations are the rules of WCAG 2.2 AA, and the practices, that axe-core finds broken.
func (b *tab) violations() []violation {
	b.t.Helper()
	script, err := os.ReadFile(axeFile)
	need(b.t, "axe-core", err == nil)
	if !eval[bool](b, `"axe" in window`) {
		eval[bool](b, string(script)+"\ntrue")
	}
	return eval[[]violation](b, `axe.run(document, {
		runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
		rules: {"target-size": {enabled: true}}, resultTypes: ["violations"],
	}).then((r) => r.violations)`)
}

// axe fails the test for each of them.
func (b *tab) axe(state string) {
	b.t.Helper()
	for _, v := range b.violations() {
		for _, n := range v.Nodes {
			b.t.Errorf("%s: %s: %s\n%s", state, v.ID, n.Summary, n.HTML)
		}
	}
}

// states shows every state of the element, one after another, and has each looked at.
func (b *tab) states(origin string, look func(state string), pairs ...string) {
	b.t.Helper()
	notice := func(kind string) {
		b.until(`!$(".notice").hidden && $(".notice").classList.contains(%s)`, kind)
	}
	b.set(func(g *rules) { *g = rules{deal: 4 * time.Minute} })
	b.open(at(origin, pairs...))
	b.until(`!$(".mend").hidden`)
	look("limited")
	b.set(func(g *rules) { *g = rules{} })
	b.click(".mend")
	b.card()
	look("card")
	b.send()
	notice("bad")
	look("unanswered")
	wrongly(b)
	look("rubbed")
	before := eval[string](b, `e.card`)
	b.send()
	b.until(`e.card && e.card != %s`, before)
	look("ran away")
	tapping(b)
	eval[bool](b, `e.verify(), true`)
	notice("fine")
	look("passed")
	eval[bool](b, `e.reset() ?? true`)
	b.card()
	b.click(".other")
	b.ready("calls")
	b.mark(2)
	look("calls")
	b.click(".less")
	b.ready("none")
	look("no puzzle")
	b.set(func(g *rules) { g.level = 2 })
	b.click(".start")
	b.ready("wait")
	look("working")
	b.until(`$(".box").dataset.shows == "done"`)
	look("done")
	b.pass(41 * time.Minute)
	b.send()
	b.until(`!$(".mend").hidden`)
	look("over")
	b.forgive("429")
	b.forgive("410")
}

// Nothing is broken for those who see little, hear, or use other means, in any state, light or dark.
func TestAxe(t *testing.T) {
	t.Parallel()
	for _, dark := range []bool{false, true} {
		t.Run(fmt.Sprint("dark ", dark), func(t *testing.T) {
			s := newStand(t, func(c *scratch.Config) { c.Bits = 5 })
			b := s.browse(t, person{dark: dark, still: true})
			seen := []string{}
			b.states(s.own, func(state string) {
				b.axe(state)
				seen = append(seen, state)
			})
			if len(seen) != 11 {
				t.Errorf("saw %v", seen)
			}
			// It does look inside of the element.
			eval[bool](b, `Object.assign($(".mend").style, {color: "#ccc", background: "#fff"}), $(".mend").ariaLabel = "x", true`)
			if found := b.violations(); len(found) == 0 {
				t.Error("axe-core finds nothing where something is broken")
			}
		})
	}
}

// On a small phone, in a language from right to left, in other people's colours: everything is within the page, every target is
// large enough to hit, nothing moves that was not asked to.
func TestSmallScreens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, dir string
		person
	}{
		{"es", "ltr", person{wide: 320, touch: true}},
		{"ar", "rtl", person{wide: 320, touch: true, still: true}},
		{"en", "ltr", person{wide: 320, forced: true, still: true}},
	} {
		t.Run(c.lang, func(t *testing.T) {
			s := newStand(t, func(c *scratch.Config) { c.Bits = 5 })
			b := s.browse(t, c.person)
			b.states(s.shop, func(state string) {
				if over := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
					t.Errorf("%s: the page is %v px too wide", state, over)
				}
				if small := eval[string](b, `[...e.shadowRoot.querySelectorAll("button, label")].filter((b) => {
					const r = b.getBoundingClientRect(); return r.width && (r.height < 44 || r.width < 44); }).map((b) => b.className + b.innerText).join()`); small != "" {
					t.Errorf("%s: too small to hit: %s", state, small)
				}
				if out := eval[string](b, `[...e.shadowRoot.querySelectorAll("*:not(.hush)")].filter((b) => {
					const r = b.getBoundingClientRect(); return r.width && (r.left < -1 || r.right > innerWidth + 1); }).map((b) => b.className).join()`); out != "" {
					t.Errorf("%s: out of the page: %s", state, out)
				}
				if c.still && eval[int](b, `e.getAnimations({subtree: true}).length + e.shadowRoot.getAnimations().length`) != 0 {
					t.Errorf("%s: something moves", state)
				}
			}, "lang", c.lang, "dir", c.dir)
			if got := eval[string](b, `$(".box").dir + getComputedStyle($(".title")).direction`); got != c.dir+c.dir {
				t.Error(got)
			}
		})
	}
}

// Crumbs fall from the foil, but not for those who asked for less motion.
func TestCrumbs(t *testing.T) {
	for _, still := range []bool{false, true} {
		t.Run(fmt.Sprint("less motion ", still), func(t *testing.T) {
			s := newStand(t)
			b := s.browse(t, person{still: still, before: `const fill = CanvasRenderingContext2D.prototype.fillRect; window.crumbs = 0;
				CanvasRenderingContext2D.prototype.fillRect = function (...at) { if (this.canvas.className == "air") crumbs++; return fill.apply(this, at); };`})
			b.open(at(s.own))
			b.card()
			before := eval[string](b, `$("canvas").getContext("2d").getImageData(8, 8, 1, 1).data.join()`)
			wrongly(b)
			b.until(`$("canvas").getContext("2d").getImageData(8, 8, 1, 1).data.join() != %s`, before) // it was drawn
			if fell := eval[int](b, `crumbs`) > 0; fell == still {
				t.Errorf("crumbs fell: %v", fell)
			}
			b.forgive("willReadFrequently")
		})
	}
}

// What is uncovered on the screen, what is told to the person, and what the server will see are the same.
func TestUncovered(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{still: true})
	b.open(at(s.own))
	b.card()
	eval[bool](b, `$(".foil").focus() ?? true`)
	const pixel = `(() => { const c = $("canvas"), p = c.getContext("2d"); return [...p.getImageData(%v * c.width / 320, %v * c.height / 200, 1, 1).data].join(); })()`
	at := func(x, y float64) string { return eval[string](b, pixel, x, y) }
	for range 5 { // to the left, and on
		b.press("\u0302")
	}
	covered, outside := at(120, 100), at(140, 100)
	b.press(" ")
	if said := eval[string](b, `$("[role=status]").textContent`); said != "1% of the card is uncovered." {
		t.Errorf("said %q", said)
	}
	// 14 px around a place is 1 % of the card; the screen shows it at that place, 40 px left of the middle, with the next frame.
	b.until(pixel+` != "`+covered+`"`, 120., 100.)
	b.click(".cover")
	b.until(pixel+` == "`+covered+`"`, 120., 100.)
	if at(140, 100) != outside {
		t.Error("something was uncovered elsewhere")
	}
	b.forgive("willReadFrequently")
	b.press("\x1b")
	if slices.Contains([]string{"foil"}, eval[string](b, `e.shadowRoot.activeElement?.className ?? ""`)) {
		t.Error("Escape does not leave")
	}
}

// The trace says how it was rubbed: by key or by pointer, and in which order of time.
func TestTrace(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{before: `const send = fetch; window.fetch = (a, o) => { if (String(a).includes("/judge")) window.judged = JSON.parse(o.body); return send(a, o); };`})
	b.open(at(s.own))
	wrongly(b)
	eval[bool](b, `$(".foil").focus() ?? true`)
	b.press(" ")
	eval[bool](b, `e.verify(), true`)
	b.until(`window.judged`)
	trace, err := scratch.ParseTrace(eval[string](b, `judged.trace`))
	if err != nil || len(trace) != 4 {
		t.Fatal(trace, err)
	}
	for i, want := range []struct{ x, y, down, key any }{{80, 80, true, false}, {80, 80, false, false}, {1600, 1000, true, true}, {1600, 1000, false, false}} {
		p := trace[i]
		if fmt.Sprint(p.Down, p.Key) != fmt.Sprint(want.down, want.key) || i > 1 && fmt.Sprint(p.X, p.Y) != fmt.Sprint(want.x, want.y) {
			t.Errorf("point %d: %+v", i, p)
		}
		if i < 2 && (p.X-80)*(p.X-80) > 25 || i > 0 && p.T < trace[i-1].T || trace[0].T != 0 {
			t.Errorf("point %d: %+v", i, p)
		}
	}
	if keys := eval[string](b, `Object.keys(judged).sort().join()`); keys != "action,card,site,trace" {
		t.Error(keys)
	}
	b.until(`e.card`)
}
