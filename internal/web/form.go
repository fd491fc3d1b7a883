package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxForm bounds what a form may send, in bytes: some sealed texts and what a person types, a password of odd characters too.
const maxForm = 16 << 10

// many are the fields that may come more than once: the checkboxes beside animals or calls, nine at most.
var many = map[string]int{"pick": 9}

// A formHandler answers a form that was read already. Nothing that is posted reaches a handler in another way.
type formHandler func(rw http.ResponseWriter, r *http.Request, values url.Values)

// posted reads the form for a handler, or answers with a page that says why it cannot be read.
func (w *Web) posted(handler formHandler) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		values, status := form(r)
		if status != http.StatusOK {
			w.problem(rw, r, status, "form")
			return
		}
		handler(rw, r, values)
	}
}

// form reads a posted form strictly and says with which status it is refused, 200 for not at all. A field that comes twice, or as
// "email[]", is how a code was once sent to two people (CVE-2023-7028): here a field is one value or the form is refused. The
// query never counts as a part of the form.
func form(r *http.Request) (url.Values, int) {
	if mediaType(r) != "application/x-www-form-urlencoded" {
		return nil, http.StatusUnsupportedMediaType
	}
	if r.ContentLength > maxForm {
		return nil, http.StatusRequestEntityTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm+1))
	if err != nil {
		return nil, http.StatusBadRequest
	}
	if len(body) > maxForm {
		return nil, http.StatusRequestEntityTooLarge
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, http.StatusBadRequest
	}
	for name, list := range values {
		if strings.ContainsAny(name, "[]") || len(list) > max(1, many[name]) {
			return nil, http.StatusBadRequest
		}
		for _, value := range list {
			if !utf8.ValidString(value) {
				return nil, http.StatusBadRequest
			}
		}
	}
	return values, http.StatusOK
}

// mediaType is the content type without its parameters.
func mediaType(r *http.Request) string {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
