package api

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/internal/message"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/smtpmail"
	"twohens/internal/sqlstore"
	"twohens/scratch"
)

// The machine's own time zone must not show: every test runs in one that is not UTC.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("elsewhere", 5*3600+45*60)
	os.Exit(m.Run())
}

// site is a whole server for a test: SQLite, built-in accounts, the gate, the worker, and mail over SMTP.
type site struct {
	t        testing.TB
	engine   *engine.Engine
	gate     *gate.Gate
	accounts *accounts.Accounts
	store    *sqlstore.Store
	box      *mailbox.Mailbox
	server   *httptest.Server
	key      string // of a back end
	cards    scratch.Keys
	log      *logged
	path     string       // of the database
	ahead    atomic.Int64 // of the real clock
}

// logged keeps what was logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// plenty is a limit that no test runs into.
var plenty = quota.Limit{Events: 100_000, Per: time.Hour}

var open = gate.Limits{
	Plain: plenty, PlainSite: plenty, Listen: plenty, NoPuzzle: plenty, Failures: plenty, Calm: plenty,
	Address: plenty, Network: plenty, Wide: plenty, Site: plenty, Picture: plenty, SignInFree: plenty, SignInAddress: plenty,
}

// wideOpen lets a benchmark through.
var wideOpen = func() gate.Limits {
	l := quota.Limit{Events: 1 << 30, Per: time.Hour}
	return gate.Limits{
		Address: l, Network: l, Wide: l, Site: l, Picture: l, SignInFree: l, SignInAddress: l,
		Plain: l, PlainSite: l, Listen: l, NoPuzzle: l, Failures: l, Calm: l,
	}
}()

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

func newSite(t testing.TB, limits gate.Limits) *site {
	t.Helper()
	s := &site{t: t, log: new(logged), path: filepath.Join(t.TempDir(), "twohens.db")}
	ctx, cancel := context.WithCancel(context.Background())
	now := func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
	log := slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.store, err = sqlstore.Open(ctx, sqlstore.Config{Driver: sqlstore.SQLite, Path: s.path})
	must()
	err = s.store.Migrate(ctx)
	must()
	hasher, err := password.NewHasher(password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, 0, 0)
	must()
	s.accounts = accounts.New(s.store, hasher, log)
	s.box, err = mailbox.Open(mailbox.Options{})
	must()
	sender, err := smtpmail.New(smtpmail.Settings{
		Server: "127.0.0.1", Port: s.box.Port(), Security: smtpmail.Plain, From: address(t, "recover@fernbank.example"),
	}, log)
	must()
	s.cards, err = scratch.NewKeys(scratch.Key{ID: "1", Secret: secret.NewKey().Bytes()})
	must()
	s.gate = &gate.Gate{
		Host: "recover.fernbank.example", Limiter: quota.NewMemory(0), Heat: quota.NewMemory(0), Keys: s.store, Limits: limits,
		Hash: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()), Now: now,
	}
	s.dealer(t, 1)
	policy := recovery.Classic()
	policy.CoolDown = []time.Duration{time.Minute}
	policy.Ways = append(policy.Ways, recovery.WaySaved)
	composer, err := message.New(message.Site{Name: "Fernbank", URL: mustURL("https://recover.fernbank.example")})
	must()
	s.engine = engine.New(engine.Ports{
		Store: s.store, Directory: s.accounts, Composer: composer, Sender: sender, Auditor: silent{}, Limiter: s.store,
	}, engine.Settings{
		Policy: policy, Password: password.Rules{SiteName: "Fernbank"},
		Silent:   engine.SilentLimits{Account: plenty, Network: plenty, Destination: plenty},
		Sessions: engine.SessionSettings{Life: time.Hour, Idle: time.Hour, Fresh: time.Hour},
		Codes:    secret.NewRing("1", secret.NewKey()), Decoys: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()), Questions: question.Decoys{Key: secret.NewKey()},
		Answers: question.Digests{Peppers: secret.NewRing("1", secret.NewKey()), Hasher: hasher},
	}, log)
	s.engine.Now = now
	worked := make(chan struct{})
	go func() { s.engine.Run(ctx); close(worked) }()
	s.server = httptest.NewServer(New(Deps{
		Engine: s.engine, Gate: s.gate, PublicURL: mustURL("https://recover.fernbank.example"), Site: "Fernbank", Log: log,
		Client: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
	}))
	t.Cleanup(func() {
		s.server.Close()
		cancel()
		<-worked
		s.box.Close()
		s.store.Close()
	})
	s.key = s.newKey(quota.Limit{}, time.Time{})
	return s
}

// dealer has the gate ask for work of so many bits from now on.
func (s *site) dealer(t testing.TB, bits int) {
	t.Helper()
	var err error
	s.gate.Dealer, err = scratch.New(scratch.Config{Keys: s.cards, Spent: s.store, Now: s.gate.Now, PlainAfter: time.Microsecond, Bits: bits})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) newKey(limit quota.Limit, expires time.Time) string {
	s.t.Helper()
	key, bearer := gate.NewAPIKey(gate.APIKey{Name: "the shop", Scopes: []gate.Scope{gate.ScopeRecover}, Quota: limit, Expires: expires}, time.Now())
	if err := s.store.AddAPIKey(s.t.Context(), key); err != nil {
		s.t.Fatal(err)
	}
	return bearer.Reveal()
}

