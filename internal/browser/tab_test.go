package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long something may take that happens by itself, on a machine that is busy with other things.
const patience = 40 * time.Second

var (
	stopChromium = func() {}
	// launch starts the one Chromium of this package; every test gets tabs with cookies of their own.
	launch = sync.OnceValues(func() (context.Context, error) {
		folder, err := os.MkdirTemp("", "twohens-browser-")
		if err != nil {
			return nil, err
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.UserDataDir(folder), chromedp.DisableGPU, chromedp.NoSandbox, // the sandbox does not start for root
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
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

// person says how somebody browses. The zero value is an English-speaking desktop with everything as usual.
type person struct {
	lang     string // BCP 47, as the browser asks for it; empty: en
	noScript bool
	keyboard bool // and nothing else
	dark     bool
	phone    bool   // 390 px and a finger
	still    bool   // asked for less motion
	twice    bool   // clicks on buttons twice
	zone     string // IANA; empty: UTC
	before   string // a script that runs before those of each page
}

// tab is a page in Chromium.
type tab struct {
	t   *testing.T
	ctx context.Context
	*site
	*witness
	person
}

// browse opens a tab of a new person, with no cookies.
func (s *site) browse(p person) *tab {
	s.t.Helper()
	return s.newTab(p, chromedp.WithNewBrowserContext())
}

// beside opens another tab of the same person.
func (b *tab) beside() *tab {
	b.t.Helper()
	return b.site.newTab(b.person, chromedp.WithExistingBrowserContext(chromedp.FromContext(b.ctx).BrowserContextID))
}

func (s *site) newTab(p person, option chromedp.ContextOption) *tab {
	s.t.Helper()
	_, err := exec.LookPath("chromium")
	need(s.t, "chromium", err == nil)
	chromium, err := launch()
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(chromium, option)
	s.t.Cleanup(stop)
	b := &tab{t: s.t, ctx: ctx, site: s, witness: newWitness(s.url), person: p}
	if b.lang == "" {
		b.lang = "en"
	}
	if b.zone == "" {
		b.zone = "UTC"
	}
	b.must(b.witness.watch(ctx))
	s.t.Cleanup(func() { b.witness.report(s.t) })
	b.must(b.become())
	return b
}

// become makes the tab that of its person.
func (b *tab) become() error {
	version, err := chromedp.CallBrowser(b.ctx, browserVersion, cdp.Empty{})
	if err != nil {
		return err
	}
	if b.before != "" {
		_, err = chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: b.before})
	}
	return errors.Join(err,
		call(b, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: version.UserAgent, AcceptLanguage: b.lang}),
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: b.noScript}),
		call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		call(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: b.zone}),
		b.media("", false), b.size(),
	)
}

func call[P, R any](b *tab, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(b.ctx, command, params)
	return err
}

// size gives the window the size of the person's screen.
func (b *tab) size() error {
	if b.phone {
		return chromedp.Do(b.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait, chromedp.EmulateScale(2)))
	}
	return chromedp.Do(b.ctx, chromedp.EmulateViewport(1280, 900))
}

// media emulates a medium, and other people's colours if wanted, beside what the person likes.
func (b *tab) media(medium string, forced bool) error {
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}
	if b.dark {
		features[0].Value = "dark"
	}
	if b.still {
		features = append(features, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	}
	if forced {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	return call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium, Features: features})
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

// eval evaluates an expression in the page.
func eval[T any](b *tab, expression string, args ...any) T {
	b.t.Helper()
	v, err := try[T](b, expression, args...)
	if err != nil {
		b.t.Fatalf("%s: %v", fmt.Sprintf(expression, quoted(args)...), err)
	}
	return v
}

func try[T any](b *tab, expression string, args ...any) (T, error) {
	if len(args) > 0 {
		expression = fmt.Sprintf(expression, quoted(args)...)
	}
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// quoted makes strings into JavaScript's.
func quoted(args []any) []any {
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
	where, _ := try[string](b, `location.pathname + location.search + "\n" + document.body?.innerText`)
	b.t.Fatalf("never: %s (%v)\nat %s", fmt.Sprintf(expression, quoted(args)...), err, where+b.challenge())
}

// wait waits for something outside of the page to become true.
func (b *tab) wait(otherwise string, done func() bool) {
	b.t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(15 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("%s\nat %s\n%s", otherwise, b.path(), b.said("body")+b.challenge())
		}
	}
}

// challenge is what can be read inside of the challenge, if there is one, for a test that failed.
func (b *tab) challenge() string {
	text, _ := try[string](b, element+`?.shadowRoot.querySelector(".box").innerText ?? ""`)
	return "\nin the challenge: " + text
}

// open goes to a path of the site, or to an address.
func (b *tab) open(at string) {
	b.t.Helper()
	if at[0] == '/' {
		at = b.url + at
	}
	b.leave(func() { b.do(chromedp.Navigate(at)) })
}

