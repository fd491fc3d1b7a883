package smtpmail_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/mailbox"
	"twohens/internal/smtpmail"
)

// TLS is required, the certificate is verified, and a server that does not offer it gets nothing.
func TestSecurity(t *testing.T) {
	good, roots := certificate(t, "127.0.0.1")
	wrongName, wrongRoots := certificate(t, "mail.elsewhere.example")
	for _, c := range []struct {
		name   string
		box    mailbox.Options
		change func(*smtpmail.Settings)
		fails  string // empty: the mail arrives
	}{
		{"starttls", mailbox.Options{TLS: good}, func(s *smtpmail.Settings) { s.Security, s.Roots = smtpmail.StartTLS, roots }, ""},
		{"implicit", mailbox.Options{TLS: good, Implicit: true}, func(s *smtpmail.Settings) { s.Security, s.Roots = smtpmail.Implicit, roots }, ""},
		{"unknown issuer", mailbox.Options{TLS: good}, func(s *smtpmail.Settings) { s.Security = smtpmail.StartTLS }, "STARTTLS: tls: failed to verify certificate"},
		{"unknown issuer, implicit", mailbox.Options{TLS: good, Implicit: true}, func(s *smtpmail.Settings) { s.Security = smtpmail.Implicit }, "TLS: tls: failed to verify certificate"},
		{"another name", mailbox.Options{TLS: wrongName}, func(s *smtpmail.Settings) { s.Security, s.Roots = smtpmail.StartTLS, wrongRoots }, "STARTTLS: tls: failed to verify certificate"},
		{"not offered", mailbox.Options{}, func(s *smtpmail.Settings) { s.Security, s.Roots = smtpmail.StartTLS, roots }, "does not offer it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			box := open(t, c.box)
			_, err := sender(t, box.Port(), c.change).Send(t.Context(), mailTo(t, "lucy@fernbank.example"))
			switch {
			case c.fails == "" && (err != nil || box.Taken() != 1):
				t.Errorf("%v, %d mails arrived", err, box.Taken())
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails) || box.Taken() != 0):
				t.Errorf("%v, %d mails arrived; want %q", err, box.Taken(), c.fails)
			case c.fails != "":
				wantLater(t, err)
			}
		})
	}
}

func TestPlainOnlyToThisMachine(t *testing.T) {
	for server, ok := range map[string]bool{
		"127.0.0.1": true, "::1": true, "localhost": true, "127.8.8.8": true,
		"192.0.2.1": false, "mail.fernbank.example": false, "localhost.evil.example": false, "0.0.0.0": false, "": false,
	} {
		_, err := smtpmail.New(smtpmail.Settings{
			Server: server, Port: 25, Security: smtpmail.Plain, From: address(t, "a@fernbank.example"),
		}, nil)
		if (err == nil) != ok {
			t.Errorf("%q: %v", server, err)
		}
	}
}

func TestSignIn(t *testing.T) {
	tls, roots := certificate(t, "127.0.0.1")
	box := open(t, mailbox.Options{TLS: tls, Accounts: map[string]string{"twohens": "right pässword"}})
	make := func(file string) *smtpmail.Sender {
		return sender(t, box.Port(), func(s *smtpmail.Settings) {
			s.Security, s.Roots, s.Username, s.PasswordFile = smtpmail.StartTLS, roots, "twohens", file
		})
	}
	right := make(passwordFile(t, "right pässword"))
	if _, err := right.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil || box.Taken() != 1 {
		t.Fatalf("%v, %d mails arrived", err, box.Taken())
	}
	if found, err := right.Check(t.Context()); err != nil || found.Mechanism != "PLAIN" || found.TLS != "TLS 1.3" || !found.UTF8 {
		t.Errorf("Check: %+v, %v", found, err)
	}
	// The operator's mistake must not cost anybody their mail: these are worth another try.
	for _, file := range []string{passwordFile(t, "wrong"), "/nowhere/password"} {
		wrong := make(file)
		wantLater(t, last(wrong.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))))
		if _, err := wrong.Check(t.Context()); err == nil {
			t.Error("Check saw nothing wrong")
		}
	}
	unnamed := sender(t, box.Port(), func(s *smtpmail.Settings) { s.Security, s.Roots = smtpmail.StartTLS, roots })
	wantLater(t, last(unnamed.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))))
	if box.Taken() != 1 {
		t.Errorf("%d mails arrived", box.Taken())
	}
}

