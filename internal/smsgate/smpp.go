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
		Password: func() (string, error) { return readSecret(s.SecretFile) }, Bind: s.Bind, UCS2: s.UCS2, Absolute: s.Absolute, IDs: s.IDs,
		PerSecond: g.PerSecond, Window: s.Window, Dial: min(s.Timeout, usualTimeout), Response: s.Timeout, Now: now,
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
	said := strings.ToLower(cleanReceipt(r.Word))
	if r.Error != "" {
		said += " " + cleanReceipt(r.Error)
	}
	return engine.Receipt{Gateway: name, Ref: fitRef(r.Ref, nil), State: state, Said: strings.TrimSpace(said), At: at}
}

// smppClass is what the client's classes mean here. Final is about a number that does not exist, Unfit about us or about a request
// that this centre does not like.
var smppClass = map[smpp.Class]Class{smpp.Later: Busy, smpp.Final: Refused, smpp.Unfit: Unfit, smpp.Unsure: Unsure}

// Text submits one text, in as many parts as it takes.
func (g *smppGateway) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	if !fit(t) {
		return engine.Handover{}, &Failure{Class: Declined, Said: "a text without a number, words or a fit id"}
	}
	limited, cancel := context.WithTimeout(ctx, g.limit)
	defer cancel()
	last := &once{last: t.Last}
	ref, parts, err := g.client.Submit(limited, smpp.Message{
		Source: g.from, Destination: t.To.Number(), Text: t.Body, Until: t.NotAfter, Last: last.call,
	})
	if no := last.refused(); no != nil {
		return engine.Handover{}, no
	}
	if err == nil {
		return engine.Handover{Ref: fitRef(ref, private(t)), Parts: parts}, nil
	}
	f := &Failure{Class: smppClass[smpp.ClassOf(err)], Said: clean(err.Error(), private(t)...), err: err}
	var status *smpp.Status
	switch {
	case f.Class == Refused && errors.Is(err, smpp.ErrMessage):
		f.Class = Declined // too long, or too late: not about the number
	case f.Class == Busy && !errors.As(err, &status) && !errors.Is(err, smpp.ErrBusy):
		f.Class = Down
	}
	if parts > 0 && f.Class != Refused {
		f.Class = Unsure // some of it was taken, and is paid for: nobody else gets the whole
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
