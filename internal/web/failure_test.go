package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/secret"
	"twohens/scratch"
)

var errDown = errors.New("the disk is full")

// shaky is a Store that fails when it is told to.
type shaky struct {
	engine.Store
	down *atomic.Bool
}

func (s shaky) Request(ctx context.Context, by engine.Key) (engine.Stored, error) {
	if s.down.Load() {
		return engine.Stored{}, errDown
	}
	return s.Store.Request(ctx, by)
}

func (s shaky) Save(ctx context.Context, c engine.Change) error {
	if s.down.Load() {
		return errDown
	}
	return s.Store.Save(ctx, c)
}

func (s shaky) Session(ctx context.Context, id secret.Digest, now time.Time) (engine.Session, error) {
	if s.down.Load() {
		return engine.Session{}, errDown
	}
	return s.Store.Session(ctx, id, now)
}

// ill is a Directory that fails when it is told to.
type ill struct {
	engine.Directory
	says *atomic.Pointer[error]
}

func (d ill) err() error {
	if err := d.says.Load(); err != nil {
		return *err
	}
	return nil
}

func (d ill) Find(ctx context.Context, at contact.Email) (engine.Account, error) {
	if err := d.err(); err != nil {
		return engine.Account{}, err
	}
	return d.Directory.Find(ctx, at)
}

func (d ill) Check(ctx context.Context, at contact.Email, typed password.Password) (engine.Account, error) {
	if err := d.err(); err != nil {
		return engine.Account{}, err
	}
	return d.Directory.Check(ctx, at, typed)
}

func (d ill) Prepare(ctx context.Context, id string, chosen password.Password) (*engine.Write, error) {
	if err := d.err(); err != nil {
		return nil, err
	}
	return d.Directory.Prepare(ctx, id, chosen)
}

// uncounted is a Limiter that cannot count.
type uncounted struct{}

func (uncounted) Take(context.Context, time.Time, []quota.Charge) (time.Duration, bool, error) {
	return 0, true, errDown
}

func (uncounted) Return(context.Context, time.Time, []quota.Charge) error { return errDown }

// down is the page that says so, with when to come back and with nothing of the reason.
func (b *browser) down(a answer) {
	b.t.Helper()
	if a.status != 503 || title(a) != b.text("problem.down.title") || a.header.Get("Retry-After") == "" || len(a.cookies) != 0 ||
		strings.Contains(a.body, errDown.Error()) || !strings.Contains(words(a.body), b.text("problem.down.text")) {
		b.t.Errorf("%d %v %v: %s", a.status, a.header["Retry-After"], a.cookies, words(a.body))
	}
}

