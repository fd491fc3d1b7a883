package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
)

// The benchmarks run on a real file with synchronous=FULL: what they measure first of all is the disk.

func BenchmarkSQLite(b *testing.B) {
	benchmark(b, func(b *testing.B) *sqlstore.Store { return openFile(b) })
}

func openFile(t testing.TB) *sqlstore.Store {
	return open(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "twohens.db")})
}

func benchmark(b *testing.B, database func(*testing.B) *sqlstore.Store) {
	b.Run("Save", func(b *testing.B) {
		s := database(b)
		stored := opened(b, s)
		b.ReportAllocs()
		for b.Loop() {
			step(b, s, &stored)
		}
	})
	b.Run("Save16", func(b *testing.B) {
		s := database(b)
		var count atomic.Int64
		b.ReportAllocs()
		b.SetParallelism(8) // of 2 cores: 16
		b.RunParallel(func(pb *testing.PB) {
			stored := opened(b, s)
			for pb.Next() {
				step(b, s, &stored)
				count.Add(1)
			}
		})
		b.ReportMetric(float64(count.Load())/b.Elapsed().Seconds(), "saves/s")
	})
	b.Run("Request", func(b *testing.B) {
		s := database(b)
		stored := opened(b, s)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Request(b.Context(), engine.Key{Holder: stored.Request.Holder}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Account", func(b *testing.B) { // the worker's look-up: half of the addresses are unknown
		s := database(b)
		rows, typed := make([]accounts.Row, 10_000), make([]contact.Email, 20_000)
		for i := range typed {
			typed[i] = address(b, fmt.Sprintf("person%d@post.example", i))
			if i < len(rows) {
				rows[i] = accounts.Row{ID: fmt.Sprint(i), Emails: typed[i : i+1], Made: noon, Changed: noon}
			}
		}
		if err := s.AddAccounts(b.Context(), rows); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			at := i * 7919 % len(typed)
			if _, err := s.AccountByAddress(b.Context(), typed[at]); (err == nil) != (at < len(rows)) {
				b.Fatal(at, err)
			}
		}
	})
	b.Run("Lease", func(b *testing.B) { // of eight entries, and their settling in one change each
		s := database(b)
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			var c engine.Change
			for range 8 {
				c.Entries = append(c.Entries, entry(""))
			}
			if err := s.Save(b.Context(), c); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			list, err := s.Lease(b.Context(), noon, noon.Add(time.Minute), 8, engine.LaneMail)
			if err != nil || len(list) != 8 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("Pay16", func(b *testing.B) { // of texts to four countries, within three caps, after a month like that
		s := database(b)
		day := noon.Truncate(24 * time.Hour)
		toll := func(day time.Time, country int64) {
			t := engine.Toll{Day: day, Country: fmt.Sprint(country % 20), Texts: 1, Parts: 1, Micros: 50_000}
			caps := []engine.SpendCap{
				{Since: day, Texts: 1 << 40}, {Since: day.Add(-30 * 24 * time.Hour), Micros: 1 << 60}, {Since: day, Country: t.Country, Texts: 1 << 40},
			}
			if paid, err := s.Pay(b.Context(), t, caps); err != nil || !paid {
				b.Error(paid, err)
			}
		}
		for back := range 30 {
			for country := range int64(20) {
				toll(day.Add(-time.Duration(back)*24*time.Hour), country)
			}
		}
		b.SetParallelism(8)
		b.ReportAllocs()
		var count atomic.Int64
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				toll(day, count.Add(1)%4)
			}
		})
		b.ReportMetric(float64(count.Load())/b.Elapsed().Seconds(), "texts/s")
	})
	b.Run("Walk16", func(b *testing.B) { // the writes and reads of one whole recovery
		s := database(b)
		b.SetParallelism(8)
		b.ReportAllocs()
		var count atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				walk(b, s)
				count.Add(1)
			}
		})
		b.ReportMetric(float64(count.Load())/b.Elapsed().Seconds(), "walks/s")
	})
}

var noon = time.Date(2031, time.March, 4, 12, 0, 0, 0, time.UTC)

