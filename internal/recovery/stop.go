package recovery

import (
	"time"

	"twohens/internal/secret"
)

// Stop is the owner's word that this was not them: of a proof by heart, or of a new password. It only takes away: the right
// to set a password, what was proved, and for a day each way that was proved, but never the last one. Ways are shut also when the request
// itself is over or has set its password: whoever got that far would come back the same way. What else a new password gave is the
// Store's to undo.
type Stop struct {
	Tally Tally
	Has   []Way // the ways that the account could prove, as it will be afterwards
}

func (Stop) name() string { return "stop" }

func (a Stop) do(r *Request, now time.Time) Step {
	if !r.State.allows(a) || r.Stop.IsZero() || now.Sub(r.Opened) >= NoticeLife {
		step := proceed(r)
		step.Tally = a.Tally
		return step
	}
	step := Step{Outcome: Stopped, Tally: a.Tally.Freeze(r.Policy, r.Proven, a.Has, now)}
	r.Stop = secret.Digest{} // once
	if r.State == Done {
		step.Outcome = Undone
		step.Effects = []Effect{{Kind: EffectNotify, Notice: NoticeUndone, NotAfter: now.Add(NoticeLife)}}
		return step
	}
	if r.State == Resetting {
		r.State = Closed
	}
	r.Real, r.Link, r.Grant = false, secret.Digest{}, secret.Digest{}
	return step
}
