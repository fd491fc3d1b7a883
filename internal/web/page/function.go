package page

import (
	"html/template"
	"net/url"
	"strings"
	"time"

	"twohens/internal/help"
	"twohens/internal/locale"
	"twohens/internal/question"
	"twohens/internal/web/static"
	"twohens/scratch/widget"
)

// functions are what the templates of one language call.
func functions(c *locale.Catalogue, e *help.Edition) template.FuncMap {
	return template.FuncMap{
		"t": c.Text,
		"around": func(key, name string, args ...any) (around, error) {
			before, after, err := c.Around(key, name, args...)
			return around{before, after}, err
		},
		"span":      c.Span,
		"countdown": locale.Countdown,
		"clock":     func(t time.Time) string { return c.Clock(t, nil) },
		"day":       func(t time.Time) string { return c.Day(t, nil) },
		"moment":    func(t time.Time) string { return c.Moment(t, nil) },
		"machine":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"seconds":   func(d time.Duration) int { return int((max(0, d) + time.Second - 1) / time.Second) },
		"gap":       c.Language.Gap,
		"inert":     locale.Inert,
		"languages": locale.All,
		"switch":    switchTo,
		"static":    static.URL,
		"challenge": func() string { return widget.ScriptAddress(ChallengePrefix) },
		"notice":    newNotice,
		"complaint": newComplaint,
		"contact":   contactURL,
		"browser":   func(agent string) string { return browser(c, agent) },
		"upto":      upTo,
		"next":      func(i int) int { return i + 1 },
		"edition":   func() *help.Edition { return e },
		"finder":    func(query string) finder { return finder{locale.Inert(query)} },
		"tongue":    func(l locale.Language) tongue { return tongue{l, c.Language} },
		"standing":  func(ways []string) string { return standing(c, ways) },
		"dated":     func(key string, at time.Time) (dated, error) { return newDated(c, key, at) },
		"region":    c.Region,
		"countries": (&picker{catalogue: c}).countries,
		"question":  func(id string) string { return question.ID(id).Key() },
	}
}

// around is a sentence with one value left out, for the page to mark it up.
type around struct{ Before, After string }

// dated is a sentence with a day left out, for the page to mark it up.
type dated struct {
	around
	At time.Time
}

func newDated(c *locale.Catalogue, key string, at time.Time) (dated, error) {
	before, after, err := c.Around(key, "Day")
	return dated{around{before, after}, at}, err
}

// notice is a coloured box: what happened, then what to do. Kind is "", "wait", "bad" or "fine".
type notice struct{ Kind, Head, Text string }

func newNotice(kind, head, text string) notice { return notice{kind, head, text} }

// complaint says under a field what is wrong with it; the field names the complaint's id.
type complaint struct{ ID, Text string }

func newComplaint(id, text string) complaint { return complaint{id, text} }

// switchTo is the address of this page in another language. A path that came with two slashes must not become the address
// of another host.
func switchTo(here, tag string) string {
	u, err := url.Parse("/" + strings.TrimLeft(here, `/\`))
	if err != nil {
		u = &url.URL{Path: "/"}
	}
	query := u.Query()
	query.Set("lang", tag)
	u.RawQuery = query.Encode()
	return u.String()
}

// contactURL is where a help contact leads; empty if it is nothing that one can follow.
func contactURL(contact string) string {
	switch {
	case strings.HasPrefix(contact, "https://"), strings.HasPrefix(contact, "http://"), strings.HasPrefix(contact, "mailto:"):
		return contact
	case strings.Contains(contact, "@"):
		return "mailto:" + contact
	}
	return ""
}

// upTo counts from 1 to n.
func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i + 1
	}
	return list
}
