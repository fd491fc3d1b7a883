package widget

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
	"twohens/scratch/siteverify"
)

// sent is what the shop's back end got and found.
type sent struct {
	Result siteverify.Result
	Form   map[string][]string
}

// arrived waits until the form arrived.
func (b *tab) arrived() sent {
	b.t.Helper()
	b.until(`document.title == "Sent"`)
	var s sent
	b.must(json.Unmarshal([]byte(eval[string](b, `document.querySelector("#sent").textContent`)), &s))
	return s
}

// solve answers and sends the form. A browser that is short of time may lose a movement of the hand: then the chickens run away,
// and there is a new card.
func (b *tab) solve(answers hand) sent {
	b.t.Helper()
	for range 3 {
		before := eval[string](b, `e.card`)
		answers(b)
		b.send()
		b.until(`document.title == "Sent" || e.card && e.card != %s && !$(".notice").hidden && !$(".notice").classList.contains("fine")`, before)
		if eval[bool](b, `document.title == "Sent"`) {
			break
		}
	}
	return b.arrived()
}

// Every way to answer passes, from our own page and from a shop's elsewhere, and the form arrives as it was typed.
func TestSolved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		hand  hand
		mode  string
		touch bool
		shop  bool
	}{
		{"mouse", rubbing, "rub", false, false},
		{"mouse elsewhere", rubbing, "rub", false, true},
		{"finger", rubbing, "rub", true, true},
		{"click", tapping, "rub", false, false},
		{"tap", tapping, "rub", true, false},
		{"keys", keying, "rub", false, false},
		{"calls", listening, "listen", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t)
			b := s.browse(t, person{touch: c.touch})
			origin, host := s.own, "127.0.0.1"
			if c.shop {
				origin, host = s.shop, "localhost"
			}
			b.open(at(origin, "more", `mode="`+c.mode+`"`))
			eval[bool](b, `(document.querySelector("#name").value = "Ada") != ""`)
			got := b.solve(c.hand)
			if !got.Result.Success || got.Result.Hostname != host || got.Result.Action != "sign-up" {
				t.Errorf("siteverify says %+v", got.Result)
			}
			if got.Form["name"][0] != "Ada" || got.Form["go"][0] != "yes" {
				t.Errorf("the form says %v", got.Form)
			}
		})
	}
}

// A wrong answer brings words and a new card in place, and the page, with what was typed, stays.
func TestFailed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, mode, says string
		hand             hand
		touch            bool
		after            time.Duration // how soon an answer counts
	}{
		{"mouse", "rub", "ran_away_head", wrongly, false, 0},
		{"finger", "rub", "ran_away_head", wrongly, true, 0},
		{"keys", "rub", "ran_away_head", func(b *tab) {
			b.card()
			eval[bool](b, `$(".foil").focus() ?? true`)
			b.press(" ")
		}, false, 0},
		{"everything", "rub", "ran_away_head", everything, false, 0},
		{"calls", "listen", "ran_away_head", func(b *tab) {
			b.ready("calls")
			b.pass(3 * time.Second)
			right := must2(scratchtest.Pick(b.keys, eval[string](b, `e.card`)))(b)
			b.mark(right[0])
			b.mark(1 + right[0]%8 + map[bool]int{true: 1}[1+right[0]%8 == right[1]])
		}, false, 0},
		{"quick", "rub", "too_fast_head", tapping, false, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, func(d *scratch.Config) { d.RubAfter += c.after })
			b := s.browse(t, person{touch: c.touch})
			b.open(at(s.shop, "more", `mode="`+c.mode+`"`))
			eval[bool](b, `(document.querySelector("#name").value = "Ada") != ""`)
			eval[bool](b, `window.events = [], e.addEventListener("scratch-fail", (e) => events.push(e.detail.reason)), true`)
			c.hand(b)
			before := eval[string](b, `e.card`)
			b.send()
			b.says(c.says)
			b.until(`e.card && e.card != %s`, before)
			if said := eval[string](b, `$("[role=status]").textContent`); said == "" {
				t.Error("nothing was said aloud")
			}
			if eval[string](b, `document.querySelector("#name").value`) != "Ada" || eval[string](b, `document.title`) != "Form" {
				t.Error("what was typed is gone")
			}
			if got := eval[string](b, `events.join()`); got != map[bool]string{true: "too_fast"}[c.after > 0] {
				t.Errorf("events say %q", got)
			}
			// And the new one can be solved.
			if c.after > 0 {
				s.pass(c.after)
			}
			map[string]hand{"rub": tapping, "listen": listening}[c.mode](b)
			if c.after > 0 {
				s.pass(c.after)
			}
			b.send()
			if got := b.arrived(); !got.Result.Success || got.Form["name"][0] != "Ada" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// everything rubs the whole card.
func everything(b *tab) {
	b.t.Helper()
	_, on := b.card()
	for y := 12; y < scratch.Height; y += 24 {
		for x := 12; x < scratch.Width; x += 24 {
			b.hit(on.at(image.Pt(x, y)))
		}
	}
}

func TestNothingRubbed(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own))
	sealed, _ := b.card()
	b.send()
	b.says("rub_first")
	b.click(".other")
	b.ready("calls")
	b.mark(3)
	b.send()
	b.says("listen_first")
	if n := s.requests("POST judge"); n != 0 {
		t.Errorf("%d answers were sent", n)
	}
	// The first card still lies there: its work was not in vain.
	b.click(".other")
	if again, _ := b.card(); again != sealed {
		t.Error("another card lies there")
	}
}

