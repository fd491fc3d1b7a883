package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/sqlstore"
)

// people is how many accounts of each sort there are. Recoveries go round over them.
const people = 2000

// fill makes the accounts and an API key.
func fill(ctx context.Context, config sqlstore.Config) (key string, err error) {
	store, err := sqlstore.Open(ctx, config)
	if err != nil {
		return "", err
	}
	defer store.Close()
	if err := store.Migrate(ctx); err != nil {
		return "", err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	var rows []accounts.Row
	for n := range people {
		address, number := caller(n)
		phone, err := contact.ParsePhone(number, "")
		if err != nil {
			return "", err
		}
		for address, phones := range map[string][]contact.Phone{person(n): nil, address: {phone}} {
			email, err := contact.ParseEmail(address)
			if err != nil {
				return "", err
			}
			rows = append(rows, accounts.Row{ID: address, Emails: []contact.Email{email}, Phones: phones, Made: now, Changed: now})
		}
	}
	if err := store.AddAccounts(ctx, rows); err != nil {
		return "", err
	}
	made, bearer := gate.NewAPIKey(gate.APIKey{Name: "bench", Scopes: []gate.Scope{gate.ScopeRecover}}, now)
	return bearer.Reveal(), store.AddAPIKey(ctx, made)
}

// sqlite measures on SQLite; of attack, only what people get through of one.
func (b *bench) sqlite(ctx context.Context, attack bool) error {
	folder := filepath.Join(b.folder, "sqlite")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	path := filepath.Join(folder, "twohens.db")
	key, err := fill(ctx, sqlstore.Config{Driver: sqlstore.SQLite, Path: path})
	if err != nil {
		return err
	}
	database := "driver = \"sqlite\"\npath = \"twohens.db\""
	sink, err := openSink()
	if err != nil {
		return err
	}
	if !attack {
		if err := b.cheap(ctx, folder, database, key, sink); err != nil {
			return err
		}
	}
	able, err := b.defaultHash(ctx, folder, database, key, sink)
	if err != nil {
		return err
	}
	return b.attacked(ctx, able, folder, database, key, sink)
}

// cheap is what does not go by the hash.
func (b *bench) cheap(ctx context.Context, folder, database, key string, sink *sink) error {
	if err := b.ready(ctx, folder, database, sink); err != nil {
		return err
	}
	if err := b.throughput(ctx, "SQLite", "300", folder, database, key, sink); err != nil {
		return err
	}
	if err := b.latency(ctx, folder, database, key, sink); err != nil {
		return err
	}
	return b.outbox(ctx, "SQLite", folder, database, sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(folder, "twohens.db")}, sink)
}

func (b *bench) postgres(ctx context.Context) error {
	folder := filepath.Join(b.folder, "postgres")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	dsn, stop, err := startPostgres(ctx, folder)
	if err != nil {
		return err
	}
	defer stop()
	if err := os.WriteFile(filepath.Join(folder, "dsn"), []byte(dsn), 0o600); err != nil {
		return err
	}
	key, err := fill(ctx, sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: dsn})
	if err != nil {
		return err
	}
	sink, err := openSink()
	if err != nil {
		return err
	}
	const database = "driver = \"postgres\"\ndsn_file = \"dsn\""
	if err := b.throughput(ctx, "PostgreSQL", "150", folder, database, key, sink); err != nil {
		return err
	}
	return b.outbox(ctx, "PostgreSQL", folder, database, sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: dsn}, sink)
}

// starts is how often the start is measured.
const starts = 9

func (b *bench) ready(ctx context.Context, folder, database string, sink *sink) error {
	var took []steps
	for range starts {
		server, ready, err := b.start(ctx, folder, database, cheapHash, sink)
		if err != nil {
			return err
		}
		took = append(took, steps{address: ready})
		if err := server.stop(); err != nil {
			return err
		}
	}
	median := percentile(took, 0.5, func(s steps) time.Duration { return s.address })
	b.add("ready after start, existing database, median", "100 ms", "%d ms", median.Milliseconds())
	return nil
}

func (b *bench) throughput(ctx context.Context, name, goal, folder, database, key string, sink *sink) error {
	server, _, err := b.start(ctx, folder, database, cheapHash, sink, b.profiled(strings.ToLower(name))...)
	if err != nil {
		return err
	}
	w := newWalker(server.base, key, sink, people)
	if _, err := w.flatOut(ctx, b.parallel, b.duration/5); err != nil { // to warm up
		return err
	}
	begun, used := w.next.Load(), server.processor()
	perSecond, err := w.flatOut(ctx, b.parallel, b.duration)
	if err != nil {
		return err
	}
	// What the machine does besides slows recoveries down, and adds little to this.
	each := (server.processor() - used) / time.Duration(w.next.Load()-begun)
	b.add(name+", processor time of one recovery", "", "%.2f ms", each.Seconds()*1000)
	b.add(name+", whole recoveries, 16 at a time", "at least "+goal+"/s", "%.0f/s", perSecond)
	b.add(name+", most memory resident under that load", "60 MB", "%.0f MB", server.resident())
	return server.stop()
}

