package engine

import (
	"context"
	"time"
)

// keep is how long ended requests and settled entries stay, for the help desk and the records of the account.
const keep = 7 * 24 * time.Hour

// sweepEvery is how often what is older goes.
const sweepEvery = 10 * time.Minute

// RunSweeper deletes what nobody needs any more, until ctx ends.
func (e *Engine) RunSweeper(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := e.Store.Sweep(ctx, e.now().Add(-keep)); err != nil && ctx.Err() == nil {
			e.Log.WarnContext(ctx, "old requests could not be swept, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
