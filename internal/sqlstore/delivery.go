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

// mostSteps is how many lines are kept of one message's way, beside what its entry tells: a mail that is put off for as long as a code is
// good has fewer, and whoever reports without end fills no disk.
const mostSteps = 40

const handedColumns = "SELECT id, request, account, lane, kind, way, round, notice, contact, created, verdict, gateway, place, receipt FROM entry WHERE n = "

var (
	// Gateways name messages by numbers that begin anew now and then: a name is that of the last message it was given to.
	handedByRef = both(handedColumns + "(SELECT max(n) FROM entry WHERE gateway = ? AND ref = ? AND ref <> '')")
	handedByID  = both(handedColumns + "(SELECT n FROM entry WHERE id = ?)")

	noteEntry = both("UPDATE entry SET receipt = ?, receipt_said = ?, received = ? WHERE receipt IN ('', '" +
		string(engine.ReceiptPending) + "') AND id = ?")

	insertStep = both(fmt.Sprintf(`
		INSERT INTO step (entry, at, what, sender, said) SELECT ?, ?, ?, ?, ?
		WHERE (SELECT count(*) FROM step WHERE entry = ?) < %d`, mostSteps))

	postedOf = both(`
		SELECT id, account, kind, way, round, notice, contact, created, due, attempts, leased, verdict, settled, gateway, note
		FROM entry WHERE request = ? AND request <> '' ORDER BY n`)

	stepsOf = both(`
		SELECT step.entry, step.at, step.what, step.sender, step.said FROM entry JOIN step ON step.entry = entry.id
		WHERE entry.request = ? AND entry.request <> '' ORDER BY step.n`)

	requestsReferred = both(selectRequest + "WHERE request.reference = ? AND request.reference <> '' ORDER BY request.expires DESC LIMIT 20")

	backlog = both("SELECT lane, count(*), min(due) FROM entry WHERE verdict = '' GROUP BY lane ORDER BY lane")

	insertRecipient = both("INSERT INTO recipient (hour, lane, place, tag) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
	recipientsOf    = both("SELECT count(*) FROM recipient WHERE hour = ? AND lane = ? AND place = ?")

	markContact = both("UPDATE contact SET ailing = ?, ailing_said = ? WHERE account = ? AND kind = ? AND key = ? AND (ailing <> 0 OR CAST(? AS BIGINT) <> 0)")
	ailmentsOf  = both("SELECT kind, address, ailing, ailing_said FROM contact WHERE account = ? AND ailing <> 0 ORDER BY kind, place")

	insertSwitch = both("INSERT INTO switch (sender, by_whom, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
	deleteSwitch = both("DELETE FROM switch WHERE sender = ?")
	switches     = both("SELECT sender, by_whom, at FROM switch ORDER BY sender")
)

// SettleAll implements engine.Deliveries. Rows that many changes count in are changed in one order, so that two batches wait for each other in
// turn.
func (s *Store) SettleAll(ctx context.Context, changes []engine.Change) error {
	var steps, last []step
	var traffic []engine.Traffic
	var turnouts []engine.Turnout
	var recipients []engine.Recipient
	for _, c := range changes {
		if c.Settle != nil {
			steps = append(steps, settle(*c.Settle)...)
		}
		traffic, recipients = append(traffic, c.Traffic...), append(recipients, c.Recipients...)
		if c.Turnout != nil {
			turnouts = append(turnouts, *c.Turnout)
		}
		for _, record := range c.Records {
			last = append(last, addRecord(record))
		}
	}
	slices.SortFunc(turnouts, func(a, b engine.Turnout) int {
		return cmp.Or(strings.Compare(a.Country, b.Country), strings.Compare(string(a.Range), string(b.Range)), a.Slot.Compare(b.Slot))
	})
	for _, t := range turnouts {
		steps = append(steps, count(t)...)
	}
	steps = slices.Concat(steps, countTraffic(traffic), meet(recipients), last)
	return s.change(ctx, durable, "settling", steps...)
}

// addStep makes the step that writes down what happened to a message.
func addStep(entry string, st engine.Step) step {
	return do(insertStep, entry, millis(st.At), string(st.What), text(st.Sender), text(st.Said), entry)
}

// note makes the steps of a receipt.
func note(n engine.Noted) []step {
	r := n.Receipt
	return []step{
		must(engine.ErrChanged, noteEntry, string(r.State), text(r.Said), millis(r.At), n.Entry),
		addStep(n.Entry, engine.Step{At: r.At, What: n.What, Sender: r.Gateway, Said: r.Said}),
	}
}

// meet makes the steps that count recipients, in one order for everyone.
func meet(recipients []engine.Recipient) []step {
	slices.SortFunc(recipients, func(a, b engine.Recipient) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Place, b.Place), slices.Compare(a.Tag[:], b.Tag[:]))
	})
	var steps []step
	for _, r := range slices.Compact(recipients) {
		steps = append(steps, do(insertRecipient, millis(r.Hour), string(r.Lane), text(string(r.Place)), r.Tag[:]))
	}
	return steps
}

// markAs makes the step that marks a contact or takes its mark away.
func markAs(m engine.Marking) step {
	return do(markContact, millis(m.Since), text(m.Said), m.Account, string(m.Contact.Kind), m.Contact.Key(), millis(m.Since))
}

