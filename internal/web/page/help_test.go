package page

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"twohens/internal/help"
	"twohens/internal/locale"
)

var helpFacts = help.Facts{
	Site: "Fernbank", MailFrom: "recovery@fernbank.example", CodeLife: 15 * time.Minute, Least: 8, Most: 256,
	Phone: true, Questions: true, Saved: true, Several: true, Account: true,
}

// theirs is what an operator wrote, in English alone, with everything that Markdown has.
const theirs = `---
title: How do I return an order?
topic: orders
related: privacy
keywords: parcel
---
Within thirty days. *Keep* the box.

1. **Print the label.** It is in the parcel. **Do not** fold it.

   A second thought.
2. Bring it to the post.

- One thing
- Another, with ` + "`code`" + `

> A note.

## Further on

    as it is

### Deeper

See <https://fernbank.example/returns> or [privacy](privacy).
`

// theHelp is the help of the pages in the tests: the product's own, and an operator's that is not translated.
var theHelp = sync.OnceValue(func() *help.Centre {
	centre, faults, err := help.New(helpFacts, fstest.MapFS{
		"en/topics/orders.md": {Data: []byte("---\ntitle: Orders\norder: 20\n---\n")},
		"en/returns.md":       {Data: []byte(theirs)},
	})
	if err != nil {
		panic(err)
	}
	for _, f := range faults {
		if !f.Note {
			panic(f.String())
		}
	}
	return centre
})

// helpStates are the pages of the help. Of the articles there are those that differ in more than their words.
func helpStates() (all []state) {
	add := func(name string, m Model) { all = append(all, state{name, m}) }
	add("help", Help{})
	add("help-topic", Help{Topic: "account"})
	add("help-topic-theirs", Help{Topic: "orders"})
	for _, slug := range []string{"forgot", "email", "sms", "card", "recorded", "not-me", "returns"} {
		add("help-"+slug, Article{Slug: slug})
	}
	add("help-counted", Article{Slug: "email", Counted: true})
	add("help-search", Search{Query: "SMS"})
	add("help-search-none", Search{Query: "zzz"})
	add("help-search-empty", Search{})
	add("help-search-hostile", Search{Query: hostile})
	return all
}

// Anybody may find an article by a search engine, and nothing else: the walk begins at the site that one comes from.
func TestHelpAloneIsFoundFromOutside(t *testing.T) {
	for _, page := range all() {
		name := page.name[strings.Index(page.name, "/")+1:]
		open := strings.HasPrefix(name, "help") && !strings.HasPrefix(name, "help-search")
		if kept := strings.Contains(page.source, `<meta name="robots" content="noindex">`); kept == open {
			t.Errorf("%s is kept from search engines: %t", page.name, kept)
		}
	}
}

// Every article of the product can be drawn.
func TestEveryArticleIsDrawn(t *testing.T) {
	r := renderer(t)
	for _, l := range locale.All() {
		for _, topic := range theHelp().In(l.Tag).Topics {
			for _, a := range topic.Articles {
				_, root, err := read(r, frame(l), Article{Slug: a.Slug})
				if err != nil {
					t.Fatal(err)
				}
				if got := text(elements(root, "h1")[0]); got != a.Title || !strings.Contains(text(elements(root, "title")[0]), a.Title) {
					t.Errorf("%s/%s: the heading is %q", l.Tag, a.Slug, got)
				}
			}
		}
	}
}

// What is written in another language than the page says so, to those who hear it too.
func TestUntranslatedHelpSaysSo(t *testing.T) {
	r := renderer(t)
	for _, l := range locale.All() {
		f := frame(l)
		_, root, err := read(r, f, Article{Slug: "returns"})
		if err != nil {
			t.Fatal(err)
		}
		c := locale.For(l.Tag)
		article := elements(root, "article")[0]
		told := strings.Contains(text(elements(root, "main")[0]), c.T("help.not_yet.head"))
		if other := l.Tag != "en"; told != other || (attr(article, "lang") == "en") != other || (attr(article, "dir") == "ltr") != other {
			t.Errorf("%s: told %t, lang=%q dir=%q", l.Tag, told, attr(article, "lang"), attr(article, "dir"))
		}
	}
}

// The drawer of a step opens the articles that fit it, in the reader's language.
func TestDrawersOpenTheFittingArticle(t *testing.T) {
	r := renderer(t)
	for _, c := range []struct {
		model Model
		want  []string
	}{
		{Identify{Card: theCard}, []string{"address", "card"}},
		{Choose{Ways: []string{"email"}}, []string{"email", "sms", "lost"}},
		{Code{View: view(nil)}, []string{"email", "lost"}},
		{Link{Alive: true, Action: "/go/x"}, []string{"email", "not-me"}},
		{Reset{MinLength: 8}, []string{"good-password", "refused"}},
	} {
		for _, l := range locale.All() {
			_, root, err := read(r, frame(l), c.model)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range elements(root, "a") {
				if slug, ok := strings.CutPrefix(attr(a, "href"), "/help/"); ok {
					got = append(got, slug)
					if want := theHelp().In(l.Tag).Article(slug).Title; text(a) != want {
						t.Errorf("%T in %s: %s is called %q, want %q", c.model, l.Tag, slug, text(a), want)
					}
				}
			}
			if strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("%T in %s: the drawer has %v, want %v", c.model, l.Tag, got, c.want)
			}
		}
	}
}
