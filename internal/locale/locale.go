// Package locale holds every text that a person reads, in every language, words for moments and spans of time, and the names of countries.
//
// The texts are in text/active.<tag>.toml, in the format of go-i18n, so that translators can use its tools. Texts with a
// count have the plural forms that CLDR asks for in their language; tests keep the files complete, free of texts
// that nobody uses, and alike in their placeholders.
//
// What is put into a text is made inert first: control characters go, and a value that is written in the other direction is
// isolated (Unicode bidirectional algorithm, UAX 9), so that a name cannot turn round the sentence it stands in.
package locale

import (
	"embed"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed text/*.toml
var files embed.FS

// Catalogue holds the texts of one language. It may be used by any number of goroutines.
type Catalogue struct {
	Language  Language
	plain     map[string]string // texts with nothing to fill in
	localizer *i18n.Localizer
	regions   func() display.Namer
}

var catalogues = func() map[string]*Catalogue {
	all := make(map[string]*Catalogue)
	for _, l := range languages {
		c, err := open(l)
		if err != nil {
			panic(err) // the files are a part of the program
		}
		all[l.Tag] = c
	}
	return all
}()

// For returns the catalogue of a language by its tag, or the English one.
func For(tag string) *Catalogue {
	if c, ok := catalogues[tag]; ok {
		return c
	}
	if l, ok := Find(tag); ok {
		return catalogues[l.Tag]
	}
	return catalogues[languages[0].Tag]
}

func open(l Language) (*Catalogue, error) {
	tag, err := language.Parse(l.Tag)
	if err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(tag) // one language in each: nothing to look for, and no falling back to another
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	file, err := bundle.LoadMessageFileFS(files, "text/active."+l.Tag+".toml")
	if err != nil {
		return nil, fmt.Errorf("locale: %w", err)
	}
	c := &Catalogue{
		Language: l, plain: make(map[string]string), localizer: i18n.NewLocalizer(bundle, l.Tag), regions: regionNames(tag),
	}
	for _, m := range file.Messages {
		plural := m.Zero + m.One + m.Two + m.Few + m.Many
		if plural == "" && !strings.Contains(m.Other, opening) {
			c.plain[m.ID] = m.Other
		}
	}
	return c, nil
}

// T returns a text. The arguments are names and values in turn, T("code.tries", "Count", 2, "Limit", 5); the value of Count, an
// int, chooses the plural form. A key that does not exist, or a value that is missing, gives the key in brackets; tests
// find those.
func (c *Catalogue) T(key string, args ...any) string {
	text, err := c.Text(key, args...)
	if err != nil {
		return "[" + key + "]"
	}
	return text
}

// Text is T for those who would rather have the error.
func (c *Catalogue) Text(key string, args ...any) (string, error) {
	if text, ok := c.plain[key]; ok {
		return text, nil
	}
	config := i18n.LocalizeConfig{MessageID: key, TemplateData: filling{args: args, dir: c.Language.Dir}, TemplateParser: parser{}}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "Count" {
			config.PluralCount = args[i+1]
		}
	}
	text, err := c.localizer.Localize(&config)
	if text != "" {
		// The library may know a plural form that CLDR has added since these texts were written, such as that of a million in
		// Spanish. It then gives the general form together with an error.
		return text, nil
	}
	return "", fmt.Errorf("locale: %s in %s: %w", key, c.Language.Tag, err)
}

// Around returns what stands before and after one value of a text, for pages that mark that value up.
func (c *Catalogue) Around(key, name string, args ...any) (before, after string, err error) {
	text, err := c.Text(key, append(args, name, gap{})...)
	before, after, _ = strings.Cut(text, mark)
	return before, after, err
}
