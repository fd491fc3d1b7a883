package daemon

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	"twohens/internal/config"
	"twohens/internal/redislimit"
)

// redisRest is for how long a Redis that did not answer is not asked.
const redisRest = 2 * time.Second

// NewRedis makes the limiter of a configuration. It does not connect yet.
func NewRedis(c *config.Redis) (*redislimit.Limiter, error) {
	settings := redislimit.Config{Addresses: c.Addresses, Username: c.Username, Prefix: c.Prefix}
	if path := string(c.PasswordFile); path != "" {
		settings.Password = func() (string, error) {
			text, err := os.ReadFile(path)
			return strings.TrimSpace(string(text)), err
		}
	}
	if c.TLS {
		settings.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		if c.CAFile != "" {
			text, err := os.ReadFile(string(c.CAFile))
			if err != nil {
				return nil, fmt.Errorf("redis.ca_file: %w", err)
			}
			settings.TLS.RootCAs = x509.NewCertPool()
			settings.TLS.RootCAs.AppendCertsFromPEM(text)
		}
	}
	return redislimit.New(settings), nil
}
