package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
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
func serveUntil(ctx context.Context, server *http.Server, from *connections, cert certificate) error {
	failed := make(chan error, 1)
	go func() {
		if cert != nil {
			server.TLSConfig = cert.forHTTP()
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
