package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twohens/internal/password"
	"twohens/internal/quota"
)

// kinds adds accounts of every kind and returns an address of each, all of one length, so that pages can be compared byte for byte.
func (s *site) kinds() map[string]string {
	s.t.Helper()
	all := map[string]string{
		"known": "ann@fernbank.example", "unknown": "bob@fernbank.example", "disabled": "cat@fernbank.example",
		"without a password": "dan@fernbank.example", "in capitals": "EVE@fernbank.example", "guessed at all day": "fay@fernbank.example",
		"with every way": "gus@fernbank.example",
	}
	s.equipped(all["with every way"], "+34612345678")
	s.account(all["known"], all["disabled"], "eve@fernbank.example", all["guessed at all day"])
	must(s.t, s.accounts.Disable(s.t.Context(), address(s.t, all["disabled"]), true))
	_, err := s.accounts.Add(s.t.Context(), address(s.t, all["without a password"]), nil, "en")
	must(s.t, err)
	return all
}

// same compares answers of which nothing may differ: status, headers, cookies, body, once what is random is masked.
func same(t testing.TB, step string, answers map[string]answer, addresses map[string]string) {
	t.Helper()
	plain := func(kind string) string {
		a := answers[kind]
		var b strings.Builder
		fmt.Fprintln(&b, a.status)
		header := a.header.Clone()
		header.Del("Date")
		header.Del("Set-Cookie")
		asked := askedOf.ReplaceAllString(a.body, "{question}")
		if asked != a.body {
			header.Del("Content-Length") // each address has questions of its own
		}
		must(t, header.Write(&b))
		for _, c := range a.cookies {
			c.Raw, c.Value = "", strings.Repeat("*", len(c.Value))
			fmt.Fprintln(&b, c)
		}
		b.WriteString(sealed.ReplaceAllStringFunc(asked, func(s string) string { return strings.Repeat("*", len(s)) }))
		return strings.ReplaceAll(b.String(), addresses[kind], "{address}")
	}
	want := plain("known")
	for kind := range answers {
		if got := plain(kind); got != want {
			t.Errorf("%s: %s differs from known %s", step, kind, difference(got, want))
		}
	}
}

// tries makes the step that signs in to an address of every kind and compares what is answered.
func (s *site) tries(kinds map[string]string) func(step string, status int, shows string, form ...string) {
	t := s.t
	return func(step string, status int, shows string, form ...string) {
		t.Helper()
		answers := map[string]answer{}
		for kind, at := range kinds {
			b := s.browser()
			a := b.post("/signin", append([]string{"address", at}, form...)...)
			if a.status != status || !a.has(shows) || len(a.cookies) != 0 {
				t.Fatalf("%s, %s: %d %s", step, kind, a.status, words(a.body))
			}
			if card := plain.MatchString(a.body); card != strings.Contains(step, "card") {
				t.Errorf("%s, %s: a card: %v", step, kind, card)
			}
			answers[kind] = a
		}
		same(t, step, answers, kinds)
	}
}

// an unknown address, a disabled account, one without a password and a wrong password have one answer, at every try; after
// three failures the chickens come for all of them alike, and stay, for no number of tries without a card shuts an address.
func TestSignInTellsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) {
		o.limits.SignInFree = quota.Limit{Events: 3, Per: time.Hour}
		o.limits.SignInAddress = quota.Limit{Events: 10, Per: time.Hour}
	})
	try, b := s.tries(s.kinds()), s.browser()
	wrong := b.text("signin.wrong.head")
	try("first", 422, wrong, "password", "one")
	try("second", 422, wrong, "password", "")
	try("third", 422, wrong, "password", strings.Repeat("x", 300))
	try("a card is asked for", 422, b.text("card.unanswered"), "password", "four")
	try("a card is asked for whatever the password", 422, b.text("card.unanswered"), "password", old)
	try("a wrong card", 422, b.text("card.ran_away.head"), "password", old, "plain", "x", "pick", "1")
	try("no try is left, but a card", 422, b.text("card.unanswered"), "password", old, "card", "x")
	for range 10 {
		try("still a card", 422, b.text("card.unanswered"), "password", old)
	}
}

// At the limit of an address all kinds are told the same time to come back.
func TestSignInLimitTellsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.SignInAddress = quota.Limit{Events: 10, Per: time.Hour} })
	try, b := s.tries(s.kinds()), s.browser()
	wrong := b.text("signin.wrong.head")
	for range 10 {
		try("below the limit", 422, wrong, "password", "wrong")
	}
	try("limit", 429, b.text("limit.head"), "password", old)
	a := b.post("/signin", "address", "ann@fernbank.example", "password", "wrong")
	if wait := a.header.Get("Retry-After"); wait != "360" { // a tenth of the hour
		t.Errorf("come back after %q s", wait)
	}
	// The limit is the address's own; and time lets it pass.
	b.expect(b.post("/signin", "address", "new@fernbank.example", "password", old), 422, wrong)
	s.advance(7 * time.Minute)
	b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", "wrong"), 422, wrong)
}

