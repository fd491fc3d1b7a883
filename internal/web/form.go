package web

import (
	"io"
	"net/http"
	"net/url"
	"unicode/utf8"
)

// maxForm bounds what a form may send: a trace of rubbing is the largest part.
const maxForm = 96 << 10

// many are the fields that may come more than once: the checkboxes of the numbered card.
var many = map[string]bool{"pick": true}

// form reads a posted form strictly and says with which status it was refused, 0 for not at all. A field that comes twice, as
// "email[]" or in a query beside the body, is how a code was once sent to two people (CVE-2023-7028): here a field is
// one value or the form is refused. The query never counts as a part of the form.
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
		if len(list) > 1 && !many[name] || len(list) > 9 {
			return nil, http.StatusBadRequest
		}
		for _, value := range list {
			if !utf8.ValidString(value) {
				return nil, http.StatusBadRequest
			}
		}
	}
	return values, 0
}
