package engine

import (
	"context"
	"errors"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// stop derives what stops a request that was proved by heart, for the notice that goes out at once. It is independent of the
// link in a code's mail: the one only takes away, the other only gives.
func (e *Engine) stop(r recovery.Request) secret.Opaque {
	key, ok := e.Codes.Key(r.Key)
	if !ok {
		return secret.Opaque{}
	}
	return key.DeriveOpaque(purposeStop, []byte(r.ID), r.Nonce[:], []byte(r.Account))
}

// Stoppable says whether pressing the button of the notice's page would stop something. It changes nothing, however often mail
// scanners open the page. Stopped and Finished are what Stop would say; LinkDead that there is nothing to take away.
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

// Stop ends the request at the word of whoever got the notice, and shuts every way by heart of its account for a day. With it end all
// others that were proved by heart: their notices look the same, and nobody can know that each has to be stopped. Finished means that it
// was too late for the request, whose password is set, and in time for the day. It proves nothing and starts nothing.
func (e *Engine) Stop(ctx context.Context, stop secret.Opaque, network string) (recovery.Outcome, error) {
	var outcome recovery.Outcome
	err := e.attempt(ctx, func() error {
		stored, err := e.stopped(ctx, stop)
		if errors.Is(err, ErrNoRequest) {
			outcome = recovery.LinkDead
			return nil
		}
		if err != nil {
			return err
		}
		now := e.now()
		step := stored.Request.Next(recovery.Stop{Tally: stored.Tally}, now)
		if outcome = took(step); outcome == recovery.LinkDead {
			return nil
		}
		stored.Request, stored.Tally = step.Request, step.Tally
		records := []Record{{
			At: now, Request: stored.Request.ID, Account: stored.Request.Account, Event: EventStopped, Outcome: string(outcome), Network: network,
		}}
		others := &Retirement{Account: stored.Request.Account, Except: stored.Request.ID, ByHeart: true, At: now}
		if err := e.Store.Save(ctx, Change{Update: &stored, Tally: &stored, Retire: others, Records: records}); err != nil {
			return err
		}
		e.tell(records)
		return nil
	})
	return outcome, err
}
