package engine

import (
	"context"
	"errors"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// Deliveries is the part of the Store that keeps what became of messages, and what is counted of all of them.
type Deliveries interface {
	// SettleAll is Save for many changes at once, all of them or none. They hold what posting a message leaves behind and nothing else:
	// Settle, Records, Turnout, Traffic and Recipients. What they count is added up first, so that many at once change each row once.
	SettleAll(ctx context.Context, changes []Change) error

	// Handed finds the message that a receipt is about. ErrNoEntry when none is known by that name.
	Handed(ctx context.Context, r Receipt) (Handed, error)
	// Referred lists the requests with a reference, the newest first.
	Referred(ctx context.Context, r recovery.Reference) ([]recovery.Request, error)
	// Posted lists the messages of a request, the oldest first.
	Posted(ctx context.Context, request recovery.ID) ([]Posted, error)

	// Traffic lists what was counted in slots from since on and before until: of a place, or of all for the empty one.
	Traffic(ctx context.Context, since, until time.Time, lane Lane, place Place) ([]Traffic, error)
	// Recipients says to how many people messages to a place went in an hour.
	Recipients(ctx context.Context, hour time.Time, lane Lane, place Place) (int, error)
	// Backlog tells of each lane in which something waits.
	Backlog(ctx context.Context) ([]Backlog, error)

	// Ailments lists the contacts of an account that are marked.
	Ailments(ctx context.Context, account string) ([]Ailment, error)

	// Switches lists the senders that are switched off, by name.
	Switches(ctx context.Context) ([]Switch, error)
	// SwitchOff switches a sender off; one that is off stays as it is.
	SwitchOff(ctx context.Context, s Switch) error
	// SwitchOn switches it on again. One that is on is fine.
	SwitchOn(ctx context.Context, sender string) error
}

// ErrNoEntry says that no message is known by that name.
var ErrNoEntry = errors.New("no such message")

// Handed is a message that a receipt is about.
type Handed struct {
	Entry   Entry
	Verdict Verdict
	Gateway string // who took it
	Place   Place  // where to
	State   ReceiptState
}

// Posted is a message as its entry tells of it.
type Posted struct {
	Entry   Entry
	Verdict Verdict   // empty: not settled yet
	Settled time.Time // zero likewise
	Gateway string
	Note    string
	Steps   []Step // beside those that follow from the entry
}

// Backlog is what waits in a lane of the outbox.
type Backlog struct {
	Lane    Lane
	Waiting int
	Oldest  time.Time // when the one that waits longest was due
}

// Noted is what a receipt changes: its message, if nothing final is known of that yet. ErrChanged otherwise.
type Noted struct {
	Entry   string
	Receipt Receipt
	What    StepKind
}

// Recipient is one who was sent something in an hour, for counting how many they are. The tag says nothing of who it is, and that of
// another hour differs.
type Recipient struct {
	Hour  time.Time
	Lane  Lane
	Place Place
	Tag   [8]byte
}

// Marking marks a contact of an account, or takes the mark away when Since is zero. One that the account no longer has is fine.
type Marking struct {
	Account string
	Ailment
}

// PlaceOf is what deliveries to a contact are counted by; empty of the zero contact.
func PlaceOf(to contact.Contact) Place {
	if e, ok := to.Email(); ok {
		return Place(e.Domain())
	}
	if p, ok := to.Phone(); ok {
		return Place(p.Region())
	}
	return ""
}
