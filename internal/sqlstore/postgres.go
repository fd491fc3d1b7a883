package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgres is a PostgreSQL database, which other nodes may share.
//
// A change is one pipeline: all its statements travel together, and PostgreSQL makes them one transaction. A statement that
// has to change a row and does not raises an error (twohens_must, in the migrations), which undoes the rest.
type postgres struct {
	pool   *pgxpool.Pool
	config *pgx.ConnConfig
	notify *notifier
	closed atomic.Bool
}

// The figures of connections. The server's limits are a little shorter than the program's, so that the server is the one to
// say what went wrong.
const (
	defaultConnections = 10
	statementLimit     = 10 * time.Second
	callLimit          = 15 * time.Second
	connectLimit       = 10 * time.Second
	maxAttempts        = 10
)

func openPostgres(ctx context.Context, c Config) (*postgres, error) {
	config, err := pgxpool.ParseConfig(c.DSN)
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL address cannot be read: %w", err)
	}
	if !strings.Contains(c.DSN, "pool_max_conns") {
		config.MaxConns = defaultConnections
		if c.Connections > 0 {
			config.MaxConns = int32(min(c.Connections, 1000))
		}
	}
	conn := config.ConnConfig
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectLimit
	}
	// A pooler between here and the server knows few settings and refuses the rest, and it hands a connection to others after
	// each transaction, prepared statements and all. Whoever uses one says so by default_query_exec_mode=exec, and sets the
	// limits on the server.
	if direct := conn.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement; direct {
		setting := func(name, value string) {
			if _, set := conn.RuntimeParams[name]; !set {
				conn.RuntimeParams[name] = value
			}
		}
		setting("application_name", "twohens")
		setting("default_transaction_isolation", "read committed")
		setting("statement_timeout", fmt.Sprint(statementLimit.Milliseconds()))
		setting("idle_in_transaction_session_timeout", fmt.Sprint(statementLimit.Milliseconds()))
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	p := &postgres{pool: pool, config: conn.Copy()}
	if err := p.ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("opening the PostgreSQL database: %w", err)
	}
	p.notify = newNotifier(p)
	return p, nil
}

func (p *postgres) read(ctx context.Context, q query) error {
	return p.attempt(ctx, true, func(ctx context.Context, conn *pgxpool.Conn) error {
		if q.start != nil {
			q.start()
		}
		rows, err := conn.Query(ctx, q.postgres, q.args...)
		if err != nil {
			return err
		}
		return handOver(rows, q)
	})
}

