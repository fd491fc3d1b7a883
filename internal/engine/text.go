package engine

import (
	"context"
	"time"

	"twohens/internal/contact"
)

// Text is a letter as a short message to a telephone.
type Text struct {
	ID       string // of the outbox entry
	To       contact.Phone
	Locale   string
	Body     string
	NotAfter time.Time // of no use later

	// Last is as Mail.Last: called right before what cannot be taken back; after its error the text must not go out.
	Last func() error
}

// Texter hands a text over to somebody who takes responsibility for it.
//
// nil means that they did. A *Refusal means that nobody ever will take it; any other error is worth another try. After an error it
// may still be that the text went out: a connection can break after the last byte. An error that knows says so by MayHaveLeft() bool:
// such a text may have to be paid for, so it counts as spent, and so does its repeat.
type Texter interface {
	Text(ctx context.Context, t Text) (Handover, error)
}
