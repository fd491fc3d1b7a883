package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"twohens/internal/engine"
)

var (
	// What was spent within each of the caps, in their order. Caps reach over countries, so no row's lock would keep two payments apart:
	// on PostgreSQL they come one after the other by a lock of their own.
	spentWithin = each(`
		SELECT cap.key, COALESCE(sum(texts), 0), COALESCE(sum(micros), 0)
		FROM json_each(?) AS cap LEFT JOIN spending ON day >= cap.value->>'since' AND cap.value->>'country' IN ('', country)
		GROUP BY cap.key`, `
		SELECT cap.key - 1, CAST(COALESCE(sum(texts), 0) AS BIGINT), CAST(COALESCE(sum(micros), 0) AS BIGINT)
		FROM json_array_elements(?::json) WITH ORDINALITY AS cap (value, key)
		LEFT JOIN spending ON day >= (cap.value->>'since')::bigint AND cap.value->>'country' IN ('', country)
		GROUP BY cap.key`)
	lockSpending = onlyPostgres("SELECT pg_advisory_xact_lock(7202617351)")

	addSpending = both(`
		INSERT INTO spending (day, country, texts, parts, micros) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (day, country) DO UPDATE SET texts = spending.texts + excluded.texts,
			parts = spending.parts + excluded.parts, micros = spending.micros + excluded.micros`)

	// Nobody gets back more than was paid: a repeat after a crash could make spending look smaller than it is.
	takeSpending = both(`
		UPDATE spending SET texts = CASE WHEN texts > ? THEN texts - ? ELSE 0 END, parts = CASE WHEN parts > ? THEN parts - ? ELSE 0 END,
			micros = CASE WHEN micros > ? THEN micros - ? ELSE 0 END
		WHERE day = ? AND country = ?`)

	spendingSince = both("SELECT day, country, texts, parts, micros FROM spending WHERE day >= ? ORDER BY day, country")
)

// capBody is a cap on its way into SQL.
type capBody struct {
	Since   int64  `json:"since"`
	Country string `json:"country"`
}

// Pay implements engine.Tolls.
func (s *Store) Pay(ctx context.Context, t engine.Toll, caps []engine.SpendCap) (paid bool, err error) {
	if t.Texts < 0 || t.Parts < 0 || t.Micros < 0 {
		return false, errors.New("a toll below nothing")
	}
	bodies := make([]capBody, len(caps))
	for i, c := range caps {
		bodies[i] = capBody{millis(c.Since), c.Country}
	}
	list, err := json.Marshal(bodies)
	if err != nil {
		return false, err
	}
	spent := make([]engine.Toll, len(caps))
	q := query{
		statement: spentWithin,
		args:      []any{string(list)},
		locks:     []step{do(lockSpending)},
		each: func(r row) error {
			var at int
			var sum engine.Toll
			if err := r.Scan(&at, &sum.Texts, &sum.Micros); err != nil {
				return err
			}
			spent[at] = sum
			return nil
		},
	}
	err = s.db.decide(ctx, durable, q, func() []step {
		paid = true
		for i, c := range caps {
			paid = paid && c.Admits(spent[i], t)
		}
		if !paid {
			return nil
		}
		return []step{do(addSpending, millis(t.Day), text(t.Country), t.Texts, t.Parts, t.Micros)}
	})
	if err != nil {
		return false, fmt.Errorf("paying for a text: %w", err)
	}
	return paid, nil
}

// Repay implements engine.Tolls.
func (s *Store) Repay(ctx context.Context, t engine.Toll) error {
	return s.change(ctx, durable, "repaying a text", do(takeSpending,
		t.Texts, t.Texts, t.Parts, t.Parts, t.Micros, t.Micros, millis(t.Day), text(t.Country)))
}

// Spending implements engine.Tolls.
func (s *Store) Spending(ctx context.Context, since time.Time) ([]engine.Toll, error) {
	list, err := all(ctx, s, spendingSince, func(r row) (t engine.Toll, err error) {
		var day int64
		err = r.Scan(&day, &t.Country, &t.Texts, &t.Parts, &t.Micros)
		t.Day = moment(day)
		return t, err
	}, millis(since))
	if err != nil {
		return nil, fmt.Errorf("listing what was spent: %w", err)
	}
	return list, nil
}
