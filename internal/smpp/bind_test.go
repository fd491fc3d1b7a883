package smpp_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twohens/internal/smpp"
)

// The bytes are those of the specification's example (3.2.2), but for the command, the version that we speak, and a numbering plan
// that we do not claim.
func TestBindBytes(t *testing.T) {
	for bind, command := range map[smpp.Bind]string{smpp.Transceiver: "09", smpp.Transmitter: "02"} {
		seen := make(chan packet, 1)
		c := open(t, func(p *peer) {
			k, _ := p.next()
			seen <- k
			p.send(k.command|0x80000000, 0, k.sequence, "centre\x00")
			p.next()
		})
		s := settings(c.port)
		s.SystemType, s.Bind, s.Response = "SUBMIT1", bind, 50*time.Millisecond
		if err := client(t, s).Ready(soon(t)); err != nil {
			t.Fatal(err)
		}
		want := "0000002f 000000" + command + " 00000000 00000001 534d5050335445535400 736563726574303800 5355424d49543100 34 00 00 00"
		if raw := hex.EncodeToString(got(t, seen).raw); raw != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s", raw)
		}
	}
}

func TestBindRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		command uint32
		status  uint32
		class   smpp.Class
		said    string
	}{
		{"wrong password", 0x80000009, 0x0E, smpp.Unfit, "ESME_RINVPASWD"},
		{"wrong name", 0x80000009, 0x0F, smpp.Unfit, "ESME_RINVSYSID"},
		{"refused", 0x80000009, 0x0D, smpp.Unfit, "ESME_RBINDFAIL"},
		{"still bound", 0x80000009, 0x05, smpp.Later, "ESME_RALYBND"},
		{"not known here", 0x80000000, 0x03, smpp.Unfit, "ESME_RINVCMDID"},
		{"nonsense", 0x80000000, 0, smpp.Later, "ESME_RUNKNOWNERR"},
		{"of a vendor", 0x80000009, 0x401, smpp.Later, "status 0x00000401"},
	} {
		centre := open(t, func(p *peer) {
			k, _ := p.next()
			p.send(c.command, c.status, k.sequence, "")
		})
		s := settings(centre.port)
		s.Retry = time.Hour // one try is enough
		_, parts, err := client(t, s).Submit(soon(t), hello)
		if err == nil || parts != 0 || smpp.ClassOf(err) != c.class || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v, class %v", c.name, err, smpp.ClassOf(err))
		}
		if strings.Contains(err.Error(), password) {
			t.Errorf("%s: the password is told", c.name)
		}
	}
}

// After a refusal that speaks of us the next try comes late: each one may bring the account nearer to being locked.
func TestWrongPasswordIsNotHammered(t *testing.T) {
	tries := make(chan bool, 100)
	centre := open(t, func(p *peer) {
		k, _ := p.next()
		tries <- true
		p.send(k.command|0x80000000, 0x0E, k.sequence, "")
	})
	s := settings(centre.port)
	s.Retry = time.Minute
	c := client(t, s)
	for range 10 {
		if err := c.Ready(soon(t)); smpp.ClassOf(err) != smpp.Unfit {
			t.Fatal(err)
		}
	}
	if len(tries) != 1 {
		t.Errorf("%d tries", len(tries))
	}
}

// A new password is used without a restart.
func TestPasswordIsReadAgain(t *testing.T) {
	words := make(chan string, 2)
	centre := open(t, func(p *peer) {
		k, _ := p.next()
		words <- strings.Split(string(k.body), "\x00")[1]
		if len(words) == 1 {
			p.send(k.command|0x80000000, 0x05, k.sequence, "")
			return
		}
		p.send(k.command|0x80000000, 0, k.sequence, "\x00")
		p.next()
	})
	s := settings(centre.port)
	s.Response = 50 * time.Millisecond
	n := 0
	s.Password = func() (string, error) {
		n++
		return map[int]string{1: "old", 2: "new"}[n], nil
	}
	client(t, s).Ready(soon(t))
	if a, b := got(t, words), got(t, words); a != "old" || b != "new" {
		t.Errorf("%q, %q", a, b)
	}
}

func TestPasswordMissing(t *testing.T) {
	for _, c := range []struct {
		word string
		err  error
	}{{"", errors.New("no such file")}, {"a\x00b", nil}, {strings.Repeat("a", 65), nil}} {
		s := settings(1)
		s.Password = func() (string, error) { return c.word, c.err }
		if err := client(t, s).Ready(soon(t)); smpp.ClassOf(err) != smpp.Unfit || c.err != nil && !errors.Is(err, c.err) {
			t.Errorf("%q: %v", c.word, err)
		}
	}
}

