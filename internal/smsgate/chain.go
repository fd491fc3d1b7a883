package smsgate

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
)

// texter is one gateway. What it says when it takes no text is a *Failure, or what Last said.
type texter interface {
	engine.Texter
	io.Closer
}

// Chain is all gateways. Its methods may be called by many at once.
type Chain struct {
	settings Settings
	log      *slog.Logger
	links    []*link
	receiver *receiver
}

var _ engine.Texter = (*Chain)(nil)

// link is a gateway in its place.
type link struct {
	name              string
	texter            texter
	countries, except map[string]bool
	breaker           breaker
	turns             *turns

	mu           sync.Mutex
	taken, parts uint64
	counts       map[Class]uint64
	last         *Failure
	lastAt       time.Time
}

func (l *link) serves(country string) bool {
	return !l.except[country] && (len(l.countries) == 0 || l.countries[country])
}

// Serves says whether any gateway takes texts to the number's country.
func (c *Chain) Serves(to contact.Phone) bool {
	country := to.Region()
	for _, l := range c.links {
		if l.serves(country) {
			return true
		}
	}
	return false
}

// Untaken is a text that no gateway took, though one may when it is tried again.
type Untaken struct{ Failures []*Failure }

func (u *Untaken) Error() string {
	said := make([]string, 0, len(u.Failures))
	for _, f := range u.Failures {
		said = append(said, f.Error())
	}
	return strings.Join(said, "; ")
}

// MayHaveLeft tells the engine that the text may have to be paid for.
func (u *Untaken) MayHaveLeft() bool { return u.unsure() > 0 }

// unsure is how many gateways may have taken it.
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

// once has Last called one time for a text, by whichever gateway is the first to let it leave.
type once struct {
	last func() error

	mu     sync.Mutex
	called bool
	no     error
}

func (o *once) call() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.called && o.last != nil {
		o.no = o.last()
	}
	o.called = true
	return o.no
}

func (o *once) refused() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.no
}

// Text hands a text to the first gateway that takes it, within ctx.
//
// What ends it early: a refusal that is about the number, since every other gateway would say the same; a gateway that may have
// taken it (Unsure), unless Settings.RepeatUnsure, since people would get two and the operator would pay for both; Last's error;
// the end of ctx; the moment after which the text is of no use. After an Unsure the outbox tries again later: that one repeat
// the engine's port allows, and it comes when the person has long clicked again or has the first one.
func (c *Chain) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	last := &once{last: t.Last}
	t.Last = last.call
	country, served, untaken := t.To.Region(), false, &Untaken{}
	for _, l := range c.links {
		if !l.serves(country) {
			continue
		}
		served = true
		if ctx.Err() != nil {
			return engine.Handover{}, errors.Join(context.Cause(ctx), orNil(untaken))
		}
		if !t.NotAfter.IsZero() && !c.settings.Now().Before(t.NotAfter) {
			return engine.Handover{}, errors.Join(errors.New("too late for a text"), orNil(untaken))
		}
		handover, err := c.try(ctx, l, t, last)
		if err == nil {
			handover.Gateway = l.name
			handover.Parts += untaken.unsure() * parts(t.Body) // those before it may have to be paid for as well
			return handover, nil
		}
		var f *Failure
		switch {
		case last.refused() != nil:
			return engine.Handover{}, last.refused()
		case !errors.As(err, &f):
			return engine.Handover{}, err
		case f.Class == Refused:
			return engine.Handover{}, f
		}
		untaken.Failures = append(untaken.Failures, f)
		if ctx.Err() != nil || f.Class == Unsure && !c.settings.RepeatUnsure {
			break
		}
	}
	if !served {
		// Final: trying again changes nothing before the operator does.
		return engine.Handover{}, &engine.Refusal{Said: "no text gateway serves this country"}
	}
	return engine.Handover{}, untaken
}

func orNil(u *Untaken) error {
	if len(u.Failures) == 0 {
		return nil
	}
	return u
}

