package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3/acme"
	"go.uber.org/zap"

	"twohens/internal/config"
)

// issued is a certificate that an authority issues and renews (RFC 8555), for the host of site.public_url and for no other: whatever name a
// stranger asks for in a handshake, nothing is fetched for it.
type issued struct {
	host  string
	magic *certmagic.Config
	cache *certmagic.Cache
}

// protocols are what is spoken on the people's port: the authority's question (RFC 8737) comes to the same one.
var protocols = []string{"h2", "http/1.1", "acme-tls/1"}

func newIssued(c *config.Config, log *slog.Logger) (*issued, error) {
	trusted, err := c.ACME.Roots()
	if err != nil {
		return nil, fmt.Errorf("acme.%w", err)
	}
	_, port, err := net.SplitHostPort(c.Listen.Address)
	if err != nil {
		return nil, fmt.Errorf("listen.address: %w", err)
	}
	own, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("listen.address: %w", err)
	}
	i := &issued{host: c.Site.PublicURL.Hostname()}
	quiet := zap.NewNop() // what is worth telling comes as an event
	i.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return i.magic, nil },
		Logger:           quiet,
	})
	i.magic = certmagic.New(i.cache, certmagic.Config{
		DefaultServerName: i.host, FallbackServerName: i.host,
		Storage: &certmagic.FileStorage{Path: string(c.ACME.Folder)},
		Logger:  quiet,
		OnEvent: func(_ context.Context, event string, data map[string]any) error {
			tell(log, event, data)
			return nil
		},
	})
	i.magic.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(i.magic, certmagic.ACMEIssuer{
		CA: c.ACME.Directory.String(), Email: c.ACME.Email.Address(), Agreed: true, TrustedRoots: trusted,
		DisableHTTPChallenge: true, AltTLSALPNPort: own, Logger: quiet,
	})}
	return i, nil
}

// AskAuthority asks an authority for its directory, and gives the address of the terms that acme.agreed agrees to; empty: it has none.
func AskAuthority(ctx context.Context, c *config.ACME) (terms string, err error) {
	trusted, err := c.Roots()
	if err != nil {
		return "", fmt.Errorf("acme.%w", err)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	client := acme.Client{Directory: c.Directory.String(), HTTPClient: &http.Client{Transport: transport, Timeout: authorityTimeout}}
	directory, err := client.GetDirectory(ctx)
	if err != nil {
		return "", err
	}
	if directory.Meta == nil {
		return "", nil
	}
	return directory.Meta.TermsOfService, nil
}

// authorityTimeout is for a single question to an authority.
const authorityTimeout = 10 * time.Second

// tell puts into the log what an operator wants to know.
func tell(log *slog.Logger, event string, data map[string]any) {
	switch event {
	case "cert_obtained":
		log.Info("a certificate came from the authority", "host", data["identifier"], "renewal", data["renewal"])
	case "cert_failed":
		log.Warn("the authority gave no certificate: it is asked again, later each time; the last one stays",
			"host", data["identifier"], "renewal", data["renewal"], "err", data["error"])
	}
}

// run fetches the certificate, renews it while ctx lasts, and ends with it.
func (i *issued) run(ctx context.Context) error {
	defer i.cache.Stop()
	if err := i.magic.ManageAsync(ctx, []string{i.host}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// errNoneYet is what a handshake ends with before the first certificate has come.
var errNoneYet = errors.New("the authority has not given a certificate yet")

func (i *issued) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	cert, err := i.magic.GetCertificate(hello)
	if err == nil && cert == nil {
		err = errNoneYet
	}
	return cert, err
}

func (i *issued) forHTTP() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: i.get, NextProtos: protocols}
}
