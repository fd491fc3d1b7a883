// Package smpp hands texts to a message centre over SMPP 3.4, and takes its receipts.
//
// A [Client] keeps one connection bound, by which many goroutines submit at once. It connects when it is first needed, again when the
// connection breaks, and says goodbye on Close. Section numbers in comments are those of "Short Message Peer to Peer Protocol
// Specification v3.4", issue 1.2.
//
// What it guards against: a centre that is not the one configured (certificates are verified; the password and every code would go
// to it in the clear), a text that goes out twice (nothing is repeated once its bytes may have left), a peer that is silent, slow or
// sends nonsense (every wait has an end, every length a limit), receipts that a person made up (see receipt.go), and a receipt that
// is lost (it is acknowledged when the caller has it, not before). Neither numbers nor texts nor the password are in an error or a log.
package smpp

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"twohens/internal/loopback"
)

// ErrClosed says that the client was closed before anything left.
var ErrClosed = errors.New("smpp: the client is closed")

// Bind is how the connection is divided between what is sent and what is received.
type Bind int

// The ways there are.
const (
	Transceiver Bind = iota // one connection for both
	Pair                    // a transmitter and a receiver, for centres that know nothing else
	Transmitter             // no receipts
)

// Settings say which centre, and as whom.
type Settings struct {
	Host  string // also the name that its certificate must carry
	Port  int
	TLS   bool
	Roots *x509.CertPool // nil: those of the system
	Clear bool           // without TLS to another machine all the same, as through a tunnel of one's own

	Bind         Bind
	SystemID     string                 // at most 15 octets
	SystemType   string                 // at most 12 octets, mostly empty
	Password     func() (string, error) // called whenever a connection is bound, so that a new one needs no restart
	AddressRange string                 // which numbers a receiver is for, as the centre's operator says; mostly empty

	Source      *Numbering // of senders; nil: judged by what they look like
	Destination *Numbering // of recipients; nil: international
	UCS2        bool       // everything in UCS-2, for a centre whose default alphabet is not that of GSM: it would spoil "@"
	Absolute    bool       // how long a text is good for as a time of day, for a centre that does not know spans of time
	IDs         IDs        // how receipts write the name of a message

	PerSecond int           // messages at most; 0: as fast as the centre answers
	Window    int           // messages sent and not yet answered, at most; 0: 32
	Dial      time.Duration // limit of connecting and TLS; 0: 10 s
	Response  time.Duration // limit of each answer; 0: 15 s
	Enquire   time.Duration // a connection that was silent for so long is asked whether it lives; 0: 30 s
	Retry     time.Duration // before connecting again after a failure, doubled each time up to 64 of it; 0: 1 s

	// Receipt takes what the centre says of a message. The centre is told that it arrived after Receipt returned nil; after an error
	// it is asked to come again, so the same receipt may come twice. One call at a time. nil: no receipts are asked for.
	Receipt func(Receipt) error

	Now func() time.Time // nil: time.Now
}

// Client is a message centre to hand texts to.
type Client struct {
	settings  Settings
	log       *slog.Logger
	sending   *line
	receiving *line // nil unless bound as a pair
	pace      pace
	reference atomic.Uint32 // of the next text in parts

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	start  sync.Once
	lines  sync.WaitGroup
}

// New checks the settings. It does not connect: Submit, Ready and Run do.
func New(s Settings, log *slog.Logger) (*Client, error) {
	s.Window = cmp.Or(s.Window, 32)
	s.Dial = cmp.Or(s.Dial, 10*time.Second)
	s.Response = cmp.Or(s.Response, 15*time.Second)
	s.Enquire = cmp.Or(s.Enquire, 30*time.Second)
	s.Retry = cmp.Or(s.Retry, time.Second)
	if s.Now == nil {
		s.Now = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("smpp: %w", err)
	}
	c := &Client{settings: s, log: log}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.pace.least = spacing(s.PerSecond)
	c.reference.Store(anyReference())
	switch s.Bind {
	case Transceiver:
		c.sending = newLine(&c.settings, log, bindTransceiver)
	case Transmitter:
		c.sending = newLine(&c.settings, log, bindTransmitter)
	case Pair:
		c.sending = newLine(&c.settings, log, bindTransmitter)
		c.receiving = newLine(&c.settings, log, bindReceiver)
	}
	return c, nil
}

// check says what is wrong with the settings, defaults filled in.
func (s *Settings) check() error {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"system id", s.SystemID, 15}, {"system type", s.SystemType, 12}, {"address range", s.AddressRange, 40}} {
		if len(f.value) > f.most || strings.ContainsFunc(f.value, unprintable) {
			return fmt.Errorf("the %s is longer than %d octets, or not plain ASCII", f.name, f.most)
		}
	}
	switch {
	case s.Host == "" || s.Port < 1 || s.Port > 65535:
		return errors.New("a host and a port are needed")
	case !s.TLS && !s.Clear && !loopback.Is(s.Host):
		return fmt.Errorf("%s needs TLS: without it the password and codes could be read on the way", s.Host)
	case s.SystemID == "" || s.Password == nil:
		return errors.New("a system id and a password are needed")
	case s.Bind < Transceiver || s.Bind > Transmitter:
		return errors.New("no such way to bind")
	case s.Window < 1 || s.PerSecond < 0:
		return errors.New("a window of 1 at least and no rate below 0, please")
	case min(s.Dial, s.Response, s.Enquire, s.Retry) < 0:
		return errors.New("no time limit may be below 0")
	}
	return nil
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }

// wake begins to keep connections, once.
func (c *Client) wake() {
	c.start.Do(func() {
		for _, l := range []*line{c.sending, c.receiving} {
			if l != nil && c.ctx.Err() == nil {
				c.lines.Go(func() { l.keep(c.ctx) })
			}
		}
	})
}

// Ready waits until the client is bound. When it cannot be, the error says why, and [ClassOf] whether it is worth another try.
func (c *Client) Ready(ctx context.Context) error {
	c.wake()
	if _, err := c.sending.current(ctx); err != nil {
		return err
	}
	if c.receiving != nil {
		_, err := c.receiving.current(ctx)
		return err
	}
	return nil
}

// Run keeps the client bound until ctx ends, so that receipts come in although nothing is sent, and closes it then.
func (c *Client) Run(ctx context.Context) {
	c.wake()
	select {
	case <-ctx.Done():
	case <-c.ctx.Done():
	}
	c.Close()
}

// Close lets what was sent be answered, unbinds and waits until all goroutines are gone. It takes no longer than two answers may.
func (c *Client) Close() {
	c.sending.close()
	if c.receiving != nil {
		c.receiving.close()
	}
	c.cancel()
	c.start.Do(func() {}) // one that was never woken stays asleep
	c.lines.Wait()
}
