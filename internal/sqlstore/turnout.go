package sqlstore

import (
	"context"
	"fmt"
	"time"

	"twohens/internal/engine"
)

var (
	countTurnout = both(`
		INSERT INTO turnout (range, slot, country, sent, entered) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (range, slot) DO UPDATE SET sent = turnout.sent + excluded.sent, entered = turnout.entered + excluded.entered`)

	turnoutOf = both(`
		SELECT COALESCE(max(country), ''), CAST(COALESCE(sum(sent), 0) AS BIGINT), CAST(COALESCE(sum(entered), 0) AS BIGINT)
		FROM turnout WHERE range = ? AND slot >= ?`)

	turnoutsSince = both(`
		SELECT range, max(country), CAST(sum(sent) AS BIGINT), CAST(sum(entered) AS BIGINT)
		FROM turnout WHERE slot >= ? AND range <> country GROUP BY range ORDER BY 3 DESC, range LIMIT ?`)
)

// count adds to the turnout of a block and to that of its country, which is looked at after each text and must not be added up from all its
// blocks. The block comes first for everyone, so that two which count in one country wait for each other in turn.
func count(t engine.Turnout) []step {
	slot, country := millis(t.Slot), text(t.Country)
	steps := []step{do(countTurnout, text(string(t.Range)), slot, country, t.Sent, t.Entered)}
	if country != "" && country != string(t.Range) {
		steps = append(steps, do(countTurnout, country, slot, country, t.Sent, t.Entered))
	}
	return steps
}

// Turnout implements engine.Tolls.
func (s *Store) Turnout(ctx context.Context, of engine.Range, since time.Time) (engine.Turnout, error) {
	t := engine.Turnout{Range: of}
	_, err := s.one(ctx, turnoutOf, func(r row) error { return r.Scan(&t.Country, &t.Sent, &t.Entered) }, text(string(of)), millis(since))
	if err != nil {
		return engine.Turnout{}, fmt.Errorf("adding up a turnout: %w", err)
	}
	return t, nil
}

// Turnouts implements engine.Tolls.
func (s *Store) Turnouts(ctx context.Context, since time.Time, limit int) ([]engine.Turnout, error) {
	list, err := all(ctx, s, turnoutsSince, func(r row) (t engine.Turnout, err error) {
		err = r.Scan(&t.Range, &t.Country, &t.Sent, &t.Entered)
		return t, err
	}, millis(since), limit)
	if err != nil {
		return nil, fmt.Errorf("listing turnouts: %w", err)
	}
	return list, nil
}
