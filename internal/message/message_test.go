package message

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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
	stop   = "https://account.fernbank.example/stop/Qd4Lw8sTz1XyBnE6uHk3Rg"
	digits = "48219073"
)

var (
	address = contact.Contact{Kind: contact.KindEmail, Address: "ada.byrne@post.example"}
	number  = contact.Contact{Kind: contact.KindPhone, Address: "+34600123456"}
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

// letters are all letters in one language, by their names as files.
func letters(t testing.TB, c *Composer, lang string) map[string]Letter {
	t.Helper()
	all := make(map[string]Letter)
	keep := func(name string, l Letter, err error) {
		if err != nil {
			t.Fatalf("%s in %s: %v", name, lang, err)
		}
		all[name] = l
	}
	f := CodeFacts{Lang: lang, Code: digits, Life: 15 * time.Minute, Until: moment0, Link: link, NotMe: notMe}
	l, err := c.Code(f)
	keep("code", l, err)
	l, err = c.Confirm(f)
	keep("confirm", l, err)
	f.Link = ""
	l, err = c.Code(f)
	keep("code-without-link", l, err)
	for name, how := range map[string]How{
		"by-code": ByCode, "by-link": ByLink, "by-answers": ByAnswers, "by-saved": BySaved, "by-account": ByAccount,
	} {
		l, err := c.Notice(NoticeFacts{Lang: lang, Notice: recovery.NoticePassword, At: moment0, How: how, NotMe: notMe})
		keep("password-"+name, l, err)
		l, err = c.Notice(NoticeFacts{Lang: lang, Notice: recovery.NoticePassword, At: moment0, How: how, NotMe: notMe, Stop: stop})
		keep("undoable-"+name, l, err)
	}
	for _, n := range told0 {
		l, err := c.Notice(NoticeFacts{Lang: lang, Notice: n.notice, About: n.about, Stop: n.stop, At: moment0, NotMe: notMe})
		keep(n.name, l, err)
	}
	l, err = c.Alarm(AlarmFacts{Lang: lang, Pauses: pauses(2)})
	keep("alarm", l, err)
	l, err = c.Alarm(AlarmFacts{Lang: lang, Pauses: pauses(alarmPauses + 3)})
	keep("alarm-many", l, err)
	l, err = c.Brake(BrakeFacts{Lang: lang, At: moment0})
	keep("brake", l, err)
	return all
}

// told0 are the notices beside that of a new password.
var told0 = []struct {
	name   string
	notice recovery.Notice
	about  contact.Contact
	stop   string
	shows  string // the masked contact
}{
	{name: "undone", notice: recovery.NoticeUndone},
	{name: "answered", notice: recovery.NoticeAnswered, stop: stop},
	{name: "answered-without-stop", notice: recovery.NoticeAnswered},
	{name: "spent", notice: recovery.NoticeSpent, stop: stop},
	{name: "added-address", notice: recovery.NoticeAdded, about: address, shows: "a…@post.example"},
	{name: "added-number", notice: recovery.NoticeAdded, about: number, shows: "+34…56"},
	{name: "removed-address", notice: recovery.NoticeRemoved, about: address, shows: "a…@post.example"},
	{name: "removed-number", notice: recovery.NoticeRemoved, about: number, shows: "+34…56"},
	{name: "questions", notice: recovery.NoticeQuestions},
	{name: "saved", notice: recovery.NoticeSaved},
	{name: "taken", notice: recovery.NoticeTaken},
}

func pauses(n int) []engine.Pause {
	all := []engine.Pause{{Range: "ES", Until: moment0, Sent: 512, Entered: 11}}
	for i := 1; i < n; i++ {
		all = append(all, engine.Pause{Range: engine.Range("+34600" + strconv.Itoa(100+i)), Until: moment0, Sent: 60, Entered: 1})
	}
	return all
}

func TestLetters(t *testing.T) {
	c := composer(t, "Fernbank")
	for _, lang := range locale.All() {
		for name, l := range letters(t, c, lang.Tag) {
			t.Run(lang.Tag+"/"+name, func(t *testing.T) {
				text := visible(t, l.HTML)
				if strings.Contains(l.Subject, digits) || strings.Contains(l.Subject, "…") {
					t.Errorf("the subject holds a code or a contact: %q", l.Subject)
				}
				for part, s := range map[string]string{"subject": l.Subject, "text": l.Text, "HTML": text} {
					if !strings.Contains(s, "Fernbank") {
						t.Errorf("the %s does not name the site", part)
					}
					if strings.ContainsAny(s, "{}[]") || strings.Contains(s, "mail.") || strings.Contains(s, "\n\n\n") && part == "text" {
						t.Errorf("the %s has something left to fill in: %q", part, s)
					}
				}
				if !slices.Equal(links(t, l.HTML), targets(name)) {
					t.Errorf("the HTML leads to %q, not to %q", links(t, l.HTML), targets(name))
				}
				for _, target := range targets(name) {
					if !strings.Contains(l.Text, "\n"+target+"\n") {
						t.Errorf("the text does not hold %s", target)
					}
				}
				for _, s := range []string{l.Text, text} {
					holds(t, name, s)
				}
			})
		}
	}
}

// holds looks for the facts of a letter in one of its bodies.
func holds(t *testing.T, name, body string) {
	t.Helper()
	want := []string{"2026"}
	switch {
	case strings.HasPrefix(name, "code"), name == "confirm":
		want = []string{digits, "08:52 UTC", "15"}
	case name == "alarm":
		want = []string{"512", "11", "08:52 UTC", "twohens sms resume ES", "twohens sms resume +34600101"}
	case name == "brake":
		want = []string{"08:52 UTC"}
	case name == "alarm-many":
		want = []string{"twohens sms resume +34600119"}
	}
	for _, n := range told0 {
		if n.name == name && n.shows != "" {
			want = append(want, n.shows)
		}
	}
	for _, w := range want {
		if !strings.Contains(body, w) {
			t.Errorf("%q is missing in:\n%s", w, body)
		}
	}
	if strings.Contains(body, "ada.byrne") || strings.Contains(body, "600123456") || strings.Contains(body, "+34600120") {
		t.Errorf("a whole contact, or a range too many, in:\n%s", body)
	}
}

// targets are where the links of a letter lead, in order.
func targets(letter string) []string {
	switch {
	case letter == "code":
		return []string{link, notMe}
	case letter == "answered", letter == "spent", strings.HasPrefix(letter, "undoable-"):
		return []string{stop}
	case letter == "taken", letter == "brake", strings.HasPrefix(letter, "alarm"):
		return nil
	}
	return []string{notMe}
}

// links are where the links of a page lead.
func links(t *testing.T, source string) []string {
	t.Helper()
	var all []string
	walk(t, source, func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "href" {
				all = append(all, a.Val)
			}
		}
	})
	return all
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
		for _, body := range allTexts(t, c, lang.Tag) {
			if strings.Contains(body, "\u202e") || strings.Contains(body, "\nBcc") || strings.Contains(body, "\r") {
				t.Errorf("%s: the name breaks the text %q", lang.Tag, body)
			}
		}
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
	l, err := c.Notice(NoticeFacts{Lang: "tlh", Notice: recovery.NoticePassword, At: moment0, How: ByCode, NotMe: notMe})
	if err != nil || l.Subject != "Your Fernbank password was changed" {
		t.Errorf("got %q, %v", l.Subject, err)
	}
}