// try gives a text to one gateway, if that is not resting and has a turn for it.
func (c *Chain) try(ctx context.Context, l *link, t engine.Text, last *once) (handover engine.Handover, err error) {
	probe, ok := l.breaker.enter(c.settings.Now())
	if !ok {
		return engine.Handover{}, &Failure{Gateway: l.name, Class: Busy, Said: "rests after failures"}
	}
	judged := false
	defer func() {
		if !judged {
			l.breaker.abandon(probe)
		}
	}()
	leave, ok := l.turns.take(ctx)
	if !ok {
		f := &Failure{Gateway: l.name, Class: Busy, Said: "no turn in time"}
		if ctx.Err() != nil {
			f.Class, f.Said, f.err = Down, "broken off", context.Cause(ctx)
		}
		return engine.Handover{}, f
	}
	defer leave()
	handover, err = l.texter.Text(ctx, t)
	if err != nil && (last.refused() != nil || ctx.Err() != nil && classOf(err) != Refused) {
		// Says nothing about the gateway.
		var f *Failure
		if errors.As(err, &f) {
			f.Gateway = l.name
		}
		return engine.Handover{}, err
	}
	judged = true
	c.judge(ctx, l, probe, handover, err)
	return handover, err
}

// judge notes how it went at a gateway.
func (c *Chain) judge(ctx context.Context, l *link, probe bool, handover engine.Handover, err error) {
	now := c.settings.Now()
	var f *Failure
	if errors.As(err, &f) {
		f.Gateway = l.name
		c.log.WarnContext(ctx, "a text gateway did not take a text", "gateway", l.name, "class", f.Class, "said", f.Said)
	}
	ill := err != nil && classOf(err).ill()
	if l.breaker.leave(now, probe, ill) {
		if ill {
			c.log.WarnContext(ctx, "a text gateway rests after failures", "gateway", l.name, "until", l.breaker.look())
		} else {
			c.log.InfoContext(ctx, "a text gateway works again", "gateway", l.name)
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

// Run keeps the SMPP centres among the gateways bound until ctx ends, so that receipts come in although nothing is sent. A chain
// without any returns at once.
func (c *Chain) Run(ctx context.Context) {
	var under sync.WaitGroup
	defer under.Wait()
	for _, l := range c.links {
		if g, ok := l.texter.(*smppGateway); ok {
			under.Go(func() { g.run(ctx) })
		}
	}
}

// Receipts is where gateways report: to be mounted so that it sees paths that begin with a gateway's name, under
// Settings.ReceiptURL.
func (c *Chain) Receipts() http.Handler { return c.receiver }

// Close closes what gateways hold open. Texts under way may still end well.
func (c *Chain) Close() error {
	var errs []error
	for _, l := range c.links {
		errs = append(errs, l.texter.Close())
	}
	return errors.Join(errs...)
}

// Status is how a gateway does, since the program started.
type Status struct {
	Gateway     string
	RestsUntil  time.Time // zero: it does not rest
	Underway    int       // texts at it now
	Taken       uint64    // texts
	Parts       uint64    // of those
	NotTaken    map[Class]uint64
	LastFailure string // cleaned; empty: none yet
	LastAt      time.Time
}

// Status tells of each gateway, in their order.
func (c *Chain) Status() []Status {
	all := make([]Status, 0, len(c.links))
	for _, l := range c.links {
		all = append(all, l.status())
	}
	return all
}

func (l *link) status() Status {
	s := Status{Gateway: l.name, RestsUntil: l.breaker.look(), Underway: l.turns.underway(), NotTaken: make(map[Class]uint64)}
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Taken, s.Parts, s.LastAt = l.taken, l.parts, l.lastAt
	for class, n := range l.counts {
		s.NotTaken[class] = n
	}
	if l.last != nil {
		s.LastFailure = l.last.Error()
	}
	return s
}
