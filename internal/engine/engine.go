// Package engine carries the walk out: it loads a request, lets recovery decide, saves what was decided together with the
// effects that it asked for, and only then answers (invariant 3). The worker carries the effects out from the saved outbox.
//
// The division that keeps strangers from learning anything (invariant 4): the use cases of the walk, which run while a person
// waits, never ask the directory for an account and never send; the worker, which nobody waits for, does both. Two use cases
// stand outside the walk and may ask: setting the password, which only a proof reaches, and everything after a sign-in.
//
// The ports that the engine needs are the small interfaces beside their users: Store (store.go), Directory (directory.go),
// Composer and Sender (letter.go), Texter (text.go), Auditor (record.go).
package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// Ports are what the engine needs of the world.
type Ports struct {
	Store     Store
	Directory Directory
	Composer  Composer
	Sender    Sender
	Texter    Texter // nil: the site has no gateway, and texts are withheld
	Auditor   Auditor
	Limiter   quota.Limiter // counts the silent limits
}

// Settings are the figures and keys that the engine works by.
type Settings struct {
	Policy   recovery.Policy
	Password password.Rules
	Silent   SilentLimits
	Texts    TextRules
	Sessions SessionSettings
	Brake    BrakeRules

	Codes     *secret.Ring     // makes codes and links
	Decoys    secret.Key       // makes the account ids of decoys; never rotated
	Browsers  *secret.Ring     // makes what browsers are known by that have signed in
	Questions question.Decoys  // which questions are asked, of whom there are and of whom there are not
	Answers   question.Digests // how answers and saved codes are kept and judged

	Public func(Lane, Place) bool // whether how a place fares may be told to everyone; nil: no place's

	Workers int // how many messages are on their way to senders at once, and how many accounts are looked for
	Lease   time.Duration
}

// Engine is the use cases. Its methods may be called from any number of goroutines.
type Engine struct {
	Ports
	Settings
	Now func() time.Time
	Log *slog.Logger

	settler settler
	came    entered
	paces   paces
	flip    chan struct{} // a sender was switched on this node
	wake    [len(lanes)]chan struct{}
	repeat  chan struct{} // holds one: the message that may be a repeat
	turns   turns         // of the steps of the walk
	answers turns         // of judging answers, which takes longer
	resets  turns         // of setting passwords, likewise
	brake   brake
}

// New makes an engine. The worker runs only once Run is called.
func New(ports Ports, settings Settings, log *slog.Logger) *Engine {
	e := &Engine{Ports: ports, Settings: settings, Now: time.Now, Log: log, repeat: make(chan struct{}, 1), flip: make(chan struct{}, 1)}
	for i := range e.wake {
		e.wake[i] = make(chan struct{}, 1)
	}
	return e
}

// now is the server's clock in the precision that stores keep.
func (e *Engine) now() time.Time { return e.Now().UTC().Truncate(time.Millisecond) }

// Wake tells the worker that the outbox holds something new. It never blocks; a lost call costs at most one poll.
func (e *Engine) Wake() {
	for _, wake := range e.wake {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// turns lets the steps of one request on this node go one after another, so that a thousand at once do not all load, all
// decide and all but one fail to save. It is a courtesy: what keeps the count right, here and over nodes, is the Store.
type turns struct{ stripes [64]sync.Mutex }

func (t *turns) take(key secret.Digest) *sync.Mutex {
	return &t.stripes[key[0]%64]
}

// maxAttempts bounds how often a step is decided anew because somebody else saved first.
const maxAttempts = 100

// attempt repeats a step for as long as ErrChanged says that what it was decided on has moved.
func (e *Engine) attempt(ctx context.Context, step func() error) error {
	var err error
	for range maxAttempts {
		if err = step(); err != ErrChanged {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return err
}
