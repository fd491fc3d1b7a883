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

// An account comes with its contacts, a row for each, the main one of its kind first. One has at least its main e-mail address.
const (
	accountColumns = `account.id, account.version, account.hash, account.locale, account.made, account.changed, account.disabled,
		contact.kind, contact.address, contact.added `
	orderContacts = "contact.kind, contact.place"
)

var (
	// Of an address that nobody has, the account of the next one is read, and thrown away: the same seeks and the same rows as for one that
	// somebody has. At the sign-in a row that is not there was told by some 30 µs.
	accountByKey = both("SELECT typed.key, " + accountColumns + `FROM contact AS typed JOIN account ON account.id = typed.account
		JOIN contact ON contact.account = account.id WHERE typed.kind = 'email' AND typed.key = COALESCE(
			(SELECT min(key) FROM contact WHERE kind = 'email' AND key >= ?), (SELECT min(key) FROM contact WHERE kind = 'email'))
		ORDER BY ` + orderContacts)
	accountByID = both("SELECT " + accountColumns + `FROM account JOIN contact ON contact.account = account.id
		WHERE account.id = ? ORDER BY ` + orderContacts)
	accountsAfter = both("SELECT " + accountColumns + `FROM (
			SELECT key, account FROM contact AS main WHERE kind = 'email' AND key > ? AND NOT EXISTS (
				SELECT 1 FROM contact WHERE account = main.account AND kind = 'email' AND place < main.place)
			ORDER BY key LIMIT ?) AS page
		JOIN account ON account.id = page.account JOIN contact ON contact.account = account.id ORDER BY page.key, ` + orderContacts)

	insertAccount = both("INSERT INTO account (id, version, hash, locale, made, changed, disabled) VALUES (?, 1, ?, ?, ?, ?, ?)")

	// A disabled account takes no new password from a recovery, and nothing from its page: who stopped it did so for everyone.
	//
	// A password that was changed by whoever knew it still comes from the recovery that set the one before.
	recoverHash   = both("UPDATE account SET version = version + 1, hash = ?, changed = ?, recovered = ? WHERE id = ? AND disabled = 0")
	changeHash    = both("UPDATE account SET version = version + 1, hash = ?, changed = ? WHERE id = ? AND disabled = 0")
	seenAccount   = both("UPDATE account SET version = version WHERE id = ? AND version = ?")
	changeAccount = both("UPDATE account SET version = version + 1 WHERE id = ? AND disabled = 0")
	setLocale     = both("UPDATE account SET version = version + 1, locale = ? WHERE id = ? AND disabled = 0")
	// What belongs to an account of another directory is noted without one here.
	noteChange = both("UPDATE account SET version = version + 1 WHERE id = ?")

	setHash     = both("UPDATE account SET version = version + 1, hash = ?, changed = ?, recovered = '' WHERE id = ?")
	refreshHash = both("UPDATE account SET hash = ? WHERE id = ? AND hash = ?") // the same password: nothing that anybody decides on
	disable     = both(`
		UPDATE account SET version = version + 1, disabled = CASE WHEN disabled = 0 THEN ? ELSE disabled END WHERE id = ?`)
	enable = both("UPDATE account SET version = version + 1, disabled = 0 WHERE id = ?")

	// An account is locked before all else that a change touches: for itself by whoever changes something of it, together with others by
	// whoever must see it as it is.
	holdAccount = onlyPostgres("SELECT 1 FROM account WHERE id = ? FOR UPDATE")
	lockAccount = onlyPostgres("SELECT 1 FROM account WHERE id = ? FOR SHARE")
)

// writePassword makes the steps of a new password that a person has set: all sessions end with it but one. That one
// must still be there. Otherwise whoever typed the old password on the account page just before its owner recovered the
// account would, a moment later, write over what the owner has set.
func writePassword(w engine.Write) []step {
	write := must(engine.ErrChanged, changeHash, w.Hash, millis(w.At), w.Account)
	if w.Request != "" {
		write = must(engine.ErrChanged, recoverHash, w.Hash, millis(w.At), string(w.Request), w.Account)
	}
	steps := []step{write}
	if !w.Keep.IsZero() {
		steps = append(steps, must(engine.ErrChanged, keepSession, w.Account, w.Keep[:]))
	}
	return append(steps, do(deleteSessions, w.Account, w.Keep[:]))
}

func changeLocale(l engine.LocaleChange) step {
	return must(engine.ErrChanged, setLocale, text(l.Locale), l.Account)
}