// request is one as it begins.
func request() recovery.Request {
	address, err := contact.ParseEmail("ann@post.example")
	if err != nil {
		panic(err)
	}
	r, _ := recovery.Open(recovery.Opening{
		ID: recovery.ID(secret.NewOpaque().Reveal()), Policy: recovery.Classic(), Address: address, Locale: "en",
		Network: "192.0.2.7/32", Nonce: secret.NewNonce(), Key: "k1", Holder: secret.NewOpaque().Digest(),
	}, noon)
	return r
}

// opened saves a new request and loads it.
func opened(b *testing.B, s *sqlstore.Store) engine.Stored {
	r := request()
	if err := s.Save(b.Context(), engine.Change{Create: &r, Entries: []engine.Entry{entry(r.ID)}}); err != nil {
		b.Fatal(err)
	}
	stored, err := s.Request(b.Context(), engine.Key{ID: r.ID})
	if err != nil {
		b.Fatal(err)
	}
	return stored
}

func entry(of recovery.ID) engine.Entry {
	return engine.Entry{
		ID: secret.NewOpaque().Reveal(), Request: of, Created: noon, Due: noon,
		Effect: recovery.Effect{Kind: recovery.EffectSend, Way: recovery.WayEmail, Round: 1, NotAfter: noon.Add(time.Hour)},
	}
}

func record(of recovery.Request) engine.Record {
	return engine.Record{At: noon, Request: of.ID, Account: of.Account, Event: engine.EventCode, Way: of.Way, Outcome: "sent", Network: of.Network}
}

// step is what a click saves: the request, an entry and a record.
func step(b *testing.B, s *sqlstore.Store, stored *engine.Stored) {
	stored.Request.Clicks++
	err := s.Save(b.Context(), engine.Change{
		Update: stored, Entries: []engine.Entry{entry(stored.Request.ID)}, Records: []engine.Record{record(stored.Request)},
	})
	if err != nil {
		b.Fatal(err)
	}
	stored.Version++
}

// walk is the work of the store for one whole recovery: a create, what the worker finds, a click, what it sends, a code, a new
// password with its notice.
func walk(b *testing.B, s *sqlstore.Store) {
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	load := func(id recovery.ID) engine.Stored {
		stored, err := s.Request(b.Context(), engine.Key{ID: id})
		must(err)
		return stored
	}
	carry := func() { // some entry, as a worker would
		list, err := s.Lease(b.Context(), noon, noon.Add(time.Minute), 1, engine.LaneMail)
		must(err)
		for _, e := range list {
			load(e.Request)
			must(s.Save(b.Context(), engine.Change{
				Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon}, Records: []engine.Record{{At: noon, Account: "acc", Event: engine.EventCode}},
			}))
		}
	}
	stored := opened(b, s)
	carry()
	account := string(stored.Request.ID)
	stored.Request = stored.Request.Next(recovery.Find{
		Account: account, Contact: stored.Request.Address, Real: true, Link: secret.NewOpaque().Digest(),
	}, noon).Request
	must(s.Save(b.Context(), engine.Change{Update: &stored}))
	stored = load(stored.Request.ID)
	next := stored.Request.Next(recovery.Choose{Way: recovery.WayEmail}, noon)
	stored.Request = next.Request
	must(s.Save(b.Context(), engine.Change{Update: &stored, Entries: []engine.Entry{entry(stored.Request.ID)}}))
	carry()
	stored = load(stored.Request.ID)
	next = stored.Request.Next(recovery.Enter{Typed: true, Right: true, Grant: secret.NewOpaque().Digest()}, noon)
	stored.Request, stored.Tally = next.Request, next.Tally
	must(s.Save(b.Context(), engine.Change{Update: &stored, Tally: &stored, Records: []engine.Record{record(stored.Request)}}))
	load(stored.Request.ID)
	stored = load(stored.Request.ID)
	stored.Request = stored.Request.Next(recovery.Set{}, noon).Request
	must(s.Save(b.Context(), engine.Change{
		Update: &stored, Entries: []engine.Entry{entry(stored.Request.ID)}, Records: []engine.Record{record(stored.Request)},
		Retire: &engine.Retirement{Account: account, Except: stored.Request.ID, At: noon},
	}))
	carry()
}

func BenchmarkPostgres(b *testing.B) {
	benchmark(b, func(b *testing.B) *sqlstore.Store {
		return open(b, sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.DurablePostgres(b)})
	})
}
