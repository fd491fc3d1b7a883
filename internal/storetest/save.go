package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

var saves = []contract{
	{"nothing at all", func(t *testing.T, s Opened) { save(t, s, engine.Change{}) }},
	{"everything at once", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		r, branch := found(t, "acc"), found(t, "acc")
		create(t, s, r)
		save(t, s, engine.Change{Entries: []engine.Entry{entry(r.ID)}})
		stored, in := load(t, s, r.ID), session("acc")
		in.Began = noon.Add(time.Second)
		stored.Request.Tries, stored.Tally = 2, recovery.Tally{Since: noon, Day: 2, Row: 2}
		save(t, s, engine.Change{
			Create: &branch, Update: &stored, Tally: &stored,
			Settle:   &engine.Settlement{Entry: lease(t, s, noon, 1)[0], Verdict: engine.Carried, At: noon},
			Entries:  []engine.Entry{entry(r.ID), entry(branch.ID)},
			Records:  []engine.Record{{At: noon, Account: "acc", Event: engine.EventPassword}},
			Password: &engine.Write{Account: "acc", Hash: "new", At: noon},
			SignIn:   &in,
			Retire:   &engine.Retirement{Account: "acc", Except: r.ID, At: noon},
		})
		got := load(t, s, r.ID)
		if got.Request.Tries != 2 || got.Tally.Day != 2 || !got.Request.Real {
			t.Errorf("the request: %d tries, tally %v, real %v", got.Request.Tries, got.Tally, got.Request.Real)
		}
		if list := lease(t, s, noon, 10); len(list) != 2 {
			t.Errorf("%d entries, want the two new ones", len(list))
		}
		if row, err := s.AccountByID(t.Context(), "acc"); err != nil || row.Hash != "new" || row.Changed != noon {
			t.Errorf("the account: %v, %v", row.Hash, err)
		}
		if _, err := s.Session(t.Context(), in.ID, noon); err != nil {
			t.Errorf("the session: %v", err)
		}
	}},
	{"all of it or nothing", func(t *testing.T, s Opened) { // each part in turn is what fails
		addAccount(t, s, "acc", "ann@post.example")
		r := found(t, "acc")
		create(t, s, r)
		save(t, s, engine.Change{Entries: []engine.Entry{entry(r.ID)}})
		held, was := lease(t, s, noon, 1)[0], session("acc")
		save(t, s, engine.Change{SignIn: &was})
		for name, spoil := range map[string]func(*engine.Change){
			"request":    func(c *engine.Change) { c.Update.Version = 9 },
			"new one":    func(c *engine.Change) { c.Create.Holder = r.Holder },
			"tally":      func(c *engine.Change) { c.Tally.TallyVersion = 9 },
			"settlement": func(c *engine.Change) { c.Settle.Entry.Leases = 9 },
			"password":   func(c *engine.Change) { c.Password.Account = "nobody" },
			"session":    func(c *engine.Change) { c.SignIn.ID = was.ID },
			"entry":      func(c *engine.Change) { c.Entries[1].ID = c.Entries[0].ID },
		} {
			update, tally, branch, in := load(t, s, r.ID), load(t, s, r.ID), opened(t), session("acc")
			in.Began = noon.Add(time.Second)
			update.Request.Tries, tally.Tally.Day = 4, 4
			c := engine.Change{
				Create: &branch, Update: &update, Tally: &tally,
				Settle:   &engine.Settlement{Entry: held, Verdict: engine.Carried, At: noon},
				Entries:  []engine.Entry{entry(r.ID), entry(r.ID)},
				Records:  []engine.Record{{At: noon, Account: "acc", Event: engine.EventPassword}},
				Password: &engine.Write{Account: "acc", Hash: "new", At: noon, Keep: was.ID},
				SignIn:   &in,
			}
			spoil(&c)
			if err := s.Save(t.Context(), c); err == nil {
				t.Fatalf("%s: saved", name)
			}
			got := load(t, s, r.ID)
			same(t, got.Request, r)
			if got.Version != 1 || got.TallyVersion != 0 {
				t.Errorf("%s: versions %d and %d", name, got.Version, got.TallyVersion)
			}
			if _, err := s.Request(t.Context(), engine.Key{ID: branch.ID}); !errors.Is(err, engine.ErrNoRequest) {
				t.Errorf("%s: the new request: %v", name, err)
			}
			if list := lease(t, s, noon, 10); len(list) != 0 {
				t.Errorf("%s: %d entries", name, len(list))
			}
			if list, err := s.Recorded(t.Context(), "acc", 10); err != nil || len(list) != 0 {
				t.Errorf("%s: recorded %v, %v", name, list, err)
			}
			if row, err := s.AccountByID(t.Context(), "acc"); err != nil || row.Hash != "old" {
				t.Errorf("%s: the hash: %v, %v", name, row.Hash, err)
			}
			list, err := s.SessionsOf(t.Context(), "acc", noon)
			if err != nil || len(list) != 1 || list[0].ID != was.ID {
				t.Errorf("%s: sessions %v, %v", name, list, err)
			}
		}
	}},
	{"an account joins an open request", func(t *testing.T, s Opened) { // as it was looked at, or not at all
		addAccount(t, s, "acc", "ann@post.example")
		for name, tt := range map[string]struct {
			account string
			version func(now int64) int64
			err     error
		}{
			"as it is":         {"acc", func(now int64) int64 { return now }, nil},
			"as it was":        {"acc", func(now int64) int64 { return now - 1 }, engine.ErrChanged},
			"as it never was":  {"acc", func(now int64) int64 { return now + 1 }, engine.ErrChanged},
			"of elsewhere":     {"somebody's elsewhere", func(int64) int64 { return 0 }, nil},
			"gone":             {"nobody", func(int64) int64 { return 1 }, engine.ErrChanged},
			"not looked at":    {"acc", func(int64) int64 { return 0 }, nil},
			"below everything": {"acc", func(int64) int64 { return -1 }, engine.ErrChanged},
		} {
			r := opened(t)
			create(t, s, r)
			save(t, s, engine.Change{Password: &engine.Write{Account: "acc", Hash: "new", At: noon}}) // one version further
			if err := join(t, s, r.ID, tt.account, tt.version(version(t, s, "acc"))); err != tt.err {
				t.Errorf("%s: %v, want %v", name, err, tt.err)
			}
			got := load(t, s, r.ID)
			if joined := tt.err == nil; got.Request.Real != joined || got.Request.Found != joined || (got.Version == 2) != joined {
				t.Errorf("%s: real %v, found %v, version %d", name, got.Request.Real, got.Request.Found, got.Version)
			}
		}
		r := opened(t)
		create(t, s, r)
		stale := load(t, s, r.ID)
		if err := join(t, s, r.ID, "acc", 0); err != nil {
			t.Fatal(err)
		}
		stale.Request.Tries = 3
		changed(t, s.Save(t.Context(), engine.Change{Join: &stale})) // of two workers one joins
	}},
	{"a change against a join", func(t *testing.T, s Opened) { // whichever comes second sees the first
		for name, change := range map[string]func(account string) engine.Change{
			"a new password": func(account string) engine.Change {
				return engine.Change{Password: &engine.Write{Account: account, Hash: "new", At: noon}, Retire: &engine.Retirement{Account: account, At: noon}}
			},
			"another main number": func(account string) engine.Change {
				return engine.Change{
					Contact: &engine.ContactChange{Account: account, Add: phone(t, "+34600123456").Contact(), At: noon},
					Retire:  &engine.Retirement{Account: account, At: noon},
				}
			},
		} {
			for i := range 20 {
				account := id()
				addAccount(t, s, account, account+"@post.example")
				r := opened(t)
				create(t, s, r)
				seen := version(t, s, account)
				var all sync.WaitGroup
				all.Go(func() {
					if err := join(t, s, r.ID, account, seen); err != nil && !errors.Is(err, engine.ErrChanged) {
						t.Error(err)
					}
				})
				all.Go(func() {
					if err := s.Save(t.Context(), change(account)); err != nil {
						t.Error(err)
					}
				})
				all.Wait()
				if got := load(t, s, r.ID); got.Request.Real {
					t.Fatalf("%s, round %d: a request outlived it", name, i)
				}
			}
		}
	}},
	{"a new password ends sessions", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		mine, other, somebodys := session("acc"), session("acc"), session("another")
		for _, in := range []engine.Session{mine, other, somebodys} {
			save(t, s, engine.Change{SignIn: &in})
		}
		save(t, s, engine.Change{Password: &engine.Write{Account: "acc", Hash: "new", At: noon, Keep: mine.ID}})
		sessionsAre(t, s, "acc", mine.ID)
		save(t, s, engine.Change{Password: &engine.Write{Account: "acc", Hash: "newer", At: noon}})
		sessionsAre(t, s, "acc")
		sessionsAre(t, s, "another", somebodys.ID)
	}},
	{"a disabled account takes no password", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		if err := s.Disable(t.Context(), "acc", true, noon); err != nil {
			t.Fatal(err)
		}
		changed(t, s.Save(t.Context(), engine.Change{Password: &engine.Write{Account: "acc", Hash: "new", At: noon}}))
		changed(t, s.Save(t.Context(), engine.Change{Password: &engine.Write{Account: "nobody", Hash: "new", At: noon}}))
		if row, err := s.AccountByID(t.Context(), "acc"); err != nil || row.Hash != "old" {
			t.Errorf("the hash: %v, %v", row.Hash, err)
		}
	}},
	{"a sign-in that a reset has overtaken", func(t *testing.T, s Opened) { // the old password was checked, then changed
		addAccount(t, s, "acc", "ann@post.example")
		in := session("acc")
		save(t, s, engine.Change{Password: &engine.Write{Account: "acc", Hash: "new", At: noon.Add(time.Millisecond)}})
		changed(t, s.Save(t.Context(), engine.Change{SignIn: &in}))
		sessionsAre(t, s, "acc")
		in.Began = noon.Add(time.Millisecond)
		save(t, s, engine.Change{SignIn: &in})
		if err := s.Disable(t.Context(), "acc", true, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		in = session("acc")
		in.Began = noon.Add(time.Hour)
		changed(t, s.Save(t.Context(), engine.Change{SignIn: &in}))
	}},
	{"sign-ins and a reset at once", func(t *testing.T, s Opened) { // however they interleave, no session of before is left
		addAccount(t, s, "acc", "ann@post.example")
		other := s.Again(t)
		defer other.Close()
		for round := range 10 {
			at := noon.Add(time.Duration(round+1) * time.Second)
			race(t, 17, engine.ErrChanged, func(ctx context.Context, i int) error {
				if i == 8 {
					return other.Save(ctx, engine.Change{Password: &engine.Write{Account: "acc", Hash: "new", At: at}})
				}
				in := session("acc")
				in.Began = at.Add(-time.Millisecond)
				return s.Save(ctx, engine.Change{SignIn: &in})
			})
			sessionsAre(t, s, "acc")
		}
	}},
	{"retiring", func(t *testing.T, s Opened) { // R-95, by recovery.Retire for each
		proving := found(t, "acc").Next(recovery.Choose{Way: recovery.WayEmail}, noon).Request
		proved, late, done := granted(t, "acc"), found(t, "acc"), granted(t, "acc")
		late.Expires = noon
		done = done.Next(recovery.Set{}, noon).Request
		spared, elses, unfound := granted(t, "acc"), found(t, "another"), opened(t)
		list := []recovery.Request{found(t, "acc"), proving, proved, late, done, spared, elses, unfound}
		create(t, s, list...)
		stored := load(t, s, spared.ID)
		stored.Request = stored.Request.Next(recovery.Set{}, noon).Request
		save(t, s, engine.Change{Update: &stored, Retire: &engine.Retirement{Account: "acc", Except: spared.ID, At: noon}})
		for i, was := range list {
			got, want, version := load(t, s, was.ID), was, int64(1)
			switch {
			case was.ID == spared.ID:
				want, version = stored.Request, 2
			case i <= 2:
				want, version = was.Next(recovery.Retire{}, noon).Request, 2
				if want.Real || want.State == recovery.Resetting {
					t.Fatalf("number %d would live on: %+v", i, want)
				}
			}
			same(t, got.Request, want)
			if got.Version != version {
				t.Errorf("number %d: version %d, want %d", i, got.Version, version)
			}
		}
	}},
	{"retiring without sparing one", func(t *testing.T, s Opened) {
		r := granted(t, "acc")
		create(t, s, r)
		save(t, s, engine.Change{Retire: &engine.Retirement{Account: "acc", At: noon}})
		if got := load(t, s, r.ID).Request; got.State != recovery.Closed || got.Real || !got.Grant.IsZero() {
			t.Errorf("still %s", got.State)
		}
		if _, err := s.Request(t.Context(), engine.Key{Grant: r.Grant}); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("its grant: %v", err)
		}
	}},
	{"retiring what was proved by heart", func(t *testing.T, s Opened) {
		plain, half, whole := granted(t, "acc"), found(t, "acc"), granted(t, "acc")
		half.Proven, whole.Proven = []recovery.Way{recovery.WayEmail, recovery.WayQuestions}, []recovery.Way{recovery.WaySaved}
		create(t, s, plain, half, whole)
		save(t, s, engine.Change{Retire: &engine.Retirement{Account: "acc", ByHeart: true, At: noon}})
		same(t, load(t, s, plain.ID).Request, plain)
		for _, r := range []recovery.Request{half, whole} {
			same(t, load(t, s, r.ID).Request, r.Next(recovery.Retire{}, noon).Request)
		}
	}},
	{"a retirement that fails retires nothing", func(t *testing.T, s Opened) {
		r, mine := granted(t, "acc"), granted(t, "acc")
		create(t, s, r, mine)
		stored := load(t, s, mine.ID)
		stored.Version = 9
		changed(t, s.Save(t.Context(), engine.Change{
			Update: &stored, Retire: &engine.Retirement{Account: "acc", Except: mine.ID, At: noon},
		}))
		same(t, load(t, s, r.ID).Request, r)
	}},
	{"many proved requests, one password", func(t *testing.T, s Opened) { // R-32 over requests: each would retire the others
		addAccount(t, s, "acc", "ann@post.example")
		other := s.Again(t)
		defer other.Close()
		const count = 12
		list := make([]recovery.Request, count)
		for i := range list {
			list[i] = granted(t, "acc")
		}
		create(t, s, list...)
		won := race(t, count, engine.ErrChanged, func(ctx context.Context, i int) error {
			handle := engine.Store(s)
			if i%2 == 1 {
				handle = other
			}
			stored, err := handle.Request(ctx, engine.Key{ID: list[i].ID})
			if err != nil {
				return err
			}
			step := stored.Request.Next(recovery.Set{}, noon)
			if step.Outcome != recovery.Finished {
				return engine.ErrChanged // retired before it was loaded
			}
			stored.Request = step.Request
			return handle.Save(ctx, engine.Change{
				Update:   &stored,
				Password: &engine.Write{Account: "acc", Hash: string(list[i].ID), At: noon},
				Retire:   &engine.Retirement{Account: "acc", Except: list[i].ID, At: noon},
			})
		})
		if won != 1 {
			t.Errorf("%d set the password, want one", won)
		}
		row, err := s.AccountByID(t.Context(), "acc")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			want := recovery.Closed
			if string(r.ID) == row.Hash {
				want = recovery.Done
			}
			if got := load(t, s, r.ID).Request.State; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}},
	{"texts no database likes", func(t *testing.T, s Opened) { // a browser may call itself anything; a sign-in must not fail for it
		in := session("acc")
		in.Browser, in.Network = "NUL \x00, broken \xff\xfe UTF-8, surrogate \xed\xa0\x80", odd
		save(t, s, engine.Change{SignIn: &in, Records: []engine.Record{{At: noon, Account: "acc", Event: engine.EventSignIn, Outcome: "\x00\xc3", Network: odd}}})
		got, err := s.Session(t.Context(), in.ID, noon)
		if err != nil || got.Network != odd {
			t.Errorf("%q, %v", got.Network, err)
		}
	}},
}

