package web

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/help"
	"twohens/internal/mailbox"
	"twohens/internal/message"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/smtpmail"
	"twohens/internal/sqlstore"
	"twohens/internal/web/page"
	"twohens/scratch"
)

// site is a whole server for a test: SQLite, built-in accounts, the gate, the worker, mails over SMTP, and the pages over HTTPS.
// Its clock stands still until a test moves it.
type site struct {
	t        testing.TB
	web      *Web
	url      string
	client   *http.Client // trusts the site's certificate
	engine   *engine.Engine
	gate     *gate.Gate
	keys     scratch.Keys // of its cards
	accounts *accounts.Accounts
	store    *sqlstore.Store
	box      *mailbox.Mailbox
	phone    *telephone
	log      *logged
	path     string // of the database
	began    time.Time
	ahead    atomic.Int64
}

// setup is what a test may want otherwise.
type setup struct {
	limits  gate.Limits
	silent  engine.SilentLimits
	policy  recovery.Policy
	demo    bool
	plain   bool           // HTTP, as on a loopback address alone
	proxies []netip.Prefix // that are listed
	public  string         // the URL that the world knows; empty: where the test server listens
	site    page.Site
	files   map[string][]byte
	mailbox mailbox.Options
	ports   func(*engine.Ports)
}

// plenty is a limit that no test runs into.
var plenty = quota.Limit{Events: 1_000_000, Per: time.Hour}

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

// silent is the Auditor of a site that nobody watches.
type silent struct{}

func (silent) Audit(engine.Record) {}

func newSite(t testing.TB, changes ...func(*setup)) *site {
	t.Helper()
	o := setup{
		limits: gate.Limits{
			Address: plenty, Network: plenty, Wide: plenty, Site: plenty, Picture: plenty, SignInFree: plenty, SignInAddress: plenty, Changes: plenty,
			Plain: plenty, PlainSite: plenty, Listen: plenty, NoPuzzle: plenty, Failures: plenty, Calm: plenty,
		},
		silent: engine.SilentLimits{Account: plenty, Network: plenty, Destination: plenty},
		policy: recovery.Classic(),
		site:   page.Site{Name: "Fernbank", HelpContact: "help@fernbank.example"},

		mailbox: mailbox.Options{Keep: 1000},
	}
	for _, change := range changes {
		change(&o)
	}
	s := &site{t: t, log: new(logged), path: filepath.Join(t.TempDir(), "twohens.db")}
	// An hour ahead, so that nothing a test set up by the real clock is younger than what it does.
	s.began = time.Now().Add(time.Hour).Truncate(time.Millisecond)
	server := httptest.NewUnstartedServer(nil)
	s.url = "https://" + server.Listener.Addr().String()
	if o.plain {
		s.url = "http://" + server.Listener.Addr().String()
	}
	if o.public == "" {
		o.public = s.url
	}
	public, err := url.Parse(o.public)
	must(t, err)
	s.build(&o, public)
	server.Config.Handler = s.web.guard(s.web.routes())
	server.Config.ErrorLog = slog.NewLogLogger(s.logger().Handler(), slog.LevelDebug)
	if o.plain {
		server.Start()
	} else {
		server.StartTLS()
	}
	s.client = server.Client()
	ctx, cancel := context.WithCancel(context.Background())
	worked := make(chan struct{})
	go func() { s.engine.Run(ctx); close(worked) }()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		server.Close()
		cancel()
		<-worked
	})
	return s
}

