// Package attack plays what has broken recovery elsewhere against the program as it runs: over HTTP, with mails by SMTP and texts by a gateway,
// on SQLite and on PostgreSQL. The table in attack_test.go is the list; docs/threats.md tells the same, and a test holds them together.
package attack

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to see that the outbox is empty
	_ "modernc.org/sqlite"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
	"twohens/scratch"
)

// patience is how long a test waits for what must come. Nothing is ever waited for that must not.
const patience = time.Minute

// world is the program as it runs, with a mail server and a gateway.
type world struct {
	*daemon.Daemon
	settings *config.Config
	base     string // as http://127.0.0.1:1234
	key      string // of the API
	box      *mailbox.Mailbox
	log      *lines
	db       *sql.DB
	stop     func() error
	http     *http.Client

	mu     sync.Mutex
	people int
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

// plenty is a limit that no play runs into.
var plenty = quota.Limit{Events: 1_000_000, Per: time.Hour}

// settings is a configuration of its own folder and database, with a cheap hash, and with the limits out of the way: one machine plays
// everybody. What a play attacks it sets itself.
func settings(t testing.TB, driver string) *config.Config {
	t.Helper()
	folder := t.TempDir()
	c := config.Default()
	c.Site.Name, c.Listen.Address = "Fernbank Library", "127.0.0.1:0"
	c.Database.Path, c.Keys.Folder = config.Path(filepath.Join(folder, "twohens.db")), config.Path(filepath.Join(folder, "keys"))
	c.Mail.Server, c.Mail.TLS, c.Mail.FromName, c.Mail.Hello = "127.0.0.1", "none", c.Site.Name, "localhost"
	c.Mail.From = address(t, "no-reply@fernbank.example")
	c.Mail.EnvelopeFrom = c.Mail.From
	c.Password.HashMemory, c.Password.HashTime, c.Password.HashQueue = 8*config.KiB, 1, 256
	c.Challenge.Work = 1
	c.SMS.Order, c.SMS.Countries = []string{"test"}, []string{"US"}
	p, l, s := &c.Recovery.Policy, &c.Limits, &c.SMS
	p.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved}
	for _, limit := range []*quota.Limit{
		&l.Address, &l.Network, &l.Wide, &l.Site, &l.Picture, &l.Plain, &l.PlainSite, &l.Listen, &l.NoPuzzle, &l.SignInAddress, &l.SignInFree,
		&l.Changes, &l.Account, &l.AccountNetwork, &l.Destination, &s.Number, &s.Block, &s.Country, &s.Network, &c.Challenge.Failures, &c.Challenge.Calm,
	} {
		*limit = plenty
	}
	s.AlarmCodes = 0
	l.WrongCodes, l.WrongStop = 0, 0 // thousands of wrong codes come from here: the brake has a play of its own
	if driver == sqlstore.PostgreSQL {
		file := filepath.Join(folder, "dsn")
		if err := os.WriteFile(file, []byte(storetest.PostgresSchema(t)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Database.Driver, c.Database.DSNFile, c.Database.Migrate = driver, config.Path(file), "always"
	}
	return c
}

func address(t testing.TB, text string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return e
}

// begin starts the program. A mail server is started with it, unless the caller has one that misbehaves.
func begin(t testing.TB, c *config.Config, box *mailbox.Mailbox) *world {
	t.Helper()
	w := &world{settings: c, log: new(lines), box: box, http: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}}
	if box == nil {
		w.box = open(t, mailbox.Options{Texts: true, Keep: 5000})
	}
	c.Mail.Port = w.box.Port()
	if c.SMS.Gateways == nil && w.box.TextsURL() != "http:///text" {
		gateway := config.NewGateway("test")
		gateway.URL, gateway.Headers = w.box.TextsURL(), []string{"Content-Type: application/json"}
		gateway.Body, gateway.RefPath = `{"to": {{json .To}}, "text": {{json .Text}}}`, "id"
		c.SMS.Gateways = []*config.Gateway{gateway}
	}
	socket, err := net.Listen("tcp", c.Listen.Address)
	if err != nil {
		t.Fatal(err)
	}
	c.Site.PublicURL = &url.URL{Scheme: "http", Host: socket.Addr().String()}
	logger := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if w.Daemon, err = daemon.New(context.Background(), c, daemon.Options{Log: logger, Socket: socket}); err != nil {
		socket.Close()
		t.Fatal(err)
	}
	w.base = c.Site.PublicURL.String()
	key, bearer := gate.NewAPIKey(gate.APIKey{Name: "test", Scopes: []gate.Scope{gate.ScopeRecover}}, time.Now())
	if err := w.Store.AddAPIKey(context.Background(), key); err != nil {
		t.Fatal(err)
	}
	w.key, w.db = bearer.Reveal(), database(t, c, "ro")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		w.http.CloseIdleConnections()
		select {
		case err := <-ended:
			return errors.Join(err, w.db.Close())
		case <-time.After(patience):
			return errors.New("it does not stop")
		}
	})
	t.Cleanup(func() {
		if err := w.stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return w
}

func open(t testing.TB, o mailbox.Options) *mailbox.Mailbox {
	t.Helper()
	box, err := mailbox.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

// database is a way past the program: to read ("ro") or to write ("rw").
func database(t testing.TB, c *config.Config, mode string) *sql.DB {
	t.Helper()
	driver, name := "sqlite", "file:"+strings.ReplaceAll(string(c.Database.Path), "#", "%23")+"?mode="+mode+"&_pragma=busy_timeout(5000)"
	if c.Database.Driver == sqlstore.PostgreSQL {
		dsn, err := os.ReadFile(string(c.Database.DSNFile))
		if err != nil {
			t.Fatal(err)
		}
		driver, name = "pgx", strings.TrimSpace(string(dsn))
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// play is one attack under way: the program, and what the attacker has in hand.
type play struct {
	*world
	*testing.T
	driver string
}

// own starts a program for this play alone, with a configuration that it changes, and an own mail server where the play has one.
func (p *play) own(change func(*config.Config), box *mailbox.Mailbox) *play {
	p.Helper()
	c := settings(p.T, p.driver)
	change(c)
	return &play{world: begin(p.T, c, box), T: p.T, driver: p.driver}
}

// Passwords of the accounts: before, and what an attacker, or the owner, sets.
const (
	oldPassword = "the old one nobody knows"
	newPassword = "a heather path to the sea"
)

// fresh is an address that nobody has had yet. It is as long as any other.
func (p *play) fresh() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people++
	return fmt.Sprintf("person%04d@fernbank.example", p.people)
}

// person makes an account and returns its address.
func (p *play) person(phones ...string) string {
	p.Helper()
	to := p.fresh()
	p.account(to, phones...)
	return to
}

func (p *play) account(to string, phones ...string) {
	p.Helper()
	chosen, err := password.New(oldPassword)
	if err != nil {
		p.Fatal(err)
	}
	var numbers []contact.Phone
	for _, phone := range phones {
		n, err := contact.ParsePhone(phone, "")
		if err != nil {
			p.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	if _, err := p.Accounts.Add(p.Context(), address(p.T, to), &chosen, "en", numbers...); err != nil {
		p.Fatal(err)
	}
}

// deletes takes an account out of the database, past the program.
func (p *play) deletes(id string) {
	p.Helper()
	db := database(p.T, p.settings, "rw")
	defer db.Close()
	for _, statement := range []string{"DELETE FROM contact WHERE account = '" + id + "'", "DELETE FROM account WHERE id = '" + id + "'"} {
		if done, err := db.Exec(statement); err != nil {
			p.Fatal(err)
		} else if n, _ := done.RowsAffected(); n == 0 {
			p.Fatalf("%s: nothing was deleted", statement)
		}
	}
}

// opens says whether a password is an account's.
func (p *play) opens(to, typed string) bool {
	p.Helper()
	chosen, err := password.New(typed)
	if err != nil {
		p.Fatal(err)
	}
	_, err = p.Accounts.Check(p.Context(), address(p.T, to), chosen)
	return err == nil
}

// untouched fails when an account opens by anything but its old password.
func (p *play) untouched(to string) {
	p.Helper()
	if !p.opens(to, oldPassword) || p.opens(to, newPassword) {
		p.Errorf("the password of %s was changed", to)
	}
}

// settled waits until the worker has nothing to do: what has not been sent by then never will be.
func (p *play) settled() {
	p.Helper()
	until(p.T, "the outbox is empty", func() bool {
		var left int
		if err := p.db.QueryRow("SELECT count(*) FROM entry WHERE verdict = ''").Scan(&left); err != nil {
			p.Fatal(err)
		}
		return left == 0
	})
}

func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

var (
	codeLine = regexp.MustCompile(`(?m)^ +(\d{8})$`)
	linkLine = regexp.MustCompile(`/go/([-_A-Za-z0-9]{22})`)
)

// codes are the mails with codes that an address has got, once all are out.
func (p *play) codes(to string) (list []mailbox.Mail) {
	p.Helper()
	for _, m := range p.since(0) {
		if len(m.To) > 0 && m.To[0] == to && codeLine.MatchString(m.Text) {
			list = append(list, m)
		}
	}
	return list
}

// code is what the last mail to an address holds.
func (p *play) code(to string) (code, link string) {
	p.Helper()
	mails := p.codes(to)
	if len(mails) == 0 {
		p.Fatalf("no code came to %s", to)
	}
	last := mails[len(mails)-1].Text
	linked := linkLine.FindStringSubmatch(last)
	if linked == nil {
		p.Fatalf("no link in\n%s", last)
	}
	return codeLine.FindStringSubmatch(last)[1], linked[1]
}

// since are all mails and texts that came after a number, the oldest first, once all are out.
func (p *play) since(number uint64) []mailbox.Mail {
	p.Helper()
	p.settled()
	mails := p.box.After(number)
	slices.SortFunc(mails, func(a, b mailbox.Mail) int { return cmp.Compare(a.Number, b.Number) })
	return mails
}

// last is the number of the newest mail, once all are out.
func (p *play) last() uint64 {
	p.Helper()
	mails := p.since(0)
	if len(mails) == 0 {
		return 0
	}
	return mails[len(mails)-1].Number
}

// answer is what the program says, of a page or of a call.
type answer struct {
	status int
	header http.Header
	body   string
	json   map[string]any // nil: it is none
}

func (a answer) to() string { return a.header.Get("Location") }

func (a answer) text(name string) string {
	text, _ := a.json[name].(string)
	return text
}

func answered(r *http.Response) (a answer, err error) {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	a = answer{status: r.StatusCode, header: r.Header, body: string(body)}
	if strings.Contains(r.Header.Get("Content-Type"), "json") {
		_ = json.Unmarshal(body, &a.json)
	}
	return a, err
}

// call makes one call of the API; body is sent as it is, if it is a string, and as JSON otherwise. Headers come as names and values.
func (p *play) call(method, path string, body any, header ...string) answer {
	p.Helper()
	text, ok := body.(string)
	if !ok {
		b, err := json.Marshal(body)
		if err != nil {
			p.Fatal(err)
		}
		text = string(b)
	}
	r, err := http.NewRequestWithContext(p.Context(), method, p.base+"/api/v1"+path, strings.NewReader(text))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got, err := p.http.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	a, err := answered(got)
	if err != nil {
		p.Fatal(err)
	}
	return a
}

type fields map[string]any

// keyed opens a request as a site's back end does, and returns its secret.
func (p *play) keyed(to string) string {
	p.Helper()
	a := p.call("POST", "/requests", fields{"address": to, "client": "192.0.2.1"}, "Authorization", "Bearer "+p.key)
	if a.status != 201 {
		p.Fatalf("opening: %d %s", a.status, a.body)
	}
	return a.text("request")
}

// asked opens a request, asks for the code, and waits until the worker is done: before it has found the account no code is judged at all.
func (p *play) asked(to string) string {
	p.Helper()
	request := p.keyed(to)
	p.choose(request, "email")
	p.settled()
	return request
}

func (p *play) choose(request, way string) answer {
	p.Helper()
	return p.call("POST", "/request/way", fields{"way": way}, "Twohens-Request", request)
}

// enter types a code and returns the outcome, and the grant if there is one.
func (p *play) enter(request, code string) (outcome, grant string) {
	p.Helper()
	a := p.call("POST", "/request/code", fields{"code": code}, "Twohens-Request", request)
	return a.text("outcome"), a.text("grant")
}

// proved is a grant: what the owner has after the right code.
func (p *play) proved(to string) (request, grant string) {
	p.Helper()
	request = p.asked(to)
	code, _ := p.code(to)
	outcome, grant := p.enter(request, code)
	if outcome != "proved" {
		p.Fatalf("the right code was answered by %q", outcome)
	}
	return request, grant
}

// sets uses a grant.
func (p *play) sets(grant string) answer {
	p.Helper()
	return p.call("POST", "/password", fields{"password": newPassword}, "Twohens-Grant", grant)
}

// response is what a challenge without a puzzle is worth; empty when the network has had too many. Headers come as names and values.
func (p *play) response(header ...string) string {
	p.Helper()
	ticket := p.call("POST", "/challenge", fields{"mode": "none"}, header...)
	if ticket.status == 429 {
		return ""
	}
	card := p.call("POST", "/challenge/card", fields{"ticket": ticket.text("ticket"), "work": p.work(ticket)}, header...)
	if card.status == 429 {
		return ""
	}
	if card.text("response") == "" {
		p.Fatalf("no response: %d %s", card.status, card.body)
	}
	return card.text("response")
}

// work does what a ticket asks for.
func (p *play) work(ticket answer) string {
	p.Helper()
	work, ok := ticket.json["work"].(map[string]any)
	if !ok {
		p.Fatalf("no ticket: %d %s", ticket.status, ticket.body)
	}
	salt, err := hex.DecodeString(work["salt"].(string))
	if err != nil {
		p.Fatal(err)
	}
	todo := scratch.Work{Salt: [16]byte(salt), Parts: int(work["parts"].(float64)), Bits: int(work["bits"].(float64))}
	return todo.Solve().String()
}

// browser keeps cookies and follows nothing.
type browser struct {
	p    *play
	http *http.Client
}

func (p *play) browser() *browser {
	p.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.Fatal(err)
	}
	b := &browser{p: p, http: &http.Client{
		Timeout: patience, Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	p.Cleanup(b.http.CloseIdleConnections)
	return b
}

// do sends a form, or none, with further headers.
func (b *browser) do(method, path string, form string, header ...string) answer {
	b.p.Helper()
	var body io.Reader
	if method == "POST" {
		body = strings.NewReader(form)
	}
	r, err := http.NewRequestWithContext(b.p.Context(), method, b.p.base+path, body)
	if err != nil {
		b.p.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got, err := b.http.Do(r)
	if err != nil {
		b.p.Fatal(err)
	}
	a, err := answered(got)
	if err != nil {
		b.p.Fatal(err)
	}
	return a
}

func (b *browser) get(path string) answer { b.p.Helper(); return b.do("GET", path, "") }

// post sends a form of names and values.
func (b *browser) post(path string, pairs ...string) answer {
	b.p.Helper()
	return b.do("POST", path, form(pairs...))
}

func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

// leads fails when a form was not answered by a redirect to where it belongs.
func (b *browser) leads(a answer, to string) {
	b.p.Helper()
	if where, _, _ := strings.Cut(a.to(), "?"); a.status != 303 || where != to {
		b.p.Fatalf("%d to %q, want 303 to %q: %.600s", a.status, a.to(), to, a.body)
	}
}

// begins opens a request on the pages, with a solved challenge.
func (b *browser) begins(to string) {
	b.p.Helper()
	b.leads(b.post("/recover", "address", to, "response", b.p.response()), "/recover/choose")
}

// asks begins, and asks for the first code.
func (b *browser) asks(to string) {
	b.p.Helper()
	b.begins(to)
	b.leads(b.post("/recover/choose", "way", "email"), "/recover/code")
}

func (b *browser) signsIn(to, typed string) {
	b.p.Helper()
	b.leads(b.post("/signin", "address", to, "password", typed), "/account")
}

// isIn says whether the browser is signed in.
func (b *browser) isIn() bool {
	b.p.Helper()
	return b.get("/account").status == 200
}

// plant puts a cookie into the browser.
func (b *browser) plant(name, value string) {
	b.p.Helper()
	b.http.Jar.SetCookies(b.p.settings.Site.PublicURL, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// cookie is the value of one that the browser has; empty for none.
func (b *browser) cookie(name string) string {
	for _, c := range b.http.Jar.Cookies(b.p.settings.Site.PublicURL) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// cookies is all of them as a header's value.
func (b *browser) cookies() string {
	var list []string
	for _, c := range b.http.Jar.Cookies(b.p.settings.Site.PublicURL) {
		list = append(list, c.Name+"="+c.Value)
	}
	return strings.Join(list, "; ")
}

// raw sends bytes as they are and reads one answer, for what no client would send. The zero answer for none.
func (p *play) raw(request string) answer {
	p.Helper()
	conn, err := net.Dial("tcp", p.settings.Site.PublicURL.Host)
	if err != nil {
		p.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, request); err != nil {
		return answer{}
	}
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return answer{}
	}
	a, _ := answered(got)
	return a
}
