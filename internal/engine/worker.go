package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// The worker's figures. None of them changes what happens, only when.
const (
	defaultWorkers = 8
	defaultLease   = 90 * time.Second // longer than any sender may take over one message
	pollEvery      = time.Second      // for what nobody woke us for: other nodes' entries, retries, leases that ran out
	retryFirst     = 2 * time.Second
	retryMost      = 2 * time.Minute
	settleEvery    = time.Second // while the database does not answer
)

// SilentLimits are counted by the worker, where nobody can see them: over one of them a message is simply not sent.
type SilentLimits struct {
	Account     quota.Limit // messages with a code, per account
	Destination quota.Limit // per address they go to
}

// lanes are the parts of the outbox that are worked through apart. Whether an account was found yet shows on the pages, as the
// short waiting page. So looking for it must never wait for a mail server: a stranger could have it held up by letters to an
// address, and would see that there are any.
var lanes = [...][]recovery.EffectKind{
	{recovery.EffectFind},
	{recovery.EffectSend, recovery.EffectNotify},
}

// Run carries out effects from the outbox until ctx ends, then waits for those under way. The usual path is the crash path
// (invariant 7): nothing is handed to the worker but through the saved outbox, and a lease that its holder did not
// settle runs out and is taken by another.
func (e *Engine) Run(ctx context.Context) {
	var under sync.WaitGroup
	defer under.Wait()
	for i, lane := range lanes {
		under.Go(func() { e.runLane(ctx, lane, e.wake[i]) })
	}
}

func (e *Engine) runLane(ctx context.Context, lane []recovery.EffectKind, wake <-chan struct{}) {
	workers := e.Workers
	if workers <= 0 {
		workers = defaultWorkers
	}
	free := make(chan struct{}, workers)
	var under sync.WaitGroup
	defer under.Wait()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		if e.takeSome(ctx, lane, free, &under) {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-poll.C:
		}
	}
}

// takeSome waits for a free worker, leases as many entries of a lane as there are free workers and starts on them. It says
// whether it found any.
func (e *Engine) takeSome(ctx context.Context, lane []recovery.EffectKind, free chan struct{}, under *sync.WaitGroup) bool {
	lease := e.Lease
	if lease <= 0 {
		lease = defaultLease
	}
	select {
	case free <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	room := 1
	for room < cap(free) {
		select {
		case free <- struct{}{}:
			room++
			continue
		default:
		}
		break
	}
	now := e.now()
	batch, err := e.Store.Lease(ctx, now, now.Add(lease), room, lane...)
	if err != nil && ctx.Err() == nil {
		e.Log.WarnContext(ctx, "outbox could not be read, trying again", "err", err)
	}
	for range room - len(batch) {
		<-free
	}
	for _, entry := range batch {
		under.Go(func() {
			defer func() { <-free }()
			// An entry under way is finished even while stopping: stopping in the middle of handing a mail over is what
			// makes repeats. The lease bounds how long that can take.
			whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease*3/4)
			defer cancel()
			if err := e.carryOut(whole, entry); err != nil && !errors.Is(err, ErrChanged) {
				e.Log.WarnContext(ctx, "an effect was not settled, its lease will run out", "effect", entry.Effect.Kind, "err", err)
			}
		})
	}
	return len(batch) > 0
}

// carryOut carries out one entry, whatever happens meanwhile. One that could not be begun, because the database did not answer, is
// given back to be tried again soon: its lease would run out only long after the database is back. A fault of the program costs
// the entry at which it shows and nothing else: it would show again at each start, as long as the entry is there.
func (e *Engine) carryOut(ctx context.Context, entry Entry) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			e.Log.ErrorContext(ctx, "an effect failed", "effect", entry.Effect.Kind, "fault", fault, "stack", string(debug.Stack()))
			err = e.settle(ctx, entry, Refused, "a fault of the program")
		}
	}()
	err = e.carry(ctx, entry)
	if err == nil || errors.Is(err, ErrChanged) || ctx.Err() != nil {
		return err
	}
	e.Log.WarnContext(ctx, "an effect could not be begun, trying again", "effect", entry.Effect.Kind, "err", err)
	return e.settle(ctx, entry, Later, "database")
}

