package widget

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// ask sends a request to the handler. Headers are pairs.
func (s *stand) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/scratch/"+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// told is the body of an answer.
func told(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return out
}

// body is JSON of pairs.
func body(pairs ...any) string {
	m := map[string]any{"site": siteKey, "action": "sign-up"}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	b, _ := json.Marshal(m)
	return string(b)
}

// solved gets a ticket and does its work.
func (s *stand) solved(t testing.TB, mode string, headers ...string) (ticket, work string) {
	t.Helper()
	d := told(t, s.ask("POST", "deal", body("mode", mode), headers...))
	w := d["work"].(map[string]any)
	salt, err := hex.DecodeString(w["salt"].(string))
	if err != nil || len(salt) != 16 {
		t.Fatal(w, err)
	}
	return d["ticket"].(string), scratch.Work{Salt: [16]byte(salt), Parts: int(w["parts"].(float64)), Bits: int(w["bits"].(float64))}.Solve().String()
}

// dealt gets a card.
func (s *stand) dealt(t testing.TB, mode string, headers ...string) map[string]any {
	t.Helper()
	ticket, work := s.solved(t, mode, headers...)
	w := s.ask("POST", "card", body("ticket", ticket, "work", work), headers...)
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return told(t, w)
}

// trace is a right answer to a card that is to be rubbed.
func (s *stand) trace(t testing.TB, card string) string {
	t.Helper()
	places, err := scratchtest.Tap(s.keys, card, 1)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, p := range places {
		out = append(out, fmt.Sprintf("%d,%d,%d,1;%d,%d,%d,0", p.X*10, p.Y*10, 2*i, p.X*10, p.Y*10, 2*i+1))
	}
	return strings.Join(out, ";")
}

// passed is a response.
func (s *stand) passed(t testing.TB, headers ...string) string {
	t.Helper()
	card := s.dealt(t, "rub", headers...)["card"].(string)
	v := told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card)), headers...))
	if v["result"] != "pass" {
		t.Fatal(v)
	}
	return v["response"].(string)
}

func (s *stand) verify(form url.Values) *httptest.ResponseRecorder {
	return s.ask("POST", "siteverify", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func TestTheWholeWay(t *testing.T) {
	s := newStand(t)
	d := s.dealt(t, "rub")
	for _, name := range []string{"open", "cover"} {
		w := s.ask("GET", d[name].(string), "")
		if w.Code != 200 || w.Header().Get("Content-Type") != "image/jpeg" || w.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	card := d["card"].(string)
	if w := s.ask("GET", "numbered/"+card, ""); w.Code != 404 {
		t.Errorf("a card to rub is shown with numbers: %d", w.Code)
	}
	v := told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card)), "Origin", s.own))
	if v["result"] != "pass" || v["response"] == "" || len(v) != 2 {
		t.Fatal(v)
	}
	if w := s.ask("GET", d["open"].(string), ""); w.Code != http.StatusGone || told(t, w)["error"] != "over" {
		t.Errorf("a spent card is shown: %d", w.Code)
	}
	again := told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card))))
	if !maps.Equal(again, map[string]any{"result": "fail", "reason": ""}) {
		t.Errorf("a card twice: %v", again)
	}
	got := told(t, s.verify(url.Values{"secret": {siteSecret}, "response": {v["response"].(string)}}))
	at, err := time.Parse(time.RFC3339, got["challenge_ts"].(string))
	if got["success"] != true || got["hostname"] != "127.0.0.1" || got["action"] != "sign-up" || err != nil || time.Since(at) > time.Minute {
		t.Errorf("siteverify: %v", got)
	}
}

