package smpp_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"twohens/internal/smpp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// centre is a message centre that does what a test has it do. It is written from the specification, with nothing of the client's: what
// both got wrong the same way would not be seen.
type centre struct {
	t      testing.TB
	listen net.Listener
	port   int

	mu    sync.Mutex
	conns []net.Conn
	all   sync.WaitGroup
}

// open listens on loopback. Each connection is served by a goroutine of its own, and closed after serve returned.
func open(t testing.TB, serve func(p *peer)) *centre { return openTLS(t, nil, serve) }

func openTLS(t testing.TB, config *tls.Config, serve func(p *peer)) *centre {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &centre{t: t, listen: listen, port: listen.Addr().(*net.TCPAddr).Port}
	c.all.Go(func() {
		for {
			conn, err := listen.Accept()
			if err != nil {
				return
			}
			c.mu.Lock()
			c.conns = append(c.conns, conn)
			c.mu.Unlock()
			if config != nil {
				conn = tls.Server(conn, config)
			}
			c.all.Go(func() {
				defer conn.Close()
				serve(&peer{Conn: conn, r: bufio.NewReader(conn)})
			})
		}
	})
	t.Cleanup(c.close)
	return c
}

func (c *centre) close() {
	_ = c.listen.Close()
	c.cut()
	c.all.Wait()
}

// cut breaks all connections.
func (c *centre) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

// packet is one PDU.
type packet struct {
	command, status, sequence uint32
	body                      []byte
	raw                       []byte
}

// peer is the centre's side of one connection.
type peer struct {
	net.Conn
	r  *bufio.Reader
	mu sync.Mutex
}

// next reads a PDU; false: the client is gone.
func (p *peer) next() (packet, bool) {
	head := make([]byte, 16)
	if _, err := io.ReadFull(p.r, head); err != nil {
		return packet{}, false
	}
	be := binary.BigEndian
	body := make([]byte, be.Uint32(head)-16)
	if _, err := io.ReadFull(p.r, body); err != nil {
		return packet{}, false
	}
	return packet{be.Uint32(head[4:]), be.Uint32(head[8:]), be.Uint32(head[12:]), body, append(head, body...)}, true
}

func (p *peer) send(command, status, sequence uint32, body string) {
	b := make([]byte, 16, 16+len(body))
	be := binary.BigEndian
	be.PutUint32(b, uint32(16+len(body)))
	be.PutUint32(b[4:], command)
	be.PutUint32(b[8:], status)
	be.PutUint32(b[12:], sequence)
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.Write(append(b, body...))
}

// bound takes the client's bind.
func (p *peer) bound() bool {
	k, ok := p.next()
	if ok {
		p.send(k.command|0x80000000, 0, k.sequence, "centre\x00")
	}
	return ok
}

// serving is a centre that binds everybody, answers what must be answered, and has take handle each message.
func serving(take func(p *peer, k packet)) func(p *peer) {
	return func(p *peer) {
		if !p.bound() {
			return
		}
		for {
			k, ok := p.next()
			if !ok {
				return
			}
			switch k.command {
			case 0x04:
				take(p, k)
			case 0x15:
				p.send(0x80000015, 0, k.sequence, "")
			case 0x06:
				p.send(0x80000006, 0, k.sequence, "")
				return
			}
		}
	}
}

// taking answers a message with a name.
func taking(p *peer, k packet) { p.send(0x80000004, 0, k.sequence, "7F3A\x00") }

// refusing answers it with a status.
func refusing(status uint32) func(p *peer, k packet) {
	return func(p *peer, k packet) { p.send(0x80000004, status, k.sequence, "") }
}

const password = "secret08"

// settings are such that tests need not wait.
func settings(port int) smpp.Settings {
	return smpp.Settings{
		Host: "127.0.0.1", Port: port, SystemID: "SMPP3TEST", Password: func() (string, error) { return password, nil },
		Response: 5 * time.Second, Enquire: time.Minute, Retry: time.Millisecond,
	}
}

// client is closed when the test ends. Nothing it logs may hold what must not be read.
func client(t testing.TB, s smpp.Settings) *smpp.Client {
	t.Helper()
	log := &kept{}
	c, err := smpp.New(s, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		for _, secret := range []string{password, "600123456", "12345678"} {
			if bytes.Contains(log.b.Bytes(), []byte(secret)) {
				t.Errorf("logged: %s", log.b.Bytes())
			}
		}
	})
	return c
}

// kept is a log that is read later.
type kept struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (k *kept) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.b.Write(b)
}

// hello is a message like any other.
var hello = smpp.Message{Source: "Fernbank", Destination: "+34600123456", Text: "12345678 is your code.\n\n@fernbank.example #12345678"}

// soon is a context that ends a test that hangs.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// got waits for what a channel brings.
func got[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-soon(t).Done():
		t.Fatal("nothing came")
	}
	return v
}
