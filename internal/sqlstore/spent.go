package sqlstore

import (
	"context"
	"fmt"
	"time"
)

var spend = both("INSERT INTO spent (id, until) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")

// Spend implements scratch.Spent: of any number of calls with one id, over all nodes, exactly one adds the row.
func (s *Store) Spend(ctx context.Context, id [16]byte, until time.Time) (first bool, err error) {
	added, err := s.db.write(ctx, durable, []step{do(spend, id[:], millis(until))})
	if err != nil {
		return false, fmt.Errorf("spending a challenge: %w", err)
	}
	return added == 1, nil
}