func TestListenAndNoPuzzle(t *testing.T) {
	s := newStand(t)
	d := s.dealt(t, "listen")
	calls, slow := d["calls"].([]any), d["slow"].([]any)
	if len(calls) != 8 || len(slow) != 8 || calls[0] == slow[0] {
		t.Fatal(d)
	}
	for _, address := range []string{calls[7].(string), slow[0].(string)} {
		if w := s.ask("GET", address, ""); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "audio/") {
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		}
	}
	for _, n := range []string{"0", "9", "01", "x", "-1"} {
		if w := s.ask("GET", "call/"+d["card"].(string)+"/"+n, ""); w.Code != 404 {
			t.Errorf("call %s: %d", n, w.Code)
		}
	}
	s.pass(3 * time.Second)
	picks, _ := scratchtest.Pick(s.keys, d["card"].(string))
	if v := told(t, s.ask("POST", "judge", body("card", d["card"], "picks", picks))); v["result"] != "pass" {
		t.Error(v)
	}
	if d := s.dealt(t, "none"); len(d) != 1 || d["response"] == "" {
		t.Error(d)
	}
}

func TestReasonsAndRounds(t *testing.T) {
	s := newStand(t, func(c *scratch.Config) { c.RubAfter = time.Second })
	judge := func() map[string]any {
		card := s.dealt(t, "rub")["card"].(string)
		return told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card))))
	}
	if v := judge(); v["result"] != "fail" || v["reason"] != "too_fast" {
		t.Error(v)
	}
	card := s.dealt(t, "rub")["card"].(string)
	s.pass(11 * time.Minute)
	if v := told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card)))); v["reason"] != "too_slow" {
		t.Error(v)
	}
	ticket, work := s.solved(t, "rub")
	s.pass(11 * time.Minute)
	if w := s.ask("POST", "card", body("ticket", ticket, "work", work)); w.Code != http.StatusGone || told(t, w)["error"] != "over" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	s.twice.Store(true)
	card = s.dealt(t, "rub")["card"].(string)
	s.pass(2 * time.Second)
	v := told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card))))
	if v["result"] != "again" || v["again"] != secondRound || len(v) != 2 {
		t.Error(v)
	}
	if s.ask("POST", "deal", body("mode", "rub", "again", v["again"])); s.rounds.Load() != 1 {
		t.Error("no second round was dealt")
	}
	if w := s.ask("POST", "deal", body("mode", "rub", "again", "made up")); w.Code != 400 {
		t.Errorf("a round that was made up: %d", w.Code)
	}
}

// An answer that cannot be read costs the card like a wrong one, and the guard is told.
func TestUnreadableAnswersCostTheCard(t *testing.T) {
	s := newStand(t)
	for i, bad := range []any{"", "1,2", "99999999999,0,0,1", "0,0,0,3"} {
		card := s.dealt(t, "rub")["card"].(string)
		if v := told(t, s.ask("POST", "judge", body("card", card, "trace", bad))); v["result"] != "fail" {
			t.Errorf("%q: %v", bad, v)
		}
		if v := told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card)))); v["result"] != "fail" {
			t.Errorf("%q did not cost the card", bad)
		}
		if failed := s.get().failed; failed != 2*i+2 {
			t.Errorf("the guard was told of %d failures", failed)
		}
	}
	for _, picks := range [][]int{{}, {0}, {10}, {2, 2}, {-1}} {
		card := s.dealt(t, "listen")["card"].(string)
		s.pass(3 * time.Second)
		s.ask("POST", "judge", body("card", card, "picks", picks))
		right, _ := scratchtest.Pick(s.keys, card)
		if v := told(t, s.ask("POST", "judge", body("card", card, "picks", right))); v["result"] != "fail" {
			t.Errorf("%v did not cost the card", picks)
		}
	}
}

