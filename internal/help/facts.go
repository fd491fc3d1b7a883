package help

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"twohens/internal/locale"
)

// Facts are what articles may tell of the site that they help with. They are all that can be filled in; an article that asks for
// anything else is refused when it is read.
type Facts struct {
	Site     string        // its name
	MailFrom string        // the address that codes come from; may be empty
	CodeLife time.Duration // how long a code works
	Least    int           // characters of a password
	Most     int

	Phone     bool // the way by text is offered
	Questions bool // the way by questions is offered
	Saved     bool // recovery codes are offered
	Several   bool // one way may not be enough
	Account   bool // the account page is here, and not a page of the site's own
}

// values are what {{.Name}} may name, and what stands there in a language.
var values = map[string]func(f Facts, c *locale.Catalogue) string{
	"Site":     func(f Facts, _ *locale.Catalogue) string { return locale.Inert(f.Site) },
	"MailFrom": func(f Facts, _ *locale.Catalogue) string { return locale.Inert(f.MailFrom) },
	"CodeLife": func(f Facts, c *locale.Catalogue) string { return c.Span(f.CodeLife) },
	"Least":    func(f Facts, _ *locale.Catalogue) string { return strconv.Itoa(f.Least) },
	"Most":     func(f Facts, _ *locale.Catalogue) string { return strconv.Itoa(f.Most) },
}

// flags are what {{if .Name}} and the line "needs" may ask.
var flags = map[string]func(Facts) bool{
	"Phone":     func(f Facts) bool { return f.Phone },
	"Questions": func(f Facts) bool { return f.Questions },
	"Saved":     func(f Facts) bool { return f.Saved },
	"Several":   func(f Facts) bool { return f.Several },
	"Account":   func(f Facts) bool { return f.Account },
	"MailFrom":  func(f Facts) bool { return f.MailFrom != "" },
}

// foreign are the values that somebody else wrote: they get a direction of their own (UAX 9).
var foreign = map[string]bool{"Site": true, "MailFrom": true}

// meet says whether the site has what an article is about.
func (f Facts) meet(needs []string) bool {
	return !slices.ContainsFunc(needs, func(flag string) bool { return !flags[flag](f) })
}

// place is something to fill in.
var place = regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)

// parts calls back for each piece of a text in turn: words as they are, or a value with its name.
func (f Facts) parts(text string, l locale.Language, each func(name, piece string)) {
	catalogue := locale.For(l.Tag)
	last := 0
	for _, at := range place.FindAllStringSubmatchIndex(text, -1) {
		name := text[at[2]:at[3]]
		value, ok := values[name]
		if !ok {
			continue // words like any other; strange refused those of an article's own
		}
		each("", text[last:at[0]])
		each(name, value(f, catalogue))
		last = at[1]
	}
	each("", text[last:])
}

// fill gives a text without marks, for titles.
func (f Facts) fill(text string, l locale.Language) string {
	var b strings.Builder
	f.parts(text, l, func(_, piece string) { b.WriteString(piece) })
	return locale.Inert(b.String())
}

// strange finds what looks like a place and is none that can be filled in.
func strange(text string) string {
	rest := place.ReplaceAllStringFunc(text, func(found string) string {
		if _, ok := values[strings.Trim(found, "{.}")]; ok {
			return ""
		}
		return found
	})
	if at := strings.Index(rest, "{{"); at >= 0 {
		end := strings.Index(rest[at:], "}}")
		if end < 0 {
			return rest[at:min(len(rest), at+20)]
		}
		return rest[at : at+end+2]
	}
	return ""
}

// condition is a line that says which sites the lines below are for.
var condition = regexp.MustCompile(`^\s*\{\{(?:if (not )?\.([A-Za-z]+)|(else)|(end))\}\}\s*$`)

// line is one of a file, with its number there, from 1.
type line struct {
	number int
	text   string
}

// choose keeps the lines that are for this site. Conditions stand on lines of their own and not inside each other: no article
// needs more, and more would be a language to get lost in. Faults are told whatever the site is.
func (f Facts) choose(lines []line, fault func(number int, format string, args ...any)) []line {
	var kept []line
	open, holds := 0, true
	for _, l := range lines {
		m := condition.FindStringSubmatch(l.text)
		if m == nil {
			if found := strange(l.text); found != "" {
				fault(l.number, "%q is nothing that can be filled in", found)
			}
			if holds {
				kept = append(kept, l)
			}
			continue
		}
		flag, known := flags[m[2]]
		switch {
		case m[2] != "" && !known:
			fault(l.number, "there is no condition %q", m[2])
		case m[2] != "" && open > 0:
			fault(l.number, "a condition stands inside another")
		case m[2] != "":
			open, holds = l.number, flag(f) == (m[1] == "")
		case open == 0:
			fault(l.number, "there is no condition here to go on with or to end")
		case m[3] != "":
			holds = !holds
		default:
			open, holds = 0, true
		}
	}
	if open > 0 {
		fault(open, "this condition is never ended")
	}
	return kept
}
