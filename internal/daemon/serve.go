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

const (
	maxHeaderBytes  = 16 << 10
	shutdownTimeout = 10 * time.Second
)

// patience is how long a client may take for its header, for all it says, for reading the answer, and between two requests.
type patience struct{ header, read, write, idle time.Duration }

// usual is enough for everybody. A form is small and a page too: who needs longer is not reading but holding on.
var usual = patience{header: 5 * time.Second, read: 15 * time.Second, write: 30 * time.Second, idle: 90 * time.Second}

// newServer makes the HTTP server around a handler, for these connections.
func newServer(handler http.Handler, from *connections, most patience, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      handler,
		ConnState:                    from.changed,
		ReadHeaderTimeout:            most.header,
		ReadTimeout:                  most.read,
		WriteTimeout:                 most.write,
		IdleTimeout:                  most.idle,
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
