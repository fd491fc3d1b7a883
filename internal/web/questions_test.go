package web

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// By questions from the choice to the new password, in each language: the same questions whatever the language, asked in it, and
// answers in another spelling. What was typed stands in no page and no log.
func TestQuestions(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	var asked []string
	for _, l := range locale.All() {
		b := s.browser()
		b.lang = l.Tag
		b.begins(ann.at)
		b.expect(b.get("/recover/choose"), 200, b.text("choose.saved"))
		b.takes("questions")
		if asked = b.asked(); len(asked) != 2 {
			t.Fatalf("asks %v", asked)
		}
		a := b.get("/recover/questions")
		for _, id := range asked {
			b.expect(a, 200, b.text("question."+id))
		}
		wrong := b.reply(ann)
		wrong[3] = "canary of an answer"
		a = b.follow(b.expect(b.post("/recover/questions", wrong...), 303, "/recover/questions?said=missed"))
		b.expect(a, 200, b.text("questions.missed_both"))
		b.expect(a, 200, b.text("questions.limit", "Count", 3))
		if !ann.hides(a.body) || strings.Contains(a.body, "canary") {
			t.Errorf("an answer is shown back: %s", a.body)
		}
		s.advance(aDay)
	}
	b := s.browser()
	b.begins(ann.at)
	b.takes("questions")
	if !slices.Equal(b.asked(), asked) {
		t.Errorf("asks %v, a moment ago %v", b.asked(), asked)
	}
	form := b.reply(ann)
	form[1], form[3] = "  "+strings.ToUpper(form[1])+"! ", strings.ReplaceAll(form[3], " ", "-")
	b.expect(b.post("/recover/questions", form...), 303, "/recover/reset")
	b.expect(b.get("/recover/reset"), 200, b.text("reset.title"))
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	if !s.opens(ann.at, fresh) {
		t.Error("the new password is not in force")
	}
	if s.settled(); !ann.hides(s.log.String()) || strings.Contains(s.log.String(), "canary") || !ann.hides(s.rows()) {
		t.Error("an answer is in the log or in the database")
	}
}

// after three wrong answers in a day the right ones are wrong too, in this request and a new one, and nothing says so. The
// other ways go on working, and the next day the answers do.
func TestAnswersOfADay(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	b := s.browser()
	b.begins(ann.at)
	b.takes("questions")
	for range 3 {
		b.expect(b.post("/recover/questions", "answer-1", "x", "answer-2", "y"), 303, "/recover/questions?said=missed")
	}
	b.expect(b.post("/recover/questions", b.reply(ann)...), 303, "/recover/questions?said=missed")
	again := s.browser()
	again.begins(ann.at)
	again.takes("questions")
	again.expect(again.post("/recover/questions", again.reply(ann)...), 303, "/recover/questions?said=missed")
	b.expect(b.post("/recover/choose", "way", "phone"), 303, "/recover/code?said=sent")
	b.expect(b.post("/recover/code", "code", s.texted()), 303, "/recover/reset")
	s.advance(aDay)
	b.begins(ann.at)
	b.takes("questions")
	b.expect(b.post("/recover/questions", b.reply(ann)...), 303, "/recover/reset")
}

// What is no answer costs nothing, and what is too much of one is refused or wrong: empty, null and repeated fields, one answer of two,
// three of two, the answers in the other order.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	b := s.browser()
	b.begins(ann.at)
	b.takes("questions")
	form := b.reply(ann)
	one, two := form[1], form[3]
	s.settled()
	before := s.rows()
	for name, odd := range map[string][]string{
		"nothing": {}, "blank": {"answer-1", " ", "answer-2", "\u200f"}, "the first alone": {"answer-1", one},
		"the second alone": {"answer-2", two}, "a blank one": {"answer-1", one, "answer-2", "..."},
		"from nought": {"answer-0", one, "answer-1", two}, "other names": {"answer", one, "answers", two}, "a code": {"code", "12345678"},
		"too long": {"answer-1", one, "answer-2", strings.Repeat("a", 500)}, "a saved code": {"saved", ann.codes[0]},
	} {
		if a := b.post("/recover/questions", odd...); a.to() != "/recover/questions?said=empty" {
			t.Errorf("%s: %d to %s", name, a.status, a.to())
		}
	}
	for name, odd := range map[string][]string{
		"twice": {"answer-1", one, "answer-1", one, "answer-2", two}, "a list": {"answer[]", one, "answer[]", two},
		"named": {"answer-1[]", one}, "no text": {"answer-1", "\xff", "answer-2", two},
	} {
		b.expect(b.post("/recover/questions", odd...), 400, b.text("problem.form.title"))
		if s.rows() != before {
			t.Errorf("%s changed something", name)
		}
	}
	b.expect(b.follow(b.post("/recover/questions")), 200, b.text("questions.empty"))
	if s.rows() != before {
		t.Error("what is no answer cost something")
	}
	for name, odd := range map[string][]string{"crossed": {"answer-1", two, "answer-2", one}, "three": append(form[:4:4], "answer-3", one)} {
		if a := b.post("/recover/questions", odd...); a.to() != "/recover/questions?said=missed" {
			t.Errorf("%s: %d to %s", name, a.status, a.to())
		}
	}
	b.expect(b.post("/recover/questions", append(form, "claim", "short", "address", "eve@evil.example")...), 303, "/recover/reset")
	for _, stale := range [][]string{form, {}, {"answer-1", "x", "answer-2", "y"}} { // a second use
		b.expect(b.post("/recover/questions", stale...), 303, "/recover/reset")
	}
	b.expect(b.get("/recover/questions"), 303, "/recover/reset")
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	b.expect(b.post("/recover/questions", form...), 303, "/recover/done")
}

