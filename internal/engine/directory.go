package engine

import (
	"context"
	"errors"
	"time"

	"twohens/internal/contact"
	"twohens/internal/password"
	"twohens/internal/recovery"
)

// Directory is where accounts live: the built-in ones, or later an outside directory, table or service.
type Directory interface {
	// Find looks up the account that an address belongs to. ErrNoAccount for one that is unknown, disabled, or may not
	// recover for another reason: the caller treats them all the same. Only the worker calls it during a walk.
	Find(ctx context.Context, address contact.Email) (Account, error)

	// Account looks up an account by its id. ErrNoAccount as for Find.
	Account(ctx context.Context, id string) (Account, error)

	// Check signs in: the account, if the password is its own. ErrNoAccount otherwise, after the same work for an unknown
	// address as for a wrong password; password.ErrBusy when too many hashes are being computed.
	Check(ctx context.Context, address contact.Email, typed password.Password) (Account, error)

	// Prepare makes a new password ready to be written. A directory that shares the Store's database returns the Write for
	// the Store to carry out in the request's own transaction.
	Prepare(ctx context.Context, id string, chosen password.Password) (*Write, error)
}

// ErrNoAccount says that there is no such account, without saying why.
var ErrNoAccount = errors.New("no such account")

// Account is what the engine knows of one.
type Account struct {
	ID       string // opaque, never changes
	Contacts []contact.Email
	Locale   string    // empty when not known
	Changed  time.Time // when a new password was last set; zero when none was, or when it is not known
}

// wayContact is where codes of a way go (invariant 8: the account's own record). The second result is false when the
// account has no contact for the way.
func (a Account) wayContact(way recovery.Way) (contact.Email, bool) {
	if way != recovery.WayEmail || len(a.Contacts) == 0 {
		return contact.Email{}, false
	}
	return a.Contacts[0], true
}
