package daemon

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"
)

// writeCertificate writes a certificate for 127.0.0.1 with a serial number, as a renewal would: the files are a second newer
// each time, whatever the file system's clock can tell apart.
func writeCertificate(t *testing.T, certFile, keyFile string, serial int64) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(time.Duration(serial) * time.Second)
	for path, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

// A renewed certificate is used without a restart; a broken one leaves the last good one.
func TestCertificateIsReadAgain(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	writeCertificate(t, certFile, keyFile, 1)
	c, err := loadFiled(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		t.Helper()
		c.looked = time.Time{} // as if the last look were long ago
		pair, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Errorf("certificate %d", n)
	}
	writeCertificate(t, certFile, keyFile, 2)
	if n := serial(); n != 2 {
		t.Errorf("certificate %d after a renewal", n)
	}
	if err := os.WriteFile(certFile, []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := serial(); n != 2 {
		t.Errorf("certificate %d after a broken renewal", n)
	}
	writeCertificate(t, certFile, keyFile, 3)
	if n := serial(); n != 3 {
		t.Errorf("certificate %d after a good one again", n)
	}
}

// serveTLS answers over TLS, for at most so many connections.
func serveTLS(t *testing.T, most int) (from *connections, roots *x509.CertPool) {
	t.Helper()
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	roots = x509.NewCertPool()
	roots.AddCert(writeCertificate(t, certFile, keyFile, 1))
	log := slog.New(slog.DiscardHandler)
	cert, err := loadFiled(certFile, keyFile, log)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	from = newConnections(socket, most, log)
	ended := make(chan error, 1)
	go func() {
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })
		ended <- serveUntil(t.Context(), newServer(handler, from, usual, log), from, cert)
	}()
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return from, roots
}

// With a certificate it speaks TLS and HTTP/2, and nothing older than TLS 1.2.
func TestServesTLS(t *testing.T) {
	from, roots := serveTLS(t, 100)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get("https://" + from.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.ProtoMajor != 2 {
		t.Errorf("speaks %s", answer.Proto)
	}
	old := &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}
	if conn, err := tls.Dial("tcp", from.Addr().String(), old); err == nil {
		conn.Close()
		t.Error("speaks TLS 1.1")
	}
}

// Over TLS too, the connection that has been quiet for longest closes for a new one, one that is in use stays, and none is counted that is gone.
func TestQuietestConnectionGoes(t *testing.T) {
	from, roots := serveTLS(t, 2)
	open := func() *tls.Conn {
		t.Helper()
		conn, err := tls.Dial("tcp", from.Addr().String(), &tls.Config{RootCAs: roots})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	asks := func(conn *tls.Conn) error {
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
			return err
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
	first, second := open(), open()
	for _, conn := range []*tls.Conn{second, first} { // the first one is asked on last
		if err := asks(conn); err != nil {
			t.Fatal(err)
		}
	}
	quietest := func() string {
		from.mu.Lock()
		defer from.mu.Unlock()
		return from.open.Front().Value.(*connection).RemoteAddr().String()
	}
	for quietest() != second.LocalAddr().String() { // the server may note only now that the answer to the second one has ended
		if err := asks(first); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 { // in use all the while, as others come and go
		third := open()
		if err := asks(third); err != nil {
			t.Fatal(err)
		}
		if err := asks(first); err != nil {
			t.Fatalf("the one that is in use is gone: %v", err)
		}
		third.Close()
	}
	if err := asks(second); err == nil {
		t.Error("the quiet one is still there")
	}
	first.Close()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if open, closed := from.count(); open == 0 && closed > 0 {
			break
		} else if time.Now().After(end) {
			t.Fatalf("%d are counted, %d were closed", open, closed)
		}
	}
}

// Room for connections grows with all of them, and is set anew neither when one comes and goes at the bound nor by the other port.
func TestMakeRoom(t *testing.T) {
	const base, most = 1 << 40, 4096
	before := debug.SetMemoryLimit(-1)
	memoryLimit.Store(base)
	defer func() {
		memoryLimit.Store(0)
		debug.SetMemoryLimit(before)
	}()
	for range most {
		makeRoom(1)
	}
	full := debug.SetMemoryLimit(-1)
	if full < base+most*connectionMemory {
		t.Errorf("for %d connections %d are added", most, full-base)
	}
	for range 10 { // the first may make room once more
		makeRoom(1)
		full = debug.SetMemoryLimit(-1)
		makeRoom(-1)
		if is := debug.SetMemoryLimit(-1); is != full {
			t.Fatalf("one that goes sets %d, it was %d", is, full)
		}
	}
	for range most {
		makeRoom(-1)
	}
	if is := debug.SetMemoryLimit(-1); is > base+3*connectionsStep*connectionMemory {
		t.Errorf("%d are left", is-base)
	}
}

// Clients that are too slow (slowloris) are cut, each by its own limit, and others are served meanwhile. The other limits are
// so long that the test fails when it is one of them that cuts.
func TestSlowClientsAreCut(t *testing.T) {
	const short, long = time.Second, 10 * time.Minute
	const head = "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
	for name, c := range map[string]struct {
		most patience
		says string
		then byte // said again and again; 0: nothing, nor is anything read
	}{
		"header": {patience{short, long, long, long}, head + "X: ", 'a'},
		"body":   {patience{long, short, long, long}, head + "\r\n", 'a'},
		"answer": {patience{long, long, short, long}, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n", 0},
		"idle":   {patience{long, long, long, short}, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			socket, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			log := slog.New(slog.DiscardHandler)
			from := newConnections(socket, 100, log)
			server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/form":
					_, _ = io.Copy(io.Discard, r.Body)
				case "/endless":
					for err := error(nil); err == nil; _, err = w.Write(make([]byte, 1<<16)) {
					}
				}
			}), from, c.most, log)
			go func() { _ = server.Serve(from) }()
			t.Cleanup(func() { server.Close() })
			slow, err := net.Dial("tcp", from.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer slow.Close()
			if _, err := io.WriteString(slow, c.says); err != nil {
				t.Fatal(err)
			}
			other := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
			answer, err := other.Get("http://" + from.Addr().String())
			if err != nil {
				t.Fatalf("another client: %v", err)
			}
			answer.Body.Close()
			for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				if c.then != 0 {
					_, _ = slow.Write([]byte{c.then})
				}
				if open, _ := from.count(); open == 0 {
					break
				} else if time.Now().After(end) {
					t.Fatalf("%d are still open", open)
				}
			}
		})
	}
}
