package scratch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"time"
)

// Mode is how a card is answered. It is sealed into the card, so a card that
// was dealt to be rubbed can never be fetched with numbers on it.
type Mode uint8

const (
	Rub  Mode = iota + 1 // rub the cover away; the answer is a Trace
	Pick                 // mark numbers on the open card; the answer is Picks
)

// Kind is which picture of a card.
type Kind uint8

const (
	Open     Kind = iota + 1 // the bare card, beneath the cover (Rub)
	Cover                    // the frosted cover (Rub)
	Numbered                 // the bare card with numbers 1 to 9 (Pick)
)

// What Picture refuses.
var (
	ErrKind  = errors.New("scratch: the card has no such picture")
	ErrOver  = errors.New("scratch: the card's time is over")
	ErrSpent = errors.New("scratch: the card was answered")
)

// Config is what a Dealer needs. Keys, Site, Spent and Now must be set; the
// durations have the defaults named.
type Config struct {
	Keys      Keys
	Site      string           // bound into every card
	Spent     Spent            // shared by all nodes that share Keys
	Now       func() time.Time // the server's own clock
	Lifetime  time.Duration    // of a card; 0 is 10 minutes
	RubAfter  time.Duration    // the soonest answer to a Rub card; 0 is 1 second
	PickAfter time.Duration    // the soonest answer to a Pick card, which no script can delay; 0 is 3 seconds
}

const (
	spentSlack = time.Minute // for which nodes' clocks may differ when spent cards are forgotten
	shelfBytes = 16 << 20
	judgedHere = 1 << 16 // spent cards whose pictures this node refuses
)

// Dealer deals cards, draws their pictures and judges answers. It keeps no
// card: all of it travels sealed with the person. It may be used by many
// goroutines at once.
type Dealer struct {
	config Config
	judged *Memory // ids judged by this node: their pictures are not drawn again
	shelf  *shelf
}

// New makes a Dealer.
func New(c Config) (*Dealer, error) {
	if c.Keys.ring == nil || c.Spent == nil || c.Now == nil {
		return nil, errors.New("scratch: Keys, Spent and Now must be set")
	}
	if c.Site == "" || len(c.Site) > maxName {
		return nil, fmt.Errorf("scratch: the site's name has 1 to %d bytes", maxName)
	}
	c.Lifetime = or(c.Lifetime, 10*time.Minute)
	c.RubAfter = or(c.RubAfter, time.Second)
	c.PickAfter = or(c.PickAfter, 3*time.Second)
	if c.Lifetime <= max(c.RubAfter, c.PickAfter) || min(c.RubAfter, c.PickAfter) < 0 {
		return nil, errors.New("scratch: a card must live longer than its soonest answer")
	}
	return &Dealer{config: c, judged: NewMemory(judgedHere, c.Now), shelf: newShelf(shelfBytes)}, nil
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// Deal makes a new card for an action, 1 to 128 bytes, and returns it sealed,
// as base64url. Nothing is drawn or stored.
func (d *Dealer) Deal(action string, mode Mode) (string, error) {
	wait := d.config.RubAfter
	switch mode {
	case Rub:
	case Pick:
		wait = d.config.PickAfter
	default:
		return "", fmt.Errorf("scratch: no mode %d", mode)
	}
	now := d.config.Now()
	i := issue{
		generator: Generator, week: week(now), site: d.config.Site, action: action, mode: mode,
		issued: now, notBefore: now.Add(wait), expires: now.Add(d.config.Lifetime),
	}
	rand.Read(i.id[:]) // never fails: the program ends if the system has no randomness
	rand.Read(i.seed[:])
	return d.config.Keys.seal(&i)
}

// Picture draws a picture of a sealed card and returns it with its content
// type. The error is ErrSeal, ErrOver, ErrSpent (as far as this node knows) or
// ErrKind. The picture must not be changed by the caller.
func (d *Dealer) Picture(sealed string, kind Kind) ([]byte, string, error) {
	i, err := d.config.Keys.open(sealed)
	switch {
	case err != nil:
		return nil, "", err
	case i.site != d.config.Site || i.generator != Generator:
		return nil, "", ErrSeal
	case !i.mode.shows(kind):
		return nil, "", ErrKind
	case !d.config.Now().Before(i.expires):
		return nil, "", ErrOver
	case d.judged.holds(i.id):
		return nil, "", ErrSpent
	}
	f := frame{i.id, kind}
	if b := d.shelf.get(f); b != nil {
		return b, ContentType, nil
	}
	b, err := encode(d.draw(i, kind))
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

func (d *Dealer) draw(i *issue, kind Kind) image.Image {
	c := d.card(i)
	switch kind {
	case Cover:
		return c.cover()
	case Numbered:
		return c.numbered()
	}
	return c.open()
}

// card is the card of an issue.
func (d *Dealer) card(i *issue) *card {
	y := newStyle(d.config.Keys.ring[i.key].style, i.site, i.week)
	return newCard(i.seed[:], &y)
}

// Judge spends a card and then judges the answer to it. Whatever is
// wrong with the answer is a Fail, not an error: unknown, edited, expired,
// used before, dealt for another site or action, too soon, wrong. When the
// answer could not be parsed, Judge is called with an empty Answer, so that the
// attempt costs the card.
//
// The error is that of Spent, and then the verdict is a Fail: a store that is
// down opens nothing.
func (d *Dealer) Judge(ctx context.Context, sealed, action string, a Answer) (Verdict, error) {
	i, err := d.config.Keys.open(sealed)
	if err != nil {
		return Verdict{}, nil
	}
	now := d.config.Now()
	if !now.Before(i.expires) {
		return Verdict{Reason: TooSlow}, nil
	}
	// Spend first, judge after: of many answers to one card at the same moment
	// one is judged, and a wrong one cannot be tried again.
	until := i.expires.Add(spentSlack)
	first, err := d.config.Spent.Spend(ctx, i.id, until)
	if err != nil {
		return Verdict{}, fmt.Errorf("scratch: spending a card: %w", err)
	}
	d.judged.Spend(ctx, i.id, until) // when this is full, a spent card's picture is drawn again: no harm
	d.shelf.discard(i.id)
	if !first || i.site != d.config.Site || i.action != action || i.generator != Generator {
		return Verdict{}, nil
	}
	if now.Before(i.notBefore) {
		return Verdict{Reason: TooFast}, nil
	}
	if !d.card(i).judge(i.mode, a, now.Sub(i.issued)) {
		return Verdict{}, nil
	}
	return Verdict{Result: Pass}, nil
}
