package web

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// telephone is where texts arrive, the newest last.
type telephone struct {
	mu    sync.Mutex
	texts []engine.Text
}

// Text takes a text over. It is the gateway's port; gateways that speak to a network have tests of their own.
func (p *telephone) Text(_ context.Context, t engine.Text) (engine.Handover, error) {
	if t.Last != nil {
		if err := t.Last(); err != nil {
			return engine.Handover{}, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, t)
	return engine.Handover{Gateway: "test", Parts: 1}, nil
}

// codes are the texts that carry one; the others are notices.
func (p *telephone) codes() (list []engine.Text) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.texts {
		if bound.MatchString(t.Body) {
			list = append(list, t)
		}
	}
	return list
}

var bound = regexp.MustCompile(`(?m)^@[^ ]+ #([0-9]+)$`)

// texted reads the code in the newest text, from the line that browsers read.
func (s *site) texted() string {
	s.t.Helper()
	s.settled()
	texts := s.phone.codes()
	if len(texts) == 0 {
		s.t.Fatalf("no text came\n%s", s.log)
	}
	return found(s.t, bound, texts[len(texts)-1].Body)
}

// owner is an account with every way back in: what it knows and has on paper.
type owner struct {
	at      string
	account string
	answers map[string]string // by the question's id
	codes   []string
}

// equipped adds an account that has an address, a number, questions and saved codes.
func (s *site) equipped(at, number string) owner {
	s.t.Helper()
	s.account(at)
	account, err := s.accounts.Find(s.t.Context(), address(s.t, at))
	must(s.t, err)
	phone, err := contact.ParsePhone(number, "")
	must(s.t, err)
	must(s.t, s.store.Save(s.t.Context(), engine.Change{Contact: &engine.ContactChange{Account: account.ID, Add: phone.Contact(), At: s.now()}}))
	by := engine.Session{
		ID: secret.NewOpaque().Digest(), Account: account.ID, Began: s.now(), Seen: s.now(), Proved: s.now(), Expires: s.now().Add(time.Hour),
	}
	must(s.t, s.store.Save(s.t.Context(), engine.Change{SignIn: &by}))
	o := owner{at: at, account: account.ID, answers: map[string]string{}}
	view, err := s.engine.Account(s.t.Context(), by)
	must(s.t, err)
	var given []question.Given
	for i, id := range s.engine.Offered(view)[:engine.QuestionsKept] {
		typed := []string{"Querétaro brass quintet", "behind the old mill", "Zuckerbäcker Olschewski"}[i]
		answer, err := question.Parse(typed)
		must(s.t, err)
		o.answers[string(id)] = typed
		given = append(given, question.Given{ID: id, Answer: answer})
	}
	refused, err := s.engine.SetQuestions(s.t.Context(), by, given, "en")
	must(s.t, err)
	if refused != nil {
		s.t.Fatalf("answers were refused: %v", refused)
	}
	codes, err := s.engine.MakeSaved(s.t.Context(), by, "en")
	must(s.t, err)
	for _, code := range codes {
		o.codes = append(o.codes, code.Reveal())
	}
	must(s.t, s.store.EndSession(s.t.Context(), account.ID, by.ID))
	s.settled() // the notices of the questions and of the codes are the first two mails
	return o
}

// everyWay switches all four ways on.
func everyWay(o *setup) {
	o.policy.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved}
}

// twoWays asks for two of the ways.
func twoWays(o *setup) {
	everyWay(o)
	o.policy.Proofs = [][]recovery.Way{
		{recovery.WayEmail, recovery.WayPhone}, {recovery.WayEmail, recovery.WayQuestions}, {recovery.WayEmail, recovery.WaySaved},
		{recovery.WayPhone, recovery.WayQuestions},
	}
}

// takes chooses a way by heart and waits until what it is judged by is there.
func (b *browser) takes(way string) {
	b.t.Helper()
	b.expect(b.post("/recover/choose", "way", way), 303, "/recover/"+way)
	b.settled()
}

// asked are the ids of the questions that this browser's request asks.
func (b *browser) asked() []string {
	b.t.Helper()
	view, err := b.engine.View(b.t.Context(), secret.ParseOpaque(b.cookie(cookieRequest)))
	must(b.t, err)
	return view.Questions
}

// reply are the fields with the owner's answers to what is asked.
func (b *browser) reply(o owner) []string {
	b.t.Helper()
	var form []string
	for i, id := range b.asked() {
		form = append(form, "answer-"+string(rune('1'+i)), o.answers[id])
	}
	return form
}

var (
	askedOf  = regexp.MustCompile(`<label for="answer-[0-9]+">[^<]*</label>`)
	stopLine = regexp.MustCompile(`(?m)^https?://[^/]+(/stop/[A-Za-z0-9_-]+)$`)
)

// stopping waits for the notice of a proof by heart at an address, and gives the path of the link that it carries.
func (s *site) stopping(at string) string {
	s.t.Helper()
	s.settled()
	for _, m := range s.box.Mails() {
		if m.To[0] == at && stopLine.MatchString(m.Text) {
			return found(s.t, stopLine, m.Text)
		}
	}
	s.t.Fatalf("no notice that can be stopped by came to %s\n%s", at, s.log)
	return ""
}

// hides says that nothing of what the owner knows is in a text.
func (o owner) hides(text string) bool {
	for _, answer := range o.answers {
		if strings.Contains(text, answer) {
			return false
		}
	}
	for _, code := range o.codes {
		if strings.Contains(text, code) {
			return false
		}
	}
	return true
}

const aDay = 24 * time.Hour
