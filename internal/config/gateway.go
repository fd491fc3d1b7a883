package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"twohens/internal/relay"
	"twohens/internal/smpp"
	"twohens/internal/smsgate"
)

// Gateway is one way by which texts leave. Which of its keys count depends on its kind.
type Gateway struct {
	Name string // of its section, [sms.gateway.NAME]
	Kind string // "http", "twilio", "smpp" or "file"
	From string

	Countries, Except []string
	AtOnce, PerSecond int
	CAFile            Path
	Template

	Account, Service string

	Server     string
	Port       int
	TLS        string
	Bind       string
	SystemType string
	UCS2       bool
	Absolute   bool
	IDs        string
	Window     int

	Path Path
}

// NewGateway is one with its defaults.
func NewGateway(name string) *Gateway {
	g := &Gateway{Name: name}
	for _, k := range g.table() {
		if err := k.setDefault(false); err != nil {
			panic(err)
		}
	}
	return g
}

// table lists the keys of a gateway's section, in the manual's order.
func (g *Gateway) table() []key {
	at := "sms.gateway." + g.Name + "."
	keys := []key{
		{path: at + "kind", into: &g.Kind, among: []string{"http", "twilio", "smpp", "file"}, standard: "http",
			doc: "`http`: any gateway that takes a text as one request. `twilio`: one that speaks Twilio's API, as several do. `smpp`: a message centre, by SMPP 3.4. `file`: no gateway but a file, for trying out."},
		{path: at + "from", into: &g.From,
			doc: "The sender that people see: a number or a name, as the gateway wants it."},
		{path: at + "countries", into: &g.Countries,
			doc: "The countries that it serves, as ISO 3166 codes. Empty: all."},
		{path: at + "except", into: &g.Except,
			doc: "Countries that it does not serve."},
		{path: at + "at_once", into: &g.AtOnce, standard: "8",
			doc: "Texts on their way at once, at most."},
		{path: at + "per_second", into: &g.PerSecond, standard: "0",
			doc: "Texts a second, at most. 0: as they come."},
		{path: at + "ca_file", into: &g.CAFile,
			doc: "Certificates, in PEM, to trust instead of the system's."},
	}
	keys = append(keys, g.Template.table(at, "text")...)
	return append(keys, []key{
		{path: at + "account", into: &g.Account,
			doc: "twilio: the account's SID."},
		{path: at + "service", into: &g.Service,
			doc: "twilio: a messaging service's SID, in place of `from`."},
		{path: at + "server", into: &g.Server,
			doc: "smpp: the centre's host name, as in its certificate."},
		{path: at + "port", into: &g.Port, standard: "2775",
			doc: "smpp: its port."},
		{path: at + "tls", into: &g.TLS, among: []string{"implicit", "none", "tunnel"}, standard: "implicit",
			doc: "smpp: `none` is allowed to this machine only. `tunnel` says that the way there is protected by other means, and that you are sure of it."},
		{path: at + "bind", into: &g.Bind, among: []string{"transceiver", "pair", "transmitter"}, standard: "transceiver",
			doc: "smpp: how to bind. `pair` is for centres that know no transceiver; `transmitter` gets no receipts."},
		{path: at + "system_type", into: &g.SystemType,
			doc: "smpp: mostly empty."},
		{path: at + "ucs2", into: &g.UCS2, standard: "false",
			doc: "smpp: send everything in UCS-2, to a centre whose default alphabet is not that of GSM and would spoil the \"@\"."},
		{path: at + "absolute", into: &g.Absolute, standard: "false",
			doc: "smpp: say how long a text is good for as a time of day, to a centre that does not know spans of time."},
		{path: at + "ids", into: &g.IDs, among: []string{"alike", "hex-then-decimal", "decimal-then-hex"}, standard: "alike",
			doc: "smpp: how the centre writes the name of a text in its answer and in its receipt."},
		{path: at + "window", into: &g.Window, standard: "32",
			doc: "smpp: texts sent and not yet answered, at most."},
		{path: at + "path", into: &g.Path,
			doc: "file: where texts are written to. The codes in them are in the clear."},
	}...)
}

// gateway finds one by its name.
func (s *SMS) gateway(name string) (*Gateway, bool) {
	for _, g := range s.Gateways {
		if g.Name == name {
			return g, true
		}
	}
	return nil, false
}

// Settings are the gateways as they are built. Receipts come to the address given.
func (s *SMS) Settings(receipts string) (smsgate.Settings, error) {
	settings := smsgate.Settings{ReceiptURL: receipts, Chain: relay.Settings{
		RepeatUnsure: s.RepeatUnsure, Patience: s.Patience, Failures: s.Failures, Rest: s.Rest,
	}}
	var mistakes []error
	for _, name := range s.Order {
		g, there := s.gateway(name)
		if !there {
			mistakes = append(mistakes, fmt.Errorf("text gateway %q: there is no section [sms.gateway.%s]", name, name))
			continue
		}
		built, err := g.settings()
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("text gateway %q: %w", name, err))
		}
		settings.Gateways = append(settings.Gateways, built)
	}
	return settings, errors.Join(mistakes...)
}

func (g *Gateway) settings() (smsgate.Gateway, error) {
	built := smsgate.Gateway{
		Name: g.Name, From: g.From, Countries: g.Countries, Except: g.Except, AtOnce: g.AtOnce, PerSecond: g.PerSecond, Reports: g.Reports,
	}
	roots, err := roots(g.CAFile)
	if err != nil {
		return built, err
	}
	switch g.Kind {
	case "http":
		built.HTTP, built.Receipts, err = g.Template.http(roots)
	case "twilio":
		built.Twilio = &smsgate.Twilio{
			URL: g.URL, Account: g.Account, Service: g.Service, Username: g.Username, SecretFile: string(g.SecretFile),
			SignatureFile: string(g.ReceiptSignatureFile), Roots: roots, Timeout: g.Timeout,
		}
	case "smpp":
		built.SMPP = &smsgate.SMPP{
			Host: g.Server, Port: g.Port, TLS: g.TLS == "implicit", Clear: g.TLS == "tunnel", Roots: roots,
			SystemID: g.Username, SystemType: g.SystemType, SecretFile: string(g.SecretFile), Bind: binds[g.Bind], UCS2: g.UCS2,
			Absolute: g.Absolute, IDs: ids[g.IDs], Window: g.Window, Timeout: g.Timeout,
		}
	case "file":
		built.File = &smsgate.File{Path: string(g.Path)}
	}
	return built, err
}

var (
	binds = map[string]smpp.Bind{"transceiver": smpp.Transceiver, "pair": smpp.Pair, "transmitter": smpp.Transmitter}
	ids   = map[string]smpp.IDs{"alike": smpp.IDsAlike, "hex-then-decimal": smpp.IDsHexThenDecimal, "decimal-then-hex": smpp.IDsDecimalThenHex}
)

// roots reads certificates to trust; nil for none, which means the system's.
func roots(file Path) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(string(file))
	if err != nil {
		return nil, fmt.Errorf("ca_file: %s", unreadable(err))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("ca_file: holds no certificate in PEM")
	}
	return pool, nil
}
