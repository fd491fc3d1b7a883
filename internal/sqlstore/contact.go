package sqlstore

import (
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
)

var (
	// It comes last among those of its kind. Of an address that belongs to somebody, nothing is inserted. On PostgreSQL, who wants
	// one that another transaction is just adding waits for what becomes of that.
	insertContact = both(`
		INSERT INTO contact (account, kind, key, address, place, added) VALUES (?, ?, ?, ?,
			COALESCE((SELECT max(place) + 1 FROM contact WHERE account = ? AND kind = ?), 0), ?)
		ON CONFLICT DO NOTHING`)

	deleteContact = both("DELETE FROM contact WHERE account = ? AND kind = ? AND key = ?")

	mainContact = both(`
		UPDATE contact SET place = (SELECT min(place) - 1 FROM contact AS all_of WHERE all_of.account = ? AND all_of.kind = ?)
		WHERE account = ? AND kind = ? AND key = ?`)

	// Both change nothing but say whether they could. The account is locked by the step before, so what they see stays.
	roomForContact = both(`
		UPDATE account SET version = version WHERE id = ?
			AND (SELECT count(*) FROM contact WHERE account = ? AND kind = ?) < ?
			AND NOT EXISTS (SELECT 1 FROM contact WHERE account = ? AND kind = ? AND key = ?)`)
	addressLeft = both(`
		UPDATE account SET version = version WHERE id = ? AND EXISTS (SELECT 1 FROM contact WHERE account = ? AND kind = 'email')`)
)

// changeContacts makes the steps of a ContactChange: what is removed makes room for what is added, and that may become the main one.
func changeContacts(c engine.ContactChange) []step {
	steps := []step{must(engine.ErrChanged, changeAccount, c.Account)}
	if r := c.Remove; !r.IsZero() {
		steps = append(steps, must(engine.ErrChanged, deleteContact, c.Account, string(r.Kind), r.Key()))
	}
	if a := c.Add; !a.IsZero() {
		kind, key := string(a.Kind), a.Key()
		steps = append(steps,
			must(engine.ErrChanged, roomForContact, c.Account, c.Account, kind, engine.MaxContacts, c.Account, kind, key),
			must(engine.ErrTaken, insertContact, ofContact(c.Account, a, c.At)...))
	}
	if m := c.Main; !m.IsZero() {
		kind := string(m.Kind)
		steps = append(steps, must(engine.ErrChanged, mainContact, c.Account, kind, c.Account, kind, m.Key()))
	}
	if c.Remove.Kind == contact.KindEmail {
		steps = append(steps, must(engine.ErrChanged, addressLeft, c.Account, c.Account))
	}
	return steps
}

// ofContact are the arguments of insertContact.
func ofContact(account string, c contact.Contact, added time.Time) []any {
	kind := string(c.Kind)
	return []any{account, kind, c.Key(), c.Address, account, kind, millis(added)}
}