// latency measures the steps of recoveries by mail, and after that what differs of recoveries by telephone.
func (b *bench) latency(ctx context.Context, folder, database, key string, sink *sink) error {
	server, _, err := b.start(ctx, folder, database, cheapHash, sink)
	if err != nil {
		return err
	}
	for _, measured := range []struct {
		text  bool
		lines []line
	}{
		{false, []line{
			{"address step", "1 ms", "10 ms", func(s steps) time.Duration { return s.address }},
			{"mail handed over after the click", "5 ms", "50 ms", func(s steps) time.Duration { return s.arrival }},
			{"code step", "", "", func(s steps) time.Duration { return s.code }},
			{"new password step", "", "", func(s steps) time.Duration { return s.password }},
		}},
		{true, []line{{"text at the gateway after the click", "10 ms", "", func(s steps) time.Duration { return s.arrival }}}},
	} {
		w := newWalker(server.base, key, sink, people)
		w.text = measured.text
		if _, err := w.steady(ctx, b.rate, time.Second); err != nil {
			return err
		}
		took, err := w.steady(ctx, b.rate, b.duration)
		if err != nil {
			return err
		}
		for _, l := range measured.lines {
			what := fmt.Sprintf("SQLite, %d/s, %s", b.rate, l.what)
			b.add(what+", p50", l.goal50, "%.2f ms", percentile(took, .5, l.of).Seconds()*1000)
			b.add(what+", p99", l.goal99, "%.2f ms", percentile(took, .99, l.of).Seconds()*1000)
		}
	}
	return server.stop()
}

// line is one step in the table, by its half and its last hundredth.
type line struct {
	what, goal50, goal99 string
	of                   func(steps) time.Duration
}

// profiled is the environment in which a run writes a profile, if one was asked for.
func (b *bench) profiled(name string) []string {
	if b.profile == "" {
		return nil
	}
	return []string{"TWOHENS_CPU_PROFILE=" + b.profile + "." + name}
}

// defaultHash compares recoveries with the default hash to what the hash alone would allow. It returns how many there were a second.
func (b *bench) defaultHash(ctx context.Context, folder, database, key string, sink *sink) (float64, error) {
	one, err := hashTime(ctx)
	if err != nil {
		return 0, err
	}
	server, _, err := b.start(ctx, folder, database, defaultHash, sink, b.profiled("hash")...)
	if err != nil {
		return 0, err
	}
	w := newWalker(server.base, key, sink, people)
	perSecond, err := w.flatOut(ctx, b.parallel, b.duration)
	if err != nil {
		return 0, err
	}
	bound := float64(runtime.NumCPU()) / one.Seconds()
	b.add("one default hash, all cores at it, median", "", "%.1f ms", one.Seconds()*1000)
	b.add("SQLite, default hash, whole recoveries", "80 % of cores / hash", "%.0f/s, %.0f %% of %.0f/s", perSecond, 100*perSecond/bound, bound)
	b.add("SQLite, default hash, most memory resident", "", "%.0f MB", server.resident())
	return perSecond, server.stop()
}

// hashTime is how long one hash takes while every core computes one, as under the load it is compared with.
func hashTime(ctx context.Context) (time.Duration, error) {
	hasher, err := password.NewHasher(password.DefaultParams, 0, 64)
	if err != nil {
		return 0, err
	}
	chosen, err := password.New("tall gate, quiet river")
	if err != nil {
		return 0, err
	}
	results := make(chan steps, 64)
	errs := make(chan error, runtime.NumCPU())
	for range runtime.NumCPU() {
		go func() {
			for range 16 {
				begun := time.Now()
				if _, err := hasher.Hash(ctx, chosen); err != nil {
					errs <- err
					return
				}
				results <- steps{password: time.Since(begun)}
			}
			errs <- nil
		}()
	}
	var all []steps
	for range runtime.NumCPU() {
		for ended := false; !ended; {
			select {
			case s := <-results:
				all = append(all, s)
			case err := <-errs:
				if err != nil {
					return 0, err
				}
				ended = true
			}
		}
	}
	return percentile(all, .5, func(s steps) time.Duration { return s.password }), nil
}

// trimmed is a program's output in one line.
func trimmed(out []byte) string { return strings.Join(strings.Fields(string(out)), " ") }