// carry carries out one entry and settles it. After an error that is not ErrChanged, nothing was handed over, or ctx is over.
func (e *Engine) carry(ctx context.Context, entry Entry) error {
	now := e.now()
	switch {
	case !now.Before(entry.Effect.NotAfter):
		return e.settle(ctx, entry, TooLate, "")
	case entry.Begun:
		return e.settle(ctx, entry, Unsure, "")
	}
	switch entry.Effect.Kind {
	case recovery.EffectFind:
		return e.carryFind(ctx, entry)
	case recovery.EffectSend:
		return e.carrySend(ctx, entry)
	case recovery.EffectNotify:
		return e.carryNotify(ctx, entry)
	}
	return e.settle(ctx, entry, Refused, "unknown effect")
}

// settle ends the lease of an entry that leaves its request alone. While the database does not answer it tries again, until
// ctx is over: what was handed over and is not known to be would go out once more.
func (e *Engine) settle(ctx context.Context, entry Entry, verdict Verdict, note string, records ...Record) error {
	change := Change{Settle: e.settlement(entry, verdict, note), Records: records}
	for {
		err := e.Store.Save(ctx, change)
		if err == nil {
			e.tell(records)
		}
		if err == nil || errors.Is(err, ErrChanged) || ctx.Err() != nil {
			return err
		}
		e.Log.WarnContext(ctx, "what became of an effect could not be saved, trying again", "effect", entry.Effect.Kind, "err", err)
		select {
		case <-time.After(settleEvery):
		case <-ctx.Done():
			return err
		}
	}
}

func (e *Engine) settlement(entry Entry, verdict Verdict, note string) *Settlement {
	now := e.now()
	s := &Settlement{Entry: entry, Verdict: verdict, At: now, Note: note}
	if verdict == Later {
		s.Due = now.Add(backoff(entry.Attempts))
	}
	return s
}

// backoff doubles from retryFirst to retryMost, give or take a quarter, so that what failed together does not come back together.
func backoff(attempts int) time.Duration {
	wait := retryMost
	if attempts < 10 {
		wait = min(retryMost, retryFirst<<attempts)
	}
	return wait*3/4 + time.Duration(rand.Int64N(int64(wait/2)))
}

// carryFind looks up the account and copies it into the request, or a decoy: the same commit for both (invariant 4).
func (e *Engine) carryFind(ctx context.Context, entry Entry) error {
	_, err := e.found(ctx, entry, e.settlement(entry, Carried, ""))
	return e.unfound(ctx, entry, err)
}

// found loads the request of an entry with its account copied in, by this call if none did it before: a person who chooses at
// once may be quicker than the worker, and the order in which entries are taken is nobody's promise. The settlement, if
// any, is saved with it.
func (e *Engine) found(ctx context.Context, entry Entry, settlement *Settlement) (recovery.Request, error) {
	var r recovery.Request
	err := e.attempt(ctx, func() error {
		stored, err := e.Store.Request(ctx, Key{ID: entry.Request})
		if err != nil {
			return err
		}
		r = stored.Request
		if r.Found {
			if settlement == nil {
				return nil
			}
			return e.Store.Save(ctx, Change{Settle: settlement})
		}
		find, err := e.find(ctx, r)
		if err != nil {
			return err
		}
		step := r.Next(find, e.now())
		r = step.Request
		stored.Request = r
		records := []Record{{
			At: r.Opened, Request: r.ID, Account: r.Account,
			Event: EventOpened, Outcome: string(step.Outcome), Network: r.Network,
		}}
		if err := e.Store.Save(ctx, Change{Join: &stored, Settle: settlement, Records: records}); err != nil {
			return err
		}
		e.tell(records)
		return nil
	})
	return r, err
}

