package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"twohens/internal/gate"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// Case is what the help desk sees of a request: enough to say where its messages are, and neither a code nor a whole address.
type Case struct {
	Reference recovery.Reference
	Opened    time.Time
	Expires   time.Time
	Over      bool
	State     recovery.State
	Proven    []recovery.Way
	Tries     int
	MaxTries  int
	Address   string // as it was typed, masked
	Known     bool   // it belongs to an account: for staff who know whom they speak to
	Locale    string
	Messages  []Message // the oldest first, with the notices
}

// LookUp finds the requests with a reference, the newest first: one, or none, or very rarely more.
func (e *Engine) LookUp(ctx context.Context, reference recovery.Reference) ([]Case, error) {
	requests, err := e.Store.Referred(ctx, reference)
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, r := range requests {
		now := e.now()
		c := Case{
			Reference: reference, Opened: r.Opened, Expires: r.Expires, Over: r.Over(now), State: r.State, Proven: r.Proven,
			Tries: r.Tries, MaxTries: r.Policy.Tries, Address: r.Address.String(), Known: r.Real, Locale: r.Locale,
		}
		posted, err := e.Store.Posted(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range posted {
			if m, ok := e.message(r, p); ok {
				c.Messages = append(c.Messages, m)
			}
		}
		cases = append(cases, c)
	}
	slices.SortStableFunc(cases, func(a, b Case) int { return b.Opened.Compare(a.Opened) })
	return cases, nil
}

// message tells the way of a message; false of an entry that is none.
func (e *Engine) message(r recovery.Request, p Posted) (Message, bool) {
	entry := p.Entry
	m := Message{ID: entry.ID, Kind: entry.Effect.Kind, Notice: entry.Effect.Notice, Way: entry.Effect.Way}
	to := entry.Contact
	switch entry.Effect.Kind {
	case recovery.EffectSend:
		if r.Real {
			to = destination(r, entry.Effect.Way)
		}
	case recovery.EffectNotify:
		if to.IsZero() && p.Verdict == Carried {
			return Message{}, false // it became one for each contact
		}
	default:
		return Message{}, false
	}
	if !to.IsZero() {
		m.To = to.String()
	}
	m.Steps = append(m.Steps, Step{At: entry.Created, What: StepQueued})
	m.Steps = append(m.Steps, p.Steps...)
	if step, ok := e.settledAs(p); ok {
		m.Steps = append(m.Steps, step)
	}
	// A report may be quicker than the worker with saving that the message was taken. It is told after that all the same.
	when := func(s Step) time.Time {
		if order(s.What) == 2 && s.At.Before(p.Settled) {
			return p.Settled
		}
		return s.At
	}
	slices.SortStableFunc(m.Steps, func(a, b Step) int { return cmp.Or(when(a).Compare(when(b)), order(a.What)-order(b.What)) })
	return m, true
}

// order is that of steps of one moment: a report follows the handing over that it is of.
func order(k StepKind) int {
	switch k {
	case StepQueued:
		return 0
	case StepDelayed, StepBounced, StepDelivered:
		return 2
	}
	return 1
}

// settledAs is the step that an entry's verdict tells of, or its lease.
func (e *Engine) settledAs(p Posted) (Step, bool) {
	step := Step{At: p.Settled, Sender: p.Gateway, Said: p.Note}
	switch p.Verdict {
	case "":
		if p.Entry.Until.IsZero() {
			return Step{}, false
		}
		return Step{At: p.Entry.Until.Add(-e.lease()), What: StepLeased}, true
	case Carried:
		step.What = StepHandedOver
	case Refused:
		step.What = StepRefused
	case Withheld:
		step.What = StepWithheld
	case TooLate:
		step.What = StepTooLate
	case Unsure:
		step.What = StepUnsure
	default:
		step.What = StepNothing
	}
	return step, true
}

// ErrNoMail says that the policy has no way by e-mail, so that nothing can be begun for somebody else.
var ErrNoMail = errors.New("the policy has no way by e-mail")

// StartFor begins a recovery for someone who asked the help desk. It goes the way of every recovery from there: the code and the link go
// to the account's own address, and nobody at the desk sees either. The secret of the browser that asks is thrown away, for there is none.
// What is returned is the same for an address that belongs to nobody. record writes down who does it, before it is done: after its error it is
// not.
func (e *Engine) StartFor(ctx context.Context, pass gate.Pass, locale string, record func(recovery.Reference) error) (recovery.Reference, error) {
	if !pass.For(gate.Assist) {
		return "", ErrNoPass
	}
	now := e.now()
	request, effects := recovery.Open(recovery.Opening{
		ID: recovery.ID(newID()), Policy: e.Policy, Address: pass.Address(), Locale: locale, Network: pass.Network(),
		Nonce: secret.NewNonce(), Key: e.Codes.Newest(), Holder: secret.NewOpaque().Digest(),
	}, now)
	chosen := request.Next(recovery.Choose{Way: recovery.WayEmail}, now)
	if chosen.Outcome != recovery.Sent {
		return "", ErrNoMail
	}
	if err := record(request.ID.Reference()); err != nil {
		return "", err
	}
	err := e.Store.Save(ctx, Change{
		Create: &chosen.Request, Entries: append(entries(request, effects, now), entries(chosen.Request, chosen.Effects, now)...),
	})
	if err != nil {
		return "", err
	}
	e.Wake()
	return request.ID.Reference(), nil
}

// Deliveries lists what was counted of messages since a time.
func (e *Engine) Deliveries(ctx context.Context, since time.Time) ([]Traffic, error) {
	return e.Store.Traffic(ctx, since.Truncate(TrafficSlot), e.now().Add(TrafficSlot), "", "")
}

// Backlog tells of each lane of the outbox in which something waits.
func (e *Engine) Backlog(ctx context.Context) ([]Backlog, error) { return e.Store.Backlog(ctx) }