func TestCoverAgain(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own))
	sealed, _ := b.card()
	wrongly(b)
	b.click(".cover")
	tapping(b)
	if now := eval[string](b, `e.card`); now != sealed {
		t.Error("another card lies there")
	}
	b.send()
	if !b.arrived().Result.Success {
		t.Error("what was rubbed before covering again counts")
	}
}

func TestSecondRound(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own))
	s.twice.Store(true)
	tapping(b)
	eval[bool](b, `window.again = 0, e.addEventListener("scratch-again", () => again++), true`)
	before := eval[string](b, `e.card`)
	b.send()
	b.says("again_head")
	b.until(`e.card && e.card != %s && again == 1`, before)
	if s.rounds.Load() != 1 {
		t.Error("the new ticket is not of the second round")
	}
	tapping(b)
	b.send()
	if !b.arrived().Result.Success {
		t.Error("not solved")
	}
}

// A card whose time is over waits to be asked for, and says so. The element hears it from the server, or from its own clock.
func TestExpired(t *testing.T) {
	t.Parallel()
	t.Run("the server says so", func(t *testing.T) {
		s := newStand(t)
		b := s.browse(t, person{})
		b.open(at(s.own))
		tapping(b)
		s.pass(11 * time.Minute)
		b.send()
		b.says("too_slow_head")
		b.until(`e.card`)
	})
	t.Run("its own clock", func(t *testing.T) {
		s := newStand(t, func(c *scratch.Config) { c.Lifetime = 5 * time.Second })
		b := s.browse(t, person{})
		b.open(at(s.own))
		b.card()
		b.says("too_slow_head")
		deals := s.requests("POST deal")
		b.click(".mend")
		b.until(`e.card && $(".notice").hidden`)
		if n := s.requests("POST deal"); n != deals+1 || deals > 2 {
			t.Errorf("%d tickets, then %d", deals, n)
		}
	})
	t.Run("a ticket", func(t *testing.T) {
		s := newStand(t)
		b := s.browse(t, person{})
		b.open(at(s.own, "more", `mode="none"`))
		b.click(".start")
		b.ready("done")
		s.pass(41 * time.Minute) // a ticket without a puzzle lives four times as long
		b.send()
		b.says("too_slow_head")
		b.forgive("410")
	})
	t.Run("a response", func(t *testing.T) {
		s := newStand(t)
		b := s.browse(t, person{before: `const later = setTimeout; window.setTimeout = (f, ms, ...a) => later(f, ms == 110000 ? 300 : ms, ...a);`})
		b.open(at(s.own))
		tapping(b)
		eval[bool](b, `window.over = 0, e.addEventListener("scratch-expired", () => over++), e.verify(), true`)
		b.until(`over == 1 && e.response == "" && !$(".notice").hidden`)
	})
}

