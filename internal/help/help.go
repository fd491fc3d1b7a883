// Package help is the help centre: articles by topic, in every language, and the search over them.
//
// An article is a Markdown file with a few lines above it (front.go). The product brings its own; an operator's folder lies over
// them, and its articles replace and add. Everything is read and made into HTML once, at the start: what a page shows afterwards
// needs no file and no parser.
//
// An operator's file is a text, never a program: raw HTML and pictures are left out, links lead to articles, to these pages, to
// https and to mail alone, and what is filled in is a fixed set of facts (facts.go), escaped like every other word. A file that
// cannot be understood is left out and told as a [Fault]; the others are served all the same.
package help

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"twohens/internal/locale"
)

//go:embed articles
var own embed.FS

// Centre is the help in all languages. It may be used by any number of goroutines.
type Centre struct {
	editions map[string]*Edition
}

// Edition is the help for the readers of one language. What is not written in theirs is there in English and says so.
type Edition struct {
	Language locale.Language
	Topics   []*Topic // those with articles, in order

	articles map[string]*Article
	steps    map[string][]*Article
	index    func() *index
}

// Topic is a shelf of articles.
type Topic struct {
	Slug     string // in its address: /help/topic/{slug}
	Title    string
	Order    int
	Language locale.Language
	Articles []*Article
}

// Article is one page of help.
type Article struct {
	Slug     string // in its address: /help/{slug}
	Topic    *Topic
	Title    string
	Order    int
	Language locale.Language // that it is written in
	Body     template.HTML   // made by markup.go, of which nothing but its own tags comes through

	related  []string
	steps    []string
	keywords []string
	passages []string // its text, block by block, for the search
}

// New reads the product's articles and, over them, those of the folders, the last one on top. Whatever is wrong in a folder is a
// Fault; an error is a folder that cannot be read at all.
func New(facts Facts, folders ...fs.FS) (*Centre, []Fault, error) {
	articles, err := fs.Sub(own, "articles")
	if err != nil {
		return nil, nil, fmt.Errorf("help: %w", err)
	}
	d := newDesk(facts)
	if err := d.put(articles); err != nil {
		return nil, nil, err
	}
	if len(d.faults) > 0 {
		return nil, nil, errors.New("help: " + d.faults[0].String()) // the files are a part of the program
	}
	for _, folder := range folders {
		if err := d.put(folder); err != nil {
			return nil, nil, err
		}
	}
	c := &Centre{editions: make(map[string]*Edition)}
	for _, l := range locale.All() {
		c.editions[l.Tag] = d.edition(l)
	}
	d.missing()
	slices.SortFunc(d.faults, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.What, b.What))
	})
	return c, slices.Compact(d.faults), nil
}

// In is the help for the readers of a language; of one that is not spoken here, the English.
func (c *Centre) In(tag string) *Edition {
	if e, ok := c.editions[tag]; ok {
		return e
	}
	return c.editions[english]
}

// Len is how many articles there are to read.
func (c *Centre) Len() int { return len(c.editions[english].articles) }

// Article is the article of that name, or nil.
func (e *Edition) Article(slug string) *Article { return e.articles[slug] }

// Topic is the topic of that name, or nil.
func (e *Edition) Topic(slug string) *Topic {
	for _, t := range e.Topics {
		if t.Slug == slug {
			return t
		}
	}
	return nil
}

// Step lists the articles for a page of the walk, the nearest first, at most three: more would be a search of its own.
func (e *Edition) Step(step string) []*Article {
	const most = 3
	list := e.steps[step]
	return list[:min(most, len(list))]
}

// Related lists what the article itself points to.
func (e *Edition) Related(a *Article) []*Article {
	var list []*Article
	for _, slug := range a.related {
		if other := e.articles[slug]; other != nil && other.Slug != a.Slug {
			list = append(list, other)
		}
	}
	return list
}

// Beside lists some articles of the same topic that the article does not point to: those that follow it, round and round.
func (e *Edition) Beside(a *Article) []*Article {
	const some = 3
	all := a.Topic.Articles
	at := slices.Index(all, a)
	var list []*Article
	for n := 1; n < len(all) && len(list) < some; n++ {
		if next := all[(at+n)%len(all)]; !slices.Contains(a.related, next.Slug) {
			list = append(list, next)
		}
	}
	return list
}

// edition puts together what readers of a language get.
func (d *desk) edition(l locale.Language) *Edition {
	e := &Edition{Language: l, articles: make(map[string]*Article), steps: make(map[string][]*Article)}
	shelves := make(map[string]*Topic)
	for _, slug := range slices.Sorted(maps.Keys(d.topics)) {
		if s := d.topics[slug].nearest(l); s != nil {
			f := d.topics[slug].merged(s)
			shelves[slug] = &Topic{Slug: slug, Title: d.facts.fill(f.title, s.language), Order: f.order, Language: s.language}
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(d.articles)) {
		s := d.articles[slug].nearest(l)
		if s == nil {
			continue
		}
		f := d.articles[slug].merged(s)
		shelf := shelves[f.topic]
		switch {
		case f.topic == "":
			d.fault(s, 0, "topic is missing, here and in the English one")
			continue
		case shelf == nil:
			d.fault(s, f.lines["topic"], "there is no topic %q", f.topic)
			continue
		}
		if !d.facts.meet(f.needs) {
			continue
		}
		a := d.article(s, f)
		a.Topic = shelf
		shelf.Articles = append(shelf.Articles, a)
		e.articles[slug] = a
	}
	for _, slug := range slices.Sorted(maps.Keys(shelves)) {
		if t := shelves[slug]; len(t.Articles) > 0 {
			slices.SortStableFunc(t.Articles, func(a, b *Article) int { return cmp.Compare(a.Order, b.Order) })
			e.Topics = append(e.Topics, t)
		}
	}
	slices.SortStableFunc(e.Topics, func(a, b *Topic) int { return cmp.Compare(a.Order, b.Order) })
	for _, t := range e.Topics {
		for _, a := range t.Articles {
			for _, step := range a.steps {
				e.steps[step] = append(e.steps[step], a)
			}
		}
	}
	e.index = sync.OnceValue(func() *index { return newIndex(e.Topics) })
	return e
}

// article makes an article out of its file.
func (d *desk) article(s *source, f front) *Article {
	a := &Article{
		Slug: s.slug, Title: d.facts.fill(f.title, s.language), Order: f.order, Language: s.language,
		related: f.related, steps: f.steps, keywords: f.keywords,
	}
	for _, slug := range f.related {
		if _, ok := d.articles[slug]; !ok {
			d.fault(s, f.lines["related"], "there is no article %q to be related to", slug)
		}
	}
	a.Body, a.passages = d.render(s)
	return a
}
