package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// sqliteDB is a SQLite database: one connection that writes, and a few that read. Readers see the last commit and never wait
// for the writer (WAL).
type sqliteDB struct {
	path    string
	wait    time.Duration
	db      *sql.DB
	writer  *writer
	readers chan *link // those not in use; nil for one not opened yet
	closing sync.Once

	serving sync.Mutex
	mark    *os.File // of who works on the outbox; nil: not this program
}

const (
	defaultWait    = 5 * time.Second
	defaultReaders = 4
)

// openSQLite opens the file at c.Path.
//
// The file is made here rather than by SQLite because SQLite would make it readable for everyone; the files beside it get
// their permissions from it. An existing one is never opened except by SQLite: closing it would drop this program's locks on
// it, as POSIX has it.
func openSQLite(ctx context.Context, c Config) (*sqliteDB, error) {
	if c.Path == "" {
		return nil, errors.New("the path of the SQLite file is empty")
	}
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err == nil {
		err = file.Close()
		if err != nil {
			return nil, err
		}
	} else if !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	// What SQLite does by itself on Linux; the translated library has to be told. The same safety in half the time.
	_, _ = sqlite.Fdatasync(true)

	s := &sqliteDB{path: path, wait: c.Wait}
	if s.wait <= 0 {
		s.wait = defaultWait
	}
	if s.db, err = sql.Open("sqlite", dsn(path, s.wait)); err != nil {
		return nil, err
	}
	readers := c.Connections
	if readers <= 0 {
		readers = defaultReaders
	}
	s.db.SetMaxOpenConns(readers + 1)
	s.readers = make(chan *link, readers)
	for range readers {
		s.readers <- nil
	}
	l, err := s.connect(ctx)
	if err == nil {
		// Finds out now, not at the first recovery, that the file is locked, cannot be written or is no database.
		if err = l.exec(beginStatement); err == nil {
			err = l.exec(rollbackStatement)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, explain(err)), s.db.Close())
	}
	s.writer = newWriter(l)
	return s, nil
}

// dsn is the address of the file with what every connection is set to. busy_timeout comes first, so that it holds for the others.
func dsn(path string, wait time.Duration) string {
	v := url.Values{}
	for _, pragma := range []string{
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)", // a commit is on disk when it returns, and a power cut costs nothing that was answered
		"foreign_keys(1)",
		"trusted_schema(0)",
		"cache_size(-4000)", // 4 MB a connection
		// The log is copied into the database, and begun anew, when it has 16 MB. That holds up the commit it falls into, for
		// some milliseconds; doing it more often, or beside the writer, was measured and makes the slowest commits slower.
		"wal_autocheckpoint(4000)",
		"journal_size_limit(33554432)",
	} {
		v.Add("_pragma", pragma)
	}
	v.Set("_txlock", "immediate")
	v.Set("_dqs", "0")
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/...
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: v.Encode()}).String()
}

// connect opens one more connection.
func (s *sqliteDB) connect(ctx context.Context) (*link, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &link{conn: conn, ready: map[*statement]*sql.Stmt{}}, nil
}

