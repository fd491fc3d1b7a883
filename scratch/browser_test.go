package scratch

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// browserScript is the card's script, beside the pages that carry it.
const browserScript = "../internal/web/static/scratch.js"

// page is the script's markup under the policy that the product's pages have:
// nothing inline, nothing from elsewhere.
const page = `<!doctype html><meta charset="utf-8"><title>Card</title><link rel="stylesheet" href="/style.css">
<form method="post" action="/judge"><input type="hidden" name="card" value="%[1]s"><input type="hidden" name="trace">
<div class="foil" data-card="%[2]s" data-cover="/cover?card=%[1]s" tabindex="0" role="application" aria-label="Card"
 data-alt-failed="No picture" data-say-uncovered="{percent} %% uncovered" data-say-reset="Covered again"></div>
<button type="button" data-reset-card>Reset</button><button>Submit</button></form><script src="/scratch.js"></script>`

const pageStyle = `body{margin:0}.foil{position:relative;width:416px;aspect-ratio:320/200;overflow:hidden;touch-action:none}
.foil img{width:100%;height:100%}.hush{position:absolute;clip-path:inset(50%);overflow:hidden;width:1px;height:1px}`

// browser is a real one with the page of one card open.
type browser struct {
	*bench
	t      *testing.T
	ctx    context.Context
	url    string
	sealed string
}