// A password never travels in the clear, even if the server asks for that.
func TestNoPasswordWithoutTLS(t *testing.T) {
	box := open(t, mailbox.Options{PlainOK: true, Accounts: map[string]string{"twohens": "x"}})
	s := sender(t, box.Port(), func(s *smtpmail.Settings) {
		s.Security, s.Username, s.PasswordFile = smtpmail.StartTLS, "twohens", passwordFile(t, "x")
	})
	wantLater(t, last(s.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))))
	if box.Taken() != 0 {
		t.Error("sent without TLS")
	}
}

func wantLater(t *testing.T, err error) {
	t.Helper()
	var refusal *engine.Refusal
	if err == nil || errors.As(err, &refusal) {
		t.Errorf("%v: want an error that is worth another try", err)
	}
}

func wantRefusal(t *testing.T, err error, said string) {
	t.Helper()
	var refusal *engine.Refusal
	if !errors.As(err, &refusal) || refusal.Said != said {
		t.Errorf("%v: want a refusal with %q", err, said)
	}
}

// hookAt answers at one step, as long as there are answers left.
type hookAt struct {
	step mailbox.Step
	err  error
	left atomic.Int32
	seen atomic.Int32
}

func (h *hookAt) hook(step mailbox.Step, _, _ string) error {
	if step != h.step {
		return nil
	}
	h.seen.Add(1)
	if h.left.Add(-1) < 0 {
		return nil
	}
	return h.err
}

// oneByOne stands before a server and hides that it knows PIPELINING.
func oneByOne(t *testing.T, port int) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	relay := func(to, from net.Conn, change func([]byte) []byte) {
		defer to.Close()
		defer from.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := from.Read(b)
			if _, writeErr := to.Write(change(b[:n])); err != nil || writeErr != nil {
				return
			}
		}
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				client.Close()
				continue
			}
			go relay(server, client, func(b []byte) []byte { return b })
			go relay(client, server, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("PIPELINING"), []byte("X-ONEBYONE")) })
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// both runs a test against a server that takes commands together, and against one that takes them one by one.
func both(t *testing.T, test func(t *testing.T, through func(port int) int)) {
	t.Run("together", func(t *testing.T) { test(t, func(port int) int { return port }) })
	t.Run("one by one", func(t *testing.T) { test(t, func(port int) int { return oneByOne(t, port) }) })
}

func TestAnswers(t *testing.T) { both(t, testAnswers) }

// What each answer means, at each step; and that one refused mail does not cost the next one its connection.
func testAnswers(t *testing.T, through func(port int) int) {
	steps := []mailbox.Step{mailbox.StepMail, mailbox.StepRcpt, mailbox.StepData, mailbox.StepEnd}
	for _, step := range steps {
		for _, c := range []struct {
			code  int
			final bool
			keeps bool // the connection
		}{
			{550, true, true}, {552, true, true}, {554, true, true}, {571, true, true},
			{530, false, true}, {535, false, true}, {503, false, true}, {521, false, true},
			{450, false, true}, {451, false, true}, {452, false, true}, {421, false, false},
		} {
			t.Run(fmt.Sprint(step, c.code), func(t *testing.T) {
				t.Parallel()
				h := &hookAt{step: step, err: &mailbox.Reply{Code: c.code, Text: "no thanks"}}
				h.left.Store(1)
				box := open(t, mailbox.Options{Hook: h.hook})
				s := sender(t, through(box.Port()), nil)
				_, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))
				if c.final {
					wantRefusal(t, err, fmt.Sprintf("%d no thanks", c.code))
				} else {
					wantLater(t, err)
				}
				if _, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil || box.Taken() != 1 {
					t.Errorf("the next mail: %v, %d arrived", err, box.Taken())
				}
				if kept := box.Connections() == 1; kept != c.keeps {
					t.Errorf("%d connections", box.Connections())
				}
			})
		}
	}
}