func TestLimited(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	s.set(func(g *rules) { g.deal = 4 * time.Minute })
	b.open(at(s.shop))
	b.says("limited_head")
	if got := eval[string](b, `$(".notice").innerText`); !strings.Contains(got, "4 minutes") {
		t.Error(got)
	}
	s.set(func(g *rules) { g.deal = 0 })
	b.click(".mend")
	tapping(b)
	s.set(func(g *rules) { g.test = 40 * time.Second })
	b.send()
	b.says("limited_head")
	// The card was not spent, and what was rubbed is still rubbed.
	s.set(func(g *rules) { g.test = 0 })
	b.send()
	if !b.arrived().Result.Success {
		t.Error("not solved")
	}
	if b.forgive("429") != 2 {
		t.Error("not refused twice")
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	s.set(func(g *rules) { g.err = errors.New("down") })
	b.open(at(s.own))
	b.says("trouble_head")
	s.set(func(g *rules) { g.err = nil })
	b.click(".mend")
	b.card()
	b.forgive("503")
}

func TestNoPuzzle(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.shop))
	sealed, _ := b.card()
	b.click(".less")
	b.ready("none")
	b.click(".less") // back to the card
	if again, _ := b.card(); again != sealed {
		t.Error("another card lies there")
	}
	b.click(".less")
	b.click(".start")
	b.ready("done")
	b.send()
	got := b.arrived()
	if !got.Result.Success || got.Result.Hostname != "localhost" {
		t.Errorf("%+v", got)
	}
	if n := s.requests("POST judge"); n != 0 {
		t.Errorf("%d answers", n)
	}
}

// Policies: the strictest that works, what it becomes slower under, and workers and WebAssembly refused.
func TestPolicies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, policy string
		shop         bool
		workers      bool
		complains    string // what the browser says of what it refused; what is refused to a worker, it says to that
	}{
		{"our own page, strict", "script-src 'self'; connect-src 'self'", false, true, ""},
		{"elsewhere, quick", "script-src HOST 'wasm-unsafe-eval'; connect-src HOST; worker-src blob:", true, true, ""},
		{"elsewhere, no WebAssembly", "script-src HOST; connect-src HOST; worker-src blob:", true, true, ""},
		{"elsewhere, no workers", "script-src HOST 'wasm-unsafe-eval'; connect-src HOST", true, false, "worker"},
		{"elsewhere, neither", "script-src HOST; connect-src HOST", true, false, "Content Security Policy"},
		{"our own page, no workers", "script-src 'self'; connect-src 'self'; worker-src 'none'", false, false, "Content Security Policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t)
			b := s.browse(t, person{before: `window.slices = 0; const later = setTimeout; window.setTimeout = (f, ms, ...a) => { if (ms === undefined) slices++; return later(f, ms, ...a); };`})
			origin := s.own
			if c.shop {
				origin = s.shop
			}
			b.open(at(origin, "policy", c.policy))
			tapping(b)
			if alone := eval[int](b, `slices`) > 0; alone == c.workers {
				t.Errorf("worked in the page itself: %v", alone)
			}
			if said := b.forgive(c.complains); c.complains != "" && said == 0 {
				t.Error("nothing was refused")
			} else if c.complains == "" && said > 0 {
				t.Errorf("%d complaints", said)
			}
			b.forgive("Content Security Policy")
			b.forgive("violates")
			b.send()
			if !b.arrived().Result.Success {
				t.Error("not solved")
			}
		})
	}
}

