package engine

import (
	"context"
	"errors"

	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// Granted shows the request whose bearer may set a password. ErrNoRequest when there is no such right.
func (e *Engine) Granted(ctx context.Context, grant secret.Opaque) (recovery.View, error) {
	stored, err := e.Store.Request(ctx, Key{Grant: grant.Digest()})
	if err != nil {
		return recovery.View{}, err
	}
	return stored.Request.View(e.now()), nil
}

// SetPassword sets the new password by the right that a proof gave. A password that is not good enough is told in the verdict,
// and nothing changes. Once it is set, asking again has the same answer and writes nothing, so a second click does no harm.
//
// The new hash, the end of the request, of every sign-in session and of every other open request of the account, and the notices
// to its contacts are one transaction.
func (e *Engine) SetPassword(ctx context.Context, grant secret.Opaque, chosen password.Password, network string) (recovery.Outcome, password.Verdict, error) {
	key := grant.Digest()
	// One hash at a time for one grant: a hundred clicks must not cost a hundred times 19 MiB.
	turn := e.resets.take(key)
	turn.Lock()
	defer turn.Unlock()

	stored, err := e.Store.Request(ctx, Key{Grant: key})
	if err != nil {
		return "", password.Verdict{}, err
	}
	if outcome := stored.Request.Next(recovery.Set{}, e.now()).Outcome; outcome != recovery.Finished || stored.Request.State == recovery.Done {
		return outcome, password.Verdict{}, nil
	}
	verdict := e.Password.Check(ctx, chosen, password.About{Email: stored.Request.Contact})
	if verdict.BreachUnknown != nil {
		e.Log.WarnContext(ctx, "breach service did not answer, the local list decided", "err", verdict.BreachUnknown)
	}
	if !verdict.OK() {
		return "", verdict, nil
	}
	write, err := e.Directory.Prepare(ctx, stored.Request.Account, chosen)
	if errors.Is(err, ErrNoAccount) {
		return recovery.Ended, verdict, nil // disabled or deleted since the proof
	}
	if err != nil {
		return "", verdict, err
	}
	outcome, err := e.finish(ctx, key, write, network)
	return outcome, verdict, err
}

// finish saves the new password together with everything that follows from it.
func (e *Engine) finish(ctx context.Context, key secret.Digest, write *Write, network string) (recovery.Outcome, error) {
	var outcome recovery.Outcome
	err := e.attempt(ctx, func() error {
		stored, err := e.Store.Request(ctx, Key{Grant: key})
		if err != nil {
			return err
		}
		now := e.now()
		before := stored.Request.State
		step := stored.Request.Next(recovery.Set{Stop: e.stop(stored.Request).Digest()}, now)
		if outcome = step.Outcome; outcome != recovery.Finished || before == recovery.Done {
			return nil
		}
		stored.Request = step.Request
		if write != nil {
			write.At, write.Request = now, stored.Request.ID
		}
		records := []Record{{
			At: now, Request: stored.Request.ID, Account: stored.Request.Account, Event: EventPassword,
			Way: stored.Request.Way, Outcome: string(stored.Request.Proof), Network: network,
		}}
		err = e.Store.Save(ctx, Change{
			Update:   &stored,
			Entries:  entries(stored.Request, step.Effects, now),
			Records:  records,
			Password: write,
			Retire:   &Retirement{Account: stored.Request.Account, Except: stored.Request.ID, At: now},
		})
		if err != nil {
			return err
		}
		e.tell(records)
		return nil
	})
	e.Wake()
	return outcome, err
}
