package mailgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/mailbox"
	"twohens/internal/mailgate"
	"twohens/internal/relay"
	"twohens/internal/smtpmail"
)

func address(t testing.TB, text string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// box is a mail server that answers as a test says.
func box(t testing.TB, hook mailbox.Hook) *mailbox.Mailbox {
	t.Helper()
	b, err := mailbox.Open(mailbox.Options{Hook: hook})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// at is a service at a port of this machine.
func at(name string, port int) mailgate.Service {
	return mailgate.Service{Name: name, SMTP: &smtpmail.Settings{Server: "127.0.0.1", Port: port, Security: smtpmail.Plain}}
}

// chain makes one that closes itself.
func chain(t testing.TB, s mailgate.Settings) *mailgate.Chain {
	t.Helper()
	s.From, s.FromName = address(t, "recovery@fernbank.example"), "Fernbank Library"
	c, err := mailgate.New(s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

var numbers atomic.Int64

func mailTo(t testing.TB, to string) engine.Mail {
	t.Helper()
	return engine.Mail{
		ID: fmt.Sprintf("mail-%d", numbers.Add(1)), To: address(t, to), Locale: "en", Subject: "Your code", Text: "Your code:\n\n    82649173\n",
		HTML: "<p>Your code: <b>82649173</b></p>",
	}
}

// mute accepts connections and says nothing.
func mute(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var held sync.Map
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			held.Store(conn, true)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		held.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
	})
	return l.Addr().(*net.TCPAddr).Port
}

// closed is a port at which nobody is.
func closed(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func always(step mailbox.Step, code int) mailbox.Hook {
	return func(s mailbox.Step, _, _ string) error {
		if s == step {
			return &mailbox.Reply{Code: code, Text: "because"}
		}
		return nil
	}
}

// What the first server does decides who is asked next, and what the outbox is told.
func TestFailOver(t *testing.T) {
	for name, tt := range map[string]struct {
		first   func(t *testing.T) int
		by      string // who takes it; empty: nobody
		refused bool
	}{
		"dead":             {func(t *testing.T) int { return closed(t) }, "spare", false},
		"mute":             {func(t *testing.T) int { return mute(t) }, "spare", false},
		"takes no sender":  {func(t *testing.T) int { return box(t, always(mailbox.StepMail, 451)).Port() }, "spare", false},
		"shuts":            {func(t *testing.T) int { return box(t, always(mailbox.StepRcpt, 421)).Port() }, "spare", false},
		"has no room":      {func(t *testing.T) int { return box(t, always(mailbox.StepRcpt, 452)).Port() }, "spare", false},
		"believes us not":  {func(t *testing.T) int { return box(t, always(mailbox.StepMail, 530)).Port() }, "spare", false},
		"busy at the end":  {func(t *testing.T) int { return box(t, always(mailbox.StepEnd, 451)).Port() }, "spare", false},
		"greylists":        {func(t *testing.T) int { return box(t, always(mailbox.StepRcpt, 451)).Port() }, "", false},
		"knows no such":    {func(t *testing.T) int { return box(t, always(mailbox.StepRcpt, 550)).Port() }, "", true},
		"dislikes content": {func(t *testing.T) int { return box(t, always(mailbox.StepEnd, 554)).Port() }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spare := box(t, nil)
			c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", tt.first(t)), at("spare", spare.Port())}})
			taken, err := c.Send(t.Context(), mailTo(t, "lucy@post.example"))
			var refusal *engine.Refusal
			if taken.Gateway != tt.by || (err == nil) != (tt.by != "") || errors.As(err, &refusal) != tt.refused {
				t.Fatalf("taken by %q: %v", taken.Gateway, err)
			}
			if want := map[bool]int64{true: 1}[tt.by == "spare"]; spare.Taken() != want {
				t.Errorf("the spare one took %d", spare.Taken())
			}
			var asked interface{ Asked() string }
			if err != nil && (!errors.As(err, &asked) || asked.Asked() != "main") {
				t.Errorf("nobody is said to have been asked: %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "lucy") || strings.Contains(err.Error(), "8264")) {
				t.Errorf("it tells too much: %v", err)
			}
		})
	}
}

// A server that is dead in front costs the first few mails at most the five seconds that a person does not notice, and none once it rests. A
// server that hangs after it was asked for many mails at once holds up none of them longer. The same goes for a service by HTTP, and for where
// it gives access.
func TestTakeover(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hush-hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := map[string]string{"Content-Type": "text/plain"}
	for name, front := range map[string]func(port int) mailgate.Service{
		"server": func(port int) mailgate.Service { return at("main", port) },
		"service": func(port int) mailgate.Service {
			return mailgate.Service{Name: "main", HTTP: &relay.HTTP{URL: fmt.Sprintf("https://127.0.0.1:%d/", port), Header: plain, Body: "{{.To}}"}}
		},
		"access": func(port int) mailgate.Service {
			return mailgate.Service{Name: "main", HTTP: &relay.HTTP{
				URL: "https://127.0.0.1:1/", Header: plain, Body: "{{.To}}", Auth: relay.OAuth2, Username: "twohens", SecretFile: secret,
				AccessURL: fmt.Sprintf("http://127.0.0.1:%d/", port),
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			takeover(t, front(mute(t)))
		})
	}
}

func takeover(t *testing.T, front mailgate.Service) {
	spare := box(t, nil)
	c := chain(t, mailgate.Settings{
		Services: []mailgate.Service{front, at("spare", spare.Port())}, Chain: relay.Settings{Failures: 3, Rest: time.Hour},
	})
	send := func() {
		t.Helper()
		// Without a limit of its own, the dead one would be waited for ten seconds.
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		if taken, err := c.Send(ctx, mailTo(t, "lucy@post.example")); err != nil || taken.Gateway != "spare" {
			t.Errorf("%+v, %v", taken, err)
		}
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(send)
	}
	all.Wait()
	asked := c.Status()[0].NotTaken[relay.Down]
	for range 20 {
		send()
	}
	if s := c.Status()[0]; s.RestsUntil.IsZero() || s.Taken != 0 || s.NotTaken[relay.Down] != asked || asked != 3 {
		t.Errorf("%+v", s)
	}
}

// A connection that breaks behind the last byte: nobody else is asked now, for the mail may be there (kratos#652).
func TestUnsure(t *testing.T) {
	var got atomic.Int64
	first := box(t, func(step mailbox.Step, _, _ string) error {
		if step == mailbox.StepKept {
			got.Add(1)
			return mailbox.ErrDrop
		}
		return nil
	})
	spare := box(t, nil)
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", first.Port()), at("spare", spare.Port())}})
	_, err := c.Send(t.Context(), mailTo(t, "lucy@post.example"))
	var left interface{ MayHaveLeft() bool }
	if err == nil || !errors.As(err, &left) || !left.MayHaveLeft() || spare.Taken() != 0 || got.Load() != 1 {
		t.Errorf("%v; the first got %d, the spare one %d", err, got.Load(), spare.Taken())
	}
}

// One domain's mails wait for their turn, and nobody else's with them.
func TestDomains(t *testing.T) {
	b := box(t, nil)
	now := time.Now()
	c := chain(t, mailgate.Settings{
		Services: []mailgate.Service{at("main", b.Port())}, DomainPerMinute: 3, Chain: relay.Settings{Now: func() time.Time { return now }},
	})
	send := func(to string) error {
		_, err := c.Send(t.Context(), mailTo(t, to))
		return err
	}
	for i := range 5 {
		err := send("lucy@post.example")
		var f *relay.Failure
		if (err == nil) != (i < 3) || err != nil && (!errors.As(err, &f) || f.Class != relay.Later) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if err := send("lucy@elsewhere.example"); err != nil {
		t.Errorf("another domain waits too: %v", err)
	}
	now = now.Add(20 * time.Second)
	if err := send("tom@post.example"); err != nil {
		t.Errorf("a third of a minute later: %v", err)
	}
	for i := range 3000 { // what is remembered has an end
		if err := send(fmt.Sprintf("lucy@d%d.example", i)); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
}

// As many at once to one domain as the operator says, and what is given back comes another time.
func TestDomainAtOnce(t *testing.T) {
	inside, release := make(chan struct{}, 10), make(chan struct{})
	b := box(t, func(step mailbox.Step, _, to string) error {
		if step == mailbox.StepData && strings.HasSuffix(to, "@post.example") {
			inside <- struct{}{}
			<-release
		}
		return nil
	})
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", b.Port())}, DomainAtOnce: 2})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if _, err := c.Send(t.Context(), mailTo(t, "lucy@post.example")); err != nil {
				t.Error(err)
			}
		})
	}
	<-inside
	<-inside
	if _, err := c.Send(t.Context(), mailTo(t, "tom@post.example")); err == nil {
		t.Error("a third one at once")
	}
	if _, err := c.Send(t.Context(), mailTo(t, "tom@elsewhere.example")); err != nil {
		t.Errorf("another domain waits too: %v", err)
	}
	close(release)
	all.Wait()
	if _, err := c.Send(t.Context(), mailTo(t, "tom@post.example")); err != nil {
		t.Error(err)
	}
}

// A mail that is of no use any more goes nowhere.
func TestTooLate(t *testing.T) {
	b := box(t, nil)
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", b.Port())}})
	m := mailTo(t, "lucy@post.example")
	m.NotAfter = time.Now().Add(-time.Second)
	if _, err := c.Send(t.Context(), m); err == nil || b.Taken() != 0 {
		t.Errorf("%v, taken %d", err, b.Taken())
	}
}

// A service switched off gets nothing; with all of them off, that is no fault of theirs and nothing is lost.
func TestSwitchedOff(t *testing.T) {
	first, spare := box(t, nil), box(t, nil)
	c := chain(t, mailgate.Settings{Services: []mailgate.Service{at("main", first.Port()), at("spare", spare.Port())}})
	c.Switch([]string{"main"})
	if taken, err := c.Send(t.Context(), mailTo(t, "lucy@post.example")); err != nil || taken.Gateway != "spare" || first.Connections() != 0 {
		t.Errorf("%+v, %v", taken, err)
	}
	c.Switch([]string{"main", "spare"})
	if _, err := c.Send(t.Context(), mailTo(t, "lucy@post.example")); !errors.Is(err, engine.ErrNoSender) {
		t.Error(err)
	}
	c.Switch(nil)
	if taken, err := c.Send(t.Context(), mailTo(t, "lucy@post.example")); err != nil || taken.Gateway != "main" {
		t.Errorf("%+v, %v", taken, err)
	}
}

// service is a mail service that speaks HTTP.
type service struct {
	mu     sync.Mutex
	posted []map[string]string
	answer func(w http.ResponseWriter)
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	fields := map[string]string{"authorization": r.Header.Get("Authorization")}
	if err == nil {
		err = json.Unmarshal(body, &fields)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posted = append(s.posted, fields)
	s.answer(w)
}

// A mail service by HTTP: what it is given, what its answers mean, and how it reports.
func TestHTTP(t *testing.T) {
	peer := &service{answer: func(w http.ResponseWriter) { io.WriteString(w, `{"id": "svc-1"}`) }}
	server := httptest.NewServer(peer)
	t.Cleanup(server.Close)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hush-hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "path")
	if err := os.WriteFile(path, []byte("abcdefghijklmnopqrstuvwxyz"), 0o600); err != nil {
		t.Fatal(err)
	}
	spare := box(t, nil)
	var reported []engine.Receipt
	c := chain(t, mailgate.Settings{
		Services: []mailgate.Service{{Name: "api", HTTP: &relay.HTTP{
			URL: server.URL + "/send", Header: map[string]string{"Content-Type": "application/json", "Authorization": "Bearer {{.Secret}}"},
			Body: `{"to":{{json .To}},"from":{{json .From}},"name":{{json .FromName}},"subject":{{json .Subject}},"text":{{json .Text}},"html":{{json .HTML}},` +
				`"id":{{json .MessageID}},"return":{{json .Return}},"raw":{{json .Raw}},"report":{{json .Receipt}}}`,
			SecretFile: secret, RefPath: "id",
		}, Receipts: &relay.Receipts{SecretFile: path, Ref: "id", State: "event", Said: "why"}}, at("spare", spare.Port())},
		Return: func(id string) string { return "b-" + id + "@bounces.example" }, ReceiptURL: "https://id.fernbank.example/mail-receipts",
		Deliver: func(_ context.Context, r engine.Receipt) error { reported = append(reported, r); return nil },
	})
	m := mailTo(t, "lucy@post.example")
	taken, err := c.Send(t.Context(), m)
	if err != nil || taken.Gateway != "api" || taken.Ref != "svc-1" {
		t.Fatalf("%+v, %v", taken, err)
	}
	got := peer.posted[0]
	for field, want := range map[string]string{
		"to": "lucy@post.example", "from": "recovery@fernbank.example", "name": "Fernbank Library", "subject": m.Subject, "text": m.Text, "html": m.HTML,
		"id": m.ID + "@fernbank.example", "return": "b-" + m.ID + "@bounces.example", "authorization": "Bearer hush-hush",
		"report": "https://id.fernbank.example/mail-receipts/api/abcdefghijklmnopqrstuvwxyz",
	} {
		if got[field] != want {
			t.Errorf("%s: %q, want %q", field, got[field], want)
		}
	}
	for _, want := range []string{"Message-ID: <" + m.ID + "@fernbank.example>", "Auto-Submitted: auto-generated", "82649173"} {
		if !strings.Contains(got["raw"], want) {
			t.Errorf("the whole mail lacks %q:\n%s", want, got["raw"])
		}
	}
	report := func(url, body string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, url, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		c.Receipts().ServeHTTP(w, r)
		return w.Code
	}
	if code := report("/api/abcdefghijklmnopqrstuvwxyz", `{"id":"svc-1","event":"bounced","why":"550 5.1.1"}`); code != http.StatusOK || len(reported) != 1 ||
		reported[0].Gateway != "api" || reported[0].Ref != "svc-1" || reported[0].State != engine.ReceiptFailed || !reported[0].Hard {
		t.Errorf("%d, %+v", code, reported)
	}
	if code := report("/api/abcdefghijklmnopqrstuvwxyy", `{"id":"svc-1","event":"bounced"}`); code != http.StatusNotFound || len(reported) != 1 {
		t.Errorf("a stranger's report: %d", code)
	}
	for _, tt := range []struct {
		status  int
		by      string
		refused bool
	}{{503, "spare", false}, {429, "spare", false}, {401, "spare", false}, {400, "", true}, {422, "", true}, {302, "spare", false}, {413, "spare", false}} {
		peer.answer = func(w http.ResponseWriter) { http.Error(w, "no 82649173 for lucy@post.example", tt.status) }
		taken, err := c.Send(t.Context(), mailTo(t, "lucy@post.example"))
		var refusal *engine.Refusal
		if taken.Gateway != tt.by || errors.As(err, &refusal) != tt.refused {
			t.Errorf("%d: %+v, %v", tt.status, taken, err)
		}
		if err != nil && (strings.Contains(err.Error(), "lucy") || strings.Contains(err.Error(), "8264")) {
			t.Errorf("%d: it tells too much: %v", tt.status, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	_, err := mailgate.New(mailgate.Settings{From: address(t, "recovery@fernbank.example"), Services: []mailgate.Service{
		{Name: "Main", SMTP: &smtpmail.Settings{}}, {Name: "none"}, {Name: "clear", SMTP: &smtpmail.Settings{Server: "mail.example", Security: smtpmail.Plain}},
		{Name: "text", HTTP: &relay.HTTP{URL: "https://api.example/{{.Digits}}"}},
	}}, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{`"Main": a name has`, `"none": must be of one kind`, `"clear": mail to mail.example needs TLS`, `"text": a template has {{.Digits}}`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if _, err := mailgate.New(mailgate.Settings{}, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a chain of nobody")
	}
}
