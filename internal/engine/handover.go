package engine

import (
	"context"
	"errors"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// Handover is by whom a message was taken. A receipt that comes later names it by Gateway and Ref, or by the entry's id.
type Handover struct {
	Gateway string // the mail server, mail service or gateway of texts, as the operator calls it
	Ref     string // its own name for the message; empty when it gives none
	Parts   int    // that a text is charged as, 1 at least
	Said    string // its answer, cleaned: without addresses, numbers and codes
}

// Receipt is what is said later of a message that was taken: by the gateway, by the mail service, or in a mail that came back.
type Receipt struct {
	Entry   string // the id of the outbox entry, when the report names it (a mail that came back to its own address); else the two below do
	Gateway string
	Ref     string
	State   ReceiptState
	Hard    bool   // of ReceiptFailed: nothing will ever reach this contact, such as a mailbox that is not there
	Said    string // the other side's words, shortened, without the address, the number or anything that may be a code
	At      time.Time
}

// ReceiptState is what became of a message.
type ReceiptState string

// The states there are.
const (
	ReceiptDelivered ReceiptState = "delivered" // the telephone or the mailbox has it
	ReceiptFailed    ReceiptState = "failed"    // it never will: a mail bounced
	ReceiptPending   ReceiptState = "pending"   // still on its way; a final one follows
)

// Receive notes what is said of a message that was taken. False when none is known by that name: the report may have been quicker than the
// worker with saving that it was taken, so whoever brings it may try again a moment later.
//
// What is final stays: senders repeat themselves, and not in order. A report that a contact is dead marks it for its owner.
func (e *Engine) Receive(ctx context.Context, r Receipt) (known bool, err error) {
	err = e.attempt(ctx, func() error {
		handed, err := e.Store.Handed(ctx, r)
		if err != nil {
			return err
		}
		if handed.State == ReceiptDelivered || handed.State == ReceiptFailed || handed.State == ReceiptPending && r.State == ReceiptPending {
			return nil
		}
		if r.Gateway == "" {
			r.Gateway = handed.Gateway
		}
		change := Change{Noted: &Noted{Entry: handed.Entry.ID, Receipt: r, What: StepDelayed}}
		lane := handed.Entry.Lane()
		t := Traffic{Slot: e.now().Truncate(TrafficSlot), Lane: lane, Place: handed.Place, Sender: handed.Gateway}
		switch r.State {
		case ReceiptDelivered:
			change.Noted.What, t.Delivered = StepDelivered, 1
		case ReceiptFailed:
			change.Noted.What, t.Bounced = StepBounced, 1
		}
		if t.Delivered+t.Bounced > 0 && handed.Place != "" {
			change.Traffic = []Traffic{t}
		}
		if r.Hard && r.State == ReceiptFailed || r.State == ReceiptDelivered {
			if change.Mark, err = e.marking(ctx, handed.Entry, r); err != nil {
				return err
			}
		}
		return e.Store.Save(ctx, change)
	})
	if errors.Is(err, ErrNoEntry) {
		return false, nil
	}
	return err == nil, err
}

// marking is the mark on the contact that a message went to; nil when that is nobody's.
func (e *Engine) marking(ctx context.Context, entry Entry, r Receipt) (*Marking, error) {
	account, to := entry.Account, entry.Contact
	if entry.Effect.Kind == recovery.EffectSend {
		stored, err := e.Store.Request(ctx, Key{ID: entry.Request})
		if errors.Is(err, ErrNoRequest) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		account, to = stored.Request.Account, destination(stored.Request, entry.Effect.Way)
	}
	if account == "" || to == (contact.Contact{}) {
		return nil, nil
	}
	m := &Marking{Account: account, Ailment: Ailment{Contact: to}}
	if r.State == ReceiptFailed {
		m.Since, m.Said = r.At, r.Said
	}
	return m, nil
}
