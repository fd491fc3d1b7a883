package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
)

const leasedColumns = ` RETURNING entry.n, entry.id, entry.request, entry.account, entry.locale, entry.kind, entry.way, entry.round,
	entry.not_after, entry.contact, entry.created, entry.due, entry.attempts, entry.leases, entry.begun, entry.leased`

var (
	insertEntry = both(`
		INSERT INTO entry (id, request, account, locale, kind, way, round, not_after, contact, created, due, attempts, leases, begun, leased, ready)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)

	// What another transaction is leasing at this moment is passed over rather than waited for; what it has leased in the
	// meantime is no longer ready, which PostgreSQL looks at again once it has the row.
	leaseEntries = each(`
		UPDATE entry SET leases = leases + 1, leased = ?, ready = ?
		WHERE n IN (
			SELECT n FROM entry WHERE verdict = '' AND ready <= ? AND instr(?, kind || ';') > 0 ORDER BY ready, n LIMIT ?
		)`+leasedColumns, `
		WITH next AS (
			SELECT n FROM entry WHERE verdict = '' AND ready <= $3 AND kind = ANY (string_to_array($4, ';')) ORDER BY ready, n LIMIT $5
			FOR UPDATE SKIP LOCKED
		)
		UPDATE entry SET leases = entry.leases + 1, leased = $1, ready = $2 FROM next WHERE entry.n = next.n`+leasedColumns)

	beginEntry = both("UPDATE entry SET begun = TRUE WHERE id = ? AND leases = ? AND leased = ?")

	postponeEntry = both(`
		UPDATE entry SET attempts = attempts + 1, begun = FALSE, due = ?, ready = ?, leased = 0, note = ?
		WHERE id = ? AND leases = ? AND leased = ?`)

	settleEntry = both(`
		UPDATE entry SET verdict = ?, settled = ?, note = ?, leased = 0
		WHERE id = ? AND leases = ? AND leased = ?`)
)

func addEntry(e engine.Entry) step {
	return do(insertEntry, e.ID, string(e.Request), e.Account, text(e.Locale), string(e.Effect.Kind), e.Effect.Way.String(),
		e.Effect.Round, millis(e.Effect.NotAfter), e.Contact.Address(), millis(e.Created), millis(e.Due), e.Attempts,
		e.Leases, e.Begun, millis(e.Until), max(millis(e.Due), millis(e.Until)))
}

// begin applies as settle does.
func begin(e engine.Entry) step {
	return must(engine.ErrChanged, beginEntry, e.ID, e.Leases, millis(e.Until))
}

// settle applies only while the lease is the one that was taken: its number and its end say so, and settling takes its end away.
// One that has run out and was taken by nobody since may still be settled.
func settle(s engine.Settlement) step {
	e := s.Entry
	if s.Verdict == engine.Later {
		due := millis(s.Due)
		return must(engine.ErrChanged, postponeEntry, due, due, text(s.Note), e.ID, e.Leases, millis(e.Until))
	}
	return must(engine.ErrChanged, settleEntry, string(s.Verdict), millis(s.At), text(s.Note), e.ID, e.Leases, millis(e.Until))
}

// Lease implements engine.Store.
func (s *Store) Lease(ctx context.Context, now, until time.Time, limit int, kinds ...recovery.EffectKind) ([]engine.Entry, error) {
	if len(kinds) == 0 {
		kinds = []recovery.EffectKind{recovery.EffectFind, recovery.EffectSend, recovery.EffectNotify}
	}
	var wanted strings.Builder // each kind, and a semicolon
	for _, kind := range kinds {
		wanted.WriteString(string(kind) + ";")
	}
	type leased struct {
		n     int64
		entry engine.Entry
	}
	var list []leased
	err := s.db.fetch(ctx, query{
		statement: leaseEntries,
		args:      []any{millis(until), millis(until), millis(now), wanted.String(), limit},
		start:     func() { list = nil },
		each: func(r row) error {
			n, entry, err := scanEntry(r)
			list = append(list, leased{n, entry})
			return err
		},
	})
	if err != nil {
		return nil, fmt.Errorf("leasing: %w", err)
	}
	// Neither database promises an order of what an UPDATE returns.
	slices.SortFunc(list, func(a, b leased) int {
		return cmp.Or(a.entry.Due.Compare(b.entry.Due), cmp.Compare(a.n, b.n))
	})
	entries := make([]engine.Entry, len(list))
	for i, l := range list {
		entries[i] = l.entry
	}
	return entries, nil
}

func scanEntry(r row) (int64, engine.Entry, error) {
	var (
		e                                    engine.Entry
		request, kind, way, to               string
		n, notAfter, created, due, leasedEnd int64
	)
	err := r.Scan(&n, &e.ID, &request, &e.Account, &e.Locale, &kind, &way, &e.Effect.Round,
		&notAfter, &to, &created, &due, &e.Attempts, &e.Leases, &e.Begun, &leasedEnd)
	if err != nil {
		return 0, e, err
	}
	if to != "" {
		if e.Contact, err = contact.ParseEmail(to); err != nil {
			return 0, e, fmt.Errorf("the address of entry %s: %w", e.ID, err)
		}
	}
	if err := e.Effect.Way.UnmarshalText([]byte(way)); err != nil {
		return 0, e, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	e.Request, e.Effect.Kind, e.Effect.NotAfter = recovery.ID(request), recovery.EffectKind(kind), moment(notAfter)
	e.Created, e.Due, e.Until = moment(created), moment(due), moment(leasedEnd)
	return n, e, nil
}
