package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"twohens/internal/daemon"
)

type demoCommand struct {
	Dir    string `default:"twohens-demo" type:"path" placeholder:"FOLDER" help:"Where its database and keys live; made when missing (${default})."`
	Listen string `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where to answer, or the next free port (${default})."`
}

func (demoCommand) Help() string {
	return `It serves on this machine alone, with an embedded database, five ready accounts, and a mail server of its own: the mails go
over SMTP, the texts over a gateway, to a page that shows them as they arrive. Starting it again on the same folder goes on where it was.

For example:

    twohens demo
    twohens demo -dir /tmp/try -listen 127.0.0.1:9000
`
}

func (c *demoCommand) Run(ctx context.Context, t *terminal) error {
	_, err := os.Stat(filepath.Join(c.Dir, "twohens.db"))
	fresh := os.IsNotExist(err)
	if err != nil && !fresh {
		return err
	}
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := daemon.NewDemo(ctx, c.Dir, c.Listen, log)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(t.out, "Ended before it was ready.")
		return nil
	}
	if err != nil {
		return err
	}
	c.greet(t, d, fresh)
	if err := d.Run(ctx); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "\nEnded. Everything is kept in %s; start again to go on, or delete the folder.\n", shown(c.Dir))
	return nil
}

func (c *demoCommand) greet(t *terminal, d *daemon.Demo, fresh bool) {
	base := "http://" + d.Address()
	kept := "goes on in " + shown(c.Dir) + ", with what was there"
	if fresh {
		kept = "keeps its data in the new folder " + shown(c.Dir)
	}
	fmt.Fprintf(t.out, `The demo %s.

  Sign in, or not     %s/
  Forgot Password     %s/recover
  Mails and texts     %s/demo/mailbox
  Console             http://%s/

Accounts, with the passwords that they began with:

`, kept, base, base, base, d.ConsoleAddress())
	for _, a := range d.Accounts {
		fmt.Fprintf(t.out, "  %-28s %-26s", a.Address, a.Password)
		if a.Phone != "" {
			fmt.Fprintf(t.out, "  %s, every question: %s", a.Phone, a.Answer)
		}
		fmt.Fprintln(t.out)
	}
	fmt.Fprint(t.out, "\nStaff of the console, with theirs:\n\n")
	for _, m := range d.Crew {
		fmt.Fprintf(t.out, "  %-28s %-30s %s\n", m.Name, m.Password, m.Role)
	}
	fmt.Fprint(t.out, "\nCtrl-C ends it.\n")
}

// shown is a path as it is told: relative to where the person stands, when it is below.
func shown(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if near, err := filepath.Rel(here, path); err == nil && fs.ValidPath(filepath.ToSlash(near)) {
		return near
	}
	return path
}
