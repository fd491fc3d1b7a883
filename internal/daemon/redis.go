package daemon

import (
	"crypto/tls"
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
		roots, err := c.Roots()
		if err != nil {
			return nil, fmt.Errorf("redis.%w", err)
		}
		settings.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return redislimit.New(settings), nil
}