// the database is down at any step. The person is told so in words, nothing opens, no try is counted, and when it is back
// the walk goes on where it was.
func TestStoreDown(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	s := newSite(t, everyWay, func(o *setup) { o.ports = func(p *engine.Ports) { p.Store = shaky{p.Store, &down} } })
	s.account("ann@fernbank.example")
	gus := s.equipped("gus@fernbank.example", "+34612345678")
	heart, asked, paper := s.browser(), s.browser(), s.browser()
	heart.begins(gus.at)
	heart.takes("saved")
	heart.expect(heart.post("/recover/saved", "saved", gus.codes[9]), 303, "/recover/reset")
	stop := s.stopping(gus.at)
	asked.begins(gus.at)
	asked.takes("questions")
	reply := asked.reply(gus)
	paper.begins(gus.at)
	paper.takes("saved")
	b := s.browser()
	inside := s.browser()
	inside.signsIn("ann@fernbank.example", old)
	b.asks("ann@fernbank.example")
	code := b.code("ann@fernbank.example", 1)
	link := b.link("ann@fernbank.example", 1)
	s.settled()

	before := s.rows()
	down.Store(true)
	for _, path := range []string{"/recover/choose", "/recover/code", link} {
		b.down(b.get(path))
	}
	for _, step := range [][]string{
		{"/recover/choose", "way", "email"}, {"/recover/resend"}, {"/recover/another"}, {"/recover/code", "code", code},
		{"/recover/code", "code", "11112222"}, {link}, {"/signin", "address", "ann@fernbank.example", "password", old},
	} {
		b.down(b.post(step[0], step[1:]...))
	}
	for _, path := range []string{"/recover/questions", stop} {
		asked.down(asked.get(path))
	}
	paper.down(paper.get("/recover/saved"))
	asked.down(asked.post("/recover/questions", reply...))
	paper.down(paper.post("/recover/saved", "saved", gus.codes[0]))
	asked.down(asked.post(stop))
	for _, path := range []string{"/account", "/account/password"} {
		inside.down(inside.get(path))
	}
	for _, step := range [][]string{
		{"/signout"}, {"/account/sessions", "action", "others"}, {"/account/password", "current", old, "password", fresh},
	} {
		inside.down(inside.post(step[0], step[1:]...))
	}
	for _, path := range []string{"/signin", "/recover", "/help", "/help/email", "/static/look.css"} {
		if a := b.get(path); a.status != 200 {
			t.Errorf("%s needs no database: %d", path, a.status)
		}
	}
	down.Store(false)
	if s.rows() != before {
		t.Error("something changed all the same")
	}

	asked.expect(asked.post("/recover/questions", reply...), 303, "/recover/reset")
	paper.expect(paper.post("/recover/saved", "saved", gus.codes[0]), 303, "/recover/reset")
	asked.expect(asked.post(stop), 200, asked.text("stop.done.title"))
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/reset")
	down.Store(true)
	b.down(b.get("/recover/reset"))
	b.down(b.post("/recover/reset", "password", fresh))
	down.Store(false)
	if !s.opens("ann@fernbank.example", old) {
		t.Error("half a password was set")
	}
	inside.expect(inside.get("/account"), 200, inside.text("account.title"))
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	if strings.Contains(s.log.String(), code) || strings.Contains(s.log.String(), fresh) || strings.Contains(s.log.String(), link[4:]) {
		t.Error("a secret is in the log")
	}
	if !gus.hides(s.log.String()) || strings.Contains(s.log.String(), stop[6:]) {
		t.Error("an answer, a saved code or what stops a recovery is in the log")
	}
	if !strings.Contains(s.log.String(), errDown.Error()) {
		t.Error("the reason is not in the log")
	}
}

// A limit that cannot be counted and a card that cannot be spent open nothing.
func TestGateDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	s.web.Gate.Limiter = uncounted{}
	b := s.browser()
	b.down(b.post("/recover", "address", "ann@fernbank.example", "plain", "x", "pick", "1"))
	b.down(b.post("/signin", "address", "ann@fernbank.example", "password", old))
	card, err := s.gate.Plain(gate.Recover, scratch.Pick)
	must(t, err)
	if a := b.get("/challenge/numbered/" + card); a.status != 503 || len(a.body) > 1000 {
		t.Errorf("a picture that cannot be counted: %d", a.status)
	}
	b.header.Set("Content-Type", "application/json")
	if a := b.do("POST", "/challenge/deal", `{"site":"own","action":"recover","mode":"rub"}`); a.status != 503 {
		t.Errorf("a challenge that cannot be counted: %d", a.status)
	}
}

// The directory is down. Who asks sees nothing of it, and the mail goes out when it is back; who signs in is told to come again.
func TestDirectoryDown(t *testing.T) {
	t.Parallel()
	var says atomic.Pointer[error]
	s := newSite(t, func(o *setup) { o.ports = func(p *engine.Ports) { p.Directory = ill{p.Directory, &says} } })
	s.account("ann@fernbank.example")
	says.Store(&errDown)
	b := s.browser()
	b.asks("ann@fernbank.example")
	s.settled()
	b.expect(b.get("/recover/code"), 200, b.text("code.sent"))
	b.expect(b.post("/recover/code", "code", "11112222"), 303, "/recover/code?said=waiting")
	a := b.expect(b.get("/recover/code?said=waiting"), 200, b.text("wait.title"))
	if !strings.Contains(a.body, `href="/recover/code"`) {
		t.Errorf("does not lead on: %s", words(a.body))
	}
	b.down(b.post("/signin", "address", "ann@fernbank.example", "password", old))
	b.down(b.post("/signin", "address", "bob@fernbank.example", "password", old))

	says.Store(nil)
	s.advance(time.Minute)
	s.engine.Wake()
	code := b.code("ann@fernbank.example", 1)
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/reset") // the code that came too early cost no try
	b.signsIn("ann@fernbank.example", old)

	// too many passwords are hashed at once. Nothing is lost, and the browser is told when to come again.
	says.Store(&password.ErrBusy)
	b.down(b.post("/signin", "address", "ann@fernbank.example", "password", old))
	for path, form := range map[string][]string{
		"/recover/reset": {"password", fresh}, "/account/password": {"current", old, "password", fresh},
	} {
		a := b.post(path, form...)
		if a.status != 503 || a.header.Get("Retry-After") != "5" || !a.has(b.text("busy.head")) || strings.Contains(a.body, fresh) {
			t.Errorf("%s: %d %s", path, a.status, words(a.body))
		}
	}
	says.Store(nil)
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
}

