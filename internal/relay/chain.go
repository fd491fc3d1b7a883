// Package relay hands messages to whoever takes responsibility for them: it keeps several of them in order, mail servers or gateways of
// texts, and goes to the next when one cannot take a message. What such a sender is, packages mailgate and smsgate know; here is what they
// share: the chain, what failures mean (Class), who rests after failures (breaker), how much a sender is given at once (turns), a sender that
// is written as a template of one HTTP request (HTTP), and where senders report what became of messages (Receiver).
//
// What it guards against:
//
//   - A message that goes out twice. Until the first byte of it leaves, the next sender may be asked; from then on only if an answer says
//     that it was not taken (see Departure). Of a message that left and was not answered nobody knows: no other sender gets it in the same
//     call.
//   - A code that goes elsewhere. Certificates are verified, TLS is required unless the other side is on this machine, redirects are not
//     followed, and nothing in a message can change the host that it is sent to.
//   - Codes, addresses, numbers and credentials that come back in a sender's words and would end up in the database or in a log (see Clean).
//   - A sender that hangs, answers without end, or is down: each call has an end, and one that keeps failing rests.
//   - A stranger's receipt (see Receiver).
package relay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"twohens/internal/engine"
)

// Settings are those of a chain.
type Settings struct {
	What string // one of its senders is called in logs: "text gateway"

	// RepeatUnsure has the next sender asked also after one that may have taken the message: no person waits for a retry then, and some get
	// two.
	RepeatUnsure bool

	Patience time.Duration // that a message waits for its turn at a sender before it goes to the next; 0: 2 s
	Failures int           // in a row, after which a sender rests; 0: 5, at most 32
	Rest     time.Duration // the first; 0: 15 s
	Now      func() time.Time
}

// Link is a sender in its place, for messages of one kind.
type Link[M any] struct {
	Name string // as the operator calls it, in a-z, 0-9 and -

	// Send hands a message over. What it says when the sender takes none is a *Failure, or what last said. It calls last right before what
	// cannot be taken back; after its error the message must not go out.
	Send   func(ctx context.Context, m M, last func() error) (engine.Handover, error)
	Serves func(M) bool // nil: everything
	Parts  func(M) int  // as what a message is charged; nil: 1
	Close  func() error // nil: nothing is held open

	AtOnce    int // messages on their way, at most; 0: 8
	PerSecond int // messages a second, at most; 0: as they come
}

// NameForm is what a sender may be called.
var NameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// usualAtOnce is how many messages a sender is given at once, when nothing else is said.
const usualAtOnce = 8

// Chain is all senders for one kind of messages. Its methods may be called by many at once.
type Chain[M any] struct {
	settings Settings
	log      *slog.Logger
	links    []*link[M]
}

// link is a sender with what is known of it.
type link[M any] struct {
	Link[M]
	breaker breaker
	turns   *turns

	mu           sync.Mutex
	off          bool
	taken, parts uint64
	counts       map[Class]uint64
	last         *Failure
	lastAt       time.Time
}

// Check tells what is wrong with the figures; those that are 0 stand for sensible ones.
func (s Settings) Check() error {
	if s.Failures < 0 || s.Failures > 32 {
		return fmt.Errorf("failures must be from 1 to 32, not %d", s.Failures)
	}
	return nil
}

// New checks a chain and tells of all mistakes at once. It does not connect.
func New[M any](s Settings, links []Link[M], log *slog.Logger) (*Chain[M], error) {
	s.What = cmp.Or(s.What, "sender")
	s.Patience = cmp.Or(s.Patience, 2*time.Second)
	s.Failures = cmp.Or(s.Failures, 5)
	s.Rest = cmp.Or(s.Rest, 15*time.Second)
	if s.Now == nil {
		s.Now = time.Now
	}
	c := &Chain[M]{settings: s, log: log}
	var mistakes []error
	if len(links) == 0 {
		mistakes = append(mistakes, fmt.Errorf("no %s", s.What))
	}
	mistakes = append(mistakes, s.Check())
	for _, l := range links {
		l.AtOnce = cmp.Or(l.AtOnce, usualAtOnce)
		var mistake string
		switch {
		case !NameForm.MatchString(l.Name):
			mistake = "a name has 1 to 40 of the characters a-z, 0-9 and -"
		case slices.ContainsFunc(c.links, func(other *link[M]) bool { return other.Name == l.Name }):
			mistake = "there is one of that name already"
		case l.AtOnce < 1 || l.PerSecond < 0:
			mistake = "how many at once and per second cannot be negative"
		}
		if mistake != "" {
			mistakes = append(mistakes, fmt.Errorf("%s %q: %s", s.What, l.Name, mistake))
			continue
		}
		c.links = append(c.links, &link[M]{
			Link: l, breaker: breaker{row: s.Failures, rest: s.Rest}, turns: newTurns(l.AtOnce, l.PerSecond, s.Patience, s.Now),
			counts: make(map[Class]uint64),
		})
	}
	return c, errors.Join(mistakes...)
}

