package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/mailbox"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// a browser that has signed in is told how it is known later, and nobody else is. It opens nothing. Its recoveries of that address and
// its wrong codes are counted apart from those of strangers, so a stranger who has used up both keeps no owner out.
func TestKnownBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.Address = quota.Limit{Events: 4, Per: time.Hour} })
	s.account("ann@fernbank.example")
	owner, stranger := s.browser(), s.browser()
	known := func(cookies []*http.Cookie) *http.Cookie {
		for _, c := range cookies {
			if strings.HasSuffix(c.Name, cookieKnown) {
				return c
			}
		}
		return nil
	}
	if a := stranger.post("/signin", "address", "ann@fernbank.example", "password", "not the right one"); known(a.cookies) != nil {
		t.Error("given to whoever types a wrong password")
	}
	given := known(owner.expect(owner.post("/signin", "address", "ann@fernbank.example", "password", old), 303, "/account").cookies)
	if given == nil || !given.HttpOnly || !given.Secure || given.Path != "/" || given.MaxAge < 300*24*3600 || len(given.Value) != 45 {
		t.Fatalf("it is given %v", given)
	}
	for range 4 { // the stranger uses up the address, and the account's tries
		stranger.expect(stranger.solved("/recover", "address", "ann@fernbank.example"), 303, "/recover/choose")
		stranger.post("/recover/choose", "way", "email")
		s.settled() // a code that is typed before costs no try
		for range 5 {
			stranger.post("/recover/code", "code", "11112222")
		}
	}
	if a := stranger.solved("/recover", "address", "ann@fernbank.example"); a.status != 429 {
		t.Fatalf("a stranger: %d", a.status)
	}
	planted := s.browser() // somebody else's, and one that is none
	planted.plant(cookieKnown, given.Value[:22]+"."+given.Value[:22])
	if a := planted.solved("/recover", "address", "ann@fernbank.example"); a.status != 429 {
		t.Errorf("a made-up one: %d", a.status)
	}
	before := len(s.box.Mails())
	owner.expect(owner.solved("/recover", "address", "ann@fernbank.example"), 303, "/recover/choose")
	owner.expect(owner.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent")
	s.settled()
	mails := s.box.Mails()
	if len(mails) != before+1 {
		t.Fatalf("%d mails", len(mails)-before)
	}
	newest := slices.MaxFunc(mails, func(a, b mailbox.Mail) int { return cmp.Compare(a.Number, b.Number) })
	owner.expect(owner.post("/recover/code", "code", codeLine.FindStringSubmatch(newest.Text)[1]), 303, "/recover/reset")
}

// while typed codes are not looked at, the page says so, and what to do. So does that of another node, on which they are.
func TestPaused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.engine.Brake = engine.BrakeRules{Pause: 5, Ratio: 1, Rest: 10 * time.Minute}
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	said := "/recover/code?said=" + string(recovery.Paused)
	stranger := s.browser()
	stranger.asks("nobody@fernbank.example")
	s.settled() // a code that is typed before costs no try
	for range 5 {
		stranger.post("/recover/code", "code", "11112222")
	}
	b.expect(b.post("/recover/code", "code", b.code("ann@fernbank.example", 1)), 303, said)
	b.expect(b.get(said), 200, b.text("code.paused"))
	s.advance(11 * time.Minute)
	b.expect(b.post("/recover/code", "code", b.code("ann@fernbank.example", 1)), 303, "/recover/reset")
}