// The mail server is down: the same page, and the mail goes out when it is back, unless its code has run out by then.
func TestMailServerDown(t *testing.T) {
	t.Parallel()
	var refuses atomic.Bool
	s := newSite(t, func(o *setup) {
		o.mailbox.Hook = func(mailbox.Step, string, string) error {
			if refuses.Load() {
				return &mailbox.Reply{Code: 451, Text: "come again"}
			}
			return nil
		}
	})
	s.account("ann@fernbank.example")
	healthy := s.browser()
	healthy.asks("ann@fernbank.example")
	s.settled()
	want := healthy.get("/recover/code")
	refuses.Store(true)
	b := s.browser()
	b.asks("ann@fernbank.example")
	s.settled()
	if a := b.get("/recover/code"); a.plain() != want.plain() || a.status != want.status {
		t.Errorf("the page differs: %s", difference(a.plain(), want.plain()))
	}
	refuses.Store(false)
	s.advance(time.Minute)
	s.engine.Wake()
	b.expect(b.post("/recover/code", "code", b.code("ann@fernbank.example", 2)), 303, "/recover/reset")

	refuses.Store(true)
	late := s.browser()
	late.asks("ann@fernbank.example")
	s.settled()
	s.advance(15 * time.Minute)
	refuses.Store(false)
	s.engine.Wake()
	s.settled()
	if n := len(s.box.Mails()); n != 2 {
		t.Errorf("%d mails: a code that had run out was sent", n)
	}
}

// A fault of the program is a page with words. The log gets where it was, but nothing of what the person brought: paths hold links,
// forms hold passwords.
func TestPanic(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	broken := *s.web
	broken.Engine = engine.New(engine.Ports{}, engine.Settings{}, s.logger()) // of which every use is a nil pointer
	server := httptest.NewServer(broken.guard(broken.routes()))
	defer server.Close()
	const link, code = "Zm9yIHRoZSBsb2cgdGVzdA", "48219073"
	for _, c := range []struct{ method, path, form string }{
		{"GET", "/go/" + link, ""}, {"POST", "/go/" + link, ""}, {"GET", "/stop/" + link, ""}, {"POST", "/stop/" + link, ""},
		{"POST", "/recover/questions", "answer-1=" + code + "&answer-2=x"}, {"POST", "/recover/saved", "saved=" + code}, {"POST", "/recover/code", "code=" + code}, {"GET", "/recover/code", ""},
	} {
		r, err := http.NewRequest(c.method, server.URL+c.path, strings.NewReader(c.form))
		must(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", fmt.Sprintf("__Host-%s=%s; __Host-%s=%s", cookieRequest, link, cookieSignIn, link))
		b := s.browser()
		b.client = &http.Client{}
		b.down(b.send(r))
	}
	log := s.log.String()
	if strings.Contains(log, link) || strings.Contains(log, code) {
		t.Errorf("the log tells too much:\n%s", log)
	}
	if !strings.Contains(log, "nil pointer") || !strings.Contains(log, "/go/{link}") || !strings.Contains(log, "goroutine") {
		t.Errorf("the log does not tell where it was:\n%s", log)
	}
	if strings.Contains(log, "http: panic serving") {
		t.Error("the fault reached the server")
	}
}
