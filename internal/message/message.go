// Package message puts letters into words, in the language of their reader: as a mail with a subject, a text and the same in HTML, or
// as a text to a telephone.
//
// A letter says what, for how long, and what to do if it was not you. Its subject never holds the code: subjects are shown
// on locked screens and kept in indexes. Nothing in it is loaded from anywhere, so opening it tells nobody anything. Mail programs
// drop style sheets, so the HTML is tables with the styles on the elements; the one sheet it has is for dark screens.
package message

import (
	"bytes"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"

	"twohens/internal/locale"
)

//go:embed mail/*
var files embed.FS

// Letter is a message in words.
type Letter struct {
	Subject string
	Text    string
	HTML    string
}

// Colours are those of the site's buttons and links, for light and for dark screens. The zero value is the product's.
type Colours struct {
	Button, ButtonText, Link             string
	DarkButton, DarkButtonText, DarkLink string
}

var productColours = Colours{
	Button: "#0F5A4B", ButtonText: "#FFFFFF", Link: "#0B5A49",
	DarkButton: "#86D6BF", DarkButtonText: "#06241C", DarkLink: "#93DCC7",
}

// Site is whom letters come from.
type Site struct {
	Name     string
	URL      *url.URL // where the pages are; every link is made of it (invariant 8)
	Colours  Colours
	Language string // the tag of the one for readers whose language nobody knows, operators among them; empty: English
}

// Composer writes letters. It may be used by any number of goroutines.
type Composer struct {
	site      Site
	host      string   // in texts
	names     []string // of the site, in texts
	languages map[string]templates
	buffers   sync.Pool
}

type templates struct {
	catalogue *locale.Catalogue
	html      *htmltemplate.Template
	text      *texttemplate.Template
}

// New parses the templates, once for each language.
func New(site Site) (*Composer, error) {
	if site.Colours == (Colours{}) {
		site.Colours = productColours
	}
	c := &Composer{site: site, host: hostOf(site), names: names(site), languages: make(map[string]templates)}
	c.buffers.New = func() any { return new(bytes.Buffer) }
	for _, l := range locale.All() {
		t := templates{catalogue: locale.For(l.Tag)}
		functions := map[string]any{
			"t": t.catalogue.T, "gap": l.Gap,
			"button": newButton, "span": t.catalogue.Span, "clock": clock(t.catalogue), "moment": moment(t.catalogue),
		}
		var err error
		if t.html, err = htmltemplate.New("").Funcs(functions).ParseFS(files, "mail/*.html"); err != nil {
			return nil, fmt.Errorf("message: %w", err)
		}
		if t.text, err = texttemplate.New("").Funcs(functions).ParseFS(files, "mail/*.txt"); err != nil {
			return nil, fmt.Errorf("message: %w", err)
		}
		c.languages[l.Tag] = t
	}
	return c, nil
}

func clock(c *locale.Catalogue) func(time.Time) string {
	return func(t time.Time) string { return c.Clock(t, nil) }
}

func moment(c *locale.Catalogue) func(time.Time) string {
	return func(t time.Time) string { return c.Moment(t, nil) }
}

// button is a link that looks like one.
type button struct {
	Colours    Colours
	Href, Text string
}

func newButton(c Colours, href, text string) button { return button{c, href, text} }

// sheet is what the templates are given.
type sheet struct {
	Lang    locale.Language
	Site    string
	Host    string
	Colours Colours
	Subject string
	Peek    string // what a list of mails shows beside the subject
	Product string
	F       any
}

// write fills both templates of a letter.
func (c *Composer) write(lang, name, subject, peek string, facts any) (Letter, error) {
	t := c.languages[c.language(lang)]
	s := sheet{
		Lang: t.catalogue.Language, Site: c.site.Name, Host: c.site.URL.Host, Colours: c.site.Colours, Product: "Twohens", F: facts,
	}
	s.Subject = t.catalogue.T(subject, "Site", c.site.Name)
	s.Peek = peek
	b := c.buffers.Get().(*bytes.Buffer)
	defer c.buffers.Put(b)
	b.Reset()
	if err := t.html.ExecuteTemplate(b, name+".html", s); err != nil {
		return Letter{}, fmt.Errorf("message: %w", err)
	}
	letter := Letter{Subject: s.Subject, HTML: b.String()}
	b.Reset()
	if err := t.text.ExecuteTemplate(b, name+".txt", s); err != nil {
		return Letter{}, fmt.Errorf("message: %w", err)
	}
	letter.Text = strings.TrimLeft(b.String(), "\n")
	return letter, nil
}

// catalogue of a language tag, or of the site's.
func (c *Composer) catalogue(lang string) *locale.Catalogue { return locale.For(c.language(lang)) }

// language is the tag of the language that a letter is written in: the reader's, or else the site's.
func (c *Composer) language(lang string) string { return locale.Match("", lang, c.site.Language).Tag }
