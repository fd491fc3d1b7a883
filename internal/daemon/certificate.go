package daemon

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"twohens/internal/config"
)

// certificate is what a port is served with: one from files, or one from an authority.
type certificate interface {
	// get is for each handshake.
	get(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// forHTTP is how a web server uses it.
	forHTTP() *tls.Config
}

// loadCertificate gives the certificate of the people's port; nil: it is served in the clear.
func loadCertificate(c *config.Config, log *slog.Logger) (certificate, error) {
	switch {
	case c.Listen.TLSCert != "":
		return loadFiled(string(c.Listen.TLSCert), string(c.Listen.TLSKey), log)
	case c.ACME.Agreed:
		return newIssued(c, log)
	}
	return nil, nil
}

// filed is a certificate in files. It is read again when they change, so that renewing it needs no restart.
type filed struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed time.Time // of the newer file, when it was read
	looked  time.Time
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = 10 * time.Second

func loadFiled(certFile, keyFile string, log *slog.Logger) (*filed, error) {
	c := &filed{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *filed) read() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("listen.tls_cert: %w", err)
	}
	c.pair, c.changed, c.looked = &pair, c.newer(), time.Now()
	return nil
}

// newer is when the newer of the two files was written.
func (c *filed) newer() (at time.Time) {
	for _, path := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(at) {
			at = info.ModTime()
		}
	}
	return at
}

// get is called for each handshake. Files that cannot be used, as in the middle of being written, leave the last good pair.
func (c *filed) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) > lookEvery {
		c.looked = time.Now()
		if c.newer() != c.changed {
			if err := c.read(); err != nil {
				c.log.Warn("the new certificate cannot be used, the old one stays", "err", err)
			} else {
				c.log.Info("the certificate was read again")
			}
		}
	}
	return c.pair, nil
}

func (c *filed) forHTTP() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}
