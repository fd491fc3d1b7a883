package sqlstore_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
	"twohens/internal/staff"
	"twohens/internal/storetest"
)

// direct is a connection past the store.
func direct(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// terminate ends every other connection to the database, as a restart of the server does, and waits so long for each to be gone.
func terminate(t *testing.T, conn *pgx.Conn, wait time.Duration) {
	t.Helper()
	_, err := conn.Exec(t.Context(), `
		SELECT pg_terminate_backend(pid, $1) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
		wait.Milliseconds())
	if err != nil {
		t.Fatal(err)
	}
}

func TestPostgresNewer(t *testing.T) {
	c := sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)}
	open(t, c)
	if _, err := direct(t, c.DSN).Exec(t.Context(), "INSERT INTO schema_version (version_id, is_applied) VALUES (99999, true)"); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(t.Context(), c); !errors.Is(err, sqlstore.ErrNewer) {
		t.Errorf("opening: %v", err)
	}
}

// The password of a database must not end up in a log by way of an error.
func TestPostgresKeepsItsPassword(t *testing.T) {
	for _, dsn := range []string{
		"postgres://ann:hunter2@127.0.0.1:1/x?connect_timeout=1", "postgres://ann:hunter2@%zz/x", "user=ann password=hunter2 port=no",
	} {
		if _, err := sqlstore.Open(t.Context(), sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: dsn}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
}

// After a restart of the server, what only reads notices nothing, and what writes goes on.
func TestPostgresDeadConnections(t *testing.T) {
	c := sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)}
	s, other := open(t, c), direct(t, c.DSN)
	r := request()
	if err := s.Save(t.Context(), engine.Change{Create: &r}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var all sync.WaitGroup
		for range 10 { // every connection of the pool is open
			all.Go(func() { _, _ = s.Request(t.Context(), engine.Key{ID: r.ID}) })
		}
		all.Wait()
		terminate(t, other, 10*time.Second)
		for range 10 {
			all.Go(func() {
				if _, err := s.Request(t.Context(), engine.Key{ID: r.ID}); err != nil {
					t.Errorf("reading: %v", err)
				}
			})
		}
		all.Wait()
		stored, err := s.Request(t.Context(), engine.Key{ID: r.ID})
		if err != nil {
			t.Fatal(err)
		}
		stored.Request.Tries++
		if err := s.Save(t.Context(), engine.Change{Update: &stored}); err != nil {
			t.Errorf("writing: %v", err)
		}
	}
	if stored, err := s.Request(t.Context(), engine.Key{ID: r.ID}); err != nil || stored.Request.Tries != 3 {
		t.Errorf("%d tries, %v", stored.Request.Tries, err)
	}
}

// Connections that die in the middle of changes may leave one unknown, but never half done.
func TestPostgresDyingConnections(t *testing.T) {
	c := sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)}
	s, other := open(t, c), direct(t, c.DSN)
	var all sync.WaitGroup
	saved := make([]map[string]bool, 8)
	for i := range saved {
		saved[i] = map[string]bool{}
		all.Go(func() {
			for range 100 {
				r := request()
				err := s.Save(t.Context(), engine.Change{Create: &r, Entries: []engine.Entry{entry(r.ID), entry(r.ID)}})
				saved[i][string(r.ID)] = err == nil
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for over := false; !over; {
		terminate(t, other, 0)
		select {
		case <-done:
			over = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	failed := 0
	fresh := open(t, c) // those of the other may have died without its knowing yet
	list, err := fresh.Lease(t.Context(), noon, noon.Add(time.Hour), 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]int{}
	for _, e := range list {
		entries[string(e.Request)]++
	}
	for _, mine := range saved {
		for id, told := range mine {
			if n := entries[id]; n != 2 && (told || n != 0) {
				t.Errorf("told as saved: %v, but there are %d entries", told, n)
			}
			if !told {
				failed++
			}
		}
	}
	if failed == 0 {
		t.Error("no connection died in the middle of a change")
	}
}

func TestPostgresListen(t *testing.T) {
	c := sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)}
	one, two, other := open(t, c), open(t, c), direct(t, c.DSN)
	ctx, cancel := context.WithCancel(t.Context())
	woken := make(chan struct{}, 1000)
	var done sync.WaitGroup
	done.Go(func() {
		if err := one.Listen(ctx, func() { woken <- struct{}{} }); !errors.Is(err, context.Canceled) {
			t.Errorf("Listen: %v", err)
		}
	})
	defer done.Wait()
	defer cancel()
	wait := func(what string) {
		t.Helper()
		select {
		case <-woken:
		case <-time.After(20 * time.Second):
			t.Fatalf("nobody was woken %s", what)
		}
	}
	put := func(s *sqlstore.Store) {
		t.Helper()
		if err := s.Save(t.Context(), engine.Change{Entries: []engine.Entry{entry("r")}}); err != nil {
			t.Fatal(err)
		}
	}
	wait("at the beginning")
	put(two)
	wait("by another node")
	put(one) // its own
	put(two)
	wait("by another node")
	select {
	case <-woken:
		t.Error("a node woke itself")
	case <-time.After(200 * time.Millisecond):
	}
	terminate(t, other, 10*time.Second)
	wait("after the connection was mended")
	put(two) // its notifier's connection was ended as well
	put(two)
	wait("by another node again")
}

// A link is pressed at the moment at which another request sets the password: the proof that the press is just giving must end
// with the others, though its request was not there yet when the new password began to look for them.
func TestAttackLinkAgainstPassword(t *testing.T) {
	c := sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)}
	s, other := open(t, c), direct(t, c.DSN)
	asked, pressed := request(), request()
	asked.State, asked.Account, asked.Found, asked.Real = recovery.Proving, "acc", true, true
	pressed.State, pressed.Account, pressed.Found, pressed.Real = recovery.Resetting, "acc", true, true
	pressed.Grant = secret.NewOpaque().Digest()
	for _, r := range []recovery.Request{asked, pressed} {
		if err := s.Save(t.Context(), engine.Change{Create: &r}); err != nil {
			t.Fatal(err)
		}
	}
	// What Follow does, held up before its commit: the new request is there for nobody else yet, the old one is locked.
	if _, err := other.Exec(t.Context(), "CREATE TEMP TABLE held AS SELECT * FROM request WHERE id = $1", string(pressed.ID)); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "DELETE FROM request WHERE id = $1", string(pressed.ID)); err != nil {
		t.Fatal(err)
	}
	press, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"INSERT INTO request SELECT * FROM held",
		"UPDATE request SET version = version + 1 WHERE id = '" + string(asked.ID) + "'",
	} {
		if _, err := press.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	set := make(chan error, 1)
	go func() {
		set <- s.Save(t.Context(), engine.Change{Retire: &engine.Retirement{Account: "acc", At: noon}})
	}()
	waits := direct(t, c.DSN)
	for waiting := 0; waiting == 0; {
		select {
		case err := <-set:
			t.Fatalf("setting did not wait for the press: %v", err)
		default:
		}
		err := waits.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := press.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-set; err != nil {
		t.Fatalf("setting: %v", err)
	}
	for name, id := range map[string]recovery.ID{"asked": asked.ID, "pressed": pressed.ID} {
		stored, err := s.Request(t.Context(), engine.Key{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		if r := stored.Request; r.Real || !r.Grant.IsZero() {
			t.Errorf("the request that %s outlives the new password: %s", name, r.State)
		}
	}
}

// A pooler between the program and the server allows no prepared statements and no settings of our own.
func TestPostgresWithoutPreparedStatements(t *testing.T) {
	if testing.Short() {
		t.Skip("the contract once more")
	}
	storetest.Run(t, func(t testing.TB) storetest.Opened {
		return contract(t, sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.PostgresSchema(t) + "&default_query_exec_mode=exec"})
	})
}

// One of the staff signs in by a password at the moment at which it is replaced, perhaps because somebody else knows it: the session must not
// outlive the new password, whose end of all sessions has passed already.
func TestAttackStaffSignInAgainstPassword(t *testing.T) {
	c := sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)}
	s, other := open(t, c), direct(t, c.DSN)
	if err := s.AddMember(t.Context(), staff.Member{Name: "dora", Role: staff.Operator, Hash: "old", Made: noon}); err != nil {
		t.Fatal(err)
	}
	// What SetMemberHash does, held up before its commit.
	replacing, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"UPDATE staff SET hash = 'new' WHERE name = 'dora'", "DELETE FROM staff_session WHERE name = 'dora'"} {
		if _, err := replacing.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	n := staff.Session{ID: secret.NewOpaque().Digest(), Name: "dora", Began: noon, Seen: noon, Expires: noon.Add(time.Hour)}
	signed := make(chan error, 1)
	go func() { signed <- s.AddStaffSession(t.Context(), n, "old") }()
	waits := direct(t, c.DSN)
	for waiting := 0; waiting == 0; {
		select {
		case err := <-signed:
			t.Fatalf("the sign-in did not wait for the new password: %v", err)
		default:
		}
		err := waits.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := replacing.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-signed; !errors.Is(err, staff.ErrNobody) {
		t.Errorf("signed in by the old password: %v", err)
	}
}
