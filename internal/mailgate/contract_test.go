package mailgate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"twohens/internal/mailbox"
	"twohens/internal/mailgate"
	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/smtpmail"
)

// A server alone, and the same behind one that is dead.
func TestContractSMTP(t *testing.T) {
	t.Run("alone", func(t *testing.T) { sendertest.RunMail(t, smtpBench(false)) })
	t.Run("behind a dead one", func(t *testing.T) { sendertest.RunMail(t, smtpBench(true)) })
}

func TestContractHTTP(t *testing.T) {
	sendertest.RunMail(t, func(t testing.TB, limit time.Duration) *sendertest.MailBench {
		o := &office{t: t, end: make(chan struct{})}
		o.open()
		t.Cleanup(func() { close(o.end); o.shut() })
		const key = "Qx7-key of 1 customer"
		secret := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(secret, []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		log := new(logged)
		return &sendertest.MailBench{
			Sender: logging(t, log, mailgate.Service{Name: "api", HTTP: &relay.HTTP{
				URL: "http://" + o.address + "/send", Header: map[string]string{"Content-Type": "application/json", "X-Key": "{{.Secret}}"},
				Body:       `{"to":{{json .To}},"subject":{{json .Subject}},"text":{{json .Text}},"id":{{json .ID}}}`,
				SecretFile: secret, RefPath: "id", Timeout: limit,
			}}),
			Mood: o.be, Arrived: o.took, Secrets: []string{key}, Log: log.String,
			Moods: []sendertest.Mood{sendertest.Well, sendertest.Refusing, sendertest.Garbling, sendertest.Hanging, sendertest.Gone},
		}
	})
}

// logged keeps what was logged.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// logging makes a chain that logs everything.
func logging(t testing.TB, log io.Writer, services ...mailgate.Service) *mailgate.Chain {
	t.Helper()
	c, err := mailgate.New(mailgate.Settings{
		Services: services, From: address(t, "recovery@fernbank.example"), FromName: "Fernbank Library",
		Chain: relay.Settings{Patience: 30 * time.Second}, // 50 at once wait for 8 places
	}, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// smtpBench is a real server, which may stand behind a dead one.
func smtpBench(spare bool) sendertest.OpenMail {
	return func(t testing.TB, limit time.Duration) *sendertest.MailBench {
		s := &postOffice{t: t, end: make(chan struct{})}
		s.open("")
		t.Cleanup(func() { close(s.end); s.box.Close() })
		log := new(logged)
		services := []mailgate.Service{{Name: "own", SMTP: &smtpmail.Settings{
			Server: "127.0.0.1", Port: s.box.Port(), Security: smtpmail.Plain, Step: limit,
		}}}
		if spare {
			services = slices.Insert(services, 0, at("dead", closed(t)))
		}
		return &sendertest.MailBench{
			Sender: logging(t, log, services...), Mood: s.be, Arrived: s.took, Log: log.String,
			Moods: []sendertest.Mood{sendertest.Well, sendertest.Refusing, sendertest.Hanging, sendertest.Gone},
		}
	}
}

// postOffice is a mail server with moods.
type postOffice struct {
	t   testing.TB
	end chan struct{}
	box *mailbox.Mailbox

	mu   sync.Mutex
	mood sendertest.Mood
}

func (s *postOffice) open(address string) {
	box, err := mailbox.Open(mailbox.Options{Address: address, Hook: s.hook})
	if err != nil {
		s.t.Fatal(err)
	}
	s.box = box
}

func (s *postOffice) hook(step mailbox.Step, from, to string) error {
	s.mu.Lock()
	mood := s.mood
	s.mu.Unlock()
	switch {
	case mood == sendertest.Refusing && step == mailbox.StepRcpt:
		return &mailbox.Reply{Code: 550, Text: fmt.Sprintf("5.1.1 <%s>: no such user here, 8264 9173 or 82649173 of %s", to, from)}
	case mood == sendertest.Hanging && step == mailbox.StepEnd:
		<-s.end
	}
	return nil
}

func (s *postOffice) be(m sendertest.Mood) {
	s.mu.Lock()
	was := s.mood
	s.mood = m
	s.mu.Unlock()
	switch {
	case m == sendertest.Gone:
		s.box.Close()
	case was == sendertest.Gone:
		s.open(s.box.Address())
	}
}

func (s *postOffice) took() (all []sendertest.Mailed) {
	for _, m := range slices.Backward(s.box.Mails()) {
		all = append(all, sendertest.Mailed{To: m.To[0], Subject: m.Subject, Text: m.Text})
	}
	return all
}

// office is a mail service by HTTP with moods.
type office struct {
	t       testing.TB
	end     chan struct{}
	address string
	server  *http.Server

	mu      sync.Mutex
	mood    sendertest.Mood
	arrived []sendertest.Mailed
}

func (o *office) open() {
	if o.address == "" {
		o.address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", o.address)
	if err != nil {
		o.t.Fatal(err)
	}
	o.address = l.Addr().String()
	o.server = &http.Server{Handler: o, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go o.server.Serve(l)
}

func (o *office) shut() { o.server.Close() }

func (o *office) be(m sendertest.Mood) {
	o.mu.Lock()
	was := o.mood
	o.mood = m
	o.mu.Unlock()
	switch {
	case m == sendertest.Gone:
		o.shut()
	case was == sendertest.Gone:
		o.open()
	}
}

func (o *office) took() []sendertest.Mailed {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.arrived)
}

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	o.mu.Lock()
	mood := o.mood
	o.mu.Unlock()
	switch mood {
	case sendertest.Refusing:
		http.Error(w, fmt.Sprintf("%s %q", body, r.Header), http.StatusUnprocessableEntity)
	case sendertest.Garbling:
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(conn, "\x00\xff %s %q\r\n\r\n", body, r.Header)
		conn.Close()
	case sendertest.Hanging:
		select {
		case <-o.end:
		case <-r.Context().Done():
		}
	default:
		var m sendertest.Mailed
		if err := json.Unmarshal(body, &m); err != nil {
			http.Error(w, "cannot be read", http.StatusBadRequest)
			return
		}
		o.mu.Lock()
		o.arrived = append(o.arrived, m)
		n := len(o.arrived)
		o.mu.Unlock()
		fmt.Fprintf(w, `{"id":"svc-%d"}`, n)
	}
}
