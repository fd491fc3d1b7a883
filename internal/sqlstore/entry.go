package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

const leasedColumns = ` RETURNING entry.n, entry.id, entry.request, entry.account, entry.locale, entry.kind, entry.way, entry.round,
	entry.notice, entry.not_after, entry.contact, entry.about, entry.created, entry.due, entry.attempts, entry.leases, entry.begun,
	entry.leased, entry.young`

var (
	insertEntry = both(`
		INSERT INTO entry (id, request, account, locale, lane, kind, way, round, notice, not_after, contact, about, young, created, due, attempts,
			leases, begun, leased, ready)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)

	// What another transaction is leasing at this moment is passed over rather than waited for; what it has leased in the
	// meantime is no longer ready, which PostgreSQL looks at again once it has the row.
	//
	// The worker asks for one lane at a time, and the index has the entries of each in their order, however long it is. Those of several
	// lanes are sorted.
	leaseLane  = leaseOf("lane = ?", "lane = ?")
	leaseLanes = leaseOf("instr(?, lane || ';') > 0", "lane = ANY (string_to_array(?, ';'))")

	beginEntry = both("UPDATE entry SET begun = TRUE WHERE id = ? AND leases = ? AND leased = ?")

	postponeEntry = both(`
		UPDATE entry SET attempts = attempts + 1, begun = FALSE, due = ?, ready = ?, leased = 0, note = ?
		WHERE id = ? AND leases = ? AND leased = ?`)

	settleEntry = both(`
		UPDATE entry SET verdict = ?, settled = ?, note = ?, gateway = ?, ref = ?, parts = ?, place = ?, leased = 0
		WHERE id = ? AND leases = ? AND leased = ?`)
)

// leaseOf leases from the lanes that a condition names.
func leaseOf(sqlite, postgres string) *statement {
	const due = "SELECT n FROM entry WHERE verdict = '' AND ready <= ? AND "
	const first = " ORDER BY ready, n LIMIT ?"
	// SQLite plans a statement anew whenever what is bound to a bare LIMIT changes, or anything else with it: an eighth of all that a
	// recovery costs. A sum is not looked into.
	return each(
		"WITH next AS ("+due+sqlite+first+" + 0) UPDATE entry SET leases = leases + 1, leased = ?, ready = ? WHERE n IN (SELECT n FROM next)"+leasedColumns,
		"WITH next AS ("+due+postgres+first+` FOR UPDATE SKIP LOCKED)
		UPDATE entry SET leases = entry.leases + 1, leased = ?, ready = ? FROM next WHERE entry.n = next.n`+leasedColumns)
}

func addEntry(e engine.Entry) step {
	return do(insertEntry, e.ID, string(e.Request), e.Account, text(e.Locale), string(e.Lane()), string(e.Effect.Kind),
		e.Effect.Way.String(), e.Effect.Round, string(e.Effect.Notice), millis(e.Effect.NotAfter), e.Contact.Address, e.About.Address, e.Young,
		millis(e.Created), millis(e.Due), e.Attempts, e.Leases, e.Begun, millis(e.Until), max(millis(e.Due), millis(e.Until)))
}

// begin applies as settle does.
func begin(e engine.Entry) step {
	return must(engine.ErrChanged, beginEntry, e.ID, e.Leases, millis(e.Until))
}

// settle applies only while the lease is the one that was taken: its number and its end say so, and settling takes its end away.
// One that has run out and was taken by nobody since may still be settled.
func settle(s engine.Settlement) []step {
	e, by := s.Entry, s.Handover
	if s.Verdict == engine.Later {
		due := millis(s.Due)
		steps := []step{must(engine.ErrChanged, postponeEntry, due, due, text(s.Note), e.ID, e.Leases, millis(e.Until))}
		if s.Place != "" {
			steps = append(steps, addStep(e.ID, engine.Step{At: s.At, What: engine.StepDeferred, Sender: by.Gateway, Said: s.Note}))
		}
		return steps
	}
	return []step{must(engine.ErrChanged, settleEntry, string(s.Verdict), millis(s.At), text(s.Note), text(by.Gateway),
		text(by.Ref), by.Parts, text(string(s.Place)), e.ID, e.Leases, millis(e.Until))}
}

// Lease implements engine.Store.
func (s *Store) Lease(ctx context.Context, now, until time.Time, limit int, lanes ...engine.Lane) ([]engine.Entry, error) {
	if len(lanes) == 0 {
		lanes = []engine.Lane{engine.LaneFind, engine.LaneMail, engine.LaneText}
	}
	st, wanted := leaseLane, string(lanes[0])
	if len(lanes) > 1 {
		st, wanted = leaseLanes, ""
		for _, lane := range lanes { // each lane, and a semicolon
			wanted += string(lane) + ";"
		}
	}
	type leased struct {
		n     int64
		entry engine.Entry
	}
	var list []leased
	err := s.db.fetch(ctx, query{
		statement: st,
		args:      []any{millis(now), wanted, limit, millis(until), millis(until)},
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
		request, kind, way, notice, to, of   string
		n, notAfter, created, due, leasedEnd int64
	)
	err := r.Scan(&n, &e.ID, &request, &e.Account, &e.Locale, &kind, &way, &e.Effect.Round, &notice,
		&notAfter, &to, &of, &created, &due, &e.Attempts, &e.Leases, &e.Begun, &leasedEnd, &e.Young)
	if err != nil {
		return 0, e, err
	}
	if err := errors.Join(e.Contact.UnmarshalText([]byte(to)), e.About.UnmarshalText([]byte(of))); err != nil {
		return 0, e, fmt.Errorf("the contacts of entry %s: %w", e.ID, err)
	}
	if err := e.Effect.Way.UnmarshalText([]byte(way)); err != nil {
		return 0, e, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	e.Request, e.Effect.Kind, e.Effect.Notice, e.Effect.NotAfter = recovery.ID(request), recovery.EffectKind(kind), recovery.Notice(notice), moment(notAfter)
	e.Created, e.Due, e.Until = moment(created), moment(due), moment(leasedEnd)
	return n, e, nil
}
