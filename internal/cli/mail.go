package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"time"

	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/engine"
)

type mailCommand struct {
	Test mailTestCommand `cmd:"" help:"Send a mail to an address, and tell what the mail server said."`
}

type mailTestCommand struct {
	configured
	Address string `arg:"" help:"Where to, such as your own address."`
}

func (mailTestCommand) Help() string {
	return `It goes the way of every code: the same server, the same sender, the same signature. Nothing of it is kept. For example:

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
	sender, err := daemon.NewSender(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer sender.Close()
	fmt.Fprintf(t.out, "Asking %s:%d\n", cfg.Mail.Server, cfg.Mail.Port)
	found, err := sender.Check(ctx)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", cfg.Mail.Server, cfg.Mail.Port, err)
	}
	fmt.Fprintf(t.out, "It answers: %s\n", describe(found))
	const words = "This is a test of %s.\n\nIf you can read it, mails with codes reach this address.\n"
	mail := engine.Mail{
		ID: testID(), To: to, Locale: "en", Subject: "Test of " + cfg.Site.Name, Text: fmt.Sprintf(words, cfg.Site.Name),
		HTML: "<!doctype html><html lang=\"en\"><title>Test</title><p>This is a test.</p><p>If you can read it, mails with codes reach this address.</p></html>",
	}
	began := time.Now()
	taken, err := sender.Send(ctx, mail)
	if err != nil {
		return fmt.Errorf("the mail was not taken: %w", err)
	}
	fmt.Fprintf(t.out, "The server said: %s\n", taken.Said)
	fmt.Fprintf(t.out, "Handed over after %s, as %s. Look at its headers for SPF, DKIM and DMARC.\n", time.Since(began).Round(time.Millisecond), mail.ID)
	return nil
}

// testID names a test message as an outbox entry would be named.
func testID() string {
	b := make([]byte, 8)
	rand.Read(b)
	return "test-" + hex.EncodeToString(b)
}
