package engine

import (
	"context"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// View shows the request of a browser as it stands. ErrNoRequest when the browser's secret belongs to none.
func (e *Engine) View(ctx context.Context, holder secret.Opaque) (recovery.View, error) {
	stored, err := e.Store.Request(ctx, Key{Holder: holder.Digest()})
	if err != nil {
		return recovery.View{}, err
	}
	return stored.Request.View(e.now()), nil
}

// Choose takes a way; for a way by code this asks for the first one.
func (e *Engine) Choose(ctx context.Context, holder secret.Opaque, way recovery.Way) (recovery.View, recovery.Outcome, error) {
	return e.step(ctx, holder, recovery.Choose{Way: way})
}

// Resend is a click on "Click here to receive verification code".
func (e *Engine) Resend(ctx context.Context, holder secret.Opaque) (recovery.View, recovery.Outcome, error) {
	return e.step(ctx, holder, recovery.Resend{})
}

// Another goes back to the choice of a way.
func (e *Engine) Another(ctx context.Context, holder secret.Opaque) (recovery.View, recovery.Outcome, error) {
	return e.step(ctx, holder, recovery.Another{})
}

// step takes a step that needs no facts: load, decide, save if unchanged together with what it asked for, then answer.
func (e *Engine) step(ctx context.Context, holder secret.Opaque, action recovery.Action) (recovery.View, recovery.Outcome, error) {
	key := holder.Digest()
	turn := e.turns.take(key)
	turn.Lock()
	defer turn.Unlock()
	var view recovery.View
	var outcome recovery.Outcome
	err := e.attempt(ctx, func() error {
		stored, err := e.Store.Request(ctx, Key{Holder: key})
		if err != nil {
			return err
		}
		now := e.now()
		step := stored.Request.Next(action, now)
		view, outcome = step.Request.View(now), step.Outcome
		if unchanged(stored.Request, step) {
			return nil
		}
		stored.Request = step.Request
		return e.Store.Save(ctx, Change{Update: &stored, Entries: entries(step.Request, step.Effects, now)})
	})
	if err != nil {
		return recovery.View{}, "", err
	}
	e.Wake()
	return view, outcome, nil
}

// unchanged says that there is nothing to save. Which of the walk's steps change something depends on the state, the clock
// and the clicks, and so is the same for everyone.
func unchanged(before recovery.Request, step recovery.Step) bool {
	return len(step.Effects) == 0 && before.State == step.Request.State && before.Way == step.Request.Way &&
		before.Clicks == step.Request.Clicks && before.Tries == step.Request.Tries
}
