package engine

import (
	"context"
	"time"

	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

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

// looked says whether what was typed by heart will be looked at. That depends on the clock and the counts alone, so no hash is
// computed for an attempt that cannot count: a stranger gets no more of them than tries.
func (e *Engine) looked(r recovery.Request, a recovery.Answer, now time.Time) bool {
	switch r.Next(a, now).Outcome {
	case recovery.Missed, recovery.Wrong:
		return true
	case recovery.TriesUsed:
		return r.Tries < r.Policy.Tries // the last one counts
	}
	return false
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
