package help

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"golang.org/x/net/html"

	"twohens/internal/locale"
)

// everything is a site that offers all there is.
var everything = Facts{
	Site: "Fernbank", MailFrom: "recovery@fernbank.example", CodeLife: 15 * time.Minute, Least: 8, Most: 256,
	Phone: true, Questions: true, Saved: true, Several: true, Account: true,
}

// nothing is a site that offers e-mail alone, and has its own account page.
var nothing = Facts{Site: "Fernbank", CodeLife: 10 * time.Minute, Least: 8, Most: 256}

func centre(t testing.TB, facts Facts, folders ...fs.FS) (*Centre, []Fault) {
	t.Helper()
	c, faults, err := New(facts, folders...)
	if err != nil {
		t.Fatal(err)
	}
	return c, faults
}

// contract are titles that nobody may change (design.md, section 1.7).
var contract = map[string]string{
	"email": "Why cannot I receive the Email verification code?",
	"sms":   "Why cannot I receive the SMS verification code?",
}

func TestContract(t *testing.T) {
	for _, facts := range []Facts{everything, nothing} {
		c, _ := centre(t, facts)
		for slug, want := range contract {
			if a := c.In("en").Article(slug); a == nil || a.Title != want {
				t.Errorf("%s is %v, the contract says %q", slug, a, want)
			}
		}
	}
}

// every article in every language, none standing in for another, and each of them led to.
func TestEveryArticleInEveryLanguage(t *testing.T) {
	c, faults := centre(t, everything)
	if len(faults) > 0 {
		t.Errorf("faults of our own: %v", faults)
	}
	if c.Len() < 20 {
		t.Fatalf("only %d articles", c.Len())
	}
	for _, l := range locale.All() {
		e := c.In(l.Tag)
		titles := make(map[string]string)
		for slug, source := range c.In("en").articles {
			a := e.Article(slug)
			if a == nil || a.Language != l {
				t.Errorf("%s: %s is missing", l.Tag, slug)
				continue
			}
			if other := titles[a.Title]; other != "" {
				t.Errorf("%s: %s and %s have the same title", l.Tag, slug, other)
			}
			titles[a.Title] = slug
			if got, want := tags(t, a), tags(t, source); got != want {
				t.Errorf("%s: %s is built otherwise than the English one:\n%s\n%s", l.Tag, slug, got, want)
			}
			if len(e.Related(a)) != len(a.related) || len(a.related) == 0 {
				t.Errorf("%s: %s leads to %d of %v", l.Tag, slug, len(e.Related(a)), a.related)
			}
		}
	}
}

// tags is the structure of an article: its elements and where its links lead.
func tags(t *testing.T, a *Article) string {
	t.Helper()
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(string(a.Body))); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type == html.StartTagToken && token.Data != "bdi" && token.Data != "a" {
			b.WriteString(" " + token.Data)
		}
		for _, at := range token.Attr {
			if at.Key == "href" {
				b.WriteString(" " + at.Val)
			}
		}
	}
	return b.String()
}

// A translation says what its own language is about and leaves the rest to the English one, so that there is one place to change it.
func TestTranslationsOnlyTranslate(t *testing.T) {
	d := newDesk(everything)
	folder, err := fs.Sub(own, "articles")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.put(folder); err != nil {
		t.Fatal(err)
	}
	for slug, v := range d.articles {
		for tag, s := range v.sources {
			for key := range s.front.lines {
				if tag != "en" && key != "title" && key != "keywords" {
					t.Errorf("%s/%s sets %s", tag, slug, key)
				}
			}
			if s.front.lines["keywords"] == 0 {
				t.Errorf("%s/%s has no keywords", tag, slug)
			}
		}
	}
}

// The help is true for the site that it stands on: what is not offered is not explained, and nothing leads there.
func TestArticlesFollowTheSite(t *testing.T) {
	for _, l := range locale.All() {
		full, _ := centre(t, everything)
		bare, _ := centre(t, nothing)
		for _, slug := range []string{"questions", "set-up-questions", "recovery-codes", "phone", "texts-weaker", "two-ways", "sessions", "change-email"} {
			if full.In(l.Tag).Article(slug) == nil || bare.In(l.Tag).Article(slug) != nil {
				t.Errorf("%s: %s does not follow what the site offers", l.Tag, slug)
			}
		}
		e := bare.In(l.Tag)
		for slug, a := range e.articles {
			for _, m := range regexp.MustCompile(`href="/help/([^"]*)"`).FindAllStringSubmatch(string(a.Body), -1) {
				if e.Article(m[1]) == nil {
					t.Errorf("%s: %s leads to %s, which is not there", l.Tag, slug, m[1])
				}
			}
			for _, other := range append(e.Related(a), e.Beside(a)...) {
				if e.Article(other.Slug) != other || other == a {
					t.Errorf("%s: %s is beside %s", l.Tag, other.Slug, slug)
				}
			}
			if strings.Contains(string(a.Body), everything.MailFrom) {
				t.Errorf("%s: %s names an address that this site has not", l.Tag, slug)
			}
		}
		with, without := full.In(l.Tag).Article("sms").Body, e.Article("sms").Body
		if strings.Count(string(with), "<li>") != 10 || strings.Count(string(without), "<li>") != 2 {
			t.Errorf("%s: sms does not follow what the site offers:\n%s\n%s", l.Tag, with, without)
		}
	}
}

