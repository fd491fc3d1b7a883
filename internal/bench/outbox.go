package main

import (
	"context"
	"fmt"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
)

// queued is how many messages wait in the outbox when the program starts.
const queued = 20000

// outbox measures how fast a full outbox is emptied: the program starts on it, and what counts is from the first mail to the last.
func (b *bench) outbox(ctx context.Context, name, folder, database string, config sqlstore.Config, sink *sink) error {
	if err := queue(ctx, config, queued); err != nil {
		return err
	}
	sink.count(queued)
	server, _, err := b.start(ctx, folder, database, cheapHash, sink, b.profiled("outbox")...)
	if err != nil {
		return err
	}
	took, err := sink.all(ctx, 2*time.Minute)
	if err != nil {
		return err
	}
	b.add(name+", a full outbox, messages handed over", "at least 1,000/s", "%.0f/s", float64(queued)/took.Seconds())
	return server.stop()
}

// queue fills the outbox with codes for people who have asked for them.
func queue(ctx context.Context, config sqlstore.Config, count int) error {
	store, err := sqlstore.Open(ctx, config)
	if err != nil {
		return err
	}
	defer store.Close()
	now := time.Now().UTC().Truncate(time.Millisecond)
	const atOnce = 32
	failed := make(chan error, atOnce)
	for w := range atOnce {
		go func() {
			for n := w; n < count; n += atOnce {
				change, err := asked(n, now)
				if err == nil {
					err = store.Save(ctx, change)
				}
				if err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	for range atOnce {
		if e := <-failed; e != nil {
			err = e
		}
	}
	return err
}

// asked is a request whose account was found and whose person asked for a code, with the effect of that.
func asked(n int, now time.Time) (engine.Change, error) {
	address, err := contact.ParseEmail(person(n % people))
	if err != nil {
		return engine.Change{}, err
	}
	r, _ := recovery.Open(recovery.Opening{
		ID: recovery.ID(fmt.Sprintf("queued%d", n)), Policy: recovery.Classic(), Address: address, Locale: "en",
		Nonce: secret.NewNonce(), Key: "1", Holder: secret.NewOpaque().Digest(),
	}, now)
	r = r.Next(recovery.Find{Account: address.Address(), Contact: address, Real: true, Link: secret.NewOpaque().Digest()}, now).Request
	step := r.Next(recovery.Choose{Way: recovery.WayEmail}, now)
	return engine.Change{Create: &step.Request, Entries: []engine.Entry{{
		ID: fmt.Sprintf("queued%d", n), Request: r.ID, Effect: step.Effects[0], Created: now, Due: now,
	}}}, nil
}
