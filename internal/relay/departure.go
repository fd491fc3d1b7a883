package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// Departure is the moment at which a text leaves this machine. Before it nothing was lost and another gateway may be asked; after
// it only the other side knows. net/http has no such moment: it tells of a connection when nothing is written yet, and of a
// request when everything is. So the connection itself looks out for the first byte (see watched).
type Departure struct {
	last func() error

	mu    sync.Mutex
	asked bool
	no    error // what last said
	left  bool
	over  bool
}

var (
	errRepeat = errors.New("the connection broke, and the text may have left")
	errOver   = errors.New("given up before it left")
)

// NewDeparture makes one for a message, of which last is asked right before.
func NewDeparture(last func() error) *Departure { return &Departure{last: last} }

// leave is called before the first byte of a request, and says whether it may go. net/http sends a GET once more when a
// connection that was kept open turns out to be dead, though the other side may have read it: for a text that would be a second
// one. Here the repeat ends.
func (d *Departure) leave() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.over:
		return errOver
	case d.left:
		return errRepeat
	}
	if !d.asked && d.last != nil {
		d.no = d.last()
	}
	d.asked = true
	d.left = d.no == nil
	return d.no
}

// again lets the same text leave once more, after an answer that says it was not taken.
func (d *Departure) again() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left = false
}

// held is what Last said against it.
func (d *Departure) held() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.no
}

// end says whether the text had left. If not, it never will: a request that was given up may still be on its way to the wire.
func (d *Departure) end() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	return d.left
}

// withDeparture has a request watched.
func withDeparture(ctx context.Context, d *Departure) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) {
		got.Conn.(*watched).next.Store(d)
	}})
}

// watched is a connection to a gateway.
type watched struct {
	net.Conn
	next atomic.Pointer[Departure] // of the request that comes next
}

func (w *watched) Write(b []byte) (int, error) {
	if d := w.next.Swap(nil); d != nil {
		if err := d.leave(); err != nil {
			return 0, err
		}
	}
	return w.Conn.Write(b)
}

// Gateways close connections that nobody uses, many after five seconds. One that is closed while a request sets out makes a text
// of which nobody knows what became of it, so ours are closed first.
const idle = 4 * time.Second

// NewClient makes an HTTP client for one gateway. It follows no redirect, since that would carry the code to whomever the answer
// names, and uses no proxy of the environment.
func NewClient(roots *x509.CertPool, limit time.Duration, connections int) *http.Client {
	dialer := &net.Dialer{Timeout: limit, KeepAlive: 15 * time.Second}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		raw, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &watched{Conn: raw}, nil
	}
	dialTLS := func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		raw, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		secured := tls.Client(raw, &tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12})
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, raw.Close())
		}
		return &watched{Conn: secured}, nil
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dial, DialTLSContext: dialTLS, IdleConnTimeout: idle,
			MaxIdleConnsPerHost: connections, MaxResponseHeaderBytes: MaxAnswer, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