// sessionsAre wants exactly these of the account.
func sessionsAre(t testing.TB, s Store, account string, want ...secret.Digest) {
	t.Helper()
	list, err := s.SessionsOf(t.Context(), account, noon)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(want) {
		t.Fatalf("%d sessions of %s, want %d", len(list), account, len(want))
	}
	for i := range list {
		if list[i].ID != want[i] {
			t.Errorf("session %d of %s is another one", i, account)
		}
	}
}

// join copies an account into a request, as a worker that has looked at one of its versions does.
func join(t testing.TB, s engine.Store, request recovery.ID, account string, version int64) error {
	t.Helper()
	stored := load(t, s, request)
	find := recovery.Find{Account: account, Contact: email(t, "ann@post.example"), Real: true, Link: sum()}
	stored.Request, stored.AccountVersion = stored.Request.Next(find, noon).Request, version
	return s.Save(t.Context(), engine.Change{Join: &stored})
}

// version is that of an account now.
func version(t testing.TB, s accounts.Table, id string) int64 {
	t.Helper()
	row, err := s.AccountByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return row.Version
}

func addAccount(t testing.TB, s accounts.Table, id, address string) {
	t.Helper()
	err := s.AddAccount(t.Context(), accounts.Row{
		ID: id, Emails: emails(t, address), Hash: "old", Locale: "en", Made: noon.Add(-time.Hour), Changed: noon.Add(-time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
}
