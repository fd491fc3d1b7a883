package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// stop derives what stops a request that was proved by heart, and what undoes its new password, for the notices that go out at once (R-75,
// It is independent of the link in a code's mail: the one only takes away, the other only gives.
func (e *Engine) stop(r recovery.Request) secret.Opaque {
	key, ok := e.Codes.Key(r.Key)
	if !ok {
		return secret.Opaque{}
	}
	return key.DeriveOpaque(purposeStop, []byte(r.ID), r.Nonce[:], []byte(r.Account))
}

// Stoppable says whether pressing the button of the notice's page would stop or undo something. It changes nothing, however often mail
// scanners open the page. Stopped and Undone are what Stop would say; LinkDead that there is nothing to take away.
func (e *Engine) Stoppable(ctx context.Context, stop secret.Opaque) (recovery.Outcome, error) {
	stored, err := e.stopped(ctx, stop)
	if errors.Is(err, ErrNoRequest) {
		return recovery.LinkDead, nil
	}
	if err != nil {
		return "", err
	}
	return took(stored.Request.Next(recovery.Stop{}, e.now())), nil
}

// took is the outcome of a stop that takes something away, and LinkDead of any other: the way to stop is used up by the one and not by
// the other.
func took(step recovery.Step) recovery.Outcome {
	if step.Request.Stop.IsZero() {
		return step.Outcome
	}
	return recovery.LinkDead
}

// stopped finds the request by what stops it. As with links, a digest in the database is not enough: a key in force must have made it.
func (e *Engine) stopped(ctx context.Context, stop secret.Opaque) (Stored, error) {
	stored, err := e.Store.Request(ctx, Key{Stop: stop.Digest()})
	if err == nil && !e.stop(stored.Request).Digest().Equal(stop.Digest()) {
		return Stored{}, ErrNoRequest
	}
	return stored, err
}

// Stop is "this was not me", said by whoever got the notice. It ends the request, or makes the password that it has set useless and ends
// all sessions; and it shuts each way that was proved for a day, but never the last one. With it end all other requests that were proved
// by heart: their notices look the same, and nobody can know that each has to be stopped. Where a password is undone, all others end. It
// proves nothing and starts nothing; Shut are the ways that it has shut.
//
// No account is looked up by an address here: whoever comes with the secret of a notice was told of this account before (invariant 4).
func (e *Engine) Stop(ctx context.Context, stop secret.Opaque, network string) (outcome recovery.Outcome, shut []recovery.Way, err error) {
	err = e.attempt(ctx, func() error {
		stored, err := e.stopped(ctx, stop)
		if errors.Is(err, ErrNoRequest) {
			outcome = recovery.LinkDead
			return nil
		}
		if err != nil {
			return err
		}
		has, err := e.left(ctx, stored.Request)
		if err != nil {
			return err
		}
		now := e.now()
		step := stored.Request.Next(recovery.Stop{Tally: stored.Tally, Has: has}, now)
		if outcome = took(step); outcome == recovery.LinkDead {
			return nil
		}
		shut = slices.DeleteFunc(slices.Clone(step.Request.Proven), func(w recovery.Way) bool { return !step.Tally.Shut(w, now) })
		r := step.Request
		stored.Request, stored.Tally = r, step.Tally
		change := Change{
			Update: &stored, Tally: &stored, Entries: entries(r, step.Effects, now),
			Retire: &Retirement{Account: r.Account, Except: r.ID, ByHeart: outcome == recovery.Stopped, At: now},
			Records: []Record{{
				At: now, Request: r.ID, Account: r.Account, Event: EventStopped, Outcome: string(outcome), Network: network,
			}},
		}
		if outcome == recovery.Undone {
			change.Undo = &Undoing{Account: r.Account, Request: r.ID, Since: r.Proved, At: now}
		}
		if err := e.Store.Save(ctx, change); err != nil {
			return err
		}
		e.tell(change.Records)
		return nil
	})
	e.Wake()
	return outcome, shut, err
}

// left are the ways that the account of a request had before it, and has still: those that will be left when what was added since is taken
// away. What is left by then may differ by a hair; a way is shut for a day at most.
func (e *Engine) left(ctx context.Context, r recovery.Request) ([]recovery.Way, error) {
	account, err := e.Directory.Account(ctx, r.Account)
	if errors.Is(err, ErrNoAccount) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	questions, err := e.Store.Answers(ctx, r.Account)
	if err != nil {
		return nil, err
	}
	saved, err := e.Store.Saved(ctx, r.Account)
	if err != nil {
		return nil, err
	}
	if r.State == recovery.Done && account.older(contact.KindEmail, r.Proved) {
		since := func(at time.Time) bool { return !at.Before(r.Proved) }
		account.Phones = slices.DeleteFunc(slices.Clone(account.Phones), func(p contact.Phone) bool { return since(account.Added[p.Contact()]) })
		questions = slices.DeleteFunc(questions, func(k KeptAnswer) bool { return since(k.Made) })
		saved = slices.DeleteFunc(saved, func(c SavedCode) bool { return since(c.Made) })
	}
	return e.ways(account, questions, saved), nil
}
