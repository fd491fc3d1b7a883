package web

import (
	"strings"
	"testing"
	"time"

	"twohens/internal/recovery"
)

// A code by text message: to the account's own number alone, in the message's last line for the browser that reads it, and with
// the script that takes it from there. The page of the e-mail way has no such script.
func TestPhone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	s.account("ben@fernbank.example") // without a number
	b, other := s.browser(), s.browser()
	b.begins(ann.at)
	b.expect(b.post("/recover/choose", "way", "phone"), 303, "/recover/code?said=sent")
	other.begins("ben@fernbank.example")
	other.expect(other.post("/recover/choose", "way", "phone"), 303, "/recover/code?said=sent")
	code := s.texted()
	if texts := s.phone.codes(); len(texts) != 1 || texts[0].To.Number() != "+34612345678" {
		t.Errorf("%d texts", len(texts))
	}
	a, without := b.get("/recover/code"), other.get("/recover/code")
	b.expect(a, 200, b.text("code.by_text"))
	if a.plain() != without.plain() || a.status != without.status {
		t.Errorf("the pages differ: %s", difference(a.plain(), without.plain()))
	}
	if !strings.Contains(a.body, "/static/receive.js?") || !strings.Contains(a.body, `autocomplete="one-time-code"`) ||
		!strings.Contains(a.header.Get("Permissions-Policy"), "otp-credentials=(self)") {
		t.Errorf("the browser cannot take the code out of the message: %v", a.header)
	}
	other.expect(other.post("/recover/choose", "way", "email"), 303, "/recover/code?said=cooling") // the cool-down holds for every way
	other.expect(other.get("/recover/code?said=cooling"), 200, other.text("code.not_yet.head"))
	other.expect(other.post("/recover/code", "code", "11112222"), 303, "/recover/code?said=run_out")
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/reset")
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	b.asks("ben@fernbank.example")
	if a := b.get("/recover/code"); strings.Contains(a.body, "receive.js") || a.has(b.text("code.by_text")) {
		t.Errorf("the page of the mail speaks of texts: %s", words(a.body))
	}
}

// wrong tries of all ways together shut the request, and the page says so and leads on.
func TestTriesOfAllWays(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	b := s.browser()
	b.begins(ann.at)
	b.takes("questions")
	b.post("/recover/questions", "answer-1", "x", "answer-2", "y")
	b.takes("saved")
	b.post("/recover/saved", "saved", "x")
	b.expect(b.post("/recover/choose", "way", "phone"), 303, "/recover/code?said=sent")
	code := s.texted()
	b.post("/recover/code", "code", "11112222")
	b.post("/recover/code", "code", "11112222")
	b.takes("questions")
	b.expect(b.post("/recover/questions", "answer-1", "x", "answer-2", "y"), 303, "/recover/questions?said=tries_used")
	for way, form := range map[string][]string{"questions": b.reply(ann), "saved": {"saved", ann.codes[0]}} {
		b.takes(way)
		b.expect(b.post("/recover/"+way, form...), 303, "/recover/"+way+"?said=tries_used")
		b.expect(b.get("/recover/"+way), 200, b.text("code.over.head"))
	}
	b.expect(b.post("/recover/choose", "way", "phone"), 303, "/recover/code?said=cooling")
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/code?said=tries_used")
	b.expect(b.get("/recover/code"), 200, b.text("code.over.otherwise"))
}

