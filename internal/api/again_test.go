package api

import (
	"testing"

	"twohens/internal/secret"
)

// A call whose answer was lost is made again: with its claim it gives its grant again, with none or another it does not.
func TestCodeSentTwice(t *testing.T) {
	s := newSite(t, open)
	s.account("ann@fernbank.example")
	request := s.opens("ann@fernbank.example")
	s.call(call{path: "/request/way", request: request, body: fields{"way": "email"}})
	code, claim := s.code("ann@fernbank.example", 1), secret.NewOpaque().Reveal()
	enter := func(claim string) answer {
		return s.call(call{path: "/request/code", request: request, body: fields{"code": code, "claim": claim}})
	}
	if a := enter("too short"); a.status != 400 || a.kind() != "malformed" {
		t.Errorf("no claim at all: %v", a)
	}
	first, second := enter(claim), enter(claim)
	if first.outcome() != "proved" || second.outcome() != "proved_before" || first.body["grant"] == nil || first.body["grant"] != second.body["grant"] {
		t.Errorf("%v and %v", first, second)
	}
	for _, other := range []string{"", secret.NewOpaque().Reveal()} {
		if a := enter(other); a.outcome() != "proved_before" || a.body["grant"] != nil {
			t.Errorf("claim %q: %v", other, a)
		}
	}
}