// With the card answered the password is looked at again; a wrong one brings a new card at once, the right one goes in.
func TestSignInWithCard(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.SignInFree = quota.Limit{Events: 3, Per: 24 * time.Hour} })
	s.account("ann@fernbank.example")
	b := s.browser()
	for range 3 {
		b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", "wrong"), 422, b.text("signin.wrong.head"))
	}
	a := b.expect(b.solved("/signin", "address", "ann@fernbank.example", "password", "wrong"), 422, b.text("signin.wrong.head"))
	if !plain.MatchString(a.body) {
		t.Error("no new card beside the wrong password")
	}
	b.expect(b.post("/signin", "address", "ann@", "plain", "x"), 422, b.text("card.legend"))
	b.expect(b.solved("/signin", "address", "ann@fernbank.example", "password", old), 303, "/account")
	b.expect(b.get("/account"), 200, b.text("account.title"))
	// A card for one action is none for another.
	for range 3 {
		b.post("/signin", "address", "ben@fernbank.example", "password", "wrong")
	}
	a = b.post("/recover", "address", "ben@fernbank.example", "action", "new")
	card := found(t, plain, a.body)
	b.expect(b.post("/signin", "address", "ben@fernbank.example", "password", old, "plain", card, "pick", "1", "pick", "2"), 422, b.text("card.ran_away.head"))
}

// Only failures bring the chickens: somebody who signs in often never meets them.
func TestGoodSignInsAreFree(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.SignInFree = quota.Limit{Events: 3, Per: 24 * time.Hour} })
	s.account("ann@fernbank.example")
	b := s.browser()
	for range 5 {
		b.signsIn("ann@fernbank.example", old)
		b.expect(b.post("/signout"), 303, "/signin?said=signed_out")
		b.expect(b.get("/signin?said=signed_out"), 200, b.text("signin.out.head"))
		if left := b.cookie(cookieSignIn); left != "" {
			t.Errorf("the cookie stays: %q", left)
		}
		b.expect(b.get("/account"), 303, "/signin?next=%2Faccount")
	}
	for range 2 {
		b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", "wrong"), 422, b.text("signin.wrong.head"))
	}
	b.signsIn("ann@fernbank.example", old)
	b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", "wrong"), 422, b.text("signin.wrong.head"))
	b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", old), 422, b.text("card.unanswered"))
}

// Passwords are compared as they were typed, in normal form C, and nothing else is forgiven.
func TestPasswordsAsTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	p, err := password.New(" cafe\u0301 au lait ☕ ")
	must(t, err)
	_, err = s.accounts.Add(t.Context(), address(t, "ann@fernbank.example"), &p, "fr")
	must(t, err)
	for typed, right := range map[string]bool{
		" cafe\u0301 au lait ☕ ": true, " caf\u00e9 au lait ☕ ": true, "caf\u00e9 au lait ☕": false, " Caf\u00e9 au lait ☕ ": false, " cafe au lait ☕ ": false,
	} {
		if a := b.post("/signin", "address", "ANN@fernbank.example", "password", typed); (a.status == 303) != right {
			t.Errorf("%q: %d", typed, a.status)
		}
	}
}

// A session ends by itself: after a while of nobody being there, and in any case after its life.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.signsIn("ann@fernbank.example", old)
	for range 4 {
		s.advance(5 * time.Hour)
		b.expect(b.get("/account"), 200, b.text("account.title"))
	}
	s.advance(4 * time.Hour)
	b.expect(b.get("/account"), 303, "/signin?next=%2Faccount") // a day is over
	b.signsIn("ann@fernbank.example", old)
	s.advance(6 * time.Hour)
	b.expect(b.get("/account"), 303, "/signin?next=%2Faccount") // nobody was there
	b.signsIn("ann@fernbank.example", old)
	must(t, s.accounts.Disable(t.Context(), address(t, "ann@fernbank.example"), true))
	for _, path := range []string{"/account", "/account/password"} {
		b.expect(b.get(path), 303, "/signin?next="+strings.ReplaceAll(path, "/", "%2F"))
	}
	b.expect(b.post("/account/password", "current", old, "password", fresh), 303, "/signin?next=%2Faccount%2Fpassword")
}
