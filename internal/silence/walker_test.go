package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"twohens/scratch/scratchtest"
)

// walker is a stranger with a browser and a program, who walks for one address.
type walker struct {
	t       *testing.T
	s       *stand
	kind    string
	at      string // the address
	client  string // the network address: each has their own, so that the limits of one are not another's
	cookies map[string]string
	holder  string   // of the request by API
	cards   []string // not answered yet
	contact string   // the name of the newest contact seen
	also    []string // what else is this walker's own: the address and the number that an owner adds, in every form
	seen    []seen
}

// seen is one answer, as it is compared.
type seen struct {
	step string
	text string
}

// step is one thing that is done.
type step struct {
	route string            // as the tables have it: "POST /recover/code"
	query string            // of GETs
	form  map[string]string // of the pages; the names card, address and contact have a meaning, see fill
	body  string            // of the API, and of posts that are no form; {address} is replaced
	want  string            // the status, and where to or which outcome: what says that it happened
	owner bool              // the step is one of a signed-in owner
}

var (
	plainField   = regexp.MustCompile(`name="plain" value="([A-Za-z0-9_-]+)"`)
	contactField = regexp.MustCompile(`(?:/account/contact/|name="contact" value=")([A-Za-z0-9_-]{22})`)
	madeUp       = strings.Repeat("A", 22)
)

// path fills in what is random in a route's path with something that nobody made.
func (w *walker) path(route string) string {
	_, path, _ := strings.Cut(route, " ")
	contact := w.contact
	if contact == "" {
		contact = madeUp
	}
	return strings.NewReplacer("{$}", "", "{link}", madeUp, "{stop}", madeUp, "{contact}", contact, "{topic}", "codes", "{article}", "no-mail",
		"{file...}", "style.css", "{picture}", "cover", "{n}", "1").Replace(path)
}

// fill makes a form: the values card, address and contact stand for this walker's.
func (w *walker) fill(form map[string]string) url.Values {
	values := url.Values{}
	for name, value := range form {
		switch {
		case name == "card":
			sealed := w.cards[0]
			w.cards = w.cards[1:]
			values.Set("plain", sealed)
			numbers, err := scratchtest.Pick(w.s.keys, sealed)
			if err != nil {
				w.t.Fatal(err)
			}
			for _, n := range numbers {
				values.Add("pick", strconv.Itoa(n))
			}
		default:
			values.Set(name, w.put(value))
		}
	}
	return values
}

func (w *walker) put(text string) string {
	return strings.NewReplacer("{address}", w.at, "{malformed}", strings.Replace(w.at, "@", "!", 1), "{client}", w.client, "{contact}", w.contact, "{new}", w.own(0), "{number}", w.own(1)).Replace(text)
}

func (w *walker) own(n int) string {
	if n < len(w.also) {
		return w.also[n]
	}
	return ""
}

