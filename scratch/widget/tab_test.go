package widget

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long something may take that happens by itself, on a machine that is busy with other things.
const patience = 40 * time.Second

var (
	stopChromium = func() {}
	launch       = sync.OnceValues(func() (context.Context, error) {
		folder, err := os.MkdirTemp("", "twohens-widget-")
		if err != nil {
			return nil, err
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.UserDataDir(folder), chromedp.DisableGPU, chromedp.NoSandbox, // the sandbox does not start for root
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("mute-audio", true),
		)
		ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, stopBrowser := chromedp.NewContext(ctx)
		stopChromium = func() {
			_ = chromedp.Cancel(ctx) // ends the browser and waits for it
			stopBrowser()
			stop()
			os.RemoveAll(folder)
		}
		return ctx, chromedp.Do(ctx)
	})
)

func TestMain(m *testing.M) {
	code := m.Run()
	stopChromium()
	os.Exit(code)
}

// need fails where everything must be there, and skips elsewhere.
func need(t testing.TB, what string, there bool) {
	t.Helper()
	switch {
	case there:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing: run script/prepare", what)
	default:
		t.Skipf("%s is missing: run script/prepare", what)
	}
}

// person says how somebody browses.
type person struct {
	dark, still, forced bool
	wide                int64 // of the window in px; 0: 1280
	touch               bool
	before              string // a script that runs before those of the page
}

// tab is a page in Chromium, with a witness: what the browser complains of fails the test, unless it was waited for.
type tab struct {
	t   testing.TB
	ctx context.Context
	*stand
	person

	heard      sync.Mutex
	complaints []string
}

func (s *stand) browse(t testing.TB, p person) *tab {
	t.Helper()
	_, err := exec.LookPath("chromium")
	need(t, "chromium", err == nil)
	chromium, err := launch()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	b := &tab{t: t, ctx: ctx, stand: s, person: p}
	if b.wide == 0 {
		b.wide = 1280
	}
	b.must(chromedp.Listen(ctx, b.hear))
	t.Cleanup(func() {
		b.heard.Lock()
		defer b.heard.Unlock()
		for _, c := range b.complaints {
			t.Error("the browser complains: ", c)
		}
	})
	b.must(b.become())
	return b
}

func (b *tab) hear(event any) {
	b.heard.Lock()
	defer b.heard.Unlock()
	complain := func(format string, args ...any) { b.complaints = append(b.complaints, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *log.EventEntryAdded:
		complain("%s %s: %s (%s)", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range e.Args {
			words = append(words, string(a.Value)+a.Description)
		}
		complain("console.%s: %s", e.Type, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		complain("exception: %v", &chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails})
	}
}

// forgive takes back the complaints that speak of something that a test did on purpose, and tells how many there were.
func (b *tab) forgive(about string) (n int) {
	b.heard.Lock()
	defer b.heard.Unlock()
	var rest []string
	for _, c := range b.complaints {
		if strings.Contains(c, about) {
			n++
		} else {
			rest = append(rest, c)
		}
	}
	b.complaints = rest
	return n
}

func (b *tab) become() error {
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}
	if b.dark {
		features[0].Value = "dark"
	}
	if b.still {
		features = append(features, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	}
	if b.forced {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	view := []chromedp.EmulateViewportOption{}
	if b.touch {
		view = append(view, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait, chromedp.EmulateScale(2))
	}
	_, err := chromedp.Call(b.ctx, log.Enable, cdp.Empty{})
	if b.before != "" {
		_, more := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: b.before})
		err = errors.Join(err, more)
	}
	return errors.Join(err,
		call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}),
		chromedp.Do(b.ctx, chromedp.EmulateViewport(b.wide, 900, view...)),
	)
}

func call[P, R any](b *tab, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(b.ctx, command, params)
	return err
}

func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	b.must(chromedp.Do(ctx, steps...))
}

// prelude is what expressions may use: e is the element, $ finds in its shadow tree.
const prelude = `var e = document.querySelector("scratch-challenge"), $ = (s) => e?.shadowRoot?.querySelector(s);`

// eval evaluates an expression in the page.
func eval[T any](b *tab, expression string, args ...any) T {
	b.t.Helper()
	v, err := try[T](b, expression, args...)
	if err != nil {
		b.t.Fatalf("%s: %v", fmt.Sprintf(expression, quotedAll(args)...), err)
	}
	return v
}