// What a step shows first is what it showed always, and no step is without.
func TestSteps(t *testing.T) {
	c, _ := centre(t, everything)
	first := map[string]string{"email": "email", "phone": "sms", "choose": "email", "identify": "address", "questions": "questions", "reset": "good-password", "stop": "not-me"}
	for _, step := range Steps {
		list := c.In("en").Step(step)
		if len(list) == 0 || len(list) > 3 {
			t.Errorf("%s has %d articles", step, len(list))
		} else if want := first[step]; want != "" && list[0].Slug != want {
			t.Errorf("%s begins with %s, want %s", step, list[0].Slug, want)
		}
	}
}

// pages are the words that stand on pages, in mails and on the card, in a language.
func pages(t *testing.T, l locale.Language) map[string]bool {
	t.Helper()
	known := make(map[string]bool)
	var tree map[string]any
	if _, err := toml.DecodeFile("../locale/text/active."+l.Tag+".toml", &tree); err != nil {
		t.Fatal(err)
	}
	var collect func(map[string]any)
	collect = func(tree map[string]any) {
		for _, value := range tree {
			switch v := value.(type) {
			case string:
				known[strings.TrimSuffix(v, ".")] = true
			case map[string]any:
				collect(v)
			}
		}
	}
	collect(tree)
	text, err := os.ReadFile("../../scratch/widget/words/" + l.Tag + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]string
	if err := json.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	for _, word := range words {
		known[word] = true
	}
	return known
}

var quoted = regexp.MustCompile(`[“«]([^”»]+)[”»]`)

// The help quotes the pages: what it puts into quotation marks stands on a page, in a mail or on the card, in that language.
func TestHelpQuotesThePages(t *testing.T) {
	elsewhere := map[string]bool{"not spam": true, "no es spam": true, "ليست غير مرغوب فيها": true, "不是垃圾邮件": true, "{{.Site}}": true}
	count := 0
	for _, l := range locale.All() {
		known := pages(t, l)
		if len(known) < 200 {
			t.Fatalf("%s: only %d texts were read", l.Tag, len(known))
		}
		names, err := fs.Glob(own, "articles/"+l.Tag+"/*.md")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(own, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
				count++
				if quote := strings.TrimSuffix(m[1], "."); !known[quote] && !elsewhere[quote] {
					t.Errorf("%s quotes %q, which stands nowhere", name, m[1])
				}
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d quotes were found", count)
	}
}

// Nothing of an article is left in English, and no word of another script slips in.
func TestNothingIsLeftInEnglish(t *testing.T) {
	latin := regexp.MustCompile(`[A-Za-z]{2,}`)
	english := regexp.MustCompile(`(?i)\b(the|you|your|this|that|and|with|from|password|account|again|please|nothing|click|address)\b`)
	fitting := map[string]bool{"JavaScript": true, "SMS": true, "Tab": true, "Shift": true, "Cookie": true, "SIM": true, "Fernbank": true}
	c, _ := centre(t, everything)
	for _, l := range locale.All()[1:] {
		for slug, a := range c.In(l.Tag).articles {
			text := strings.ReplaceAll(strings.Join(append(append([]string{a.Title}, a.keywords...), a.passages...), "\n"), everything.MailFrom, "")
			if m := english.FindString(text); m != "" {
				t.Errorf("%s: %s holds the English word %q", l.Tag, slug, m)
			}
			for _, word := range latin.FindAllString(text, -1) {
				if l.Tag != "es" && !fitting[word] {
					t.Errorf("%s: %s holds %q", l.Tag, slug, word)
				}
			}
		}
	}
}

// The manual names every key, step, value and flag, and its example is an article.
func TestManual(t *testing.T) {
	text, err := os.ReadFile("../../docs/manual/help.md")
	if err != nil {
		t.Fatal(err)
	}
	manual := string(text)
	for _, step := range Steps {
		if !strings.Contains(manual, "`"+step+"`") {
			t.Errorf("the manual does not name the step %s", step)
		}
	}
	for flag := range flags {
		if !strings.Contains(manual, "`"+flag+"`") {
			t.Errorf("the manual does not name the flag %s", flag)
		}
	}
	for value := range values {
		if !strings.Contains(manual, "`{{."+value+"}}`") {
			t.Errorf("the manual does not name the value %s", value)
		}
	}
	_, example, _ := strings.Cut(manual, "## An article\n\n")
	example, _, _ = strings.Cut(example, "\n\n| key |")
	example = strings.ReplaceAll("\n"+example, "\n    ", "\n")[1:]
	c, faults := centre(t, everything, folder(map[string]string{
		"en/topics/orders.md": "---\ntitle: Orders\n---\n", "en/returns.md": example, "en/order-late.md": head + "Late.\n",
	}))
	for _, f := range faults {
		if !f.Note {
			t.Error(f)
		}
	}
	if a := c.In("en").Article("returns"); a == nil || !strings.Contains(string(a.Body), `<li><b>Print the label.</b>`) {
		t.Errorf("the example is no article: %+v", a)
	}
}
