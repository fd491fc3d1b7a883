package smtpmail

import (
	"context"
	"sync"
	"time"
)

// pool keeps connections open between mails. The one that was used last is used next, so that a burst's extra connections
// grow old and are closed.
type pool struct {
	places chan struct{} // as many as connections may be open in use
	idle   time.Duration

	mu     sync.Mutex
	free   []*connection // the oldest first
	reaper *time.Timer
	closed bool
}

func newPool(size int, idle time.Duration) pool {
	return pool{places: make(chan struct{}, size), idle: idle}
}

// enter waits for a place.
func (p *pool) enter(ctx context.Context) error {
	select {
	case p.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p *pool) leave() { <-p.places }

// take gives an open connection, or nil when there is none.
func (p *pool) take() *connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.free)
	if n == 0 {
		return nil
	}
	c := p.free[n-1]
	p.free = p.free[:n-1]
	return c
}

// put keeps a connection for the next mail.
func (p *pool) put(c *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.close()
		return
	}
	c.freed = time.Now()
	p.free = append(p.free, c)
	if p.reaper == nil {
		p.reaper = time.AfterFunc(p.idle, p.reap)
	}
}

// reap closes connections that nobody used for as long as the idle limit. Mail servers dislike clients that sit there.
func (p *pool) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	keep := p.free[:0]
	for _, c := range p.free {
		if time.Since(c.freed) >= p.idle {
			c.close()
		} else {
			keep = append(keep, c)
		}
	}
	clear(p.free[len(keep):])
	p.free = keep
	if len(p.free) == 0 {
		p.reaper = nil
		return
	}
	p.reaper.Reset(p.idle - time.Since(p.free[0].freed))
}

// close closes the free connections; those in use are closed when they are put back.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	for _, c := range p.free {
		c.close()
	}
	p.free = nil
}