// A form that handles its submit itself needs no code for the challenge, and one that wants to asks by itself.
func TestOwnHandling(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own))
	eval[bool](b, `window.sends = [], document.forms[0].addEventListener("submit", (e) => {
		e.preventDefault();
		sends.push(new FormData(e.target, e.submitter).get("scratch-response"), e.submitter.value);
	}), true`)
	tapping(b)
	b.send()
	b.until(`sends.length == 2`)
	if got := eval[[]string](b, `sends`); got[0] == "" || got[0] != eval[string](b, `e.response`) || got[1] != "yes" {
		t.Errorf("%q", got)
	}
	first := eval[string](b, `e.card`)
	eval[bool](b, `e.reset() ?? true`)
	b.until(`e.card && e.card != %s && e.response == ""`, first)
	tapping(b)
	if eval[string](b, `Promise.all([e.verify(), e.verify()]).then(([a, b]) => a == b ? a : "")`) == "" {
		t.Error("asked twice at once, there are two answers or none")
	}
	// A button that skips validation skips this as well.
	eval[bool](b, `e.reset(), sends.length = 0, document.querySelector("[name=go]").formNoValidate = true`)
	b.send()
	b.until(`sends.length == 2`)
}

// An element that a framework makes anew takes over the ticket of the old one, with its work; two at once do not share.
func TestRenderedAnew(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own))
	sealed, _ := b.card()
	eval[bool](b, `e.replaceWith(e.cloneNode()) ?? true`)
	if again, _ := b.card(); again != sealed || s.requests("POST deal") != 1 {
		t.Errorf("%d tickets", s.requests("POST deal"))
	}
	eval[bool](b, `document.forms[0].after(e.cloneNode()) ?? true`)
	b.until(`[...document.querySelectorAll("scratch-challenge")].every((e) => e.card) && new Set([...document.querySelectorAll("scratch-challenge")].map((e) => e.card)).size == 2`)
	// Moved, it stays what it is.
	wrongly(b)
	eval[bool](b, `document.forms[0].prepend(e) ?? true`)
	if again, _ := b.card(); again != sealed {
		t.Error("another card after moving")
	}
}

// A page that comes back with a response of before shows it as done.
func TestHandedIn(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own, "more", `response="`+s.passed(t)+`"`))
	b.until(`e.response`)
	b.send()
	if !b.arrived().Result.Success || s.requests("POST deal") != 0 {
		t.Error("not taken")
	}
}

// A device that will need long is told so, and the other ways stay open.
func TestSlowDevice(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(c *scratch.Config) { c.Bits = 20 })
	b := s.browse(t, person{before: `Object.defineProperty(navigator, "hardwareConcurrency", {value: 1}); WebAssembly.instantiate = () => Promise.reject(); window.Worker = class { constructor() { throw new Error("none"); } };`})
	b.open(at(s.own))
	b.says("slow_head")
	if left := eval[string](b, `$(".left").textContent`); !strings.Contains(left, "left") {
		t.Error(left)
	}
	b.click(".less")
	b.ready("none")
}

// The page is not held up: nothing is asked for before the element is near, or the form is in use.
func TestLazy(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{before: `addEventListener("DOMContentLoaded", () => { document.querySelector("scratch-challenge").before(Object.assign(document.createElement("hr"), {className: "far"})); document.querySelector(".far").style.marginBlock = "4000px"; });`})
	b.open(at(s.own))
	b.until(`$(".title").textContent`)
	if n := s.requests("POST deal"); n != 0 {
		t.Errorf("%d tickets for what nobody sees", n)
	}
	eval[bool](b, `document.querySelector("#name").focus({preventScroll: true}) ?? true`)
	b.until(`e.card`)
}

// The example page works as it is served, under its own policy.
func TestExample(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(s.own + "/scratch/example")
	eval[bool](b, `(document.querySelector("#address").value = "ada@post.example") != ""`)
	tapping(b)
	b.hitAt(`document.querySelector("[type=submit]")`)
	b.until(`document.querySelector("#said").textContent.includes('"success": true')`)
	b.until(`e.card`)
	wrongly(b)
	b.hitAt(`document.querySelector("[type=submit]")`)
	b.says("ran_away_head")
}

