package engine

import (
	"crypto/rand"
	"encoding/base32"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// Entry is one effect in the outbox. It holds no code, no link and, but for a notice's, no address: what a message needs is
// derived and looked up when it is sent (invariant 6). Its request may be a confirmation.
type Entry struct {
	ID       string // also the local part of the Message-ID, so a repeat after a crash is known as one
	Request  recovery.ID
	Account  string // of a notice
	Locale   string // of a notice that belongs to no request
	Effect   recovery.Effect
	Contact  contact.Contact // of a notice: whom this one goes to; zero while the contacts are not looked up yet
	About    contact.Contact // of a notice: the contact that it tells of
	Young    bool            // of a notice: its contact came lately, and may not act against older ones
	Created  time.Time
	Due      time.Time
	Attempts int  // deliveries that were tried and told apart as failed
	Leases   int  // how often it was taken, this time included; more than Attempts+1 means that a program died holding it
	Begun    bool // after such a death, handing it over was begun once more, and what became of that is not known
	Until    time.Time
}

// Lane is a part of the outbox that is worked through apart from the others. Whether an account was found yet shows on the pages, as
// the short waiting page. So looking for it must never wait for a mail server: a stranger could have it held up by letters to an
// address, and would see that there are any. And a dead gateway of texts must not hold up the mails.
type Lane string

// The lanes there are.
const (
	LaneFind Lane = "find"
	LaneMail Lane = "mail"
	LaneText Lane = "text"
)

// Lane is the one that an entry belongs to.
func (e Entry) Lane() Lane {
	switch {
	case e.Effect.Kind == recovery.EffectFind || e.Effect.Kind == recovery.EffectAsk:
		return LaneFind
	case e.Effect.Way == recovery.WayPhone || e.Contact.Kind == contact.KindPhone:
		return LaneText
	}
	return LaneMail
}

// Verdict is how an entry was settled.
type Verdict string

// The verdicts there are. All but Later are final.
const (
	Carried  Verdict = "carried"  // done; a message was handed over
	Nothing  Verdict = "nothing"  // done; there was nothing to do, as for a decoy
	Later    Verdict = "later"    // failed for now, tried again when due
	TooLate  Verdict = "too_late" // its code ran out before it could go
	Withheld Verdict = "withheld" // over a silent cap
	Refused  Verdict = "refused"  // the server refused it for good
	Unsure   Verdict = "unsure"   // a program died while repeating what one had died over; a third try might be a second repeat
)

// Settlement ends a lease. The Store applies it only while the lease is still the one that was taken: ErrChanged otherwise.
type Settlement struct {
	Entry   Entry
	Verdict Verdict
	Due     time.Time // of Later: when to try again
	At      time.Time
	Note    string // what the server said, without addresses

	Handover Handover // of a message that was carried; of one that was put off or refused, who was asked last
	Place    Place    // where a message was to go; empty of anything else, and of one that nobody was asked to take
}

var entryEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func newID() string {
	b := make([]byte, 16)
	rand.Read(b)
	return entryEncoding.EncodeToString(b)
}

// entries turns the effects of a step into outbox entries.
func entries(r recovery.Request, effects []recovery.Effect, now time.Time) []Entry {
	list := make([]Entry, len(effects))
	for i, effect := range effects {
		list[i] = Entry{ID: newID(), Request: r.ID, Effect: effect, Created: now, Due: now}
		if effect.Kind == recovery.EffectNotify {
			list[i].Account = r.Account
		}
	}
	return list
}
