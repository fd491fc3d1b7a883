package sqlstore_test

import (
	"path/filepath"
	"testing"

	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Opened {
		return contract(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "new", "twohens.db")})
	})
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Opened {
		return contract(t, sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.PostgresSchema(t)})
	})
}

// contract opens an empty database for the contract suite.
func contract(t testing.TB, c sqlstore.Config) storetest.Opened {
	return storetest.Opened{
		Store: open(t, c),
		Again: func(t testing.TB) storetest.Store { return open(t, c) },
	}
}

// open opens a database and brings its schema up to date.
func open(t testing.TB, c sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
