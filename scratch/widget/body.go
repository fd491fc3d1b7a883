package widget

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// maxBody is the most bytes of a request's body. A trace has up to 64 kB, a card up to 3.
const maxBody = 96 << 10

// request is all that a body may hold. Which fields an endpoint takes is for it to say.
type request struct {
	Site, Action      string
	Mode, Again       string
	Ticket, Work      string
	Card, Trace       string
	Secret, Response  string
	RemoteIP, SiteKey string
	Picks             []int

	has map[string]bool
}

// field is where a text of the body goes; nil for one that is no text.
func (q *request) field(name string) *string {
	return map[string]*string{
		"site": &q.Site, "action": &q.Action, "mode": &q.Mode, "again": &q.Again, "ticket": &q.Ticket, "work": &q.Work,
		"card": &q.Card, "trace": &q.Trace, "secret": &q.Secret, "response": &q.Response, "remoteip": &q.RemoteIP, "sitekey": &q.SiteKey,
	}[name]
}

// read reads a request's body: JSON, with all the fields named and, of the optional ones, some.
func read(w http.ResponseWriter, r *http.Request, fields []string, optional ...string) (*request, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		// A form of another site can be sent without the browser asking first, but never as this type.
		return nil, fmt.Errorf("%w: content type", errRequest)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRequest, err)
	}
	q, err := parse(body, append(fields, optional...))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRequest, err)
	}
	for _, f := range fields {
		if !q.has[f] {
			return nil, fmt.Errorf("%w: no %s", errRequest, f)
		}
	}
	return q, nil
}

// parse reads one JSON object strictly: fields of those names alone, spelled exactly so, none twice, nothing behind it. What two
// programs might read differently is refused, since one of them could be a filter in front of this one.
func parse(body []byte, allowed []string) (*request, error) {
	if !utf8.Valid(body) {
		return nil, fmt.Errorf("not UTF-8")
	}
	q := &request{has: map[string]bool{}}
	names := map[string]bool{}
	for _, a := range allowed {
		names[a] = true
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("not an object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		if !ok || !names[name] || q.has[name] {
			return nil, fmt.Errorf("unknown or second field")
		}
		q.has[name] = true
		if err := q.value(d, name); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something behind the object")
	}
	return q, nil
}

func (q *request) value(d *json.Decoder, name string) error {
	if name == "picks" {
		var picks []*int // null is no number
		if err := d.Decode(&picks); err != nil || picks == nil || len(picks) > 16 {
			return fmt.Errorf("picks")
		}
		for _, p := range picks {
			if p == nil {
				return fmt.Errorf("picks")
			}
			q.Picks = append(q.Picks, *p)
		}
		return nil
	}
	t, err := d.Token()
	text, ok := t.(string)
	if err != nil || !ok {
		return fmt.Errorf("%s is no text", name)
	}
	*q.field(name) = text
	return nil
}
