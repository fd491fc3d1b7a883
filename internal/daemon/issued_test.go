package daemon_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"

	"twohens/internal/config"
	"twohens/internal/daemon"
)

const issuedHost = "id.fernbank.example"

// authority is Pebble, the Let's Encrypt project's own authority for tests, which checks what it is told by asking back as the real one does.
type authority struct {
	*httptest.Server
	roots *x509.CertPool // of the certificates that it issues
}

// openAuthority starts one that finds every host on this machine, and asks back on a port.
func openAuthority(t *testing.T, port int) *authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "20") // as may happen: then one asks again
	said := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	issuer := ca.New(said, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "for tests"}})
	front := wfe.New(said, store, va.New(said, 1, port, true, namesHere(t), store), issuer, []string{"pebble.example"}, true, false, 1, 1)
	a := &authority{Server: httptest.NewTLSServer(front.Handler()), roots: x509.NewCertPool()}
	t.Cleanup(a.Close)
	root, err := x509.ParseCertificate(issuer.GetRootCert(0).DER)
	if err != nil {
		t.Fatal(err)
	}
	a.roots.AddCert(root)
	return a
}

// namesHere is a name server to which every name is this machine.
func namesHere(t *testing.T) (address string) {
	t.Helper()
	asked := socket(t, "127.0.0.1:0")
	server := &dns.Server{Listener: asked, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		answer := new(dns.Msg).SetReply(query)
		if q := query.Question[0]; q.Qtype == dns.TypeA {
			answer.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(answer)
	})}
	ended := make(chan error, 1)
	go func() { ended <- server.ActivateAndServe() }()
	t.Cleanup(func() {
		_ = server.Shutdown()
		<-ended
	})
	return asked.Addr().String()
}

// certified is a configuration that fetches certificates, and the port that it is for.
func certified(t *testing.T) (*config.Config, net.Listener) {
	t.Helper()
	c := settings(t)
	at := socket(t, "127.0.0.1:0")
	c.Site.PublicURL = &url.URL{Scheme: "https", Host: issuedHost}
	c.Listen.Address = at.Addr().String()
	c.ACME.Agreed, c.ACME.Email = true, address(t, "ops@fernbank.example")
	c.ACME.Folder = config.Path(filepath.Join(t.TempDir(), "certificates"))
	return c, at
}

// trusts has a configuration ask an authority.
func (a *authority) trusts(t *testing.T, c *config.Config) {
	t.Helper()
	own := filepath.Join(t.TempDir(), "authority.pem")
	write(t, own, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw})))
	directory, err := url.Parse(a.URL + "/dir")
	if err != nil {
		t.Fatal(err)
	}
	c.ACME.Directory, c.ACME.CAFile = directory, config.Path(own)
}

// visit opens a connection as a browser does that wants a host, and gives the certificate that it is shown.
func visit(address, name string, roots *x509.CertPool) (*x509.Certificate, string, error) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		},
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true,
	}}
	defer client.CloseIdleConnections()
	answer, err := client.Get("https://" + name + "/recover")
	if err != nil {
		return nil, "", err
	}
	answer.Body.Close()
	return answer.TLS.PeerCertificates[0], answer.Proto, nil
}

// A certificate is fetched from an authority that asks back on the people's own port, for the site's host and for no other, and is there
// after a restart while the authority is not.
func TestIssued(t *testing.T) {
	c, at := certified(t)
	a := openAuthority(t, at.Addr().(*net.TCPAddr).Port)
	a.trusts(t, c)
	if terms, err := daemon.AskAuthority(t.Context(), &c.ACME); err != nil || !strings.HasPrefix(terms, "data:text/plain,") {
		t.Errorf("its terms: %q, %v", terms, err)
	}
	w := begin(t, c, daemon.Options{Socket: at})
	var cert *x509.Certificate
	var spoken string
	until(t, 30*time.Second, "the certificate has come", func() bool {
		var err error
		cert, spoken, err = visit(w.Address(), issuedHost, a.roots)
		return err == nil
	})
	if len(cert.DNSNames) != 1 || cert.DNSNames[0] != issuedHost || spoken != "HTTP/2.0" {
		t.Errorf("for %v, by %s", cert.DNSNames, spoken)
	}
	for _, name := range []string{"evil.example", "", "xn--fernbnk-8wa.example", "127.0.0.1"} {
		conn, err := tls.Dial("tcp", w.Address(), &tls.Config{InsecureSkipVerify: true, ServerName: name})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if got := conn.ConnectionState().PeerCertificates[0]; !got.Equal(cert) {
			t.Errorf("%q was shown a certificate for %v", name, got.DNSNames)
		}
		conn.Close()
	}
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	a.Close()
	err := filepath.WalkDir(string(c.ACME.Folder), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v", path, info.Mode())
		}
		if strings.Contains(path, "evil") {
			t.Errorf("something was fetched for a stranger: %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again := begin(t, c, daemon.Options{Socket: socket(t, c.Listen.Address)})
	until(t, 10*time.Second, "it answers", func() bool {
		got, _, err := visit(again.Address(), issuedHost, a.roots)
		return err == nil && got.Equal(cert)
	})
}

// An authority that is down keeps nothing from starting: there is no handshake yet, and the log says why.
func TestIssuedByNobody(t *testing.T) {
	c, at := certified(t)
	a := openAuthority(t, at.Addr().(*net.TCPAddr).Port)
	a.trusts(t, c)
	a.Close()
	if terms, err := daemon.AskAuthority(t.Context(), &c.ACME); err == nil {
		t.Errorf("its terms: %q", terms)
	}
	w := begin(t, c, daemon.Options{Socket: at})
	until(t, 60*time.Second, "it is told", func() bool { return strings.Contains(w.log.String(), "the authority gave no certificate") })
	if _, _, err := visit(w.Address(), issuedHost, a.roots); err == nil {
		t.Error("a handshake without a certificate")
	}
}