// strict is bodies that are refused before anything else happens.
var strict = map[string]string{
	"empty":           ``,
	"no object":       `["site"]`,
	"text":            `"site"`,
	"unknown field":   `{"site":"shop-1","action":"sign-up","mode":"rub","x":"1"}`,
	"other case":      `{"Site":"shop-1","action":"sign-up","mode":"rub"}`,
	"second field":    `{"site":"shop-1","action":"sign-up","mode":"rub","mode":"rub"}`,
	"escaped second":  `{"site":"shop-1","action":"sign-up","mode":"rub","\u006dode":"none"}`,
	"missing field":   `{"site":"shop-1","mode":"rub"}`,
	"trailing object": `{"site":"shop-1","action":"sign-up","mode":"rub"}{}`,
	"trailing byte":   `{"site":"shop-1","action":"sign-up","mode":"rub"}x`,
	"cut short":       `{"site":"shop-1","action":"sign-up","mode":"rub"`,
	"number":          `{"site":"shop-1","action":"sign-up","mode":1}`,
	"null":            `{"site":"shop-1","action":null,"mode":"rub"}`,
	"nested":          `{"site":"shop-1","action":{"a":"b"},"mode":"rub"}`,
	"unknown mode":    `{"site":"shop-1","action":"sign-up","mode":"pick"}`,
	"empty action":    `{"site":"shop-1","action":"","mode":"rub"}`,
	"long action":     `{"site":"shop-1","action":"` + strings.Repeat("a", 129) + `","mode":"rub"}`,
	"not UTF-8":       "{\"site\":\"shop-1\",\"action\":\"\xff\",\"mode\":\"rub\"}",
	"another's field": `{"site":"shop-1","action":"sign-up","mode":"rub","card":"x"}`,
	"too large":       `{"site":"shop-1","action":"` + strings.Repeat(" ", 96<<10) + `","mode":"rub"}`,
}

