package relay

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/template"

	"twohens/internal/sms"
)

// Fields are what templates are filled with. Texts and mails have some of them each.
type Fields struct {
	To      string // the number in E.164, such as +34600123456, or the address
	Digits  string // of a number: the same without the +
	Text    string
	ID      string // of this message, the same when it is sent again
	Locale  string
	From    string // of a text: the gateway's sender; of a mail: the address
	Secret  string // what is in SecretFile
	Receipt string // the address for receipts of this sender; empty when it has none
	Unicode bool   // the text is beyond the GSM alphabet
	Minutes int    // for which it is of use, 1 at least

	FromName  string // of a mail
	Subject   string
	HTML      string
	Return    string // where it goes when it comes back
	MessageID string // without angle brackets
	Raw       string // the whole mail as it goes over SMTP, signed
}

// functions are what a template may call beside those of the language, urlquery among them.
var functions = template.FuncMap{
	"json": func(s string) (string, error) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(s)
		return strings.TrimSuffix(b.String(), "\n"), err
	},
	"xml": func(s string) (string, error) {
		var b strings.Builder
		err := xml.EscapeText(&b, []byte(s))
		return b.String(), err
	},
	"base64":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"hex":     func(s string) string { return hex.EncodeToString([]byte(s)) },
	"ucs2hex": func(s string) string { return fmt.Sprintf("%X", sms.EncodeUCS2(s)) },
}

// form is a request in templates.
type form struct {
	method string
	url    *template.Template
	header []headerForm
	body   *template.Template // nil: none
	source string             // all of it
}

// uses says that a field is somewhere in the form.
func (f *form) uses(field string) bool { return strings.Contains(f.source, "."+field) }

type headerForm struct {
	name string
	text *template.Template
}

// newForm parses the templates of a gateway and fills them once, so that a mistake shows at the start and not at the first
// person who needs a code.
func newForm(s *HTTP) (*form, error) {
	f := &form{method: s.Method, source: s.URL + s.Body}
	parsed := func(name, text string) (*template.Template, error) {
		return template.New(name).Funcs(functions).Parse(text)
	}
	// What decides to whom a text goes is no template: nothing in a text or a number can point it elsewhere.
	fixed, _, _ := strings.Cut(s.URL, "{{")
	base, err := url.Parse(fixed)
	if err != nil || base.Host == "" {
		return nil, errors.New("url: must begin with https:// and a host, before anything that is filled in")
	}
	if fixed != s.URL && !strings.ContainsAny(strings.TrimPrefix(fixed, base.Scheme+"://"), "/?#") {
		return nil, errors.New("url: what is filled in must not be part of the host")
	}
	if err := Protected(base); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if f.url, err = parsed("url", s.URL); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Header)) {
		f.source += s.Header[name]
		t, err := parsed("header "+name, s.Header[name])
		if err != nil {
			return nil, err
		}
		f.header = append(f.header, headerForm{http.CanonicalHeaderKey(name), t})
	}
	if s.Body != "" {
		if f.body, err = parsed("body", s.Body); err != nil {
			return nil, err
		}
	}
	return f, f.try()
}

// sample has everything in it that a template must have an answer to. Its text is no valid JSON, XML or query by itself.
var sample = Fields{
	To: "+34600123456", Digits: "34600123456", Text: "Ünder \"quotes\" \\ 100% of <a> & b = c + d\nرمزك 验证码 😀 @fern.example #12345678",
	ID: "abcdefghijklmnopqrstuvwxyz", Locale: "zh-Hans", From: "Fern \"Library\" & Co", Secret: "50% secret & \"more\"",
	Receipt: "https://fern.example/receipts/a/b?c=d&e=f", Unicode: true, Minutes: 15,
	FromName: "Fern \"Library\" & Co", Subject: "Ünder \"quotes\" & <a>", HTML: "<p title=\"a\">\\ 100% & b</p>\n", Return: "b-1@fern.example",
	MessageID: "abc@fern.example", Raw: "Subject: =?utf-8?q?a?=\r\n\r\n<p>\"100%\"</p>\r\n",
}

// try fills the form with the sample and looks at what became of it.
func (f *form) try() error {
	r, err := f.fill(&sample)
	if err != nil {
		return err
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		return errors.New("url: what is filled in must be written with urlquery: {{urlquery .Text}}")
	}
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return errors.New("body: needs a Content-Type among the headers")
	case strings.HasSuffix(kind, "json") && !json.Valid(body):
		return errors.New("body: is no JSON once it is filled in; texts must be written with json: {{json .Text}}")
	case strings.HasSuffix(kind, "xml") && !validXML(body):
		return errors.New("body: is no XML once it is filled in; texts must be written with xml: {{xml .Text}}")
	case kind == "application/x-www-form-urlencoded":
		if _, err := url.ParseQuery(string(body)); err != nil {
			return errors.New("body: is no form once it is filled in; texts must be written with urlquery: {{urlquery .Text}}")
		}
	}
	return nil
}

func validXML(body []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// fill makes a request. Its errors name the template and the place in it, and hold nothing of what was filled in.
func (f *form) fill(w *Fields) (*http.Request, error) {
	var b bytes.Buffer
	if err := f.url.Execute(&b, w); err != nil {
		return nil, err
	}
	to, err := url.Parse(b.String())
	if err != nil {
		return nil, errors.New("url: is none once it is filled in; texts must be written with urlquery: {{urlquery .Text}}")
	}
	var body io.Reader
	if f.body != nil {
		var filled bytes.Buffer
		if err := f.body.Execute(&filled, w); err != nil {
			return nil, err
		}
		body = &filled
	}
	r, err := http.NewRequest(f.method, "", body)
	if err != nil {
		return nil, fmt.Errorf("method: %q is none", f.method)
	}
	r.URL, r.Host = to, to.Host
	r.Header.Set("User-Agent", "Twohens")
	for _, h := range f.header {
		b.Reset()
		if err := h.text.Execute(&b, w); err != nil {
			return nil, err
		}
		if bytes.ContainsFunc(b.Bytes(), func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			// A line end would begin another header (CWE-113).
			return nil, fmt.Errorf("header %s: has a line end or a control character once it is filled in", h.name)
		}
		r.Header.Set(h.name, b.String())
	}
	return r, nil
}
