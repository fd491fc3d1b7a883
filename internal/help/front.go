package help

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// front is what stands above an article, between two lines of three hyphens: a key, a colon and the rest of the line. Lists are
// separated by commas.
type front struct {
	title    string
	topic    string   // slug
	order    int      // within the topic; topics have one too
	related  []string // slugs
	steps    []string // pages that it helps with
	keywords []string // what people search for who do not know our words
	needs    []string // conditions; the article is there only where all of them hold

	lines map[string]int // where each key stands, from 1
}

// Steps are the pages that an article may say it helps with.
var Steps = []string{
	"identify", "choose", "email", "phone", "questions", "saved", "link", "stop", "reset",
	"password", "again", "new-email", "new-phone", "setup", "paper",
}

// fence opens and closes the lines above an article.
const fence = "---"

const longestTitle = 150 // runes

var slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// reserved are names that addresses below /help have for something else.
var reserved = []string{"search", "topic"}

// parseFront reads the lines above an article, and gives the lines below back.
func parseFront(text string, fault func(number int, format string, args ...any)) (f front, below []line) {
	f.lines = make(map[string]int)
	var lines []line
	for text := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		lines = append(lines, line{len(lines) + 1, text})
	}
	if strings.TrimSpace(lines[0].text) != fence {
		fault(1, "does not begin with a line of three hyphens")
		return f, nil
	}
	for i, l := range lines[1:] {
		number, text := l.number, strings.TrimSpace(l.text)
		switch key, value, found := strings.Cut(text, ":"); {
		case text == fence:
			f.complete(fault)
			return f, lines[i+2:]
		case text == "":
		case !found:
			fault(number, "is no key with a colon after it")
		default:
			if f.lines[key] != 0 {
				fault(number, "%s stands here twice", cutShort(key))
				continue
			}
			f.lines[key] = number
			if err := f.set(key, strings.TrimSpace(value)); err != nil {
				fault(number, "%v", err)
			}
		}
	}
	fault(1, "the lines above the article are never closed by three hyphens")
	return f, nil
}

func (f *front) set(key, value string) (err error) {
	switch key {
	case "title":
		f.title = value
		if n := utf8.RuneCountInString(value); n == 0 || n > longestTitle {
			return fmt.Errorf("title must have 1 to %d characters", longestTitle)
		}
		if found := strange(value); found != "" {
			return fmt.Errorf("%q is nothing that can be filled in", found)
		}
	case "topic":
		f.topic = value
		return checkSlug(key, value)
	case "order":
		if f.order, err = strconv.Atoi(value); err != nil || f.order < 0 || f.order > 1_000_000 {
			return fmt.Errorf("order must be a number from 0 to 1000000")
		}
	case "related":
		f.related = list(value)
		for _, slug := range f.related {
			if err := checkSlug(key, slug); err != nil {
				return err
			}
		}
	case "step":
		f.steps = list(value)
		return among(key, f.steps, func(s string) bool { return slices.Contains(Steps, s) })
	case "needs":
		f.needs = list(value)
		return among(key, f.needs, func(s string) bool { return flags[s] != nil })
	case "keywords":
		f.keywords = list(value)
	default:
		return fmt.Errorf("there is no key %q", cutShort(key))
	}
	return nil
}

// complete asks for what no article can do without. Where it stands on its shelf may be known from the English one.
func (f *front) complete(fault func(number int, format string, args ...any)) {
	if f.lines["title"] == 0 {
		fault(1, "title is missing")
	}
}

// over lays the front of a translation, or of an operator's file, over that of the article it is made from.
func (f front) over(base front) front {
	for key := range base.lines {
		if f.lines[key] != 0 {
			continue
		}
		switch key {
		case "topic":
			f.topic = base.topic
		case "order":
			f.order = base.order
		case "related":
			f.related = base.related
		case "step":
			f.steps = base.steps
		case "needs":
			f.needs = base.needs
		}
	}
	return f
}

func checkSlug(key, slug string) error {
	if !slugForm.MatchString(slug) {
		return fmt.Errorf("%s: %q is no name of the characters a-z, 0-9 and -", key, cutShort(slug))
	}
	return nil
}

func among(key string, names []string, known func(string) bool) error {
	for _, name := range names {
		if !known(name) {
			return fmt.Errorf("%s: there is no %q", key, cutShort(name))
		}
	}
	return nil
}

// list takes the items between commas, of every script.
func list(value string) []string {
	var items []string
	for item := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == '،' || r == '，' || r == '、' }) {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// cutShort keeps a fault readable whatever it quotes.
func cutShort(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}
