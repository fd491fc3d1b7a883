package widget

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
	"twohens/scratch/siteverify"
)

// stand is a challenge server with a real dealer, and a shop elsewhere whose page has the element.
type stand struct {
	*scratch.Dealer
	keys    scratch.Keys
	handler *Handler
	own     string // origin of the challenge server, 127.0.0.1
	shop    string // origin of the shop, localhost
	ahead   atomic.Int64
	twice   atomic.Bool  // a right answer gets a second round
	rounds  atomic.Int32 // second rounds dealt

	mu    sync.Mutex
	guard rules
	asked []string // requests, as "POST deal rub"
}

// rules are what the stand's guard does.
type rules struct {
	level               scratch.Level
	deal, picture, test time.Duration // waits
	err                 error
	failed              int
}

const (
	siteKey    = "shop-1"
	siteSecret = "the shop's secret"
)

func (s *stand) now() time.Time        { return time.Now().Add(time.Duration(s.ahead.Load())) }
func (s *stand) pass(by time.Duration) { s.ahead.Add(int64(by)) }

// newStand starts both servers.
func newStand(t testing.TB, changes ...func(*scratch.Config)) *stand {
	t.Helper()
	s := &stand{}
	secret := make([]byte, 32)
	rand.Read(secret)
	var err error
	if s.keys, err = scratch.NewKeys(scratch.Key{ID: "a", Secret: secret}); err != nil {
		t.Fatal(err)
	}
	c := scratch.Config{Keys: s.keys, Spent: scratch.NewMemory(1<<12, s.now), Now: s.now, RubAfter: time.Nanosecond, Bits: 6}
	for _, change := range changes {
		change(&c)
	}
	if s.Dealer, err = scratch.New(c); err != nil {
		t.Fatal(err)
	}
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r) }))
	t.Cleanup(own.Close)
	shop := httptest.NewServer(http.HandlerFunc(s.page))
	t.Cleanup(shop.Close)
	s.own, s.shop = own.URL, strings.Replace(shop.URL, "127.0.0.1", "localhost", 1)
	s.handler, err = New(Config{
		Dealer: dealer{s}, Origin: s.own, Site: s.site, Secret: s.secret, Guard: limits{s}, Now: s.now, Log: slog.New(slog.DiscardHandler), Example: siteKey,
		Words: func(lang string) map[string]string {
			return map[string]map[string]string{"fr": {"rub_title": "Grattez"}}[lang]
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stand) site(_ context.Context, key string) (Site, error) {
	if key != siteKey {
		return Site{}, ErrNoSite
	}
	return Site{Name: "Shop", Origins: []string{s.shop}}, nil
}

func (s *stand) secret(_ context.Context, secret string) (string, error) {
	if secret != siteSecret {
		return "", ErrNoSite
	}
	return siteKey, nil
}

func (s *stand) set(change func(*rules)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.guard)
}

func (s *stand) get() rules {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guard
}

// requests is how many there were of a kind.
func (s *stand) requests(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, a := range s.asked {
		if strings.HasPrefix(a, kind) {
			n++
		}
	}
	return n
}

// limits is the stand's Guard.
type limits struct{ *stand }

func (l limits) Deal(context.Context, *http.Request, scratch.Offer) (scratch.Level, time.Duration, error) {
	g := l.get()
	return g.level, g.deal, g.err
}

func (l limits) Picture(context.Context, *http.Request) (time.Duration, error) {
	g := l.get()
	return g.picture, g.err
}

func (l limits) Judge(context.Context, *http.Request, scratch.Place) (time.Duration, error) {
	g := l.get()
	return g.test, g.err
}

func (l limits) Failed(context.Context, *http.Request, scratch.Place) {
	l.set(func(g *rules) { g.failed++ })
}

// dealer is the stand's Dealer: a real one, but that a second round is asked for when the test wants one, and only then. Tests
// rub as no hand does, so where the real one asks, the stand plays its second round for them.
type dealer struct{ *stand }

const secondRound = "the second round"

func (d dealer) Judge(ctx context.Context, card string, at scratch.Place, a scratch.Answer) (scratch.Verdict, error) {
	v, err := d.Dealer.Judge(ctx, card, at, a)
	if v.Result == scratch.Again {
		v, err = d.second(ctx, at, v.Again)
	}
	if v.Result == scratch.Pass && d.twice.CompareAndSwap(true, false) {
		return scratch.Verdict{Result: scratch.Again, Again: secondRound}, err
	}
	return v, err
}

// second deals a second round and answers it rightly.
func (d dealer) second(ctx context.Context, at scratch.Place, again string) (scratch.Verdict, error) {
	t, err := d.Dealer.Deal(scratch.Offer{Place: at, Mode: scratch.Rub, Again: again})
	if err != nil {
		return scratch.Verdict{}, err
	}
	drawn, err := d.Dealer.Draw(t.Sealed, t.Work.Solve(), at)
	if err != nil {
		return scratch.Verdict{}, err
	}
	places, err := scratchtest.Tap(d.keys, drawn.Card, 1)
	if err != nil {
		return scratch.Verdict{}, err
	}
	var a scratch.Answer
	for _, p := range places {
		a.Trace = append(a.Trace, scratch.TracePoint{X: p.X * 10, Y: p.Y * 10, Down: true}, scratch.TracePoint{X: p.X * 10, Y: p.Y * 10})
	}
	from, err := scratchtest.From(d.keys, drawn.Card)
	if err != nil {
		return scratch.Verdict{}, err
	}
	d.pass(max(from.Sub(d.now()), 0))
	return d.Dealer.Judge(ctx, drawn.Card, at, a)
}

func (d dealer) Deal(o scratch.Offer) (scratch.Ticket, error) {
	if o.Again == secondRound {
		d.rounds.Add(1)
		o.Again = ""
	}
	return d.Dealer.Deal(o)
}

// serve is the challenge server: the handler, and the same page as the shop's at /page.
func (s *stand) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/scratch/"))
	s.mu.Unlock()
	if strings.HasPrefix(r.URL.Path, "/scratch/") {
		s.handler.ServeHTTP(w, r)
		return
	}
	s.page(w, r)
}

