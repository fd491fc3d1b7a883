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
		"from nought": {"answer-0", one, "answer-1", two}, "a gap": {"answer-1", one, "answer-3", two}, "other names": {"answer", one, "answers", two}, "a code": {"code", "12345678"},
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
