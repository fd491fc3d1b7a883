package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// The migrations of both dialects. One that was released is never edited: what comes later is a new file.
//
//go:embed migrate
var migrations embed.FS

// schemaTable holds the versions that were applied.
const schemaTable = "schema_version"

var schemaVersion = both("SELECT COALESCE(max(version_id), 0) FROM " + schemaTable)

// folder gives the migrations of one dialect.
func folder(dialect string) fs.FS {
	sub, err := fs.Sub(migrations, path.Join("migrate", dialect))
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// latestIn is the newest version among the migrations of a dialect, by their names alone: parsing them would cost every start.
func latestIn(dialect string) int64 {
	names, err := fs.Glob(folder(dialect), "*.sql")
	if err != nil {
		panic(err)
	}
	var latest int64
	for _, name := range names {
		digits, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			panic("sqlstore: a migration without a number: " + name)
		}
		latest = max(latest, n)
	}
	return latest
}

// upgrade applies what is missing.
func upgrade(ctx context.Context, dialect goose.Dialect, name string, db *sql.DB, options ...goose.ProviderOption) error {
	options = append(options, goose.WithTableName(schemaTable))
	provider, err := goose.NewProvider(dialect, db, folder(name), options...)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// upgradePostgres holds a lock of the database session for as long as it takes, so that nodes starting together wait for the first.
func upgradePostgres(ctx context.Context, db *sql.DB) error {
	return upgrade(ctx, goose.DialectPostgres, PostgreSQL, db, goose.WithSessionLocker(sessionLock(7202617349)))
}

// sessionLock is an advisory lock of PostgreSQL, by its number. It waits for its turn rather than asking again and again.
type sessionLock int64

// SessionLock implements lock.SessionLocker.
func (l sessionLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(l))
	return err
}

// SessionUnlock implements lock.SessionLocker.
func (l sessionLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", int64(l))
	return err
}

// upgradeSQLite makes the whole upgrade one transaction under the write lock: programs starting together wait for the first,
// and an upgrade that fails or is killed has changed nothing.
func upgradeSQLite(ctx context.Context, dsn string) (err error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return err
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	held := &heldConn{Conn: conn}
	db := sql.OpenDB(heldConnector{connector, held})
	db.SetMaxOpenConns(1)
	defer func() {
		err = errors.Join(err, db.Close(), conn.Close())
	}()
	if err := held.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := upgrade(ctx, goose.DialectSQLite3, SQLite, db); err != nil {
		return errors.Join(err, held.exec("ROLLBACK"))
	}
	return held.exec("COMMIT")
}

// heldConn is a connection inside a transaction of its own: what begins on it is a savepoint, and closing it is put off.
type heldConn struct {
	driver.Conn
}

type heldConnector struct {
	driver.Connector
	conn *heldConn
}

func (c heldConnector) Connect(context.Context) (driver.Conn, error) { return c.conn, nil }

func (c *heldConn) exec(sql string) error {
	_, err := c.Conn.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

// Begin implements driver.Conn.
func (c *heldConn) Begin() (driver.Tx, error) { return heldTx{c}, c.exec("SAVEPOINT held") }

// Close implements driver.Conn. The connection is closed by whoever opened it, after the transaction.
func (c *heldConn) Close() error { return nil }

// heldTx is a transaction of a migration, inside the one that holds the lock.
type heldTx struct{ conn *heldConn }

func (t heldTx) Commit() error { return t.conn.exec("RELEASE held") }

func (t heldTx) Rollback() error {
	return errors.Join(t.conn.exec("ROLLBACK TO held"), t.conn.exec("RELEASE held"))
}
