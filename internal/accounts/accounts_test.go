package accounts_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/sqlstore"
)

// The sign-in has one answer for whatever is the matter: unknown, disabled, without a password, with a hash that came from
// elsewhere and that nobody can use, or simply wrong.
func TestCheckTellsNothing(t *testing.T) {
	store, all := directory(t)
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
			address := email(t, "a"+name[:2]+"@post.example")
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

// Each address of an account finds it, signs in to it, and names it to the operator.
func TestAnyAddress(t *testing.T) {
	store, all := directory(t)
	right, other := secretText(t, "tall gate, quiet river"), secretText(t, "seven lanterns at dusk")
	main, second, gone := email(t, "Ann@post.example"), email(t, "ann@work.example"), email(t, "ann@old.example")
	number, err := contact.ParsePhone("+34600123456", "")
	if err != nil {
		t.Fatal(err)
	}
	row, err := all.Add(t.Context(), gone, &right, "es", number)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []engine.ContactChange{{Add: second.Contact()}, {Remove: gone.Contact(), Add: main.Contact(), Main: main.Contact()}} {
		c.Account, c.At = row.ID, row.Made
		if err := store.Save(t.Context(), engine.Change{Contact: &c}); err != nil {
			t.Fatal(err)
		}
	}
	want := engine.Account{
		ID: row.ID, Emails: []contact.Email{main, second}, Phones: []contact.Phone{number}, Locale: "es", Version: row.Version + 2,
		Added: map[contact.Contact]time.Time{main.Contact(): row.Made, second.Contact(): row.Made, number.Contact(): row.Made},
	}
	for _, typed := range []string{"ann@POST.example", "Ann@work.example"} {
		found, err := all.Find(t.Context(), email(t, typed))
		if err != nil || !reflect.DeepEqual(found, want) {
			t.Errorf("Find: %v, want %v, %v", found, want, err)
		}
		if found, err := all.Check(t.Context(), email(t, typed), right); err != nil || !reflect.DeepEqual(found, want) {
			t.Errorf("Check: %v, want %v, %v", found, want, err)
		}
	}
	if _, err := all.Find(t.Context(), gone); !errors.Is(err, engine.ErrNoAccount) {
		t.Errorf("Find by an address that was removed: %v", err)
	}
	if _, err := all.Check(t.Context(), gone, right); !errors.Is(err, engine.ErrNoAccount) {
		t.Errorf("Check with an address that was removed: %v", err)
	}
	if _, err := all.Add(t.Context(), second, nil, ""); !errors.Is(err, accounts.ErrTaken) {
		t.Errorf("an address of somebody's: %v", err)
	}
	if err := all.SetPassword(t.Context(), second, other); err != nil {
		t.Fatal(err)
	}
	if _, err := all.Check(t.Context(), main, other); err != nil {
		t.Errorf("with the operator's password: %v", err)
	}
	if err := all.Disable(t.Context(), second, true); err != nil {
		t.Fatal(err)
	}
	for _, address := range []contact.Email{main, second} {
		if _, err := all.Find(t.Context(), address); !errors.Is(err, engine.ErrNoAccount) {
			t.Errorf("Find of a stopped account: %v", err)
		}
		if _, err := all.Check(t.Context(), address, other); !errors.Is(err, engine.ErrNoAccount) {
			t.Errorf("Check of a stopped account: %v", err)
		}
	}
}

// Every account is listed once, by its main address, however many there are and whatever else belongs to it.
func TestList(t *testing.T) {
	store, all := directory(t)
	const count = 1203
	rows, want := make([]accounts.Row, count), make([]string, count)
	for i := range rows {
		main := email(t, fmt.Sprintf("p%04d@post.example", i))
		rows[i] = accounts.Row{ID: fmt.Sprint(i), Emails: []contact.Email{main, email(t, fmt.Sprintf("p%04d@aaa.example", count-i))}}
		want[i] = main.Key()
	}
	if err := store.AddAccounts(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := all.List(t.Context(), func(row accounts.Row) error {
		got = append(got, row.Main().Key())
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d accounts listed, %v", len(got), err)
	}
}

// directory is an empty one, over a database of its own.
func directory(t *testing.T) (*sqlstore.Store, *accounts.Accounts) {
	t.Helper()
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
	return store, accounts.New(store, hasher, slog.New(slog.DiscardHandler))
}

func email(t *testing.T, typed string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(typed)
	if err != nil {
		t.Fatal(err)
	}
	return e
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
