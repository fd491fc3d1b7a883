package scratch

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// responseLife is how long a response can be redeemed: long enough to send a
// form, too short to be collected and sold.
const responseLife = 2 * time.Minute

// Redeemed is what a response says: that somebody passed a challenge there and
// then, in that mode.
type Redeemed struct {
	Place
	Mode Mode
	At   time.Time // to the millisecond
}

// response is what a response seals.
type response struct {
	Redeemed
	id      [16]byte
	expires time.Time
	forget  time.Time // from here on no response with this id can be good
}

// respond seals a response with an id of its own.
func (d *Dealer) respond(at Place, m Mode) string {
	var id [16]byte
	rand.Read(id[:])
	return d.respondAs(at, m, id, d.config.Now())
}

// respondAs seals a response with an id under which others may be given out
// until last. Each is good for its own time, and the id is remembered until the
// end of the last one: otherwise a ticket that outlives what was redeemed would
// be redeemed anew.
func (d *Dealer) respondAs(at Place, m Mode, id [16]byte, last time.Time) string {
	now := d.config.Now()
	b := at.append(nil)
	b = sizedNumber(b, uint64(m))
	b = sizedTime(b, now)
	b = sizedTime(b, now.Add(responseLife))
	b = sizedTime(b, last.Add(responseLife))
	return d.keys.Load().seal(responseForm, sized(b, id[:]))
}

func (k *Keys) openResponse(text string) (*response, error) {
	b, _, err := k.open(responseForm, text)
	if err != nil {
		return nil, err
	}
	f := fields{rest: b}
	r := &response{}
	r.Place, r.Mode, r.At, r.expires, r.forget, r.id = f.place(), Mode(f.number()), f.time(), f.time(), f.time(), f.id()
	if !f.done() {
		return nil, ErrSeal
	}
	return r, nil
}

// Verify uses a response up, for a site, and tells what it says. Whoever asks
// must compare action and host with what they should be; where they are known,
// Redeem does it. The error is ErrSeal (also for another site's response, which
// stays good), ErrOver, ErrSpent, or that of Spent.
func (d *Dealer) Verify(ctx context.Context, text, site string) (Redeemed, error) {
	r, err := d.keys.Load().openResponse(text)
	if err != nil {
		return Redeemed{}, err
	}
	if r.Site != site {
		return Redeemed{}, ErrSeal
	}
	if !d.config.Now().Before(r.expires) {
		return Redeemed{}, ErrOver
	}
	switch first, err := d.config.Spent.Spend(ctx, r.id, r.forget.Add(spentSlack)); {
	case err != nil:
		return Redeemed{}, fmt.Errorf("scratch: spending a response: %w", err)
	case !first:
		return Redeemed{}, ErrSpent
	}
	return r.Redeemed, nil
}

// Redeem uses a response up and fails unless it was given for exactly this
// place. The errors are those of Verify.
func (d *Dealer) Redeem(ctx context.Context, text string, at Place) (Redeemed, error) {
	r, err := d.Verify(ctx, text, at.Site)
	if err == nil && r.Place != at {
		return Redeemed{}, ErrSeal
	}
	return r, err
}
