package daemon_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/sqlstore"
)

// stand is all that one installation stands on: a folder with configuration, keys and database, a mail server, and those who use it.
type stand struct {
	t      *testing.T
	path   string // of the program
	folder string
	store  sqlstore.Config
	key    string // of the site's back end
	box    *mailbox.Mailbox
	log    *journal
	base   string // where the program answers
	desk   string // where its console does
	http   *http.Client

	mu      sync.Mutex
	running *program
	secrets map[string]string // what must be found nowhere, and what it is
	metrics []byte            // what was read of them
}

// The configuration. Codes have twelve digits, so that one that is found somewhere is no coincidence, and the hash is
// cheap unless a test says otherwise. The limits are out of the way.
const standSettings = `
[site]
name = "Fernbank Library"
public_url = "%[1]s"

[listen]
address = "%[2]s"

[console]
address = "%[7]s"

[database]
%[3]s

[keys]
folder = "keys"

[mail]
server = "127.0.0.1"
port = %[4]d
tls = "none"
from = "no-reply@fernbank.example"

[recovery]
digits = 12
%[5]s

[password]
%[6]s

[limits]
address = "100000/1h"
network = "100000/1h"
network_wide = "100000/1h"
site = "10000000/1h"
account = "100000/24h"
account_network = "100000/24h"
destination = "100000/24h"
sign_in_free = "100000/1h"
sign_in_address = "100000/1h"

[log]
level = "debug"
`

const cheapHash = "hash_memory = \"8KiB\"\nhash_time = 1\nhash_threads = 1\nhash_queue = 256"

// ground is what differs from one stand to another.
type ground struct {
	dsn      string // PostgreSQL; empty: SQLite
	recovery string // further lines of the configuration
	password string // instead of cheapHash
	hook     mailbox.Hook
	people   int // how many accounts there are
}

// build makes a stand. The program does not run yet.
func build(t *testing.T, path string, g ground) *stand {
	t.Helper()
	s := &stand{
		t: t, path: path, folder: t.TempDir(), log: new(journal), secrets: map[string]string{},
		box: openBox(t, mailbox.Options{Hook: g.hook, Keep: 1 << 20}),
		http: &http.Client{
			Timeout:       30 * time.Second,
			Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(s.http.CloseIdleConnections)
	database := "path = \"twohens.db\""
	s.store = sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(s.folder, "twohens.db")}
	if g.dsn != "" {
		database = "driver = \"postgres\"\ndsn_file = \"dsn\""
		write(t, filepath.Join(s.folder, "dsn"), g.dsn)
		s.store = sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: g.dsn}
	}
	if g.password == "" {
		g.password = cheapHash
	}
	people, desk := socket(t, "127.0.0.1:0"), socket(t, "127.0.0.1:0")
	host := people.Addr().String()
	s.base, s.desk = "http://"+host, "http://"+desk.Addr().String()
	write(t, s.settings(), fmt.Sprintf(standSettings, s.base, host, database, s.box.Port(), g.recovery, g.password, desk.Addr()))
	people.Close()
	desk.Close()
	s.populate(g.people)
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.running != nil {
			s.running.kill()
		}
		if t.Failed() {
			t.Logf("the end of its log:\n%s", s.log.tail())
		}
	})
	return s
}

func (s *stand) settings() string { return filepath.Join(s.folder, "twohens.toml") }

// who is the n-th person's address, and old the password that they forgot.
func who(n int) string { return fmt.Sprintf("person%d@fernbank.example", n) }
func old(n int) string { return fmt.Sprintf("forgotten stile, mossy ladder %d", n) }

// populate adds the accounts and the key of the site's back end.
func (s *stand) populate(people int) {
	s.t.Helper()
	ctx := s.t.Context()
	store, err := sqlstore.Open(ctx, s.store)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			s.t.Error(err)
		}
	}()
	if err := store.Migrate(ctx); err != nil {
		s.t.Fatal(err)
	}
	key, bearer := gate.NewAPIKey(gate.APIKey{Name: "the site", Scopes: []gate.Scope{gate.ScopeRecover}}, time.Now())
	if err := store.AddAPIKey(ctx, key); err != nil {
		s.t.Fatal(err)
	}
	s.key = s.secret("an API key", bearer.Reveal())
	hasher, err := password.NewHasher(password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	made := time.Now().UTC().Truncate(time.Millisecond)
	rows := make([]accounts.Row, people)
	for n := range rows {
		chosen, err := password.New(s.secret("an old password", old(n)))
		if err != nil {
			s.t.Fatal(err)
		}
		hash, err := hasher.Hash(ctx, chosen)
		if err != nil {
			s.t.Fatal(err)
		}
		rows[n] = accounts.Row{
			ID: fmt.Sprintf("account%d", n), Emails: []contact.Email{address(s.t, who(n))}, Hash: hash, Made: made, Changed: made,
		}
	}
	if err := store.AddAccounts(ctx, rows); err != nil {
		s.t.Fatal(err)
	}
}

// secret notes something that must be found nowhere.
func (s *stand) secret(what, value string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets[value] = what
	return value
}

// command is the program's serve, in the folder.
func (s *stand) command() *exec.Cmd {
	command := exec.Command(s.path, "serve", "-config", s.settings())
	command.Dir = s.folder
	return command
}