// build makes everything behind the pages.
func (s *site) build(o *setup, public *url.URL) {
	t := s.t
	t.Helper()
	empty, err := emptyDatabase()
	must(t, err)
	must(t, os.WriteFile(s.path, empty, 0o600))
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Driver: sqlstore.SQLite, Path: s.path})
	must(t, err)
	t.Cleanup(func() { store.Close() })
	s.store, s.phone = store, new(telephone)
	hasher, err := password.NewHasher(password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, 0, 0)
	must(t, err)
	s.accounts = accounts.New(store, hasher, s.logger())
	s.box, err = mailbox.Open(o.mailbox)
	must(t, err)
	t.Cleanup(func() { s.box.Close() })
	sender, err := smtpmail.New(smtpmail.Settings{
		Server: "127.0.0.1", Port: s.box.Port(), Security: smtpmail.Plain, From: address(t, "recover@fernbank.example"), Now: s.now,
	}, s.logger())
	must(t, err)
	composer, err := message.New(message.Site{Name: o.site.Name, URL: public})
	must(t, err)
	s.keys, err = scratch.NewKeys(scratch.Key{ID: "1", Secret: secret.NewKey().Bytes()})
	must(t, err)
	dealer, err := scratch.New(scratch.Config{Keys: s.keys, Spent: store, Now: s.now, PlainAfter: time.Microsecond, Bits: 1})
	must(t, err)
	s.gate = &gate.Gate{
		Dealer: dealer, Host: public.Hostname(), Limiter: quota.NewMemory(0), Heat: quota.NewMemory(0), Keys: store, Limits: o.limits,
		Hash: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()), Now: s.now,
	}
	ports := engine.Ports{Store: store, Directory: s.accounts, Composer: composer, Sender: sender, Texter: s.phone, Auditor: silent{}, Limiter: store}
	if o.ports != nil {
		o.ports(&ports)
	}
	rules := password.Rules{SiteName: o.site.Name}
	s.engine = engine.New(ports, engine.Settings{
		Policy: o.policy, Password: rules, Silent: o.silent,
		Texts:    engine.TextRules{Countries: []string{"ES"}, Number: plenty, Block: plenty, Country: plenty, Network: plenty},
		Sessions: engine.SessionSettings{Life: 24 * time.Hour, Idle: 6 * time.Hour, Fresh: 10 * time.Minute},
		Codes:    secret.NewRing("1", secret.NewKey()), Decoys: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()), Questions: question.Decoys{Key: secret.NewKey()},
		Answers: question.Digests{Peppers: secret.NewRing("1", secret.NewKey()), Hasher: hasher},
	}, s.logger())
	s.engine.Now = s.now
	renderer, err := renderer()
	must(t, err)
	deps := Deps{
		Engine: s.engine, Gate: s.gate, Renderer: renderer, Rules: rules, Site: o.site, PublicURL: public,
		Client: Client(o.proxies), Files: o.files, Log: s.logger(),
	}
	if o.demo {
		deps.Demo = &Demo{
			Accounts: []page.DemoAccount{{Address: "ann@fernbank.example", Password: old, Note: page.NoteOrdinary}},
			Mailbox:  shownMailbox{s.box},
		}
	}
	s.web = newWeb(deps)
}

// renderer and emptyDatabase are made once for all sites: under the race detector each takes a while.
var renderer = sync.OnceValues(func() (*page.Renderer, error) {
	centre, _, err := help.New(help.Facts{
		Site: "Fernbank", MailFrom: "recover@fernbank.example", CodeLife: 15 * time.Minute, Least: 8, Most: 256,
		Phone: true, Questions: true, Saved: true, Account: true,
	})
	if err != nil {
		return nil, err
	}
	return page.New(centre)
})

