package message

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

var gallery = flag.String("gallery", "", "write every letter in every language into this folder, to be looked at")

const (
	link   = "https://account.fernbank.example/go/7Jx0mPq4T9vKcR2wYb8sNe"
	notMe  = "https://account.fernbank.example/help/not-me"
	digits = "48219073"
)

var moment0 = time.Date(2026, 11, 23, 8, 52, 10, 0, time.UTC)

func composer(t testing.TB, name string) *Composer {
	t.Helper()
	base, err := url.Parse("https://account.fernbank.example")
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Site{Name: name, URL: base})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// letters are all letters in one language.
func letters(t testing.TB, c *Composer, lang string) map[string]Letter {
	t.Helper()
	all := make(map[string]Letter)
	keep := func(name string, l Letter, err error) {
		if err != nil {
			t.Fatalf("%s in %s: %v", name, lang, err)
		}
		all[name] = l
	}
	l, err := c.Code(CodeFacts{Lang: lang, Code: digits, Life: 15 * time.Minute, Until: moment0, Link: link, NotMe: notMe})
	keep("code", l, err)
	for name, how := range map[string]How{"by-code": ByCode, "by-link": ByLink, "by-account": ByAccount} {
		l, err := c.Changed(ChangedFacts{Lang: lang, At: moment0, How: how, NotMe: notMe})
		keep("changed-"+name, l, err)
	}
	return all
}

func TestLetters(t *testing.T) {
	c := composer(t, "Fernbank")
	for _, lang := range locale.All() {
		for name, l := range letters(t, c, lang.Tag) {
			t.Run(lang.Tag+"/"+name, func(t *testing.T) {
				text := visible(t, l.HTML)
				if strings.Contains(l.Subject, digits) {
					t.Errorf("the subject holds the code: %q", l.Subject)
				}
				for part, s := range map[string]string{"subject": l.Subject, "text": l.Text, "HTML": text} {
					if !strings.Contains(s, "Fernbank") {
						t.Errorf("the %s does not name the site", part)
					}
					if strings.ContainsAny(s, "{}[]") || strings.Contains(s, "mail.") {
						t.Errorf("the %s has something left to fill in: %q", part, s)
					}
				}
				for _, target := range targets(name) {
					if !strings.Contains(l.Text, target) {
						t.Errorf("the text does not hold %s", target)
					}
					if !strings.Contains(l.HTML, `href="`+target+`"`) {
						t.Errorf("the HTML has no link to %s", target)
					}
				}
				if name == "code" {
					for part, s := range map[string]string{"text": l.Text, "HTML": text} {
						if !strings.Contains(s, digits) {
							t.Errorf("copying from the %s does not give the eight digits", part)
						}
						if !strings.Contains(s, "08:52 UTC") || !strings.Contains(s, "15") {
							t.Errorf("the %s does not say how long", part)
						}
					}
				}
			})
		}
	}
}

func targets(letter string) []string {
	if letter == "code" {
		return []string{link, notMe}
	}
	return []string{notMe}
}

