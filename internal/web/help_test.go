package web

import (
	"strings"
	"testing"
	"time"

	"twohens/internal/quota"
)

// The help is found by words, without a script, and what was typed comes back as text and goes along when the language is switched.
func TestSearchHelp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	for _, c := range []struct{ query, first string }{
		{"spam", "/help/email"}, {"SIM+card", "/help/sms"}, {"zzz", ""}, {"", ""}, {"%22%3E%3Cscript%3Ealert(1)%3C/script%3E", ""},
		{"%ff%fe", ""}, {strings.Repeat("a", 5000), ""}, {"code&q=zzz", "/help/email"},
	} {
		a := b.get("/help/search?q=" + c.query)
		_, after, found := strings.Cut(a.body, `class="links hits"`)
		if a.status != 200 || found != (c.first != "") || found && !strings.HasPrefix(after, `><li><a href="`+c.first+`"`) {
			t.Errorf("%q: %d, found %t, want %q: %.80s", c.query, a.status, found, c.first, after)
		}
		if none := strings.Contains(a.body, "Nothing found."); none == found {
			t.Errorf("%q: says that nothing is found: %t", c.query, none)
		}
		if strings.Contains(a.body, "<script>alert") {
			t.Errorf("%q comes in", c.query)
		}
	}
	if a := b.get("/help/search?q=sms&evil=1"); !strings.Contains(a.body, `href="/help/search?lang=es&amp;q=sms"`) || !strings.Contains(a.body, `value="sms"`) {
		t.Errorf("the words are lost when the language is switched: %s", a.body)
	}
}

// Saying whether an article helped is counted by article, without anything of who said it, once for each time it is said.
func TestRateHelp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	if a := b.get("/help/email"); !a.has("Was this helpful?") {
		t.Errorf("nobody asks: %s", words(a.body))
	}
	for _, said := range []string{"yes", "yes", "no"} {
		a := b.post("/help/email", "helpful", said)
		b.expect(a, 303, "/help/email?said=counted")
		if len(a.cookies) > 0 {
			t.Errorf("sets %v", a.cookies)
		}
	}
	if a := b.get("/help/email?said=counted"); !a.has("Thank you.") || a.has("Was this helpful?") {
		t.Errorf("does not thank: %s", words(a.body))
	}
	for _, said := range []string{"", "maybe", "YES"} {
		if a := b.post("/help/sms", "helpful", said); a.status != 422 {
			t.Errorf("%q: %d", said, a.status)
		}
	}
	if a := b.post("/help/nothing", "helpful", "yes"); a.status != 404 {
		t.Errorf("an article that is not there is rated: %d", a.status)
	}
	log := s.log.String()
	if !strings.Contains(log, `"article":"email","helpful":"no","yes":2,"no":1`) || strings.Contains(log, `"sms"`) || strings.Contains(log, "127.0.0.1") {
		t.Errorf("the log says: %s", log)
	}
}

// Nobody counts many thousand times, and who is kept from it can still recover: the buckets are others.
func TestRatingIsLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.Network = quota.Limit{Events: 3, Per: time.Hour} })
	s.account("ann@fernbank.example")
	b := s.browser()
	for range 3 {
		b.expect(b.post("/help/email", "helpful", "yes"), 303, "/help/email?said=counted")
	}
	if a := b.post("/help/email", "helpful", "yes"); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Errorf("the fourth: %d", a.status)
	}
	if strings.Contains(s.log.String(), `"yes":4`) {
		t.Error("the fourth is counted")
	}
	b.begins("ann@fernbank.example")
}