func newBrowser(t *testing.T) *browser {
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here")
	}
	script, err := os.ReadFile(browserScript)
	if err != nil {
		t.Skip("the script is not here: ", err)
	}
	b := &browser{bench: newBench(t, nil), t: t}
	mux := http.NewServeMux()
	serve := func(pattern, contentType string, body func(*http.Request) []byte) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'")
			out := body(r)
			if out == nil {
				w.WriteHeader(http.StatusNotFound)
			}
			w.Write(out)
		})
	}
	picture := func(k Kind) func(*http.Request) []byte {
		return func(r *http.Request) []byte {
			p, _, _ := b.Picture(r.URL.Query().Get("card"), k)
			return p
		}
	}
	serve("GET /{$}", "text/html", func(r *http.Request) []byte {
		card := "/open?card=" + b.sealed
		if r.URL.RawQuery == "broken" {
			card = "/nowhere"
		}
		return fmt.Appendf(nil, page, b.sealed, card)
	})
	serve("GET /scratch.js", "text/javascript", func(*http.Request) []byte { return script })
	serve("GET /style.css", "text/css", func(*http.Request) []byte { return []byte(pageStyle) })
	serve("GET /open", ContentType, picture(Open))
	serve("GET /cover", ContentType, picture(Cover))
	serve("POST /judge", "text/html", func(r *http.Request) []byte {
		trace, err := ParseTrace(r.FormValue("trace"))
		if err != nil {
			return fmt.Appendf(nil, "<title>Judged</title><p>%v", err)
		}
		b.pass(time.Minute)
		v, _ := b.Judge(r.Context(), r.FormValue("card"), "identify", Answer{Trace: trace})
		return fmt.Appendf(nil, "<title>Judged</title><p>%v, %d points", v.Result, len(trace))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b.url = server.URL

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b.ctx, stop = context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(stop)
	return b
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// open shows a new card and waits until it can be rubbed.
func (b *browser) open() {
	b.t.Helper()
	b.sealed = b.deal(b.t, "identify", Rub)
	b.do(chromedp.Navigate(b.url + "/"))
	b.until(`document.querySelector(".foil img")?.complete && !document.querySelector(".foil").ariaBusy`)
}

func (b *browser) until(expression string) {
	b.t.Helper()
	for range 300 {
		if eval[bool](b, "!!("+expression+")") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatalf("never: %s", expression)
}

func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// mouse sends a mouse event at a place of the card.
func (b *browser) mouse(kind input.DispatchMouseEventType, p point) {
	b.t.Helper()
	const zoom = 416. / Width
	b.do(chromedp.MouseEvent(kind, p.x*zoom, p.y*zoom, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// submit sends the form and returns what was judged.
func (b *browser) submit(steps ...chromedp.Action[chromedp.Void]) string {
	b.t.Helper()
	if len(steps) == 0 {
		eval[bool](b, `document.forms[0].requestSubmit() ?? true`)
	}
	b.do(steps...)
	b.until(`document.title == "Judged"`)
	return eval[string](b, `document.body.textContent`)
}

// free is how much of the cover is gone, of 1.
func (b *browser) free() float64 {
	b.t.Helper()
	return eval[float64](b, `(() => { const c = document.querySelector(".foil canvas"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] < 128) n++; return n / (d.length / 4); })()`)
}

func (b *browser) chickens() []*mask {
	i, err := b.config.Keys.open(b.sealed)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.card(i).chickenMasks()
}

func TestInABrowser(t *testing.T) {
	b := newBrowser(t)
	run := func(name string, f func(*testing.T)) {
		t.Run(name, func(t *testing.T) {
			b.t = t
			f(t)
		})
	}

	run("rubbing with the mouse passes", func(t *testing.T) {
		b.open()
		var h hand
		for _, m := range b.chickens() {
			h.rub(m)
		}
		for i, p := range h.trace {
			at := point{float64(p.X) / tenths, float64(p.Y) / tenths}
			switch {
			case p.Down && (i == 0 || !h.trace[i-1].Down):
				b.mouse(input.DispatchMouseEventTypeMousePressed, at)
			case p.Down:
				b.mouse(input.DispatchMouseEventTypeMouseMoved, at)
			default:
				b.mouse(input.DispatchMouseEventTypeMouseReleased, at)
			}
		}
		m, _ := h.trace.uncovered(time.Hour)
		want := float64(m.count()) / (rows * columns)
		if got := b.free(); got < .9*want || got > 1.1*want {
			t.Errorf("%.3f of the cover is gone, the server sees %.3f", got, want)
		}
		if got := b.submit(); !strings.HasPrefix(got, "pass") {
			t.Error(got)
		}
	})

	run("tapping passes", func(t *testing.T) {
		b.open()
		var h hand
		for _, m := range b.chickens() {
			h.tap(m, 1)
		}
		for _, p := range h.trace {
			if p.Down {
				at := point{float64(p.X) / tenths, float64(p.Y) / tenths}
				b.mouse(input.DispatchMouseEventTypeMousePressed, at)
				b.mouse(input.DispatchMouseEventTypeMouseReleased, at)
			}
		}
		if got := b.submit(); !strings.HasPrefix(got, "pass") {
			t.Error(got)
		}
	})

	run("the keyboard alone passes", func(t *testing.T) {
		b.open()
		b.do(chromedp.KeyEvent("\t"))
		if !eval[bool](b, `document.activeElement.className == "foil" && !document.querySelector(".foil span:last-of-type").hidden`) {
			t.Fatal("no cursor to be seen after Tab")
		}
		at := point{Width / 2, Height / 2}
		var h hand
		for _, m := range b.chickens() {
			h.tap(m, 8)
		}
		for _, p := range h.trace {
			if p.Down {
				to := point{float64(p.X) / tenths, float64(p.Y) / tenths}
				b.arrows(&at, to)
				b.do(chromedp.KeyEvent(" "))
			}
		}
		if said := eval[string](b, `document.querySelector("[role=status]").textContent`); !strings.HasSuffix(said, "% uncovered") || strings.HasPrefix(said, "0 ") {
			t.Errorf("said %q", said)
		}
		if got := b.submit(chromedp.KeyEvent("\r")); !strings.HasPrefix(got, "pass") {
			t.Error(got)
		}
	})

	run("nothing rubbed is nothing sent", func(t *testing.T) {
		b.open()
		if got := b.submit(); !strings.Contains(got, "malformed trace: 0 bytes") {
			t.Error(got)
		}
	})

	run("reset covers again", func(t *testing.T) {
		b.open()
		b.mouse(input.DispatchMouseEventTypeMousePressed, point{100, 100})
		b.mouse(input.DispatchMouseEventTypeMouseReleased, point{100, 100})
		if b.free() == 0 {
			t.Error("a click uncovers nothing")
		}
		eval[bool](b, `document.querySelector("[data-reset-card]").click() ?? true`)
		if got := b.free(); got != 0 {
			t.Errorf("%.3f is still uncovered", got)
		}
		if got := b.submit(); !strings.Contains(got, "0 bytes") {
			t.Error(got)
		}
	})

	run("a card that cannot be loaded says so", func(t *testing.T) {
		b.sealed = b.deal(t, "identify", Rub)
		b.do(chromedp.Navigate(b.url + "/?broken"))
		b.until(`document.querySelector(".foil").textContent == "No picture"`)
	})
}

// arrows moves the cursor as near to a place as its steps allow.
func (b *browser) arrows(at *point, to point) {
	for _, axis := range []struct {
		at       *float64
		to       float64
		less, on string
	}{{&at.x, to.x, "\u0302", "\u0303"}, {&at.y, to.y, "\u0304", "\u0301"}} {
		for *axis.at-axis.to >= 4 || axis.to-*axis.at > 4 {
			key, by := axis.on, 8.
			if *axis.at > axis.to {
				key, by = axis.less, -8
			}
			b.do(chromedp.KeyEvent(key))
			*axis.at += by
		}
	}
}
