package sqlstore_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
)

// migrations are the files there are, by the hashes of their texts. Once one was released, databases out there have applied it: it is
// never edited and never removed, and what changes comes in a new file.
var migrations = map[string]string{
	"postgres/00001_begin.sql":      "b29a6401e9503c2600c006d32511d0a8d10fe8467b8158422659f2225f43f86f",
	"postgres/00002_origins.sql":    "52fdf0dde91351e271d34f8e8dd87d597786ac2bf493f1e793a6c96781edb9bc",
	"postgres/00003_ways.sql":       "a3984a02cb1a0353478ac4ba1bbc8c75f88603c006a099a2b88520adcdf145e6",
	"postgres/00004_deliveries.sql": "4f8175f0b817ae5434d53c1881589a10f3b2b1c652145d99ffeb8802aa34cbc7",
	"postgres/00005_staff.sql":      "8f9832ea3f81d36510fc04db93478eadda5fc1b2ecbb48820ef9235b75cd99f9",
	"postgres/00006_not_me.sql":     "3f09baf22376eb6660131848db64d64b1673780b169b43487c918389a2c222e6",
	"postgres/00007_guesses.sql":    "b794dc863457cdf58bc135aa238c43ffbf92944194380f4358174c1562436542",
	"sqlite/00001_begin.sql":        "d9bb8709d1264d9347bc1dc7887280ca433568bad85c4e36c96e52b29d1e6e0a",
	"sqlite/00002_origins.sql":      "52fdf0dde91351e271d34f8e8dd87d597786ac2bf493f1e793a6c96781edb9bc",
	"sqlite/00003_ways.sql":         "bbd7016978d12ebbf7c9cccf1b2134c1a6d917d87c4e51da8a5564120bfe513b",
	"sqlite/00004_deliveries.sql":   "56b4c90808ad1dd7f3fc15b711e9fe25170842465dbac14b8df5356aa29769c5",
	"sqlite/00005_staff.sql":        "bde014b794f368228ce5ab400842d8b47b3b6433aa6fa399667703d2512e6cbb",
	"sqlite/00006_not_me.sql":       "39e26bbb15ea648fddd610ad178ea6edd8e0c333c8e8411e95ade6a8ab603fb9",
	"sqlite/00007_guesses.sql":      "780868e4d05096a5b794f1bd18fb817247e8d6f9192fe6ff1f3f448c36253760",
}

func TestMigrationsStay(t *testing.T) {
	found := map[string]string{}
	files := os.DirFS("migrate")
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		sum := sha256.Sum256(text)
		found[name] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, sum := range found {
		if want, known := migrations[name]; !known {
			t.Errorf("%s is new, with the hash %s: add it to the table", name, sum)
		} else if sum != want {
			t.Errorf("%s was edited, its hash is %s: if it was released, write a new migration instead", name, sum)
		}
	}
	for name := range migrations {
		if found[name] == "" {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestDialectsMigrateTogether(t *testing.T) {
	names := map[string][]string{}
	for _, dialect := range []string{sqlstore.SQLite, sqlstore.PostgreSQL} {
		err := fs.WalkDir(os.DirFS("migrate"), dialect, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names[dialect] = append(names[dialect], path.Base(name))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(names[sqlstore.SQLite], names[sqlstore.PostgreSQL]) {
		t.Errorf("the dialects have different migrations: %v", names)
	}
}

// databases gives a place for an empty database of each dialect.
func databases(t *testing.T) map[string]sqlstore.Config {
	return map[string]sqlstore.Config{
		"SQLite":   {Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "x.db")},
		"Postgres": {Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)},
	}
}

func TestMigrate(t *testing.T) {
	for name, c := range databases(t) {
		t.Run(name, func(t *testing.T) {
			s, err := sqlstore.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if n, err := s.Pending(t.Context()); n == 0 || err != nil {
				t.Errorf("an empty database lacks %d migrations, %v", n, err)
			}
			r := request()
			if err := s.Save(t.Context(), engine.Change{Create: &r}); err == nil {
				t.Error("saved without a schema")
			}
			for range 2 {
				if err := s.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n, err := s.Pending(t.Context()); n != 0 || err != nil {
					t.Errorf("it still lacks %d migrations, %v", n, err)
				}
			}
			if err := s.Save(t.Context(), engine.Change{Create: &r}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Programs that start together on an empty database all end up with one schema.
func TestMigrateTogether(t *testing.T) {
	for name, c := range databases(t) {
		t.Run(name, func(t *testing.T) {
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					s, err := sqlstore.Open(t.Context(), c)
					if err != nil {
						t.Errorf("opening: %v", err)
						return
					}
					defer s.Close()
					if err := s.Migrate(t.Context()); err != nil {
						t.Errorf("migrating: %v", err)
					}
					r := request()
					if err := s.Save(t.Context(), engine.Change{Create: &r}); err != nil {
						t.Errorf("saving: %v", err)
					}
				})
			}
			all.Wait()
		})
	}
}

// A migration that fails leaves nothing behind, and its lock least of all.
func TestMigrateFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	c := sqlstore.Config{Driver: sqlstore.SQLite, Path: path, Wait: 50 * time.Millisecond}
	s, err := sqlstore.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := sqlstore.Raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE spent (n INTEGER)"); err != nil { // in the way of the last table
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "spent") {
		t.Errorf("told %v", err)
	}
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name <> 'spent'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d things are left behind, %v", tables, err)
	}
	if _, err := db.Exec("DROP TABLE spent"); err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("once it can: %v", err)
	}
}

func BenchmarkOpen(b *testing.B) { // of an existing database: part of every start
	path := filepath.Join(b.TempDir(), "x.db")
	c := sqlstore.Config{Driver: sqlstore.SQLite, Path: path}
	if err := open(b, c).Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := sqlstore.Open(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
