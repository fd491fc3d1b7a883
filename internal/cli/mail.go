package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/engine"
	"twohens/internal/mailgate"
)

type mailCommand struct {
	Test mailTestCommand `cmd:"" help:"Send a mail to an address, and tell what the mail server said."`
}

type mailTestCommand struct {
	configured
	Address string `arg:"" help:"Where to, such as your own address."`
}

func (mailTestCommand) Help() string {
	return `It goes the way of every code: the same servers in the same order, the same sender, the same signature. Nothing of it is kept. For example:

    twohens mail test -config twohens.toml you@example.org
`
}

// testTimeout is how long a test message may take.
const testTimeout = time.Minute

func (c *mailTestCommand) Run(ctx context.Context, t *terminal) error {
	to, err := contact.ParseEmail(c.Address)
	if err != nil {
		return fmt.Errorf("%q is no e-mail address", c.Address)
	}
	cfg, err := c.load(t)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, testTimeout)
	defer cancel()
	sender, err := daemon.NewSender(cfg, nil, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer sender.Close()
	if servers := sender.Servers(); len(servers) > 0 {
		answers := 0
		for _, server := range servers {
			fmt.Fprintf(t.out, "Asking %s\n", called(server))
			found, err := server.Check(ctx)
			if err != nil {
				fmt.Fprintf(t.out, "  It does not take mail from us now: %v\n", err)
				continue
			}
			answers++
			fmt.Fprintf(t.out, "  It answers: %s\n", describe(found))
		}
		if answers == 0 && len(servers) == len(cfg.Mail.InOrder()) {
			return errors.New("no mail server takes mail from us, so nothing was sent")
		}
	}
	const words = "This is a test of %s.\n\nIf you can read it, mails with codes reach this address.\n"
	mail := engine.Mail{
		ID: testID(), To: to, Locale: "en", Subject: "Test of " + cfg.Site.Name, Text: fmt.Sprintf(words, cfg.Site.Name),
		HTML: "<!doctype html><html lang=\"en\"><title>Test</title><p>This is a test.</p><p>If you can read it, mails with codes reach this address.</p></html>",
	}
	began := time.Now()
	taken, err := sender.Send(ctx, mail)
	// Nothing else went this way, so that what stands there is of this mail.
	for _, s := range sender.Status() {
		if s.LastFailure != "" && s.Gateway != taken.Gateway {
			fmt.Fprintf(t.out, "Not taken by %s\n", s.LastFailure)
		}
	}
	var refused *engine.Refusal
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("the mail was refused for good: %s", refused.Said)
	case err != nil:
		return fmt.Errorf("the mail was not taken, a code would be tried again: %w", err)
	}
	fmt.Fprintf(t.out, "Handed over to %s after %s, as %s. It said: %s\n", taken.Gateway, time.Since(began).Round(time.Millisecond), mail.ID, cmp.Or(taken.Said, "nothing"))
	fmt.Fprintln(t.out, "What the next ones on its way do is not seen from here: look at its headers for SPF, DKIM and DMARC, and into the folder for spam.")
	return nil
}

// called is how a mail server is spoken of.
func called(server mailgate.Server) string {
	return fmt.Sprintf("%s (%s)", server.Name, server.Address())
}

// testID names a test message as an outbox entry would be named.
func testID() string {
	b := make([]byte, 8)
	rand.Read(b)
	return "test-" + hex.EncodeToString(b)
}
