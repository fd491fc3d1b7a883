package smsgate

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
)

// Twilio is a gateway that speaks the Messages resource of Twilio's REST API, version 2010-04-01. Several providers do.
type Twilio struct {
	URL     string // empty: https://api.twilio.com
	Account string // its SID
	Service string // a MessagingServiceSid, in place of Gateway.From

	Username      string // an API key's SID; empty: Account
	SecretFile    string // the key's secret, or the account's auth token
	SignatureFile string // the account's auth token, which receipts are signed with; empty: SecretFile

	Roots   *x509.CertPool
	Timeout time.Duration // 0: 10 s
}

type twilioGateway struct {
	set     Twilio
	from    string
	to      string                 // the address that texts are posted to
	receipt func() (string, error) // nil: none
	client  *http.Client
	now     func() time.Time
}

func newTwilio(s Twilio, from string, connections int, receipt func() (string, error), now func() time.Time) (*twilioGateway, error) {
	s.URL = cmp.Or(s.URL, "https://api.twilio.com")
	s.Timeout = cmp.Or(s.Timeout, relay.UsualTimeout)
	s.Username = cmp.Or(s.Username, s.Account)
	base, err := url.Parse(s.URL)
	if err != nil || base.Host == "" || base.RawQuery != "" {
		return nil, errors.New("url: must be an address without a query")
	}
	if err := relay.Protected(base); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	switch {
	case s.Account == "" || url.PathEscape(s.Account) != s.Account:
		return nil, errors.New("account: needs the account's SID")
	case s.SecretFile == "":
		return nil, errors.New("secret: needs a file with the auth token, or with an API key's secret")
	case (from == "") == (s.Service == ""):
		return nil, errors.New("from: needs either a sender or a messaging service")
	}
	return &twilioGateway{
		set: s, from: from, receipt: receipt, client: relay.NewClient(s.Roots, s.Timeout, connections), now: now,
		to: strings.TrimRight(s.URL, "/") + "/2010-04-01/Accounts/" + s.Account + "/Messages.json",
	}, nil
}

// Text posts one message.
func (g *twilioGateway) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	ctx, cancel := context.WithTimeout(ctx, g.set.Timeout)
	defer cancel()
	if !fit(t) {
		return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "a text without a number, words or a fit id"}
	}
	secret, err := relay.ReadSecret(g.set.SecretFile)
	if err != nil {
		return engine.Handover{}, err
	}
	form := url.Values{"To": {t.To.Number()}, "Body": {t.Body}}
	if g.set.Service != "" {
		form.Set("MessagingServiceSid", g.set.Service)
	} else {
		form.Set("From", g.from)
	}
	if g.receipt != nil {
		address, err := g.receipt()
		if err != nil {
			return engine.Handover{}, err
		}
		form.Set("StatusCallback", address)
	}
	if !t.NotAfter.IsZero() { // seconds, R-56
		form.Set("ValidityPeriod", strconv.Itoa(min(36000, max(1, int(t.NotAfter.Sub(g.now())/time.Second)))))
	}
	r, err := http.NewRequest(http.MethodPost, g.to, strings.NewReader(form.Encode()))
	if err != nil {
		return engine.Handover{}, &relay.Failure{Class: relay.Unfit, Said: "the address is none"}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Twohens")
	r.SetBasicAuth(g.set.Username, secret)
	hide := append(private(t), secret)
	got, err := relay.Exchange(ctx, g.client, r, relay.NewDeparture(t.Last), hide)
	if err != nil {
		return engine.Handover{}, err
	}
	return readTwilio(got, t, hide)
}

// readTwilio reads an answer: a message that was taken, or a code that says why not.
func readTwilio(got *relay.Answer, t engine.Text, hide []string) (engine.Handover, error) {
	var said struct {
		SID      string      `json:"sid"`
		Segments json.Number `json:"num_segments"` // a string with Twilio, a number with others
		Code     json.Number `json:"code"`
		Message  string      `json:"message"`
	}
	err := relay.Decode(got.Body, &said)
	if got.Status/100 == 2 && err == nil && said.SID != "" {
		segments, _ := strconv.Atoi(said.Segments.String()) // 0 while a messaging service has not chosen the sender yet
		return engine.Handover{Ref: relay.FitRef(said.SID, hide), Parts: max(segments, parts(t.Body))}, nil
	}
	f := &relay.Failure{Class: relay.StatusClass(got.Status), Said: strconv.Itoa(got.Status) + " " + http.StatusText(got.Status)}
	if got.Status/100 == 2 {
		// Taken, by its status. But somebody else than the gateway may have said so.
		f.Class, f.Said = relay.Unsure, "the answer is none of this API"
		return engine.Handover{}, f
	}
	if code, none := strconv.Atoi(said.Code.String()); err == nil && none == nil {
		f.Said = strings.TrimSpace("error " + strconv.Itoa(code) + " " + relay.Clean(said.Message, hide...))
		if class, known := twilioClass[code]; known {
			f.Class = class
		}
	}
	return engine.Handover{}, f
}

// twilioClass is what Twilio's error codes mean here. Those that are not in it go by their status.
var twilioClass = map[int]relay.Class{
	21211: relay.Refused, // not a number
	21214: relay.Refused, // cannot be reached
	21217: relay.Refused, // not a number
	21610: relay.Refused, // its owner asked for no more texts (STOP)
	21614: relay.Refused, // not a mobile telephone

	21408: relay.Declined, // this account may not send to that country
	21602: relay.Declined, // no body
	21612: relay.Declined, // cannot be reached from this sender
	21617: relay.Declined, // body too long
	30007: relay.Declined, // its content rules

	10001: relay.Unfit, // account is not active
	20003: relay.Unfit, // not signed in
	20005: relay.Unfit, // account is not active
	20404: relay.Unfit, // no such account
	21212: relay.Unfit, // sender is no number
	21603: relay.Unfit, // no sender
	21606: relay.Unfit, // sender cannot send texts
	21609: relay.Unfit, // status callback is no address
	21703: relay.Unfit, // service has no senders
	21705: relay.Unfit, // no such service
	30002: relay.Unfit, // account is suspended

	14107: relay.Busy, // sends too fast
	20429: relay.Busy, // too many requests
	21611: relay.Busy, // sender's queue is full
	30001: relay.Busy, // queue is full
}

// Close closes the connections that are not in use.
func (g *twilioGateway) Close() error {
	g.client.CloseIdleConnections()
	return nil
}
