package mailgate_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/mailgate"
	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/smtpmail"
)

// certificate writes a certificate and its key into files that Postfix can read, and gives the pool that trusts it.
func certificate(t *testing.T, until time.Duration, names ...string) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(until),
		IsCA: true, BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			plan.IPAddresses = append(plan.IPAddresses, ip)
		} else {
			plan.DNSNames = append(plan.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	roots = x509.NewCertPool()
	chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	roots.AppendCertsFromPEM(chain)
	for path, block := range map[string][]byte{cert: chain, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})} {
		if err := os.WriteFile(path, block, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, roots
}

// class checks what a failure means; empty: there is none.
func class(t *testing.T, err error, want relay.Class) {
	t.Helper()
	var f *relay.Failure
	switch {
	case want == "" && err != nil:
		t.Errorf("%v", err)
	case want != "" && (!errors.As(err, &f) || f.Class != want):
		t.Errorf("%v, want %s", err, want)
	}
}

// A mail reaches a mailbox of Postfix with its headers; what Postfix says of each recipient decides, and greylisting is waited out.
func TestPostfix(t *testing.T) {
	p := sendertest.StartPostfix(t, sendertest.PostfixOptions{Policy: sendertest.StartPolicy(t, func(to string, nth int) string {
		switch strings.TrimSuffix(to, "@post.example") {
		case "grey":
			if nth == 1 {
				return "451 4.7.1 Greylisted, please come back"
			}
		case "gone":
			return "550 5.1.1 No such user"
		case "blocked":
			return "554 5.7.1 Blocked"
		case "full":
			return "452 4.2.2 Mailbox full"
		case "down":
			return "421 4.3.2 Going down"
		}
		return "OK"
	}), Main: map[string]string{"message_size_limit": "20000"}})
	spare := box(t, nil)
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", p.Port), at("spare", spare.Port())}, Chain: relay.Settings{Failures: 32}})
	m := mailTo(t, "lucy@post.example")
	taken, err := c.Send(t.Context(), m)
	if err != nil || taken.Gateway != "main" || !strings.HasPrefix(taken.Said, "250 2.0.0 Ok: queued as") {
		t.Fatalf("%+v, %v", taken, err)
	}
	got := p.Await(1)[0]
	for _, want := range []string{"Message-ID: <" + m.ID + "@fernbank.example>", "Auto-Submitted: auto-generated", "Return-Path: <recovery@fernbank.example>", "82649173"} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("the mail lacks %q:\n%s", want, got)
		}
	}
	_, err = c.Send(t.Context(), mailTo(t, "grey@post.example"))
	class(t, err, relay.Later)
	if taken, err := c.Send(t.Context(), mailTo(t, "grey@post.example")); err != nil || taken.Gateway != "main" {
		t.Errorf("greylisted, the second time: %+v, %v", taken, err)
	}
	for _, to := range []string{"gone", "blocked"} {
		_, err := c.Send(t.Context(), mailTo(t, to+"@post.example"))
		var refusal *engine.Refusal
		if !errors.As(err, &refusal) || strings.Contains(refusal.Said, "@") {
			t.Errorf("%s: %v", to, err)
		}
	}
	large := mailTo(t, "lucy@post.example")
	large.Text = strings.Repeat("many words ", 4000)
	var refusal *engine.Refusal
	if _, err := c.Send(t.Context(), large); !errors.As(err, &refusal) {
		t.Errorf("too large: %v", err)
	}
	if spare.Taken() != 0 {
		t.Errorf("what is final went on to the next: %d", spare.Taken())
	}
	for i, to := range []string{"full", "down"} {
		if taken, err := c.Send(t.Context(), mailTo(t, to+"@post.example")); err != nil || taken.Gateway != "spare" || spare.Taken() != int64(i+1) {
			t.Errorf("%s: %+v, %v", to, taken, err)
		}
	}
	if taken, err := c.Send(t.Context(), mailTo(t, "lucy@post.example")); err != nil || taken.Gateway != "main" {
		t.Errorf("the connection is not usable after all that: %+v, %v", taken, err)
	}
	p.Await(3)
}

// Postfix with a full disk takes nothing, and says so before anything is sent; the next server takes over.
func TestPostfixFull(t *testing.T) {
	p := sendertest.StartPostfix(t, sendertest.PostfixOptions{Main: map[string]string{"queue_minfree": "1000000000000000", "message_size_limit": "100000"}})
	spare := box(t, nil)
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", p.Port), at("spare", spare.Port())}})
	if taken, err := c.Send(t.Context(), mailTo(t, "lucy@post.example")); err != nil || taken.Gateway != "spare" {
		t.Errorf("%+v, %v", taken, err)
	}
	if s := c.Status()[0]; s.NotTaken[relay.Busy] != 1 || !strings.Contains(s.LastFailure, "4.3.1") {
		t.Errorf("%+v", s)
	}
}

