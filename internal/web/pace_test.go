package web

import (
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// hour puts into the last closed hour, and into the one that goes on, what was counted of a place: the clock may strike while a test runs.
func (s *site) hour(lane engine.Lane, place engine.Place, t engine.Traffic) {
	s.t.Helper()
	for _, began := range []time.Time{s.engine.Now().UTC().Truncate(time.Hour).Add(-time.Hour), s.engine.Now().UTC().Truncate(time.Hour)} {
		t.Slot, t.Lane, t.Place = began, lane, place
		change := engine.Change{Traffic: []engine.Traffic{t}}
		for i := range 70 {
			change.Recipients = append(change.Recipients, engine.Recipient{Hour: began, Lane: lane, Place: place, Tag: [8]byte{byte(i)}})
		}
		must(s.t, s.engine.Store.Save(s.t.Context(), change))
	}
}

// how messages fare is told by the domain that was typed and by the clock, to everyone alike, on the code page and in the article about it;
// and every request has a reference that the desk finds it by, that of nobody's address too.
func TestPace(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.engine.Public = func(engine.Lane, engine.Place) bool { return true }
	s.account("ann@fernbank.example")
	s.hour(engine.LaneMail, "fernbank.example", engine.Traffic{Taken: 100, Entered: 50, Coming: [engine.Buckets]int{4: 50}})
	s.hour(engine.LaneText, "ES", engine.Traffic{Taken: 10, Refused: 90})
	for _, at := range []string{"ann@fernbank.example", "nobody@fernbank.example"} {
		b := s.browser()
		b.begins(at)
		b.post("/recover/choose", "way", "email")
		a := b.get("/recover/code")
		if !strings.Contains(a.said(), "came in after about 2 minutes") {
			t.Errorf("%s:\n%s", at, a.said())
		}
		if article := b.get("/help/email"); !strings.Contains(article.said(), "came in after about 2 minutes") {
			t.Errorf("%s, in the article:\n%s", at, article.said())
		}
		mark := referenceMark.FindString(claimField.ReplaceAllString(a.said(), "")) // a claim may look like one
		reference, ok := recovery.ParseReference(mark)
		if cases, err := s.engine.LookUp(t.Context(), reference); !ok || err != nil || len(cases) != 1 {
			t.Errorf("%s: reference %q: %v, %v", at, mark, cases, err)
		}
		b = s.browser()
		b.begins(at)
		b.post("/recover/choose", "way", "phone")
		if a := b.get("/recover/code"); !strings.Contains(a.said(), "Texts to Spain had trouble") || strings.Contains(a.said(), "came in after") {
			t.Errorf("%s, by text:\n%s", at, a.said())
		}
	}
	stranger := s.browser()
	if a := stranger.get("/help/email"); strings.Contains(a.said(), "in the last hour") {
		t.Error("the article tells of a domain that nobody typed")
	}
	b := s.browser()
	b.begins("nobody@elsewhere.example")
	b.post("/recover/choose", "way", "email")
	if a := b.get("/recover/code"); strings.Contains(a.said(), "in the last hour") {
		t.Error("a domain of which nothing is known")
	}
}

// the owner learns after the next sign-in that nothing can be delivered to an address, and where to mend it; nobody else does.
func TestAilingContact(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account("ann@fernbank.example", "ben@fernbank.example")
	ann := s.browser()
	ann.signsIn("ann@fernbank.example", old)
	if a := ann.get("/account"); strings.Contains(a.said(), "comes back") {
		t.Error("told of nothing")
	}
	account, err := s.accounts.Find(t.Context(), address(t, "ann@fernbank.example"))
	must(t, err)
	must(t, s.engine.Store.Save(t.Context(), engine.Change{Mark: &engine.Marking{
		Account: account.ID, Ailment: engine.Ailment{Contact: address(t, "ann@fernbank.example").Contact(), Since: s.engine.Now(), Said: "550 5.1.1 no such user"},
	}}))
	a := ann.get("/account")
	if !strings.Contains(a.said(), "ann@fernbank.example</bdi> comes back") || !strings.Contains(a.body, "/replace\">Mend it") {
		t.Errorf("the owner is not told:\n%s", a.said())
	}
	ben := s.browser()
	ben.signsIn("ben@fernbank.example", old)
	for _, path := range []string{"/account", "/recover"} {
		if a := ben.get(path); strings.Contains(a.said(), "comes back") {
			t.Error("somebody else is told")
		}
	}
}