// Handed implements engine.Deliveries.
func (s *Store) Handed(ctx context.Context, r engine.Receipt) (engine.Handed, error) {
	st, args := handedByRef, []any{text(r.Gateway), text(r.Ref)}
	if r.Entry != "" {
		st, args = handedByID, []any{text(r.Entry)}
	}
	var h engine.Handed
	found, err := s.one(ctx, st, func(row row) error {
		var request, lane, kind, way, notice, to, verdict, place, state string
		var created int64
		e := &h.Entry
		err := row.Scan(&e.ID, &request, &e.Account, &lane, &kind, &way, &e.Effect.Round, &notice, &to, &created, &verdict, &h.Gateway, &place, &state)
		if err != nil {
			return err
		}
		h.Verdict, h.Place, h.State = engine.Verdict(verdict), engine.Place(place), engine.ReceiptState(state)
		e.Request, e.Created = recovery.ID(request), moment(created)
		return ofEntry(e, kind, way, notice, to)
	}, args...)
	switch {
	case err != nil:
		return engine.Handed{}, fmt.Errorf("looking for a message: %w", err)
	case !found:
		return engine.Handed{}, engine.ErrNoEntry
	}
	return h, nil
}

// ofEntry reads what of an entry is kept as text.
func ofEntry(e *engine.Entry, kind, way, notice, to string) error {
	e.Effect.Kind, e.Effect.Notice = recovery.EffectKind(kind), recovery.Notice(notice)
	if err := e.Effect.Way.UnmarshalText([]byte(way)); err != nil {
		return fmt.Errorf("entry %s: %w", e.ID, err)
	}
	if err := e.Contact.UnmarshalText([]byte(to)); err != nil {
		return fmt.Errorf("the contact of entry %s: %w", e.ID, err)
	}
	return nil
}

// Referred implements engine.Deliveries.
func (s *Store) Referred(ctx context.Context, reference recovery.Reference) ([]recovery.Request, error) {
	list, err := all(ctx, s, requestsReferred, func(r row) (recovery.Request, error) {
		stored, err := scanRequest(r)
		return stored.Request, err
	}, text(string(reference)))
	if err != nil {
		return nil, fmt.Errorf("looking for a reference: %w", err)
	}
	return list, nil
}

// Posted implements engine.Deliveries.
func (s *Store) Posted(ctx context.Context, request recovery.ID) ([]engine.Posted, error) {
	list, err := all(ctx, s, postedOf, func(r row) (p engine.Posted, err error) {
		var kind, way, notice, to, verdict string
		var created, due, leased, settled int64
		e := &p.Entry
		err = r.Scan(&e.ID, &e.Account, &kind, &way, &e.Effect.Round, &notice, &to, &created, &due, &e.Attempts, &leased, &verdict, &settled, &p.Gateway, &p.Note)
		if err != nil {
			return p, err
		}
		e.Request, e.Created, e.Due, e.Until = request, moment(created), moment(due), moment(leased)
		p.Verdict, p.Settled = engine.Verdict(verdict), moment(settled)
		return p, ofEntry(e, kind, way, notice, to)
	}, text(string(request)))
	if err != nil {
		return nil, fmt.Errorf("listing messages: %w", err)
	}
	type stepOf struct {
		entry string
		step  engine.Step
	}
	steps, err := all(ctx, s, stepsOf, func(r row) (of stepOf, err error) {
		var at int64
		err = r.Scan(&of.entry, &at, &of.step.What, &of.step.Sender, &of.step.Said)
		of.step.At = moment(at)
		return of, err
	}, text(string(request)))
	if err != nil {
		return nil, fmt.Errorf("listing what happened to messages: %w", err)
	}
	for _, of := range steps {
		if i := slices.IndexFunc(list, func(p engine.Posted) bool { return p.Entry.ID == of.entry }); i >= 0 {
			list[i].Steps = append(list[i].Steps, of.step)
		}
	}
	return list, nil
}

// Recipients implements engine.Deliveries.
func (s *Store) Recipients(ctx context.Context, hour time.Time, lane engine.Lane, place engine.Place) (n int, err error) {
	_, err = s.one(ctx, recipientsOf, func(r row) error { return r.Scan(&n) }, millis(hour), string(lane), text(string(place)))
	if err != nil {
		return 0, fmt.Errorf("counting recipients: %w", err)
	}
	return n, nil
}

// Backlog implements engine.Deliveries.
func (s *Store) Backlog(ctx context.Context) ([]engine.Backlog, error) {
	list, err := all(ctx, s, backlog, func(r row) (b engine.Backlog, err error) {
		var oldest int64
		err = r.Scan(&b.Lane, &b.Waiting, &oldest)
		b.Oldest = moment(oldest)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting what waits: %w", err)
	}
	return list, nil
}

// Ailments implements engine.Deliveries.
func (s *Store) Ailments(ctx context.Context, account string) ([]engine.Ailment, error) {
	list, err := all(ctx, s, ailmentsOf, func(r row) (a engine.Ailment, err error) {
		var kind, address string
		var since int64
		if err = r.Scan(&kind, &address, &since, &a.Said); err != nil {
			return a, err
		}
		a.Since, a.Contact = moment(since), contact.Contact{Kind: contact.Kind(kind), Address: address}
		return a, nil
	}, account)
	if err != nil {
		return nil, fmt.Errorf("listing marked contacts: %w", err)
	}
	return list, nil
}

// Switches implements engine.Deliveries.
func (s *Store) Switches(ctx context.Context) ([]engine.Switch, error) {
	list, err := all(ctx, s, switches, func(r row) (w engine.Switch, err error) {
		var at int64
		err = r.Scan(&w.Sender, &w.By, &at)
		w.At = moment(at)
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing switches: %w", err)
	}
	return list, nil
}

// SwitchOff implements engine.Deliveries.
func (s *Store) SwitchOff(ctx context.Context, w engine.Switch) error {
	return s.change(ctx, durable, "switching off", do(insertSwitch, text(w.Sender), text(w.By), millis(w.At)))
}

// SwitchOn implements engine.Deliveries.
func (s *Store) SwitchOn(ctx context.Context, sender string) error {
	return s.change(ctx, durable, "switching on", do(deleteSwitch, text(sender)))
}
