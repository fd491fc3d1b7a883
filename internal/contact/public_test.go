package contact

import (
	"slices"
	"strings"
	"testing"
)

func TestPublicDomains(t *testing.T) {
	var last string
	n := 0
	for line := range strings.Lines(publicText) {
		domain := strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(domain, "#") {
			continue
		}
		n++
		if e, err := ParseEmail("a@" + domain); err != nil || e.Domain() != domain || domain <= last {
			t.Errorf("%q, after %q: %v", domain, last, err)
		}
		last = domain
	}
	if n < 200 || !PublicDomain("gmail.com") || PublicDomain("GMAIL.com") || PublicDomain("fernbank.example") || PublicDomain("") {
		t.Errorf("%d domains", n)
	}
	if slices.ContainsFunc([]string{"gmail.com ", "#", "mail"}, PublicDomain) {
		t.Error("something that is no domain")
	}
}
