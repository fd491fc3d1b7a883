package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"twohens/internal/engine"
)

var (
	countGuesses = both(`
		INSERT INTO guesses (slot, wrong, good) VALUES (?, ?, ?)
		ON CONFLICT (slot) DO UPDATE SET wrong = guesses.wrong + excluded.wrong, good = guesses.good + excluded.good`)

	guessesBetween = both(`
		SELECT CAST(COALESCE(sum(wrong), 0) AS BIGINT), CAST(COALESCE(sum(good), 0) AS BIGINT) FROM guesses WHERE slot > ? AND slot <= ?`)

	sweepGuesses = both("DELETE FROM guesses WHERE slot < ?")
)

// CountGuesses implements engine.GuessCounts. The slots come in one order for all nodes, so that two wait for each other in turn.
func (s *Store) CountGuesses(ctx context.Context, list []engine.Guesses) error {
	list = slices.SortedFunc(slices.Values(list), func(a, b engine.Guesses) int { return cmp.Compare(a.Slot.UnixMilli(), b.Slot.UnixMilli()) })
	var steps []step
	for _, g := range list {
		steps = append(steps, do(countGuesses, millis(g.Slot), g.Wrong, g.Right))
	}
	return s.change(ctx, relaxed, "counting typed codes", steps...)
}

// GuessesBetween implements engine.GuessCounts.
func (s *Store) GuessesBetween(ctx context.Context, after, last time.Time) (sum engine.Guesses, err error) {
	_, err = s.one(ctx, guessesBetween, func(r row) error { return r.Scan(&sum.Wrong, &sum.Right) }, millis(after), millis(last))
	if err != nil {
		return engine.Guesses{}, fmt.Errorf("adding up typed codes: %w", err)
	}
	return sum, nil
}
