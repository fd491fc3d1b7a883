// Package mailgate hands mails to mail servers and mail services: the engine's Sender.
//
// A service is an SMTP server (package smtpmail), or one that takes a mail as one HTTP request in templates (http.go). Several of them stand
// in a [Chain]: a mail goes to the first, and to the next one when that cannot take it. What is guarded against is told in packages relay
// and smtpmail. Besides, one mail domain gets no more at once and in a minute than the operator says (domain.go).
package mailgate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/smtpmail"
)

// Settings say which services there are, in the order in which they are asked.
type Settings struct {
	Services []Service

	From     contact.Email
	FromName string
	Envelope contact.Email          // where bounces go; zero: From
	Return   func(id string) string // where the bounces of one mail go, by its id; nil: Envelope
	Signers  []smtpmail.Signer      // DKIM; none: mails are not signed here

	DomainAtOnce    int // mails on their way to one mail domain, at most; 0: as they come
	DomainPerMinute int // mails to one mail domain in a minute, at most; 0: as they come

	// ReceiptURL is the public address that Chain.Receipts answers under. Empty: no service is told where to report to.
	ReceiptURL string
	// Deliver keeps a receipt. After its error the service reports again. nil: receipts are dropped.
	Deliver func(context.Context, engine.Receipt) error

	Chain relay.Settings
}

// Service is one of them. Exactly one of SMTP and HTTP is set.
type Service struct {
	Name string // as the operator calls it, in a-z, 0-9 and -

	AtOnce    int // mails on their way, at most; 0: 8
	PerSecond int // mails a second, at most; 0: as they come

	SMTP     *smtpmail.Settings // the sender's addresses, signers and connections are those of Settings and AtOnce
	HTTP     *relay.HTTP
	Receipts *relay.Receipts // of HTTP; nil: none
}

// before is how long a server may take until it is ready for a message, when another one stands behind it: a person waits for the code.
const before = 3 * time.Second

// patience is how long a mail waits for its turn at the only service there is.
const patience = 30 * time.Second

// Chain is all services. Its methods may be called by many at once.
type Chain struct {
	chain    *relay.Chain[engine.Mail]
	domains  *domains
	servers  []Server
	receiver *relay.Receiver
}

// Server is an SMTP server of the chain, for looking at it.
type Server struct {
	Name string
	*smtpmail.Sender
}

var _ engine.Sender = (*Chain)(nil)

// New checks the settings and tells of all mistakes at once. It does not connect.
func New(s Settings, log *slog.Logger) (*Chain, error) {
	s.Chain.What = "mail service"
	if s.Chain.Now == nil {
		s.Chain.Now = time.Now
	}
	if len(s.Services) == 1 { // there is nobody to go to instead
		s.Chain.Patience = max(s.Chain.Patience, patience)
	}
	if s.Deliver == nil {
		s.Deliver = func(context.Context, engine.Receipt) error { return nil }
	}
	if s.DomainAtOnce < 0 || s.DomainPerMinute < 0 {
		return nil, errors.New("how many mails go to a domain cannot be negative")
	}
	c := &Chain{
		domains:  newDomains(s.DomainAtOnce, s.DomainPerMinute, s.Chain.Now),
		receiver: &relay.Receiver{Readers: make(map[string]relay.Reader), Deliver: s.Deliver, Log: log, Now: s.Chain.Now},
	}
	var mistakes []error
	var links []relay.Link[engine.Mail]
	for i, service := range s.Services {
		l, err := c.link(&service, &s, i+1 < len(s.Services), log)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("mail service %q: %w", service.Name, err))
			continue
		}
		links = append(links, l)
	}
	if len(mistakes) > 0 {
		mistakes = append(mistakes, s.Chain.Check())
	} else {
		var err error
		c.chain, err = relay.New(s.Chain, links, log)
		mistakes = append(mistakes, err)
	}
	if err := errors.Join(mistakes...); err != nil {
		for _, l := range links {
			err = errors.Join(err, l.Close())
		}
		return nil, err
	}
	return c, nil
}

// link makes one service ready. One behind which another stands must be quick.
func (c *Chain) link(service *Service, s *Settings, spare bool, log *slog.Logger) (relay.Link[engine.Mail], error) {
	l := relay.Link[engine.Mail]{Name: service.Name, AtOnce: service.AtOnce, PerSecond: service.PerSecond}
	if !relay.NameForm.MatchString(service.Name) {
		return l, errors.New("a name has 1 to 40 of the characters a-z, 0-9 and -")
	}
	if (service.SMTP == nil) == (service.HTTP == nil) {
		return l, errors.New("must be of one kind")
	}
	own := smtpmail.Settings{Server: "localhost", Security: smtpmail.Plain}
	if service.SMTP != nil {
		own = *service.SMTP
	}
	own.From, own.FromName, own.Envelope, own.Return, own.Signers = s.From, s.FromName, s.Envelope, s.Return, s.Signers
	own.Connections, own.Now = service.AtOnce, s.Chain.Now
	if spare && own.Before == 0 {
		own.Before = before
	}
	sender, err := smtpmail.New(own, log)
	if err != nil {
		return l, err
	}
	if service.SMTP != nil {
		c.servers = append(c.servers, Server{Name: service.Name, Sender: sender})
		l.Send, l.Close = func(ctx context.Context, m engine.Mail, last func() error) (engine.Handover, error) {
			m.Last = last
			return sender.Send(ctx, m)
		}, sender.Close
		return l, nil
	}
	if spare && service.HTTP.Before == 0 {
		quick := *service.HTTP
		quick.Before, service.HTTP = before, &quick
	}
	poster, err := c.poster(service, s, sender)
	if err != nil {
		return l, err
	}
	l.Send, l.Close = poster.send, poster.Close
	return l, nil
}

// Send hands a mail to the first service that takes it: see relay.Chain.Send.
func (c *Chain) Send(ctx context.Context, m engine.Mail) (engine.Handover, error) {
	leave, ok := c.domains.take(m.To.Domain())
	if !ok {
		return engine.Handover{}, &relay.Failure{Class: relay.Later, Said: "enough mails go to this domain already, it waits for its turn"}
	}
	defer leave()
	return c.chain.Send(ctx, m, m.NotAfter, m.Last)
}

// Switch says which services get nothing from now on.
func (c *Chain) Switch(off []string) { c.chain.Switch(off) }

// Status tells of each service, in their order.
func (c *Chain) Status() []relay.Status { return c.chain.Status() }

// Servers are the SMTP servers among the services, in their order.
func (c *Chain) Servers() []Server { return slices.Clone(c.servers) }

// Receipts is where services report: to be mounted so that it sees paths that begin with a service's name, under Settings.ReceiptURL.
func (c *Chain) Receipts() *relay.Receiver { return c.receiver }

// Close closes the connections that are not in use.
func (c *Chain) Close() error { return c.chain.Close() }
