package engine

import (
	"context"
	"errors"

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

// MakeSaved makes ten new saved codes, in place of any before. This is the only time that they are shown; what is kept are digests.
func (e *Engine) MakeSaved(ctx context.Context, by Session, locale string) ([]secret.Saved, error) {
	if _, err := e.changing(ctx, by); err != nil {
		return nil, err
	}
	now := e.now()
	codes := make([]secret.Saved, secret.SavedPlaces)
	set := SavedSet{Account: by.Account}
	for place := range codes {
		codes[place] = secret.NewSaved(place)
		digest, err := e.Answers.Make(ctx, by.Account, savedName(place), savedAnswer(codes[place]))
		if err != nil {
			return nil, err
		}
		set.Codes = append(set.Codes, SavedCode{Place: place, Digest: digest, Made: now})
	}
	err := e.change(ctx, by, now, EventSaved, recovery.WaySaved, Change{
		Saved:   &set,
		Entries: []Entry{telling(by, recovery.NoticeSaved, contact.Contact{}, locale, now)},
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RemoveSaved throws the saved codes away, unless nothing would be left to recover the account by.
func (e *Engine) RemoveSaved(ctx context.Context, by Session, locale string) error {
	return e.remove(ctx, by, recovery.WaySaved, EventSaved, recovery.NoticeSaved, locale, func(c *Change) {
		c.Saved = &SavedSet{Account: by.Account}
	})
}
