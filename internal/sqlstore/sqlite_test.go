package sqlstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/sqlstore"
)

func TestMain(m *testing.M) {
	switch os.Getenv("TWOHENS_TEST_CHILD") {
	case "write":
		writeUntilKilled(os.Getenv("TWOHENS_TEST_PATH"))
	case "open":
		_, err := sqlstore.Open(context.Background(), sqlstore.Config{Driver: sqlstore.SQLite, Path: os.Getenv("TWOHENS_TEST_PATH")})
		fmt.Println(err)
	default:
		os.Exit(m.Run())
	}
}

// child runs this test program again, in one of the roles above.
func child(role, path string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "TWOHENS_TEST_CHILD="+role, "TWOHENS_TEST_PATH="+path)
	return c
}

func TestFileIsItsOwners(t *testing.T) {
	for _, name := range []string{"twohens.db", "with space, 100% ?mode=memory&x=#y.db", "ümlaut 用户.db"} {
		dir := filepath.Join(t.TempDir(), "a", "b")
		path := filepath.Join(dir, name)
		s := open(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: path})
		if err := s.Save(t.Context(), engine.Change{Records: []engine.Record{{At: noon}}}); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]fs.FileMode{
			dir: fs.ModeDir | 0o700, filepath.Dir(dir): fs.ModeDir | 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
		} {
			if info, err := os.Stat(path); err != nil || info.Mode() != want {
				t.Errorf("%s: %v, %v, want %v", path, info, err, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 || left[0].Name() != name {
			t.Errorf("%s: the folder holds %v, %v", name, left, err)
		}
	}
}

func TestSettings(t *testing.T) { // what power cuts are survived by (synchronous 2 is FULL)
	path := filepath.Join(t.TempDir(), "x.db")
	open(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: path})
	db, err := sqlstore.Raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v, want %s", pragma, got, err, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is a letter, not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		config sqlstore.Config
		want   string
	}{
		"no such kind":    {sqlstore.Config{Driver: "oracle"}, `"oracle"`},
		"no path":         {sqlstore.Config{Driver: sqlstore.SQLite}, "path"},
		"not a database":  {sqlstore.Config{Driver: sqlstore.SQLite, Path: text}, "not a SQLite database"},
		"a folder":        {sqlstore.Config{Driver: sqlstore.SQLite, Path: dir}, "cannot be opened"},
		"inside a file":   {sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(text, "x.db")}, "not a directory"},
		"no address":      {sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: "host=127.0.0.1 port=1 connect_timeout=1"}, "refused"},
		"a broken adress": {sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: "postgres://%zz"}, "cannot be read"},
	} {
		s, err := sqlstore.Open(t.Context(), tt.config)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want something about %q", name, err, tt.want)
		}
		if s != nil {
			t.Errorf("%s: opened as well", name)
		}
	}
	if got, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(got), "this is a letter") {
		t.Errorf("the letter was written over: %v", err)
	}
}

func TestOpenLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: path, Wait: 50 * time.Millisecond})
	db, err := sqlstore.Raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin() // immediate: the write lock
	if err != nil {
		t.Fatal(err)
	}
	want := func(what string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "locked") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = sqlstore.Open(t.Context(), sqlstore.Config{Driver: sqlstore.SQLite, Path: path, Wait: 50 * time.Millisecond})
	want("opening", err)
	want("saving", s.Save(t.Context(), engine.Change{Records: []engine.Record{{At: noon}}}))
	if _, err := s.Recorded(t.Context(), "acc", 1); err != nil { // readers go on
		t.Errorf("reading: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), engine.Change{Records: []engine.Record{{At: noon}}}); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

// A writer waits for another program's write rather than failing.
func TestWaitsForAnotherProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: path})
	db, err := sqlstore.Raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan error)
	go func() {
		told <- s.Save(t.Context(), engine.Change{Records: []engine.Record{{At: noon, Account: "acc"}}})
	}()
	select {
	case err := <-told:
		t.Fatalf("did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-told; err != nil {
		t.Error(err)
	}
}

func TestOpenReadOnly(t *testing.T) {
	dir, err := os.MkdirTemp("", "twohens-readonly-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "x.db")
	if err := open(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: path}).Close(); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{path: 0o444, dir: 0o555} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(dir, 0o700)
	c := child("open", path)
	if os.Geteuid() == 0 { // permissions do not bind root
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		copied := filepath.Join(dir, "program")
		if err := copyProgram(copied); err != nil {
			t.Fatal(err)
		}
		c.Path = copied
	}
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "cannot be written") && !strings.Contains(string(out), "cannot be opened") {
		t.Errorf("%v: %s", err, out)
	}
}