// A refusal at EHLO speaks of us, not of the mail.
func TestUnwelcome(t *testing.T) {
	h := &hookAt{step: mailbox.StepHello, err: &mailbox.Reply{Code: 554, Text: "go away"}}
	h.left.Store(1000)
	box := open(t, mailbox.Options{Hook: h.hook})
	wantLater(t, last(sender(t, box.Port(), nil).Send(t.Context(), mailTo(t, "lucy@fernbank.example"))))
}

func TestConnectionsAreReused(t *testing.T) {
	box := open(t, mailbox.Options{})
	s := sender(t, box.Port(), nil)
	for range 20 {
		if _, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil {
			t.Fatal(err)
		}
	}
	if box.Taken() != 20 || box.Connections() != 1 {
		t.Errorf("%d mails over %d connections", box.Taken(), box.Connections())
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	box := open(t, mailbox.Options{})
	s := sender(t, box.Port(), func(s *smtpmail.Settings) { s.Idle = time.Millisecond })
	for range 2 {
		if _, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil {
			t.Fatal(err)
		}
		// The server's side of the connection ends when ours is closed.
		for deadline := time.Now().Add(5 * time.Second); box.Open() > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the connection stays open")
			}
		}
	}
	if box.Connections() != 2 {
		t.Errorf("%d connections", box.Connections())
	}
}

// The server restarts between two mails: the second goes out at the first attempt.
func TestServerRestarts(t *testing.T) {
	first := open(t, mailbox.Options{})
	s := sender(t, first.Port(), nil)
	if _, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil {
		t.Fatal(err)
	}
	first.Close()
	second := open(t, mailbox.Options{Address: first.Address()})
	if _, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil {
		t.Fatal(err)
	}
	if first.Taken() != 1 || second.Taken() != 1 {
		t.Errorf("%d before, %d after", first.Taken(), second.Taken())
	}
	second.Close()
	wantLater(t, last(s.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))))
}

func TestDrops(t *testing.T) { both(t, testDrops) }

// A reused connection that dies before the message is replaced, once; one that dies later is not, since the server may have
// the mail already.
func testDrops(t *testing.T, through func(port int) int) {
	for _, c := range []struct {
		step    mailbox.Step
		mended  bool
		arrived int64
	}{
		{mailbox.StepMail, true, 2},
		{mailbox.StepRcpt, true, 2},
		{mailbox.StepData, false, 1},
		{mailbox.StepEnd, false, 1},
		{mailbox.StepKept, false, 2}, // it did arrive: the one repeat that may happen
	} {
		t.Run(string(c.step), func(t *testing.T) {
			t.Parallel()
			h := &hookAt{step: c.step, err: mailbox.ErrDrop}
			box := open(t, mailbox.Options{Hook: h.hook})
			s := sender(t, through(box.Port()), nil)
			if _, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil {
				t.Fatal(err)
			}
			h.left.Store(1)
			_, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))
			if c.mended && err != nil {
				t.Errorf("not mended: %v", err)
			}
			if !c.mended {
				wantLater(t, err)
			}
			if box.Taken() != c.arrived {
				t.Errorf("%d arrived, want %d", box.Taken(), c.arrived)
			}
			// A server that always hangs up is asked twice and not for ever.
			h.left.Store(1000)
			before := h.seen.Load()
			wantLater(t, last(s.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))))
			if n := h.seen.Load() - before; n > 2 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// A server that stops answering, at each step.
func TestSlow(t *testing.T) {
	for _, step := range []mailbox.Step{mailbox.StepHello, mailbox.StepMail, mailbox.StepRcpt, mailbox.StepEnd} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			done := make(chan struct{})
			t.Cleanup(func() { close(done) })
			box := open(t, mailbox.Options{Hook: func(at mailbox.Step, _, _ string) error {
				if at == step {
					<-done
				}
				return nil
			}})
			s := sender(t, box.Port(), func(s *smtpmail.Settings) { s.Step = 50 * time.Millisecond })
			began := time.Now()
			wantLater(t, last(s.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))))
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s", took)
			}

			// And the caller may give up sooner.
			patient := sender(t, box.Port(), nil)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			began = time.Now()
			_, err := patient.Send(ctx, mailTo(t, "lucy@fernbank.example"))
			wantLater(t, err)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("giving up took %s", took)
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v does not tell why", err)
			}
		})
	}
}

