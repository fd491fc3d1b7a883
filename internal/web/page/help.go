package page

import (
	"twohens/internal/help"
	"twohens/internal/locale"
)

// Help is the help centre: all topics, or one.
type Help struct {
	Topic string // slug; empty: all
}

// Article is one article of the help. Field: helpful.
type Article struct {
	Slug    string
	Counted bool   // it was just said whether the article helped
	Paces   []Pace // of this browser's request, where the article is about its messages
}

// Search is what the help found. Field: q, by GET.
type Search struct {
	Query string
}

// shelved is a model whose title is written in the help.
type shelved interface {
	shelf(e *help.Edition) (title string)
}

func (Help) page() about    { return about{"help", "help.title", false} }
func (Article) page() about { return about{"article", "help.title", false} }
func (Search) page() about  { return about{"search", "help.find", false} }

func (m Help) shelf(e *help.Edition) string {
	if t := e.Topic(m.Topic); t != nil {
		return t.Title
	}
	return ""
}

func (m Article) shelf(e *help.Edition) string {
	if a := e.Article(m.Slug); a != nil {
		return a.Title
	}
	return ""
}

// someOf is how many articles of a topic stand on the page of all topics, when there are several.
const someOf = 6

// Some are the articles that a topic shows among others.
func (Help) Some(e *help.Edition, t *help.Topic) []*help.Article {
	if len(e.Topics) == 1 {
		return t.Articles
	}
	return t.Articles[:min(someOf, len(t.Articles))]
}

// finder is the field that searches the help.
type finder struct{ Query string }

// tongue tells a reader, and what reads aloud, that words are in another language than the page.
type tongue struct {
	Language locale.Language
	Page     locale.Language
}

// Other says that they are.
func (t tongue) Other() bool { return t.Language != t.Page }