func (l *link[M]) serves(m M) bool { return l.Serves == nil || l.Serves(m) }

// Switch says which senders get nothing from now on. Messages under way there go on.
func (c *Chain[M]) Switch(off []string) {
	for _, l := range c.links {
		l.mu.Lock()
		l.off = slices.Contains(off, l.Name)
		l.mu.Unlock()
	}
}

func (l *link[M]) isOff() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.off
}

// Untaken is a message that no sender took, though one may when it is tried again.
type Untaken struct{ Failures []*Failure }

func (u *Untaken) Error() string {
	said := make([]string, 0, len(u.Failures))
	for _, f := range u.Failures {
		said = append(said, f.Error())
	}
	return strings.Join(said, "; ")
}

// MayHaveLeft tells the engine that the message may have been taken all the same.
func (u *Untaken) MayHaveLeft() bool { return u.unsure() > 0 }

// Asked tells the engine who was asked last.
func (u *Untaken) Asked() string {
	if n := len(u.Failures); n > 0 {
		return u.Failures[n-1].Gateway
	}
	return ""
}

// unsure is how many senders may have taken it.
func (u *Untaken) unsure() int {
	n := 0
	for _, f := range u.Failures {
		if f.MayHaveLeft() {
			n++
		}
	}
	return n
}

// Unwrap gives the failures.
func (u *Untaken) Unwrap() []error {
	all := make([]error, 0, len(u.Failures))
	for _, f := range u.Failures {
		all = append(all, f)
	}
	return all
}

// Once has Last called one time for a message, by whichever sender, or part of it, is the first to let it leave.
type Once struct {
	Last func() error

	mu     sync.Mutex
	called bool
	no     error
}

// Call asks Last, the first time.
func (o *Once) Call() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.called && o.Last != nil {
		o.no = o.Last()
	}
	o.called = true
	return o.no
}

// Refused is what Last said against it.
func (o *Once) Refused() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.no
}

// Send hands a message to the first sender that takes it, within ctx.
//
// What ends it early: a refusal that is about whom it goes to, since every other sender would say the same; an answer that is to be waited out
// (Later), for the next would be asked to wait as well; a sender that may have taken it (Unsure), unless Settings.RepeatUnsure; last's error;
// the end of ctx; the moment notAfter, after which the message is of no use. After an Unsure the outbox tries again later: that one
// repeat the engine's port allows, and it comes when the person has long clicked again or has the first one.
func (c *Chain[M]) Send(ctx context.Context, m M, notAfter time.Time, ask func() error) (engine.Handover, error) {
	last := &Once{Last: ask}
	served, on, untaken := false, false, &Untaken{}
	for _, l := range c.links {
		if !l.serves(m) {
			continue
		}
		served = true
		if l.isOff() {
			continue
		}
		on = true
		if ctx.Err() != nil {
			return engine.Handover{}, errors.Join(context.Cause(ctx), orNil(untaken))
		}
		if !notAfter.IsZero() && !c.settings.Now().Before(notAfter) {
			return engine.Handover{}, errors.Join(errors.New("too late for it"), orNil(untaken))
		}
		handover, err := c.try(ctx, l, m, last)
		if err == nil {
			handover.Gateway = l.Name
			if n := untaken.unsure(); n > 0 && l.Parts != nil {
				handover.Parts += n * l.Parts(m) // those before it may have to be paid for as well
			}
			return handover, nil
		}
		var f *Failure
		switch {
		case last.Refused() != nil:
			return engine.Handover{}, last.Refused()
		case !errors.As(err, &f):
			return engine.Handover{}, err
		case f.Class == Refused:
			return engine.Handover{}, f
		}
		untaken.Failures = append(untaken.Failures, f)
		if ctx.Err() != nil || f.Class == Later || f.Class == Unsure && !c.settings.RepeatUnsure {
			break
		}
	}
	switch {
	case !served:
		// Final: trying again changes nothing before the operator does.
		return engine.Handover{}, &engine.Refusal{Said: "no " + c.settings.What + " serves it"}
	case !on:
		return engine.Handover{}, engine.ErrNoSender
	}
	return engine.Handover{}, untaken
}