// copyProgram puts this test program where others may run it.
func copyProgram(to string) error {
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

func TestOpenNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	c := sqlstore.Config{Driver: sqlstore.SQLite, Path: path}
	s := open(t, c)
	db, err := sqlstore.Raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO schema_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(t.Context(), c); !errors.Is(err, sqlstore.ErrNewer) {
		t.Errorf("opening: %v", err)
	}
	if err := s.Migrate(t.Context()); !errors.Is(err, sqlstore.ErrNewer) {
		t.Errorf("migrating: %v", err)
	}
}

// A full disk leads to errors, nothing is half done, and once there is room again it goes on.
func TestDiskFull(t *testing.T) {
	s := openFile(t)
	pair := func() (recovery.Request, engine.Change) {
		r := request()
		r.Locale = strings.Repeat("x", 3000)
		return r, engine.Change{Create: &r, Entries: []engine.Entry{entry(r.ID)}}
	}
	there := func(r recovery.Request) bool {
		_, err := s.Request(t.Context(), engine.Key{ID: r.ID})
		if err != nil && !errors.Is(err, engine.ErrNoRequest) {
			t.Fatal(err)
		}
		return err == nil
	}
	for _, many := range []int{1, 40} {
		if err := sqlstore.Fill(s, 30); err != nil {
			t.Fatal(err)
		}
		var kept, lost atomic.Int64
		for lost.Load() < 100 {
			var all sync.WaitGroup
			for range many {
				all.Go(func() {
					r, c := pair()
					err := s.Save(t.Context(), c)
					if err == nil {
						kept.Add(1)
					} else {
						lost.Add(1)
						if !strings.Contains(err.Error(), "disk is full") {
							t.Errorf("told %v", err)
						}
					}
					if there(r) != (err == nil) {
						t.Errorf("told %v, but there: %v", err, there(r))
					}
				})
			}
			all.Wait()
		}
		if err := sqlstore.Fill(s, -1); err != nil {
			t.Fatal(err)
		}
		r, c := pair()
		if err := s.Save(t.Context(), c); err != nil || !there(r) {
			t.Errorf("with room again: %v", err)
		}
		list, err := s.Lease(t.Context(), noon, noon.Add(time.Hour), 100000)
		if err != nil || int64(len(list)) != kept.Load()+1 {
			t.Errorf("%d at once: %d entries, %v, want the %d of what was saved", many, len(list), err, kept.Load()+1)
		}
	}
}

// Killed at any moment, what was told as saved is there, and what is there is whole (invariant 7).
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	told, runs := 0, 12
	if testing.Short() {
		runs = 3
	}
	for run := range runs {
		c := child("write", path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		var saved []string
		limit := 1 + run*run*7
		for len(saved) < limit && lines.Scan() {
			saved = append(saved, lines.Text())
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // told before it died
			saved = append(saved, lines.Text())
		}
		_ = c.Wait()
		if len(saved) < limit {
			t.Fatalf("run %d: it stopped by itself after %v", run, saved)
		}
		check(t, path, saved)
		told += len(saved)
	}
	t.Logf("%d changes were told as saved before the kills", told)
}

// writeUntilKilled saves requests with their entries, many at once, and tells of each that it is saved.
func writeUntilKilled(path string) {
	s, err := sqlstore.Open(context.Background(), sqlstore.Config{Driver: sqlstore.SQLite, Path: path})
	if err == nil {
		err = s.Migrate(context.Background())
	}
	if err != nil {
		fmt.Println("cannot begin:", err)
		return
	}
	var print sync.Mutex
	for range 8 {
		go func() {
			for {
				r := request()
				if err := s.Save(context.Background(), engine.Change{Create: &r, Entries: []engine.Entry{entry(r.ID), entry(r.ID)}}); err != nil {
					fmt.Println("cannot go on:", err)
					return
				}
				print.Lock()
				fmt.Println(r.ID)
				print.Unlock()
			}
		}()
	}
	select {}
}

// check opens what a killed program left.
func check(t *testing.T, path string, saved []string) {
	t.Helper()
	s := open(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: path})
	defer s.Close()
	for _, id := range saved {
		if _, err := s.Request(t.Context(), engine.Key{ID: recovery.ID(id)}); err != nil {
			t.Fatalf("told as saved, and lost: %s: %v", id, err)
		}
	}
	list, err := s.Lease(t.Context(), noon, noon.Add(time.Hour), 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	entries := map[recovery.ID]int{}
	for _, e := range list {
		entries[e.Request]++
		if err := s.Save(t.Context(), engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon}}); err != nil {
			t.Fatal(err)
		}
	}
	for id, n := range entries {
		if n != 2 {
			t.Errorf("half of a change was saved: %d entries of %s", n, id)
		}
		if _, err := s.Request(t.Context(), engine.Key{ID: id}); err != nil {
			t.Errorf("half of a change was saved: %v", err)
		}
	}
	for _, id := range saved {
		if entries[recovery.ID(id)] != 2 {
			t.Errorf("the entries of %s are lost", id)
		}
	}
}