func try[T any](b *tab, expression string, args ...any) (T, error) {
	if len(args) > 0 {
		expression = fmt.Sprintf(expression, quotedAll(args)...)
	}
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[T](prelude+expression, chromedp.EvalAwaitPromise))
}

// quotedAll makes strings into JavaScript's.
func quotedAll(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		if s, ok := a.(string); ok {
			out[i] = strconv.QuoteToASCII(s)
		}
	}
	return out
}

// until waits for something to become true. While the tab is between two pages nothing is.
func (b *tab) until(expression string, args ...any) {
	b.t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		var ok bool
		if ok, err = try[bool](b, "!!("+expression+")", args...); ok {
			return
		}
	}
	where, _ := try[string](b, `location.href + "\n" + document.body?.innerText + "\n" + $(".box")?.innerText`)
	b.heard.Lock()
	defer b.heard.Unlock()
	b.t.Fatalf("never: %s (%v)\nat %s\n%v", fmt.Sprintf(expression, quotedAll(args)...), err, where, b.complaints)
}

// open goes to an address and waits until the page is there.
func (b *tab) open(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate(address))
	b.until(`document.readyState == "complete" && $(".title").textContent`) // without words everything is still to be moved
}

// ready waits until the element shows something that can be answered: foil, calls, none or done.
func (b *tab) ready(shows string) {
	b.t.Helper()
	b.until(`$(".box").dataset.shows == %s`, shows)
}

// says waits until the notice begins with a text of the words.
func (b *tab) says(key string) {
	b.t.Helper()
	texts, _ := Words("en")
	want, _, _ := strings.Cut(texts[key], "{")
	b.until(`!$(".notice").hidden && $(".notice p").innerText.includes(%s)`, want)
}

// click presses the mouse on something inside of the element, or taps on it.
func (b *tab) click(inside string) {
	b.t.Helper()
	b.hitAt(fmt.Sprintf("$(%q)", inside))
}

// send presses the page's own button. With a finger it does so without one: what a slow browser takes for a long press is no click,
// and the button is not what is tested.
func (b *tab) send() {
	b.t.Helper()
	if b.touch {
		eval[bool](b, `document.querySelector("[name=go]").click() ?? true`)
		return
	}
	b.hitAt(`document.querySelector("[name=go]")`)
}

func (b *tab) hitAt(element string) {
	b.t.Helper()
	type spot struct {
		X, Y float64
		Hit  bool
	}
	var s spot
	for end := time.Now().Add(patience); !s.Hit; time.Sleep(15 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("%s cannot be hit", element)
		}
		s = eval[spot](b, `(() => {
			const at = `+element+`;
			if (!at) return {x: 0, y: 0, hit: false};
			at.scrollIntoView({block: "center", behavior: "instant"});
			const r = at.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
			const top = at.getRootNode().elementFromPoint(x, y);
			return {x, y, hit: r.width > 0 && (at == top || at.contains(top))};
		})()`)
	}
	b.hit(s.X, s.Y)
}

func (b *tab) hit(x, y float64) {
	b.t.Helper()
	if !b.touch {
		b.do(chromedp.MouseClickXY(x, y))
		return
	}
	b.finger(input.DispatchTouchEventTypeTouchStart, x, y)
	b.finger(input.DispatchTouchEventTypeTouchEnd, x, y)
}

func (b *tab) finger(kind input.DispatchTouchEventType, x, y float64) {
	b.t.Helper()
	params := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
	if kind != input.DispatchTouchEventTypeTouchEnd {
		params.TouchPoints = append(params.TouchPoints, &input.TouchPoint{X: x, Y: y})
	}
	b.must(call(b, input.DispatchTouchEvent, params))
}

// press presses keys, one after another.
func (b *tab) press(keys string) { b.t.Helper(); b.do(chromedp.KeyEvent(keys)) }

// shot writes a picture of the window, for looking at.
func (b *tab) shot(folder, name string) {
	b.t.Helper()
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	b.must(err)
	b.must(os.MkdirAll(folder, 0o755))
	b.must(os.WriteFile(folder+"/"+name+".png", picture, 0o644))
}
