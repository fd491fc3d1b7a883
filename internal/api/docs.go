package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"reflect"
	"strings"

	"twohens/internal/recovery"
)

//go:embed docs.html
var docsSource string

//go:embed docs.css
var docsStyle []byte

// docs shows the calls to a person: one page of plain HTML, no script, nothing from elsewhere.
func (a *api) docs(w http.ResponseWriter, _ *http.Request) error {
	w.Header()["Content-Security-Policy"] = headerDocPolicy
	return a.documents.serve(w, "text/html; charset=utf-8", a.documents.page)
}

func (a *api) style(w http.ResponseWriter, _ *http.Request) error {
	return a.documents.serve(w, "text/css; charset=utf-8", docsStyle)
}

// meanings says what each outcome means for the caller, in the order of the walk.
var meanings = []struct {
	Outcome recovery.Outcome
	Meaning string
}{
	{recovery.Noted, "Done; there is nothing to say."},
	{recovery.Sent, "If the address is registered, a new code is on its way."},
	{recovery.SentAgain, "If the address is registered, the same code is on its way once more."},
	{recovery.Cooling, "The click came inside the cool-down: nothing changed, nothing is sent. `next_click_in` says when the next one counts."},
	{recovery.WayOff, "This site has not switched that way on."},
	{recovery.Waiting, "Not ready yet: come again in a second. It cost no try."},
	{recovery.Empty, "Nothing was typed. It cost no try."},
	{recovery.Wrong, "Not a code that works: wrong, spent or old. It cost a try."},
	{recovery.Missed, "These answers do not match, or some of them. It cost a try."},
	{recovery.RunOut, "Every code of this way has run out: ask for a new one."},
	{recovery.TriesUsed, "Codes and answers are refused from now on. The link in the newest mail still works, and a new request can be opened."},
	{recovery.Paused, "For a while no typed codes are looked at on the whole site, because somebody is trying many. It cost no try; the link in the mail works."},
	{recovery.Proved, "That was right. `grant` is the right to set one password."},
	{recovery.OneMore, "That was right, and this site asks for one more way: choose one of `ways`. There is no grant yet."},
	{recovery.ProvedBefore, "This request was proved already. The code was not read, and the grant is not told twice."},
	{recovery.Finished, "The new password is set."},
	{recovery.Ended, "The request's time is over, or the account set a password by another one: open a new request."},
	{recovery.NotHere, "The step does not belong to where the request stands. See `state`."},
}

// schemesShown are the schemes in words.
var schemesShown = map[string]string{
	schemeKey: "Authorization: Bearer", schemeRequest: headerRequest, schemeGrant: headerGrant,
}

// docsCall is a call as the page shows it.
type docsCall struct {
	ID, Method, Path, Summary, Text string
	Under                           []string
	In, Out                         []docsMember
	Status                          int
	Outcomes                        []string
	Problems                        []kind
	Example, Answer                 string
}

// docsMember is a member of a body, those of an object within it following it.
type docsMember struct {
	Name, Kind, Doc string
	Optional        bool
}

func docsPage(calls []operation, origin, site string) []byte {
	page := template.Must(template.New("docs").Funcs(template.FuncMap{
		"marked": marked,
	}).Parse(docsSource))
	var shown, about []docsCall
	for _, o := range calls {
		if o.text == "" {
			about = append(about, o.shown(origin))
			continue
		}
		shown = append(shown, o.shown(origin))
	}
	var b bytes.Buffer
	err := page.Execute(&b, map[string]any{
		"Site": site, "Base": origin + Prefix, "Prefix": Prefix, "Calls": shown, "Documents": about,
		"View": membersShown(typeView, ""), "Meanings": meanings, "Kinds": kindsOfCalls,
	})
	if err != nil {
		panic(err) // the template and what it shows are both the program's own
	}
	return b.Bytes()
}

// shown is the call as the page shows it.
func (o operation) shown(origin string) docsCall {
	c := docsCall{
		ID: o.id, Method: o.method, Path: Prefix + o.path, Summary: o.summary, Text: o.text,
		Status: o.success(), Outcomes: outcomeNames(o.outcomes), Problems: o.problems,
	}
	for _, together := range o.under {
		var names []string
		for _, scheme := range together {
			names = append(names, schemesShown[scheme])
		}
		if len(names) > 0 {
			c.Under = append(c.Under, strings.Join(names, " and "))
		} else if len(o.under) > 1 {
			c.Under = append(c.Under, "a challenge")
		}
	}
	if o.out != nil {
		c.Out, c.Answer = membersShown(o.out, ""), indented(schemas{o.outcomes, o.state}.example(o.out))
		c.Example = o.curl(origin)
	}
	if o.takesBody() {
		c.In = membersShown(o.in, "")
	}
	return c
}

// curl is the call as a command, with the first of the secrets that it goes under.
func (o operation) curl(origin string) string {
	line := []string{"curl -X " + o.method + " " + origin + Prefix + o.path}
	for _, scheme := range o.under[0] {
		header := schemesShown[scheme] + ": "
		if scheme == schemeKey {
			header = schemesShown[scheme] + " "
		}
		line = append(line, `-H "`+header+"$"+strings.ToUpper(scheme)+`"`)
	}
	if o.takesBody() {
		body, err := json.Marshal(schemas{}.example(o.in))
		if err != nil {
			panic(err)
		}
		line = append(line, "--json '"+string(body)+"'")
	}
	return strings.Join(line, " \\\n  ")
}

func indented(o object) string {
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// membersShown lists the members of a struct. The view has a table of its own.
func membersShown(t reflect.Type, within string) []docsMember {
	var list []docsMember
	for _, f := range fieldsOf(t) {
		m := docsMember{Name: within + f.name, Doc: f.doc, Optional: f.optional}
		of := f.of
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		m.Kind = kindShown(of)
		list = append(list, m)
		if of.Kind() == reflect.Slice {
			of = of.Elem() // of a list, the members of each
		}
		if of.Kind() == reflect.Struct && of != typeTime && of != typeView {
			list = append(list, membersShown(of, m.Name+".")...)
		}
	}
	return list
}

func kindShown(t reflect.Type) string {
	switch {
	case t == typeTime:
		return "time"
	case t == typeView:
		return "view"
	case t == typeState:
		return strings.Join(stateNames(), ", ")
	case t == typeWay:
		return strings.Join(wayNames(), ", ")
	case t == typeOutcome:
		return "outcome"
	case t.Kind() == reflect.Slice:
		return "list of: " + kindShown(t.Elem())
	case t.Kind() == reflect.Struct:
		return "object"
	case t.Kind() == reflect.Int:
		return "number"
	case t.Kind() == reflect.Bool:
		return "true or false"
	}
	return "text"
}

// marked turns `code` into code, and leaves everything else as it is.
func marked(text string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		escaped := template.HTMLEscapeString(part)
		if i%2 == 1 {
			escaped = "<code>" + escaped + "</code>"
		}
		b.WriteString(escaped)
	}
	return template.HTML(b.String())
}
