package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/password"
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
	ID      string                        // opaque, never changes
	Emails  []contact.Email               // confirmed; the main one first
	Phones  []contact.Phone               // confirmed; the main one first
	Locale  string                        // empty when not known
	Changed time.Time                     // when a new password was last set; zero when none was, or when it is not known
	Added   map[contact.Contact]time.Time // when each of them was added; one that is missing has always been there
	Version int64                         // changes whenever something of the account, its answers or saved codes does; 0 when it is not known
}

// Contacts are all places at which the account is told what happened to it.
func (a Account) Contacts() []contact.Contact {
	var all []contact.Contact
	for _, e := range a.Emails {
		all = append(all, e.Contact())
	}
	for _, p := range a.Phones {
		all = append(all, p.Contact())
	}
	return all
}

// older says that a contact of the kind was there before; of any kind, if that is empty.
func (a Account) older(kind contact.Kind, before time.Time) bool {
	return slices.ContainsFunc(a.Contacts(), func(c contact.Contact) bool {
		return (kind == "" || c.Kind == kind) && a.Added[c].Before(before)
	})
}

// trial is how long a contact is in an account before it may say "this was not me" against those that were there before.
const trial = 7 * 24 * time.Hour

// young says that a contact came lately and an older one is there.
func (a Account) young(c contact.Contact, now time.Time) bool {
	return !a.Added[c].Before(now.Add(-trial)) && a.older("", now.Add(-trial))
}

// email is where mails with codes go: the address on record that was typed, or the main one (invariant 8). False when the account
// has none.
func (a Account) email(typed contact.Email) (contact.Email, bool) {
	for _, e := range a.Emails {
		if e.Key() == typed.Key() {
			return e, true
		}
	}
	if len(a.Emails) == 0 {
		return contact.Email{}, false
	}
	return a.Emails[0], true
}

// phone is where texts with codes go: the main number. The zero Phone when the account has none.
func (a Account) phone() contact.Phone {
	if len(a.Phones) == 0 {
		return contact.Phone{}
	}
	return a.Phones[0]
}
