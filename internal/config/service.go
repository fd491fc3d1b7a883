package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"twohens/internal/contact"
	"twohens/internal/loopback"
	"twohens/internal/mailgate"
	"twohens/internal/relay"
	"twohens/internal/smtpmail"
)

// Service is one way by which mails leave. Which of its keys count depends on its kind.
type Service struct {
	Name string // of its section, [mail.service.NAME]
	Kind string // "smtp" or "http"

	AtOnce, PerSecond int
	CAFile            Path
	Server            string
	Port              int // 0: the usual one for TLS
	TLS               string
	Hello             string
	Template
}

// NewService is one with its defaults.
func NewService(name string) *Service {
	s := &Service{Name: name}
	for _, k := range s.table() {
		if err := k.setDefault(false); err != nil {
			panic(err)
		}
	}
	return s
}

// table lists the keys of a service's section, in the manual's order.
func (s *Service) table() []key {
	at := "mail.service." + s.Name + "."
	keys := []key{
		{path: at + "kind", into: &s.Kind, among: []string{"smtp", "http"}, standard: "smtp",
			doc: "`smtp`: a mail server. `http`: a mail service that takes a mail as one request."},
		{path: at + "server", into: &s.Server,
			doc: "smtp: its host name, as in its certificate."},
		{path: at + "port", into: &s.Port, standard: "0",
			doc: "smtp: 0 is the usual one: 587 with `starttls`, 465 with `implicit`, 25 with `none`."},
		{path: at + "tls", into: &s.TLS, standard: "starttls", among: []string{"starttls", "implicit", "none"},
			doc: "smtp: `starttls` and `implicit` insist on TLS and a good certificate. `none` is allowed to this machine only."},
		{path: at + "helo", into: &s.Hello,
			doc: "smtp: what this machine calls itself to the server. Empty: `mail.helo`."},
		{path: at + "at_once", into: &s.AtOnce, standard: "16",
			doc: "Mails on their way at once, at most; smtp: connections."},
		{path: at + "per_second", into: &s.PerSecond, standard: "0",
			doc: "Mails a second, at most. 0: as they come."},
		{path: at + "ca_file", into: &s.CAFile,
			doc: "Certificates, in PEM, to trust instead of the system's."},
	}
	return append(keys, s.Template.table(at, "mail")...)
}

// usualPorts are those of mail servers, by how the connection is protected.
var usualPorts = map[string]int{"starttls": 587, "implicit": 465, "none": 25}

// own is the one service that mail.server and the keys beside it stand for.
func (m *Mail) own() *Service {
	s := NewService("mail")
	s.Server, s.Port, s.TLS, s.Hello, s.CAFile, s.AtOnce = m.Server, m.Port, m.TLS, m.Hello, m.CAFile, m.Connections
	s.Username, s.SecretFile, s.Timeout = m.Username, m.PasswordFile, 0
	return s
}

// service finds one by its name.
func (m *Mail) service(name string) (*Service, bool) {
	for _, s := range m.Services {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// InOrder are the services in the order in which they are asked.
func (m *Mail) InOrder() []*Service {
	if len(m.Order) == 0 {
		return []*Service{m.own()}
	}
	var list []*Service
	for _, name := range m.Order {
		if s, there := m.service(name); there {
			list = append(list, s)
		}
	}
	return list
}

// Settings are the services as they are built. Receipts come to the address given.
func (m *Mail) Settings(receipts string) (mailgate.Settings, error) {
	settings := mailgate.Settings{
		From: m.From, FromName: m.FromName, Envelope: m.EnvelopeFrom, ReceiptURL: receipts,
		DomainAtOnce: m.DomainAtOnce, DomainPerMinute: m.DomainPerMinute,
		Chain: relay.Settings{Patience: m.Patience, Failures: m.Failures, Rest: m.Rest},
	}
	var mistakes []error
	for _, key := range m.DKIM {
		signer, err := smtpmail.NewSigner(m.From.Domain(), key.Selector, string(key.KeyFile))
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("mail.dkim: %w", err))
			continue
		}
		settings.Signers = append(settings.Signers, signer)
	}
	for _, s := range m.InOrder() {
		built, err := s.settings(m.Hello)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("mail service %q: %w", s.Name, err))
		}
		settings.Services = append(settings.Services, built)
	}
	return settings, errors.Join(mistakes...)
}

