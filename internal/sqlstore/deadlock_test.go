package sqlstore

import (
	"sync"
	"testing"

	"twohens/internal/storetest"
)

// Two transactions that wait for each other: PostgreSQL ends one of them, which is then repeated, and both are carried out.
func TestDeadlock(t *testing.T) {
	s, err := Open(t.Context(), Config{Driver: PostgreSQL, DSN: storetest.PostgresSchema(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	lock := onlyPostgres("SELECT key, tat FROM bucket WHERE key = ? FOR UPDATE")
	add := both("UPDATE bucket SET tat = tat + 1 WHERE key = ?")
	if _, err := s.db.write(t.Context(), durable, []step{do(saveBucket, "a", 0), do(saveBucket, "b", 0)}); err != nil {
		t.Fatal(err)
	}
	var pair, locked sync.WaitGroup
	locked.Add(2)
	for _, keys := range [][2]string{{"a", "b"}, {"b", "a"}} {
		pair.Go(func() {
			first := true
			q := query{statement: lock, args: []any{keys[0]}, each: func(row) error { return nil }}
			err := s.db.decide(t.Context(), durable, q, func() []step {
				if first {
					first = false
					locked.Done()
					locked.Wait() // each has locked its own and now asks for the other's
				}
				return []step{do(add, keys[1])}
			})
			if err != nil {
				t.Errorf("locking %s first: %v", keys[0], err)
			}
		})
	}
	pair.Wait()
	sum := 0
	_, err = s.one(t.Context(), onlyPostgres("SELECT sum(tat)::bigint FROM bucket"), func(r row) error { return r.Scan(&sum) })
	if err != nil || sum != 2 {
		t.Errorf("%d of 2 carried out, %v", sum, err)
	}
}