// request makes the request of a step.
func (w *walker) request(st step) *http.Request {
	method, _, _ := strings.Cut(st.route, " ")
	path, body, kind := w.path(st.route), w.put(st.body), "application/json"
	api := strings.HasPrefix(path, "/api/")
	if !api && st.body == "" {
		body, kind = w.fill(st.form).Encode(), "application/x-www-form-urlencoded"
	}
	if method == http.MethodGet {
		body = ""
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.s.base+path+st.query, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("X-Forwarded-For", w.client)
	switch {
	case !api:
		for name, value := range w.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
	case st.route == "POST /api/v1/requests":
		r.Header.Set("Authorization", "Bearer "+w.s.key)
	case st.route == "POST /api/v1/password":
		r.Header.Set("Twohens-Grant", madeUp)
		r.Header.Set("Authorization", "Bearer "+w.s.key)
	default:
		if w.holder != "" {
			r.Header.Set("Twohens-Request", w.holder)
		}
	}
	return r
}

// take takes a step and keeps what was answered.
func (w *walker) take(st step) {
	w.t.Helper()
	answer, err := w.s.http.Do(w.request(st))
	if err != nil {
		w.t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err == nil {
		err = answer.Body.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range answer.Cookies() {
		if w.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(w.cookies, c.Name)
		}
	}
	if st.route == "GET /recover" {
		if found := plainField.FindSubmatch(body); found != nil {
			w.cards = append(w.cards, string(found[1]))
		}
	}
	if st.owner {
		if found := contactField.FindSubmatch(body); found != nil {
			w.contact = string(found[1])
		}
	}
	told := struct{ Request, Outcome string }{}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		_ = json.Unmarshal(body, &told)
	}
	if told.Request != "" {
		w.holder = told.Request
		w.cookies["twohens-request"] = told.Request // a program may hand it on to its page
	}
	if got := strings.TrimSpace(fmt.Sprint(answer.StatusCode, " ", answer.Header.Get("Location"), told.Outcome)); st.want != "" && got != st.want {
		w.t.Errorf("%s, %s: answered by %q, not by %q: what was to be compared did not happen\n%s", st.route, w.kind, got, st.want, body)
	}
	w.seen = append(w.seen, seen{st.route + st.query + " " + st.want, plain(w.t, answer, body, append([]string{w.at}, w.also...))})
}

// masks are what is random in a body, all of it: each is replaced by as many stars, so that it must be as long for everyone.
var masks = []*regexp.Regexp{
	regexp.MustCompile(`/challenge/(?:numbered|call)/([A-Za-z0-9_-]{100,})`), // a card of the page, where its picture is
	regexp.MustCompile(`name="plain" value="([A-Za-z0-9_-]{100,})"`),         // the same, in the form
	regexp.MustCompile(`name="claim" value="([A-Za-z0-9_-]{22})"`),           // of a form with a code
	regexp.MustCompile(`<b dir="ltr">([2-9A-Z]{3}-[2-9A-Z]{3})</b>`),         // the reference
	regexp.MustCompile(`"reference": ?"([2-9A-Z]{3}-[2-9A-Z]{3})"`),          // the same, by API
	regexp.MustCompile(`"request": ?"([A-Za-z0-9_-]{22})"`),                  // the secret of a request
	regexp.MustCompile(`/account/contact/([A-Za-z0-9_-]{22})`),               // a contact's name in a session
	regexp.MustCompile(`name="contact" value="([A-Za-z0-9_-]{22})"`),         // the same, in a form
}

// questionForms are which questions are asked. They are the address's own, and of many lengths.
var questionForms = []*regexp.Regexp{
	regexp.MustCompile(`<label for="answer-[0-9]+">([^<]*)</label>`),
	regexp.MustCompile(`"questions": ?\[([^]]*)\]`),
}

// plain writes an answer down with what is random masked: status, all headers, cookies, body.
func plain(t *testing.T, answer *http.Response, body []byte, own []string) string {
	t.Helper()
	header := answer.Header.Clone()
	if when, err := http.ParseTime(header.Get("Date")); err != nil || time.Since(when).Abs() > time.Hour || len(header["Date"]) != 1 {
		t.Errorf("the date is %q", header["Date"])
	}
	header.Set("Date", "{now}")
	if length := header.Get("Content-Length"); length != "" && length != strconv.Itoa(len(body)) {
		t.Errorf("Content-Length %s of %d bytes", length, len(body))
	}
	text := string(body)
	for _, form := range questionForms {
		text = mask(form, text, func(string) string { return "{question}" })
	}
	if header.Get("Content-Length") != "" {
		header.Set("Content-Length", strconv.Itoa(len(text)))
	}
	for i, c := range header["Set-Cookie"] {
		name, rest, _ := strings.Cut(c, "=")
		value, rest, _ := strings.Cut(rest, ";")
		header["Set-Cookie"][i] = name + "=" + strings.Repeat("*", len(value)) + ";" + rest
	}
	for _, form := range masks {
		text = mask(form, text, func(s string) string { return strings.Repeat("*", len(s)) })
	}
	// What was typed, as it was typed and as this page and that cut it into pieces.
	for _, typed := range own {
		for _, form := range []string{typed, strings.Replace(typed, "@", "!", 1), strings.ReplaceAll(typed, "@", "<wbr>@")} {
			text = strings.ReplaceAll(text, form, strings.Repeat("@", len(form)))
		}
	}
	var all strings.Builder
	fmt.Fprintln(&all, answer.Proto, answer.Status)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		fmt.Fprintf(&all, "%s: %q\n", name, header[name])
	}
	return all.String() + "\n" + text
}

// mask replaces what the form's group finds.
func mask(form *regexp.Regexp, text string, by func(string) string) string {
	return form.ReplaceAllStringFunc(text, func(whole string) string {
		at := form.FindStringSubmatchIndex(whole)
		return whole[:at[2]] + by(whole[at[2]:at[3]]) + whole[at[3]:]
	})
}

// differ says where two texts begin to differ; empty: nowhere.
func differ(got, want string) string {
	if got == want {
		return ""
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	cut := func(s string) string { return s[min(max(0, i-60), len(s)):min(len(s), i+120)] }
	where := fmt.Sprintf("at byte %d:\n  %q\n  %q", i, cut(got), cut(want))
	_, bodyGot, _ := strings.Cut(got, "\n\n")
	_, bodyWant, _ := strings.Cut(want, "\n\n")
	if len(bodyGot) < len(got) && bodyGot != bodyWant && i < len(got)-len(bodyGot) { // the length differs first, and says little
		return where + "\nand the body " + differ(bodyGot, bodyWant)
	}
	return where
}
