package quota

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Fallback counts in one place, and in another while the first does not answer: a limit must go on being one when what counts it is
// down, and nobody is to be turned away for it. While it rests the first is not asked, so that its time-outs are not everybody's; then one
// caller finds out.
//
// Each of the two keeps its own counts. Whoever can make the first come and go has, at most, the budgets of both.
type Fallback struct {
	First, Second Limiter
	Timeout       time.Duration // of the first
	Rest          time.Duration // after the first did not answer
	Name          string        // of the first, for the log
	Log           *slog.Logger
	Now           func() time.Time

	mu    sync.Mutex
	down  bool
	until time.Time // of the rest
	turns int       // how often it went and came back
}

// Take implements Limiter. What the first may have charged before its time was over is charged twice, never not at all.
func (f *Fallback) Take(ctx context.Context, now time.Time, charges []Charge) (retryAfter time.Duration, ok bool, err error) {
	settled, err := f.first(ctx, func(ctx context.Context) (err error) {
		retryAfter, ok, err = f.First.Take(ctx, now, charges)
		return err
	})
	if settled {
		return retryAfter, ok, err
	}
	return f.Second.Take(ctx, now, charges)
}

// Return implements Limiter. It goes to the one that is counting now.
func (f *Fallback) Return(ctx context.Context, now time.Time, charges []Charge) error {
	settled, err := f.first(ctx, func(ctx context.Context) error { return f.First.Return(ctx, now, charges) })
	if settled {
		return err
	}
	return f.Second.Return(ctx, now, charges)
}

// first asks the first, if it is to be asked, and says whether that settles it.
func (f *Fallback) first(ctx context.Context, ask func(context.Context) error) (settled bool, err error) {
	turn, asks := f.asks()
	if !asks {
		return false, nil
	}
	limited, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	err = ask(limited)
	return f.settles(ctx, turn, err), err
}

// asks says whether the first is to be asked: always while it answers, and by one caller after each rest. turn is for settles.
func (f *Fallback) asks() (turn int, asks bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.down {
		return f.turns, true
	}
	now := f.Now()
	if now.Before(f.until) {
		return f.turns, false
	}
	f.until = now.Add(f.Rest) // nobody else meanwhile
	return f.turns, true
}

// settles says that what the first said is the answer, and tells when it goes and when it is back. A call that was under way when that
// changed says nothing of how it is now: a first that is just too slow would otherwise come and go, and be told of, with every call.
func (f *Fallback) settles(ctx context.Context, turn int, err error) bool {
	if errors.Is(err, ErrCharge) || err != nil && ctx.Err() != nil {
		return true // the caller's own: a mistake, or gone
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if turn != f.turns {
		return err == nil
	}
	if err == nil {
		if f.down {
			f.down, f.turns = false, f.turns+1
			f.Log.InfoContext(ctx, "limits are counted there again", "where", f.Name)
		}
		return true
	}
	if !f.down {
		f.down, f.turns = true, f.turns+1
		f.Log.ErrorContext(ctx, "what counts limits does not answer: the database counts until it does", "where", f.Name, "err", err)
	}
	f.until = f.Now().Add(f.Rest)
	return false
}

// Down says that the first does not answer, for the operator's figures.
func (f *Fallback) Down() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.down
}
