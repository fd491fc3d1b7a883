package web

import (
	"strings"
	"testing"
)

// a code from the paper, in another spelling, once; used up, it opens no other request. What is no code is wrong like any other.
func TestSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann, ben := s.equipped("ann@fernbank.example", "+34612345678"), s.equipped("ben@fernbank.example", "+34612345679")
	b := s.browser()
	b.begins(ann.at)
	b.takes("saved")
	b.expect(b.get("/recover/saved"), 200, b.text("saved.lead"))
	for _, empty := range [][]string{{}, {"saved", " "}, {"code", ann.codes[0]}, {"answer-1", ann.codes[0]}} {
		b.expect(b.post("/recover/saved", empty...), 303, "/recover/saved?said=empty")
	}
	for _, refused := range [][]string{{"saved", ann.codes[0], "saved", ann.codes[1]}, {"saved[]", ann.codes[0]}, {"saved", "\xff"}} {
		b.expect(b.post("/recover/saved", refused...), 400, b.text("problem.form.title"))
	}
	for n, wrong := range []string{ben.codes[0], ann.codes[0][:18], "no code at all"} {
		a := b.follow(b.expect(b.post("/recover/saved", "saved", wrong), 303, "/recover/saved?said=wrong"))
		b.expect(a, 200, b.text("saved.wrong"))
		b.expect(a, 200, b.text("code.tries", "Count", n+1, "Limit", 5))
		if strings.Contains(a.body, wrong) {
			t.Errorf("a code is shown back: %s", a.body)
		}
	}
	form := []string{"saved", strings.ToUpper(strings.ReplaceAll(ann.codes[0], "-", " ")), "claim", found(t, claimField, b.get("/recover/saved").body)}
	b.expect(b.post("/recover/saved", form...), 303, "/recover/reset")
	grant := b.cookie(cookieGrant)
	b.forget(cookieGrant)
	b.expect(b.post("/recover/saved", form...), 303, "/recover/reset") // the first answer was lost on its way
	if b.cookie(cookieGrant) != grant {
		t.Error("the same form gave another right")
	}
	again := s.browser()
	again.begins(ann.at)
	again.takes("saved")
	again.expect(again.post("/recover/saved", "saved", ann.codes[0]), 303, "/recover/saved?said=wrong")
	again.expect(again.post("/recover/saved", "saved", ann.codes[7]), 303, "/recover/reset")
	again.expect(again.post("/recover/reset", "password", fresh), 303, "/recover/done")
	if s.settled(); !ann.hides(s.log.String()) || !ann.hides(s.rows()) || !s.opens(ann.at, fresh) || !s.opens(ben.at, old) {
		t.Error("a code is in the log or in the database, or the wrong password was set")
	}
}
