package web

import (
	"strings"
	"testing"
	"time"

	"twohens/internal/locale"
)

// The main job, by forms and cookies alone, in each language: from the Sign In page through a card, a mail and a code to a new
// password, and in with it.
func TestWalk(t *testing.T) {
	t.Parallel()
	for _, l := range locale.All() {
		t.Run(l.Tag, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.account("ann@fernbank.example")
			elsewhere := s.browser() // still signed in
			elsewhere.signsIn("ann@fernbank.example", old)

			b := s.browser()
			b.lang = l.Tag
			b.expect(b.get("/"), 303, "/signin")
			a := b.expect(b.get("/signin"), 200, b.text("signin.forgot"))
			if !strings.Contains(a.body, `<html lang="`+l.Tag+`" dir="`+l.Dir+`">`) || a.header.Get("Content-Language") != l.Tag {
				t.Errorf("not in %s: %.200s", l.Tag, a.body)
			}
			b.expect(b.get("/recover"), 200, b.text("card.legend"))
			b.expect(b.post("/recover", "address", "Ann@Fernbank.example"), 422, b.text("card.unanswered"))
			b.expect(b.solved("/recover", "address", "Ann@Fernbank.example"), 303, "/recover/choose")
			b.expect(b.get("/recover/choose"), 200, b.text("choose.email"))
			b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent")
			b.expect(b.get("/recover/code?said=sent"), 200, b.text("code.sent"))

			code := b.code("ann@fernbank.example", 1) // to the address on record, not to the typed one
			b.expect(b.post("/recover/resend"), 303, "/recover/code?said=cooling")
			s.advance(61 * time.Second)
			b.expect(b.post("/recover/resend"), 303, "/recover/code?said=sent_again")
			b.expect(b.get("/recover/code?said=sent_again"), 200, b.text("code.again.head"))
			if again := b.code("ann@fernbank.example", 2); again != code {
				t.Errorf("the same round has the codes %s and %s", code, again)
			}
			b.expect(b.post("/recover/code", "code", "a guess"), 303, "/recover/code?said=wrong")
			b.expect(b.get("/recover/code?said=wrong"), 200, b.text("code.wrong"))
			b.expect(b.post("/recover/code", "code", " "+code[:4]+"-"+code[4:]), 303, "/recover/reset")
			b.expect(b.get("/recover/reset"), 200, b.text("reset.title"))

			b.expect(b.post("/recover/reset", "password", "short"), 422, b.text("refused.too_short", "Count", 8))
			b.expect(b.post("/recover/reset", "password", fresh, "action", "advise"), 200, b.text("strength.check"))
			if !s.opens("ann@fernbank.example", old) {
				t.Fatal("the password is set too early")
			}
			b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
			b.expect(b.get("/recover/done"), 200, b.text("done.title"))

			// all sessions ended, nobody signed in, the old password opens nothing.
			elsewhere.expect(elsewhere.get("/account"), 303, "/signin?next=%2Faccount")
			b.expect(b.get("/account"), 303, "/signin?next=%2Faccount")
			b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", old), 422, b.text("signin.wrong.head"))
			b.signsIn("ann@fernbank.example", fresh)
			b.expect(b.get("/account"), 200, b.text("record.password.set"))
			notice := b.letter("ann@fernbank.example", 3)
			if want := locale.For(l.Tag).T("mail.changed.subject", "Site", "Fernbank"); notice.Subject != want {
				t.Errorf("the notice says %q, want %q", notice.Subject, want)
			}
		})
	}
}

// A wrong code is judged once: what answers it is a redirect, and reloading where that leads costs nothing. The same for a resend.
func TestReloadRepeatsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	b.code("ann@fernbank.example", 1)
	b.expect(b.post("/recover/code", "code", "11112222"), 303, "/recover/code?said=wrong")
	one := b.text("code.tries", "Count", 1, "Limit", 5)
	s.settled()
	before := s.rows()
	for range 10 {
		b.expect(b.get("/recover/code?said=wrong"), 200, one)
		b.expect(b.get("/recover/code?said=sent_again"), 200, b.text("code.again.head"))
	}
	if s.rows() != before {
		t.Error("a reload changed something")
	}
	// A link that somebody made up tells nothing that is not so.
	other := s.browser()
	other.asks("ben@fernbank.example")
	for said, lie := range map[string]string{
		"wrong": b.text("code.wrong"), "tries_used": b.text("code.over.head"), "run_out": "has run out", "<script>": "script>alert",
	} {
		if a := other.get("/recover/code?said=" + said); a.status != 200 || a.has(lie) {
			t.Errorf("said=%s: %d %s", said, a.status, words(a.body))
		}
	}
}

