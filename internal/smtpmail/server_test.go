package smtpmail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/mailbox"
	"twohens/internal/smtpmail"
)

// certificate makes a self-signed certificate and the pool that trusts it.
func certificate(t testing.TB, names ...string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			plan.IPAddresses = append(plan.IPAddresses, ip)
		} else {
			plan.DNSNames = append(plan.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

func open(t testing.TB, o mailbox.Options) *mailbox.Mailbox {
	t.Helper()
	box, err := mailbox.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

// sender makes a Sender to a mailbox. Plain TCP unless change says otherwise.
func sender(t testing.TB, port int, change func(*smtpmail.Settings)) *smtpmail.Sender {
	t.Helper()
	set := smtpmail.Settings{
		Server: "127.0.0.1", Port: port, Security: smtpmail.Plain,
		From: address(t, "recovery@fernbank.example"), FromName: "Fernbank Library",
	}
	if change != nil {
		change(&set)
	}
	s, err := smtpmail.New(set, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func address(t testing.TB, text string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mailTo(t testing.TB, to string) engine.Mail {
	return engine.Mail{
		ID: "abcdefghijklmnopqrstuvwxyz", To: address(t, to), Locale: "en", Subject: "Your code",
		Text: "Your code is 1234 5678.\n", HTML: "<p>Your code is <b>1234 5678</b>.</p>\n",
	}
}

func passwordFile(t testing.TB, password string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// last is the error of two results.
func last(_ engine.Handover, err error) error { return err }