// A reader whose language nobody knows, such as the operator, is written to in the site's, and nobody else.
func TestSiteLanguage(t *testing.T) {
	base, _ := url.Parse("https://account.fernbank.example")
	c, err := New(Site{Name: "Fernbank", URL: base, Language: "ar"})
	if err != nil {
		t.Fatal(err)
	}
	arabic := composer(t, "Fernbank")
	for lang, want := range map[string]string{"": "ar", "tlh": "ar", "es": "es", "en": "en", "zh-Hans": "zh-Hans"} {
		got, err := c.Brake(BrakeFacts{Lang: lang, At: moment0})
		if err != nil {
			t.Fatal(err)
		}
		wanted, err := arabic.Brake(BrakeFacts{Lang: want, At: moment0})
		if err != nil || got.Subject != wanted.Subject || got.Text != wanted.Text || got.HTML != wanted.HTML {
			t.Errorf("%q is not written to in %s: %s, %v", lang, want, got.Subject, err)
		}
		if a, b := c.catalogue(lang).Language.Tag, want; a != b {
			t.Errorf("texts to %q are in %s, want %s", lang, a, b)
		}
	}
}

// TestCompose is the engine's port: links are made of the configured URL, whatever it is.
func TestCompose(t *testing.T) {
	base, _ := url.Parse("http://127.0.0.1:8080/")
	c, err := New(Site{Name: "Fernbank", URL: base})
	if err != nil {
		t.Fatal(err)
	}
	opaque := secret.NewOpaque()
	m, err := c.Compose(engine.Letter{
		ID: "n1", Kind: recovery.EffectSend, To: address, Locale: "es", Code: secret.TypedCode(digits), Link: opaque,
		Until: moment0, Life: 15 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if m.ID != "n1" || m.To.Contact() != address || m.Locale != "es" || m.Subject != "Tu código de Fernbank" {
		t.Errorf("got %q to %v in %q: %q", m.ID, m.To, m.Locale, m.Subject)
	}
	in := func(m engine.Mail, what ...string) {
		t.Helper()
		seen := visible(t, m.HTML) + strings.Join(links(t, m.HTML), " ")
		for _, w := range what {
			if !strings.Contains(m.Text, w) || !strings.Contains(seen, w) {
				t.Errorf("%q is not in both bodies of %q:\n%s", w, m.Subject, m.Text)
			}
		}
	}
	in(m, "http://127.0.0.1:8080/go/"+opaque.Reveal(), "http://127.0.0.1:8080/help/not-me", "127.0.0.1:8080")
	for _, letter := range []struct {
		engine.Letter
		says []string
	}{
		{engine.Letter{Kind: recovery.EffectConfirm, Code: secret.TypedCode(digits), Life: time.Minute}, []string{"wants to add this address"}},
		{engine.Letter{Kind: recovery.EffectSend, Code: secret.TypedCode(digits), Life: time.Minute}, []string{"Someone asked to set a new password"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticePassword, Proof: recovery.ProofCode}, []string{"With a code", "23 Nov 2026, 08:52 UTC"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticePassword, Proof: recovery.ProofLink}, []string{"With the link"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticePassword, Proof: recovery.ProofAnswers}, []string{"By answering"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticePassword, Proof: recovery.ProofSaved}, []string{"With a recovery code"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticePassword}, []string{"On the account page"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticeAnswered, Stop: opaque}, []string{"/stop/" + opaque.Reveal(), "stops the recovery"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticeAnswered}, []string{"/help/not-me", "act now"}},
		{engine.Letter{Kind: recovery.EffectNotify, Notice: recovery.NoticeRemoved, About: number}, []string{"+34…56"}},
		{engine.Letter{Kind: recovery.EffectAlarm, Pauses: pauses(1)}, []string{"twohens sms resume ES"}},
		{engine.Letter{Kind: recovery.EffectBrake}, []string{"one code on many accounts", "23 Nov 2026, 08:52 UTC"}},
	} {
		letter.To, letter.Locale, letter.At = address, "en", moment0
		m, err := c.Compose(letter.Letter)
		if err != nil {
			t.Errorf("%s %s: %v", letter.Kind, letter.Notice, err)
		}
		in(m, letter.says...)
		if letter.Link.IsZero() && strings.Contains(m.HTML+m.Text, "/go/") {
			t.Errorf("%s has a link that was never made", letter.Kind)
		}
	}
	for _, l := range []engine.Letter{
		{Kind: "poem", To: address},
		{Kind: recovery.EffectNotify, Notice: "poem", To: address},
		{Kind: recovery.EffectNotify, Notice: recovery.NoticeAdded, To: address},
		{Kind: recovery.EffectSend, To: number},
	} {
		if _, err := c.Compose(l); err == nil || strings.Contains(err.Error(), "600123456") {
			t.Errorf("%s %s was composed, or names its reader: %v", l.Kind, l.Notice, err)
		}
	}
}

// TestWordsForEveryNotice reads the notices out of the source of recovery: a new one has words as a mail and as a text.
func TestWordsForEveryNotice(t *testing.T) {
	source, err := os.ReadFile("../recovery/effect.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`Notice\w+ +Notice = "(\w+)"`).FindAllSubmatch(source, -1)
	if len(found) < 8 {
		t.Fatalf("only %d notices were found", len(found))
	}
	for _, m := range found {
		notice := recovery.Notice(m[1])
		for _, about := range []contact.Contact{address, number} {
			if _, err := worded(notice, about); err != nil {
				t.Errorf("as a mail: %v", err)
			}
		}
		if noticeTexts[notice] == "" {
			t.Errorf("%s has no text", notice)
		}
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
		if err := os.WriteFile(filepath.Join(folder, "texts.txt"), []byte(strings.Join(allTexts(t, c, lang.Tag), "\n\n")), 0o644); err != nil {
			t.Fatal(err)
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