// every page and every post of a way while another one is chosen, with what would be right for it: nothing is proved, and
// the browser is led to where its request stands.
func TestWaySwitched(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	ways := []string{"email", "phone", "questions", "saved"}
	page := map[string]string{"email": "/recover/code", "phone": "/recover/code", "questions": "/recover/questions", "saved": "/recover/saved"}
	b := s.browser()
	right := map[string][]string{"saved": {"saved", ann.codes[2]}}
	b.begins(ann.at)
	b.post("/recover/choose", "way", "email")
	right["email"] = []string{"code", s.code(ann.at, 3)} // after the notices of the questions and of the codes
	s.advance(61 * time.Second)
	b.post("/recover/choose", "way", "phone")
	right["phone"] = []string{"code", s.texted()}
	b.takes("questions")
	right["questions"] = b.reply(ann)
	for _, chosen := range ways {
		b.post("/recover/another")
		for _, way := range ways { // before the choice
			b.expect(b.get(page[way]), 303, "/recover/choose")
			b.expect(b.post(page[way], right[way]...), 303, "/recover/choose")
		}
		a := b.post("/recover/choose", "way", chosen)
		s.settled()
		if to, _, _ := strings.Cut(a.to(), "?"); to != page[chosen] {
			t.Errorf("%s leads to %s", chosen, a.to())
		}
		for _, way := range ways {
			if page[way] == page[chosen] {
				continue
			}
			b.expect(b.get(page[way]), 303, page[chosen])
			if a := b.post(page[way], right[way]...); !strings.HasPrefix(a.to(), page[chosen]) || len(a.cookies) != 0 {
				t.Errorf("%s while %s is chosen: %d to %s", way, chosen, a.status, a.to())
			}
		}
		b.expect(b.get("/recover/reset"), 400, b.text("problem.no_cookie.title"))
	}
	// The code of a mail is none of a text, and the other way round. Both of them cost a try; nothing before did.
	b.post("/recover/choose", "way", "phone")
	b.expect(b.post("/recover/code", right["email"]...), 303, "/recover/code?said=wrong")
	b.post("/recover/choose", "way", "email")
	b.expect(b.post("/recover/code", right["phone"]...), 303, "/recover/code?said=wrong")
	b.expect(b.get("/recover/code?said=wrong"), 200, b.text("code.tries", "Count", 2, "Limit", 5))
	// Another's request with one's own proofs, and one's own with another's.
	eve := s.browser()
	eve.begins("eve@evil.example")
	eve.takes("questions")
	eve.expect(eve.post("/recover/questions", right["questions"]...), 303, "/recover/questions?said=missed")
	eve.takes("saved")
	eve.expect(eve.post("/recover/saved", right["saved"]...), 303, "/recover/saved?said=wrong")
	for _, way := range ways { // and each is right in its place
		if way == "email" {
			b.expect(b.post("/recover/code", right[way]...), 303, "/recover/reset")
		}
	}
	if !s.opens(ann.at, old) {
		t.Error("the password was set")
	}
}

// A site that asks for two ways: the first earns no right to a password, the second does; the first is not offered again.
func TestTwoWays(t *testing.T) {
	t.Parallel()
	s := newSite(t, twoWays)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	b, phone := s.browser(), s.browser()
	b.begins(ann.at)
	b.expect(b.get("/recover/choose"), 200, b.text("choose.several"))
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent")
	code, link := s.code(ann.at, 3), s.link(ann.at, 3)
	claim := found(t, claimField, phone.get(link).body)
	for range 2 { // the second press is the same
		phone.plant(cookieGrant, "AAAAAAAAAAAAAAAAAAAAAA") // of another recovery
		phone.expect(phone.post(link, "claim", claim), 303, "/recover/choose")
		phone.expect(phone.get("/recover/reset"), 400, phone.text("problem.no_cookie.title"))
	}
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/code?said=wrong") // the link has taken it over
	a := phone.expect(phone.get("/recover/choose"), 200, phone.text("choose.proven.head"))
	if a.has(phone.text("choose.several")) || strings.Contains(a.body, `value="email"`) || !strings.Contains(a.body, `value="saved"`) {
		t.Errorf("offers the same way again, or another one not: %s", words(a.body))
	}
	phone.expect(phone.post("/recover/choose", "way", "email"), 303, "/recover/choose")
	phone.expect(phone.post("/recover/reset", "password", fresh), 400, phone.text("problem.no_cookie.title"))
	phone.takes("questions")
	phone.expect(phone.post("/recover/questions", phone.reply(ann)...), 303, "/recover/reset")
	phone.expect(phone.post("/recover/reset", "password", fresh), 303, "/recover/done")

	b.begins(ann.at) // the other way round, by code
	b.takes("questions")
	form := append(b.reply(ann), "claim", found(t, claimField, b.get("/recover/questions").body))
	b.expect(b.post("/recover/questions", form...), 303, "/recover/choose")
	b.expect(b.post("/recover/questions", form...), 303, "/recover/choose")
	b.expect(b.get("/recover/reset"), 400, b.text("problem.no_cookie.title"))
	b.expect(b.post("/recover/choose", "way", "questions"), 303, "/recover/choose")
	b.expect(b.post("/recover/choose", "way", "phone"), 303, "/recover/code?said=sent")
	b.expect(b.post("/recover/code", "code", s.texted()), 303, "/recover/reset")
	if !s.opens(ann.at, fresh) {
		t.Error("the new password is not in force")
	}
}

// R-75, strict: answers only unlock the sending of a code, and the choice says so beforehand.
func TestAnswersUnlockACode(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.policy = recovery.Strict() })
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	b := s.browser()
	b.begins(ann.at)
	if a := b.expect(b.get("/recover/choose"), 200, b.text("choose.more")); strings.Count(a.body, b.text("choose.more")) != 1 {
		t.Error("not only the questions need one more way")
	}
	b.takes("questions")
	b.expect(b.post("/recover/questions", b.reply(ann)...), 303, "/recover/choose")
	b.expect(b.get("/recover/choose"), 200, b.text("choose.proven.head"))
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent")
	b.expect(b.get("/recover/reset"), 400, b.text("problem.no_cookie.title"))
}
