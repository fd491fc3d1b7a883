package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// How settlements are saved together. Handing a mail over to a server next door takes less than saving that it was: so what comes in while
// some are being saved waits for the next batch, and a batch shares one wait for the disk. One that comes alone waits for nobody.
const (
	settleMost    = 256 // in a batch
	settleAtOnce  = 4   // batches under way
	settleTimeout = 30 * time.Second
)

// settler saves settlements in batches.
type settler struct {
	mu      sync.Mutex
	waiting []*settling
	batches int // under way
}

// settling is a change on its way.
type settling struct {
	change Change
	done   chan error
}

// settle ends the lease of an entry that leaves its request alone.
func (e *Engine) settle(ctx context.Context, entry Entry, verdict Verdict, note string, records ...Record) error {
	return e.settleBy(ctx, entry, Change{Settle: e.settlement(entry, verdict, note), Records: records})
}

// settleBy saves what became of an entry. While the database does not answer it tries again, until ctx is over: what was handed over and is
// not known to be would go out once more.
func (e *Engine) settleBy(ctx context.Context, entry Entry, change Change) error {
	for {
		err := e.saveTogether(ctx, change)
		if err == nil {
			e.tell(change.Records)
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

// saveTogether saves a change in the next batch.
func (e *Engine) saveTogether(ctx context.Context, change Change) error {
	own := &settling{change: change, done: make(chan error, 1)}
	s := &e.settler
	s.mu.Lock()
	s.waiting = append(s.waiting, own)
	if s.batches < settleAtOnce {
		s.batches++
		go e.saveBatches(context.WithoutCancel(ctx))
	}
	s.mu.Unlock()
	select {
	case err := <-own.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// saveBatches saves batches until nothing waits.
func (e *Engine) saveBatches(ctx context.Context) {
	s := &e.settler
	for {
		s.mu.Lock()
		n := min(len(s.waiting), settleMost)
		if n == 0 {
			s.batches--
			s.mu.Unlock()
			return
		}
		batch := s.waiting[:n:n]
		s.waiting = s.waiting[n:]
		s.mu.Unlock()
		e.saveBatch(ctx, batch)
	}
}

// saveBatch saves a batch, or, if that fails, each of it by itself: one whose lease has run out must not keep the others from being
// settled.
func (e *Engine) saveBatch(ctx context.Context, batch []*settling) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	if len(batch) > 1 {
		changes := make([]Change, len(batch))
		for i, own := range batch {
			changes[i] = own.change
		}
		if e.guarded(func() error { return e.Store.SettleAll(ctx, changes) }) == nil {
			for _, own := range batch {
				own.done <- nil
			}
			return
		}
	}
	for _, own := range batch {
		own.done <- e.guarded(func() error { return e.Store.Save(ctx, own.change) })
	}
}

// guarded keeps a fault of the program in one change from taking down those who wait beside it.
func (e *Engine) guarded(save func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("a fault of the program: %v", fault)
		}
	}()
	return save()
}

// lose settles a message that is not handed over any more, and counts it where it was to go.
func (e *Engine) lose(ctx context.Context, entry Entry, verdict Verdict) error {
	to, real := entry.Contact, true
	if entry.Effect.Kind == recovery.EffectSend {
		stored, err := e.Store.Request(ctx, Key{ID: entry.Request})
		if err != nil && !errors.Is(err, ErrNoRequest) {
			return err
		}
		r := stored.Request
		if err == nil && !r.Found { // nobody came to looking for the account in time
			if find, _, err := e.find(ctx, r); err == nil {
				r.Real, r.Contact, r.Phone = find.Real, find.Contact, find.Phone
			}
		}
		to, real = destination(r, entry.Effect.Way), r.Real
	}
	return e.settleBy(ctx, entry, e.lost(entry, verdict, real, to))
}

// lost is the change that settles a message which nobody gets. A decoy's is none.
func (e *Engine) lost(entry Entry, verdict Verdict, real bool, to contact.Contact, records ...Record) Change {
	change := Change{Settle: e.settlement(entry, verdict, ""), Records: records}
	if real && !to.IsZero() {
		change.Settle.Place = PlaceOf(to)
		e.measure(&change, to)
	}
	return change
}