func (s *sqliteDB) read(ctx context.Context, q query) error {
	var l *link
	select {
	case r, open := <-s.readers:
		if !open {
			return ErrClosed
		}
		l = r
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- l }()
	if l == nil {
		var err error
		if l, err = s.connect(ctx); err != nil {
			return explain(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return explain(l.query(q))
}

func (s *sqliteDB) write(ctx context.Context, _ care, steps []step) (changed int64, err error) {
	err = s.writer.do(ctx, func(l *link) (err error) {
		changed, err = l.write(steps)
		return err
	})
	return changed, explain(err)
}

func (s *sqliteDB) decide(ctx context.Context, _ care, q query, next func() []step) error {
	return explain(s.writer.do(ctx, func(l *link) error {
		if err := l.query(q); err != nil {
			return err
		}
		_, err := l.write(next())
		return err
	}))
}

func (s *sqliteDB) fetch(ctx context.Context, q query) error {
	return explain(s.writer.do(ctx, func(l *link) error { return l.query(q) }))
}

func (s *sqliteDB) migrate(ctx context.Context) error {
	return explain(upgradeSQLite(ctx, dsn(s.path, s.wait)))
}

func (s *sqliteDB) latest() int64 { return latestIn(SQLite) }

// version asks first whether the table is there, since SQLite has no code of its own for a table that is missing.
func (s *sqliteDB) version(ctx context.Context) (version int64, err error) {
	tables := 0
	count := func(r row) error { return r.Scan(&tables) }
	if err := s.read(ctx, query{statement: schemaPresent, each: count}); err != nil || tables == 0 {
		return 0, err
	}
	err = s.read(ctx, query{statement: schemaVersion, each: func(r row) error { return r.Scan(&version) }})
	return version, err
}

var schemaPresent = both("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '" + schemaTable + "'")

func (s *sqliteDB) ping(ctx context.Context) error {
	return s.read(ctx, query{statement: pingStatement, each: func(row) error { return nil }})
}

func (s *sqliteDB) listen(context.Context, func()) error { return nil }
func (s *sqliteDB) announce()                            {}

// serve marks the file as served by this program, until it is closed or the program ends.
func (s *sqliteDB) serve() (alone bool, err error) {
	s.serving.Lock()
	defer s.serving.Unlock()
	if s.mark == nil {
		s.mark, err = mark(s.path + "-served")
	}
	return s.mark != nil, err
}

// close waits for the changes that are queued and the reads under way.
func (s *sqliteDB) close() error {
	var err error
	s.closing.Do(func() {
		s.writer.close()
		for range cap(s.readers) {
			if l := <-s.readers; l != nil {
				err = errors.Join(err, l.close())
			}
		}
		close(s.readers)
		err = errors.Join(err, s.writer.link.close(), s.db.Close())
		s.serving.Lock()
		defer s.serving.Unlock()
		if s.mark != nil {
			err = errors.Join(err, s.mark.Close())
		}
	})
	return err
}

// link is one connection with its prepared statements. One goroutine uses it at a time.
//
// Its statements run to their end whatever becomes of the caller's context: each takes microseconds, and one that is broken
// off would take the transaction of others with it.
type link struct {
	conn  *sql.Conn
	ready map[*statement]*sql.Stmt
}

var (
	beginStatement     = both("BEGIN IMMEDIATE")
	commitStatement    = both("COMMIT")
	rollbackStatement  = both("ROLLBACK")
	savepointStatement = both("SAVEPOINT one")
	releaseStatement   = both("RELEASE one")
	undoStatement      = both("ROLLBACK TO one")
	pingStatement      = both("SELECT 1")
)

func (l *link) prepared(st *statement) (*sql.Stmt, error) {
	if p, ok := l.ready[st]; ok {
		return p, nil
	}
	p, err := l.conn.PrepareContext(context.Background(), st.sqlite)
	if err == nil {
		l.ready[st] = p
	}
	return p, err
}

func (l *link) exec(st *statement) error {
	p, err := l.prepared(st)
	if err != nil {
		return err
	}
	_, err = p.ExecContext(context.Background())
	return err
}

func (l *link) write(steps []step) (int64, error) {
	var changed int64
	for _, st := range steps {
		if st.sqlite == "" {
			continue
		}
		p, err := l.prepared(st.statement)
		if err != nil {
			return 0, err
		}
		result, err := p.ExecContext(context.Background(), st.args...)
		if err != nil {
			return 0, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		if n == 0 && st.otherwise != nil {
			return 0, st.otherwise
		}
		changed += n
	}
	return changed, nil
}

func (l *link) query(q query) error {
	p, err := l.prepared(q.statement)
	if err != nil {
		return err
	}
	if q.start != nil {
		q.start()
	}
	rows, err := p.QueryContext(context.Background(), q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := q.each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (l *link) close() error {
	var err error
	for _, p := range l.ready {
		err = errors.Join(err, p.Close())
	}
	return errors.Join(err, l.conn.Close())
}

// explain puts what SQLite says into words for an operator. Other errors stay as they are.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	words := map[int]string{
		lib.SQLITE_BUSY:     "another program holds the database locked",
		lib.SQLITE_LOCKED:   "another program holds the database locked",
		lib.SQLITE_READONLY: "the database cannot be written: check who owns the file and its folder, and the disk's mount",
		lib.SQLITE_NOTADB:   "the file is not a SQLite database",
		lib.SQLITE_CORRUPT:  "the database file is damaged: restore it from a backup",
		lib.SQLITE_CANTOPEN: "the database file cannot be opened: check that it may be read and written",
		lib.SQLITE_FULL:     "the disk is full",
		lib.SQLITE_IOERR:    "the disk failed to read or write",
	}
	if w, ok := words[e.Code()&0xff]; ok {
		return fmt.Errorf("%s: %w", w, err)
	}
	return err
}