// leave does something that leads to another page, or to the same one anew, and waits until that is there.
func (b *tab) leave(action func()) {
	b.t.Helper()
	before := b.document()
	action()
	b.wait("still on the same page", func() bool { return b.document() != before })
	b.until(`document.readyState == "complete"`)
}

// document is the number that the browser gave to the document in the tab; reloading gives another.
func (b *tab) document() cdp.LoaderID {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, page.GetFrameTree, cdp.Empty{})
	b.must(err)
	return tree.FrameTree.Frame.LoaderID
}

func (b *tab) reload() { b.t.Helper(); b.leave(func() { b.do(chromedp.Reload()) }) }

// back goes back by one page.
func (b *tab) back() {
	b.t.Helper()
	history, err := chromedp.Call(b.ctx, page.GetNavigationHistory, cdp.Empty{})
	b.must(err)
	to := page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID}
	b.leave(func() { b.must(call(b, page.NavigateToHistoryEntry, to)) })
}

// path is where the tab is, without the query.
func (b *tab) path() string { b.t.Helper(); return eval[string](b, `location.pathname`) }

// at waits until the tab is somewhere.
func (b *tab) at(path string) {
	b.t.Helper()
	b.until(`location.pathname == %s && document.readyState == "complete"`, path)
}

// there says whether something is in the page.
func (b *tab) there(selector string) bool {
	b.t.Helper()
	return eval[bool](b, `document.querySelector(%s) != null`, selector)
}

// said is the text that somebody reads in an element; empty when there is none.
func (b *tab) said(selector string) string {
	b.t.Helper()
	return eval[string](b, `(document.querySelector(%s)?.innerText ?? "").trim()`, selector)
}

// value is what stands in a field.
func (b *tab) value(selector string) string {
	b.t.Helper()
	return eval[string](b, `document.querySelector(%s)?.value ?? ""`, selector)
}

// spot is where on the screen an element is to be hit.
type spot struct {
	X, Y float64
	Hit  bool // nothing lies over it
}

// show scrolls an element to where it can be hit.
func (b *tab) show(selector string) spot {
	b.t.Helper()
	return eval[spot](b, `(() => {
		const e = document.querySelector(%s);
		if (!e) return {x: 0, y: 0, hit: false};
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = [...e.getClientRects()].find((r) => r.width && r.height) ?? e.getBoundingClientRect();
		const x = r.x + r.width / 2, y = r.y + r.height / 2, top = document.elementFromPoint(x, y);
		return {x, y, hit: e == top || e.contains(top)};
	})()`, selector)
}

// click presses the mouse button on an element, or taps on it with a finger, or goes there by key and presses Enter.
func (b *tab) click(selector string) {
	b.t.Helper()
	if b.keyboard {
		b.tabTo(selector)
		b.press("\r")
		return
	}
	var at spot
	b.wait(selector+" cannot be clicked", func() bool { at = b.show(selector); return at.Hit }) // a page that is still being laid out moves
	b.hit(at.X, at.Y)
}

func (b *tab) hit(x, y float64) {
	b.t.Helper()
	if b.twice {
		b.do(chromedp.MouseClickXY(x, y), chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
		return
	}
	if !b.phone {
		b.do(chromedp.MouseClickXY(x, y))
		return
	}
	b.touch(input.DispatchTouchEventTypeTouchStart, x, y)
	b.touch(input.DispatchTouchEventTypeTouchEnd, x, y)
}

// touch is a finger.
func (b *tab) touch(kind input.DispatchTouchEventType, x, y float64) {
	b.t.Helper()
	params := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
	if kind != input.DispatchTouchEventTypeTouchEnd {
		params.TouchPoints = append(params.TouchPoints, &input.TouchPoint{X: x, Y: y})
	}
	b.must(call(b, input.DispatchTouchEvent, params))
}

// follow clicks on something that leads to another page.
func (b *tab) follow(selector string) { b.t.Helper(); b.leave(func() { b.click(selector) }) }

// press presses keys, one after another.
func (b *tab) press(keys string) { b.t.Helper(); b.do(chromedp.KeyEvent(keys)) }

// write puts the cursor into a field and types. What no keyboard has a key for arrives as from an input method.
func (b *tab) write(selector, text string) {
	b.t.Helper()
	if b.keyboard {
		b.tabTo(selector)
	} else {
		b.click(selector)
	}
	eval[bool](b, `document.querySelector(%s).select() ?? true`, selector)
	b.insert(text)
}

func (b *tab) insert(text string) {
	b.t.Helper()
	for _, r := range text {
		if r > '~' {
			b.must(call(b, input.InsertText, input.InsertTextParams{Text: text}))
			return
		}
	}
	b.press(text)
}

// tabTo presses the Tab key until an element has the focus.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	if eval[bool](b, `document.activeElement.matches(%s)`, selector) {
		return
	}
	for range 60 {
		b.press("\t")
		if eval[bool](b, `document.activeElement.matches(%s)`, selector) {
			return
		}
	}
	b.t.Fatalf("at %s, the Tab key never reaches %s", b.path(), selector)
}
