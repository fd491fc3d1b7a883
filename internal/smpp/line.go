package smpp

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// line keeps one connection bound, a new one after each that broke.
type line struct {
	settings *Settings
	log      *slog.Logger
	as       command

	mu      sync.Mutex
	link    *link         // nil: none at the moment
	failed  error         // why there is none, until the next one is tried; nil while one is
	closed  bool          // there will be none any more
	changed chan struct{} // closed when one of the above changes, and replaced
}

func newLine(s *Settings, log *slog.Logger, as command) *line {
	return &line{settings: s, log: log, as: as, changed: make(chan struct{})}
}

// current is the connection that is bound. It waits while one is being made. Between a failure and the next try it says at once what
// failed: the caller may have another way to send by.
func (n *line) current(ctx context.Context) (*link, error) {
	for {
		n.mu.Lock()
		l, failed, closed, changed := n.link, n.failed, n.closed, n.changed
		n.mu.Unlock()
		switch {
		case closed:
			return nil, ErrClosed
		case l != nil && !l.over():
			return l, nil
		case failed != nil:
			return nil, failed
		}
		select {
		case <-changed: // also when the link is over: keep says so next
		case <-ctx.Done():
			return nil, fmt.Errorf("smpp: waiting for a connection: %w", ctx.Err())
		}
	}
}

// set tells everybody who waits what has changed.
func (n *line) set(l *link, failed error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.link, n.failed = l, failed
	close(n.changed)
	n.changed = make(chan struct{})
}

// close lets nobody begin any more.
func (n *line) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	close(n.changed)
	n.changed = make(chan struct{})
}

// doublings is how often the wait between two tries doubles.
const doublings = 6

// keep connects and connects again until ctx ends, and says goodbye then.
func (n *line) keep(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		l, err := connect(ctx, n.settings, n.log, n.as)
		if err == nil {
			n.log.Info("bound to the message centre", "as", n.as.String())
			n.set(l, nil)
			began := time.Now()
			if err = n.hold(ctx, l); ctx.Err() != nil {
				return
			}
			n.log.Warn("the connection to the message centre is lost", "as", n.as.String(), "error", err)
			if l.proved.Load() && time.Since(began) >= n.settings.Retry {
				failures = 0
				n.set(nil, nil)
				continue
			}
		} else if ctx.Err() == nil {
			n.log.Warn("not bound to the message centre", "as", n.as.String(), "error", err)
		}
		// A centre that lets us in and throws us out at once fails as much as one that does not let us in.
		n.set(nil, fmt.Errorf("not connected: %w", err))
		if ClassOf(err) == Unfit {
			failures = doublings // nobody is helped by a wrong password every second, and some centres lock the account
		}
		n.rest(ctx, failures)
		failures = min(failures+1, doublings)
		n.set(nil, nil)
	}
}

// hold waits until the link is over, and makes it so when ctx ends. It returns why it ended.
func (n *line) hold(ctx context.Context, l *link) error {
	select {
	case <-l.done:
	case <-ctx.Done():
		l.goodbye()
	}
	l.all.Wait()
	return l.why
}

// rest waits before the next try: longer after each failure, and never exactly as long as others who failed at the same moment.
func (n *line) rest(ctx context.Context, failures int) {
	wait := n.settings.Retry << failures
	timer := time.NewTimer(wait/2 + rand.N(wait/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
