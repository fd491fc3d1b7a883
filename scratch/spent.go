package scratch

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"
)

// Spent remembers the cards that were answered. It is the only thing nodes
// share.
type Spent interface {
	// Spend marks the id as used and tells whether this was the first time.
	// It must be atomic over all nodes: of any number of calls with the same
	// id, at the same moment or not, exactly one returns true. An id may be
	// forgotten once until has passed, not before. With an error nothing is
	// known, and the card fails.
	Spend(ctx context.Context, id [16]byte, until time.Time) (first bool, err error)
}

// ErrFull is a Memory that holds as many ids as it may. Forgetting one early
// would let its card be used again, so the card fails instead.
var ErrFull = errors.New("scratch: too many spent cards to remember")

// Memory is a Spent in the memory of one node, for a single node and for
// tests. A restart forgets all, so with it a card of before the restart can be
// used once more: a node that must not allow this keeps them in its database.
type Memory struct {
	now   func() time.Time
	limit int

	mu    sync.Mutex
	ids   map[[16]byte]struct{}
	queue expiries
}

// NewMemory remembers at most limit unexpired ids, about 100 bytes each.
func NewMemory(limit int, now func() time.Time) *Memory {
	return &Memory{now: now, limit: limit, ids: map[[16]byte]struct{}{}}
}

// Spend implements Spent. The only error is ErrFull.
func (m *Memory) Spend(_ context.Context, id [16]byte, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
	if _, known := m.ids[id]; known {
		return false, nil
	}
	if len(m.ids) >= m.limit {
		return false, ErrFull
	}
	m.ids[id] = struct{}{}
	heap.Push(&m.queue, expiry{id, until})
	return true, nil
}

// holds tells whether the id was spent here.
func (m *Memory) holds(id [16]byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
	_, known := m.ids[id]
	return known
}

// forget drops the ids whose time is over, earliest first.
func (m *Memory) forget() {
	now := m.now()
	for len(m.queue) > 0 && now.After(m.queue[0].until) {
		delete(m.ids, heap.Pop(&m.queue).(expiry).id)
	}
}

// expiry is when an id may be forgotten.
type expiry struct {
	id    [16]byte
	until time.Time
}

// expiries is a heap, the earliest on top.
type expiries []expiry

func (e expiries) Len() int           { return len(e) }
func (e expiries) Less(i, j int) bool { return e[i].until.Before(e[j].until) }
func (e expiries) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *expiries) Push(x any)        { *e = append(*e, x.(expiry)) }
func (e *expiries) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}