// AccountByAddress implements accounts.Table.
func (s *Store) AccountByAddress(ctx context.Context, address contact.Email) (accounts.Row, error) {
	var found string
	a, err := s.account(ctx, accountByKey, address.Key(), &found)
	if err == nil && found != address.Key() {
		return accounts.Row{}, accounts.ErrNoRow
	}
	return a, err
}

// AccountByID implements accounts.Table.
func (s *Store) AccountByID(ctx context.Context, id string) (accounts.Row, error) {
	return s.account(ctx, accountByID, text(id))
}

// account reads one. What the statement has before its columns goes into first.
func (s *Store) account(ctx context.Context, by *statement, arg string, first ...any) (accounts.Row, error) {
	list, err := s.accounts(ctx, by, []any{arg}, first...)
	if err != nil {
		return accounts.Row{}, fmt.Errorf("loading an account: %w", err)
	}
	if len(list) == 0 {
		return accounts.Row{}, accounts.ErrNoRow
	}
	return list[0], nil
}

// accounts reads accounts from rows of their contacts.
func (s *Store) accounts(ctx context.Context, by *statement, args []any, first ...any) ([]accounts.Row, error) {
	var list []accounts.Row
	err := s.db.read(ctx, query{statement: by, args: args, start: func() { list = nil }, each: func(r row) (err error) {
		list, err = scanAccount(list, r, first...)
		return err
	}})
	return list, err
}

// scanAccount adds a row to a list of accounts: a new one, or one more contact of the last. What stands before its columns goes into first.
func scanAccount(list []accounts.Row, r row, first ...any) ([]accounts.Row, error) {
	var (
		a                              accounts.Row
		kind, address                  string
		made, changed, disabled, added int64
	)
	if err := r.Scan(append(first, &a.ID, &a.Version, &a.Hash, &a.Locale, &made, &changed, &disabled, &kind, &address, &added)...); err != nil {
		return list, err
	}
	if len(list) == 0 || list[len(list)-1].ID != a.ID {
		a.Made, a.Changed, a.Disabled = moment(made), moment(changed), moment(disabled)
		list = append(list, a)
	}
	return list, addTo(&list[len(list)-1], contact.Contact{Kind: contact.Kind(kind), Address: address}, moment(added))
}

func addTo(a *accounts.Row, c contact.Contact, added time.Time) error {
	if a.Added == nil {
		a.Added = map[contact.Contact]time.Time{}
	}
	a.Added[c] = added
	var err error
	kind, address := c.Kind, c.Address
	switch kind {
	case contact.KindEmail:
		var e contact.Email
		err = e.UnmarshalText([]byte(address))
		a.Emails = append(a.Emails, e)
	case contact.KindPhone:
		var p contact.Phone
		err = p.UnmarshalText([]byte(address))
		a.Phones = append(a.Phones, p)
	default:
		err = fmt.Errorf("a contact of kind %q", kind)
	}
	if err != nil {
		return fmt.Errorf("the contacts of account %s: %w", a.ID, err)
	}
	return nil
}

// AddAccount implements accounts.Table.
func (s *Store) AddAccount(ctx context.Context, a accounts.Row) error {
	return s.AddAccounts(ctx, []accounts.Row{a})
}

// AddAccounts implements accounts.Table.
func (s *Store) AddAccounts(ctx context.Context, rows []accounts.Row) error {
	steps := make([]step, 0, 2*len(rows))
	for _, a := range rows {
		if a.ID == "" || a.Main().IsZero() {
			return errors.New("an account needs an id and an address")
		}
		if len(a.Emails) > engine.MaxContacts || len(a.Phones) > engine.MaxContacts {
			return fmt.Errorf("an account has at most %d contacts of a kind", engine.MaxContacts)
		}
		steps = append(steps, do(insertAccount, a.ID, a.Hash, text(a.Locale), millis(a.Made), millis(a.Changed), millis(a.Disabled)))
		for _, e := range a.Emails {
			steps = append(steps, must(accounts.ErrTaken, insertContact, ofContact(a.ID, e.Contact(), a.Made)...))
		}
		for _, p := range a.Phones {
			steps = append(steps, must(accounts.ErrTaken, insertContact, ofContact(a.ID, p.Contact(), a.Made)...))
		}
	}
	return s.change(ctx, durable, "adding accounts", steps...)
}

// Accounts implements accounts.Table.
func (s *Store) Accounts(ctx context.Context, after string, limit int) ([]accounts.Row, error) {
	list, err := s.accounts(ctx, accountsAfter, []any{text(after), limit})
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
