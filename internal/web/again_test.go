package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"twohens/internal/secret"
)

var claimField = regexp.MustCompile(`name="claim" value="([A-Za-z0-9_-]{22})"`)

// plain is the page without what is drawn anew each time.
func (a answer) plain() string {
	return referenceMark.ReplaceAllString(claimField.ReplaceAllString(a.body, `name="claim"`), "REFERENCE")
}

// referenceMark is a request's reference on a page: every request has one of its own.
var referenceMark = regexp.MustCompile(`[2-9A-HJKMNP-TV-Z]{3}-[2-9A-HJKMNP-TV-Z]{3}`)

// forget takes a cookie away, as when the answer that brought it was lost.
func (b *browser) forget(name string) { b.t.Helper(); b.plant(name, "") }

// A hurried second press, or an answer that was lost on its way to a phone: the first press has used the code up, and the right
// that it gave never arrived. The same form once more gives the same right.
func TestCodeSentTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	code := b.code("ann@fernbank.example", 1)
	form := []string{"code", code, "claim", found(t, claimField, b.get("/recover/code").body)}
	b.expect(b.post("/recover/code", form...), 303, "/recover/reset")
	b.forget(cookieGrant)
	b.expect(b.post("/recover/code", form...), 303, "/recover/reset")
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	// Afterwards it is worth what it was worth.
	b.expect(b.post("/recover/code", form...), 303, "/recover/done")
	b.expect(b.post("/recover/reset", "password", old), 303, "/recover/done")
	b.signsIn("ann@fernbank.example", fresh)
}

// The same for the button behind the link.
func TestLinkPressedTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	asked, b := s.browser(), s.browser()
	asked.asks("ann@fernbank.example")
	link := asked.link("ann@fernbank.example", 1)
	claim := found(t, claimField, b.get(link).body)
	b.expect(b.post(link, "claim", claim), 303, "/recover/reset")
	b.forget(cookieGrant)
	b.forget(cookieRequest)
	b.expect(b.post(link, "claim", claim), 303, "/recover/reset")
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	b.expect(b.get("/recover/done"), 200, b.text("done.title"))
}

// Somebody planted the secret of their own request in somebody else's browser and waits for the code to be typed there. They hold that
// secret, and claims of their own, but not the claim of the form that proved: the right stays with the browser that proved.
func TestAttackPlantedRequest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	thief, ann := s.browser(), s.browser()
	thief.asks("ann@fernbank.example")
	u, err := url.Parse(s.url)
	must(t, err)
	for _, c := range thief.client.Jar.Cookies(u) {
		ann.plant(strings.TrimPrefix(c.Name, "__Host-"), c.Value)
	}
	code := ann.code("ann@fernbank.example", 1)
	theirs, hers := found(t, claimField, thief.get("/recover/code").body), found(t, claimField, ann.get("/recover/code").body)
	ann.expect(ann.post("/recover/code", "code", code, "claim", hers), 303, "/recover/reset")
	for _, claim := range []string{theirs, "", secret.NewOpaque().Reveal()} {
		thief.expect(thief.post("/recover/code", "code", code, "claim", claim), 303, "/recover/reset")
		thief.expect(thief.get("/recover/reset"), 400, thief.text("problem.no_cookie.title"))
	}
	ann.expect(ann.get("/recover/reset"), 200, ann.text("reset.title"))
}

// A site may let a recovery take a day. The cookie lasts as long.
func TestCookieOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	for _, life := range []time.Duration{10 * time.Minute, time.Hour, 24 * time.Hour} {
		s := newSite(t, func(o *setup) { o.policy.RequestLife = life })
		b := s.browser()
		a := b.expect(b.solved("/recover", "address", "ann@fernbank.example"), 303, "/recover/choose")
		for _, c := range a.cookies {
			if kept := time.Duration(c.MaxAge) * time.Second; kept < life+time.Hour {
				t.Errorf("a request of %v in a cookie of %v", life, kept)
			}
		}
		if len(a.cookies) == 0 {
			t.Error("no cookie")
		}
	}
}
