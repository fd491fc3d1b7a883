package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// confirmation is one with something in every field.
func confirmation(t testing.TB, account string) recovery.Confirmation {
	t.Helper()
	c, _ := recovery.Classic().Confirm(recovery.Confirmation{
		ID: recovery.ID(id()), Account: account, Session: sum(), Contact: phone(t, "+34600123456").Contact(),
		Replaces: email(t, "用户@post.example").Contact(), Locale: "zh-Hans", Network: "192.0.2.7/32", Nonce: secret.NewNonce(), Key: "k1",
	}, noon)
	c.Tries = 2
	for i := range reflect.TypeOf(c).NumField() {
		if reflect.ValueOf(c).Field(i).IsZero() {
			t.Fatalf("the sample confirmation has nothing in %s", reflect.TypeOf(c).Field(i).Name)
		}
	}
	return c
}

var confirmations = []contract{
	{"every field comes back", func(t *testing.T, s Opened) {
		want := confirmation(t, odd)
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: want}})
		for name, look := range map[string]func() (engine.StoredConfirmation, error){
			"account": func() (engine.StoredConfirmation, error) { return s.Confirmation(t.Context(), odd) },
			"id":      func() (engine.StoredConfirmation, error) { return s.ConfirmationByID(t.Context(), want.ID) },
		} {
			got, err := look()
			if err != nil || got.Version != 1 {
				t.Fatalf("by %s: version %d, %v", name, got.Version, err)
			}
			same(t, got.Confirmation, want)
		}
		want, _, _ = want.Click(recovery.Classic(), noon.Add(10*time.Minute))
		want.Replaces, want.Tries = email(t, "ann@post.example").Contact(), 0
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: want, Version: 1}})
		got, err := s.Confirmation(t.Context(), odd)
		if err != nil || got.Version != 2 {
			t.Fatalf("version %d, %v", got.Version, err)
		}
		same(t, got.Confirmation, want)
	}},
	{"unknown", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: confirmation(t, "acc")}})
		for _, name := range []string{"", "nobody", "\x00\xff"} {
			if _, err := s.Confirmation(t.Context(), name); !errors.Is(err, engine.ErrNoConfirmation) {
				t.Errorf("of %q: %v", name, err)
			}
			if _, err := s.ConfirmationByID(t.Context(), recovery.ID(name)); !errors.Is(err, engine.ErrNoConfirmation) {
				t.Errorf("by %q: %v", name, err)
			}
		}
	}},
	{"another takes its place", func(t *testing.T, s Opened) {
		first, second, others := confirmation(t, "acc"), confirmation(t, "acc"), confirmation(t, "other")
		for _, c := range []recovery.Confirmation{first, others, second} {
			save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: c}})
		}
		if _, err := s.ConfirmationByID(t.Context(), first.ID); !errors.Is(err, engine.ErrNoConfirmation) {
			t.Errorf("the first: %v", err)
		}
		for account, want := range map[string]recovery.Confirmation{"acc": second, "other": others} {
			got, err := s.Confirmation(t.Context(), account)
			if err != nil || got.Version != 1 {
				t.Fatalf("%s: version %d, %v", account, got.Version, err)
			}
			same(t, got.Confirmation, want)
		}
		// Its code is still on its way: whoever loaded it, at the very same version, must not write over the second.
		first.Tries = 4
		changed(t, s.Save(t.Context(), engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: first, Version: 1}}))
	}},
	{"a stale version changes nothing", func(t *testing.T, s Opened) {
		c := confirmation(t, "acc")
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: c}})
		for _, version := range []int64{2, -1, 99} {
			changed(t, s.Save(t.Context(), engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: c, Version: version}}))
		}
		gone := confirmation(t, "nobody")
		changed(t, s.Save(t.Context(), engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: gone, Version: 1}}))
	}},
	{"settled", func(t *testing.T, s Opened) {
		replaced, c, gone := confirmation(t, "acc"), confirmation(t, "acc"), confirmation(t, "other")
		for _, each := range []recovery.Confirmation{replaced, c} {
			save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: each}})
		}
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: c, Version: 1}}) // a wrong code
		for name, stale := range map[string]engine.StoredConfirmation{
			"before the wrong code": {Confirmation: c, Version: 1}, "not loaded": {Confirmation: c},
			"replaced": {Confirmation: replaced, Version: 2}, "another's": {Confirmation: gone, Version: 2},
		} {
			if err := s.Save(t.Context(), engine.Change{Settled: &stale}); err != engine.ErrChanged {
				t.Errorf("%s: %v", name, err)
			}
		}
		last := engine.StoredConfirmation{Confirmation: c, Version: 2}
		save(t, s, engine.Change{Settled: &last})
		if _, err := s.ConfirmationByID(t.Context(), c.ID); !errors.Is(err, engine.ErrNoConfirmation) {
			t.Errorf("still there: %v", err)
		}
		changed(t, s.Save(t.Context(), engine.Change{Settled: &last}))
	}},
	{"a hundred right codes confirm once", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		addAccount(t, s, "acc", "ann@post.example")
		c := confirmation(t, "acc")
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: c}})
		if won := race(t, 100, engine.ErrChanged, func(ctx context.Context, i int) error {
			return []engine.Store{s, other}[i%2].Save(ctx, engine.Change{
				Settled: &engine.StoredConfirmation{Confirmation: c, Version: 1},
				Contact: &engine.ContactChange{Account: "acc", Add: c.Contact, At: noon},
				Entries: []engine.Entry{entry("r")},
			})
		}); won != 1 {
			t.Errorf("%d confirmed one contact", won)
		}
		if list := lease(t, s, noon, 200); len(list) != 1 {
			t.Errorf("%d notices", len(list))
		}
	}},
	{"no right code among a hundred tries", func(t *testing.T, s Opened) { // many at once get no more tries than one
		other := s.Again(t)
		defer other.Close()
		addAccount(t, s, "acc", "ann@post.example")
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: confirmation(t, "acc")}})
		before, err := s.Confirmation(t.Context(), "acc")
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		won := race(t, 100, engine.ErrChanged, func(ctx context.Context, i int) error {
			mine := before
			if i == 50 { // this one would be right; all were decided on the same state
				err := other.Save(ctx, engine.Change{
					Settled: &mine, Contact: &engine.ContactChange{Account: "acc", Add: mine.Confirmation.Contact, At: noon},
				})
				if err == nil {
					right = 1
				}
				return err
			}
			mine.Confirmation.Tries++
			return []engine.Store{s, other}[i%2].Save(ctx, engine.Change{Confirm: &mine})
		})
		if won != 1 || len(accountOf(t, s, "acc").Phones) != right {
			t.Errorf("%d tries were judged by one state; %d of them right", won, right)
		}
	}},
	{"tries at once are all counted", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: confirmation(t, "acc")}})
		race(t, 20, nil, func(ctx context.Context, _ int) error {
			for {
				stored, err := s.Confirmation(ctx, "acc")
				if err != nil {
					return err
				}
				stored.Confirmation.Tries++
				if err := s.Save(ctx, engine.Change{Confirm: &stored}); err != engine.ErrChanged {
					return err
				}
			}
		})
		if got, err := s.Confirmation(t.Context(), "acc"); err != nil || got.Confirmation.Tries != 22 {
			t.Errorf("%d tries, %v", got.Confirmation.Tries, err)
		}
	}},
}
