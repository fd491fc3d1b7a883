package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"twohens/internal/config"
	"twohens/internal/daemon"
	"twohens/internal/mailrecords"
	"twohens/internal/smtpmail"
	"twohens/internal/sqlstore"
)

type checkCommand struct {
	configured
	Offline  bool   `help:"Look at the file alone; try neither the database nor the mail server, and ask no DNS."`
	Resolver string `placeholder:"ADDRESS" help:"The DNS server to ask about the records of mail, as host:port; the system's otherwise."`
}

func (checkCommand) Help() string {
	return `It changes nothing and sends no mail. For example:

    twohens check -config /etc/twohens/twohens.toml
`
}

// checkTimeout is how long the database and the mail server may take.
const checkTimeout = 20 * time.Second

func (c *checkCommand) Run(ctx context.Context, t *terminal) error {
	if c.Resolver != "" {
		if _, _, err := net.SplitHostPort(c.Resolver); err != nil {
			return fmt.Errorf("-resolver: %q is no host:port; write for example 192.0.2.53:53", c.Resolver)
		}
	}
	cfg, err := c.load(t)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	failed := false
	say := func(what, is string, err error) {
		state := "ok"
		if err != nil {
			state, is, failed = "FAILED", strings.ReplaceAll(err.Error(), "\n", "; "), true
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", what, state, is)
	}
	say("configuration", c.Config, nil)
	var notes []string
	if cfg.Help.Folder != "" {
		var is string
		is, notes, err = checkHelp(cfg)
		say("help", is, err)
	}
	if !c.Offline {
		is, err := checkDatabase(ctx, cfg)
		say("database", is, err)
		checkMail(ctx, cfg, say)
		if cfg.ACME.Agreed {
			is, err := checkAuthority(ctx, cfg)
			say("authority", is, err)
		}
		if len(cfg.Redis.Addresses) > 0 {
			is, note, err := checkRedis(ctx, cfg)
			say("redis", is, err)
			notes = append(notes, note...)
		}
	}
	w.Flush()
	if !c.Offline {
		c.tellRecords(ctx, t, cfg)
	}
	for _, note := range append(cfg.Notes(), notes...) {
		fmt.Fprintf(t.out, "\nNote: %s.\n", note)
	}
	tellDepartures(t, cfg)
	if failed {
		return errTold
	}
	return nil
}

// checkAuthority asks for the terms that have been agreed to.
func checkAuthority(ctx context.Context, cfg *config.Config) (is string, err error) {
	terms, err := daemon.AskAuthority(ctx, &cfg.ACME)
	if err != nil {
		return "", err
	}
	is = cfg.ACME.Directory.Host + ", for " + cfg.Site.PublicURL.Hostname()
	if terms != "" {
		is += ", by the terms at " + terms
	}
	return is, nil
}

// checkRedis asks it what it is, and counts an event.
func checkRedis(ctx context.Context, cfg *config.Config) (is string, notes []string, err error) {
	l, err := daemon.NewRedis(&cfg.Redis)
	if err != nil {
		return "", nil, err
	}
	defer l.Close()
	h, err := l.Health(ctx)
	if err != nil {
		return "", nil, err
	}
	switch {
	case h.Version == "":
		is = "it counts, and this user may not ask what it is"
	case h.Cluster:
		is = "version " + h.Version + ", Cluster"
	default:
		is = "version " + h.Version + ", single"
	}
	if h.Eviction != "" && h.Eviction != "noeviction" {
		notes = append(notes, "redis: maxmemory-policy is "+h.Eviction+", so that counts may be thrown away when its memory is full, and limits begin anew; set it to noeviction, and the database counts instead")
	}
	return is, notes, nil
}

func checkDatabase(ctx context.Context, cfg *config.Config) (is string, err error) {
	is = cfg.Database.Driver
	if cfg.Database.Driver == sqlstore.SQLite {
		path := string(cfg.Database.Path)
		is += " " + path
		if _, err := os.Stat(path); os.IsNotExist(err) {
			// Opening it would make it, and a check makes nothing.
			return is + ", will be made", writable(filepath.Dir(path))
		}
	}
	store, err := daemon.OpenStore(ctx, cfg)
	if err != nil {
		return "", err
	}
	defer closing(store, &err)
	if err := store.Ping(ctx); err != nil {
		return "", err
	}
	pending, err := store.Pending(ctx)
	if err != nil {
		return "", err
	}
	if pending > 0 {
		return fmt.Sprintf("%s, %d changes behind this version: run twohens migrate", is, pending), nil
	}
	return is + ", up to date", nil
}

// writable says whether a folder, or the nearest one above it that exists, lets this user make files.
func writable(folder string) error {
	for {
		info, err := os.Stat(folder)
		if os.IsNotExist(err) && filepath.Dir(folder) != folder {
			folder = filepath.Dir(folder)
			continue
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is no folder", folder)
		}
		probe, err := os.CreateTemp(folder, ".twohens-check-*")
		if err != nil {
			return &fs.PathError{Op: "write into", Path: folder, Err: fs.ErrPermission}
		}
		probe.Close()
		return os.Remove(probe.Name())
	}
}

// checkHelp tells of the operator's articles: what is wrong with them, and what could be better.
func checkHelp(cfg *config.Config) (is string, notes []string, err error) {
	centre, faults, err := daemon.NewHelp(cfg)
	if err != nil {
		return "", nil, err
	}
	var wrong []error
	for _, f := range faults {
		if f.Note {
			notes = append(notes, "help.folder: "+f.String())
		} else {
			wrong = append(wrong, errors.New(f.String()))
		}
	}
	return fmt.Sprintf("%d articles", centre.Len()), notes, errors.Join(wrong...)
}

// checkMail looks at each mail server; at a service that speaks HTTP there is nothing to look at without sending.
func checkMail(ctx context.Context, cfg *config.Config, say func(what, is string, err error)) {
	sender, err := daemon.NewSender(cfg, nil, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		say("mail", "", err)
		return
	}
	defer sender.Close()
	for _, server := range sender.Servers() {
		found, err := server.Check(ctx)
		if err != nil {
			err = fmt.Errorf("%s: %w", called(server), err)
		}
		say("mail server", fmt.Sprintf("%s, %s", called(server), describe(found)), err)
	}
}

// recordsTimeout is how long the DNS may take, all in all.
const recordsTimeout = 10 * time.Second

// tellRecords tells of the DNS records by which receivers judge mails, with what to set. They are not in this program's hands, so none of
// them makes the check fail.
func (c *checkCommand) tellRecords(ctx context.Context, t *terminal, cfg *config.Config) {
	ctx, cancel := context.WithTimeout(ctx, recordsTimeout)
	defer cancel()
	m := &cfg.Mail
	s := mailrecords.Subject{From: m.From.Domain(), Envelope: m.EnvelopeFrom.Domain(), Hello: m.Hello, Bounces: m.BounceDomain}
	if m.BounceDomain != "" {
		s.Envelope = m.BounceDomain
	}
	for _, service := range m.InOrder() {
		if service.Kind == "smtp" {
			s.Servers = append(s.Servers, service.Server)
		}
	}
	for _, key := range m.DKIM {
		if signer, err := smtpmail.NewSigner(s.From, key.Selector, string(key.KeyFile)); err == nil {
			s.Keys = append(s.Keys, mailrecords.Key{Selector: key.Selector, Record: signer.Record()})
		}
	}
	var resolver *net.Resolver
	if c.Resolver != "" {
		resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, c.Resolver)
		}}
	}
	fmt.Fprint(t.out, "\nWhat receivers of mail find in the DNS:\n\n")
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	var wants []string
	for _, f := range mailrecords.Check(ctx, resolver, s) {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", f.What, f.Level, f.At, f.Is)
		if f.Want != "" {
			wants = append(wants, f.Want)
		}
	}
	w.Flush()
	if len(wants) > 0 {
		fmt.Fprint(t.out, "\nRecords to set, as in a zone file:\n\n")
	}
	for _, want := range wants {
		fmt.Fprintf(t.out, "  %s\n", want)
	}
}

func describe(f smtpmail.Found) string {
	parts := []string{"no TLS", "no sign-in"}
	if f.TLS != "" {
		parts[0] = f.TLS
	}
	if f.Mechanism != "" {
		parts[1] = "signed in by " + f.Mechanism
	}
	if !f.UTF8 {
		parts = append(parts, "takes no addresses beyond ASCII")
	}
	return strings.Join(append(parts, "takes mail from us"), ", ")
}

func tellDepartures(t *terminal, cfg *config.Config) {
	departures := cfg.Departures()
	if len(departures) == 0 {
		fmt.Fprint(t.out, "\nThe policy asks for no less than the clauses of NIST SP 800-63B-4 and OWASP ASVS 5 that it was held against.\n")
		return
	}
	fmt.Fprint(t.out, "\nThe policy asks for less than these clauses of NIST SP 800-63B-4 and OWASP ASVS 5. That is allowed:\n\n")
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, d := range departures {
		fmt.Fprintf(w, "  %s\t%s\t%s: %s\n\t\twhy one may: %s\n", d.Key, d.Is, d.Clause, d.Asks, d.Why)
	}
	w.Flush()
}