func orNil(u *Untaken) error {
	if len(u.Failures) == 0 {
		return nil
	}
	return u
}

// try gives a message to one sender, if that is not resting and has a turn for it.
func (c *Chain[M]) try(ctx context.Context, l *link[M], m M, last *Once) (handover engine.Handover, err error) {
	probe, ok := l.breaker.enter(c.settings.Now())
	if !ok {
		return engine.Handover{}, &Failure{Gateway: l.Name, Class: Busy, Said: "rests after failures"}
	}
	judged := false
	defer func() {
		if !judged {
			l.breaker.abandon(probe)
		}
	}()
	leave, ok := l.turns.take(ctx)
	if !ok {
		f := &Failure{Gateway: l.Name, Class: Busy, Said: "no turn in time"}
		if ctx.Err() != nil {
			f.Class, f.Said, f.Err = Down, "broken off", context.Cause(ctx)
		}
		return engine.Handover{}, f
	}
	defer leave()
	handover, err = l.Link.Send(ctx, m, last.Call)
	if err != nil && (last.Refused() != nil || ctx.Err() != nil && classOf(err) != Refused) {
		// Says nothing about the sender.
		var f *Failure
		if errors.As(err, &f) {
			f.Gateway = l.Name
		}
		return engine.Handover{}, err
	}
	judged = true
	c.judge(ctx, l, probe, handover, err)
	return handover, err
}

// judge notes how it went at a sender.
func (c *Chain[M]) judge(ctx context.Context, l *link[M], probe bool, handover engine.Handover, err error) {
	now := c.settings.Now()
	var f *Failure
	if errors.As(err, &f) {
		f.Gateway = l.Name
		c.log.WarnContext(ctx, "a "+c.settings.What+" did not take a message", "sender", l.Name, "class", f.Class, "said", f.Said)
	}
	ill := err != nil && classOf(err).ill()
	if l.breaker.leave(now, probe, ill) {
		if ill {
			c.log.WarnContext(ctx, "a "+c.settings.What+" rests after failures", "sender", l.Name, "until", l.breaker.look())
		} else {
			c.log.InfoContext(ctx, "a "+c.settings.What+" works again", "sender", l.Name)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.taken++
		l.parts += uint64(handover.Parts)
		return
	}
	l.counts[classOf(err)]++
	l.last, l.lastAt = f, now
}

// Close closes what senders hold open. Messages under way may still end well.
func (c *Chain[M]) Close() error {
	var errs []error
	for _, l := range c.links {
		if l.Close != nil {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}

// Status is how a sender does, since the program started.
type Status struct {
	Gateway     string
	Off         bool      // switched off by hand
	RestsUntil  time.Time // zero: it does not rest
	Underway    int       // messages at it now
	Taken       uint64    // messages
	Parts       uint64    // of texts
	NotTaken    map[Class]uint64
	LastFailure string // cleaned; empty: none yet
	LastAt      time.Time
}

// Status tells of each sender, in their order.
func (c *Chain[M]) Status() []Status {
	all := make([]Status, 0, len(c.links))
	for _, l := range c.links {
		all = append(all, l.status())
	}
	return all
}

func (l *link[M]) status() Status {
	s := Status{Gateway: l.Name, RestsUntil: l.breaker.look(), Underway: l.turns.underway(), NotTaken: make(map[Class]uint64)}
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Off, s.Taken, s.Parts, s.LastAt = l.off, l.taken, l.parts, l.lastAt
	for class, n := range l.counts {
		s.NotTaken[class] = n
	}
	if l.last != nil {
		s.LastFailure = l.last.Error()
	}
	return s
}
