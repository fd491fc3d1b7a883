// Package storetest is the contract of the database adapters: every method of every port that they implement, on a real
// database. It also starts a private PostgreSQL server for the tests that need one (postgres.go).
package storetest

import (
	"testing"

	"twohens/internal/accounts"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/quota"
	"twohens/internal/quota/quotatest"
	"twohens/internal/staff"
	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// Store is all that a database adapter provides.
type Store interface {
	engine.Store
	accounts.Table
	gate.APIKeys
	quota.Limiter
	scratch.Spent
	staff.Table
	Close() error
}

// Opened is an empty database with a handle on it.
type Opened struct {
	Store
	// Again opens one more handle on the same database, as another node or a restarted program has. The test closes it.
	Again func(t testing.TB) Store
}

// Run runs the contract. Each call of open gives an empty database; what it opened is open's to close, by t.Cleanup.
func Run(t *testing.T, open func(t testing.TB) Opened) {
	for _, group := range []struct {
		name  string
		tests []contract
	}{
		{"Request", requests},
		{"Save", saves},
		{"Entry", entries},
		{"Session", sessions},
		{"Record", records},
		{"Account", accountRows},
		{"Contact", contacts},
		{"Keepsake", keepsakes},
		{"Undo", undoings},
		{"Confirmation", confirmations},
		{"Toll", tolls},
		{"Delivery", deliveries},
		{"Guesses", guesses},
		{"Staff", staffs},
		{"APIKey", apiKeys},
		{"Sweep", sweeps},
		{"Life", lives},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.tests {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, open(t))
				})
			}
		})
	}
	t.Run("Spent", func(t *testing.T) {
		scratchtest.Spent(t, func(t *testing.T) (one, other scratch.Spent) {
			s := open(t)
			again := s.Again(t)
			t.Cleanup(func() { again.Close() })
			return s, again // two handles are two nodes
		})
	})
	t.Run("Limiter", func(t *testing.T) {
		quotatest.TestLimiter(t, func(t *testing.T) quota.Limiter { return open(t) })
	})
}

type contract struct {
	name string
	run  func(*testing.T, Opened)
}
