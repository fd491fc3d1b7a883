package scratch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Kind is which picture of a card.
type Kind uint8

const (
	Open     Kind = iota + 1 // the bare card, beneath the cover (Rub)
	Cover                    // the frosted cover (Rub)
	Numbered                 // the bare card with numbers 1 to 9 (Pick)
)

// Config is what a Dealer needs. Keys, Spent and Now must be set; the rest has
// the defaults named.
type Config struct {
	Keys       Keys             // to begin with; Dealer.Use takes others
	Spent      Spent            // shared by all nodes that share Keys
	Now        func() time.Time // the server's own clock
	Lifetime   time.Duration    // of a ticket and of a card; 0 is 10 minutes
	RubAfter   time.Duration    // the soonest answer to a rubbed card; 0 is 1 second
	PlainAfter time.Duration    // the soonest answer without a script, which no work delays; 0 is 3 seconds
	Bits       int              // of each part of the work at level 0, 1 to 24; 0 is 15
}

const (
	listenAfter = 2 * time.Second // eight calls cannot be heard sooner
	spentSlack  = time.Minute     // for which nodes' clocks may differ when spent ids are forgotten
	shelfBytes  = 16 << 20
	judgedHere  = 1 << 16 // spent cards whose pictures this node refuses
)

// Dealer deals tickets, draws cards for work, judges answers and redeems
// responses. It keeps none of them: all travel sealed with the person. It may
// be used by many goroutines at once.
type Dealer struct {
	config Config
	keys   atomic.Pointer[Keys]
	judged *Memory // ids judged by this node: their pictures are not drawn again
	shelf  *shelf
}

// New makes a Dealer.
func New(c Config) (*Dealer, error) {
	if c.Keys.ring == nil || c.Spent == nil || c.Now == nil {
		return nil, errors.New("scratch: Keys, Spent and Now must be set")
	}
	c.Lifetime = or(c.Lifetime, 10*time.Minute)
	c.RubAfter = or(c.RubAfter, time.Second)
	c.PlainAfter = or(c.PlainAfter, 3*time.Second)
	c.Bits = or(c.Bits, usualBits)
	if c.Lifetime <= max(c.RubAfter, c.PlainAfter, listenAfter) || min(c.RubAfter, c.PlainAfter) < 0 {
		return nil, errors.New("scratch: a card must live longer than its soonest answer")
	}
	if c.Bits < 1 || c.Bits > 24 {
		return nil, errors.New("scratch: a part of the work has 1 to 24 bits")
	}
	d := &Dealer{config: c, judged: NewMemory(judgedHere, c.Now), shelf: newShelf(shelfBytes)}
	d.Use(c.Keys)
	return d, nil
}

