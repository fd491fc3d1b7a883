package page

import (
	"testing"

	"twohens/internal/recovery"
)

// TestLead: the sentence above the ways is true of whatever ways there are, in whatever order.
func TestLead(t *testing.T) {
	for _, c := range []struct {
		ways []string
		want string
	}{
		{[]string{"email"}, "choose.lead.only"},
		{[]string{"email", "saved"}, "choose.lead.only"},
		{[]string{"email", "phone"}, "choose.lead.each"},
		{[]string{"email", "phone", "questions"}, "choose.lead.both"},
		{[]string{"email", "questions", "saved"}, "choose.lead.first"},
		{[]string{"email", "questions", "phone"}, "choose.lead.some"},
		{[]string{"questions", "email"}, "choose.lead.some"},
		{[]string{"questions"}, "choose.lead.none"},
		{[]string{"saved"}, ""},
		{nil, ""},
	} {
		if got := (Choose{Ways: c.ways}).Lead(); got != c.want {
			t.Errorf("%v: %q, want %q", c.ways, got, c.want)
		}
	}
}

// TestVerdicts: one verdict for all answers, and a word that somebody made up is not believed.
func TestVerdicts(t *testing.T) {
	want := map[string]string{
		"questions-one": "questions.missed", "questions-three": "questions.missed", "questions-missed": "questions.missed_both",
		"questions-empty": "questions.empty", "saved-wrong": "saved.wrong", "saved-empty": "code.empty",
	}
	for _, s := range heartStates() {
		if got := s.model.(interface{ Fault() string }).Fault(); got != want[s.name] {
			t.Errorf("%s says %q, want %q", s.name, got, want[s.name])
		}
	}
}

// A slip in the typed domain is asked about, whoever the address belongs to; no other domain is.
func TestSlipIsAskedAbout(t *testing.T) {
	for address, want := range map[string]*slip{
		"ada@gmial.com": {"gmial.com", "gmail.com"}, "ada@gmail.com": nil, "ada@fernbank.example": nil, "": nil,
	} {
		got := Code{View: recovery.View{Address: address}}.Slip()
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