// The back button and pages left open: whatever is sent from them, nobody is lost and nothing is done twice.
func TestStalePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	code := b.code("ann@fernbank.example", 1)

	b.expect(b.get("/recover/choose"), 200, b.text("choose.email")) // back
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=cooling")
	b.expect(b.post("/recover/another"), 303, "/recover/choose") // in another tab
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/choose")
	b.expect(b.post("/recover/resend"), 303, "/recover/choose")
	b.expect(b.get("/recover/code"), 303, "/recover/choose")
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=cooling")
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/reset")

	for _, path := range []string{"/recover/choose", "/recover/code", "/recover/done"} {
		b.expect(b.get(path), 303, "/recover/reset")
	}
	for _, stale := range [][]string{
		{"/recover/code", "code", code}, {"/recover/code", "code", "99999999"}, {"/recover/resend"}, {"/recover/another"},
		{"/recover/choose", "way", "email"},
	} {
		b.expect(b.post(stale[0], stale[1:]...), 303, "/recover/reset")
	}
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	for _, path := range []string{"/recover/choose", "/recover/code", "/recover/reset"} {
		b.expect(b.get(path), 303, "/recover/done")
	}
	for _, stale := range [][]string{
		{"/recover/code", "code", code}, {"/recover/resend"}, {"/recover/another"}, {"/recover/choose", "way", "email"},
		{"/recover/reset", "password", "another one altogether"},
	} {
		b.expect(b.post(stale[0], stale[1:]...), 303, "/recover/done")
	}
	b.expect(b.get("/recover/done"), 200, b.text("done.title"))
	s.settled()
	if s.opens("ann@fernbank.example", "another one altogether") || !s.opens("ann@fernbank.example", fresh) {
		t.Error("a second press set another password")
	}
	if got := len(s.box.Mails()); got != 2 { // the code and the notice
		t.Errorf("%d mails", got)
	}
}

// Two recoveries in one browser: the second takes the place of the first, and the right that the first had earned is gone from
// this browser, so that no password is set for another account than the page says.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example", "ben@fernbank.example")
	b := s.browser()
	b.proves("ann@fernbank.example", 1)
	b.expect(b.solved("/recover", "address", "ben@fernbank.example"), 303, "/recover/choose")
	b.expect(b.post("/recover/reset", "password", fresh), 400, b.text("problem.no_cookie.title"))
	b.expect(b.get("/recover/reset"), 400, b.text("problem.no_cookie.title"))
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent")
	b.expect(b.post("/recover/code", "code", b.code("ben@fernbank.example", 1)), 303, "/recover/reset")
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	if s.opens("ann@fernbank.example", fresh) || !s.opens("ben@fernbank.example", fresh) {
		t.Error("the password of another account was set")
	}
}

// Time runs out at each step: the page says so with its own words, keeps nothing open, and leads on.
func TestTimeOver(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	code := b.code("ann@fernbank.example", 1)
	s.advance(15 * time.Minute)
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/code?said=run_out")
	b.expect(b.get("/recover/code?said=run_out"), 200, b.text("code.run_out.text"))
	b.expect(b.post("/recover/resend"), 303, "/recover/code?said=sent")
	second := b.code("ann@fernbank.example", 2)
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/code?said=wrong")
	b.expect(b.post("/recover/code", "code", second), 303, "/recover/reset")
	s.advance(15 * time.Minute)
	ended := b.text("problem.ended.title")
	b.expect(b.get("/recover/reset"), 410, ended)
	b.expect(b.post("/recover/reset", "password", fresh), 410, ended)

	b = s.browser()
	b.asks("ann@fernbank.example")
	code = b.code("ann@fernbank.example", 3)
	s.advance(60 * time.Minute)
	for _, path := range []string{"/recover/choose", "/recover/code"} {
		b.expect(b.get(path), 410, ended)
	}
	for _, late := range [][]string{{"/recover/code", "code", code}, {"/recover/resend"}, {"/recover/another"}, {"/recover/choose", "way", "email"}} {
		b.expect(b.post(late[0], late[1:]...), 410, ended)
	}
	if !s.opens("ann@fernbank.example", old) {
		t.Error("the password was set")
	}
}

// the tries are used up, and typed codes are refused, the right one too; the link of the mail still works.
func TestTriesUsedUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	code := b.code("ann@fernbank.example", 1)
	for range 4 {
		b.expect(b.post("/recover/code", "code", "11112222"), 303, "/recover/code?said=wrong")
	}
	b.expect(b.post("/recover/code", "code", "11112222"), 303, "/recover/code?said=tries_used")
	b.expect(b.get("/recover/code?said=tries_used"), 200, b.text("code.over.head"))
	for range 2 {
		b.expect(b.post("/recover/code", "code", code), 303, "/recover/code?said=tries_used")
	}
	b.expect(b.post("/recover/another"), 303, "/recover/choose") // another way gives none back
	s.advance(2 * time.Minute)
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent_again")
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/code?said=tries_used")
	b.expect(b.post(b.link("ann@fernbank.example", 1)), 303, "/recover/reset")
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
}
