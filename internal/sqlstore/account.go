package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/secret"
)

const selectAccount = "SELECT id, address, hash, locale, made, changed, disabled FROM account "

var (
	accountByKey  = both(selectAccount + "WHERE key = ?")
	accountByID   = both(selectAccount + "WHERE id = ?")
	accountsAfter = both(selectAccount + "WHERE key > ? ORDER BY key LIMIT ?")

	insertAccount = both(`
		INSERT INTO account (id, key, address, hash, locale, made, changed, disabled) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO NOTHING`)

	// A disabled account takes no new password from a recovery: who stopped it did so for everyone.
	recoverHash = both("UPDATE account SET hash = ?, changed = ? WHERE id = ? AND disabled = 0")
	setHash     = both("UPDATE account SET hash = ?, changed = ? WHERE id = ?")
	refreshHash = both("UPDATE account SET hash = ? WHERE id = ? AND hash = ?")
	disable     = both("UPDATE account SET disabled = CASE WHEN disabled = 0 THEN ? ELSE disabled END WHERE id = ?")
	enable      = both("UPDATE account SET disabled = 0 WHERE id = ?")
)

// writePassword makes the steps of a new password that a person has set: all sessions end with it but one. That one
// must still be there. Otherwise whoever typed the old password on the account page just before its owner recovered the
// account would, a moment later, write over what the owner has set.
func writePassword(w engine.Write) []step {
	steps := []step{must(engine.ErrChanged, recoverHash, w.Hash, millis(w.At), w.Account)}
	if !w.Keep.IsZero() {
		steps = append(steps, must(engine.ErrChanged, keepSession, w.Account, w.Keep[:]))
	}
	return append(steps, do(deleteSessions, w.Account, w.Keep[:]))
}

// AccountByAddress implements accounts.Table.
func (s *Store) AccountByAddress(ctx context.Context, address contact.Email) (accounts.Row, error) {
	return s.account(ctx, accountByKey, address.Key())
}

// AccountByID implements accounts.Table.
func (s *Store) AccountByID(ctx context.Context, id string) (accounts.Row, error) {
	return s.account(ctx, accountByID, text(id))
}

func (s *Store) account(ctx context.Context, by *statement, arg string) (accounts.Row, error) {
	var a accounts.Row
	found, err := s.one(ctx, by, func(r row) (err error) {
		a, err = scanAccount(r)
		return err
	}, arg)
	if err != nil {
		return accounts.Row{}, fmt.Errorf("loading an account: %w", err)
	}
	if !found {
		return accounts.Row{}, accounts.ErrNoRow
	}
	return a, nil
}

func scanAccount(r row) (accounts.Row, error) {
	var (
		a                       accounts.Row
		address                 string
		made, changed, disabled int64
	)
	if err := r.Scan(&a.ID, &address, &a.Hash, &a.Locale, &made, &changed, &disabled); err != nil {
		return a, err
	}
	a.Made, a.Changed, a.Disabled = moment(made), moment(changed), moment(disabled)
	err := a.Address.UnmarshalText([]byte(address))
	return a, err
}

// AddAccount implements accounts.Table.
func (s *Store) AddAccount(ctx context.Context, a accounts.Row) error {
	return s.AddAccounts(ctx, []accounts.Row{a})
}

// AddAccounts implements accounts.Table.
func (s *Store) AddAccounts(ctx context.Context, rows []accounts.Row) error {
	steps := make([]step, len(rows))
	for i, a := range rows {
		if a.Address.IsZero() || a.ID == "" {
			return errors.New("an account needs an id and an address")
		}
		steps[i] = must(accounts.ErrTaken, insertAccount, a.ID, a.Address.Key(), a.Address.Address(), a.Hash, text(a.Locale),
			millis(a.Made), millis(a.Changed), millis(a.Disabled))
	}
	return s.change(ctx, durable, "adding accounts", steps...)
}

// Accounts implements accounts.Table.
func (s *Store) Accounts(ctx context.Context, after string, limit int) ([]accounts.Row, error) {
	list, err := all(ctx, s, accountsAfter, scanAccount, text(after), limit)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return list, nil
}

// SetHash implements accounts.Table. ErrNoRow for an unknown account.
func (s *Store) SetHash(ctx context.Context, id, hash string, now time.Time) error {
	return s.shut(ctx, id, now, "setting a password", must(accounts.ErrNoRow, setHash, hash, millis(now), id))
}

// RefreshHash implements accounts.Table. A hash that has changed since stays, which is no error.
func (s *Store) RefreshHash(ctx context.Context, id, old, hash string) error {
	return s.change(ctx, durable, "renewing a hash", do(refreshHash, hash, id, old))
}

// Disable implements accounts.Table. ErrNoRow for an unknown account; disabling twice keeps the first time.
func (s *Store) Disable(ctx context.Context, id string, disabled bool, now time.Time) error {
	if !disabled {
		return s.change(ctx, durable, "enabling an account", must(accounts.ErrNoRow, enable, id))
	}
	return s.shut(ctx, id, now, "disabling an account", must(accounts.ErrNoRow, disable, millis(now), id))
}

// shut carries out a step of the operator's and ends the account's sessions and open requests with it: a proof from
// before it must not undo it, not even after the account was allowed again.
func (s *Store) shut(ctx context.Context, id string, now time.Time, doing string, first step) error {
	none := secret.Digest{}
	err := s.saveRetiring(ctx, engine.Retirement{Account: id, At: now}, []step{first, do(deleteSessions, id, none[:])})
	return named(err, doing, first)
}
