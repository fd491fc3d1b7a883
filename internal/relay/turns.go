package relay

import (
	"context"
	"sync"
	"time"

	"twohens/internal/quota"
)

// turns is how many texts a gateway is given at once, and in a second. Whoever gets no turn in time goes to the next gateway.
type turns struct {
	places   chan struct{}
	limit    quota.Limit // the zero one: none
	patience time.Duration
	now      func() time.Time

	mu  sync.Mutex
	tat time.Time // as in quota.Limit.Take
}

func newTurns(atOnce, perSecond int, patience time.Duration, now func() time.Time) *turns {
	t := &turns{places: make(chan struct{}, atOnce), patience: patience, now: now}
	if perSecond > 0 {
		t.limit = quota.Limit{Events: perSecond, Per: time.Second}
	}
	return t
}

// take waits for a turn. It gives none when patience or ctx ends first.
func (t *turns) take(ctx context.Context) (leave func(), ok bool) {
	end := time.NewTimer(t.patience)
	defer end.Stop()
	select {
	case t.places <- struct{}{}:
	default:
		select {
		case t.places <- struct{}{}:
		case <-end.C:
			return nil, false
		case <-ctx.Done():
			return nil, false
		}
	}
	for {
		wait := t.rate()
		if wait == 0 {
			return func() { <-t.places }, true
		}
		next := time.NewTimer(wait)
		select {
		case <-next.C:
			continue
		case <-end.C:
		case <-ctx.Done():
		}
		next.Stop()
		<-t.places
		return nil, false
	}
}

// rate takes one event of the limit, or says how long to wait for it.
func (t *turns) rate() time.Duration {
	if t.limit.Events == 0 {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	tat, wait, ok := t.limit.Take(t.tat, t.now())
	t.tat = tat
	if ok {
		return 0
	}
	return wait
}

// underway is how many texts are at the gateway now.
func (t *turns) underway() int { return len(t.places) }
