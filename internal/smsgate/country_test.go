package smsgate_test

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/smsgate"
)

// A text goes to the first gateway that serves its country.
func TestCountries(t *testing.T) {
	file := func(name string) *smsgate.File { return &smsgate.File{Path: filepath.Join(t.TempDir(), name)} }
	c := chainOf(t, io.Discard,
		smsgate.Gateway{Name: "a", Countries: []string{"es", "PT"}, File: file("a")}, smsgate.Gateway{Name: "b", Except: []string{"FR"}, File: file("b")})
	for _, tt := range []struct{ number, by string }{
		{"+34600123456", "a"}, {"+4915123456789", "b"}, {"+351912345678", "a"}, {"+33612345678", ""},
	} {
		to, err := contact.ParsePhone(tt.number, "")
		if err != nil {
			t.Fatal(err)
		}
		h, err := c.Text(t.Context(), engine.Text{ID: "one", To: to, Body: "words"})
		var r *engine.Refusal
		if h.Gateway != tt.by || errors.As(err, &r) != (tt.by == "") {
			t.Errorf("%s: %+v, %v", tt.number, h, err)
		}
	}
}