func TestStrictBodies(t *testing.T) {
	s := newStand(t)
	if w := s.ask("POST", "deal", `{"site":"shop-1","action":"sign-up","mode":"rub"}`+"\n "); w.Code != 200 {
		t.Fatalf("a good one: %d %s", w.Code, w.Body)
	}
	for name, body := range strict {
		if w := s.ask("POST", "deal", body); w.Code != 400 || told(t, w)["error"] != "bad-request" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	card := s.dealt(t, "listen")["card"].(string)
	for _, rest := range []string{``, `,"picks":null`, `,"picks":[null]`, `,"picks":["1"]`, `,"picks":[1.5]`, `,"picks":[1,2],"trace":""`, `,"picks":{}`,
		`,"picks":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]`} {
		if w := s.ask("POST", "judge", `{"site":"shop-1","action":"sign-up","card":"`+card+`"`+rest+`}`); w.Code != 400 {
			t.Errorf("%s: %d %s", rest, w.Code, w.Body)
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", ";"} {
		if w := s.ask("POST", "deal", body("mode", "rub"), "Content-Type", kind); w.Code != 400 {
			t.Errorf("as %q: %d", kind, w.Code)
		}
	}
	for path, fields := range map[string][]any{
		"card":  {"ticket", "x", "work", "y"},
		"judge": {"card", "x", "trace", "y", "z", "z"},
	} {
		if w := s.ask("POST", path, body(fields...)); w.Code != 400 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	ticket, work := s.solved(t, "rub")
	if w := s.ask("POST", "card", body("ticket", ticket, "work", strings.Repeat("A", len(work)))); w.Code != 400 {
		t.Errorf("work not done: %d", w.Code)
	}
}

func TestMethods(t *testing.T) {
	s := newStand(t)
	for _, path := range []string{"deal", "card", "judge"} {
		for _, method := range []string{"GET", "PUT", "DELETE", "PATCH"} {
			if w := s.ask(method, path, ""); w.Code != http.StatusMethodNotAllowed || !strings.Contains(w.Header().Get("Allow"), "POST") {
				t.Errorf("%s %s: %d %v", method, path, w.Code, w.Header())
			}
		}
	}
	for _, path := range []string{"open/x", "words/en", "scratch.js", "call/x/1"} {
		if w := s.ask("POST", path, ""); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, w.Code)
		}
	}
	if w := s.ask("GET", "open/nonsense", ""); w.Code != 400 {
		t.Errorf("%d", w.Code)
	}
}

// The matrix of who may ask for what: origin by route.
func TestOrigins(t *testing.T) {
	s := newStand(t)
	d := s.dealt(t, "rub")
	const no = http.StatusForbidden
	for _, c := range []struct {
		name, origin string
		site         string
		ok           bool
		mirrored     bool // the page may read the answer
	}{
		{"our own page, GET", "", siteKey, true, false},
		{"our own page", s.own, siteKey, true, false},
		{"the shop", s.shop, siteKey, true, true},
		{"the shop, in another scheme", strings.Replace(s.shop, "http:", "https:", 1), siteKey, false, false},
		{"the shop, on another port", s.shop + "0", siteKey, false, false},
		{"a name that begins alike", s.shop + ".evil.example", siteKey, false, false},
		{"elsewhere", "https://evil.example", siteKey, false, false},
		{"hidden", "null", siteKey, false, false},
		{"with a path", s.shop + "/", siteKey, false, false},
		{"the shop for another site", s.shop, "shop-2", false, false},
		{"nonsense", "%", siteKey, false, false},
	} {
		headers := []string{}
		if c.origin != "" {
			headers = []string{"Origin", c.origin}
		}
		q := "?site=" + c.site
		posted, _ := json.Marshal(map[string]string{"site": c.site, "action": "sign-up", "mode": "rub"})
		for route, w := range map[string]*httptest.ResponseRecorder{
			"POST":      s.ask("POST", "deal"+q, string(posted), headers...),
			"preflight": s.ask("OPTIONS", "judge"+q, "", headers...),
			"picture":   s.ask("GET", "open/"+d["card"].(string)+q, "", headers...),
			"words":     s.ask("GET", "words/en"+q, "", headers...),
		} {
			if ok := w.Code < 300; ok != c.ok || !ok && (w.Code != no || !slices.Contains([]any{"origin", "site"}, told(t, w)["error"])) {
				t.Errorf("%s, %s: %d %s", c.name, route, w.Code, w.Body)
			}
			allowed := w.Header().Get("Access-Control-Allow-Origin")
			if (allowed == c.origin && allowed != "") != c.mirrored || allowed == "*" {
				t.Errorf("%s, %s: allows %q", c.name, route, allowed)
			}
			if !slices.Contains(w.Header().Values("Vary"), "Origin") || w.Header().Get("Access-Control-Allow-Credentials") != "" || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s, %s: %v", c.name, route, w.Header())
			}
		}
	}
	w := s.ask("OPTIONS", "deal?site="+siteKey, "", "Origin", s.shop)
	if w.Header().Get("Access-Control-Allow-Methods") != "POST" || w.Header().Get("Access-Control-Allow-Headers") != "Content-Type" {
		t.Error(w.Header())
	}
	// A site that is not there is refused on our own pages as well.
	if w := s.ask("POST", "deal", `{"site":"shop-2","action":"a","mode":"rub"}`); w.Code != no || told(t, w)["error"] != "site" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// What was dealt to one page is no good to another.
func TestBoundToTheHost(t *testing.T) {
	s := newStand(t)
	shop := []string{"Origin", s.shop}
	ticket, work := s.solved(t, "rub", shop...)
	if w := s.ask("POST", "card", body("ticket", ticket, "work", work)); w.Code != 400 {
		t.Errorf("the shop's ticket is good on our own page: %d", w.Code)
	}
	card := s.dealt(t, "rub", shop...)["card"].(string)
	if v := told(t, s.ask("POST", "judge", body("card", card, "trace", s.trace(t, card)))); v["result"] != "fail" {
		t.Errorf("the shop's card is good on our own page: %v", v)
	}
	got := told(t, s.verify(url.Values{"secret": {siteSecret}, "response": {s.passed(t, shop...)}}))
	if got["success"] != true || got["hostname"] != "localhost" {
		t.Error(got)
	}
}

func TestGuard(t *testing.T) {
	s := newStand(t)
	s.set(func(g *rules) { g.level = 2 })
	bits := told(t, s.ask("POST", "deal", body("mode", "rub")))["work"].(map[string]any)["bits"].(float64)
	if bits != 6+4 {
		t.Errorf("level 2 asks for %v bits", bits)
	}
	s.set(func(g *rules) { *g = rules{} })
	d, judged := s.dealt(t, "rub"), s.dealt(t, "rub")
	ticket, work := s.solved(t, "rub")
	routes := map[string]func() *httptest.ResponseRecorder{
		"deal": func() *httptest.ResponseRecorder { return s.ask("POST", "deal", body("mode", "rub"), "Origin", s.shop) },
		"card": func() *httptest.ResponseRecorder { return s.ask("POST", "card", body("ticket", ticket, "work", work)) },
		"judge": func() *httptest.ResponseRecorder {
			return s.ask("POST", "judge", body("card", judged["card"], "trace", ""))
		},
		"open": func() *httptest.ResponseRecorder { return s.ask("GET", d["open"].(string), "") },
	}
	for name, ask := range routes {
		s.set(func(g *rules) {
			g.deal, g.picture, g.test = 90500*time.Millisecond, 90500*time.Millisecond, 90500*time.Millisecond
		})
		w := ask()
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "91" ||
			!maps.Equal(told(t, w), map[string]any{"error": "limited", "retry_after": 91.}) {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
		if name == "deal" && w.Header().Get("Access-Control-Allow-Origin") != s.shop {
			t.Error("the page cannot read that it is limited")
		}
		s.set(func(g *rules) { *g = rules{err: errors.New("the counter is down")} })
		if w := ask(); w.Code != 503 || strings.Contains(w.Body.String(), "counter") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		s.set(func(g *rules) { *g = rules{} })
		if w := ask(); w.Code != 200 {
			t.Errorf("%s after all: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestSiteVerify(t *testing.T) {
	s := newStand(t)
	errorsOf := func(w *httptest.ResponseRecorder) string {
		t.Helper()
		got := told(t, w)
		if got["success"] != false || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v", got)
		}
		return fmt.Sprint(got["error-codes"])
	}
	used := s.passed(t)
	s.verify(url.Values{"secret": {siteSecret}, "response": {used}})
	old := s.passed(t)
	s.pass(121 * time.Second)
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"response": {"x"}}, "[missing-input-secret]"},
		{url.Values{}, "[missing-input-secret]"},
		{url.Values{"secret": {"nobody's"}, "response": {"x"}}, "[invalid-input-secret]"},
		{url.Values{"secret": {siteSecret}}, "[missing-input-response]"},
		{url.Values{"secret": {siteSecret}, "response": {"made up"}}, "[invalid-input-response]"},
		{url.Values{"secret": {siteSecret}, "response": {used}}, "[timeout-or-duplicate]"},
		{url.Values{"secret": {siteSecret}, "response": {old}}, "[timeout-or-duplicate]"},
		{url.Values{"secret": {siteSecret, siteSecret}, "response": {"x"}}, "[bad-request]"},
		{url.Values{"secret": {siteSecret}, "response": {strings.Repeat("x", 9000)}}, "[bad-request]"},
	} {
		if got := errorsOf(s.verify(c.form)); got != c.want {
			t.Errorf("%.80v: %s, want %s", c.form, got, c.want)
		}
		asJSON := map[string]string{}
		for k, v := range c.form {
			asJSON[k] = v[0]
		}
		b, _ := json.Marshal(asJSON)
		if got := errorsOf(s.ask("POST", "siteverify", string(b))); len(c.form["secret"]) < 2 && got != c.want {
			t.Errorf("%.80s: %s, want %s", b, got, c.want)
		}
	}
	for _, c := range [][2]string{{"application/json", `{"secret":"a","secret":"b"}`}, {"text/plain", "secret=a"}, {"", ""}, {"application/x-www-form-urlencoded", "%zz"}} {
		if got := errorsOf(s.ask("POST", "siteverify", c[1], "Content-Type", c[0])); got != "[bad-request]" {
			t.Errorf("%v: %s", c, got)
		}
	}
	good := s.passed(t)
	w := s.ask("POST", "siteverify", `{"secret":"`+siteSecret+`","response":"`+good+`","remoteip":"192.0.2.1","sitekey":"shop-1"}`)
	if got := told(t, w); got["success"] != true || fmt.Sprint(got["error-codes"]) != "[]" {
		t.Errorf("as JSON: %v", got)
	}
}

// When the program cannot tell, nobody is let in, and the response is not used up.
func TestSiteVerifyDown(t *testing.T) {
	s := newStand(t)
	response := s.passed(t)
	config := s.handler.config
	config.Secret = func(context.Context, string) (string, error) { return "", errors.New("the database is down") }
	down, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/scratch/siteverify", strings.NewReader(`{"secret":"x","response":"`+response+`"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	down.ServeHTTP(w, r)
	if got := told(t, w); w.Code != http.StatusServiceUnavailable || got["success"] != false || fmt.Sprint(got["error-codes"]) != "[internal-error]" {
		t.Errorf("%d %v", w.Code, got)
	}
	if got := told(t, s.verify(url.Values{"secret": {siteSecret}, "response": {response}})); got["success"] != true {
		t.Errorf("afterwards: %v", got)
	}
}

// Of many back ends that ask about one response at the same moment, one is told yes.
func TestSiteVerifyOnce(t *testing.T) {
	s := newStand(t)
	response := s.passed(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	yes := 0
	for range 100 {
		all.Go(func() {
			if strings.Contains(s.verify(url.Values{"secret": {siteSecret}, "response": {response}}).Body.String(), `"success":true`) {
				mu.Lock()
				yes++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if yes != 1 {
		t.Errorf("told yes %d times", yes)
	}
}

func TestWords(t *testing.T) {
	s := newStand(t)
	english, _ := Words("en")
	for asked, want := range map[string][2]string{
		"en": {"en", "ltr"}, "en-GB": {"en", "ltr"}, "es-MX": {"es", "ltr"}, "zh-Hans": {"zh-Hans", "ltr"}, "zh-CN": {"zh-Hans", "ltr"},
		"ar": {"ar", "rtl"}, "AR-eg": {"ar", "rtl"}, "de": {"en", "ltr"}, "x": {"en", "ltr"}, "fr": {"fr", "ltr"}, strings.Repeat("fr", 40): {"en", "ltr"},
	} {
		got := told(t, s.ask("GET", "words/"+asked, ""))
		if got["lang"] != want[0] || got["dir"] != want[1] || len(got["words"].(map[string]any)) != len(english) {
			t.Errorf("%s: %v %v", asked, got["lang"], got["dir"])
		}
	}
	if w := told(t, s.ask("GET", "words/fr", ""))["words"].(map[string]any); w["rub_title"] != "Grattez" || w["cancel"] != english["cancel"] {
		t.Errorf("the program's own words: %v", w["rub_title"])
	}
	script := string(composed().plain)
	for lang, texts := range languages() {
		for key, text := range texts {
			if english[key] == "" || text == "" {
				t.Errorf("%s: %s", lang, key)
			}
			for _, hole := range []string{"{n}", "{percent}", "{time}"} {
				if strings.Contains(text, hole) != strings.Contains(english[key], hole) {
					t.Errorf("%s: %s fills in other things than English does", lang, key)
				}
			}
		}
	}
	for key := range english {
		stem := strings.TrimSuffix(strings.TrimSuffix(key, "_head"), "_text")
		stem = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(stem, "rub"), "listen"), "none")
		if !strings.Contains(script, `"`+key+`"`) && !strings.Contains(script, stem) {
			t.Errorf("no part of the script says %s", key)
		}
	}
}

func TestScriptIsServed(t *testing.T) {
	s := newStand(t)
	w := s.ask("GET", "scratch.js", "")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("Content-Encoding") != "" ||
		w.Header().Get("Content-Security-Policy") != "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'" ||
		w.Header().Get("Cross-Origin-Resource-Policy") != "cross-origin" || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	address := strings.TrimPrefix(ScriptAddress("/scratch"), "/scratch/")
	packed := s.ask("GET", address, "", "Accept-Encoding", "br;q=1, gzip")
	if packed.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Error(packed.Header())
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(plain, w.Body.Bytes()) {
		t.Error("packed and plain differ", err)
	}
	if s.ask("GET", "scratch.js?v=old", "").Header().Get("Cache-Control") != "no-cache" {
		t.Error("an old address is kept for good")
	}
	if s.ask("GET", "scratch.js", "", "Accept-Encoding", "gzip; q=0").Header().Get("Content-Encoding") != "" {
		t.Error("packed for who does not want it")
	}
	if w := s.ask("GET", "scratch.js", "", "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("%d", w.Code)
	}
}

func TestConfigIsChecked(t *testing.T) {
	s := newStand(t)
	good := s.handler.config
	for name, change := range map[string]func(*Config){
		"no dealer": func(c *Config) { c.Dealer = nil }, "no site": func(c *Config) { c.Site = nil }, "no origin": func(c *Config) { c.Origin = "" },
		"a path": func(c *Config) { c.Origin = "https://a.example/b" }, "no scheme": func(c *Config) { c.Origin = "a.example" },
		"relative": func(c *Config) { c.Prefix = "scratch" }, "pattern": func(c *Config) { c.Prefix = "/{x}" },
	} {
		c := good
		change(&c)
		if _, err := New(c); err == nil {
			t.Error(name)
		}
	}
	if _, err := New(Config{Dealer: good.Dealer, Origin: "https://a.example", Site: good.Site}); err != nil {
		t.Error("the least:", err)
	}
}

func FuzzBody(f *testing.F) {
	for _, b := range strict {
		if len(b) < 1000 {
			f.Add([]byte(b))
		}
	}
	f.Add([]byte(body("card", "x", "picks", []int{1, 2})))
	f.Fuzz(func(t *testing.T, in []byte) {
		names := []string{"site", "action", "mode", "card", "trace", "picks"}
		q, err := parse(in, names)
		if err != nil {
			return
		}
		// What is taken says the same to a reader that is not strict.
		var loose map[string]any
		if err := json.Unmarshal(in, &loose); err != nil {
			t.Fatalf("%q is taken and is no JSON: %v", in, err)
		}
		if len(loose) != len(q.has) {
			t.Fatalf("%q: %v, %v", in, loose, q.has)
		}
		for name, v := range loose {
			switch {
			case !q.has[name]:
				t.Fatalf("%q: no %s", in, name)
			case name == "picks":
				if fmt.Sprint(v) != fmt.Sprint(q.Picks) && len(q.Picks) > 0 {
					for i, p := range v.([]any) {
						if p.(float64) != float64(q.Picks[i]) {
							t.Fatalf("%q: %v, %v", in, v, q.Picks)
						}
					}
				}
			case v != *q.field(name):
				t.Fatalf("%q: %s is %v, %q", in, name, v, *q.field(name))
			}
		}
	})
}

// Pages elsewhere cannot show a card's pictures, but they could have their visitors' browsers ask for hundreds: an <img> sends no Origin.
// None of that is counted or drawn.
func TestAttackPicturesInAnotherPage(t *testing.T) {
	s := newStand(t)
	d := s.dealt(t, "rub")
	s.set(func(g *rules) { g.err = errors.New("it was counted") })
	for _, from := range []string{"cross-site", "same-site"} {
		for _, path := range []string{d["open"].(string), "cover/none", "call/none/1"} {
			if w := s.ask("GET", path, "", "Sec-Fetch-Site", from, "Sec-Fetch-Mode", "no-cors"); w.Code != http.StatusForbidden {
				t.Errorf("%s, %s: %d %s", from, path, w.Code, w.Body)
			}
		}
	}
	s.set(func(g *rules) { *g = rules{} })
	for _, headers := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "cross-site", "Origin", s.shop}} {
		if w := s.ask("GET", d["open"].(string), "", headers...); w.Code != 200 {
			t.Errorf("%v: %d", headers, w.Code)
		}
	}
}
