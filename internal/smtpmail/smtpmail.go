// Package smtpmail hands mails to a mail server over SMTP: the engine's Sender.
//
// What it guards against: a server that is not the one configured (certificates are verified; TLS is required unless the
// server is on this machine), a mail that goes out twice (a dead connection is replaced only before the message was begun,
// never after), a server that hangs (every step has an end), and secrets or addresses that come back in a server's words and
// would end up in the database (see Clean).
//
// The mail itself carries the headers of R-52 and no remote content; its Message-ID is made of the outbox entry's id, so
// the one repeat that can happen, after a connection broke behind the last byte, is known as a repeat by whoever gets it.
package smtpmail

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/loopback"
	"twohens/internal/relay"
)

// Security is how the connection to the mail server is protected.
type Security string

// The ways there are.
const (
	StartTLS Security = "starttls" // begin in the clear, then STARTTLS or nothing
	Implicit Security = "implicit" // TLS from the first byte, usually port 465
	Plain    Security = "none"     // no TLS at all: only to a server on this machine
)

// Settings say which server, and as whom.
type Settings struct {
	Server   string // host name, also the name that its certificate must carry
	Port     int
	Security Security
	Roots    *x509.CertPool // nil: those of the system

	Username     string // empty: no AUTH
	PasswordFile string // read whenever a connection is opened, so that a new password needs no restart

	From     contact.Email
	FromName string
	Envelope contact.Email          // where bounces go; zero: From
	Return   func(id string) string // where the bounces of one mail go, by its id; nil: Envelope
	Hello    string                 // what this machine calls itself in EHLO; empty: "localhost"
	Signers  []Signer               // DKIM; none: mails are not signed here

	Connections int           // at most, at once; 0: 8
	Idle        time.Duration // an unused connection is closed after it; 0: 30 s
	Dial        time.Duration // limit of connecting, TLS included; 0: 10 s
	Step        time.Duration // limit of each command and its answer; 0: 30 s
	Before      time.Duration // limit of all that comes before a message is begun, where another server stands ready; 0: none of its own
	Now         func() time.Time
}

// Sender is a mail server to hand mails to. It keeps connections open between mails.
type Sender struct {
	settings Settings
	log      *slog.Logger
	pool     pool
}

var _ engine.Sender = (*Sender)(nil)

// New checks the settings. It does not connect.
func New(s Settings, log *slog.Logger) (*Sender, error) {
	s.Connections = cmp.Or(s.Connections, 8)
	s.Idle = cmp.Or(s.Idle, 30*time.Second)
	s.Dial = cmp.Or(s.Dial, 10*time.Second)
	s.Step = cmp.Or(s.Step, 30*time.Second)
	s.Hello = cmp.Or(s.Hello, "localhost")
	s.Envelope = cmp.Or(s.Envelope, s.From)
	if s.Now == nil {
		s.Now = time.Now
	}
	switch s.Security {
	case StartTLS, Implicit:
	case Plain:
		if !loopback.Is(s.Server) {
			return nil, fmt.Errorf("mail to %s needs TLS: without it codes could be read on the way", s.Server)
		}
	default:
		return nil, fmt.Errorf("no such way to protect a connection: %q", s.Security)
	}
	if s.From.IsZero() {
		return nil, errors.New("mails need a From address")
	}
	return &Sender{settings: s, log: log, pool: newPool(s.Connections, s.Idle)}, nil
}

// Address is the server's, as host:port.
func (s *Sender) Address() string {
	return net.JoinHostPort(s.settings.Server, strconv.Itoa(s.settings.Port))
}

// Send hands one mail over. No error means that the server took responsibility for it, with the words in the handover. A
// *engine.Refusal means that it never will; every other error is worth another try, and a *relay.Failure.
func (s *Sender) Send(ctx context.Context, m engine.Mail) (engine.Handover, error) {
	letter, err := s.wire(m)
	if err != nil { // a fault of ours: says nothing about the server
		return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "the mail cannot be written", Err: err}
	}
	defer letter.free()

	before := ctx
	if s.settings.Before > 0 {
		var cancel context.CancelFunc
		before, cancel = context.WithTimeout(ctx, s.settings.Before)
		defer cancel()
	}
	taken, err := s.send(ctx, before, letter)
	if err != nil && before.Err() != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = &relay.Failure{Class: relay.Down, Said: fmt.Sprintf("not ready to take a message after %s", s.settings.Before), Err: os.ErrDeadlineExceeded}
	}
	return taken, err
}

func (s *Sender) send(ctx, before context.Context, letter *letter) (engine.Handover, error) {
	if err := s.pool.enter(before); err != nil {
		return engine.Handover{}, &relay.Failure{Class: relay.Down, Said: "broken off", Err: err}
	}
	defer s.pool.leave()

	// A connection that was kept open may have died unnoticed: the server closes idle ones, restarts, or went away. MAIL
	// FROM finds out as well as NOOP would, without a round trip of its own. The mail was not begun, so that one more
	// attempt, on a new connection, cannot make two of it.
	if c := s.pool.take(); c != nil {
		taken, err := s.deliver(ctx, before, c, letter)
		if err == nil || !c.lost || c.begun || before.Err() != nil {
			return taken, err
		}
	}
	c, err := s.connect(before)
	if err != nil {
		return engine.Handover{}, err
	}
	return s.deliver(ctx, before, c, letter)
}

// deliver sends one letter over a connection, and keeps or closes the connection.
func (s *Sender) deliver(ctx, before context.Context, c *connection, l *letter) (engine.Handover, error) {
	err := c.deliver(ctx, before, l)
	if c.lost {
		c.close()
	} else {
		s.pool.put(c)
	}
	if err != nil {
		return engine.Handover{}, err
	}
	return engine.Handover{Said: l.said}, nil
}

// Raw is a mail as it goes over the wire, signed, for a service that takes whole mails.
func (s *Sender) Raw(m engine.Mail) (string, error) {
	letter, err := s.wire(m)
	if err != nil {
		return "", err
	}
	defer letter.free()
	return letter.bytes.String(), nil
}

// Close closes the connections that are not in use; those in use are closed by the Send that uses them.
func (s *Sender) Close() error {
	s.pool.close()
	return nil
}

// Found is what Check found out.
type Found struct {
	TLS       string // such as "TLS 1.3"; empty: none
	Mechanism string // of AUTH; empty: none was asked for
	UTF8      bool   // takes addresses beyond ASCII
}

// Check connects, signs in, asks whether the sender's address would be taken, and sends nothing.
func (s *Sender) Check(ctx context.Context) (Found, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return Found{}, err
	}
	defer c.close()
	defer c.watch(ctx)()
	if err := c.step(ctx, "MAIL FROM", func() error { return c.smtp.Mail(s.envelope("check")) }); err != nil {
		return c.found, err
	}
	_ = c.step(ctx, "QUIT", c.smtp.Quit)
	return c.found, nil
}

// envelope is where a mail goes when it comes back, in angle brackets.
func (s *Sender) envelope(id string) string {
	if s.settings.Return != nil {
		return "<" + s.settings.Return(id) + ">"
	}
	return "<" + s.settings.Envelope.Address() + ">"
}
