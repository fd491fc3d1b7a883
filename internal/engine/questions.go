package engine

import (
	"context"
	"errors"
	"time"

	"twohens/internal/contact"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// QuestionsKept is how many questions an account sets up at least.
const QuestionsKept = 3

// ErrFew says that fewer questions were answered than are to be set up, or one of them twice.
var ErrFew = errors.New("too few questions")

// Offered are the questions that an account may set up, in its own order, so that what people choose is spread like what is made up
// for the others.
func (e *Engine) Offered(view AccountView) []question.ID {
	if len(view.Emails) == 0 {
		return nil
	}
	return e.Questions.Offer(e.decoy(view.Emails[0]))
}

// SetQuestions replaces the questions of the account. ErrFew when there are fewer than QuestionsKept different ones; the second result
// says for each answer what is wrong with it, and then nothing was changed. The answers are never shown again, to anyone.
func (e *Engine) SetQuestions(ctx context.Context, by Session, given []question.Given, locale string) ([]error, error) {
	account, err := e.changing(ctx, by)
	if err != nil {
		return nil, err
	}
	if few(given) {
		return nil, ErrFew
	}
	var locals []string
	for _, address := range account.Emails {
		locals = append(locals, address.Local())
	}
	refused := question.Refuse(given, locals...)
	if errors.Join(refused...) != nil {
		return refused, nil
	}
	now := e.now()
	set := AnswerSet{Account: by.Account}
	for _, g := range given {
		digest, err := e.Answers.Make(ctx, by.Account, g.ID, g.Answer)
		if err != nil {
			return nil, err
		}
		set.Answers = append(set.Answers, KeptAnswer{Question: string(g.ID), Digest: digest, Made: now})
	}
	return nil, e.change(ctx, by, now, EventQuestions, recovery.WayQuestions, Change{
		Answers: &set,
		Entries: []Entry{telling(by, recovery.NoticeQuestions, contact.Contact{}, locale, now)},
	})
}

// few says that these are not enough different questions that may be set up.
func few(given []question.Given) bool {
	seen := make(map[question.ID]bool)
	for _, g := range given {
		q, known := question.Find(g.ID)
		if !known || q.Retired || seen[g.ID] {
			return true
		}
		seen[g.ID] = true
	}
	return len(given) < QuestionsKept
}

// RemoveQuestions takes the questions out of the account, unless nothing would be left to recover it by.
func (e *Engine) RemoveQuestions(ctx context.Context, by Session, locale string) error {
	return e.remove(ctx, by, recovery.WayQuestions, EventQuestions, recovery.NoticeQuestions, locale, func(c *Change) {
		c.Answers = &AnswerSet{Account: by.Account}
	})
}

// remove takes a way by heart out of the account.
func (e *Engine) remove(ctx context.Context, by Session, way recovery.Way, event Event, what recovery.Notice, locale string, fill func(*Change)) error {
	account, err := e.changing(ctx, by)
	if err != nil {
		return err
	}
	has, err := e.has(ctx, account)
	if err != nil {
		return err
	}
	if e.Policy.Enough(has) && !e.Policy.Enough(without(has, way)) {
		return ErrLastWay
	}
	now := e.now()
	change := Change{Seen: &account, Entries: []Entry{telling(by, what, contact.Contact{}, locale, now)}}
	fill(&change)
	return e.change(ctx, by, now, event, way, change)
}

// questionsFor are the questions that a request's person is asked, with the digests of the answers. Both the order in which the own
// ones are taken and what is made up hang on the address that was typed, so that an address is asked the same before it has an
// account, while the account has no questions, and, if they picked what they were offered first, after that.
//
// A request that died in silence is asked what a living one of the account is asked: only their answers are never right.
func (e *Engine) questionsFor(r recovery.Request, kept []KeptAnswer) []recovery.Asked {
	by, n := e.decoy(r.Address), r.Policy.Questions
	digests := make(map[question.ID]string, len(kept))
	own := make([]question.ID, 0, len(kept))
	for _, k := range kept {
		id := question.ID(k.Question)
		if _, known := question.Find(id); known {
			digests[id], own = k.Digest, append(own, id)
		}
	}
	ids := e.Questions.Invent(by, n)
	if len(own) >= n {
		ids = e.Questions.Ask(by, own, n)
	}
	if !r.Real || len(own) < n {
		clear(digests)
	}
	asked := make([]recovery.Asked, len(ids))
	for i, id := range ids {
		asked[i] = recovery.Asked{Question: string(id), Digest: digests[id]}
		if asked[i].Digest == "" {
			asked[i].Digest = e.Questions.Digest(e.Answers, by, id)
		}
	}
	return asked
}

// Answer is the answers to all questions that are asked, in their order, with one verdict for them. The claim and the grant are
// those of EnterClaiming. password.ErrBusy when too many hashes are being computed: then nothing was judged, and it cost no try.
func (e *Engine) Answer(ctx context.Context, holder secret.Opaque, given []question.Answer, claim secret.Opaque) (recovery.View, recovery.Outcome, secret.Opaque, error) {
	var once verdict
	return e.prove(ctx, holder, claim, attempted{
		purpose: "grant of answers", event: EventAnswered, turns: &e.answers,
		judge: func(ctx context.Context, stored Stored, grant secret.Digest, now time.Time) (judgement, error) {
			r := stored.Request
			answer := recovery.Answer{
				Given: r.Way == recovery.WayQuestions && complete(given, len(r.Asked)), Tally: stored.Tally, Grant: grant, Stop: e.stop(r).Digest(),
			}
			if !e.looked(r, answer, now) {
				return judgement{action: answer}, nil
			}
			asked := make([]question.Asked, len(r.Asked))
			for i, a := range r.Asked {
				asked[i] = question.Asked{ID: question.ID(a.Question), Digest: a.Digest}
			}
			var err error
			answer.Right, err = e.check(ctx, &once, r, asked, given)
			return judgement{action: answer}, err
		},
	})
}

// verdict is what came of comparing what was typed by heart. What a request is judged by stays as it was copied in, so when a
// step is decided anew, because another one was saved first, nothing is compared anew: whoever takes steps all the while has no more
// hashes computed than tries.
type verdict struct{ known, right bool }

// check comes to the verdict, once.
func (e *Engine) check(ctx context.Context, v *verdict, r recovery.Request, asked []question.Asked, given []question.Answer) (bool, error) {
	if v.known {
		return v.right, nil
	}
	right, err := e.Answers.Check(ctx, r.Account, asked, given)
	*v = verdict{known: err == nil, right: right}
	return right, err
}

// complete says that every question has an answer.
func complete(given []question.Answer, asked int) bool {
	if len(given) < asked {
		return false
	}
	for _, g := range given {
		if g.IsZero() {
			return false
		}
	}
	return true
}
