package cli

import (
	"context"
	"fmt"

	"twohens/internal/daemon"
)

type migrateCommand struct{ configured }

func (migrateCommand) Help() string {
	return `With several nodes: stop them, migrate once, start them. For example:

    twohens migrate -config /etc/twohens/twohens.toml
`
}

func (c *migrateCommand) Run(ctx context.Context, t *terminal) (err error) {
	cfg, err := c.load(t)
	if err != nil {
		return err
	}
	store, err := daemon.OpenStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	pending, err := store.Pending(ctx)
	if err != nil {
		return err
	}
	if pending == 0 {
		fmt.Fprintln(t.out, "The database is up to date.")
		return nil
	}
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Done: %d changes. The database is up to date.\n", pending)
	return nil
}

// closing closes at the end of a command, whose error it joins.
func closing(c interface{ Close() error }, err *error) {
	if closeErr := c.Close(); *err == nil {
		*err = closeErr
	}
}
