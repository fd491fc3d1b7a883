package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"twohens/internal/recovery"
)

// The worker's figures. None of them changes what happens, only when.
const (
	defaultWorkers = 16
	defaultLease   = 90 * time.Second // longer than any sender may take over one message
	pollEvery      = time.Second      // for what nobody woke us for: other nodes' entries, retries, leases that ran out
	retryFirst     = 2 * time.Second
	retryMost      = 2 * time.Minute
	settleEvery    = time.Second // while the database does not answer

	// A message is begun so long after it was found. Begun at once, its sending took the processor from the answer that was not written yet:
	// whoever asked waited a tenth of a millisecond longer when there was an account to write to. All that comes before, decoys cost as
	// well. The clock begins with the finding, not with what the entry says: between that and the answer lies the commit, which takes as long
	// as the disk does.
	answersFirst = time.Millisecond
)

var lanes = [...]Lane{LaneFind, LaneMail, LaneText}

// Run carries out effects from the outbox until ctx ends, then waits for those under way. The usual path is the crash path
// (invariant 7): nothing is handed to the worker but through the saved outbox, and a lease that its holder did not
// settle runs out and is taken by another.
func (e *Engine) Run(ctx context.Context) {
	var under sync.WaitGroup
	defer under.Wait()
	under.Go(func() { e.runEntered(ctx) })
	under.Go(func() { e.runBrake(ctx) })
	for i, lane := range lanes {
		under.Go(func() { e.runLane(ctx, lane, e.wake[i]) })
	}
}

func (e *Engine) runLane(ctx context.Context, lane Lane, wake <-chan struct{}) {
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
		some, full := e.takeSome(ctx, lane, free, &under)
		if some {
			if !full && lane != LaneFind { // so that those that come meanwhile are taken together
				pause(ctx, answersFirst)
			}
			continue
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
// whether it found any, and as many as there was room for: then there may be more.
func (e *Engine) takeSome(ctx context.Context, lane Lane, free chan struct{}, under *sync.WaitGroup) (some, full bool) {
	lease := e.lease()
	select {
	case free <- struct{}{}:
	case <-ctx.Done():
		return false, false
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
	batch, err := e.Store.Lease(ctx, now, now.Add(lease), room, lane)
	full = len(batch) == room
	if err != nil && ctx.Err() == nil {
		e.Log.WarnContext(ctx, "outbox could not be read, trying again", "err", err)
	}
	for range room - len(batch) {
		<-free
	}
	// Finding is the same work for everyone. When some workers are busy and the others are not enough, whoever asks meets all of them at work,
	// and the wait would only cost messages that have waited.
	waits := lane != LaneFind && !(full && room < cap(free))
	for _, entry := range batch {
		under.Go(func() {
			defer func() { <-free }()
			if waits {
				pause(ctx, answersFirst)
			}
			// An entry under way is finished even while stopping: stopping in the middle of handing a mail over is what
			// makes repeats. The lease bounds how long that can take.
			whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease*3/4)
			defer cancel()
			if err := e.carryOut(whole, entry); err != nil && !errors.Is(err, ErrChanged) {
				e.Log.WarnContext(ctx, "an effect was not settled, its lease will run out", "effect", entry.Effect.Kind, "err", err)
			}
		})
	}
	return len(batch) > 0, full
}

// pause waits, but not beyond ctx.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// lease is for how long an entry is taken.
func (e *Engine) lease() time.Duration {
	if e.Lease <= 0 {
		return defaultLease
	}
	return e.Lease
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
		return e.lose(ctx, entry, TooLate)
	case entry.Begun:
		return e.lose(ctx, entry, Unsure)
	}
	switch entry.Effect.Kind {
	case recovery.EffectFind:
		return e.carryFind(ctx, entry)
	case recovery.EffectAsk:
		return e.carryAsk(ctx, entry)
	case recovery.EffectSend:
		return e.carrySend(ctx, entry)
	case recovery.EffectConfirm:
		return e.carryConfirm(ctx, entry)
	case recovery.EffectAlarm:
		return e.carryAlarm(ctx, entry)
	case recovery.EffectBrake:
		return e.carryBrake(ctx, entry)
	case recovery.EffectNotify:
		return e.carryNotify(ctx, entry)
	}
	return e.settle(ctx, entry, Refused, "unknown effect")
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
