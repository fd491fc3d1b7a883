// Package mailbox is an SMTP server, and a gateway for texts, that keeps what it is given in memory, for showing and for tests.
//
// The demo runs one inside itself, so that trying the product out needs no mail server and no gateway and still walks the production
// path: the mail leaves by SMTP and arrives by SMTP, the text leaves and arrives by HTTP. Tests use the same server to misbehave in every way that real ones do
// (Hook), and the bench uses it as a sink that only counts.
//
// It listens on loopback, relays nothing, and forgets everything when it is closed.
package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// Options say how a Mailbox behaves. The zero value is a plain server on a free port of 127.0.0.1.
type Options struct {
	Address string // where to listen; empty: a free port of 127.0.0.1. Anything beyond loopback is refused.
	Keep    int    // how many mails are kept, the newest; 0: 200
	Count   bool   // only count mails; none is read, kept or told of

	TLS      *tls.Config       // offer STARTTLS with it
	Implicit bool              // speak TLS from the first byte instead
	Accounts map[string]string // user names and passwords; when there are any, mail is taken only after AUTH
	PlainOK  bool              // take AUTH without TLS too
	ASCII    bool              // do not offer SMTPUTF8

	Hook Hook // how to misbehave

	Texts    bool             // take texts too
	TextHook func(Posted) int // a status other than 0 is answered instead of taking the text; it may block
	Now      func() time.Time // nil: time.Now
}

// Hook is asked at each step of a delivery and says how to answer. nil goes on; a *Reply is answered; ErrDrop closes the
// connection without a word. It may block, which is what a slow server does. It is called from many goroutines.
type Hook func(step Step, from, to string) error

// Step is a moment of a delivery.
type Step string

// The steps there are, in their order.
const (
	StepHello Step = "hello" // EHLO was said
	StepMail  Step = "mail"  // MAIL FROM
	StepRcpt  Step = "rcpt"  // RCPT TO
	StepData  Step = "data"  // some of the message was read, more is to come
	StepEnd   Step = "end"   // all of it was read, nothing is kept yet
	StepKept  Step = "kept"  // it is kept, the client does not know yet
)

// ErrDrop, returned by a Hook, closes the connection.
var ErrDrop = errors.New("connection dropped")

// Reply is what a Hook answers with instead of going on.
type Reply struct {
	Code int // such as 550
	Text string
}

func (r *Reply) Error() string { return fmt.Sprintf("%d %s", r.Code, r.Text) }

// Mailbox is a running server. Its methods may be called from any number of goroutines.
type Mailbox struct {
	options Options
	server  *smtp.Server
	socket  net.Listener
	served  chan struct{}

	texts       *http.Server // nil: texts are not taken
	textsAt     string
	textsServed chan struct{}

	taken       atomic.Int64
	connections atomic.Int64
	open        atomic.Int64

	mu       sync.Mutex
	last     uint64
	mails    []Mail // the oldest first
	watchers map[*watcher]struct{}
	closed   bool
}

type watcher struct{ mails chan Mail }

// Open starts a server.
func Open(o Options) (*Mailbox, error) {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.Keep <= 0 {
		o.Keep = 200
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// A server that takes mail for anybody must not be reachable by anybody.
	at, err := net.ResolveTCPAddr("tcp", o.Address)
	if err != nil {
		return nil, err
	}
	if !at.IP.IsLoopback() {
		return nil, fmt.Errorf("the mailbox listens on loopback only, not on %s", o.Address)
	}
	socket, err := net.ListenTCP("tcp", at)
	if err != nil {
		return nil, err
	}
	b := &Mailbox{options: o, socket: socket, served: make(chan struct{}), watchers: map[*watcher]struct{}{}}
	b.server = smtp.NewServer(smtp.BackendFunc(b.begin))
	b.server.Domain = "localhost"
	b.server.TLSConfig = o.TLS
	b.server.EnableSMTPUTF8 = !o.ASCII
	b.server.AllowInsecureAuth = o.PlainOK
	b.server.MaxMessageBytes = 1 << 20
	b.server.MaxRecipients = 10
	b.server.ReadTimeout = 5 * time.Minute
	b.server.WriteTimeout = time.Minute
	b.server.ErrorLog = log.New(io.Discard, "", 0)

	var l net.Listener = counted{socket, b}
	if o.Implicit {
		l = tls.NewListener(l, o.TLS)
		b.server.TLSConfig = nil
	}
	go func() {
		defer close(b.served)
		_ = b.server.Serve(l)
	}()
	if o.Texts {
		if err := b.serveTexts(); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

// counted counts the connections that were accepted, and those that are open.
type counted struct {
	net.Listener
	box *Mailbox
}

func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.box.connections.Add(1)
	c.box.open.Add(1)
	return &countedConn{Conn: conn, box: c.box}, nil
}

type countedConn struct {
	net.Conn
	box  *Mailbox
	once sync.Once
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.box.open.Add(-1) })
	return c.Conn.Close()
}

