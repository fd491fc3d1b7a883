package engine

import (
	"cmp"
	"context"
	"errors"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// SilentLimits are counted by the worker, where nobody can see them: over one of them a message is simply not sent.
type SilentLimits struct {
	Account     quota.Limit // messages with a code, per account
	Network     quota.Limit // and of those, the ones that one network has asked for
	Destination quota.Limit // per address or number they go to
}

// carrySend sends the code of a round. For a decoy, and for a way that the account lacks or that is shut, it does everything but that.
func (e *Engine) carrySend(ctx context.Context, entry Entry) error {
	stored, err := e.found(ctx, entry, nil)
	if err != nil {
		return e.unfound(ctx, entry, err)
	}
	r := stored.Request
	round, ok := roundOf(r, entry.Effect.Round)
	now := e.now()
	to := destination(r, entry.Effect.Way)
	if !ok || !now.Before(round.Until) || r.Over(now) {
		return e.settleBy(ctx, entry, e.lost(entry, TooLate, r.Real, to, e.sent(r, entry, TooLate)))
	}
	paid, verdict, err := e.pay(ctx, entry, fare{account: r.Account, network: r.Network, by: e.askedBy(r), to: to, decoy: r.Contact.Contact()})
	if err != nil {
		return err
	}
	if verdict != Carried {
		return e.settle(ctx, entry, verdict, paid.note, e.sent(r, entry, verdict))
	}
	// A code of a way that somebody has shut would not be accepted. The notice has said so; a mail would only invite to type it.
	shut := stored.Tally.Shut(entry.Effect.Way, now)
	if !r.Real || to.IsZero() || shut || (r.State != recovery.Proving && r.State != recovery.Choosing) {
		return e.settle(ctx, entry, Nothing, "", e.sent(r, entry, Nothing))
	}
	code := e.code(r, round)
	if code.IsZero() {
		return e.settle(ctx, entry, Nothing, "key revoked", e.sent(r, entry, Nothing))
	}
	letter := Letter{
		ID: entry.ID, Kind: recovery.EffectSend, To: to, Locale: cmp.Or(r.Speaks, r.Locale),
		Code: code, Until: round.Until, Life: r.Policy.CodeLife, At: now,
	}
	if !r.Link.IsZero() {
		letter.Link = e.link(r)
	}
	return e.post(ctx, entry, letter, paid, func(v Verdict) Record { return e.sent(r, entry, v) })
}

// post hands a letter over that was paid for, and settles its entry. What must be tried again is given back, but for what a text that may
// have gone out has cost: a gateway that takes texts and is slow to say so would send them past every cap.
func (e *Engine) post(ctx context.Context, entry Entry, letter Letter, paid payment, record func(Verdict) Record) error {
	came := e.handOver(ctx, entry, letter)
	change := Change{Settle: e.settlement(entry, came.verdict, came.said)}
	change.Settle.Handover, change.Settle.Place = came.handover, PlaceOf(letter.To)
	e.measure(&change, letter.To)
	if came.verdict == Later {
		if came.left {
			paid.charges, paid.toll = nil, Toll{}
		}
		return errors.Join(e.repay(ctx, paid), e.settleBy(ctx, entry, change))
	}
	if err := e.payRest(ctx, paid, letter.To, came.handover); err != nil {
		e.Log.WarnContext(ctx, "the further parts of a text could not be counted", "entry", entry.ID, "err", err)
	}
	change.Records = []Record{record(came.verdict)}
	phone, text := letter.To.Phone()
	counted := text && came.verdict == Carried && !letter.Code.IsZero()
	if counted {
		change.Turnout = e.turnout(phone)
		change.Turnout.Sent = 1
	}
	if err := e.settleBy(ctx, entry, change); err != nil || !counted {
		return err
	}
	return e.watch(ctx, phone)
}

// destination is where codes of a way go: the account's own record (invariant 8). Zero when it has none.
func destination(r recovery.Request, way recovery.Way) contact.Contact {
	switch {
	case way == recovery.WayEmail && !r.Contact.IsZero():
		return r.Contact.Contact()
	case way == recovery.WayPhone && !r.Phone.IsZero():
		return r.Phone.Contact()
	}
	return contact.Contact{}
}

func roundOf(r recovery.Request, number int) (recovery.Round, bool) {
	for _, round := range r.Rounds {
		if round.Number == number {
			return round, true
		}
	}
	return recovery.Round{}, false
}

func (e *Engine) sent(r recovery.Request, entry Entry, v Verdict) Record {
	return Record{
		At: e.now(), Request: r.ID, Account: r.Account, Event: EventCode, Way: entry.Effect.Way,
		Outcome: string(v), Network: r.Network,
	}
}