// Use takes other keys from now on, as after a rotation. What was sealed under a
// key that is not among them is refused like anything forged.
func (d *Dealer) Use(k Keys) {
	if k.ring != nil {
		d.keys.Store(&k)
	}
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Warm gets ready what the first card needs: reading the drawings takes a tenth
// of a second. Without it, the first who asks waits that much longer.
func (d *Dealer) Warm() { zoo() }

// Drawn is what a ticket with its work is worth.
type Drawn struct {
	Mode     Mode
	Card     string // sealed; of Rub and Listen
	Response string // of NoPuzzle, which has no card
	Expires  time.Time
}

// Draw gives the card of a ticket whose work is done. Given the same ticket once
// more it gives the same card, so an answer that got lost costs nobody's work
// twice. The error is ErrSeal (also for another place's ticket), ErrOver or
// ErrWork.
func (d *Dealer) Draw(sealed string, s Solution, at Place) (Drawn, error) {
	keys := d.keys.Load()
	t, err := keys.openTicket(sealed)
	if err != nil {
		return Drawn{}, err
	}
	if t.Place != at || !t.mode.Scripted() {
		return Drawn{}, ErrSeal
	}
	now := d.config.Now()
	if !now.Before(t.expires) {
		return Drawn{}, ErrOver
	}
	if !(Work{t.id, Parts, t.bits}).Done(&s) {
		return Drawn{}, ErrWork
	}
	if t.mode == NoPuzzle {
		// Its id is the ticket's, so however many are given out, one is redeemed.
		return Drawn{Mode: t.mode, Response: d.respondAs(t.Place, t.mode, t.id, t.expires), Expires: now.Add(responseLife)}, nil
	}
	i := d.issue(keys, t.key, t.Place, t.mode, t.id)
	i.second, i.expires = t.second, t.expires
	return Drawn{Mode: t.mode, Card: keys.sealIssue(i), Expires: i.expires}, nil
}

// Plain gives a card for Pick or Hear, without work. The error is ErrMode, or a
// place that is none.
func (d *Dealer) Plain(at Place, m Mode) (card string, err error) {
	if m != Pick && m != Hear {
		return "", ErrMode
	}
	if err := at.check(); err != nil {
		return "", err
	}
	var id [16]byte
	rand.Read(id[:]) // never fails: the program ends if the system has no randomness
	keys := d.keys.Load()
	return keys.sealIssue(d.issue(keys, keys.seals, at, m, id)), nil
}

// issue settles a card with the key that is to seal it, from now. A ticket's card
// has the ticket's key: on every node, and after a rotation, it is the same card.
func (d *Dealer) issue(keys *Keys, key string, at Place, m Mode, id [16]byte) *issue {
	now := d.config.Now()
	wait := map[Mode]time.Duration{Rub: d.config.RubAfter, Listen: listenAfter, Pick: d.config.PlainAfter, Hear: d.config.PlainAfter}[m]
	i := &issue{
		Place: at, generator: Generator, week: week(now), mode: m, id: id, key: key,
		issued: now, notBefore: now.Add(wait), expires: now.Add(d.config.Lifetime),
	}
	switch m {
	case Rub:
		c := keys.card(i)
		i.owners, i.chickens = *c.owners(), c.chickens()
	case Pick:
		i.chickens = chickensOf(keys.seed(i), keys.style(i))
	case Listen, Hear:
		i.chickens = chickenCalls(keys.seed(i))
	}
	return i
}

// seed decides how a card looks and sounds. It follows from the card's id and
// the key, and is never sent out.
func (k *Keys) seed(i *issue) []byte {
	return derive(k.ring[i.key].style, "seed", []byte(i.Site), i.id[:])
}

// style is the look of the card's site in its week.
func (k *Keys) style(i *issue) *style {
	y := newStyle(k.ring[i.key].style, i.Site, i.week)
	return &y
}

// card is the card of an issue.
func (k *Keys) card(i *issue) *card { return newCard(k.seed(i), k.style(i)) }

// live opens a card whose picture or call is asked for.
func (d *Dealer) live(sealed string) (*Keys, *issue, error) {
	keys := d.keys.Load()
	i, err := keys.openIssue(sealed)
	switch {
	case err != nil:
		return nil, nil, err
	case i.generator != Generator: // drawn by a node of another release: this one would draw something else
		return nil, nil, ErrSeal
	case !d.config.Now().Before(i.expires):
		return nil, nil, ErrOver
	case d.judged.holds(i.id):
		return nil, nil, ErrSpent
	}
	return keys, i, nil
}

// Picture draws a picture of a sealed card and returns it with its content
// type. The error is ErrSeal, ErrOver, ErrSpent (as far as this node knows) or
// ErrKind. The picture must not be changed by the caller.
func (d *Dealer) Picture(sealed string, kind Kind) ([]byte, string, error) {
	keys, i, err := d.live(sealed)
	if err != nil {
		return nil, "", err
	}
	if !i.mode.shows(kind) {
		return nil, "", ErrKind
	}
	f := frame{i.id, kind}
	if b := d.shelf.get(f); b != nil {
		return b, ContentType, nil
	}
	b, err := paint(keys.card(i), kind)
	if err != nil {
		return nil, "", fmt.Errorf("scratch: drawing: %w", err)
	}
	d.shelf.put(f, b)
	return b, ContentType, nil
}

// shows tells whether a card of this mode has that picture.
func (m Mode) shows(k Kind) bool {
	switch m {
	case Rub:
		return k == Open || k == Cover
	case Pick:
		return k == Numbered
	}
	return false
}

// Call is call n, 1 to Calls, of a card to listen to, and its content type;
// slow is the same call at a slower pace, no deeper. The errors are those of
// Picture.
func (d *Dealer) Call(sealed string, n int, slow bool) ([]byte, string, error) {
	keys, i, err := d.live(sealed)
	if err != nil {
		return nil, "", err
	}
	if i.mode != Listen && i.mode != Hear || n < 1 || n > Calls {
		return nil, "", ErrKind
	}
	return renderCall(keys.seed(i), n, slow), CallType, nil
}

// Judge spends a card and then judges the answer to it. Whatever is
// wrong with the answer is a Fail, not an error: unknown, edited, expired,
// used before, dealt for another place, too soon, wrong. When the answer could
// not be parsed, Judge is called with an empty Answer, so that the attempt
// costs the card.
//
// The error is that of Spent, and then the verdict is a Fail: a store that is
// down opens nothing.
func (d *Dealer) Judge(ctx context.Context, sealed string, at Place, a Answer) (Verdict, error) {
	i, err := d.keys.Load().openIssue(sealed)
	if err != nil {
		return Verdict{}, nil
	}
	now := d.config.Now()
	if !now.Before(i.expires) {
		return Verdict{Reason: TooSlow}, nil
	}
	if d.judged.holds(i.id) {
		return Verdict{}, nil // handed in over and over it must not keep the store busy: nobody counts answers
	}
	// Spend first, judge after: of many answers to one card at the same moment
	// one is judged, and a wrong one cannot be tried again.
	// A second round is also good for a response without a puzzle, made at its end and as long-lived as any.
	until := i.expires.Add(responseLife + spentSlack)
	first, err := d.config.Spent.Spend(ctx, i.id, until)
	if err != nil {
		return Verdict{}, fmt.Errorf("scratch: spending a card: %w", err)
	}
	d.judged.Spend(ctx, i.id, until) // when this is full, a spent card's picture is drawn again: no harm
	d.shelf.discard(i.id)
	if !first || i.Place != at {
		return Verdict{}, nil
	}
	if now.Before(i.notBefore) {
		return Verdict{Reason: TooFast}, nil
	}
	if !i.judge(a, now.Sub(i.issued)) {
		return Verdict{}, nil
	}
	if i.mode == Rub && !i.second && a.Trace.mechanical() {
		return Verdict{Result: Again, Again: d.again(at)}, nil
	}
	return Verdict{Result: Pass, Response: d.respond(at, i.mode)}, nil
}

// Mode is how a sealed card is answered, for whoever counts answers without a
// script in buckets of their own. It is 0 for a text that is no card.
func (d *Dealer) Mode(sealed string) Mode {
	i, err := d.keys.Load().openIssue(sealed)
	if err != nil {
		return 0
	}
	return i.mode
}