// launch starts the program without waiting for it.
func (s *stand) launch() (*program, <-chan struct{}) {
	s.t.Helper()
	p, ready := launch(s.t, s.log, s.command())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = p
	return p, ready
}

// program is the one that runs.
func (s *stand) program() *program {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// start starts the program and waits until it is ready.
func (s *stand) start() *program {
	s.t.Helper()
	p, ready := s.launch()
	p.await(ready)
	return p
}

// reply is what the program answers, as far as the tests look.
type reply struct {
	Request, Grant, Outcome string
	status                  int
	header                  http.Header
	body                    string
}

// post makes one call of the API, under the header given. An error means that nobody knows what became of it.
func (s *stand) post(base, path string, body map[string]string, header, value string) (reply, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return reply{}, err
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), http.MethodPost, base+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(header, value)
	return s.do(r)
}

func (s *stand) do(r *http.Request) (reply, error) {
	got, err := s.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	if err != nil {
		return reply{}, err
	}
	a := reply{status: got.StatusCode, header: got.Header, body: string(content)}
	if strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(content, &a); err != nil {
			return reply{}, err
		}
	}
	if a.Request != "" {
		s.secret("a request's secret", a.Request)
	}
	if a.Grant != "" {
		s.secret("a grant", a.Grant)
	}
	return a, nil
}

// The steps of the walk, over the API.

func (s *stand) open(to string) (reply, error) {
	return s.post(s.base, "/requests", map[string]string{"address": to, "client": "192.0.2.1"}, "Authorization", "Bearer "+s.key)
}

func (s *stand) choose(request string) (reply, error) {
	return s.post(s.base, "/request/way", map[string]string{"way": "email"}, "Twohens-Request", request)
}

// enter types a code. The claim, if there is one, gets the grant again if the answer was lost.
func (s *stand) enter(request, code, claim string) (reply, error) {
	body := map[string]string{"code": code}
	if claim != "" {
		body["claim"] = s.secret("a claim", claim)
	}
	return s.post(s.base, "/request/code", body, "Twohens-Request", request)
}

func (s *stand) set(grant, chosen string) (reply, error) {
	s.secret("a new password", chosen)
	return s.post(s.base, "/password", map[string]string{"password": chosen}, "Twohens-Grant", grant)
}

// signIn signs in on the page: the cookie, and empty when address and password do not belong together.
func (s *stand) signIn(at, typed string) (cookie string, err error) {
	form := url.Values{"address": {at}, "password": {typed}}
	r, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), http.MethodPost, s.base+"/signin", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := s.do(r)
	switch {
	case err != nil:
		return "", err
	case a.status == http.StatusUnprocessableEntity:
		return "", nil
	case a.status != http.StatusSeeOther:
		return "", fmt.Errorf("the sign-in answers %d: %s", a.status, a.body)
	}
	name, value, _ := strings.Cut(a.header.Get("Set-Cookie"), "=")
	value, _, _ = strings.Cut(value, ";")
	return name + "=" + s.secret("a sign-in cookie", value), nil
}

// signedIn says whether a cookie still opens the account page.
func (s *stand) signedIn(cookie string) bool {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.base+"/account", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	a, err := s.do(r)
	if err != nil || a.status != http.StatusOK && a.status != http.StatusSeeOther {
		s.t.Fatalf("the account page: %d %v", a.status, err)
	}
	return a.status == http.StatusOK
}

var longCode = regexp.MustCompile(`(?m)^ +(\d{12})$`)

// mailed waits for a mail with a code.
func (s *stand) mailed(to string, most time.Duration) (code string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	m, err := s.box.Await(ctx, func(m mailbox.Mail) bool { return m.To[0] == to && longCode.MatchString(m.Text) })
	if err != nil {
		return "", fmt.Errorf("no mail to %s: %w", to, err)
	}
	code = longCode.FindStringSubmatch(m.Text)[1]
	s.secret("a code", code)
	for _, link := range linkLine.FindAllStringSubmatch(m.Text, -1) {
		s.secret("a link", link[1])
	}
	return code, nil
}

// database is a way into the database past the program.
func (s *stand) database() *sql.DB { s.t.Helper(); return past(s.t, s.store) }

// past opens a database past the program.
func past(t testing.TB, store sqlstore.Config) *sql.DB {
	t.Helper()
	driver, name := "sqlite", "file:"+store.Path+"?_pragma=busy_timeout(10000)"
	if store.DSN != "" {
		driver, name = "pgx", store.DSN
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// until waits for something to be so.
func until(t testing.TB, most time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

// measures reads the metrics of the program that runs, for silent to look through.
func (s *stand) measures() {
	s.t.Helper()
	got, err := s.http.Get(s.desk + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK || !bytes.Contains(text, []byte("twohens_connections")) {
		s.t.Fatalf("metrics: %s, %v", got.Status, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metrics = append(s.metrics, text...)
}

// find lists the files of the stand that a program may have written, but for its keys.
func (s *stand) files() map[string][]byte {
	s.t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if files[e.Name()], err = os.ReadFile(filepath.Join(s.folder, e.Name())); err != nil {
			s.t.Fatal(err)
		}
	}
	return files
}