const pageText = `<!doctype html>
<html lang="%s" dir="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Form</title><link rel="stylesheet" href="/page.css">
<script src="%s/scratch/scratch.js" defer></script></head><body><main><h1>Form</h1>
<form method="post" action="/sent"><p><label for="name">Name</label> <input id="name" name="name"></p>
<scratch-challenge site="shop-1" action="sign-up" %s></scratch-challenge>
<button name="go" value="yes">Send</button></form></main></body></html>`

const pageSheet = `:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; color: light-dark(#14261f, #edf4f1); background: light-dark(#fff, #182823); }
body { margin: 0; padding: 16px; } main { max-inline-size: 30rem; margin-inline: auto; } scratch-challenge { margin-block: 16px; }
input, button { font: inherit; min-block-size: 44px; max-inline-size: 100%; }`

// page is a form with the element. The query says how: policy, lang, dir, more (attributes), and whether it is our own page or
// the shop's follows from which server is asked.
func (s *stand) page(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	head := w.Header()
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "+
		strings.ReplaceAll(q.Get("policy"), "HOST", s.own))
	switch r.URL.Path {
	case "/page.css":
		head.Set("Content-Type", "text/css")
		fmt.Fprint(w, pageSheet)
	case "/page":
		head.Set("Content-Type", "text/html; charset=utf-8")
		base := s.own
		if "http://"+r.Host == s.own {
			base = ""
		}
		fmt.Fprintf(w, pageText, html.EscapeString(or(q.Get("lang"), "en")), html.EscapeString(or(q.Get("dir"), "ltr")), base, q.Get("more"))
	case "/sent":
		client := siteverify.Client{URL: s.own + "/scratch/siteverify", Secret: siteSecret, Action: "sign-up"}
		result, err := client.Verify(r.Context(), r.PostFormValue("scratch-response"))
		out, _ := json.Marshal(map[string]any{"result": result, "error": err, "form": r.PostForm})
		head.Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Sent</title><pre id="sent">%s</pre>`, html.EscapeString(string(out)))
	default:
		http.NotFound(w, r)
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// at is the address of a page.
func at(origin string, pairs ...string) string {
	q := url.Values{"policy": {"script-src 'self' HOST; connect-src 'self' HOST; worker-src 'self' blob:"}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return origin + "/page?" + q.Encode()
}
