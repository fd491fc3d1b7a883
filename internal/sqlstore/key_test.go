package sqlstore

import (
	"path/filepath"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/storetest"
)

// what was kept under a revoked pepper goes, whatever else is there stays, and its owners' accounts are not what they were. All open
// requests end, as silently as those of an account that was recovered, however many there are.
func TestRevoked(t *testing.T) {
	test := func(t *testing.T, c Config) {
		s := migrated(t, c)
		ctx, at := t.Context(), time.Date(2031, time.March, 4, 12, 0, 0, 0, time.UTC)
		for id, typed := range map[string]string{"ann": "ann@post.example", "bob": "bob@post.example"} {
			address, err := contact.ParseEmail(typed)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.AddAccount(ctx, accounts.Row{ID: id, Emails: []contact.Email{address}, Made: at, Changed: at}); err != nil {
				t.Fatal(err)
			}
		}
		answers := func(account string, digests ...string) {
			set, saved := engine.AnswerSet{Account: account}, engine.SavedSet{Account: account}
			for i, d := range digests {
				set.Answers = append(set.Answers, engine.KeptAnswer{Question: d, Digest: d, Made: at})
				saved.Codes = append(saved.Codes, engine.SavedCode{Place: i, Digest: d, Made: at})
			}
			if err := s.Save(ctx, engine.Change{Answers: &set, Saved: &saved}); err != nil {
				t.Fatal(err)
			}
		}
		answers("ann", "1:$argon2id$a", "1:$argon2id$b")
		answers("bob", "2:$argon2id$c", "11:$argon2id$d:1", "odd")
		counts, err := s.Peppers(ctx)
		if err != nil || counts["1"] != 4 || counts["2"] != 2 || counts["11"] != 2 {
			t.Errorf("%v %v", counts, err)
		}
		ann, err := s.AccountByID(ctx, "ann")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.ForgetPepper(ctx, "1"); err != nil || n != 4 {
			t.Errorf("%d deleted, %v", n, err)
		}
		left, err := s.Peppers(ctx)
		if err != nil || left["1"] != 0 || left["2"] != 2 || left["11"] != 2 {
			t.Errorf("left are %v, %v", left, err)
		}
		kept, err := s.Answers(ctx, "ann")
		if err != nil || len(kept) != 2 || kept[0].Question != "1:$argon2id$a" || kept[0].Digest != "" || kept[1].Digest != "" {
			t.Errorf("of her questions are left %v, %v", kept, err)
		}
		if codes, err := s.Saved(ctx, "ann"); err != nil || len(codes) != 0 {
			t.Errorf("of her codes are left %v, %v", codes, err)
		}
		if now, err := s.AccountByID(ctx, "ann"); err != nil || now.Version == ann.Version {
			t.Errorf("whoever looked at the account before does not notice: %v", err)
		}

		open := map[recovery.ID]recovery.State{}
		for i := range 2*endBatch + 7 {
			r := recovery.Request{
				ID: recovery.ID(secret.NewOpaque().Reveal()), State: recovery.Choosing, Account: "ann", Real: i%3 != 0, Found: true, Opened: at,
				Holder: secret.NewOpaque().Digest(), Expires: at.Add(time.Hour), Policy: recovery.Classic(),
			}
			switch i % 5 {
			case 1:
				r.State, r.Way, r.Link = recovery.Proving, recovery.WayEmail, secret.NewOpaque().Digest()
			case 2:
				r.State, r.Grant = recovery.Resetting, secret.NewOpaque().Digest()
			case 3:
				r.State, r.Grant = recovery.Done, secret.NewOpaque().Digest()
			case 4:
				r.Expires = at.Add(-time.Minute)
			}
			if err := s.Save(ctx, engine.Change{Create: &r}); err != nil {
				t.Fatal(err)
			}
			open[r.ID] = r.State
		}
		ended, err := s.EndAll(ctx, at)
		if err != nil || ended == 0 {
			t.Fatal(ended, err)
		}
		counted := 0
		for id, before := range open {
			stored, err := s.Request(ctx, engine.Key{ID: id})
			if err != nil {
				t.Fatal(err)
			}
			r := stored.Request
			if before == recovery.Done {
				if r.State != recovery.Done {
					t.Errorf("a finished one is %s", r.State)
				}
				continue
			}
			if r.Expires.After(at) {
				counted++
				if r.Real || !r.Link.IsZero() || !r.Grant.IsZero() || (before == recovery.Resetting) != (r.State == recovery.Closed) {
					t.Fatalf("%s goes on: %+v", before, r)
				}
			}
		}
		if counted != ended {
			t.Errorf("%d of %d", ended, counted)
		}
	}
	t.Run("SQLite", func(t *testing.T) { test(t, Config{Driver: SQLite, Path: filepath.Join(t.TempDir(), "a.db")}) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, Config{Driver: PostgreSQL, DSN: storetest.PostgresSchema(t)}) })
}
