package sqlstore

import (
	"testing"

	"twohens/internal/locale"
	"twohens/internal/recovery"
)

// a row of an account with a number and a language is as long as one of nobody's, and both are read as they were.
func TestRowsAreOfOneWidth(t *testing.T) {
	width := 0
	for _, number := range []string{"", "+34600123456", "+861234567890123"} {
		languages := []string{""}
		for _, l := range locale.All() {
			languages = append(languages, l.Tag)
		}
		for _, language := range languages {
			r := recovery.Request{Speaks: language}
			if err := r.Phone.UnmarshalText([]byte(number)); err != nil {
				t.Fatal(err)
			}
			text, err := body(r)
			if err != nil {
				t.Fatal(err)
			}
			if width == 0 {
				width = len(text)
			}
			if len(text) != width {
				t.Errorf("with %q and %q %d bytes, without %d", number, language, len(text), width)
			}
			var read recovery.Request
			if err := fill(&read, text); err != nil || read.Phone != r.Phone || read.Speaks != language {
				t.Errorf("%q and %q are read as %q and %q, %v", number, language, read.Phone.Number(), read.Speaks, err)
			}
		}
	}
	// As it was written before.
	var read recovery.Request
	if err := fill(&read, `{"phone":"+34600123456","speaks":"es"}`); err != nil || read.Phone.Number() != "+34600123456" || read.Speaks != "es" {
		t.Errorf("an older row: %q, %v", read.Phone.Number(), err)
	}
	read = recovery.Request{}
	if err := fill(&read, `{}`); err != nil || !read.Phone.IsZero() {
		t.Errorf("an older row without a number: %v", err)
	}
}