// TLS: given and required, by STARTTLS and from the first byte; a certificate that is not right gets not even an address to see.
func TestPostfixTLS(t *testing.T) {
	cert, key, roots := certificate(t, time.Hour, "127.0.0.1")
	p := sendertest.StartPostfix(t, sendertest.PostfixOptions{Cert: cert, Key: key})
	other, otherKey, otherRoots := certificate(t, time.Hour, "mail.elsewhere.example")
	wrong := sendertest.StartPostfix(t, sendertest.PostfixOptions{Cert: other, Key: otherKey})
	old, oldKey, oldRoots := certificate(t, -time.Hour, "127.0.0.1")
	expired := sendertest.StartPostfix(t, sendertest.PostfixOptions{Cert: old, Key: oldKey})
	plain := sendertest.StartPostfix(t, sendertest.PostfixOptions{})
	send := func(t *testing.T, security smtpmail.Security, server *sendertest.Postfix, roots *x509.CertPool) error {
		set := &smtpmail.Settings{Server: "127.0.0.1", Port: server.Port, Security: security, Roots: roots}
		if security == smtpmail.Implicit {
			set.Port = server.Implicit
		}
		_, err := chain(t, mailgate.Settings{Services: []mailgate.Service{{Name: "main", SMTP: set}}}).Send(t.Context(), mailTo(t, "lucy@post.example"))
		return err
	}
	connections := map[*sendertest.Postfix]int{p: 1, wrong: 1, expired: 1, plain: 1} // each start makes one
	for name, tt := range map[string]struct {
		security smtpmail.Security
		server   *sendertest.Postfix
		roots    *x509.CertPool
	}{
		"unknown authority": {smtpmail.StartTLS, p, otherRoots}, "unknown authority, from the first byte": {smtpmail.Implicit, p, otherRoots},
		"another name": {smtpmail.StartTLS, wrong, otherRoots}, "another name, from the first byte": {smtpmail.Implicit, wrong, otherRoots},
		"expired": {smtpmail.StartTLS, expired, oldRoots}, "not offered": {smtpmail.StartTLS, plain, roots},
	} {
		t.Run(name, func(t *testing.T) { class(t, send(t, tt.security, tt.server, tt.roots), relay.Unfit) })
		connections[tt.server]++
	}
	for server, n := range connections {
		for _, line := range server.Ended(n) {
			if strings.Contains(line, " mail=") {
				t.Errorf("it was told who writes: %s", line)
			}
		}
	}
	t.Run("not asked for, and required", func(t *testing.T) { class(t, send(t, smtpmail.Plain, p, nil), relay.Unfit) })
	for name, security := range map[string]smtpmail.Security{"STARTTLS": smtpmail.StartTLS, "from the first byte": smtpmail.Implicit} {
		t.Run(name, func(t *testing.T) { class(t, send(t, security, p, roots), "") })
	}
	p.Await(2)
	for _, s := range []*sendertest.Postfix{wrong, expired, plain} {
		if n := len(s.Arrived()); n != 0 {
			t.Errorf("%d mails arrived at a server that is not the one", n)
		}
	}
}

// cutting stands before a server and cuts a connection after so many bytes from the client; 0: never.
func cutting(t *testing.T, port int, after func() int) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			if err != nil {
				client.Close()
				continue
			}
			go func() {
				_, _ = io.Copy(client, server)
				client.Close()
			}()
			go func() {
				defer server.Close()
				if n := after(); n > 0 {
					_, _ = io.CopyN(server, client, int64(n))
					client.Close()
					return
				}
				_, _ = io.Copy(server, client)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// A connection that is cut while the message is under way: nobody can know what became of it, so nobody else is asked. Postfix throws the half
// away, and the next try brings the mail once.
func TestPostfixCut(t *testing.T) {
	p := sendertest.StartPostfix(t, sendertest.PostfixOptions{})
	var cut atomic.Int64
	spare := box(t, nil)
	port := cutting(t, p.Port, func() int { return int(cut.Load()) })
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", port), at("spare", spare.Port())}})
	m := mailTo(t, "lucy@post.example")
	cut.Store(700) // within the message: what stands before it has about 200 bytes
	_, err := c.Send(t.Context(), m)
	class(t, err, relay.Unsure)
	cut.Store(0)
	if taken, err := c.Send(t.Context(), m); err != nil || taken.Gateway != "main" {
		t.Errorf("%+v, %v", taken, err)
	}
	got := p.Await(1)
	if len(got) != 1 || bytes.Count(got[0], []byte("82649173")) != 2 || spare.Taken() != 0 {
		t.Errorf("%d arrived at the first, %d at the second", len(got), spare.Taken())
	}
}

// A server that takes its time over an answer is not waited for, where another stands behind it.
func TestPostfixSlow(t *testing.T) {
	release := make(chan struct{})
	p := sendertest.StartPostfix(t, sendertest.PostfixOptions{Policy: sendertest.StartPolicy(t, func(string, int) string { <-release; return "OK" })})
	defer close(release)
	spare := box(t, nil)
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", p.Port), at("spare", spare.Port())}})
	if taken, err := c.Send(t.Context(), mailTo(t, "lucy@post.example")); err != nil || taken.Gateway != "spare" {
		t.Errorf("%+v, %v", taken, err)
	}
}

// Down, for as long as it likes, and back: the same chain hands over again, by new connections.
func TestPostfixDownAndBack(t *testing.T) {
	p := sendertest.StartPostfix(t, sendertest.PostfixOptions{})
	now := time.Now()
	var ahead atomic.Int64
	c := chain(t, mailgate.Settings{
		Services: []mailgate.Service{at("main", p.Port)}, Chain: relay.Settings{Failures: 3, Now: func() time.Time { return now.Add(time.Duration(ahead.Load())) }},
	})
	send := func() error {
		_, err := c.Send(t.Context(), mailTo(t, "lucy@post.example"))
		return err
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	p.Stop()
	for range 20 {
		err := send()
		var u *relay.Untaken
		if !errors.As(err, &u) || u.MayHaveLeft() {
			t.Fatalf("%v", err)
		}
		ahead.Add(int64(30 * time.Second))
	}
	p.Start()
	ahead.Add(int64(10 * time.Minute)) // its rest is over
	for range 3 {
		if err := send(); err != nil {
			t.Fatal(err)
		}
	}
	p.Await(4)
}