// Address is where the server listens, as host:port.
func (b *Mailbox) Address() string { return b.socket.Addr().String() }

// Port is the port of Address.
func (b *Mailbox) Port() int { return b.socket.Addr().(*net.TCPAddr).Port }

// Taken is how many mails and texts were taken since the start.
func (b *Mailbox) Taken() int64 { return b.taken.Load() }

// Connections is how many connections were accepted since the start.
func (b *Mailbox) Connections() int64 { return b.connections.Load() }

// Open is how many connections are open now.
func (b *Mailbox) Open() int64 { return b.open.Load() }

// Close stops the server, breaks its connections and ends every subscription.
func (b *Mailbox) Close() error {
	err := b.server.Close()
	if errors.Is(err, smtp.ErrServerClosed) {
		err = nil
	}
	// A server that was closed before it began to serve has not taken the listener over.
	_ = b.socket.Close()
	<-b.served
	err = errors.Join(err, b.closeTexts())

	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for w := range b.watchers {
		close(w.mails)
		delete(b.watchers, w)
	}
	return err
}

// Mails lists what is kept, the newest first.
func (b *Mailbox) Mails() []Mail { return b.After(0) }

// After lists what is kept and came after the mail of that number, the newest first.
func (b *Mailbox) After(number uint64) []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []Mail
	for i := len(b.mails) - 1; i >= 0 && b.mails[i].Number > number; i-- {
		list = append(list, b.mails[i])
	}
	return list
}

// Mail finds a kept mail by its number.
func (b *Mailbox) Mail(number uint64) (Mail, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.mails {
		if m.Number == number {
			return m, true
		}
	}
	return Mail{}, false
}

// Subscribe tells of each mail that arrives from now on, until stop is called. A reader that is a hundred mails behind is
// cut off, and so is every reader when the server is closed: the channel is closed, and After tells what was missed.
func (b *Mailbox) Subscribe() (mails <-chan Mail, stop func()) {
	w := &watcher{mails: make(chan Mail, 100)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		close(w.mails)
		return w.mails, func() {}
	}
	b.watchers[w] = struct{}{}
	return w.mails, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.cut(w)
	}
}

// cut ends a subscription once. The caller holds the lock.
func (b *Mailbox) cut(w *watcher) {
	if _, there := b.watchers[w]; there {
		delete(b.watchers, w)
		close(w.mails)
	}
}

// Await waits for a mail for which want is true, among those that are kept and those that come.
func (b *Mailbox) Await(ctx context.Context, want func(Mail) bool) (Mail, error) {
	mails, stop := b.Subscribe()
	defer stop()
	for _, m := range b.Mails() {
		if want(m) {
			return m, nil
		}
	}
	for {
		select {
		case m, ok := <-mails:
			if !ok {
				return Mail{}, errors.New("the mailbox was closed")
			}
			if want(m) {
				return m, nil
			}
		case <-ctx.Done():
			return Mail{}, context.Cause(ctx)
		}
	}
}

// keep stores a mail or a text, tells of it, and gives its number.
func (b *Mailbox) keep(m Mail) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	m.Number = b.last
	if len(b.mails) == b.options.Keep {
		b.mails = append(b.mails[:0], b.mails[1:]...)
	}
	b.mails = append(b.mails, m)
	for w := range b.watchers {
		select {
		case w.mails <- m:
		default:
			b.cut(w)
		}
	}
	return m.Number
}