// emptyDatabase is a database file with the schema and nothing else.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "twohens")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "twohens.db")
	store, err := sqlstore.Open(context.Background(), sqlstore.Config{Driver: sqlstore.SQLite, Path: path})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(store.Migrate(context.Background()), store.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func (s *site) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (s *site) now() time.Time { return s.began.Add(time.Duration(s.ahead.Load())) }

// advance moves the server's clock.
func (s *site) advance(d time.Duration) { s.ahead.Add(int64(d)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func address(t testing.TB, s string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(s)
	must(t, err)
	return e
}

// old is the password of every account, and fresh the one that a test sets.
const (
	old   = "the old one, forgotten"
	fresh = "hens hate tall gates"
)

// account adds accounts.
func (s *site) account(addresses ...string) {
	s.t.Helper()
	for _, at := range addresses {
		p, err := password.New(old)
		must(s.t, err)
		_, err = s.accounts.Add(s.t.Context(), address(s.t, at), &p, "")
		must(s.t, err)
	}
}

// opens says whether a password opens the account.
func (s *site) opens(at, typed string) bool {
	s.t.Helper()
	p, err := password.New(typed)
	must(s.t, err)
	_, err = s.accounts.Check(s.t.Context(), address(s.t, at), p)
	return err == nil
}

// rows writes down the whole database, but for what only says when a program last looked.
func (s *site) rows() string {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?mode=ro&_pragma=busy_timeout(5000)")
	must(s.t, err)
	defer db.Close()
	var all strings.Builder
	for _, table := range column(s.t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'traffic' ORDER BY name") {
		columns := column(s.t, db, "SELECT name FROM pragma_table_info('"+table+"') ORDER BY cid")
		for i, name := range columns {
			columns[i] = `quote("` + name + `")`
		}
		lines := column(s.t, db, "SELECT "+strings.Join(columns, " || '|' || ")+` FROM "`+table+`"`)
		slices.Sort(lines)
		fmt.Fprintf(&all, "%s\n\t%s\n", table, strings.Join(lines, "\n\t"))
	}
	return all.String()
}

func column(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	must(t, err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		must(t, rows.Scan(&s))
		list = append(list, s)
	}
	must(t, rows.Err())
	return list
}

// letter waits for the n-th mail to an address, n from 1.
func (s *site) letter(at string, n int) mailbox.Mail {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	for {
		mails := s.box.Mails()
		count, last := 0, uint64(0)
		for _, m := range slices.Backward(mails) {
			last = m.Number
			if m.To[0] == at {
				if count++; count == n {
					return m
				}
			}
		}
		if _, err := s.box.Await(ctx, func(m mailbox.Mail) bool { return m.Number > last }); err != nil {
			s.t.Fatalf("mail %d to %s did not come: %v\n%s", n, at, err, s.log)
		}
	}
}

var (
	codeLine = regexp.MustCompile(`(?m)^ *([0-9]{8})$`)
	linkLine = regexp.MustCompile(`(?m)^https?://[^/]+(/go/[A-Za-z0-9_-]+)$`)
)

// code reads the code in the n-th mail to an address, and link the path of its link.
func (s *site) code(at string, n int) string { return found(s.t, codeLine, s.letter(at, n).Text) }
func (s *site) link(at string, n int) string { return found(s.t, linkLine, s.letter(at, n).Text) }

func found(t testing.TB, pattern *regexp.Regexp, text string) string {
	t.Helper()
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in\n%s", pattern, text)
	}
	return m[1]
}

// settled waits until the worker has nothing left to do.
func (s *site) settled() {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?mode=ro&_pragma=busy_timeout(5000)")
	must(s.t, err)
	defer db.Close()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		query := fmt.Sprintf("SELECT count(*) FROM entry WHERE verdict = '' AND due <= %d", s.now().UnixMilli())
		if left := column(s.t, db, query); left[0] == "0" {
			return
		} else if time.Now().After(deadline) {
			s.t.Fatalf("the worker still has %s effects to carry out\n%s", left[0], s.log)
		}
	}
}

// shownMailbox is the mailbox as the demo shows it.
type shownMailbox struct{ box *mailbox.Mailbox }

func (s shownMailbox) Mails() (list []page.Mail) {
	for _, m := range s.box.Mails() {
		list = append(list, shown(m))
	}
	return list
}

func (s shownMailbox) Mail(id string) (page.Mail, bool) {
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return page.Mail{}, false
	}
	m, ok := s.box.Mail(number)
	return shown(m), ok
}

func (s shownMailbox) Watch(ctx context.Context) <-chan string {
	mails, stop := s.box.Subscribe()
	arrived := make(chan string, 100)
	go func() {
		defer close(arrived)
		defer stop()
		for {
			select {
			case m, more := <-mails:
				if !more {
					return
				}
				arrived <- fmt.Sprint(m.Number)
			case <-ctx.Done():
				return
			}
		}
	}()
	return arrived
}

func shown(m mailbox.Mail) page.Mail {
	s := page.Mail{ID: fmt.Sprint(m.Number), Subject: m.Subject, At: m.At, Text: m.Text, HTML: m.HTML}
	if len(m.To) > 0 {
		s.To = m.To[0]
	}
	return s
}
