package sqlstore

import (
	"context"
	"fmt"
)

// A lease that ends early is due again when its entry was.
var releaseLeases = both("UPDATE entry SET leased = 0, ready = due WHERE verdict = '' AND leased <> 0")

// Inherit ends the leases that a program which died has left behind, and says how many. Whoever is going to work on the outbox
// calls it first.
//
// Only SQLite knows that nobody alive holds them: its one node marks the database as being served, and the mark goes with the
// program, however that ends. Where another program has the mark, and on PostgreSQL, leases run out by themselves.
func (s *Store) Inherit(ctx context.Context) (int64, error) {
	alone, err := s.db.serve()
	if err != nil {
		return 0, fmt.Errorf("marking the database as being served: %w", err)
	}
	if !alone {
		return 0, nil
	}
	released, err := s.db.write(ctx, durable, []step{do(releaseLeases)})
	if err != nil {
		return 0, fmt.Errorf("ending the leases of the dead: %w", err)
	}
	return released, nil
}
