package recovery

import (
	"time"

	"twohens/internal/contact"
	"twohens/internal/secret"
)

// Confirmation is a contact on its way into an account: it counts once a code that was sent to it came back. Like a Request it is a
// value: its methods give a new one.
//
// It belongs to the sign-in session that began it, and an account has at most one under way: beginning another one drops it, and the
// gate counts how often that may happen.
type Confirmation struct {
	ID       ID
	Account  string
	Session  secret.Digest // that began it; no other may finish it
	Contact  contact.Contact
	Replaces contact.Contact // is removed when this one counts; zero: none
	Locale   string
	Network  string
	Digits   int
	Life     time.Duration // of a code, from the click

	Nonce secret.Nonce
	Key   string

	Opened    time.Time
	Expires   time.Time
	Until     time.Time // the code works before this moment
	Clicks    int
	NextClick time.Time
	Tries     int
}

// Figures of a confirmation.
const (
	ConfirmationLife  = 30 * time.Minute
	ConfirmationTries = 5
)

// Confirm begins a confirmation: its first code is asked for at once.
func (p Policy) Confirm(c Confirmation, now time.Time) (Confirmation, Effect) {
	c.Opened, c.Expires = now, now.Add(ConfirmationLife)
	c.Digits, c.Life = p.Digits, p.CodeLife
	c, effect, _ := c.Click(p, now)
	return c, effect
}

// Click asks for the code, the same one each time. Inside the cool-down it changes nothing: Cooling, and there is no effect.
func (c Confirmation) Click(p Policy, now time.Time) (Confirmation, Effect, Outcome) {
	switch {
	case c.Over(now):
		return c, Effect{}, Ended
	case now.Before(c.NextClick):
		return c, Effect{}, Cooling
	}
	outcome := Sent
	if c.Clicks > 0 {
		outcome = SentAgain
	}
	c.Clicks++
	c.NextClick = now.Add(p.coolDown(c.Clicks))
	c.Until = now.Add(c.Life)
	if c.Until.After(c.Expires) {
		c.Until = c.Expires
	}
	return c, Effect{Kind: EffectConfirm, Way: WayOf(c.Contact), NotAfter: c.Until}, outcome
}

// Enter judges a typed code; right says that it equals the code. Proved means that the contact counts.
func (c Confirmation) Enter(typed, right bool, now time.Time) (Confirmation, Outcome) {
	switch {
	case c.Over(now):
		return c, Ended
	case !typed:
		return c, Empty
	case c.Tries >= ConfirmationTries:
		return c, TriesUsed
	case !now.Before(c.Until):
		return c, RunOut
	case right:
		return c, Proved
	}
	c.Tries++
	if c.Tries >= ConfirmationTries {
		return c, TriesUsed
	}
	return c, Wrong
}

// Over says that its time has run out.
func (c Confirmation) Over(now time.Time) bool { return !now.Before(c.Expires) }

// WayOf is the way that codes go to a contact.
func WayOf(c contact.Contact) Way {
	switch c.Kind {
	case contact.KindEmail:
		return WayEmail
	case contact.KindPhone:
		return WayPhone
	}
	return WayNone
}
