// Package page is the pages: their models and their templates. Rendering is pure: the same model gives the same bytes, and
// nothing here reads a clock, a request or a store.
//
// No page needs a script, and none holds one: scripts and styles are files of internal/web/static, so the content security
// policy can forbid everything else. Whatever comes from a person is escaped by html/template for the place where it
// stands and, inside sentences, made inert by locale.
package page

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"sync"

	"twohens/internal/help"
	"twohens/internal/locale"
)

//go:embed html/*.html
var files embed.FS

// Renderer turns models into pages. It may be used by any number of goroutines.
type Renderer struct {
	Help *help.Centre // what the pages of the help, and the drawers of the others, show

	languages map[string]*template.Template
	buffers   sync.Pool
}

// New parses the templates, once for each language.
func New(centre *help.Centre) (*Renderer, error) {
	r := &Renderer{Help: centre, languages: make(map[string]*template.Template)}
	r.buffers.New = func() any { return new(bytes.Buffer) }
	for _, l := range locale.All() {
		t, err := template.New("").Funcs(functions(locale.For(l.Tag), centre.In(l.Tag))).ParseFS(files, "html/*.html")
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		r.languages[l.Tag] = t
	}
	return r, nil
}

// sheet is what a template is given.
type sheet struct {
	Frame
	Title  string
	Failed bool
	Once   bool // it cannot be had again: nothing around it may lead away by the way
	Open   bool // anybody may find it by a search engine
	M      Model
}

// Render writes a page. After an error nothing was written: half a page is worse than none.
func (r *Renderer) Render(w io.Writer, f Frame, m Model) error {
	a := m.page()
	t := r.languages[f.Lang.Tag]
	if t == nil {
		return fmt.Errorf("page: no language %q", f.Lang.Tag)
	}
	_, once := m.(Codes)
	title, err := locale.For(f.Lang.Tag).Text(a.title)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	s, open := m.(shelved)
	if open {
		title = cmp.Or(s.shelf(r.Help.In(f.Lang.Tag)), title)
	}
	b := r.buffers.Get().(*bytes.Buffer)
	defer r.buffers.Put(b)
	b.Reset()
	if err := t.ExecuteTemplate(b, a.name, sheet{Frame: f, Title: title, Failed: a.failed, Once: once, Open: open, M: m}); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}
