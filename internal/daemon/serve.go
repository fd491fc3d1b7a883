package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// How long a client may take. A form is small and a page too: who needs longer is not reading but holding on.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 90 * time.Second
	maxHeaderBytes    = 16 << 10
	shutdownTimeout   = 10 * time.Second
)

// newServer makes the HTTP server around a handler, for these connections.
func newServer(handler http.Handler, from *connections, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      handler,
		ConnState:                    from.changed,
		ReadHeaderTimeout:            readHeaderTimeout,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		MaxHeaderBytes:               maxHeaderBytes,
		DisableGeneralOptionsHandler: true, // OPTIONS * gets the headers and the words of everything else

		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what strangers' broken connections say
	}
}

// certificate is a certificate in files. It is read again when they change, so that renewing it needs no restart.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed time.Time // of the newer file, when it was read
	looked  time.Time
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = 10 * time.Second

func loadCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("listen.tls_cert: %w", err)
	}
	c.pair, c.changed, c.looked = &pair, c.newer(), time.Now()
	return nil
}

// newer is when the newer of the two files was written.
func (c *certificate) newer() (at time.Time) {
	for _, path := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(at) {
			at = info.ModTime()
		}
	}
	return at
}

// get is called for each handshake. Files that cannot be used, as in the middle of being written, leave the last good pair.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
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

// notify tells systemd how the program stands (sd_notify(3)), where systemd asks to be told.
func notify(state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	conn.Write([]byte(state))
}

// serveUntil answers until ctx ends, then lets those under way finish.
func serveUntil(ctx context.Context, server *http.Server, from *connections, cert *certificate) error {
	failed := make(chan error, 1)
	go func() {
		if cert != nil {
			server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.get}
			failed <- server.ServeTLS(from, "", "")
			return
		}
		failed <- server.Serve(from)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(finish); err != nil {
		server.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