// handOver hands rows to a query.
func handOver(rows pgx.Rows, q query) error {
	defer rows.Close()
	for rows.Next() {
		if err := q.each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (p *postgres) fetch(ctx context.Context, q query) error {
	return p.attempt(ctx, false, func(ctx context.Context, conn *pgxpool.Conn) error {
		if q.start != nil {
			q.start()
		}
		rows, err := conn.Query(ctx, q.postgres, q.args...)
		if err != nil {
			return err
		}
		return handOver(rows, q)
	})
}

func (p *postgres) write(ctx context.Context, care care, steps []step) (changed int64, err error) {
	if len(steps) == 0 {
		return 0, ctx.Err()
	}
	err = p.attempt(ctx, false, func(ctx context.Context, conn *pgxpool.Conn) (err error) {
		var batch pgx.Batch
		relax(&batch, care)
		before := batch.Len()
		queue(&batch, steps)
		changed, err = carryOut(ctx, conn, &batch, before, steps)
		return err
	})
	return changed, err
}

// relax lets a transaction be committed without a wait for the disk.
func relax(batch *pgx.Batch, care care) {
	if care == relaxed {
		batch.Queue("SELECT set_config('synchronous_commit', 'off', true)")
	}
}

func queue(batch *pgx.Batch, steps []step) {
	for _, st := range steps {
		if st.otherwise != nil {
			batch.Queue(st.must, st.args...)
		} else {
			batch.Queue(st.postgres, st.args...)
		}
	}
}

// carryOut sends a batch whose steps come after some other statements, and reads what became of it.
func carryOut(ctx context.Context, conn *pgxpool.Conn, batch *pgx.Batch, before int, steps []step) (changed int64, err error) {
	results := conn.SendBatch(ctx, batch)
	for i := range batch.Len() {
		tag, err := results.Exec()
		if err != nil {
			_ = results.Close()
			if at := i - before; at >= 0 && at < len(steps) && code(err) == codeMust {
				return 0, steps[at].otherwise
			}
			return 0, err
		}
		if at := i - before; at >= 0 && at < len(steps) {
			changed += tag.RowsAffected()
		}
	}
	return changed, results.Close()
}

func (p *postgres) decide(ctx context.Context, care care, q query, next func() []step) error {
	return p.attempt(ctx, false, func(ctx context.Context, conn *pgxpool.Conn) (err error) {
		defer func() {
			if conn.Conn().PgConn().TxStatus() != 'I' { // undone, so that the connection can be used again
				_, undo := conn.Exec(ctx, "ROLLBACK")
				err = errors.Join(err, undo)
			}
		}()
		if err := p.look(ctx, conn, care, q); err != nil {
			return err
		}
		steps := next()
		if len(steps) == 0 {
			return nil
		}
		var batch pgx.Batch
		queue(&batch, steps)
		batch.Queue("COMMIT")
		_, err = carryOut(ctx, conn, &batch, 0, steps)
		return err
	})
}

// look begins a transaction and hands the rows of its first query over.
func (p *postgres) look(ctx context.Context, conn *pgxpool.Conn, care care, q query) error {
	var batch pgx.Batch
	batch.Queue("BEGIN")
	relax(&batch, care)
	queue(&batch, q.locks)
	before := batch.Len()
	batch.Queue(q.postgres, q.args...)
	if q.start != nil {
		q.start()
	}
	results := conn.SendBatch(ctx, &batch)
	for range before {
		if _, err := results.Exec(); err != nil {
			return errors.Join(err, results.Close())
		}
	}
	rows, err := results.Query()
	if err == nil {
		err = handOver(rows, q)
	}
	return errors.Join(err, results.Close())
}

// attempt calls do with a connection, and again after a failure that changed nothing: two transactions in each other's way, or a
// connection that turned out dead before anything was sent on it. What only reads is repeated after a connection died on the way as
// well, as when the server was restarted.
//
// A caller that goes away while its statement is under way does not break it off: that would throw the connection away with
// it, and a stranger who hangs up a thousand times would make the server fork a thousand times.
func (p *postgres) attempt(ctx context.Context, repeatable bool, do func(context.Context, *pgxpool.Conn) error) error {
	for attempts := 1; ; attempts++ {
		err := p.call(ctx, do)
		if err == nil || attempts == maxAttempts || ctx.Err() != nil {
			return err
		}
		switch {
		case code(err) == codeDeadlock, code(err) == codeSerialization, pgconn.SafeToRetry(err):
		case repeatable && dead(err):
			p.pool.Reset() // the others have most likely died with it
		default:
			return err
		}
	}
}

func (p *postgres) call(ctx context.Context, do func(context.Context, *pgxpool.Conn) error) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		if p.closed.Load() {
			return ErrClosed
		}
		return err
	}
	defer conn.Release()
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), callLimit)
	defer cancel()
	return do(whole, conn)
}

// The codes that are looked at, of PostgreSQL and of the function in the migrations.
const (
	codeMust          = "TH001"
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	codeNoTable       = "42P01"
)

// code is PostgreSQL's code for an error, or empty.
func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// dead says that an error is about the connection rather than about what was asked.
func dead(err error) bool {
	switch c := code(err); {
	case c == "57P01", c == "57P02", c == "57P03": // shut down, crashed, not up yet
		return true
	case c != "":
		return strings.HasPrefix(c, "08")
	}
	if pgconn.Timeout(err) {
		return false // whoever waited that long must not wait as long again
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func (p *postgres) version(ctx context.Context) (version int64, err error) {
	err = p.read(ctx, query{statement: schemaVersion, each: func(r row) error { return r.Scan(&version) }})
	if code(err) == codeNoTable {
		return 0, nil
	}
	return version, err
}

func (p *postgres) latest() int64 { return latestIn(PostgreSQL) }

// migrate uses a connection of its own, without the limit on how long a statement may take.
func (p *postgres) migrate(ctx context.Context) error {
	config := p.config.Copy()
	delete(config.RuntimeParams, "statement_timeout")
	db := stdlib.OpenDB(*config)
	return errors.Join(upgradePostgres(ctx, db), db.Close())
}

// serve finds nobody alone: other nodes may come at any time, and one whose connections broke is not dead.
func (p *postgres) serve() (bool, error) { return false, nil }

func (p *postgres) ping(ctx context.Context) error {
	return p.read(ctx, query{statement: pingStatement, each: func(row) error { return nil }})
}

func (p *postgres) close() error {
	if !p.closed.Swap(true) {
		p.notify.close()
	}
	p.pool.Close() // waits for the connections in use; once closed it does nothing
	return nil
}