// A centre that takes the connection and says nothing, or half a word, or ends it, is given up in time.
func TestBindUnanswered(t *testing.T) {
	for name, serve := range map[string]func(p *peer){
		"silent":        func(p *peer) { p.next(); p.next() },
		"half a PDU":    func(p *peer) { p.next(); _, _ = p.Write([]byte{0, 0, 0, 20, 0x80}); p.next() },
		"ends it":       func(p *peer) { p.next() },
		"another's":     func(p *peer) { k, _ := p.next(); p.send(0x80000009, 0, k.sequence+1, "\x00"); p.next() },
		"another kind":  func(p *peer) { k, _ := p.next(); p.send(0x80000004, 0, k.sequence, "\x00"); p.next() },
		"four gigabyte": func(p *peer) { p.next(); _, _ = p.Write([]byte("\xff\xff\xff\xff\x80\x00\x00\x09")); p.next() },
		"no length":     func(p *peer) { p.next(); _, _ = p.Write(make([]byte, 16)); p.next() },
		"fifteen":       func(p *peer) { p.next(); _, _ = p.Write(append([]byte{0, 0, 0, 15}, make([]byte, 12)...)); p.next() },
	} {
		s := settings(open(t, serve).port)
		s.Response, s.Retry = 100*time.Millisecond, time.Hour
		if _, _, err := client(t, s).Submit(soon(t), hello); err == nil || smpp.ClassOf(err) != smpp.Later {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen.Close()
	c := client(t, settings(listen.Addr().(*net.TCPAddr).Port))
	if _, _, err := c.Submit(soon(t), hello); err == nil || smpp.ClassOf(err) != smpp.Later {
		t.Errorf("%v", err)
	}
	c.Close()
	if _, _, err := c.Submit(soon(t), hello); !errors.Is(err, smpp.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// certified is a certificate for a name or an address, by an authority of its own.
func certified(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLS(t *testing.T) {
	right, roots := certified(t, "127.0.0.1")
	other, others := certified(t, "smpp.fernbank.example")
	for _, c := range []struct {
		name        string
		certificate *tls.Certificate // nil: a server without TLS
		roots       *x509.CertPool
		good        bool
		said        string
	}{
		{"good", &right, roots, true, ""},
		{"of nobody we know", &right, others, false, "unknown authority"},
		{"of nobody the system knows", &right, nil, false, "unknown authority"},
		{"for another name", &other, others, false, "certificate"},
		{"no TLS there", nil, roots, false, "connecting"},
	} {
		bound := make(chan bool, 1)
		serve := func(p *peer) {
			if p.bound() {
				bound <- true
				if k, ok := p.next(); ok {
					taking(p, k)
				}
				p.next()
			}
		}
		var config *tls.Config
		if c.certificate != nil {
			config = &tls.Config{Certificates: []tls.Certificate{*c.certificate}}
		} else {
			serve = func(p *peer) { _, _ = p.Write([]byte("220 hello there, this is no TLS\r\n")) }
		}
		s := settings(openTLS(t, config, serve).port)
		s.TLS, s.Roots, s.Retry, s.Response = true, c.roots, time.Hour, 100*time.Millisecond
		_, _, err := client(t, s).Submit(soon(t), hello)
		if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.good && len(bound) != 0 {
			t.Errorf("%s: the password was given away", c.name)
		}
	}
}

func TestSettings(t *testing.T) {
	for name, change := range map[string]func(s *smpp.Settings){
		"no host":            func(s *smpp.Settings) { s.Host = "" },
		"no port":            func(s *smpp.Settings) { s.Port = 0 },
		"no name":            func(s *smpp.Settings) { s.SystemID = "" },
		"a long name":        func(s *smpp.Settings) { s.SystemID = "sixteen octets.." },
		"a name with a zero": func(s *smpp.Settings) { s.SystemID = "a\x00b" },
		"a long system type": func(s *smpp.Settings) { s.SystemType = "thirteen octe" },
		"no password":        func(s *smpp.Settings) { s.Password = nil },
		"in the clear":       func(s *smpp.Settings) { s.Host = "smpp.fernbank.example" },
		"no such bind":       func(s *smpp.Settings) { s.Bind = 3 },
		"a negative window":  func(s *smpp.Settings) { s.Window = -1 },
		"a negative limit":   func(s *smpp.Settings) { s.Response = -1 },
	} {
		s := settings(2775)
		change(&s)
		if _, err := smpp.New(s, nil); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	s := settings(2775)
	s.Host, s.Clear = "smpp.fernbank.example", true
	if c, err := smpp.New(s, nil); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
}

// Run keeps the connection without anybody sending, and ends it in good order.
func TestRun(t *testing.T) {
	ends := make(chan uint32, 1)
	centre := open(t, func(p *peer) {
		p.bound()
		k, _ := p.next()
		ends <- k.command
		p.send(0x80000006, 0, k.sequence, "")
	})
	ctx, stop := context.WithCancel(t.Context())
	c := client(t, settings(centre.port))
	gone := make(chan bool)
	go func() {
		c.Run(ctx)
		close(gone)
	}()
	if err := c.Ready(soon(t)); err != nil {
		t.Fatal(err)
	}
	stop()
	if command := got(t, ends); command != 0x06 {
		t.Errorf("ended with command %#x", command)
	}
	got(t, gone)
}

// Between tries it waits longer each time, up to a bound, and not exactly as long as its neighbours.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := settings(2775)
		s.Retry = time.Second
		var tries []time.Time
		s.Password = func() (string, error) {
			tries = append(tries, time.Now())
			return password, nil
		}
		s.Dial = time.Nanosecond // over before it begins: nobody is asked
		c, err := smpp.New(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.Ready(t.Context())
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		for i := 1; i < len(tries); i++ {
			whole := time.Second << min(i-1, 6)
			if wait := tries[i].Sub(tries[i-1]); wait < whole/2-time.Millisecond || wait > 3*whole/2+time.Millisecond {
				t.Errorf("wait %d: %s, wanted about %s", i, wait, whole)
			}
		}
		if len(tries) < 8 || len(tries) > 25 {
			t.Errorf("%d tries in ten minutes", len(tries))
		}
	})
}
