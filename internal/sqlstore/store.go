// Package sqlstore keeps requests, the outbox, tallies, records, sign-in sessions, accounts with their contacts, answers and saved codes,
// what texts cost, API keys, limits and spent challenges in one SQL database: SQLite, embedded, for one node; PostgreSQL for
// several. Both pass the same contract suite (package storetest).
//
// What a method reports as done is on disk. On SQLite, one goroutine writes: it takes every change that waits, runs each
// inside a savepoint of one transaction and commits them together, so that many at once share one wait for the disk, while one
// alone waits for nobody (writer.go). On PostgreSQL, a change travels as one pipelined transaction in one round trip
// (postgres.go).
//
// Every change is conditional, "where the version is still the one that was loaded", and a row count tells whether it was. So
// a hundred right codes at once prove once, and a thousand wrong ones cost exactly the tries there are, over any
// number of nodes.
//
// On PostgreSQL two things are kept with less care, and say so where they are: counts of limits, and when a session was last seen. Both
// survive the loss of the program, and may lose their last moments with the machine's power. On SQLite they share the wait
// for the disk with whatever is saved beside them, so nothing would be won.
package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/quota"
	"twohens/internal/staff"
	"twohens/scratch"
)

// The databases there are.
const (
	SQLite     = "sqlite"
	PostgreSQL = "postgres"
)

// Config says which database to use. Zero figures stand for sensible ones.
type Config struct {
	Driver string // SQLite or PostgreSQL

	Path string        // SQLite: the file; it and its folder are made when missing, for their owner alone
	Wait time.Duration // SQLite: how long to wait while another program writes; 5 s

	DSN         string // PostgreSQL: a URL or key=value pairs; pool_max_conns and the like are understood
	Connections int    // SQLite: readers at once, 4; PostgreSQL: connections, 10 unless the DSN says
}

// Store is an open database. Its methods may be called from any number of goroutines.
type Store struct {
	db database
}

var (
	_ engine.Store   = (*Store)(nil)
	_ accounts.Table = (*Store)(nil)
	_ gate.APIKeys   = (*Store)(nil)
	_ quota.Limiter  = (*Store)(nil)
	_ scratch.Spent  = (*Store)(nil)
	_ staff.Table    = (*Store)(nil)
)

// database is what the two dialects have to do for the Store.
type database interface {
	// read hands the rows of a query to it.
	read(ctx context.Context, q query) error

	// write carries out steps, all of them or none, and says how many rows they changed.
	write(ctx context.Context, care care, steps []step) (int64, error)

	// decide hands the rows of a locking query to it and then carries out what next makes of them, in one transaction.
	decide(ctx context.Context, care care, q query, next func() []step) error

	// fetch carries out a statement that changes rows and returns them.
	fetch(ctx context.Context, q query) error

	migrate(ctx context.Context) error
	version(ctx context.Context) (int64, error)
	latest() int64
	listen(ctx context.Context, wake func()) error
	announce()
	serve() (alone bool, err error)
	ping(ctx context.Context) error
	close() error
}

// care says what a change must survive. SQLite keeps everything as durable.
type care int

const (
	durable care = iota // the loss of the machine's power
	relaxed             // the loss of the program; its last moments may go with the machine's power
)

// Errors of Open, Migrate and of every method of a closed Store.
var (
	// ErrNewer says that a later version of the program has changed the database, and that this one must leave it alone.
	ErrNewer = errors.New("the database was made by a newer version of this program")
	// ErrClosed says that the Store was closed.
	ErrClosed = errors.New("the database is closed")
)

// Open opens the database, or says clearly why it cannot be: locked, read-only, not a database, ErrNewer. It changes no
// schema: see Pending and Migrate.
func Open(ctx context.Context, c Config) (*Store, error) {
	var db database
	var err error
	switch c.Driver {
	case SQLite:
		db, err = openSQLite(ctx, c)
	case PostgreSQL:
		db, err = openPostgres(ctx, c)
	default:
		return nil, fmt.Errorf("no database is called %q, there are %q and %q", c.Driver, SQLite, PostgreSQL)
	}
	if err != nil {
		return nil, err
	}
	s := &Store{db: db}
	if _, err := s.Pending(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return s, nil
}

// Pending says how many migrations the database lacks: one query. ErrNewer when it has more than this program knows.
func (s *Store) Pending(ctx context.Context) (int, error) {
	have, err := s.db.version(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the schema's version: %w", err)
	}
	latest := s.db.latest()
	if have > latest {
		return 0, fmt.Errorf("%w: its schema is %d, this program's is %d", ErrNewer, have, latest)
	}
	return int(latest - have), nil
}

// Migrate brings the schema up to date. Several programs may call it at once: one does the work, the others wait.
func (s *Store) Migrate(ctx context.Context) error {
	if n, err := s.Pending(ctx); n == 0 || err != nil {
		return err
	}
	if err := s.db.migrate(ctx); err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return nil
}

// Listen calls wake whenever another node has put something into the outbox, until ctx ends; after a broken connection also
// once it is mended, since something may have been missed. Its error is that of ctx. On SQLite, where there is no other node, it
// returns nil at once.
func (s *Store) Listen(ctx context.Context, wake func()) error { return s.db.listen(ctx, wake) }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.ping(ctx) }

// Close waits for changes under way and closes the database. Methods called after it return ErrClosed.
func (s *Store) Close() error { return s.db.close() }

// one reads the one row of a query, and says whether there was one.
func (s *Store) one(ctx context.Context, st *statement, scan func(row) error, args ...any) (found bool, err error) {
	err = s.db.read(ctx, query{statement: st, args: args, start: func() { found = false }, each: func(r row) error {
		found = true
		return scan(r)
	}})
	return found, err
}

// all reads the rows of a query into a list.
func all[T any](ctx context.Context, s *Store, st *statement, scan func(row) (T, error), args ...any) ([]T, error) {
	var list []T
	err := s.db.read(ctx, query{statement: st, args: args, start: func() { list = nil }, each: func(r row) error {
		item, err := scan(r)
		list = append(list, item)
		return err
	}})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// change carries out steps. The errors that its steps name are returned as they are.
func (s *Store) change(ctx context.Context, care care, doing string, steps ...step) error {
	_, err := s.db.write(ctx, care, steps)
	return named(err, doing, steps...)
}

// named returns an error that one of the steps names as it is, and says of any other what was being done.
func named(err error, doing string, steps ...step) error {
	if err == nil {
		return nil
	}
	for _, st := range steps {
		if st.otherwise != nil && errors.Is(err, st.otherwise) {
			return st.otherwise
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
