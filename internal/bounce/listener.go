package bounce

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"twohens/internal/engine"
)

// Settings are those of a listener.
type Settings struct {
	Address string // where it listens, host:port
	Hello   string // what it calls itself
	Returns Returns
	TLS     *tls.Config // for STARTTLS; nil: it is not offered

	// Deliver keeps what is said. After its error the other side is asked to come again.
	Deliver func(context.Context, engine.Receipt) error
	Now     func() time.Time
}

// What a stranger may take up. Mails that come back are few, small and quick.
const (
	mostAtOnce  = 64
	mostOfOne   = 8 // connections of one address of the network
	mostMessage = 4 << 20
	lineTimeout = time.Minute
	lifetime    = 5 * time.Minute // of a connection, however it is spent
)

// Listener is a small SMTP server for mails that come back. It takes mail to return addresses of ours, and relays nothing.
type Listener struct {
	settings Settings
	log      *slog.Logger
	server   *smtp.Server
	socket   net.Listener

	mu     sync.Mutex
	open   int
	byPeer map[string]int
}

// Listen opens the port. Mails are taken once Run is called.
func Listen(s Settings, logger *slog.Logger) (*Listener, error) {
	socket, err := net.Listen("tcp", s.Address)
	if err != nil {
		return nil, err
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	l := &Listener{settings: s, log: logger, socket: socket, byPeer: make(map[string]int)}
	l.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{listener: l}, nil }))
	l.server.Domain = s.Hello
	l.server.TLSConfig = s.TLS
	l.server.EnableSMTPUTF8 = true
	l.server.MaxMessageBytes = mostMessage
	l.server.MaxRecipients = 4
	l.server.ReadTimeout, l.server.WriteTimeout = lineTimeout, lineTimeout
	l.server.ErrorLog = log.New(io.Discard, "", 0) // what strangers' broken connections say
	return l, nil
}

// Address is where it listens, as host:port.
func (l *Listener) Address() string { return l.socket.Addr().String() }

// Run takes mails until ctx ends, and lets those under way end well, for a moment.
func (l *Listener) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if l.server.Shutdown(finish) != nil {
			_ = l.server.Close()
		}
	})()
	err := l.server.Serve(bounded{l})
	if ctx.Err() != nil || errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

// Close closes the port, for one that does not run.
func (l *Listener) Close() error {
	if err := l.socket.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// bounded accepts no more connections than there may be. One that is too many is closed without a word: its server comes again.
type bounded struct{ *Listener }

func (b bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.socket.Accept()
		if err != nil {
			return nil, err
		}
		peer, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
		if !b.enter(peer) {
			_ = conn.Close()
			continue
		}
		end := time.AfterFunc(lifetime, func() { _ = conn.Close() })
		return &counted{Conn: conn, done: sync.OnceFunc(func() { end.Stop(); b.leave(peer) })}, nil
	}
}

func (b bounded) Addr() net.Addr { return b.socket.Addr() }
func (b bounded) Close() error   { return b.socket.Close() }

func (l *Listener) enter(peer string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= mostAtOnce || l.byPeer[peer] >= mostOfOne {
		return false
	}
	l.open++
	l.byPeer[peer]++
	return true
}

func (l *Listener) leave(peer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.byPeer[peer]--; l.byPeer[peer] == 0 {
		delete(l.byPeer, peer)
	}
}

type counted struct {
	net.Conn
	done func()
}

func (c *counted) Close() error {
	c.done()
	return c.Conn.Close()
}

// session is one visit of a mail server.
type session struct {
	listener *Listener
	entries  []string
}

// What is answered. One answer for all addresses that are not ours: it tells nobody more.
var (
	errNobody = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such address; nothing is relayed here"}
	errLater  = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Not now, please try again"}
)

func (s *session) Mail(string, *smtp.MailOptions) error {
	s.entries = nil
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	id, ok := s.listener.settings.Returns.Entry(to)
	if !ok {
		return errNobody
	}
	s.entries = append(s.entries, id)
	return nil
}

func (s *session) Data(r io.Reader) error {
	l := s.listener
	report, err := Read(r)
	_, rest := io.Copy(io.Discard, r)
	switch {
	case rest != nil:
		return rest // broken off, or too long
	case errors.Is(err, ErrReply):
		return nil
	case err != nil:
		l.log.Info("a mail came back that could not be read", "entries", s.entries)
		return nil // it would not be understood another time either
	}
	ctx, cancel := context.WithTimeout(context.Background(), lineTimeout)
	defer cancel()
	for _, id := range s.entries {
		receipt := engine.Receipt{Entry: id, State: report.State, Hard: report.Hard, Said: report.Said, At: l.settings.Now()}
		if err := l.settings.Deliver(ctx, receipt); err != nil {
			l.log.Warn("what a mail that came back says could not be kept", "err", err)
			return errLater
		}
	}
	return nil
}

func (s *session) Reset()        { s.entries = nil }
func (s *session) Logout() error { return nil }
