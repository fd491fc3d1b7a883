package sqlstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
)

// The leases of a program that is gone end when the next one begins, and not while it is there.
func TestInherit(t *testing.T) {
	c := sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "x.db")}
	first, second := open(t, c), open(t, c)
	if n := inherit(t, first); n != 0 {
		t.Errorf("%d leases of nobody", n)
	}
	held, settled, waiting := entry("r"), entry("r"), entry("r")
	waiting.Due = noon.Add(time.Minute)
	put := engine.Change{Entries: []engine.Entry{held, settled, waiting}}
	if err := first.Save(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	for _, e := range leased(t, first) {
		if e.ID == settled.ID {
			if err := first.Save(t.Context(), engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := inherit(t, second); n != 0 || len(leased(t, second)) != 0 {
		t.Errorf("%d leases of the living", n)
	}
	if n := inherit(t, first); n != 1 {
		t.Errorf("%d leases of its own from before", n)
	}
	if list := leased(t, first); len(list) != 1 {
		t.Fatalf("%d entries", len(list))
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if n := inherit(t, second); n != 1 {
		t.Errorf("%d leases of the one that is gone", n)
	}
	list := leased(t, second)
	if len(list) != 1 || list[0].ID != held.ID || list[0].Leases != 3 {
		t.Errorf("taken up: %+v", list)
	}
}

// On PostgreSQL nobody knows which nodes there are.
func TestInheritPostgres(t *testing.T) {
	s := open(t, sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)})
	if err := s.Save(t.Context(), engine.Change{Entries: []engine.Entry{entry("r")}}); err != nil {
		t.Fatal(err)
	}
	if list := leased(t, s); len(list) != 1 {
		t.Fatalf("%d entries", len(list))
	}
	if n := inherit(t, s); n != 0 || len(leased(t, s)) != 0 {
		t.Errorf("%d leases of a node that may be alive", n)
	}
}

func inherit(t *testing.T, s *sqlstore.Store) int64 {
	t.Helper()
	n, err := s.Inherit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func leased(t *testing.T, s *sqlstore.Store) []engine.Entry {
	t.Helper()
	list, err := s.Lease(t.Context(), noon, noon.Add(time.Hour), 10)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