// TestLettersLoadNothing is R-52: nothing remote, no script, no form.
func TestLettersLoadNothing(t *testing.T) {
	c := composer(t, "Fernbank")
	for name, l := range letters(t, c, "en") {
		walk(t, l.HTML, func(n *html.Node) {
			switch n.Data {
			case "img", "script", "link", "iframe", "form", "object", "video", "base":
				t.Errorf("%s has a <%s>", name, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "src" || a.Key == "background" || strings.HasPrefix(a.Key, "on") || a.Key == "style" && strings.Contains(a.Val, "url(") {
					t.Errorf("%s has %s=%q", name, a.Key, a.Val)
				}
			}
		})
		if strings.Contains(l.HTML, "@import") || strings.Contains(l.HTML, "url(") {
			t.Errorf("the style sheet of %s loads something", name)
		}
	}
}

// TestHostileNameIsInert is the configuration's own site name, and stands for every value that is filled in.
func TestHostileNameIsInert(t *testing.T) {
	name := "Fern<script>alert(1)</script>\r\nBcc: eve@post.example\u202ebank"
	c := composer(t, name)
	for _, lang := range locale.All() {
		for kind, l := range letters(t, c, lang.Tag) {
			for _, r := range l.Subject {
				if unicode.IsControl(r) || r == '\u202e' {
					t.Errorf("%s in %s: the subject holds %U", kind, lang.Tag, r)
				}
			}
			if strings.Contains(l.Text, "\u202e") || strings.Contains(l.Text, "\nBcc") {
				t.Errorf("%s in %s: the name breaks the text", kind, lang.Tag)
			}
			walk(t, l.HTML, func(n *html.Node) {
				if n.Data == "script" {
					t.Errorf("%s in %s: the name became a script", kind, lang.Tag)
				}
			})
		}
	}
}

func TestGroups(t *testing.T) {
	for code, want := range map[string]string{
		"123456": "123 456", "1234567": "1234 567", "12345678": "1234 5678", "123456789": "123 456 789",
		"1234567890": "12345 67890", "12345678901": "123456 78901", "123456789012": "1234 5678 9012",
	} {
		if got := strings.Join(CodeFacts{Code: code}.Groups(), " "); got != want {
			t.Errorf("%s is grouped %q, want %q", code, got, want)
		}
	}
}

func TestUnknownLanguageIsEnglish(t *testing.T) {
	c := composer(t, "Fernbank")
	l, err := c.Changed(ChangedFacts{Lang: "tlh", At: moment0, How: ByCode, NotMe: notMe})
	if err != nil || l.Subject != "Your Fernbank password was changed" {
		t.Errorf("got %q, %v", l.Subject, err)
	}
}

// TestCompose is the engine's port: links are made of the configured URL, whatever it is.
func TestCompose(t *testing.T) {
	base, _ := url.Parse("http://127.0.0.1:8080/")
	c, err := New(Site{Name: "Fernbank", URL: base})
	if err != nil {
		t.Fatal(err)
	}
	to, err := contact.ParseEmail("ada.byrne@post.example")
	if err != nil {
		t.Fatal(err)
	}
	opaque := secret.NewOpaque()
	m, err := c.Compose(engine.Letter{
		ID: "n1", Kind: recovery.EffectSend, To: to, Locale: "es", Code: secret.TypedCode(digits), Link: opaque,
		Until: moment0, Life: 15 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "http://127.0.0.1:8080/go/" + opaque.Reveal(); !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, want) {
		t.Errorf("no link to %s", want)
	}
	if m.ID != "n1" || m.To != to || m.Locale != "es" || m.Subject != "Tu código de Fernbank" {
		t.Errorf("got %q to %v in %q: %q", m.ID, m.To, m.Locale, m.Subject)
	}
	for proof, how := range map[recovery.Proof]string{
		recovery.ProofCode: "With a code", recovery.ProofLink: "With the link", recovery.ProofNone: "On the account page",
	} {
		m, err := c.Compose(engine.Letter{ID: "n2", Kind: recovery.EffectNotify, To: to, Locale: "en", At: moment0, Proof: proof})
		if err != nil || !strings.Contains(m.Text, how) || !strings.Contains(m.Text, "23 Nov 2026, 08:52 UTC") {
			t.Errorf("the notice after %q does not say %q: %v\n%s", proof, how, err, m.Text)
		}
	}
	if _, err := c.Compose(engine.Letter{Kind: "poem"}); err == nil {
		t.Error("a letter of no kind was composed")
	}
}

// visible is what a reader sees and copies: the text of the HTML, without what is only for lists and machines.
func visible(t *testing.T, source string) string {
	t.Helper()
	var b strings.Builder
	walk(t, source, func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "title" {
			b.WriteString(n.Data)
		}
	})
	return b.String()
}

func walk(t *testing.T, source string, visit func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		visit(n)
	}
}

// TestGallery writes the letters as files.
func TestGallery(t *testing.T) {
	if *gallery == "" {
		t.Skip("no -gallery folder given")
	}
	c := composer(t, "Fernbank")
	for _, lang := range locale.All() {
		folder := filepath.Join(*gallery, lang.Tag)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, l := range letters(t, c, lang.Tag) {
			for ext, body := range map[string]string{"html": l.HTML, "txt": l.Subject + "\n\n" + l.Text} {
				if err := os.WriteFile(filepath.Join(folder, "mail-"+name+"."+ext), []byte(body), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func BenchmarkCode(b *testing.B) {
	for _, lang := range []string{"en", "ar"} {
		b.Run(lang, func(b *testing.B) {
			c := composer(b, "Fernbank")
			f := CodeFacts{Lang: lang, Code: digits, Life: 15 * time.Minute, Until: moment0, Link: link, NotMe: notMe}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Code(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
