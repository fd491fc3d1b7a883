package accounts

import (
	"context"
	"errors"
	"time"

	"twohens/internal/contact"
)

// Row is an account as it is kept.
type Row struct {
	ID       string
	Version  int64                         // counts its changes; set by the table, 1 for a new one
	Emails   []contact.Email               // the main one first; at least that, at most engine.MaxContacts
	Phones   []contact.Phone               // the same, or none
	Added    map[contact.Contact]time.Time // when each of them was added; set by the table
	Hash     string                        // of the password, PHC string; empty: no password, so nobody signs in
	Locale   string
	Made     time.Time
	Changed  time.Time // of the password
	Disabled time.Time // zero: not
}

// Main is the main e-mail address; zero when there is none.
func (r Row) Main() contact.Email {
	if len(r.Emails) == 0 {
		return contact.Email{}
	}
	return r.Emails[0]
}

// Table is where built-in accounts are kept: the same database as the requests, so that a new password and the end of
// the request are one transaction.
type Table interface {
	// AccountByAddress finds the account that has an address, by contact.Email.Key. ErrNoRow when there is none; a disabled one is found.
	AccountByAddress(ctx context.Context, address contact.Email) (Row, error)
	// AccountByID finds by id. ErrNoRow when there is none.
	AccountByID(ctx context.Context, id string) (Row, error)
	// AddAccount adds one. ErrTaken when one of its addresses belongs to an account already. Telephones may be shared.
	AddAccount(ctx context.Context, row Row) error
	// AddAccounts adds many in one transaction; the first ErrTaken undoes all.
	AddAccounts(ctx context.Context, rows []Row) error
	// Accounts lists up to limit accounts ordered by the key of the main address, after the given key.
	Accounts(ctx context.Context, after string, limit int) ([]Row, error)
	// SetHash writes a new password hash and ends the account's sessions and open requests, outside any recovery (the operator's
	// command, R-98 aside).
	SetHash(ctx context.Context, id, hash string, now time.Time) error
	// RefreshHash replaces the hash of the same password, if it is still old: dearer parameters after a sign-in.
	RefreshHash(ctx context.Context, id, old, hash string) error
	// Disable stops or allows an account again; stopping ends its sessions and open requests.
	Disable(ctx context.Context, id string, disabled bool, now time.Time) error
}

// Errors of a Table.
var (
	ErrNoRow = errors.New("no such account")
	ErrTaken = errors.New("the address belongs to an account already")
)
