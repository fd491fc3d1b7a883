package password

import (
	"container/list"
	"context"
	"sync"
)

// rank is whose turn comes first.
type rank int

const (
	first    rank = iota // those who proved something, or came through a gate
	yielding             // strangers who try passwords: whoever comes in the first rank goes before them
	ranks
)

// turns are the slots of a [Hasher], and who waits for them: each rank in a queue of its own, in the order of arrival.
type turns struct {
	queue int // how many of one rank may wait

	mu      sync.Mutex
	free    int64
	inside  [ranks]int // computing or waiting
	waiting [ranks]list.List
}

// waiter is one that waits for its slots.
type waiter struct {
	need  int64
	ready chan struct{} // closed when it has them
}

func newTurns(slots int64, queue int) *turns { return &turns{queue: queue, free: slots} }

// enter waits for so many slots, never more than there are. The error is [ErrBusy] or why ctx ended.
func (t *turns) enter(ctx context.Context, r rank, need int64) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	leave = func() { t.leave(r, need) }
	t.mu.Lock()
	if t.free >= need && t.idle(r) {
		t.free -= need
		t.inside[r]++
		t.mu.Unlock()
		return leave, nil
	}
	if t.waiting[r].Len() >= t.queue {
		t.mu.Unlock()
		return nil, ErrBusy
	}
	w := &waiter{need: need, ready: make(chan struct{})}
	place := t.waiting[r].PushBack(w)
	t.inside[r]++
	t.mu.Unlock()
	select {
	case <-w.ready:
		return leave, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	select {
	case <-w.ready: // it had its turn at the same moment
		t.free += need
	default:
		t.waiting[r].Remove(place)
	}
	t.inside[r]--
	t.serve() // it may have been the one that the others waited behind
	t.mu.Unlock()
	return nil, ctx.Err()
}

// idle says whether nobody waits who would go before a newcomer. It is called with mu held.
func (t *turns) idle(r rank) bool {
	for before := range r + 1 {
		if t.waiting[before].Len() > 0 {
			return false
		}
	}
	return true
}

func (t *turns) leave(r rank, need int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free += need
	t.inside[r]--
	t.serve()
}

// serve gives slots to whose turn it is. One that needs more than there are is waited for, or it would never get them. It is called with mu held.
func (t *turns) serve() {
	for r := range ranks {
		for at := t.waiting[r].Front(); at != nil; at = t.waiting[r].Front() {
			w := at.Value.(*waiter)
			if w.need > t.free {
				return
			}
			t.free -= w.need
			t.waiting[r].Remove(at)
			close(w.ready)
		}
	}
}

// count says how many of a rank compute or wait, and how many of them wait.
func (t *turns) count(r rank) (inside, waiting int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.inside[r], t.waiting[r].Len()
}
