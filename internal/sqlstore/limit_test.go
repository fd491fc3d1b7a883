package sqlstore_test

import (
	"path/filepath"
	"testing"

	"twohens/internal/quota"
	"twohens/internal/quota/quotatest"
	"twohens/internal/sqlstore"
)

func TestLimiterSQLite(t *testing.T) {
	quotatest.TestLimiter(t, func(t *testing.T) quota.Limiter { return openSQLite(t) })
}

func openSQLite(t testing.TB) *sqlstore.Store {
	t.Helper()
	return reopen(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "new", "twohens.db")})
}

func reopen(t testing.TB, c sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
