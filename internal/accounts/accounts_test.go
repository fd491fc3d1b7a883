package accounts_test

import (
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/sqlstore"
)

// The sign-in has one answer for whatever is the matter: unknown, disabled, without a password, with a hash that came from
// elsewhere and that nobody can use, or simply wrong.
func TestCheckTellsNothing(t *testing.T) {
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "accounts.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	hasher, err := password.NewHasher(password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := accounts.New(store, hasher, slog.New(slog.DiscardHandler))
	right, other := secretText(t, "tall gate, quiet river"), secretText(t, "seven lanterns at dusk")
	for name, prepare := range map[string]func(row accounts.Row){
		"unknown":  nil,
		"wrong":    func(accounts.Row) {},
		"none set": func(row accounts.Row) { hashed(t, store, row, "") },
		"unusable": func(row accounts.Row) { hashed(t, store, row, "$2y$10$of.another.kind") },
		"disabled": func(row accounts.Row) {
			if err := all.Disable(t.Context(), row.Main(), true); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			address, err := contact.ParseEmail("a" + name[:2] + "@post.example")
			if err != nil {
				t.Fatal(err)
			}
			typed := right
			if prepare != nil {
				row, err := all.Add(t.Context(), address, &right, "")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := all.Check(t.Context(), address, right); err != nil {
					t.Fatalf("before: %v", err)
				}
				prepare(row)
			}
			if name == "wrong" {
				typed = other
			}
			if _, err := all.Check(t.Context(), address, typed); !errors.Is(err, engine.ErrNoAccount) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func secretText(t *testing.T, text string) password.Password {
	t.Helper()
	p, err := password.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func hashed(t *testing.T, store *sqlstore.Store, row accounts.Row, hash string) {
	t.Helper()
	if err := store.SetHash(t.Context(), row.ID, hash, row.Made); err != nil {
		t.Fatal(err)
	}
}
