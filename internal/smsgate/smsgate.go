// Package smsgate hands texts to gateways: the engine's Texter.
//
// A gateway is one that speaks HTTP in any dialect (http.go), one that speaks as Twilio does (twilio.go), an SMPP centre (smpp.go),
// or a file for trying out (file.go). Several of them stand in a [Chain]: a text goes to the first that serves its country, and to
// the next one when that cannot take it.
//
// What it guards against:
//
//   - A text that goes out twice. Until the first byte of a request leaves, the next gateway may be asked; from then on only if an
//     answer says that the text was not taken (see departure). Of a text that left and was not answered nobody knows: no other
//     gateway gets it in the same call.
//   - A code that goes elsewhere. Certificates are verified, TLS is required unless the gateway is on this machine, redirects are
//     not followed, and nothing in a text can change the host that it is sent to.
//   - Codes, numbers and credentials that come back in a gateway's words and would end up in the database or in a log (see clean).
//   - A gateway that hangs, answers without end, or is down: each call has an end, and one that keeps failing rests (breaker).
//   - A stranger's receipt (see receiver).
package smsgate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"twohens/internal/engine"
)

// Settings say which gateways there are, in the order in which they are asked.
type Settings struct {
	Gateways []Gateway

	// ReceiptURL is the public address that Chain.Receipts answers under, such as https://id.fernbank.example/receipts. Empty: no
	// gateway that reports by HTTP is told where to.
	ReceiptURL string
	// Deliver keeps a receipt. After its error the gateway reports again. nil: receipts are dropped.
	Deliver func(context.Context, engine.Receipt) error

	// RepeatUnsure has the next gateway asked also after one that may have taken the text: no person waits for a retry then, and
	// some get two texts and the operator pays for both.
	RepeatUnsure bool

	Patience time.Duration // that a text waits for its turn at a gateway before it goes to the next; 0: 2 s
	Failures int           // in a row, after which a gateway rests; 0: 5, at most 32
	Rest     time.Duration // the first; 0: 15 s
	Now      func() time.Time
}

// Gateway is one of them. Exactly one of HTTP, Twilio, SMPP and File is set.
type Gateway struct {
	Name string // as the operator calls it, in a-z, 0-9 and -; it stands in receipts' addresses, so it does not change
	From string // the sender that people see: a number or a name, as the gateway wants it

	Countries []string // that it serves, as ISO 3166 codes such as ES; none: all
	Except    []string // that it does not

	AtOnce    int // texts on their way, at most; 0: 8
	PerSecond int // texts a second, at most; 0: as they come

	HTTP     *HTTP
	Receipts *Receipts // of HTTP; nil: none
	Twilio   *Twilio
	SMPP     *SMPP
	Reports  bool // of Twilio and SMPP: ask for receipts
	File     *File
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	countryForm = regexp.MustCompile(`^[A-Za-z]{2}$`)
)

// New checks the settings and tells of all mistakes at once. It does not connect.
func New(s Settings, log *slog.Logger) (*Chain, error) {
	s.Patience = cmp.Or(s.Patience, 2*time.Second)
	s.Failures = cmp.Or(s.Failures, 5)
	s.Rest = cmp.Or(s.Rest, 15*time.Second)
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Deliver == nil {
		s.Deliver = func(context.Context, engine.Receipt) error { return nil }
	}
	c := &Chain{settings: s, log: log, receiver: &receiver{
		readers: make(map[string]receiptReader), deliver: s.Deliver, log: log, now: s.Now,
	}}
	var mistakes []error
	if len(s.Gateways) == 0 {
		mistakes = append(mistakes, errors.New("no text gateway"))
	}
	if s.Failures < 1 || s.Failures > 32 {
		mistakes = append(mistakes, fmt.Errorf("failures must be from 1 to 32, not %d", s.Failures))
	}
	for _, g := range s.Gateways {
		l, err := c.link(&g)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("text gateway %q: %w", g.Name, err))
			continue
		}
		c.links = append(c.links, l)
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(append(mistakes, c.Close())...)
	}
	return c, nil
}

// link makes one gateway ready.
func (c *Chain) link(g *Gateway) (*link, error) {
	g.AtOnce = cmp.Or(g.AtOnce, usualConnection)
	if !nameForm.MatchString(g.Name) {
		return nil, errors.New("a name has 1 to 40 of the characters a-z, 0-9 and -")
	}
	for _, other := range c.links {
		if other.name == g.Name {
			return nil, errors.New("there is one of that name already")
		}
	}
	if g.AtOnce < 1 || g.PerSecond < 0 {
		return nil, errors.New("how many at once and per second cannot be negative")
	}
	l := &link{
		name: g.Name, breaker: breaker{row: c.settings.Failures, rest: c.settings.Rest},
		turns: newTurns(g.AtOnce, g.PerSecond, c.settings.Patience, c.settings.Now), counts: make(map[Class]uint64),
	}
	var err error
	if l.countries, err = countrySet(g.Countries); err != nil {
		return nil, err
	}
	if l.except, err = countrySet(g.Except); err != nil {
		return nil, err
	}
	if l.texter, err = c.texter(g); err != nil {
		return nil, err
	}
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
func (c *Chain) texter(g *Gateway) (texter, error) {
	kinds := 0
	for _, given := range []bool{g.HTTP != nil, g.Twilio != nil, g.SMPP != nil, g.File != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, errors.New("must be of one kind")
	}
	base := strings.TrimRight(c.settings.ReceiptURL, "/")
	var reader receiptReader
	switch {
	case g.HTTP != nil && g.Receipts != nil:
		f, err := newFields(*g.Receipts, base+"/"+g.Name)
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
		c.receiver.readers[g.Name] = reader
		address = reader.address
	}
	switch {
	case g.HTTP != nil:
		return newHTTP(*g.HTTP, g.From, g.AtOnce, address, c.settings.Now)
	case g.Twilio != nil:
		return newTwilio(*g.Twilio, g.From, g.AtOnce, address, c.settings.Now)
	case g.SMPP != nil:
		return newSMPP(g, c.settings.Deliver, c.settings.Now, c.log)
	}
	return newFile(*g.File, g.From, c.settings.Now)
}