func (s *Service) settings(hello string) (mailgate.Service, error) {
	built := mailgate.Service{Name: s.Name, AtOnce: s.AtOnce, PerSecond: s.PerSecond}
	roots, err := roots(s.CAFile)
	if err != nil {
		return built, err
	}
	if s.Kind == "http" {
		built.HTTP, built.Receipts, err = s.Template.http(roots)
		return built, err
	}
	port := s.Port
	if port == 0 {
		port = usualPorts[s.TLS]
	}
	if s.Hello != "" {
		hello = s.Hello
	}
	built.SMTP = &smtpmail.Settings{
		Server: s.Server, Port: port, Security: smtpmail.Security(s.TLS), Roots: roots,
		Username: s.Username, PasswordFile: string(s.SecretFile), Hello: hello, Step: max(s.Timeout, leastStep),
	}
	return built, nil
}

// leastStep is how long a mail server may take over an answer at least: some look into a mail before they take it, and one that is given up right
// then may have taken it.
const leastStep = 30 * time.Second

// hostless says that a text is no host name: what people write instead has a port, a path or an address in it.
func hostless(host string) bool {
	return host == "" || strings.ContainsAny(host, " /@") || strings.Contains(host, ":") && net.ParseIP(host) == nil
}

// checkServices builds the services to see whether that can be done. Nothing is connected to.
func (l *loader) checkServices(c *Config) {
	m := &c.Mail
	if len(m.Order) > 0 && l.given("mail.server") {
		l.wrong("mail.server", "has no meaning beside mail.services", "move it into a section of its own, such as [mail.service.main]")
	}
	if len(m.Order) == 0 && !l.given("mail.server") {
		l.add(Mistake{Where: l.file, Key: "mail.server", What: "is missing and has no default", Mend: "set it to the host name of your mail server, or name several services in mail.services"})
	}
	for i, name := range m.Order {
		if slices.Contains(m.Order[:i], name) {
			l.wrong("mail.services", fmt.Sprintf("has %q twice", name), "")
		}
		s, there := m.service(name)
		if !there {
			l.wrong("mail.services", fmt.Sprintf("names %q, and there is no section [mail.service.%s]", name, name), "")
			continue
		}
		l.checkService(m, s)
	}
	for _, s := range m.Services {
		if !slices.Contains(m.Order, s.Name) {
			l.add(Mistake{Where: l.file, Key: "mail.service." + s.Name, What: "is not in mail.services, so it would never be asked", Mend: "add it there, or leave the section out"})
		}
	}
}

func (l *loader) checkService(m *Mail, s *Service) {
	at := "mail.service." + s.Name + "."
	if s.Kind == "smtp" {
		switch {
		case hostless(s.Server):
			l.wrong(at+"server", "is no host name", "the port has a key of its own, "+at+"port")
			return
		case s.TLS == "none" && !loopback.Is(s.Server):
			l.wrong(at+"tls", `is "none" for a server that is not this machine`, `use "starttls" or "implicit": codes must not travel in the clear`)
			return
		case (s.Username == "") != (s.SecretFile == ""):
			l.wrong(at+"username", "and secret_file belong together", "give both, or neither")
			return
		}
		between(l, at+"port", s.Port, 0, 65535)
	}
	settings, err := s.settings(m.Hello)
	if err != nil {
		l.wrong(at+"kind", "cannot be used: "+err.Error(), "")
		return
	}
	from := m.From
	if from.IsZero() { // told already
		from, _ = contact.ParseEmail("nobody@mail.example")
	}
	chain, err := mailgate.New(mailgate.Settings{Services: []mailgate.Service{settings}, From: from, ReceiptURL: "https://receipts.example"}, slog.New(slog.DiscardHandler))
	if err != nil {
		l.wrong(at+"kind", strings.TrimPrefix(err.Error(), fmt.Sprintf("mail service %q: ", s.Name)), "")
		return
	}
	_ = chain.Close()
}
