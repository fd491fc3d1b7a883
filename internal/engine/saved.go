package engine

import (
	"context"
	"strconv"
	"time"

	"twohens/internal/contact"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// savedName is what a place is called in the digests of saved codes: they are kept like answers.
func savedName(place int) question.ID { return question.ID("saved-" + strconv.Itoa(place)) }

// savedDigests are what typed saved codes are judged by, by place: the account's own, and for used ones, absent ones and decoys ones
// that equal nothing.
func (e *Engine) savedDigests(r recovery.Request, codes []SavedCode) []string {
	decoy, digests := e.decoy(r.Address), make([]string, secret.SavedPlaces)
	for place := range digests {
		digests[place] = e.Questions.Digest(e.Answers, decoy, savedName(place))
	}
	if !r.Real {
		return digests
	}
	for _, c := range codes {
		if c.Place >= 0 && c.Place < len(digests) && c.Used.IsZero() {
			digests[c.Place] = c.Digest
		}
	}
	return digests
}

// SpendSaved is a saved code, typed from the paper. It counts once: that it was used is saved with the proof. The claim, the grant and
// password.ErrBusy are those of Answer.
func (e *Engine) SpendSaved(ctx context.Context, holder secret.Opaque, typed secret.Saved, claim secret.Opaque) (recovery.View, recovery.Outcome, secret.Opaque, error) {
	var once verdict
	return e.prove(ctx, holder, claim, attempted{
		purpose: "grant of a saved code", event: EventAnswered, turns: &e.answers,
		judge: func(ctx context.Context, stored Stored, grant secret.Digest, now time.Time) (judgement, error) {
			r := stored.Request
			answer := recovery.Answer{
				Given: r.Way == recovery.WaySaved && !typed.IsZero(), Tally: stored.Tally, Grant: grant, Stop: e.stop(r).Digest(),
			}
			if !e.looked(r, answer, now) {
				return judgement{action: answer}, nil
			}
			place := typed.Place()
			digest := r.Saved[place]
			right, err := e.check(ctx, &once, r, []question.Asked{{ID: savedName(place), Digest: digest}}, []question.Answer{savedAnswer(typed)})
			if err == nil && right {
				right, err = e.unspent(ctx, r.Account, place, digest) // only whoever has the code comes here
			}
			answer.Right = right
			return judgement{action: answer, spend: &SavedUse{Account: r.Account, Place: place, Digest: digest, At: now}}, err
		},
	})
}

// unspent says that a code is still the account's own and was not used since it was copied into the request.
func (e *Engine) unspent(ctx context.Context, account string, place int, digest string) (bool, error) {
	codes, err := e.Store.Saved(ctx, account)
	for _, c := range codes {
		if c.Place == place && c.Digest == digest {
			return c.Used.IsZero(), err
		}
	}
	return false, err
}

// savedAnswer is a saved code as something to be hashed. Its symbols are letters and digits, which the normal form leaves alone.
func savedAnswer(code secret.Saved) question.Answer {
	answer, _ := question.Parse(code.Reveal())
	return answer
}

// MakeSaved makes ten new saved codes, in place of any before. This is the only time that they are shown; what is kept are digests.
// ErrChanged when others were made meanwhile, on another node: of two papers one would be dead, and nobody could tell which.
func (e *Engine) MakeSaved(ctx context.Context, by Session, locale string) ([]secret.Saved, error) {
	account, err := e.changing(ctx, by)
	if err != nil {
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
	err = e.change(ctx, by, now, EventSaved, recovery.WaySaved, Change{
		Seen:    &account,
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
