package engine

import (
	"context"
	"time"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// judgement is what became of looking at what was typed: the action that it amounts to, and what is saved with it if it proves.
type judgement struct {
	action recovery.Action
	spend  *SavedUse
}

// attempted is one kind of proof.
type attempted struct {
	purpose string // of the grant that is made from a claim
	event   Event
	turns   *turns

	// judge looks at what was typed. Its facts are the same work for a decoy.
	judge func(ctx context.Context, stored Stored, grant secret.Digest, now time.Time) (judgement, error)
}

// prove judges what was typed and saves the verdict before it is told (invariant 3). When it proves, the grant is the right to set one
// password; it is the same once more when the request was proved before with the same claim, and nothing was read. In every other
// case it is zero.
func (e *Engine) prove(ctx context.Context, holder, claim secret.Opaque, a attempted) (recovery.View, recovery.Outcome, secret.Opaque, error) {
	key := holder.Digest()
	turn := a.turns.take(key)
	turn.Lock()
	defer turn.Unlock()
	var view recovery.View
	var outcome recovery.Outcome
	again := false
	saved := false // the verdict on something that was looked at
	var came Traffic
	grant := e.claimed(a.purpose, holder, claim)
	err := e.attempt(ctx, func() error {
		stored, err := e.Store.Request(ctx, Key{Holder: key})
		if err != nil {
			return err
		}
		now, before := e.now(), stored.Request
		judged, err := a.judge(ctx, stored, grant.Digest(), now)
		if err != nil {
			return err
		}
		step := before.Next(judged.action, now)
		view, outcome = step.Request.View(now), step.Outcome
		again = outcome == recovery.ProvedBefore && before.Grant.Equal(grant.Digest())
		if unchanged(before, step) {
			return nil
		}
		stored.Request, stored.Tally = step.Request, step.Tally
		change := Change{Update: &stored, Tally: &stored, Entries: entries(stored.Request, step.Effects, now), Records: []Record{{
			At: now, Request: before.ID, Account: before.Account, Event: a.event, Way: before.Way, Outcome: string(outcome), Network: before.Network,
		}}}
		if proved(outcome) {
			change.Spend = judged.spend
			if before.Way == recovery.WayPhone {
				change.Turnout = e.entered(before.Phone)
			}
			came, change.Mark = cameIn(before, now)
		}
		if err := e.Store.Save(ctx, change); err != nil {
			return err
		}
		saved = true
		e.tell(change.Records)
		return nil
	})
	if err != nil {
		return recovery.View{}, "", secret.Opaque{}, err
	}
	if saved && a.event == EventEntered {
		e.judged(ctx, proved(outcome), e.now())
	}
	if proved(outcome) {
		e.came.add(came)
		e.Wake()
	}
	if outcome != recovery.Proved && !again {
		grant = secret.Opaque{}
	}
	return view, outcome, grant, nil
}

func proved(o recovery.Outcome) bool { return o == recovery.Proved || o == recovery.OneMore }

// looked says whether what was typed will be looked at, by what becomes of it when it is wrong. That depends on the clock and the counts
// alone, so no hash is computed for an attempt that cannot count: a stranger gets no more of them than tries.
func (e *Engine) looked(r recovery.Request, a recovery.Action, now time.Time) bool {
	switch r.Next(a, now).Outcome {
	case recovery.Missed, recovery.Wrong:
		return true
	case recovery.TriesUsed:
		return r.Tries < r.Policy.Tries // the last one counts
	}
	return false
}