// silent is the Auditor of a site that nobody watches.
type silent struct{}

func (silent) Audit(engine.Record) {}

func address(t testing.TB, s string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func secretPassword(t testing.TB, s string) password.Password {
	t.Helper()
	p, err := password.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// account adds an account with a password.
func (s *site) account(at string) {
	s.t.Helper()
	old := secretPassword(s.t, "the old one, forgotten")
	if _, err := s.accounts.Add(s.t.Context(), address(s.t, at), &old, "en"); err != nil {
		s.t.Fatal(err)
	}
}

// signsIn says whether a password opens the account.
func (s *site) signsIn(at, typed string) bool {
	s.t.Helper()
	_, err := s.accounts.Check(s.t.Context(), address(s.t, at), secretPassword(s.t, typed))
	return err == nil
}

// settled waits until the worker has nothing left to do: what it still carries when its database goes away, it holds on to for a minute.
func (s *site) settled() {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		left := 0
		if err := db.QueryRow("SELECT count(*) FROM entry WHERE verdict = ''").Scan(&left); err != nil {
			s.t.Fatal(err)
		} else if left == 0 {
			return
		} else if time.Now().After(deadline) {
			s.t.Fatalf("the worker still has %d effects to carry out", left)
		}
	}
}

// advance moves the server's clock.
func (s *site) advance(d time.Duration) { s.ahead.Add(int64(d)) }

var codeInMail = regexp.MustCompile(`(?m)^ *([0-9]{8})$`)

// code waits for the n-th mail to an address and reads its code.
func (s *site) code(at string, n int) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	count := 0
	var text string
	for {
		mails := s.box.Mails()
		count, text = 0, ""
		for i := len(mails) - 1; i >= 0 && count < n; i-- {
			if mails[i].To[0] == at && codeInMail.MatchString(mails[i].Text) {
				count++
				text = mails[i].Text
			}
		}
		if count == n {
			return codeInMail.FindStringSubmatch(text)[1]
		}
		last := uint64(0)
		if len(mails) > 0 {
			last = mails[0].Number
		}
		if _, err := s.box.Await(ctx, func(m mailbox.Mail) bool { return m.Number > last }); err != nil {
			s.t.Fatalf("mail %d to %s did not come: %v", n, at, err)
		}
	}
}

// call is one call as it is sent.
type call struct {
	method  string // of POST when there is a body, GET otherwise
	path    string // below Prefix
	body    any    // a string is sent as it is, everything else as JSON
	key     string
	request string
	grant   string
	header  http.Header
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (a answer) outcome() string { return fmt.Sprint(a.body["outcome"]) }
func (a answer) kind() string {
	return strings.TrimPrefix(fmt.Sprint(a.body["type"]), Prefix+"/docs#")
}
func (a answer) view() map[string]any { v, _ := a.body["view"].(map[string]any); return v }
func (a answer) String() string {
	if a.body == nil {
		return fmt.Sprint(a.status, " ", len(a.text), " bytes of ", a.header.Get("Content-Type"))
	}
	return fmt.Sprint(a.status, " ", a.text)
}

// call makes a call, and checks what every answer has to keep to: its schema above all.
func (s *site) call(c call) answer {
	s.t.Helper()
	r := c.build(s.t, s.server.URL)
	response, err := s.server.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	checkAnswer(s.t, r.Method, c.path, &a)
	return a
}

func (c call) build(t testing.TB, base string) *http.Request {
	t.Helper()
	body := ""
	switch b := c.body.(type) {
	case nil:
	case string:
		body = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		body = string(text)
	}
	if c.method == "" {
		c.method = "GET"
		if c.body != nil {
			c.method = "POST"
		}
	}
	r, err := http.NewRequest(c.method, base+Prefix+c.path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if c.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.request != "" {
		r.Header.Set(headerRequest, c.request)
	}
	if c.grant != "" {
		r.Header.Set(headerGrant, c.grant)
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	return r
}

type fields = map[string]any

// opens opens a request with the key and gives its secret.
func (s *site) opens(at string) string {
	s.t.Helper()
	a := s.call(call{path: "/requests", key: s.key, body: fields{"address": at, "client": "192.0.2.7"}})
	if a.status != 201 {
		s.t.Fatalf("opening: %v", a)
	}
	return a.body["request"].(string)
}

// proves walks a request of an account up to its grant; n is the number of the mail that its code comes in.
func (s *site) proves(at string, n int) (request, grant string) {
	s.t.Helper()
	request = s.opens(at)
	s.call(call{path: "/request/way", request: request, body: fields{"way": "email"}})
	a := s.call(call{path: "/request/code", request: request, body: fields{"code": s.code(at, n)}})
	if a.outcome() != "proved" {
		s.t.Fatalf("entering the code: %v", a)
	}
	return request, a.body["grant"].(string)
}
