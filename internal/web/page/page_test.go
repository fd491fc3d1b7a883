package page

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"twohens/internal/help"
	"twohens/internal/locale"
)

// read renders a page and parses it the way a browser without a script does.
func read(r *Renderer, f Frame, m Model) (source string, root *html.Node, err error) {
	var b bytes.Buffer
	if err := r.Render(&b, f, m); err != nil {
		return "", nil, err
	}
	root, err = html.ParseWithOptions(strings.NewReader(b.String()), html.ParseOptionEnableScripting(false))
	return b.String(), root, err
}

// rendered is a page in one state and language.
type rendered struct {
	name   string
	frame  Frame
	source string
	root   *html.Node
}

// all pages in every state and language, rendered once: the tests only look.
var all = sync.OnceValue(func() (list []rendered) {
	r, err := New(theHelp())
	if err != nil {
		panic(err)
	}
	for _, l := range locale.All() {
		for _, s := range states() {
			page := rendered{name: l.Tag + "/" + s.name, frame: frame(l)}
			page.source, page.root, err = read(r, page.frame, s.model)
			if err != nil {
				panic(page.name + ": " + err.Error())
			}
			list = append(list, page)
		}
	}
	return list
})

// everywhere runs a test on every page in every state and language.
func everywhere(t *testing.T, test func(t *testing.T, f Frame, source string, root *html.Node)) {
	for _, page := range all() {
		t.Run(page.name, func(t *testing.T) { test(t, page.frame, page.source, page.root) })
	}
}

func elements(root *html.Node, names ...string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, name := range names {
			if n.Data == name {
				found = append(found, n)
			}
		}
	}
	return found
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// TestPagesAreComplete looks for what was left out: places not filled in, keys without a text, values of the wrong kind.
func TestPagesAreComplete(t *testing.T) {
	leftovers := regexp.MustCompile(`\{\{|\}\}|%!|ZgotmplZ|<no value>|&lt;nil&gt;|\[[a-z_]+\.[a-z_.]+\]`)
	everywhere(t, func(t *testing.T, f Frame, source string, root *html.Node) {
		if m := leftovers.FindString(strings.ReplaceAll(source, "{{.Name}}", "")); m != "" { // the hostile name has that one
			t.Errorf("the page holds %q", m)
		}
		if strings.Contains(source, " class=\"\"") || strings.Contains(source, "<p></p>") {
			t.Error("the page holds something empty")
		}
	})
}

// TestPagesAreWellFormed checks what a browser would silently repair.
func TestPagesAreWellFormed(t *testing.T) {
	void := map[string]bool{"meta": true, "link": true, "img": true, "input": true, "br": true, "wbr": true}
	everywhere(t, func(t *testing.T, f Frame, source string, root *html.Node) {
		var open []string
		z := html.NewTokenizer(strings.NewReader(source))
		for {
			kind := z.Next()
			if kind == html.ErrorToken {
				break
			}
			name, _ := z.TagName()
			switch tag := string(name); {
			case kind == html.StartTagToken && !void[tag]:
				open = append(open, tag)
			case kind == html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != tag {
					t.Fatalf("</%s> closes %v", tag, open)
				}
				open = open[:len(open)-1]
			}
		}
		if z.Err() != io.EOF || len(open) > 0 {
			t.Errorf("%v is never closed (%v)", open, z.Err())
		}
		ids := make(map[string]bool)
		for n := range root.Descendants() {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("the id %q is there twice", id)
				}
				ids[id] = true
			}
		}
		for n := range root.Descendants() {
			for _, key := range []string{"for", "aria-describedby", "aria-labelledby"} {
				for _, id := range strings.Fields(attr(n, key)) {
					if !ids[id] {
						t.Errorf("<%s %s=%q> names nothing", n.Data, key, id)
					}
				}
			}
		}
	})
}