// A server that is not there, and one that takes the connection and says nothing.
func TestDead(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	mute := sender(t, l.Addr().(*net.TCPAddr).Port, func(s *smtpmail.Settings) { s.Dial = 50 * time.Millisecond })
	_, err = mute.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))
	wantLater(t, err)
	if !strings.Contains(err.Error(), "not done after 50ms") {
		t.Error(err)
	}
	l.Close()
	_, err = mute.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))
	wantLater(t, err)
	if !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
}

func TestAddressBeyondASCII(t *testing.T) {
	m := mailTo(t, "λουκία@fernbank.example")
	knows := open(t, mailbox.Options{})
	if _, err := sender(t, knows.Port(), nil).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := knows.Mails()[0]; got.To[0] != "λουκία@fernbank.example" {
		t.Errorf("to %q", got.To)
	}
	knowsNot := open(t, mailbox.Options{ASCII: true})
	s := sender(t, knowsNot.Port(), nil)
	wantRefusal(t, last(s.Send(t.Context(), m)), "the mail server takes no addresses beyond ASCII (it does not offer SMTPUTF8)")
	if _, err := s.Send(t.Context(), mailTo(t, "lucy@fernbank.example")); err != nil || knowsNot.Connections() != 1 {
		t.Errorf("the next mail: %v over %d connections", err, knowsNot.Connections())
	}
}

func TestManyAtOnce(t *testing.T) {
	box := open(t, mailbox.Options{Keep: 1000})
	s := sender(t, box.Port(), func(s *smtpmail.Settings) { s.Connections = 4 })
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 20 {
				m := mailTo(t, "lucy@fernbank.example")
				m.Subject = fmt.Sprintf("%d-%d", i, j)
				if _, err := s.Send(t.Context(), m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	subjects := map[string]bool{}
	for _, m := range box.Mails() {
		subjects[m.Subject] = true
	}
	if len(subjects) != 320 || box.Taken() != 320 {
		t.Errorf("%d different mails of %d arrived, want 320", len(subjects), box.Taken())
	}
	if box.Connections() > 4 {
		t.Errorf("%d connections, at most 4 are allowed", box.Connections())
	}
}

// A server that goes ahead with DATA although it took no recipient gets no code out of it, and the next mail goes well.
func TestGoesAheadWithoutRecipient(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var all strings.Builder
		defer func() { heard <- all.String() }()
		fmt.Fprint(conn, "220 here\r\n")
		lines, refused, inside := bufio.NewScanner(conn), false, false
		for lines.Scan() {
			all.WriteString(lines.Text() + "\n")
			switch word, _, _ := strings.Cut(lines.Text(), " "); {
			case inside && word == ".":
				inside = false
				fmt.Fprint(conn, "554 no valid recipients\r\n")
			case inside:
			case word == "EHLO":
				fmt.Fprint(conn, "250-here\r\n250 PIPELINING\r\n")
			case word == "RCPT" && !refused:
				refused = true
				fmt.Fprint(conn, "550 5.1.1 nobody here\r\n")
			case word == "DATA":
				inside = true
				fmt.Fprint(conn, "354 go ahead\r\n")
			case word == "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
				return
			default:
				fmt.Fprint(conn, "250 fine\r\n")
			}
		}
	}()
	s := sender(t, l.Addr().(*net.TCPAddr).Port, nil)
	wantRefusal(t, last(s.Send(t.Context(), mailTo(t, "lucy@fernbank.example"))), "550 5.1.1 nobody here")
	// This server says 554 to every end of message, so this is refused too; what matters is that both sides are at one about where
	// the mails begin and end.
	wantRefusal(t, last(s.Send(t.Context(), mailTo(t, "tom@fernbank.example"))), "554 no valid recipients")
	s.Close()
	said := <-heard
	first, second, _ := strings.Cut(said, "RSET\n")
	if strings.Contains(first, "1234") || !strings.Contains(second, "1234") {
		t.Errorf("said\n%s", said)
	}
}
