package sqlstore

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/storetest"
)

// migrated opens a database and brings its schema up to date.
func migrated(t *testing.T, c Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Two transactions that wait for each other: PostgreSQL ends one of them, which is then repeated, and both are carried out.
func TestDeadlock(t *testing.T) {
	s := migrated(t, Config{Driver: PostgreSQL, DSN: storetest.PostgresSchema(t)})
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
	_, err := s.one(t.Context(), onlyPostgres("SELECT sum(tat)::bigint FROM bucket"), func(r row) error { return r.Scan(&sum) })
	if err != nil || sum != 2 {
		t.Errorf("%d of 2 carried out, %v", sum, err)
	}
}

// Whatever is changed of one account at once, its changes wait for each other in turn: no two for each other.
func TestNoDeadlock(t *testing.T) {
	c := Config{Driver: PostgreSQL, DSN: storetest.Postgres(t)}
	s := migrated(t, c)
	at := time.Date(2031, time.March, 4, 12, 0, 0, 0, time.UTC)
	address, err := contact.ParseEmail("ann@post.example")
	if err != nil {
		t.Fatal(err)
	}
	number, err := contact.ParsePhone("+34600123456", "")
	if err != nil {
		t.Fatal(err)
	}
	row := accounts.Row{ID: "acc", Emails: []contact.Email{address}, Phones: []contact.Phone{number}, Made: at, Changed: at}
	if err := s.AddAccount(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	codes := engine.SavedSet{Account: "acc", Codes: []engine.SavedCode{{Digest: "d", Made: at}}}
	stored := func(state recovery.State) *engine.Stored { // a request of the account, with its tally
		r := recovery.Request{ID: recovery.ID(rand.Text()), State: state, Account: "acc", Real: true, Holder: secret.NewOpaque().Digest(), Expires: at.Add(time.Hour)}
		if err := s.Save(t.Context(), engine.Change{Create: &r}); err != nil {
			t.Error(err)
		}
		loaded, err := s.Request(t.Context(), engine.Key{ID: r.ID})
		if err != nil {
			t.Error(err)
		}
		return &loaded
	}
	kinds := []func() engine.Change{
		func() engine.Change { // a wrong code
			r := stored(recovery.Proving)
			return engine.Change{Update: r, Tally: r}
		},
		func() engine.Change { // a saved code
			r := stored(recovery.Choosing)
			return engine.Change{Update: r, Tally: r, Spend: &engine.SavedUse{Account: "acc", Digest: "d", At: at}}
		},
		func() engine.Change { // a new password
			return engine.Change{
				Update: stored(recovery.Resetting), Password: &engine.Write{Account: "acc", Hash: "h", At: at}, Retire: &engine.Retirement{Account: "acc", At: at},
			}
		},
		func() engine.Change { return engine.Change{Join: stored(recovery.Choosing)} },
		func() engine.Change { // a sign-in
			return engine.Change{EndRow: "acc", SignIn: &engine.Session{ID: secret.NewOpaque().Digest(), Account: "acc", Began: at, Expires: at.Add(time.Hour)}}
		},
		func() engine.Change { // the account page
			return engine.Change{Saved: &codes, Answers: &engine.AnswerSet{Account: "acc"}, Locale: &engine.LocaleChange{Account: "acc", Locale: "es"}}
		},
		func() engine.Change {
			begun := recovery.Confirmation{ID: recovery.ID(rand.Text()), Account: "acc"}
			return engine.Change{
				Confirm: &engine.StoredConfirmation{Confirmation: begun}, Settled: &engine.StoredConfirmation{Confirmation: begun, Version: 1},
				Contact: &engine.ContactChange{Account: "acc", Remove: number.Contact(), Add: number.Contact(), At: at},
			}
		},
	}
	var all sync.WaitGroup
	for _, kind := range kinds {
		all.Go(func() {
			for range 40 {
				if err := s.Save(t.Context(), kind()); err != nil && !errors.Is(err, engine.ErrChanged) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := s.Close(); err != nil { // so that the server's processes tell what they have counted
		t.Fatal(err)
	}
	if n := deadlocks(t, c.DSN); n != 0 {
		t.Errorf("%d deadlocks", n)
	}
}

// deadlocks is how many the server has counted in a database, once nobody else is connected to it.
func deadlocks(t *testing.T, dsn string) (count int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for others := 1; others > 0; {
		err := conn.QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()),
				(SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())`).Scan(&others, &count)
		if err != nil {
			t.Fatal(err)
		}
	}
	return count
}
