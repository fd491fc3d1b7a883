package daemon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"), // keep-alive connections of the tests' own clients
		// What certmagic keeps for the life of a program, a count for each account, or for a moment after it was told to end; and Pebble's queue.
		goleak.IgnoreTopFunction("github.com/caddyserver/certmagic.(*RingBufferRateLimiter).permit"),
		goleak.IgnoreAnyFunction("github.com/caddyserver/certmagic.keepLockfileFresh"),
		goleak.IgnoreTopFunction("github.com/letsencrypt/pebble/v2/va.VAImpl.processTasks"),
	)
}

// onBoth runs a test on each database.
func onBoth(t *testing.T, test func(t *testing.T, c *config.Config)) {
	t.Run("sqlite", func(t *testing.T) { test(t, settings(t)) })
	t.Run("postgres", func(t *testing.T) {
		c := settings(t)
		file := filepath.Join(t.TempDir(), "dsn")
		if err := os.WriteFile(file, []byte(storetest.Postgres(t)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Database.Driver, c.Database.DSNFile, c.Database.Migrate = sqlstore.PostgreSQL, config.Path(file), "always"
		test(t, c)
	})
}

// settings is a configuration in a folder of its own, with a cheap hash. It lacks the mail server's port.
func settings(t testing.TB) *config.Config {
	t.Helper()
	folder := t.TempDir()
	c := config.Default()
	c.Site.Name = "Fernbank Library"
	c.Site.PublicURL = &url.URL{Scheme: "http", Host: "127.0.0.1"}
	c.Listen.Address = "127.0.0.1:0"
	c.Database.Path = config.Path(filepath.Join(folder, "twohens.db"))
	c.Keys.Folder = config.Path(filepath.Join(folder, "keys"))
	c.Mail.Server, c.Mail.TLS, c.Mail.FromName, c.Mail.Hello = "127.0.0.1", "none", c.Site.Name, "localhost"
	c.Mail.From = address(t, "no-reply@fernbank.example")
	c.Mail.EnvelopeFrom = c.Mail.From
	c.Password.HashMemory, c.Password.HashTime = 8*config.KiB, 1
	c.Limits.Network = quota.Limit{Events: 10000, Per: time.Hour}
	c.Limits.Address = c.Limits.Network
	c.Log.Level = "debug"
	return c
}

func address(t testing.TB, text string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// world is the program as it runs, with a mail server.
type world struct {
	*daemon.Daemon
	t    testing.TB
	base string
	key  string
	box  *mailbox.Mailbox
	log  *lines
	stop func() error // ends the program in good order
	http *http.Client

	store sqlstore.Config
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// begin starts the program. The mail server's port in the configuration is used when it is set, otherwise a server is started.
func begin(t testing.TB, c *config.Config, o daemon.Options) *world {
	t.Helper()
	w := &world{t: t, log: new(lines), http: &http.Client{Timeout: 30 * time.Second}}
	if c.Mail.Port == 587 || c.Mail.Port == 0 {
		w.box = openBox(t, mailbox.Options{})
		c.Mail.Port = w.box.Port()
	}
	o.Log = logTo(w.log)
	d, err := daemon.New(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	w.Daemon, w.base = d, "http://"+d.Address()
	w.store = sqlstore.Config{Driver: c.Database.Driver, Path: string(c.Database.Path)}
	if c.Database.Driver == sqlstore.PostgreSQL {
		dsn, err := os.ReadFile(string(c.Database.DSNFile))
		if err != nil {
			t.Fatal(err)
		}
		w.store = sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: strings.TrimSpace(string(dsn))}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		defer w.http.CloseIdleConnections()
		select {
		case err := <-ended:
			return err
		case <-time.After(30 * time.Second):
			return errors.New("it does not stop")
		}
	})
	t.Cleanup(func() {
		if err := w.stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
		if t.Failed() {
			t.Log(w.log.String())
		}
	})
	return w
}

func openBox(t testing.TB, o mailbox.Options) *mailbox.Mailbox {
	t.Helper()
	box, err := mailbox.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

// account adds an account, and the API key that the tests walk with.
func (w *world) account(text, chosen string) {
	w.t.Helper()
	p, err := password.New(chosen)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Accounts.Add(w.t.Context(), address(w.t, text), &p, "en"); err != nil {
		w.t.Fatal(err)
	}
	if w.key == "" {
		key, bearer := gate.NewAPIKey(gate.APIKey{Name: "test", Scopes: []gate.Scope{gate.ScopeRecover}}, time.Now())
		if err := w.Store.AddAPIKey(w.t.Context(), key); err != nil {
			w.t.Fatal(err)
		}
		w.key = bearer.Reveal()
	}
}

// signsIn says whether a password is an account's.
func (w *world) signsIn(text, typed string) bool {
	w.t.Helper()
	p, err := password.New(typed)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = w.Accounts.Check(w.t.Context(), address(w.t, text), p)
	return err == nil
}

// answer is what the calls of the API say, as far as the tests look.
type answer struct {
	Request, Grant, Outcome string
}

// post makes one call of the API. Credential is a header's name and value.
func (w *world) post(path string, body map[string]string, header, value string) answer {
	w.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.base+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(header, value)
	got, err := w.http.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if got.StatusCode >= 300 {
		w.t.Fatalf("%s: %s: %s", path, got.Status, content)
	}
	var a answer
	if err := json.Unmarshal(content, &a); err != nil {
		w.t.Fatal(err)
	}
	return a
}

// open begins a recovery and asks for the code.
func (w *world) open(to string) (request string) {
	w.t.Helper()
	request = w.post("/requests", map[string]string{"address": to, "client": "192.0.2.1"}, "Authorization", "Bearer "+w.key).Request
	w.post("/request/way", map[string]string{"way": "email"}, "Twohens-Request", request)
	return request
}

// finish types the code and sets the password.
func (w *world) finish(request, code, chosen string) {
	w.t.Helper()
	proved := w.post("/request/code", map[string]string{"code": code}, "Twohens-Request", request)
	if proved.Outcome != "proved" {
		w.t.Fatalf("the right code was answered by %q", proved.Outcome)
	}
	if set := w.post("/password", map[string]string{"password": chosen}, "Twohens-Grant", proved.Grant); set.Outcome != "finished" {
		w.t.Fatalf("the new password was answered by %q", set.Outcome)
	}
}

var (
	codeLine = regexp.MustCompile(`(?m)^ +(\d{8})$`)
	linkLine = regexp.MustCompile(`/go/([-_A-Za-z0-9]{22})`)
)

// mail waits for a mail to somebody: one with a code, or a notice.
func (w *world) mail(to string, withCode bool) mailbox.Mail {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	m, err := w.box.Await(ctx, func(m mailbox.Mail) bool {
		return m.To[0] == to && codeLine.MatchString(m.Text) == withCode
	})
	if err != nil {
		w.t.Fatalf("waiting for a mail to %s: %v\n%s", to, err, w.log)
	}
	return m
}

// code waits for the mail with a code.
func (w *world) code(to string) (code, link string) {
	w.t.Helper()
	m := w.mail(to, true)
	found, linked := codeLine.FindStringSubmatch(m.Text), linkLine.FindStringSubmatch(m.Text)
	if found == nil || linked == nil {
		w.t.Fatalf("no code or no link in\n%s", m.Text)
	}
	return found[1], linked[1]
}

// otherCode is a code that came to somebody and is not that one; empty until there is one.
func (w *world) otherCode(to, than string) string {
	for _, m := range w.box.Mails() {
		if found := codeLine.FindStringSubmatch(m.Text); found != nil && m.To[0] == to && found[1] != than {
			return found[1]
		}
	}
	return ""
}

// socket is a port for a program that must be started again on the same one.
func socket(t testing.TB, address string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func logTo(l *lines) *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
