package scratch

import (
	"crypto/rand"
	"errors"
	"time"
)

// Mode is how a challenge is answered. It is sealed into it, so a card that was
// dealt to be rubbed can never be fetched with numbers on it.
type Mode uint8

const (
	Rub      Mode = iota + 1 // rub the cover away; the answer is a Trace
	Listen                   // mark the calls of chickens; the answer is Picks
	NoPuzzle                 // nothing to answer: the work alone, and much more of it
	Pick                     // mark numbers on the open card, without a script; the answer is Picks
	Hear                     // as Listen, without a script
	modes
)

// Scripted tells whether the mode asks for work, which needs a script. The
// others are given at once and have a longer wait instead.
func (m Mode) Scripted() bool { return m >= Rub && m <= NoPuzzle }

// noPuzzleLives is how many times as long as others a ticket without a puzzle
// lives.
const noPuzzleLives = 4

// What the stages refuse.
var (
	ErrMode  = errors.New("scratch: the mode does not fit")
	ErrOver  = errors.New("scratch: its time is over")
	ErrSpent = errors.New("scratch: it was used")
	ErrKind  = errors.New("scratch: the card has no such picture or call")
)

// Offer is what a ticket is asked for.
type Offer struct {
	Place
	Mode  Mode
	Level Level  // of the work
	Again string // from a Verdict that asked for a second round; empty for the first
}

// Ticket is the right to one card, for some work. It is sealed: the server
// keeps nothing of it. The id is also the card's, so that one piece of work is
// one card, however often it is handed in, and the card's end is the ticket's.
type Ticket struct {
	Sealed  string
	Work    Work
	Expires time.Time
}

// ticket is what a Ticket seals.
type ticket struct {
	Place
	mode    Mode
	second  bool // of the second round: the hand is not looked at again
	bits    int
	id      [16]byte
	expires time.Time
	key     string // the id of the key it was sealed with
}

// Deal makes a ticket for Rub, Listen or NoPuzzle. Nothing is drawn or stored.
// The error is ErrMode, or ErrSeal or ErrOver for an Again that is not good
// here.
func (d *Dealer) Deal(o Offer) (Ticket, error) {
	if !o.Mode.Scripted() {
		return Ticket{}, ErrMode
	}
	if err := o.check(); err != nil {
		return Ticket{}, err
	}
	life := d.config.Lifetime
	if o.Mode == NoPuzzle {
		life *= noPuzzleLives // a slow device without WebAssembly works for minutes
	}
	t := ticket{Place: o.Place, mode: o.Mode, expires: d.config.Now().Add(life)}
	if o.Again == "" {
		rand.Read(t.id[:]) // never fails: the program ends if the system has no randomness
	} else {
		// The second round's id is in its seal: however many tickets are made of
		// it, all are for one card.
		r, err := d.keys.Load().openRound(o.Again)
		if err != nil || r.Place != o.Place {
			return Ticket{}, ErrSeal
		}
		if !d.config.Now().Before(r.expires) {
			return Ticket{}, ErrOver
		}
		t.id, t.second, t.expires = r.id, true, r.expires
	}
	w := o.Level.work(d.config.Bits, o.Mode)
	w.Salt, t.bits = t.id, w.Bits
	return Ticket{d.keys.Load().sealTicket(&t), w, t.expires}, nil
}

func (k *Keys) sealTicket(t *ticket) string {
	b := t.Place.append(nil)
	b = sizedNumber(b, uint64(t.mode))
	b = sizedNumber(b, bit(t.second))
	b = sizedNumber(b, uint64(t.bits))
	b = sizedTime(b, t.expires)
	return k.seal(ticketForm, sized(b, t.id[:]))
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (k *Keys) openTicket(text string) (*ticket, error) {
	b, key, err := k.open(ticketForm, text)
	if err != nil {
		return nil, err
	}
	f := fields{rest: b}
	t := &ticket{Place: f.place(), mode: Mode(f.number()), second: f.number() == 1, bits: int(f.number()), expires: f.time(), id: f.id(), key: key}
	if !f.done() {
		return nil, ErrSeal
	}
	return t, nil
}

// round is what the Again of a Verdict seals: the second round.
type round struct {
	Place
	id      [16]byte
	expires time.Time
}

// again seals a second round.
func (d *Dealer) again(at Place) string {
	r := round{Place: at, expires: d.config.Now().Add(d.config.Lifetime)}
	rand.Read(r.id[:])
	return d.keys.Load().seal(roundForm, sized(sizedTime(r.Place.append(nil), r.expires), r.id[:]))
}

func (k *Keys) openRound(text string) (*round, error) {
	b, _, err := k.open(roundForm, text)
	if err != nil {
		return nil, err
	}
	f := fields{rest: b}
	r := &round{Place: f.place(), expires: f.time(), id: f.id()}
	if !f.done() {
		return nil, ErrSeal
	}
	return r, nil
}
