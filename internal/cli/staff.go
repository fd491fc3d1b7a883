package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/sqlstore"
	"twohens/internal/staff"
)

type staffCommand struct {
	Add         staffAddCommand         `cmd:"" help:"Add somebody who may sign in to the console."`
	List        staffListCommand        `cmd:"" help:"List the staff."`
	SetPassword staffSetPasswordCommand `cmd:"" help:"Set somebody's password and end their sessions."`
	Disable     staffDisableCommand     `cmd:"" help:"Stop somebody: their sessions end, and they cannot sign in."`
	Enable      staffEnableCommand      `cmd:"" help:"Allow somebody again."`
}

// crew is the staff, opened for one command.
type crew struct {
	*staff.Staff
	store *sqlstore.Store
	rules password.Rules
}

func (c configured) crew(ctx context.Context, t *terminal) (*crew, error) {
	cfg, err := c.load(t)
	if err != nil {
		return nil, err
	}
	hasher, err := password.NewHasher(cfg.Password.Params(), 1, 1)
	if err != nil {
		return nil, err
	}
	rules, err := daemon.Rules(cfg)
	if err != nil {
		return nil, err
	}
	rules.MinLength = max(rules.MinLength, leastStaff)
	store, err := daemon.OpenCurrent(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &crew{&staff.Staff{Table: store, Hasher: hasher, Limiter: quota.NewMemory(0), Now: time.Now}, store, rules}, nil
}

// leastStaff is how long a password of the staff is at least: it is all that their sign-in asks for (NIST SP 800-63B-4, 3.1.1.2).
const leastStaff = 15

func (c *crew) Close() error { return c.store.Close() }

type staffName struct {
	Name string `arg:"" help:"The name that they sign in with: of the characters a-z, 0-9, . and -."`
}

// told says what is wrong with a name.
func (n staffName) told(err error) error {
	switch {
	case errors.Is(err, staff.ErrNobody):
		return fmt.Errorf("there is nobody called %q among the staff", n.Name)
	case errors.Is(err, staff.ErrTaken):
		return fmt.Errorf("there is somebody called %q already", n.Name)
	}
	return err
}

type staffAddCommand struct {
	configured
	staffName
	Role string `enum:"desk,operator" default:"desk" help:"What they may do. desk: look up a reference, begin a recovery for someone. operator: that, and deliveries, switches and records."`
}

func (staffAddCommand) Help() string {
	return `The password is typed, or is the first line of standard input; it has at least 15 characters. For example:

    twohens staff add -config twohens.toml -role operator dora
`
}

func (c *staffAddCommand) Run(ctx context.Context, t *terminal) (err error) {
	s, err := c.crew(ctx, t)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	chosen, err := t.newPassword(ctx, s.rules, contact.Email{})
	if err != nil {
		return err
	}
	if err := s.Add(ctx, c.Name, staff.Role(c.Role), chosen); err != nil {
		return c.told(err)
	}
	fmt.Fprintf(t.out, "Added %s, %s.\n", c.Name, c.Role)
	return nil
}

type staffListCommand struct{ configured }

func (c *staffListCommand) Run(ctx context.Context, t *terminal) (err error) {
	s, err := c.crew(ctx, t)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	members, err := s.Table.Members(ctx)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		fmt.Fprintln(t.out, "Nobody. To add somebody: twohens staff add NAME")
		return nil
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tADDED\t")
	for _, m := range members {
		state := ""
		if !m.Disabled.IsZero() {
			state = "stopped"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.Name, m.Role, m.Made.Format(time.DateOnly), state)
	}
	return w.Flush()
}

type staffSetPasswordCommand struct {
	configured
	staffName
}

func (c *staffSetPasswordCommand) Run(ctx context.Context, t *terminal) (err error) {
	s, err := c.crew(ctx, t)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	chosen, err := t.newPassword(ctx, s.rules, contact.Email{})
	if err != nil {
		return err
	}
	if err := s.SetPassword(ctx, c.Name, chosen); err != nil {
		return c.told(err)
	}
	fmt.Fprintf(t.out, "Set the password of %s and ended their sessions.\n", c.Name)
	return nil
}

type staffDisableCommand struct {
	configured
	staffName
}

func (c *staffDisableCommand) Run(ctx context.Context, t *terminal) error {
	return c.stop(ctx, t, c.staffName, true, "Stopped")
}

type staffEnableCommand struct {
	configured
	staffName
}

func (c *staffEnableCommand) Run(ctx context.Context, t *terminal) error {
	return c.stop(ctx, t, c.staffName, false, "Allowed")
}

func (c configured) stop(ctx context.Context, t *terminal, n staffName, stopped bool, done string) (err error) {
	s, err := c.crew(ctx, t)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if err := s.Disable(ctx, n.Name, stopped); err != nil {
		return n.told(err)
	}
	fmt.Fprintf(t.out, "%s %s.\n", done, n.Name)
	return nil
}
