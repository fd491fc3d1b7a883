package web

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"twohens/internal/quota"
)

var sessionField = regexp.MustCompile(`name="session" value="([^"]+)"`)

// The account page lists the browsers that are signed in; each can be ended, or all others at once, and none of another account's.
func TestSessions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example", "eve@evil.example")
	var anns []*browser
	for range 4 {
		b := s.browser()
		b.header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0 <script>")
		b.signsIn("ann@fernbank.example", old)
		anns = append(anns, b)
		s.advance(time.Second)
	}
	eve := s.browser()
	eve.signsIn("eve@evil.example", old)
	alive := func(b *browser) bool { t.Helper(); return b.get("/account").status == 200 }

	a := anns[0].expect(anns[0].get("/account"), 200, "ann@fernbank.example")
	if strings.Contains(a.body, "<script>\"") || !a.has("Firefox") {
		t.Errorf("the browsers are not told: %s", words(a.body))
	}
	names := sessionField.FindAllStringSubmatch(a.body, -1) // all but this one, the newest first
	if len(names) != 3 {
		t.Fatalf("%d sessions can be ended, want 3", len(names))
	}
	for _, name := range names { // none of hers
		eve.expect(eve.post("/account/sessions", "session", name[1]), 303, "/account?said=ended")
	}
	for _, b := range anns {
		if !alive(b) {
			t.Fatal("a session was ended from another account")
		}
	}
	anns[0].expect(anns[0].post("/account/sessions", "session", names[0][1]), 303, "/account?said=ended")
	anns[0].expect(anns[0].get("/account?said=ended"), 200, anns[0].text("account.ended.head"))
	if alive(anns[3]) || !alive(anns[2]) || !alive(anns[1]) {
		t.Error("another session was ended than the one named")
	}
	for _, none := range []string{"", "x", strings.Repeat("A", 43), anns[1].cookie(cookieSignIn), names[1][1] + "A"} {
		if a := anns[0].post("/account/sessions", "session", none); a.status != 400 && a.to() != "/account?said=ended" {
			t.Errorf("session %q: %d", none, a.status)
		}
	}
	if !alive(anns[1]) || !alive(anns[2]) {
		t.Error("a session was ended by what does not name it")
	}
	anns[0].expect(anns[0].post("/account/sessions", "action", "others"), 303, "/account?said=ended")
	if alive(anns[1]) || alive(anns[2]) || !alive(anns[0]) || !alive(eve) {
		t.Error("ending all others ended something else")
	}
	nobody := s.browser()
	nobody.expect(nobody.post("/account/sessions", "action", "others"), 303, "/signin?next=%2Faccount")
}

// Changing the password asks for the current one, tells every contact, ends all other sessions and open recoveries, and stays signed in.
// Asking for advice changes nothing.
func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b, other, stranger := s.browser(), s.browser(), s.browser()
	b.signsIn("ann@fernbank.example", old)
	other.signsIn("ann@fernbank.example", old)
	stranger.asks("ann@fernbank.example")
	code := s.code("ann@fernbank.example", 1)
	b.expect(b.get("/account/password"), 200, `ann@fernbank.example`)
	try := func(status int, key, current, chosen string, more ...string) {
		t.Helper()
		a := b.post("/account/password", append([]string{"current", current, "password", chosen}, more...)...)
		if a.status != status || !a.has(key) {
			t.Errorf("%q: %d %s, want %d", chosen, a.status, words(a.body), status)
		}
		if strings.Contains(a.body, `value="`+current) && current != "" || chosen == fresh && strings.Contains(a.body, fresh) {
			t.Errorf("%q: shown back", chosen)
		}
	}
	try(422, b.text("refused.empty"), old, "")
	try(422, b.text("refused.too_short", "Count", 8), old, "short")
	try(422, b.text("refused.common"), old, "password1")
	try(422, b.text("refused.site_name"), old, "fernbank1")
	try(422, b.text("password.wrong"), "", fresh)
	try(422, b.text("password.wrong"), "not the old one", fresh)
	try(422, b.text("password.wrong"), strings.Repeat("x", 5000), fresh)
	try(200, b.text("strength.yours"), old, fresh, "action", "advise")
	try(200, b.text("strength.yours"), "", fresh, "action", "advise")
	if !s.opens("ann@fernbank.example", old) || len(s.box.Mails()) != 1 {
		t.Fatal("the password was changed too early")
	}
	b.expect(b.post("/account/password", "current", old, "password", fresh), 303, "/account?said=changed")
	b.expect(b.get("/account?said=changed"), 200, b.text("account.changed.head"))
	other.expect(other.get("/account"), 303, "/signin?next=%2Faccount")
	stranger.expect(stranger.post("/recover/code", "code", code), 303, "/recover/code?said=wrong")
	if !s.opens("ann@fernbank.example", fresh) || s.opens("ann@fernbank.example", old) {
		t.Error("the new password is not in force")
	}
	if m := s.letter("ann@fernbank.example", 2); m.Subject != b.text("mail.changed.subject", "Site", "Fernbank") {
		t.Errorf("the notice: %s", m.Subject)
	}
}

// Whoever found a browser left open cannot try passwords without end.
func TestConfirmIsLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.SignInAddress = quota.Limit{Events: 3, Per: time.Hour} })
	s.account("ann@fernbank.example")
	b := s.browser()
	b.signsIn("ann@fernbank.example", old)
	for range 3 {
		b.expect(b.post("/account/password", "current", "a guess", "password", fresh), 422, b.text("password.wrong"))
	}
	a := b.expect(b.post("/account/password", "current", old, "password", fresh), 429, b.text("problem.limited.title"))
	if a.header.Get("Retry-After") != "1200" || !s.opens("ann@fernbank.example", old) {
		t.Errorf("come back after %q", a.header.Get("Retry-After"))
	}
}
