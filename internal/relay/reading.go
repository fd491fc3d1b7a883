package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reading is how a gateway's answers are read.
type reading struct {
	success, refused        []int
	successWord, refusedTag *regexp.Regexp // nil: none
	ref                     *regexp.Regexp
	refPath                 string
}

func newReading(s *HTTP) (*reading, error) {
	a := &reading{success: s.SuccessStatus, refused: s.RefusedStatus, refPath: s.RefPath}
	if a.refused == nil {
		a.refused = []int{http.StatusBadRequest, http.StatusUnprocessableEntity}
	}
	for _, status := range slices.Concat(a.success, a.refused) {
		if status < 200 || status > 599 {
			return nil, fmt.Errorf("status: %d is none", status)
		}
	}
	for _, p := range []struct {
		name, text string
		into       **regexp.Regexp
	}{{"success pattern", s.SuccessPattern, &a.successWord}, {"refused pattern", s.RefusedPattern, &a.refusedTag}, {"ref pattern", s.RefPattern, &a.ref}} {
		if p.text == "" {
			continue
		}
		compiled, err := regexp.Compile(p.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		*p.into = compiled
	}
	ways := 0
	for _, given := range []bool{a.ref != nil, a.refPath != "", s.OwnRef} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		return nil, errors.New("ref: a message has one name, by a pattern, a path or its own id")
	}
	if a.ref != nil && a.ref.NumSubexp() != 1 {
		return nil, errors.New("ref pattern: needs one group, around the message's name")
	}
	return a, nil
}

// judge says what an answer means: the gateway's name for a text that it took, or a *Failure.
func (a *reading) judge(got *Answer, hide []string) (ref string, err error) {
	said := strconv.Itoa(got.Status) + " " + http.StatusText(got.Status)
	if words := Clean(string(got.Body), hide...); words != "" {
		said += ": " + words
	}
	failure := &Failure{Class: StatusClass(got.Status), Said: said}
	success := got.Status/100 == 2
	if len(a.success) > 0 {
		success = slices.Contains(a.success, got.Status)
	}
	switch {
	case a.refusedTag != nil && a.refusedTag.Match(got.Body):
		failure.Class = Refused
	case success && (a.successWord == nil || a.successWord.Match(got.Body)):
		return a.reference(got.Body, hide), nil
	case success && !got.Whole:
		failure.Class = Unsure // the answer broke off before the words that decide
	case success:
		failure.Class = Declined
	case slices.Contains(a.refused, got.Status):
		failure.Class = Refused
	}
	return "", failure
}

// StatusClass is what a status means by itself. Most of what is no success speaks of us or of the gateway, not of the number: a
// wrong path answers 404 to everyone, and no text must be lost over it for good.
func StatusClass(status int) Class {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return Busy
	case http.StatusGatewayTimeout:
		return Unsure // somebody in between waited for the gateway that had the text
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return Declined
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return Unfit
	}
	if status >= 500 {
		return Busy
	}
	return Unfit // redirects too: they are not followed
}

// maxRef bounds a message's name, in bytes.
const maxRef = 128

// reference finds the message's name. One that holds the number or the code is none: it would be stored.
func (a *reading) reference(body []byte, hide []string) string {
	ref := ""
	switch {
	case a.ref != nil:
		if m := a.ref.FindSubmatch(body); m != nil {
			ref = string(m[1])
		}
	case a.refPath != "":
		var root any
		if Decode(body, &root) == nil {
			ref, _ = walk(root, a.refPath)
		}
	}
	return FitRef(ref, hide)
}

func FitRef(ref string, hide []string) string {
	if len(ref) > maxRef || !utf8.ValidString(ref) || strings.ContainsFunc(ref, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return ""
	}
	for _, h := range hide {
		digits, _ := digitsOf(h)
		if h != "" && strings.Contains(ref, h) || len(digits) >= 6 && strings.Contains(ref, digits) {
			return ""
		}
	}
	return ref
}

// Decode reads JSON with its numbers as they are written: an id of 19 digits is no float.
func Decode(body []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	return d.Decode(into)
}

// walk goes along a path such as messages.0.id to a text or a number.
func walk(at any, path string) (string, bool) {
	at, ok := reach(at, path)
	if !ok {
		return "", false
	}
	switch v := at.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

func reach(at any, path string) (any, bool) {
	for step := range strings.SplitSeq(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				return nil, false
			}
			at = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, true
}
