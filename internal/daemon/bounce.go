package daemon

import (
	"crypto/tls"
	"fmt"

	"twohens/internal/bounce"
	"twohens/internal/secret"
)

// listenForBounces opens the port for mails that come back, if there is to be one, and gives what makes return addresses; nil: mails come back
// to mail.envelope_from.
func (d *Daemon) listenForBounces(keys *secret.Ring) (returns func(id string) string, err error) {
	m := &d.config.Mail
	if m.BounceDomain == "" {
		return nil, nil
	}
	r := bounce.Returns{Keys: keys, Domain: m.BounceDomain}
	if m.BounceListen == "" { // another node listens
		return r.Address, nil
	}
	s := bounce.Settings{Address: m.BounceListen, Hello: m.Hello, Returns: r, Deliver: d.receive}
	if d.cert != nil {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: d.cert.get}
	}
	if d.back, err = bounce.Listen(s, d.log); err != nil {
		return nil, fmt.Errorf("mail.bounce_listen: %w", err)
	}
	return r.Address, nil
}