// unfound settles an entry whose request or account could not be had.
func (e *Engine) unfound(ctx context.Context, entry Entry, err error) error {
	var down *directoryDown
	switch {
	case errors.Is(err, ErrNoRequest):
		return e.settle(ctx, entry, Nothing, "request is gone")
	case errors.As(err, &down):
		e.Log.WarnContext(ctx, "directory did not answer, trying again", "err", err)
		return e.settle(ctx, entry, Later, "directory")
	}
	return err
}

// directoryDown is a directory that did not answer, as opposed to one that knows no such account.
type directoryDown struct{ err error }

func (d *directoryDown) Error() string { return "directory: " + d.err.Error() }
func (d *directoryDown) Unwrap() error { return d.err }

// find makes the facts of recovery.Find: the account's own, or a decoy's, whose id is made from the address so that its tally
// holds over all its requests. The id is derived for real accounts as well, for the sake of the same work.
func (e *Engine) find(ctx context.Context, r recovery.Request) (recovery.Find, error) {
	decoy := e.Decoys.DeriveOpaque("decoy account", []byte(r.Address.Key())).Reveal()
	found := recovery.Find{Account: decoy, Contact: r.Address}
	account, err := e.Directory.Find(ctx, r.Address)
	switch {
	case err == nil:
		// A new password ends all open requests of its account, also one of which nobody knew yet that it is one of them.
		found.Account, found.Real = account.ID, !account.Changed.After(r.Opened)
		if to, ok := account.wayContact(recovery.WayEmail); ok {
			found.Contact = to
		} else {
			found.Real = false // nothing to send to: no way in
		}
	case !errors.Is(err, ErrNoAccount):
		return recovery.Find{}, &directoryDown{err}
	}
	r.Account, r.Contact = found.Account, found.Contact
	found.Link = e.link(r).Digest()
	return found, nil
}

// carrySend sends the code of a round. For a decoy it does everything but that.
func (e *Engine) carrySend(ctx context.Context, entry Entry) error {
	r, err := e.found(ctx, entry, nil)
	if err != nil {
		return e.unfound(ctx, entry, err)
	}
	round, ok := roundOf(r, entry.Effect.Round)
	now := e.now()
	if !ok || !now.Before(round.Until) || r.Over(now) {
		return e.settle(ctx, entry, TooLate, "", e.sent(r, entry, TooLate))
	}
	// Each message is counted once: what must be tried again is given back, and a repeat after a death was counted by the dead.
	charges := e.charges(r)
	counts := entry.Leases <= entry.Attempts+1
	if counts {
		if _, ok, err := e.Limiter.Take(ctx, now, charges); err != nil {
			return e.settle(ctx, entry, Later, "limits") // nothing opens when the limiter is down
		} else if !ok {
			return e.settle(ctx, entry, Withheld, "", e.sent(r, entry, Withheld))
		}
	}
	if !r.Real || (r.State != recovery.Proving && r.State != recovery.Choosing) {
		return e.settle(ctx, entry, Nothing, "", e.sent(r, entry, Nothing))
	}
	code := e.code(r, round)
	if code.IsZero() {
		return e.settle(ctx, entry, Nothing, "key revoked", e.sent(r, entry, Nothing))
	}
	verdict, note := e.handOver(ctx, entry, Letter{
		ID: entry.ID, Kind: recovery.EffectSend, To: r.Contact, Locale: r.Locale,
		Code: code, Link: e.link(r), Until: round.Until, Life: r.Policy.CodeLife, At: now,
	})
	if verdict == Later {
		if counts {
			err = e.Limiter.Return(ctx, now, charges)
		}
		return errors.Join(err, e.settle(ctx, entry, Later, note))
	}
	return e.settle(ctx, entry, verdict, note, e.sent(r, entry, verdict))
}

