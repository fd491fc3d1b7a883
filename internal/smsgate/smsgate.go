// Package smsgate hands texts to gateways: the engine's Texter.
//
// A gateway is one that speaks HTTP in any dialect (http.go), one that speaks as Twilio does (twilio.go), an SMPP centre (smpp.go),
// or a file for trying out (file.go). Several of them stand in a [Chain]: a text goes to the first that serves its country, and to
// the next one when that cannot take it.
package smsgate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
)

// Settings say which gateways there are, in the order in which they are asked.
type Settings struct {
	Gateways []Gateway

	// ReceiptURL is the public address that Chain.Receipts answers under, such as https://id.fernbank.example/receipts. Empty: no
	// gateway that reports by HTTP is told where to.
	ReceiptURL string
	// Deliver keeps a receipt. After its error the gateway reports again. nil: receipts are dropped.
	Deliver func(context.Context, engine.Receipt) error

	// Chain says how they take turns. An unsure text that is repeated at once costs the operator twice.
	Chain relay.Settings
}

// Gateway is one of them. Exactly one of HTTP, Twilio, SMPP and File is set.
type Gateway struct {
	Name string // as the operator calls it, in a-z, 0-9 and -; it stands in receipts' addresses, so it does not change
	From string // the sender that people see: a number or a name, as the gateway wants it

	Countries []string // that it serves, as ISO 3166 codes such as ES; none: all
	Except    []string // that it does not

	AtOnce    int // texts on their way, at most; 0: 8
	PerSecond int // texts a second, at most; 0: as they come

	HTTP     *relay.HTTP
	Receipts *relay.Receipts // of HTTP; nil: none
	Twilio   *Twilio
	SMPP     *SMPP
	Reports  bool // of Twilio and SMPP: ask for receipts
	File     *File
}

var countryForm = regexp.MustCompile(`^[A-Za-z]{2}$`)

// texter is one gateway. What it says when it takes no text is a *relay.Failure, or what Last said.
type texter interface {
	engine.Texter
	io.Closer
}

// Chain is all gateways. Its methods may be called by many at once.
type Chain struct {
	*relay.Chain[engine.Text]
	log      *slog.Logger
	now      func() time.Time
	centres  []*smppGateway
	receiver *relay.Receiver
}

var _ engine.Texter = (*Chain)(nil)

// New checks the settings and tells of all mistakes at once. It does not connect.
func New(s Settings, log *slog.Logger) (*Chain, error) {
	s.Chain.What = "text gateway"
	if s.Chain.Now == nil {
		s.Chain.Now = time.Now
	}
	if s.Deliver == nil {
		s.Deliver = func(context.Context, engine.Receipt) error { return nil }
	}
	c := &Chain{log: log, now: s.Chain.Now, receiver: &relay.Receiver{
		Readers: make(map[string]relay.Reader), Deliver: s.Deliver, Log: log, Now: s.Chain.Now,
	}}
	var mistakes []error
	var links []relay.Link[engine.Text]
	for _, g := range s.Gateways {
		l, err := c.link(&g, s)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("text gateway %q: %w", g.Name, err))
			continue
		}
		links = append(links, l)
	}
	if len(mistakes) > 0 {
		mistakes = append(mistakes, s.Chain.Check())
	} else {
		var err error
		c.Chain, err = relay.New(s.Chain, links, log)
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

// Text hands a text to the first gateway that takes it: see relay.Chain.Send.
func (c *Chain) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	return c.Send(ctx, t, t.NotAfter, t.Last)
}

// Run keeps the SMPP centres among the gateways bound until ctx ends, so that receipts come in although nothing is sent. A chain
// without any returns at once.
func (c *Chain) Run(ctx context.Context) {
	var under sync.WaitGroup
	defer under.Wait()
	for _, g := range c.centres {
		under.Go(func() { g.run(ctx) })
	}
}

// Receipts is where gateways report: to be mounted so that it sees paths that begin with a gateway's name, under
// Settings.ReceiptURL.
func (c *Chain) Receipts() http.Handler { return c.receiver }

// link makes one gateway ready.
func (c *Chain) link(g *Gateway, s Settings) (relay.Link[engine.Text], error) {
	l := relay.Link[engine.Text]{Name: g.Name, AtOnce: g.AtOnce, PerSecond: g.PerSecond}
	if !relay.NameForm.MatchString(g.Name) { // it stands in an address
		return l, errors.New("a name has 1 to 40 of the characters a-z, 0-9 and -")
	}
	countries, err := countrySet(g.Countries)
	if err != nil {
		return l, err
	}
	except, err := countrySet(g.Except)
	if err != nil {
		return l, err
	}
	gateway, err := c.texter(g, s)
	if err != nil {
		return l, err
	}
	l.Send = func(ctx context.Context, t engine.Text, last func() error) (engine.Handover, error) {
		t.Last = last
		return gateway.Text(ctx, t)
	}
	l.Serves = func(t engine.Text) bool {
		country := t.To.Region()
		return !except[country] && (len(countries) == 0 || countries[country])
	}
	l.Parts = func(t engine.Text) int { return parts(t.Body) }
	l.Close = gateway.Close
	return l, nil
}

func countrySet(codes []string) (map[string]bool, error) {
	set := make(map[string]bool)
	for _, code := range codes {
		if !countryForm.MatchString(code) {
			return nil, fmt.Errorf("%q is no country; write it like ES", code)
		}
		set[strings.ToUpper(code)] = true
	}
	return set, nil
}

// texter makes the gateway itself, and what reads its receipts.
func (c *Chain) texter(g *Gateway, s Settings) (texter, error) {
	kinds := 0
	for _, given := range []bool{g.HTTP != nil, g.Twilio != nil, g.SMPP != nil, g.File != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, errors.New("must be of one kind")
	}
	base := strings.TrimRight(s.ReceiptURL, "/")
	var reader relay.Reader
	switch {
	case g.HTTP != nil && g.Receipts != nil:
		f, err := relay.NewReader(*g.Receipts, base+"/"+g.Name)
		if err != nil {
			return nil, err
		}
		reader = f
	case g.Twilio != nil && g.Reports:
		file := cmp.Or(g.Twilio.SignatureFile, g.Twilio.SecretFile)
		reader = &twilioReports{base: base + "/" + g.Name, file: file}
	}
	var address func() (string, error)
	if reader != nil {
		if u, err := url.Parse(base); err != nil || u.Host == "" {
			return nil, errors.New("receipts: need the public address that they come to")
		}
		c.receiver.Readers[g.Name] = reader
		address = reader.Address
	}
	switch {
	case g.HTTP != nil:
		poster, err := relay.NewPoster(*g.HTTP, known, g.AtOnce, address, c.now)
		if err != nil {
			return nil, err
		}
		return &httpGateway{Poster: poster, from: g.From, now: c.now}, nil
	case g.Twilio != nil:
		return newTwilio(*g.Twilio, g.From, g.AtOnce, address, c.now)
	case g.SMPP != nil:
		centre, err := newSMPP(g, s.Deliver, c.now, c.log)
		if err != nil {
			return nil, err
		}
		c.centres = append(c.centres, centre)
		return centre, nil
	}
	return newFile(*g.File, g.From, c.now)
}