// TestPolicyHolds is R-101: nothing in the page that its content security policy would have to allow, and nothing from
// another host.
func TestPolicyHolds(t *testing.T) {
	everywhere(t, func(t *testing.T, f Frame, source string, root *html.Node) {
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Data == "style" || n.Data == "script" && !strings.HasPrefix(attr(n, "src"), "/static/") && !strings.HasPrefix(attr(n, "src"), ChallengePrefix+"/scratch.js?") {
				t.Errorf("<%s> in the page", n.Data)
			}
			for _, a := range n.Attr {
				loaded := a.Key == "src" || n.Data == "link" && a.Key == "href" || strings.HasPrefix(a.Key, "data-c")
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				case loaded && strings.Contains(a.Val, "//"):
					t.Errorf("<%s %s=%q> is of another host", n.Data, a.Key, a.Val)
				case strings.HasPrefix(strings.ToLower(a.Val), "javascript:") && n.Data != "input":
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}

// routes are the addresses that forms may post to. The handlers are registered under the same.
var routes = regexp.MustCompile(`^(/signin|/signout|/recover|/recover/(choose|code|resend|questions|saved|another|reset)|/(go|stop)/[A-Za-z0-9_-]+|/help/[a-z0-9-]+|` +
	`/account/(sessions|password|language|later|again|(email|phone)/new|confirm(/resend)?|(questions|codes)(/remove)?|` +
	`contact/[A-Za-z0-9_-]+/(main|replace|remove)))$`)

// TestFormsPost is R-102: only POST changes anything, and every form has a button without a script. A password or a code that was
// typed is never there to be read back (attacks: cached page).
func TestFormsPost(t *testing.T) {
	everywhere(t, func(t *testing.T, f Frame, source string, root *html.Node) {
		for _, form := range elements(root, "form") {
			if attr(form, "role") == "search" { // reads, and its answer can be kept as a bookmark
				if attr(form, "method") != "get" || attr(form, "action") != "/help/search" {
					t.Errorf("<form role=search method=%q action=%q>", attr(form, "method"), attr(form, "action"))
				}
			} else if attr(form, "method") != "post" || !routes.MatchString(attr(form, "action")) {
				t.Errorf("<form method=%q action=%q>", attr(form, "method"), attr(form, "action"))
			}
			buttons := elements(form, "button")
			if len(buttons) == 0 {
				t.Errorf("the form to %s has no button", attr(form, "action"))
				continue
			}
			// Enter presses the first button of a form: it must be the one that the form is for.
			if first := buttons[0]; attr(first, "name") == "action" && attr(first, "value") != "others" {
				t.Errorf("Enter in the form to %s does %q", attr(form, "action"), attr(first, "value"))
			}
		}
		for _, input := range elements(root, "input") {
			switch attr(input, "type") {
			case "password", "text":
				if has(input, "value") && attr(input, "name") != "username" {
					t.Errorf("<input name=%q> shows a value again", attr(input, "name"))
				}
			}
			if has(input, "disabled") {
				t.Errorf("<input name=%q> is disabled", attr(input, "name"))
			}
		}
		for _, button := range elements(root, "button") {
			if has(button, "disabled") {
				t.Errorf("the button %q is disabled", text(button))
			}
		}
	})
}

// TestPagesSpeak is R-105 as far as it shows in the source: language and direction, one heading after the other, a name for
// every control, one place of focus, errors tied to their fields.
func TestPagesSpeak(t *testing.T) {
	everywhere(t, func(t *testing.T, f Frame, source string, root *html.Node) {
		page := elements(root, "html")[0]
		if attr(page, "lang") != f.Lang.Tag || attr(page, "dir") != f.Lang.Dir {
			t.Errorf("<html lang=%q dir=%q>", attr(page, "lang"), attr(page, "dir"))
		}
		level := 0
		for _, h := range elements(root, "h1", "h2", "h3", "h4") {
			n := int(h.Data[1] - '0')
			if n > level+1 || n == 1 && level > 0 {
				t.Errorf("<%s> %q comes after <h%d>", h.Data, text(h), level)
			}
			level = n
		}
		if level == 0 || len(elements(root, "main")) != 1 {
			t.Error("no heading, or not one main part")
		}
		if title := text(elements(root, "title")[0]); !strings.HasSuffix(title, " · Fernbank") || len(title) < 14 {
			t.Errorf("the title is %q", title)
		}
		focus := 0
		labels := make(map[string]bool)
		for _, l := range elements(root, "label") {
			labels[attr(l, "for")] = true
		}
		for n := range root.Descendants() {
			if has(n, "autofocus") {
				focus++
			}
			wrong := attr(n, "aria-invalid") == "true"
			if wrong && !strings.Contains(attr(n, "aria-describedby"), "-fault") {
				t.Errorf("the error of %q is not tied to it", attr(n, "name"))
			}
		}
		if focus > 1 {
			t.Errorf("%d places of focus", focus)
		}
		for _, input := range elements(root, "input", "select") {
			if kind := attr(input, "type"); kind != "hidden" && kind != "checkbox" && !labels[attr(input, "id")] {
				t.Errorf("<input name=%q> has no label", attr(input, "name"))
			}
		}
		for _, control := range elements(root, "button", "a", "summary", "legend", "h1", "h2", "h3", "b", "option") {
			if text(control) == "" {
				t.Errorf("<%s> has no text", control.Data)
			}
		}
		for _, img := range elements(root, "img") {
			if !has(img, "alt") {
				t.Error("a picture has no alt")
			}
		}
	})
}

// TestWaysOut: whatever happened, the page leads on. A link to the help is on every one (design.md, section 1.7).
func TestWaysOut(t *testing.T) {
	everywhere(t, func(t *testing.T, f Frame, source string, root *html.Node) {
		main := elements(root, "main")[0]
		if len(elements(main, "a", "button")) == 0 {
			t.Error("the page leads nowhere")
		}
		for _, a := range elements(root, "a") {
			if attr(a, "href") == "/help" {
				return
			}
		}
		t.Error("no link to the help")
	})
}

// TestHostileValuesAreInert: what somebody typed stands there as text, and its direction does not reach beyond it.
func TestHostileValuesAreInert(t *testing.T) {
	facts := helpFacts
	facts.Site, facts.MailFrom = hostile, hostile
	centre, _, err := help.New(facts)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(centre)
	if err != nil {
		t.Fatal(err)
	}
	f := frame(locale.Match("", "en", ""))
	f.Site.Name, f.Path = hostile, "//evil.example/\"><script>"
	f.Site.HelpContact = "javascript:alert(1)@x"
	f.Site.PrivacyURL, f.Site.SignInURL = "javascript:alert(1)", "javascript:alert(1)"
	for _, s := range states() {
		source, root, err := read(r, f, s.model)
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range elements(root, "script") {
			if !has(script, "src") {
				t.Errorf("%s: a script came in: %s", s.name, text(script))
			}
		}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if a.Key == "href" || a.Key == "src" || a.Key == "action" {
					low := strings.ToLower(a.Val)
					if strings.HasPrefix(low, "javascript:") || strings.HasPrefix(low, "//") || strings.Contains(low, "://evil") {
						t.Errorf("%s: <%s %s=%q>", s.name, n.Data, a.Key, a.Val)
					}
				}
			}
		}
		for n := range root.Descendants() {
			// The text of a mail is shown as it came, in a block of its own; everything else runs in the page's direction.
			if n.Type == html.TextNode && n.Parent.Data != "pre" && strings.ContainsAny(n.Data, "\u202e\u2066\u2069") {
				t.Errorf("%s: <%s> holds a change of direction: %q", s.name, n.Parent.Data, n.Data)
			}
		}
		if strings.Contains(source, "<script>alert") {
			t.Errorf("%s: markup came in", s.name)
		}
	}
}

// TestCodeStates is: all that the code page knows is its View, and what it says of tries and time does
// not depend on the word in its address.
func TestCodeStates(t *testing.T) {
	for _, s := range codeStates() {
		m := s.model.(Code)
		want := map[string]codeState{
			"code-again": codeAgain, "code-run-out": codeRunOut, "code-not-yet": codeNotYet, "code-over": codeOver, "code-over-other-ways": codeOver,
			"code-text-again": codeAgain, "code-text-over": codeOver,
		}[s.name]
		if got := m.state(); got != want {
			t.Errorf("%s is state %d, want %d", s.name, got, want)
		}
	}
	if fault := (Code{View: view(nil), Said: "wrong"}).fault(); fault != "" {
		t.Errorf("a word that somebody made up is believed: %s", fault)
	}
}

func TestEgg(t *testing.T) {
	for _, c := range []struct {
		left time.Duration
		want float64
	}{{time.Minute, 1.5}, {42 * time.Second, 9}, {0, 26.5}, {2 * time.Minute, 1.5}, {-time.Hour, 26.5}} {
		m := Code{View: view(nil)}
		m.View.NextClick = m.View.Now.Add(c.left)
		if got := m.Count().Egg(); got != c.want {
			t.Errorf("with %v left the yolk is at %.1f, want %.1f", c.left, got, c.want)
		}
	}
}

func TestRenderWritesAllOrNothing(t *testing.T) {
	r := renderer(t)
	var b bytes.Buffer
	f := frame(locale.Language{Tag: "tlh"})
	if err := r.Render(&b, f, Done{}); err == nil || b.Len() > 0 {
		t.Errorf("an unknown language wrote %d bytes: %v", b.Len(), err)
	}
	f = frame(locale.Match("", "en", ""))
	if err := r.Render(&b, f, SignIn{Demo: []DemoAccount{{Note: "no.such"}}}); err == nil || b.Len() > 0 {
		t.Errorf("a text that is not there wrote %d bytes: %v", b.Len(), err)
	}
}

func BenchmarkRender(b *testing.B) {
	r := renderer(b)
	f := frame(locale.Match("", "en", ""))
	for name, m := range map[string]Model{"identify": Identify{Card: theCard}, "code": Code{View: view(nil)}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Render(io.Discard, f, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		renderer(b)
	}
}
