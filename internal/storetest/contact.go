package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
)

var contacts = []contract{
	{"one change after the other", func(t *testing.T, s Opened) {
		mail := func(typed string) contact.Contact { return email(t, typed).Contact() }
		call := func(typed string) contact.Contact { return phone(t, typed).Contact() }
		addAccount(t, s, "acc", "ann@post.example")
		addAccount(t, s, "other", "bob@post.example")
		const one, two, three = "+34600123456", "+34699999999", "+447400123456"
		for _, step := range []struct {
			name   string
			change engine.ContactChange
			err    error
			emails []string
			phones []string
		}{
			{"nothing", engine.ContactChange{}, nil, []string{"ann@post.example"}, nil},
			{"the last address", engine.ContactChange{Remove: mail("ann@post.example")}, engine.ErrChanged, []string{"ann@post.example"}, nil},
			{"a number", engine.ContactChange{Add: call(one)}, nil, []string{"ann@post.example"}, []string{one}},
			{"the number again", engine.ContactChange{Add: call(one)}, engine.ErrChanged, []string{"ann@post.example"}, []string{one}},
			{"a second", engine.ContactChange{Add: call(two)}, nil, []string{"ann@post.example"}, []string{one, two}},
			{"a third", engine.ContactChange{Add: call(three)}, engine.ErrChanged, []string{"ann@post.example"}, []string{one, two}},
			{"another first", engine.ContactChange{Main: call(two)}, nil, []string{"ann@post.example"}, []string{two, one}},
			{"the first first", engine.ContactChange{Main: call(two)}, nil, []string{"ann@post.example"}, []string{two, one}},
			{"one for another", engine.ContactChange{Remove: call(two), Add: call(three)}, nil, []string{"ann@post.example"}, []string{one, three}},
			{"for another, first", engine.ContactChange{Remove: call(one), Add: call(two), Main: call(two)}, nil, []string{"ann@post.example"}, []string{two, three}},
			{"no number of theirs", engine.ContactChange{Remove: call(one)}, engine.ErrChanged, []string{"ann@post.example"}, []string{two, three}},
			{"first of none", engine.ContactChange{Main: call(one)}, engine.ErrChanged, []string{"ann@post.example"}, []string{two, three}},
			{"somebody's address", engine.ContactChange{Add: mail("BOB@post.example")}, engine.ErrTaken, []string{"ann@post.example"}, []string{two, three}},
			{"somebody's for theirs", engine.ContactChange{Remove: call(two), Add: mail("bob@POST.example")}, engine.ErrTaken, []string{"ann@post.example"}, []string{two, three}},
			{"removing somebody's", engine.ContactChange{Remove: mail("bob@post.example")}, engine.ErrChanged, []string{"ann@post.example"}, []string{two, three}},
			{"an address", engine.ContactChange{Add: mail("Ann@work.example")}, nil, []string{"ann@post.example", "Ann@work.example"}, []string{two, three}},
			{"its twin", engine.ContactChange{Remove: mail("ann@post.example"), Add: mail("ann@WORK.example")}, engine.ErrChanged, []string{"ann@post.example", "Ann@work.example"}, []string{two, three}},
			{"the main address goes", engine.ContactChange{Remove: mail("ANN@post.example")}, nil, []string{"Ann@work.example"}, []string{two, three}},
			{"the only one for another", engine.ContactChange{Remove: mail("ann@work.example"), Add: mail("ann@post.example")}, nil, []string{"ann@post.example"}, []string{two, three}},
			{"no numbers", engine.ContactChange{Remove: call(two)}, nil, []string{"ann@post.example"}, []string{three}},
		} {
			change, before := step.change, version(t, s, "acc")
			change.Account, change.At = "acc", noon
			if err := s.Save(t.Context(), engine.Change{Contact: &change}); err != step.err {
				t.Fatalf("%s: %v, want %v", step.name, err, step.err)
			}
			row := accountOf(t, s, "acc")
			same(t, row.Emails, emails(t, step.emails...))
			same(t, row.Phones, phones(t, step.phones...))
			if moved := row.Version != before; moved != (step.err == nil) {
				t.Errorf("%s: version %d after %d", step.name, row.Version, before)
			}
		}
		same(t, accountOf(t, s, "other").Emails, emails(t, "bob@post.example"))
	}},
	{"found by any address, by no more than those", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		work := email(t, "ann@work.example")
		changeContact(t, s, engine.ContactChange{Account: "acc", Add: work.Contact(), Main: work.Contact()})
		for _, typed := range []string{"ann@post.example", "Ann@Work.example"} {
			if row, err := s.AccountByAddress(t.Context(), email(t, typed)); err != nil || row.ID != "acc" || row.Main() != work {
				t.Errorf("by %s: %s, %v", typed, row.ID, err)
			}
		}
		changeContact(t, s, engine.ContactChange{Account: "acc", Remove: work.Contact()})
		if _, err := s.AccountByAddress(t.Context(), work); !errors.Is(err, accounts.ErrNoRow) {
			t.Errorf("by an address that was removed: %v", err)
		}
		addAccount(t, s, "other", "ann@work.example") // it is free again
	}},
	{"telephones may be shared", func(t *testing.T, s Opened) {
		shared := phone(t, "+34600123456")
		for _, account := range []string{"one", "two"} {
			addAccount(t, s, account, account+"@post.example")
			changeContact(t, s, engine.ContactChange{Account: account, Add: shared.Contact()})
			same(t, accountOf(t, s, account).Phones, []contact.Phone{shared})
		}
	}},
	{"of a stopped account nothing changes", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		if err := s.Disable(t.Context(), "acc", true, noon); err != nil {
			t.Fatal(err)
		}
		for _, account := range []string{"acc", "nobody"} {
			changed(t, s.Save(t.Context(), engine.Change{
				Contact: &engine.ContactChange{Account: account, Add: email(t, "new@post.example").Contact(), At: noon},
			}))
			changed(t, s.Save(t.Context(), engine.Change{Locale: &engine.LocaleChange{Account: account, Locale: "ar"}}))
		}
		if row := accountOf(t, s, "acc"); len(row.Emails) != 1 || row.Locale != "en" {
			t.Errorf("%d addresses, %s", len(row.Emails), row.Locale)
		}
	}},
	{"too many from the beginning", func(t *testing.T, s Opened) {
		for name, row := range map[string]accounts.Row{
			"addresses": {ID: "a", Emails: emails(t, "a@post.example", "b@post.example", "c@post.example")},
			"numbers":   {ID: "a", Emails: emails(t, "a@post.example"), Phones: phones(t, "+34600123456", "+34699999999", "+447400123456")},
			"one twice": {ID: "a", Emails: emails(t, "a@post.example", "A@post.example")},
		} {
			if err := s.AddAccount(t.Context(), row); err == nil {
				t.Errorf("%s: added", name)
			}
			if _, err := s.AccountByID(t.Context(), "a"); !errors.Is(err, accounts.ErrNoRow) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}},
	{"everything counts the version", func(t *testing.T, s Opened) { // what a worker copied in must not be older
		addAccount(t, s, "acc", "ann@post.example")
		save(t, s, engine.Change{Saved: &engine.SavedSet{Account: "acc", Codes: []engine.SavedCode{{Digest: "d", Made: noon}}}})
		steps := map[string]func() error{
			"an operator's password": func() error { return s.SetHash(t.Context(), "acc", "new", noon) },
			"disabling":              func() error { return s.Disable(t.Context(), "acc", true, noon) },
			"enabling":               func() error { return s.Disable(t.Context(), "acc", false, noon) },
		}
		for name, c := range map[string]engine.Change{
			"a password":  {Password: &engine.Write{Account: "acc", Hash: "new", At: noon}},
			"a contact":   {Contact: &engine.ContactChange{Account: "acc", Main: email(t, "ann@post.example").Contact(), At: noon}},
			"a language":  {Locale: &engine.LocaleChange{Account: "acc", Locale: "es"}},
			"answers":     {Answers: &engine.AnswerSet{Account: "acc"}},
			"a used code": {Spend: &engine.SavedUse{Account: "acc", Digest: "d", At: noon}},
		} {
			steps[name] = func() error { return s.Save(t.Context(), c) }
		}
		steps["codes"] = func() error {
			return s.Save(t.Context(), engine.Change{Saved: &engine.SavedSet{Account: "acc", Codes: []engine.SavedCode{{Digest: "d", Made: noon}}}})
		}
		for _, name := range []string{
			"a password", "a contact", "a language", "answers", "a used code", "codes", "an operator's password", "disabling", "enabling",
		} {
			before := version(t, s, "acc")
			if err := steps[name](); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if after := version(t, s, "acc"); after <= before {
				t.Errorf("%s: version %d after %d", name, after, before)
			}
		}
		if row := accountOf(t, s, "acc"); row.Locale != "es" {
			t.Errorf("the language is %s", row.Locale)
		}
		before := version(t, s, "acc")
		if err := s.RefreshHash(t.Context(), "acc", "new", "dearer"); err != nil || version(t, s, "acc") != before {
			t.Errorf("the same password is no change: version %d after %d, %v", version(t, s, "acc"), before, err)
		}
	}},
	{"one of a hundred accounts gets an address", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		var rows []accounts.Row
		for i := range 100 {
			rows = append(rows, accounts.Row{ID: fmt.Sprint(i), Emails: emails(t, fmt.Sprintf("p%d@post.example", i)), Made: noon, Changed: noon})
		}
		if err := s.AddAccounts(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		wanted := email(t, "info@post.example")
		if won := race(t, len(rows), engine.ErrTaken, func(ctx context.Context, i int) error {
			return []engine.Store{s, other}[i%2].Save(ctx, engine.Change{
				Contact: &engine.ContactChange{Account: rows[i].ID, Add: wanted.Contact(), At: noon},
				Records: []engine.Record{{At: noon, Account: "all", Event: engine.EventAdded}},
			})
		}); won != 1 {
			t.Errorf("%d accounts have one address", won)
		}
		if list := recorded(t, s, "all", 200); len(list) != 1 {
			t.Errorf("%d records", len(list))
		}
	}},
	{"many at once keep within the bounds", func(t *testing.T, s Opened) { // however additions and removals interleave
		other := s.Again(t)
		defer other.Close()
		addAccount(t, s, "acc", "a@post.example")
		changeContact(t, s, engine.ContactChange{Account: "acc", Add: email(t, "b@post.example").Contact()})
		if won := race(t, 20, engine.ErrChanged, func(ctx context.Context, i int) error {
			typed := []string{"a@post.example", "b@post.example"}[i%2]
			return []engine.Store{s, other}[i/2%2].Save(ctx, engine.Change{
				Contact: &engine.ContactChange{Account: "acc", Remove: email(t, typed).Contact(), At: noon},
			})
		}); won != 1 {
			t.Errorf("%d of two addresses were removed", won)
		}
		if won := race(t, 20, engine.ErrChanged, func(ctx context.Context, i int) error {
			return []engine.Store{s, other}[i%2].Save(ctx, engine.Change{
				Contact: &engine.ContactChange{Account: "acc", Add: phone(t, fmt.Sprintf("+346001234%02d", i)).Contact(), At: noon},
			})
		}); won != engine.MaxContacts {
			t.Errorf("%d numbers were added", won)
		}
		if row := accountOf(t, s, "acc"); len(row.Emails) != 1 || len(row.Phones) != engine.MaxContacts {
			t.Errorf("%d addresses, %d numbers", len(row.Emails), len(row.Phones))
		}
	}},
	{"two swap their addresses", func(t *testing.T, s Opened) { // each waits for what the other gives up: nobody hangs
		other := s.Again(t)
		defer other.Close()
		addAccount(t, s, "one", "one@post.example")
		addAccount(t, s, "two", "two@post.example")
		race(t, 2, engine.ErrTaken, func(ctx context.Context, i int) error {
			mine, theirs := []string{"one", "two"}[i], []string{"two", "one"}[i]
			return []engine.Store{s, other}[i].Save(ctx, engine.Change{Contact: &engine.ContactChange{
				Account: mine, Remove: email(t, mine+"@post.example").Contact(), Add: email(t, theirs+"@post.example").Contact(), At: noon,
			}})
		})
		for _, account := range []string{"one", "two"} {
			if row := accountOf(t, s, account); len(row.Emails) != 1 {
				t.Errorf("%s has %d addresses", account, len(row.Emails))
			}
		}
	}},
}

// changeContact makes a change that has to succeed.
func changeContact(t testing.TB, s engine.Store, c engine.ContactChange) {
	t.Helper()
	c.At = noon.Add(time.Second)
	save(t, s, engine.Change{Contact: &c})
}

func accountOf(t testing.TB, s accounts.Table, id string) accounts.Row {
	t.Helper()
	row, err := s.AccountByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return row
}
