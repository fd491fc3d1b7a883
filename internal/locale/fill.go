package locale

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// The delimiters of a place to fill in: {{.Name}}, as in go-i18n. Nothing else of Go's template language is understood,
// which makes filling in a matter of a microsecond and keeps programs out of translations.
const (
	opening = "{{."
	closing = "}}"
)

// parser reads a text once; go-i18n keeps the result.
type parser struct{}

func (parser) Cacheable() bool { return true }

func (parser) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	var p parsed
	for {
		before, rest, found := strings.Cut(src, opening)
		if strings.Contains(before, "{{") {
			return nil, fmt.Errorf("locale: only {{.Name}} can be filled in: %q", src)
		}
		p.words = append(p.words, before)
		if !found {
			return p, nil
		}
		name, rest, found := strings.Cut(rest, closing)
		if !found {
			return nil, fmt.Errorf("locale: %q is never closed", src)
		}
		p.names = append(p.names, name)
		src = rest
	}
}

// parsed is a text cut at its places: words[0] names[0] words[1] ... words[n].
type parsed struct {
	words []string
	names []string
}

// filling is what is put into the places.
type filling struct {
	args []any // names and values in turn
	dir  string
}

func (p parsed) Execute(data any) (string, error) {
	f := data.(filling)
	var b strings.Builder
	for i, name := range p.names {
		b.WriteString(p.words[i])
		value, ok := f.value(name)
		if !ok {
			return "", fmt.Errorf("locale: no value for %s", name)
		}
		b.WriteString(value)
	}
	b.WriteString(p.words[len(p.names)])
	return b.String(), nil
}

func (f filling) value(name string) (string, bool) {
	for i := 0; i+1 < len(f.args); i += 2 {
		if f.args[i] != name {
			continue
		}
		switch v := f.args[i+1].(type) {
		case string:
			return isolate(v, f.dir), true
		case int:
			return strconv.Itoa(v), true
		case gap:
			return mark, true
		}
		return "", false
	}
	return "", false
}

// gap leaves a mark where a value would stand. No text and no value can hold the mark: inert takes it out.
type gap struct{}

const mark = "\x00"
