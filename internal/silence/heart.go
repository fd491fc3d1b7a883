package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/engine"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// byHeart is a class of a way by heart: who there is, and what is typed.
type byHeart struct {
	name  string
	role  role
	plant time.Duration
	own   func(ctx context.Context, s *stand, account accounts.Row) error // what the account sets up; nil: there is no account
	typed func() any                                                      // the body of the timed request
}

// nothing is what an account sets up that has an address alone.
func nothing(context.Context, *stand, accounts.Row) error { return nil }

// Of one length, so that the requests are.
const (
	rightAnswer = "harbour lane 7"
	wrongAnswer = "orchard path 9"
)

// questions are answered wrong by strangers to nobody's address, to accounts without questions, and to accounts with them, where also
// one answer of the two may be right.
func questions(ctx context.Context, s *stand, subjects int) ([]class, error) {
	answers := func(first, second string) func() any {
		return func() any { return map[string][]string{"answers": {first, second}} }
	}
	wrong := answers(wrongAnswer, wrongAnswer)
	list := []byHeart{
		{"no account", first, 0, nil, wrong},
		{"no account, again", again, 0, nil, wrong},
		{"an account without questions", kept, 0, nothing, wrong},
		{"an account with questions", kept, 0, setQuestions, wrong},
		{"the same, first answer right", kept, 0, setQuestions, answers(rightAnswer, wrongAnswer)},
		{"the same, second answer right", kept, 0, setQuestions, answers(wrongAnswer, rightAnswer)},
	}
	return prepared(ctx, s, subjects, recovery.WayQuestions, "/request/answers", "missed", list, wrong)
}

func setQuestions(ctx context.Context, s *stand, account accounts.Row) error {
	answer, err := question.Parse(rightAnswer)
	if err != nil {
		return err
	}
	set := engine.AnswerSet{Account: account.ID}
	for _, id := range s.Engine.Offered(engine.AccountView{Emails: account.Emails})[:engine.QuestionsKept] {
		digest, err := s.Engine.Answers.Make(ctx, account.ID, id, answer)
		if err != nil {
			return err
		}
		set.Answers = append(set.Answers, engine.KeptAnswer{Question: string(id), Digest: digest, Made: account.Made})
	}
	return s.Store.Save(ctx, engine.Change{Answers: &set})
}

// saved codes are typed wrong, at any of the ten places.
func saved(ctx context.Context, s *stand, subjects int) ([]class, error) {
	place := make(chan int, 1)
	place <- 0
	wrong := func() any {
		n := <-place
		place <- (n + 1) % secret.SavedPlaces
		return map[string]string{"code": secret.NewSaved(n).Reveal()}
	}
	list := []byHeart{
		{"no account", first, 0, nil, wrong},
		{"no account, again", again, 0, nil, wrong},
		{"an account without codes", kept, 0, nothing, wrong},
		{"an account with codes", kept, 0, setSaved, wrong},
	}
	return prepared(ctx, s, subjects, recovery.WaySaved, "/request/saved", "wrong", list, wrong)
}

func setSaved(ctx context.Context, s *stand, account accounts.Row) error {
	set := engine.SavedSet{Account: account.ID}
	for place := range secret.SavedPlaces {
		answer, err := question.Parse(secret.NewSaved(place).Reveal())
		if err != nil {
			return err
		}
		digest, err := s.Engine.Answers.Make(ctx, account.ID, question.ID(fmt.Sprint("saved-", place)), answer)
		if err != nil {
			return err
		}
		set.Codes = append(set.Codes, engine.SavedCode{Place: place, Digest: digest, Made: account.Made})
	}
	return s.Store.Save(ctx, engine.Change{Saved: &set})
}

// prepared makes the accounts and the requests of all classes, planted ones added, in an order drawn by lot, so that where they lie in the
// database is no class's own.
func prepared(ctx context.Context, s *stand, subjects int, way recovery.Way, path, outcome string, list []byHeart, wrong func() any) ([]class, error) {
	for _, p := range plants {
		list = append(list, byHeart{p.name, planted, p.delay, nil, wrong})
	}
	holders := make([][]string, len(list))
	classes := make([]class, len(list))
	for i, h := range list {
		holders[i] = make([]string, subjects)
		classes[i] = class{h.name, h.role, h.plant, func(ctx context.Context, n int) (time.Duration, error) {
			var judged struct{ Outcome string }
			took, err := s.call(ctx, "POST", path, h.typed(), holders[i][n%subjects], h.plant, &judged)
			if err == nil && judged.Outcome != outcome {
				err = fmt.Errorf("%s: answered by %q, not %q", h.name, judged.Outcome, outcome)
			}
			return took, err
		}, nil}
	}
	order := rand.Perm(subjects * len(list))
	return classes, each(len(order), func(n int) error {
		i, subject := order[n]%len(list), order[n]/len(list)
		address := fmt.Sprintf("person%06d@silence.example", n)
		if own := list[i].own; own != nil {
			if err := s.settle(ctx, n, address, nil, own, false); err != nil {
				return err
			}
		}
		holder, err := s.reach(ctx, n, address, way)
		holders[i][subject] = holder
		return err
	})
}
