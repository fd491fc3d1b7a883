// Package accounts is the built-in directory: accounts that live in Twohens' own database, for sites that have none yet and
// for the demo. Sites with accounts elsewhere use another engine.Directory.
//
// An unknown address takes the same work as a wrong password (R-99, CWE-208): the same look-up, the same hash. An account
// without a password, or one that is disabled, is to everyone outside an unknown address (CVE-2024-39836).
package accounts

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/password"
)

// Accounts implements engine.Directory and what the operator's commands do.
type Accounts struct {
	table  Table
	hasher *password.Hasher
	tried  *password.Hasher // for what strangers type: behind what people set
	log    *slog.Logger
	now    func() time.Time
}

var _ engine.Directory = (*Accounts)(nil)

// New makes the directory over a table.
func New(table Table, hasher *password.Hasher, log *slog.Logger) *Accounts {
	return &Accounts{table: table, hasher: hasher, tried: hasher.Yielding(), log: log, now: time.Now}
}

// Crowded says that so many passwords wait to be looked at that no more should be let in without ado.
func (a *Accounts) Crowded() bool { return a.tried.Crowded() }

// Find implements engine.Directory.
func (a *Accounts) Find(ctx context.Context, address contact.Email) (engine.Account, error) {
	row, err := a.table.AccountByAddress(ctx, address)
	return account(row, err)
}

// Account implements engine.Directory.
func (a *Accounts) Account(ctx context.Context, id string) (engine.Account, error) {
	row, err := a.table.AccountByID(ctx, id)
	return account(row, err)
}

func account(row Row, err error) (engine.Account, error) {
	switch {
	case errors.Is(err, ErrNoRow):
		return engine.Account{}, engine.ErrNoAccount
	case err != nil:
		return engine.Account{}, err
	case !row.Disabled.IsZero():
		return engine.Account{}, engine.ErrNoAccount
	}
	found := engine.Account{ID: row.ID, Emails: row.Emails, Phones: row.Phones, Locale: row.Locale, Added: row.Added, Version: row.Version}
	if row.Changed.After(row.Made) {
		found.Changed = row.Changed
	}
	return found, nil
}

// Check implements engine.Directory.
func (a *Accounts) Check(ctx context.Context, address contact.Email, typed password.Password) (engine.Account, error) {
	row, err := a.table.AccountByAddress(ctx, address)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return engine.Account{}, err
	}
	if err != nil || row.Hash == "" || !row.Disabled.IsZero() {
		if err := a.tried.VerifyUnknown(ctx, typed); err != nil {
			return engine.Account{}, err
		}
		return engine.Account{}, engine.ErrNoAccount
	}
	right, stale, err := a.tried.Verify(ctx, row.Hash, typed)
	if errors.Is(err, password.ErrHash) {
		// A hash from elsewhere that nobody can use. An error would tell that there is an account.
		a.log.ErrorContext(ctx, "a stored password hash cannot be used; a recovery sets a new one", "account", row.ID)
		if err := a.tried.VerifyUnknown(ctx, typed); err != nil {
			return engine.Account{}, err
		}
		return engine.Account{}, engine.ErrNoAccount
	}
	if err != nil {
		return engine.Account{}, err
	}
	if !right {
		return engine.Account{}, engine.ErrNoAccount
	}
	if stale {
		a.refresh(ctx, row, typed)
	}
	return account(row, nil)
}

// refresh hashes a password anew with today's figures. It is only known now, and failing to do so is no reason to keep
// somebody out.
func (a *Accounts) refresh(ctx context.Context, row Row, typed password.Password) {
	hash, err := a.hasher.Hash(ctx, typed)
	if err == nil {
		err = a.table.RefreshHash(ctx, row.ID, row.Hash, hash)
	}
	if err != nil {
		a.log.WarnContext(ctx, "a password hash could not be refreshed", "account", row.ID, "err", err)
	}
}

// Prepare implements engine.Directory. The hash is written by the Store, in the transaction that ends the request.
func (a *Accounts) Prepare(ctx context.Context, id string, chosen password.Password) (*engine.Write, error) {
	if _, err := a.Account(ctx, id); err != nil {
		return nil, err
	}
	hash, err := a.hasher.Hash(ctx, chosen)
	if err != nil {
		return nil, err
	}
	return &engine.Write{Account: id, Hash: hash}, nil
}

// Add adds an account, with telephones if it has any. ErrTaken when the address has an account. Without a password nobody signs in
// before a recovery set one.
func (a *Accounts) Add(
	ctx context.Context, address contact.Email, chosen *password.Password, locale string, phones ...contact.Phone,
) (Row, error) {
	now := a.now().UTC().Truncate(time.Millisecond)
	row := Row{ID: newID(), Version: 1, Emails: []contact.Email{address}, Phones: phones, Locale: locale, Made: now, Changed: now}
	if chosen != nil {
		hash, err := a.hasher.Hash(ctx, *chosen)
		if err != nil {
			return Row{}, err
		}
		row.Hash = hash
	}
	return row, a.table.AddAccount(ctx, row)
}

// newID draws an account id: random, so that it tells nothing and is never used again.
func newID() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// SetPassword sets a password by the operator's command. The account's sessions end.
func (a *Accounts) SetPassword(ctx context.Context, address contact.Email, chosen password.Password) error {
	row, err := a.table.AccountByAddress(ctx, address)
	if err != nil {
		return err
	}
	hash, err := a.hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	return a.table.SetHash(ctx, row.ID, hash, a.now())
}

// Disable stops an account, or allows it again. A stopped one cannot sign in and is to a recovery an unknown address.
func (a *Accounts) Disable(ctx context.Context, address contact.Email, disabled bool) error {
	row, err := a.table.AccountByAddress(ctx, address)
	if err != nil {
		return err
	}
	return a.table.Disable(ctx, row.ID, disabled, a.now())
}

// listed is how many accounts are read at a time.
const listed = 500

// List calls show for every account, ordered by main address, until it returns an error.
func (a *Accounts) List(ctx context.Context, show func(Row) error) error {
	after := ""
	for {
		rows, err := a.table.Accounts(ctx, after, listed)
		if err != nil {
			return fmt.Errorf("listing accounts: %w", err)
		}
		for _, row := range rows {
			if err := show(row); err != nil {
				return err
			}
			after = row.Main().Key()
		}
		if len(rows) < listed {
			return nil
		}
	}
}
