package engine

import (
	"context"
	"errors"

	"twohens/internal/recovery"
)

// Confirmations is the part of the Store that keeps contacts on their way into an account. They are begun, changed and ended by Save.
type Confirmations interface {
	// Confirmation finds the one under way of an account. ErrNoConfirmation when there is none.
	Confirmation(ctx context.Context, account string) (StoredConfirmation, error)
	// ConfirmationByID finds the one that an outbox entry names. ErrNoConfirmation when it is gone.
	ConfirmationByID(ctx context.Context, id recovery.ID) (StoredConfirmation, error)
}

// ErrNoConfirmation says that no contact is being confirmed.
var ErrNoConfirmation = errors.New("no contact is being confirmed")

// StoredConfirmation is one as it was loaded, with the version that a save must still find. Over a Save with Version 0 it is new.
type StoredConfirmation struct {
	Confirmation recovery.Confirmation
	Version      int64
}
