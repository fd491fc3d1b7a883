package smpp

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Bounds of the gap that a centre's "too fast" makes between messages.
const (
	firstGap = 50 * time.Millisecond
	widest   = 5 * time.Second
	gone     = time.Millisecond // a gap below it is none
)

// pace spaces messages out: as the settings say at least, and wider for a while after the centre said that it was too fast
// (ESME_RTHROTTLED) or has no room (ESME_RMSGQFUL). Each of these doubles the gap, each message that is taken narrows it.
type pace struct {
	least time.Duration

	mu      sync.Mutex
	gap     time.Duration // made by the centre
	widened time.Time     // when it last was
	next    time.Time     // the next message goes no earlier
}

// spacing is the gap that so many messages a second have; 0: none.
func spacing(perSecond int) time.Duration {
	if perSecond == 0 {
		return 0
	}
	return time.Second / time.Duration(perSecond)
}

// wait waits for the caller's turn. When that would come after ctx's deadline it says so at once.
func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	turn := p.next
	if turn.Before(now) {
		turn = now
	}
	if deadline, ok := ctx.Deadline(); ok && turn.After(deadline) {
		p.mu.Unlock()
		return ErrBusy
	}
	p.next = turn.Add(max(p.least, p.gap))
	p.mu.Unlock()
	if turn.Equal(now) {
		return nil
	}
	timer := time.NewTimer(turn.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("smpp: waiting for a turn: %w", ctx.Err())
	}
}

// heard learns from what the centre answered.
func (p *pace) heard(status uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch status {
	case statusThrottled, statusQueueFull:
		now := time.Now()
		if now.Sub(p.widened) < p.gap {
			return // a whole window was refused for the same reason: once is enough
		}
		p.gap, p.widened = min(max(2*p.gap, firstGap), widest), now
		if earliest := now.Add(p.gap); p.next.Before(earliest) {
			p.next = earliest
		}
	case statusOK:
		if p.gap -= p.gap / 8; p.gap < gone {
			p.gap = 0
		}
	}
}
