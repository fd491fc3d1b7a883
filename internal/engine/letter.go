package engine

import (
	"context"
	"errors"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// Letter is what a message is to say. It exists in memory only, between the outbox and the sender.
type Letter struct {
	ID     string // of the outbox entry
	Kind   recovery.EffectKind
	Notice recovery.Notice // of a notice: what it tells
	To     contact.Contact
	Locale string
	Code   secret.Code     // of a letter with a code
	Link   secret.Opaque   // the link of R-41; zero where there is none
	Stop   secret.Opaque   // of a notice: the way to stop what it tells of; zero where there is none
	Until  time.Time       // the code's end
	Life   time.Duration   // the code's validity from the click
	At     time.Time       // of a notice, an alarm and the brake: when it happened
	About  contact.Contact // of a notice: the contact that it is about
	Proof  recovery.Proof  // of a notice of a new password: how it was earned
	Pauses []Pause         // of an alarm
}

// Mail is a letter in words.
type Mail struct {
	ID      string // the Message-ID's local part
	To      contact.Email
	Locale  string
	Subject string
	Text    string
	HTML    string

	NotAfter time.Time // of no use later; zero: always of use

	// Last, if there is one, is called right before what cannot be taken back: from then on nobody but the other side knows
	// whether the mail went out. After its error, the mail must not go out.
	Last func() error
}

// Composer puts a letter into words, in the language of its reader: as a mail, or as a text of one part.
type Composer interface {
	Compose(Letter) (Mail, error)
	ComposeText(Letter) (Text, error)
}

// Sender hands a mail over to somebody who takes responsibility for it.
//
// nil means that they did. A *Refusal means that nobody ever will; any other error is worth another try. After an error it may
// still be that the mail went out: a connection can break after the last byte. That is the one repeat that may happen.
//
// What an error says may be logged and kept: it quotes neither the mail nor its address. One that knows who was asked last says so by
// Asked() string.
type Sender interface {
	Send(ctx context.Context, m Mail) (Handover, error)
}

// Refusal is a server's final no, such as a 5xx to a recipient.
type Refusal struct {
	Said string // the server's words, shortened
}

func (r *Refusal) Error() string { return "refused: " + r.Said }

// refused tells a final no from a failure worth another try.
func refused(err error) (string, bool) {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Said, true
	}
	return "", false
}
