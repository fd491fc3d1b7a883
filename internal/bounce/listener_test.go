package bounce

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/secret"
)

// kept is what a listener delivered.
type kept struct {
	mu   sync.Mutex
	list []engine.Receipt
	fail error
}

func (k *kept) deliver(_ context.Context, r engine.Receipt) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		return k.fail
	}
	k.list = append(k.list, r)
	return nil
}

func (k *kept) all() []engine.Receipt {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]engine.Receipt(nil), k.list...)
}

// listens starts a listener.
func listens(t *testing.T) (*Listener, Returns, *kept) {
	t.Helper()
	k, r := new(kept), Returns{Keys: secret.NewRing("1", secret.NewKey()), Domain: "bounces.fernbank.example"}
	l, err := Listen(Settings{Address: "127.0.0.1:0", Hello: "id.fernbank.example", Returns: r, Deliver: k.deliver}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(30 * time.Second):
			t.Error("it does not stop")
		}
	})
	return l, r, k
}

// says sends a mail as a server would.
func says(l *Listener, from string, to []string, text []byte) error {
	return smtp.SendMail(l.Address(), nil, from, to, text)
}

func TestListener(t *testing.T) {
	l, r, k := listens(t)
	to := r.Address(sampleID)
	if err := says(l, "", []string{to}, file(t, "postfix-unknown")); err != nil {
		t.Fatal(err)
	}
	got := k.all()
	if len(got) != 1 || got[0].Entry != sampleID || got[0].State != engine.ReceiptFailed || !got[0].Hard || !strings.HasPrefix(got[0].Said, "5.1.1") || got[0].At.IsZero() {
		t.Fatalf("%+v", got)
	}
	// What tells nothing is taken and thrown away: it would come again otherwise.
	for _, name := range []string{"away", "person", "read"} {
		if err := says(l, "lucy@post.example", []string{to}, file(t, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(k.all()) != 1 {
		t.Errorf("%+v", k.all())
	}
	k.mu.Lock()
	k.fail = errors.New("the database is away")
	k.mu.Unlock()
	if err := says(l, "", []string{to}, file(t, "full")); err == nil || !strings.HasPrefix(err.Error(), "451") {
		t.Errorf("not kept, and answered %v", err)
	}
}

// A mail to anybody but our own return addresses is not taken: nothing is relayed, and all strangers hear the same.
func TestAttackRelay(t *testing.T) {
	l, r, k := listens(t)
	other := Returns{Keys: secret.NewRing("1", secret.NewKey()), Domain: r.Domain}
	heard := map[string]bool{}
	for _, to := range []string{
		"lucy@post.example", "postmaster@bounces.fernbank.example", "lucy%post.example@bounces.fernbank.example", other.Address(sampleID),
		"<@bounces.fernbank.example:lucy@post.example>", "b-" + sampleID + "@bounces.fernbank.example", "lucy", "@", strings.Repeat("a", 900) + "@post.example",
	} {
		err := says(l, "mallory@evil.example", []string{to}, file(t, "postfix-unknown"))
		if err == nil {
			t.Errorf("%s is taken", to)
			continue
		}
		if strings.HasPrefix(err.Error(), "550") {
			heard[err.Error()] = true
		}
	}
	if len(heard) != 1 || len(k.all()) != 0 {
		t.Errorf("heard %v, kept %v", heard, k.all())
	}
}

// No more at once of one peer than there may be; whoever comes too often is hung up on, and the others are served once they are gone.
func TestAttackConnections(t *testing.T) {
	l, r, k := listens(t)
	var held []net.Conn
	greeted := 0
	for range mostOfOne + 4 {
		conn, err := net.Dial("tcp", l.Address())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
		conn.SetReadDeadline(time.Now().Add(30 * time.Second))
		if line, err := bufio.NewReader(conn).ReadString('\n'); err == nil && strings.HasPrefix(line, "220") {
			greeted++
		}
	}
	if greeted != mostOfOne {
		t.Errorf("%d are greeted, want %d", greeted, mostOfOne)
	}
	for _, conn := range held {
		conn.Close()
	}
	var err error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err = says(l, "", []string{r.Address(sampleID)}, file(t, "full")); err == nil {
			break
		}
	}
	if err != nil || len(k.all()) != 1 {
		t.Errorf("once they are gone: %v, %v", err, k.all())
	}
}

// Bytes that are no SMTP, mails that are too long, clients that go away: it goes on.
func TestAttackBytes(t *testing.T) {
	l, r, k := listens(t)
	to := r.Address(sampleID)
	for name, text := range map[string]string{
		"binary": "\x00\xff\xfe\r\n", "a long line": strings.Repeat("A", 100_000) + "\r\n", "HTTP": "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"gone in the middle": "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + to + ">\r\nDATA\r\nSubject: x\r\n",
		"out of order":       "EHLO x\r\nDATA\r\n", "smuggled": "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + to + ">\r\nDATA\r\nx\n.\nMAIL FROM:<>\r\n",
	} {
		conn, err := net.Dial("tcp", l.Address())
		if err != nil {
			t.Fatal(name, err)
		}
		fmt.Fprint(conn, text)
		conn.Close()
	}
	long := append(file(t, "full"), strings.Repeat("and more and more\r\n", mostMessage/10)...)
	var err error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err = says(l, "", []string{to}, long); err == nil || strings.HasPrefix(err.Error(), "552") {
			break // those before may not be gone yet
		}
	}
	if err == nil || !strings.HasPrefix(err.Error(), "552") {
		t.Errorf("too long: %v", err)
	}
	if err := says(l, "", []string{to}, append(file(t, "full"), strings.Repeat("some more\r\n", mostBytes/5)...)); err != nil {
		t.Errorf("longer than what is looked at: %v", err)
	}
	if got := k.all(); len(got) != 1 || got[0].State != engine.ReceiptFailed {
		t.Errorf("%+v", got)
	}
}
