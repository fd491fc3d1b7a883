package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
)

var accountRows = []contract{
	{"every field comes back", func(t *testing.T, s Opened) {
		want := accounts.Row{
			ID: odd, Version: 1, Hash: "$argon2id$v=19$" + odd, Locale: "ar",
			Emails: emails(t, "Ann.用户@mu\u0308nchen.example", "ann@post.example"), Phones: phones(t, "+34600123456", "+34699999999"),
			Made: noon, Changed: noon.Add(time.Second), Disabled: noon.Add(time.Minute),
		}
		want.Added = map[contact.Contact]time.Time{}
		for _, e := range want.Emails {
			want.Added[e.Contact()] = want.Made
		}
		for _, p := range want.Phones {
			want.Added[p.Contact()] = want.Made
		}
		for i := range reflect.TypeOf(want).NumField() {
			if reflect.ValueOf(want).Field(i).IsZero() {
				t.Fatalf("the sample account has nothing in %s", reflect.TypeOf(want).Field(i).Name)
			}
		}
		if err := s.AddAccount(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		byID, err := s.AccountByID(t.Context(), odd)
		if err != nil {
			t.Fatal(err)
		}
		same(t, byID, want)
		for _, any := range []string{"ann.用户@münchen.example", "ANN@post.example"} {
			byAddress, err := s.AccountByAddress(t.Context(), email(t, any))
			if err != nil {
				t.Fatal(err)
			}
			same(t, byAddress, want)
		}
		list, err := s.Accounts(t.Context(), "", 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d listed, %v", len(list), err)
		}
		same(t, list[0], want)
	}},
	{"unknown", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		if _, err := s.AccountByID(t.Context(), "nobody"); !errors.Is(err, accounts.ErrNoRow) {
			t.Errorf("by id: %v", err)
		}
		if _, err := s.AccountByID(t.Context(), "\x00"); !errors.Is(err, accounts.ErrNoRow) {
			t.Errorf("by an odd id: %v", err)
		}
		for _, twin := range []string{"bob@post.example", "\u0430nn@post.example", "ann@p\u043est.example", "ann@post.example.org"} {
			if _, err := s.AccountByAddress(t.Context(), email(t, twin)); !errors.Is(err, accounts.ErrNoRow) { // CVE-2019-19844
				t.Errorf("%s: %v", twin, err)
			}
		}
		for name, err := range map[string]error{
			"SetHash": s.SetHash(t.Context(), "nobody", "x", noon),
			"Disable": s.Disable(t.Context(), "nobody", true, noon),
			"enable":  s.Disable(t.Context(), "nobody", false, noon),
		} {
			if !errors.Is(err, accounts.ErrNoRow) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}},
	{"an address belongs to one", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "Ann@post.example")
		err := s.AddAccount(t.Context(), accounts.Row{ID: "other", Emails: emails(t, "aNN@POST.example")})
		if !errors.Is(err, accounts.ErrTaken) {
			t.Errorf("the same mailbox: %v", err)
		}
		if err := s.AddAccount(t.Context(), accounts.Row{ID: "acc", Emails: emails(t, "bob@post.example")}); err == nil {
			t.Error("the same id was taken twice")
		}
		if err := s.AddAccount(t.Context(), accounts.Row{ID: "third"}); err == nil {
			t.Error("an account without an address was added")
		}
	}},
	{"many or none", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		rows := []accounts.Row{
			{ID: "1", Emails: emails(t, "b@post.example")}, {ID: "2", Emails: emails(t, "c@post.example")}, {ID: "3", Emails: emails(t, "ann@post.example")},
		}
		if err := s.AddAccounts(t.Context(), rows); !errors.Is(err, accounts.ErrTaken) {
			t.Errorf("one of them taken: %v", err)
		}
		if _, err := s.AccountByID(t.Context(), "1"); !errors.Is(err, accounts.ErrNoRow) {
			t.Errorf("half of them were added: %v", err)
		}
		if err := s.AddAccounts(t.Context(), rows[:2]); err != nil {
			t.Error(err)
		}
		if err := s.AddAccounts(t.Context(), nil); err != nil {
			t.Errorf("none: %v", err)
		}
	}},
	{"listed by key, page by page", func(t *testing.T, s Opened) {
		var want []string
		var rows []accounts.Row
		for _, local := range []string{"b", "a", "Z", "aa", "a-b", "a_b", "é", "用", "z", "9", "a.b"} {
			e := email(t, local+"@post.example")
			rows = append(rows, accounts.Row{ID: id(), Emails: []contact.Email{e}})
			if local != "z" {
				want = append(want, e.Key())
			}
		}
		rows = slices.DeleteFunc(rows, func(r accounts.Row) bool { return r.Main().Local() == "z" }) // is the same mailbox as Z
		if err := s.AddAccounts(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		slices.Sort(want) // by bytes, on every server
		var got []string
		for after := ""; ; after = got[len(got)-1] {
			page, err := s.Accounts(t.Context(), after, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				got = append(got, r.Main().Key())
			}
			if len(page) < 3 {
				break
			}
		}
		same(t, got, want)
	}},
	{"an operator's password ends sessions", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		in := session("acc")
		save(t, s, engine.Change{SignIn: &in})
		at := noon.Add(time.Minute)
		if err := s.SetHash(t.Context(), "acc", "new", at); err != nil {
			t.Fatal(err)
		}
		sessionsAre(t, s, "acc")
		if row, err := s.AccountByID(t.Context(), "acc"); err != nil || row.Hash != "new" || row.Changed != at {
			t.Errorf("%v, %v, %v", row.Hash, row.Changed, err)
		}
	}},
	{"a dearer hash of the same password", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		in := session("acc")
		save(t, s, engine.Change{SignIn: &in})
		before, err := s.AccountByID(t.Context(), "acc")
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct{ old, hash, want string }{
			{"other", "wrong", "old"}, // changed by somebody since: left alone
			{"old", "dearer", "dearer"},
			{"old", "late", "dearer"},
		} {
			if err := s.RefreshHash(t.Context(), "acc", step.old, step.hash); err != nil {
				t.Fatal(err)
			}
			row, err := s.AccountByID(t.Context(), "acc")
			if err != nil || row.Hash != step.want || row.Changed != before.Changed {
				t.Errorf("%s for %s: %v, %v, %v", step.hash, step.old, row.Hash, row.Changed, err)
			}
		}
		sessionsAre(t, s, "acc", in.ID)
	}},
	{"disabling", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		in := session("acc")
		save(t, s, engine.Change{SignIn: &in})
		for _, step := range []struct {
			disabled bool
			at, want time.Time
		}{
			{true, noon, noon},
			{true, noon.Add(time.Hour), noon}, // the first time stays
			{false, noon.Add(time.Hour), time.Time{}},
			{false, noon.Add(time.Hour), time.Time{}},
			{true, noon.Add(2 * time.Hour), noon.Add(2 * time.Hour)},
		} {
			if err := s.Disable(t.Context(), "acc", step.disabled, step.at); err != nil {
				t.Fatal(err)
			}
			row, err := s.AccountByAddress(t.Context(), email(t, "ann@post.example"))
			if err != nil || row.Disabled != step.want {
				t.Errorf("disabled %v, want %v, %v", row.Disabled, step.want, err)
			}
			sessionsAre(t, s, "acc")
		}
	}},
	{"what the operator does ends what was proved", func(t *testing.T, s Opened) {
		for name, shut := range map[string]func(id string) error{
			"a new password": func(id string) error { return s.SetHash(t.Context(), id, "new", noon.Add(time.Minute)) },
			"disabling":      func(id string) error { return s.Disable(t.Context(), id, true, noon.Add(time.Minute)) },
		} {
			addAccount(t, s, name, id()+"@post.example")
			proving, proved, others := found(t, name), granted(t, name), granted(t, "other "+name)
			create(t, s, proving, proved, others)
			if err := shut(name); err != nil {
				t.Fatal(err)
			}
			if r := load(t, s, proved.ID).Request; r.State != recovery.Closed || !r.Grant.IsZero() {
				t.Errorf("%s: what was proved is %s", name, r.State)
			}
			if r := load(t, s, proving.ID).Request; r.Real || !r.Link.IsZero() {
				t.Errorf("%s: a request that was open can still be proved", name)
			}
			if r := load(t, s, others.ID).Request; r.State != recovery.Resetting {
				t.Errorf("%s: another account's request is %s", name, r.State)
			}
		}
	}},
	{"one of many adds an address", func(t *testing.T, s Opened) {
		address := email(t, "ann@post.example")
		if won := race(t, 20, accounts.ErrTaken, func(ctx context.Context, i int) error {
			return s.AddAccount(ctx, accounts.Row{ID: fmt.Sprint(i), Emails: []contact.Email{address}})
		}); won != 1 {
			t.Errorf("%d accounts have one address", won)
		}
	}},
	{"a change decided on an account that has changed", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		set := func(version int64, codes ...engine.SavedCode) error {
			seen := engine.Account{ID: "acc", Version: version}
			return s.Save(t.Context(), engine.Change{Seen: &seen, Saved: &engine.SavedSet{Account: "acc", Codes: codes}})
		}
		row, err := s.AccountByID(t.Context(), "acc")
		if err != nil {
			t.Fatal(err)
		}
		if err := set(row.Version, engine.SavedCode{Digest: "one", Made: noon}); err != nil {
			t.Fatal(err)
		}
		changed(t, set(row.Version))
		save(t, s, engine.Change{Spend: &engine.SavedUse{Account: "acc", Digest: "one", At: noon}})
		changed(t, set(row.Version+1))
		if got := saved(t, s, "acc"); len(got) != 1 || got[0].Used.IsZero() {
			t.Errorf("codes %v", got)
		}
		if err := set(0); err != nil { // of a directory that tells no versions
			t.Error(err)
		}
	}},
	{"a long hash", func(t *testing.T, s Opened) {
		hash := strings.Repeat("h", 100_000)
		if err := s.AddAccount(t.Context(), accounts.Row{ID: "acc", Emails: emails(t, "ann@post.example"), Hash: hash}); err != nil {
			t.Fatal(err)
		}
		if row, err := s.AccountByID(t.Context(), "acc"); err != nil || row.Hash != hash {
			t.Errorf("%d bytes, %v", len(row.Hash), err)
		}
	}},
}