// Calls are played one at a time, as often as wanted, also slower, and one that does not come says so.
func TestCalls(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.shop, "policy", "script-src HOST; connect-src HOST; worker-src blob:", "more", `mode="listen"`))
	b.ready("calls")
	row := func(n int, inside string) string { return fmt.Sprintf(`.calls li:nth-child(%d) %s`, n, inside) }
	b.click(row(1, ".play"))
	b.until(`$(%s) && $("[role=status]").textContent == "Playing call 1."`, row(1, ".play.on"))
	b.click(row(2, ".play"))
	b.until(`$(%s) && !$(%s)`, row(2, ".play.on"), row(1, ".play.on"))
	b.until(`!$(".play.on")`) // it comes to its end
	if n := s.requests("GET call"); n != 2 {
		t.Errorf("%d calls were fetched", n)
	}
	b.click(row(1, ".play")) // again, from what was fetched
	b.until(`$(%s)`, row(1, ".play.on"))
	b.click(row(1, ".play")) // and stopped
	b.until(`!$(".play.on")`)
	b.click(row(1, ".slow"))
	b.click(row(1, ".play"))
	b.until(`$(%s)`, row(1, ".play.on"))
	if n := s.requests("GET call"); n != 3 {
		t.Errorf("%d calls were fetched", n)
	}
	if got := eval[string](b, `[%s, %s].map((s) => $(s).getAttribute("aria-pressed") ?? $(s).getAttribute("aria-label")).join()`, row(1, ".slow"), row(1, ".play")); got != "true,Play call 1" {
		t.Error(got)
	}
	s.set(func(g *rules) { g.picture = time.Minute })
	b.click(row(3, ".play"))
	b.says("unheard")
	b.forgive("429")
	s.set(func(g *rules) { g.picture = 0 })
	// By keyboard alone: Space plays, Space marks, Enter sends.
	eval[bool](b, `$(%s).focus() ?? true`, row(3, ".play"))
	b.press(" ")
	b.until(`$(%s)`, row(3, ".play.on"))
	b.press("\t\t ")
	b.until(`$(%s).checked`, row(3, "input"))
	b.press("\r")
	b.says("listen_first") // one mark is not two
	if n := s.requests("POST judge"); n != 0 {
		t.Errorf("%d answers", n)
	}
}

// Clicked twice, a form is sent once.
func TestClickedTwice(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own))
	eval[bool](b, `window.sends = 0, document.forms[0].addEventListener("submit", (e) => { sends++; e.preventDefault(); }), true`)
	tapping(b)
	eval[bool](b, `const go = document.querySelector("[name=go]"); go.click(), go.click(), true`)
	b.until(`e.response && sends`)
	if n := eval[int](b, `sends`); n != 1 || s.requests("POST judge") != 1 {
		t.Errorf("sent %d times, judged %d times", n, s.requests("POST judge"))
	}
}

// Whoever uses the keyboard on the card is still there when the next one comes.
func TestFocusStays(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	b := s.browse(t, person{})
	b.open(at(s.own))
	before, _ := b.card()
	eval[bool](b, `$(".foil").focus() ?? true`)
	b.press(" ")
	b.press("\r")
	b.says("ran_away_head")
	b.until(`e.card && e.card != %s`, before)
	if got := eval[string](b, `e.shadowRoot.activeElement?.className ?? "nowhere"`); got != "foil" {
		t.Errorf("the focus is %s", got)
	}
	if !eval[bool](b, `$(".ring").hidden == false`) {
		t.Error("no cursor is to be seen")
	}
	b.click(".less")
	eval[bool](b, `$(".start").focus() ?? true`)
	b.press(" ")
	b.ready("done")
	if got := eval[string](b, `e.shadowRoot.activeElement?.id ?? "nowhere"`); got != "title" {
		t.Errorf("the focus is %s", got)
	}
}
