package smsgate

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"strings"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/smpp"
)

// SMPP is a message centre that speaks SMPP 3.4.
type SMPP struct {
	Host  string // also the name that its certificate must carry
	Port  int
	TLS   bool           // without it only to this machine, unless Clear
	Clear bool           // without TLS to another machine, as through a tunnel of one's own
	Roots *x509.CertPool // nil: those of the system

	SystemID   string
	SystemType string
	SecretFile string // the password, read whenever a connection is bound
	Bind       smpp.Bind
	UCS2       bool // everything in UCS-2
	Absolute   bool // validity as a time of day
	IDs        smpp.IDs
	Window     int           // messages not yet answered, at most; 0: 32
	Timeout    time.Duration // of one answer; 0: 15 s
}

// smppGateway is a centre. Its client connects by itself, when it is first needed and when the connection breaks.
type smppGateway struct {
	from   string
	client *smpp.Client
	limit  time.Duration
}

// newSMPP checks the settings. It does not connect. Receipts are asked for only if there is somebody to keep them.
func newSMPP(g *Gateway, deliver func(context.Context, engine.Receipt) error, now func() time.Time, log *slog.Logger) (*smppGateway, error) {
	s := *g.SMPP
	s.Timeout = cmp.Or(s.Timeout, 15*time.Second)
	if s.SecretFile == "" {
		return nil, errors.New("secret: needs a file with the password")
	}
	set := smpp.Settings{
		Host: s.Host, Port: s.Port, TLS: s.TLS, Clear: s.Clear, Roots: s.Roots, SystemID: s.SystemID, SystemType: s.SystemType,
		Password: func() (string, error) { return relay.ReadSecret(s.SecretFile) }, Bind: s.Bind, UCS2: s.UCS2, Absolute: s.Absolute, IDs: s.IDs,
		PerSecond: g.PerSecond, Window: s.Window, Dial: min(s.Timeout, relay.UsualTimeout), Response: s.Timeout, Now: now,
	}
	if g.Reports {
		set.Receipt = func(r smpp.Receipt) error {
			ctx, cancel := context.WithTimeout(context.Background(), s.Timeout)
			defer cancel()
			return deliver(ctx, smppReceipt(g.Name, r, now()))
		}
	}
	client, err := smpp.New(set, log)
	if err != nil {
		return nil, err
	}
	return &smppGateway{from: g.From, client: client, limit: 2 * s.Timeout}, nil
}

var smppStates = map[smpp.State]engine.ReceiptState{
	smpp.Delivered: engine.ReceiptDelivered, smpp.Failed: engine.ReceiptFailed, smpp.Pending: engine.ReceiptPending,
}

func smppReceipt(name string, r smpp.Receipt, at time.Time) engine.Receipt {
	state, known := smppStates[r.State]
	if !known {
		state = engine.ReceiptPending
	}
	said := strings.ToLower(relay.CleanReceipt(r.Word))
	if r.Error != "" {
		said += " " + relay.CleanReceipt(r.Error)
	}
	return engine.Receipt{Gateway: name, Ref: relay.FitRef(r.Ref, nil), State: state, Said: strings.TrimSpace(said), At: at}
}

// smppClass is what the client's classes mean here. Final is about a number that does not exist, Unfit about us or about a request
// that this centre does not like.
var smppClass = map[smpp.Class]relay.Class{smpp.Later: relay.Busy, smpp.Final: relay.Refused, smpp.Unfit: relay.Unfit, smpp.Unsure: relay.Unsure}

// Text submits one text, in as many parts as it takes.
func (g *smppGateway) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	if !fit(t) {
		return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "a text without a number, words or a fit id"}
	}
	limited, cancel := context.WithTimeout(ctx, g.limit)
	defer cancel()
	last := &relay.Once{Last: t.Last}
	ref, parts, err := g.client.Submit(limited, smpp.Message{
		Source: g.from, Destination: t.To.Number(), Text: t.Body, Until: t.NotAfter, Last: last.Call,
	})
	if no := last.Refused(); no != nil {
		return engine.Handover{}, no
	}
	if err == nil {
		return engine.Handover{Ref: relay.FitRef(ref, private(t)), Parts: parts}, nil
	}
	f := &relay.Failure{Class: smppClass[smpp.ClassOf(err)], Said: relay.Clean(err.Error(), private(t)...), Err: err}
	var status *smpp.Status
	switch {
	case f.Class == relay.Refused && errors.Is(err, smpp.ErrMessage):
		f.Class = relay.Declined // too long, or too late: not about the number
	case f.Class == relay.Busy && !errors.As(err, &status) && !errors.Is(err, smpp.ErrBusy):
		f.Class = relay.Down
	}
	if parts > 0 && f.Class != relay.Refused {
		f.Class = relay.Unsure // some of it was taken, and is paid for: nobody else gets the whole
	}
	return engine.Handover{}, f
}

// run keeps the centre bound until ctx ends, so that receipts come in although nothing is sent.
func (g *smppGateway) run(ctx context.Context) { g.client.Run(ctx) }

// Close unbinds.
func (g *smppGateway) Close() error {
	g.client.Close()
	return nil
}
