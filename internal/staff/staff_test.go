package staff_test

import (
	"errors"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
	"twohens/internal/staff"
)

// crew is the staff of a new database: dora, and adam who is stopped.
func crew(t *testing.T, hasher *password.Hasher) *staff.Staff {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "staff.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &staff.Staff{Table: store, Hasher: hasher, Limiter: quota.NewMemory(0), Now: time.Now}
	for _, name := range []string{"dora", "adam"} {
		if err := s.Add(t.Context(), name, staff.Desk, typed(t, "seven brown hens on a fence")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Disable(t.Context(), "adam", true); err != nil {
		t.Fatal(err)
	}
	return s
}

func typed(t *testing.T, text string) password.Password {
	t.Helper()
	p, err := password.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func hasher(t *testing.T, params password.Params, parallel, queue int) *password.Hasher {
	t.Helper()
	h, err := password.NewHasher(params, parallel, queue)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var (
	here = netip.MustParseAddr("192.0.2.7")
	far  = netip.MustParseAddr("198.51.100.9")
)

func TestSignIn(t *testing.T) {
	s := crew(t, hasher(t, password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, 0, 1000))
	right := typed(t, "seven brown hens on a fence")
	id, err := s.SignIn(t.Context(), "dora", right, here)
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.Session(t.Context(), id, true)
	if err != nil || session.Name != "dora" || session.Role != staff.Desk || session.Network != "192.0.2.7/32" {
		t.Fatalf("%+v, %v", session, err)
	}
	for name, chosen := range map[string]string{"dora": "another one altogether", "adam": "seven brown hens on a fence", "nobody": "seven brown hens on a fence", "DORA": "seven brown hens on a fence", "": "x y z"} {
		if _, err := s.SignIn(t.Context(), name, typed(t, chosen), here); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := s.SignOut(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), id, true); !errors.Is(err, staff.ErrNobody) {
		t.Error(err)
	}
	if _, err := s.Session(t.Context(), secret.Opaque{}, true); !errors.Is(err, staff.ErrNobody) {
		t.Error(err)
	}
	acts, err := s.Table.Acts(t.Context(), 10)
	if err != nil || len(acts) != 7 || acts[0].What != staff.SignedOut || acts[6].What != staff.SignedIn {
		t.Fatalf("%+v, %v", acts, err)
	}
	for _, a := range acts {
		if a.What == staff.Failed && a.Name != "" && a.Name != "dora" && a.Name != "adam" {
			t.Errorf("what was typed as a name is kept: %q", a.Name)
		}
	}
	for _, name := range []string{"", "Dora", "dora hen", "dora:x", "-dora", string(make([]byte, 41))} {
		if err := s.Add(t.Context(), name, staff.Desk, right); !errors.Is(err, staff.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A name that is not known, and one that is stopped, take a hash as a wrong password does (CWE-208): while no hash can be computed, none of them is
// answered.
func TestAttackSignInByTime(t *testing.T) {
	slow := hasher(t, password.Params{MemoryKiB: 128 << 10, Time: 8, Threads: 1}, 1, -1)
	s := crew(t, hasher(t, password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, 0, 1000))
	s.Hasher = slow
	done := make(chan error, 1)
	go func() {
		_, err := slow.Hash(t.Context(), typed(t, "something that takes long"))
		done <- err
	}()
	for end := time.Now().Add(30 * time.Second); slow.Inside() == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	for _, name := range []string{"nobody", "adam", "", "no name at all"} {
		if _, err := s.SignIn(t.Context(), name, typed(t, "some guess or other"), here); !errors.Is(err, password.ErrBusy) {
			t.Errorf("%q is answered without a hash: %v", name, err)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Who guesses at a name from one network uses up their own tries there, and neither the owner's from elsewhere nor, by a name made up for it,
// anybody's.
func TestAttackGuesses(t *testing.T) {
	s := crew(t, hasher(t, password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, 0, 1000))
	guess := typed(t, "some guess or other")
	limited := func(name string, from netip.Addr, tries int) bool {
		for range tries {
			if _, err := s.SignIn(t.Context(), name, guess, from); errors.Is(err, staff.ErrLimited) {
				return true
			}
		}
		return false
	}
	if !limited("dora", far, 20) {
		t.Error("there is no end of guesses")
	}
	limited("dora:192.0.2.7/32", netip.MustParseAddr("203.0.113.5"), 50)
	if _, err := s.SignIn(t.Context(), "dora", typed(t, "seven brown hens on a fence"), here); err != nil {
		t.Errorf("the owner, from elsewhere: %v", err)
	}
	if !limited("nobody", netip.MustParseAddr("203.0.113.6"), 70) {
		t.Error("one network guesses without end")
	}
}