// charges are the silent limits that a message counts against. A decoy's are counted too, for the sake of the same commits.
func (e *Engine) charges(r recovery.Request) []quota.Charge {
	return []quota.Charge{
		{Key: "account:" + r.Account, Limit: e.Silent.Account},
		{Key: "destination:" + e.Decoys.DeriveOpaque("destination", []byte(r.Contact.Key())).Reveal(), Limit: e.Silent.Destination},
	}
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

// carryNotify tells the account's contacts that its password was changed. It begins as one entry for the account and becomes one
// for each contact, so that a repeat after a crash repeats one letter, not all.
func (e *Engine) carryNotify(ctx context.Context, entry Entry) error {
	if entry.Contact == (contact.Email{}) {
		return e.spread(ctx, entry)
	}
	letter := Letter{ID: entry.ID, Kind: recovery.EffectNotify, To: entry.Contact, Locale: entry.Locale, At: entry.Created}
	if entry.Request == "" {
		// Changed on the account page.
	} else if stored, err := e.Store.Request(ctx, Key{ID: entry.Request}); err == nil {
		letter.Locale, letter.Proof = stored.Request.Locale, stored.Request.Proof
	} else if !errors.Is(err, ErrNoRequest) {
		return err
	}
	verdict, note := e.handOver(ctx, entry, letter)
	if verdict == Later {
		return e.settle(ctx, entry, Later, note)
	}
	return e.settle(ctx, entry, verdict, note, Record{
		At: e.now(), Request: entry.Request, Account: entry.Account, Event: EventNotice, Outcome: string(verdict),
	})
}

// spread replaces the notice of an account by one for each of its contacts.
func (e *Engine) spread(ctx context.Context, entry Entry) error {
	account, err := e.Directory.Account(ctx, entry.Account)
	if errors.Is(err, ErrNoAccount) {
		return e.settle(ctx, entry, Nothing, "account is gone")
	}
	if err != nil {
		return e.settle(ctx, entry, Later, "directory")
	}
	now := e.now()
	var notices []Entry
	for _, to := range account.Contacts {
		notices = append(notices, Entry{
			ID: newID(), Request: entry.Request, Account: entry.Account, Locale: entry.Locale, Effect: entry.Effect,
			Contact: to, Created: entry.Created, Due: now,
		})
	}
	if err := e.Store.Save(ctx, Change{Settle: e.settlement(entry, Carried, ""), Entries: notices}); err != nil {
		return err
	}
	e.Wake()
	return nil
}

// repeats is for a message that a program died holding, perhaps behind the last byte: handing it over may be the one repeat that
// there may be. So before the last byte that is noted, and after another death nobody tries a third time. Whoever dies between
// the note and done leaves a message of which nobody knows whether it went out. That span is short, and only one message at a
// time is in it.
func (e *Engine) repeats(ctx context.Context, entry Entry) (last func() error, done func()) {
	held := false
	last = func() error {
		select {
		case e.repeat <- struct{}{}:
			held = true
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		return e.Store.Save(ctx, Change{Begin: &entry})
	}
	done = func() {
		if held {
			<-e.repeat
		}
	}
	return last, done
}

// handOver composes a letter and gives it to the sender. The entry is to be settled by the answer, with what the server said.
func (e *Engine) handOver(ctx context.Context, entry Entry, letter Letter) (Verdict, string) {
	mail, err := e.Composer.Compose(letter)
	if err != nil {
		return Refused, "could not be composed"
	}
	if entry.Leases > entry.Attempts+1 {
		var done func()
		mail.Last, done = e.repeats(ctx, entry)
		defer done()
	}
	err = e.Sender.Send(ctx, mail)
	if err == nil {
		return Carried, ""
	}
	if said, final := refused(err); final {
		e.Log.WarnContext(ctx, "a message was refused", "entry", entry.ID, "said", said)
		return Refused, said
	}
	e.Log.WarnContext(ctx, "a message could not be handed over, trying again", "entry", entry.ID, "attempt", entry.Attempts+1, "err", err)
	return Later, ""
}
