package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"twohens/internal/config"
	"twohens/internal/sqlstore"
)

// ErrPending says that the database is older than the program, and that starting does not change it.
var ErrPending = errors.New("the database is of an older version: run twohens migrate, or set database.migrate to \"always\"")

// OpenStore opens the database that a configuration names, as it is.
func OpenStore(ctx context.Context, c *config.Config) (*sqlstore.Store, error) {
	s := sqlstore.Config{Driver: c.Database.Driver, Path: string(c.Database.Path), Connections: c.Database.Connections}
	if s.Driver == sqlstore.PostgreSQL {
		dsn, err := os.ReadFile(string(c.Database.DSNFile))
		if err != nil {
			return nil, fmt.Errorf("database.dsn_file: %w", err)
		}
		s.Path, s.DSN = "", strings.TrimSpace(string(dsn))
	}
	store, err := sqlstore.Open(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return store, nil
}

// OpenCurrent opens the database and sees to it that it is of this version, as database.migrate says.
func OpenCurrent(ctx context.Context, c *config.Config) (*sqlstore.Store, error) {
	store, err := OpenStore(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := current(ctx, c, store); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func current(ctx context.Context, c *config.Config, store *sqlstore.Store) error {
	pending, err := store.Pending(ctx)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if pending == 0 {
		return nil
	}
	// An embedded database has one user, who has just asked for the new version. A server has nodes that may still run the old
	// one, so there somebody must say so.
	if c.Database.Migrate == "never" || c.Database.Migrate == "auto" && c.Database.Driver != sqlstore.SQLite {
		return ErrPending
	}
	return store.Migrate(ctx)
}