// Until the worker has brought the questions, everyone sees the same waiting page, and an answer that comes too early costs nothing.
func TestQuestionsNotThere(t *testing.T) {
	t.Parallel()
	var says atomic.Pointer[error]
	s := newSite(t, everyWay, func(o *setup) { o.ports = func(p *engine.Ports) { p.Directory = ill{p.Directory, &says} } })
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	says.Store(&errDown)
	for _, at := range []string{ann.at, "nobody@fernbank.example"} {
		for _, way := range []string{"questions", "saved"} {
			b := s.browser()
			b.begins(at)
			b.takes(way)
			for _, path := range []string{"/recover/" + way, "/recover/" + way + "?said=missed"} {
				if a := b.expect(b.get(path), 200, b.text("wait.title")); !strings.Contains(a.body, `href="/recover/`+way+`"`) {
					t.Errorf("does not lead on: %s", words(a.body))
				}
			}
			early := b.expect(b.post("/recover/"+way, "answer-1", "x", "answer-2", "y", "saved", ann.codes[0]), 303, "/recover/"+way+"?said=waiting")
			b.expect(b.follow(early), 200, b.text("wait.title"))
		}
	}
	b := s.browser()
	b.begins(ann.at)
	b.takes("questions")
	says.Store(nil)
	s.advance(time.Minute)
	s.engine.Wake()
	s.settled()
	b.expect(b.post("/recover/questions", b.reply(ann)...), 303, "/recover/reset")
}

// full is a hasher that has too much to do when it is told to.
type full struct {
	question.Hasher
	busy *atomic.Bool
}

func (f full) Verify(ctx context.Context, encoded string, p password.Password) (ok, rehash bool, err error) {
	if f.busy.Load() {
		return false, false, password.ErrBusy
	}
	return f.Hasher.Verify(ctx, encoded, p)
}

func (f full) VerifyUnknown(ctx context.Context, p password.Password) error {
	if f.busy.Load() {
		return password.ErrBusy
	}
	return f.Hasher.VerifyUnknown(ctx, p)
}

// too many hashes are being computed. The page comes once more, says when to come again, and nothing was judged.
func TestAnswersQueue(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	var busy atomic.Bool
	s.engine.Answers.Hasher = full{s.engine.Answers.Hasher, &busy}
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	for _, way := range []string{"questions", "saved"} {
		b := s.browser()
		b.begins(ann.at)
		b.takes(way)
		form := []string{"saved", ann.codes[3]}
		if way == "questions" {
			form = b.reply(ann)
		}
		before := s.rows()
		busy.Store(true)
		a := b.expect(b.post("/recover/"+way, form...), 503, b.text("questions.busy.head"))
		if a.header.Get("Retry-After") != "5" || !ann.hides(a.body) || !strings.Contains(a.body, `action="/recover/`+way+`"`) {
			t.Errorf("%s: %v %s", way, a.header, words(a.body))
		}
		busy.Store(false)
		if s.rows() != before {
			t.Errorf("%s: it cost something", way)
		}
		b.expect(b.post("/recover/"+way, form...), 303, "/recover/reset")
	}
}

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

// A hurried second press of the form with the answers is the same proof, and a claim that was made up gives nothing.
func TestAnswersSentTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	b := s.browser()
	b.begins(ann.at)
	b.takes("questions")
	reply := b.reply(ann)
	form := append(reply, "claim", found(t, claimField, b.get("/recover/questions").body))
	b.expect(b.post("/recover/questions", form...), 303, "/recover/reset")
	grant := b.cookie(cookieGrant)
	b.forget(cookieGrant)
	b.expect(b.post("/recover/questions", append(reply, "claim", secret.NewOpaque().Reveal())...), 303, "/recover/reset")
	b.expect(b.get("/recover/reset"), 400, b.text("problem.no_cookie.title"))
	b.expect(b.post("/recover/questions", form...), 303, "/recover/reset")
	if b.cookie(cookieGrant) != grant {
		t.Error("the same form gave another right")
	}
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
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
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/reset")
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	b.asks("ben@fernbank.example")
	if a := b.get("/recover/code"); strings.Contains(a.body, "receive.js") || a.has(b.text("code.by_text")) {
		t.Errorf("the page of the mail speaks of texts: %s", words(a.body))
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
	phone.expect(phone.post("/recover/choose", "way", "email"), 303, "/recover/choose?said=way_off")
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
	b.expect(b.post("/recover/choose", "way", "questions"), 303, "/recover/choose?said=way_off")
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
