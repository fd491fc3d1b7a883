package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var browserVersion = browser.GetVersion

// witness hears what the browser says of the pages in a tab, and sees what they ask for.
type witness struct {
	origin string

	mu         sync.Mutex
	documents  map[string]bool // addresses that were gone to
	posts      map[string]int  // forms sent, by path
	complaints []string
}

func newWitness(origin string) *witness {
	return &witness{origin: origin, documents: map[string]bool{}, posts: map[string]int{}}
}

func (w *witness) watch(ctx context.Context) error {
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		return err
	}
	for _, enable := range []func() error{
		func() error { _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); return err },
		func() error { _, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{}); return err },
		func() error { _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); return err },
	} {
		if err := enable(); err != nil {
			return err
		}
	}
	return nil
}

func (w *witness) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	complain := func(format string, args ...any) { w.complaints = append(w.complaints, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.request(e, complain)
	case *log.EventEntryAdded:
		// A page may have a status that is no success, and says in words why; the browser puts that on the console too.
		if e.Entry.Source == "network" && w.documents[e.Entry.URL] {
			return
		}
		complain("%s %s: %s (%s:%d)", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL, e.Entry.LineNumber)
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range e.Args {
			words = append(words, string(a.Value)+a.Description)
		}
		complain("console.%s: %s", e.Type, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		thrown := &chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}
		// The browser's own: it gives up on the hen's walk when the next page is there before the walk could begin.
		if strings.Contains(thrown.Error(), "Transition was aborted") || strings.Contains(thrown.Error(), "Transition was skipped") {
			return
		}
		complain("exception: %v", thrown)
	case *audits.EventIssueAdded:
		complain("issue: %s %+v", e.Issue.Code, issue(e.Issue.Details))
	}
}

func (w *witness) request(e *network.EventRequestWillBeSent, complain func(string, ...any)) {
	if e.Type == network.ResourceTypeDocument {
		w.documents[e.Request.URL] = true
	}
	if strings.HasPrefix(e.Request.URL, "data:image/svg+xml;") {
		return // the browser's own drawings, of its controls for sound; a page of ours has none, its policy forbids them
	}
	u, err := url.Parse(e.Request.URL)
	if err != nil || u.Scheme+"://"+u.Host != w.origin {
		complain("a request to elsewhere: %s", e.Request.URL)
		return
	}
	if e.Request.Method == "POST" && e.RedirectResponse == nil {
		w.posts[u.Path]++
	}
}

// posted is how many forms were sent to a path.
func (w *witness) posted(path string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.posts[path]
}

// report fails a test for everything that was complained of, once.
func (w *witness) report(t testing.TB) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.complaints {
		t.Error("the browser complains: ", c)
	}
	w.complaints = nil
}

// issue is what is set of an issue's details.
func issue(d *audits.InspectorIssueDetails) any {
	if d == nil {
		return nil
	}
	b, err := jsonOf(d)
	if err != nil {
		return err
	}
	return b
}

// awaitComplaint waits for a complaint and takes it back, with all others.
func (b *tab) awaitComplaint(text string) {
	b.t.Helper()
	b.wait("no complaint about "+text, func() bool {
		b.witness.mu.Lock()
		defer b.witness.mu.Unlock()
		for _, c := range b.complaints {
			if strings.Contains(c, text) {
				b.complaints = nil
				return true
			}
		}
		return false
	})
}

// The witness hears of what it is there for: without this, a browser that says nothing and a deaf witness look the same.
func TestWitness(t *testing.T) {
	s := newSite(t)
	b := s.browse(person{})
	b.open("/help")
	for _, c := range []struct{ does, said string }{
		{`void fetch("http://127.0.0.1:9/elsewhere").catch(() => {})`, "Content Security Policy"},
		{`document.body.append(Object.assign(document.createElement("script"), {textContent: "x = 1"}))`, "script-src 'self'"},
		{`document.body.setAttribute("style", "color: red")`, "style-src 'self'"},
		{`void setTimeout(() => { throw new Error("thrown in passing") })`, "thrown in passing"},
		{`console.warn("warned in passing")`, "warned in passing"},
		{`void fetch("/static/nothing-here.css")`, "404"},
		{`location.assign("http://localhost:9/")`, "a request to elsewhere: http://localhost:9/"},
	} {
		eval[bool](b, "("+c.does+") ?? true, true")
		b.awaitComplaint(c.said)
	}
}
