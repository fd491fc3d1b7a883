package quota

import (
	"context"
	"sync"
	"time"
)

// DefaultKeys is how many buckets a [Memory] keeps unless told otherwise. With
// keys of 50 bytes that is about 12 MB when full.
const DefaultKeys = 1 << 16

// Memory is a [Limiter] for one node, whose counts end with the program.
//
// It never keeps more buckets than it was told to, so that a flood from ever new
// addresses cannot use up the memory. Buckets that are full again are forgotten,
// which loses nothing. When none are, the least used of a handful is forgotten:
// that gives its events back, but only to those who had spent the smallest part
// of their limit; a bucket that is refusing somebody stays.
type Memory struct {
	mu      sync.Mutex
	max     int
	index   map[string]int // where in buckets a key is
	buckets []bucket
	hand    int // next bucket to look at, round and round
}

type bucket struct {
	key    string
	tat    time.Time
	window time.Duration
}

// Each Take looks at this many buckets for ones to forget. It is more than the
// buckets that a Take can add, so that the sweep overtakes the growth.
const swept = 16

// NewMemory returns a Memory of at most maxKeys buckets, [DefaultKeys] if that is 0.
func NewMemory(maxKeys int) *Memory {
	if maxKeys <= 0 {
		maxKeys = DefaultKeys
	}
	return &Memory{max: maxKeys, index: make(map[string]int)}
}

// Take implements [Limiter]. It needs no I/O and fails only if ctx has ended or the
// charges are unfit ([CheckCharges]).
func (m *Memory) Take(ctx context.Context, now time.Time, charges []Charge) (retryAfter time.Duration, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return 0, false, err
	}
	if err := CheckCharges(charges); err != nil {
		return 0, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()

	var room [8]time.Time // enough for every caller there is, without an allocation
	next := room[:0]
	for _, c := range charges {
		var tat time.Time
		i, known := m.index[c.Key]
		if known {
			tat = m.buckets[i].tat
		}
		tat, wait, allowed := c.Limit.Take(tat, now)
		if !allowed {
			retryAfter = max(retryAfter, wait)
			if known { // mends a TAT that lies too far ahead; no charge
				m.buckets[i].tat = tat
			}
		}
		next = append(next, tat)
	}
	if retryAfter > 0 {
		return retryAfter, false, nil
	}
	for i, c := range charges {
		m.put(bucket{key: c.Key, tat: next[i], window: c.Limit.Window()}, now)
	}
	m.sweep(now)
	return 0, true, nil
}

// Room tells whether a charge would be taken now, and takes nothing. It promises nothing either: whoever needs the event must
// Take it.
func (m *Memory) Room(now time.Time, c Charge) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	var tat time.Time
	if i, known := m.index[c.Key]; known {
		tat = m.buckets[i].tat
	}
	_, _, ok := c.Limit.Take(tat, now)
	return ok
}

// Return implements [Limiter].
func (m *Memory) Return(ctx context.Context, now time.Time, charges []Charge) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := CheckCharges(charges); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range charges {
		if i, known := m.index[c.Key]; known {
			m.buckets[i].tat = c.Limit.Return(m.buckets[i].tat, now)
		}
	}
	return nil
}

// Keys reports how many buckets are kept.
func (m *Memory) Keys() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.buckets)
}

func (m *Memory) put(b bucket, now time.Time) {
	if i, known := m.index[b.key]; known {
		m.buckets[i] = b
		return
	}
	if len(m.buckets) >= m.max {
		m.forget(m.leastUsed(now))
	}
	m.index[b.key] = len(m.buckets)
	m.buckets = append(m.buckets, b)
}

// leastUsed picks, among the next few under the hand, the bucket of which the
// smallest part is spent; one that is full again has nothing spent. Not the oldest
// and not the one that fills up first: the site's own bucket fills up within a
// minute, and a flood of new keys must not push it out.
func (m *Memory) leastUsed(now time.Time) int {
	least, smallest := 0, 2.0
	for range min(swept, len(m.buckets)) {
		i := m.turn()
		b := m.buckets[i]
		spent := max(0, float64(b.tat.Sub(now))/float64(b.window))
		if spent < smallest {
			least, smallest = i, spent
		}
	}
	return least
}

// sweep forgets the buckets under the hand that are full again.
func (m *Memory) sweep(now time.Time) {
	for range min(swept, len(m.buckets)) {
		i := m.turn()
		if !m.buckets[i].tat.After(now) {
			m.forget(i)
		}
		if len(m.buckets) == 0 {
			return
		}
	}
}

// turn moves the hand on and returns where it was. There is at least one bucket.
func (m *Memory) turn() int {
	if m.hand >= len(m.buckets) {
		m.hand = 0
	}
	i := m.hand
	m.hand++
	return i
}

// forget drops bucket i; the last one takes its place.
func (m *Memory) forget(i int) {
	last := len(m.buckets) - 1
	delete(m.index, m.buckets[i].key)
	if i != last {
		m.buckets[i] = m.buckets[last]
		m.index[m.buckets[i].key] = i
	}
	m.buckets[last] = bucket{}
	m.buckets = m.buckets[:last]
}
