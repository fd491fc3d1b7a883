package daemon_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/daemon"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/secret"
	"twohens/internal/staff"
)

// seat is a browser at the console.
type seat struct {
	t    *testing.T
	base string
	http *http.Client
}

// page is what the console answered.
type page struct {
	status int
	header http.Header
	body   string
}

const staffPassword = "seven brown hens on a fence"

// console begins the program with a console and two of the staff.
func console(t *testing.T, c *config.Config) *world {
	t.Helper()
	w := begin(t, c, daemon.Options{Console: socket(t, "127.0.0.1:0")})
	w.account("lucy@fernbank.example", "the old one nobody knows")
	chosen, err := password.New(staffPassword)
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]staff.Role{"dora": staff.Desk, "olga": staff.Operator} {
		if err := w.Staff.Add(t.Context(), name, role, chosen); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) seat(t *testing.T) *seat {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{t: t, base: "http://" + w.ConsoleAddress(), http: &http.Client{
		Timeout: 30 * time.Second, Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(s.http.CloseIdleConnections)
	return s
}

func (s *seat) do(method, path string, form url.Values, header ...string) page {
	s.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got, err := s.http.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return page{got.StatusCode, got.Header, string(text)}
}

func (s *seat) get(path string) page                   { s.t.Helper(); return s.do("GET", path, nil) }
func (s *seat) post(path string, form url.Values) page { s.t.Helper(); return s.do("POST", path, form) }

func (s *seat) signsIn(name string) {
	s.t.Helper()
	if p := s.post("/signin", url.Values{"name": {name}, "password": {staffPassword}}); p.status != http.StatusSeeOther || p.header.Get("Location") != "/" {
		s.t.Fatalf("%d to %q: %s", p.status, p.header.Get("Location"), p.body)
	}
}

// reference is that of a browser's request.
func (w *world) reference(request string) string {
	w.t.Helper()
	view, err := w.Engine.View(w.t.Context(), secret.ParseOpaque(request))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(view.Reference)
}

// the desk answers "where is my code" in one look-up, sees nothing that opens anything, and what it does is recorded.
func TestConsoleLookUp(t *testing.T) {
	onBoth(t, func(t *testing.T, c *config.Config) {
		w := console(t, c)
		request, nobodys := w.open("lucy@fernbank.example"), w.open("nobody@fernbank.example")
		code, link := w.code("lucy@fernbank.example")
		until(t, 30*time.Second, "both are settled", func() bool {
			return slices.Contains(w.kinds(request), engine.StepHandedOver) && slices.Contains(w.kinds(nobodys), engine.StepNothing)
		})
		s := w.seat(t)
		for _, path := range []string{"/", "/lookup?reference=" + w.reference(request), "/start", "/deliveries", "/records", "/sender/mail"} {
			if p := s.get(path); p.status != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), "/signin") {
				t.Errorf("%s without a sign-in: %d", path, p.status)
			}
		}
		s.signsIn("dora")
		p := s.get("/lookup?reference=" + url.QueryEscape(strings.ToLower(strings.ReplaceAll(w.reference(request), "-", " "))))
		for _, want := range []string{"Handed over", "250", "Code by e-mail", "There is one of that address."} {
			if p.status != 200 || !strings.Contains(p.body, want) {
				t.Errorf("%d, it lacks %q:\n%s", p.status, want, p.body)
			}
		}
		none := s.get("/lookup?reference=" + w.reference(nobodys))
		if !strings.Contains(none.body, "There is none of that address") {
			t.Errorf("of nobody's:\n%s", none.body)
		}
		// What may be said to anybody does not tell the two apart.
		first := regexp.MustCompile(`(?s)<main.*<details class="case">`)
		mark := regexp.MustCompile(`value="[^"]*"`)
		if a, b := mark.ReplaceAllString(first.FindString(p.body), ""), mark.ReplaceAllString(first.FindString(none.body), ""); a != b || a == "" {
			t.Errorf("above the fold:\n%s\n%s", a, b)
		}
		for what, private := range map[string]string{"the code": code, "the link": link, "the address": "lucy@fernbank.example", "the request's secret": request} {
			if strings.Contains(p.body, private) {
				t.Errorf("%s is shown", what)
			}
		}
		for typed, want := range map[string]string{"xx": "That is no reference", "222-222": "Nothing is known", "<script>": "That is no reference"} {
			if p := s.get("/lookup?reference=" + url.QueryEscape(typed)); !strings.Contains(p.body, want) || strings.Contains(p.body, "<script>") {
				t.Errorf("%q: %d\n%s", typed, p.status, p.body)
			}
		}
		for _, path := range []string{"/deliveries", "/records", "/sender/mail"} {
			if p := s.get(path); p.status != http.StatusForbidden {
				t.Errorf("the desk at %s: %d", path, p.status)
			}
		}
		if p := s.post("/sender/mail", url.Values{"to": {"off"}}); p.status != http.StatusForbidden {
			t.Errorf("the desk switches: %d", p.status)
		}

		started := s.post("/start", url.Values{"address": {"lucy@fernbank.example"}})
		again := s.post("/start", url.Values{"address": {"nobody@fernbank.example"}})
		ref := regexp.MustCompile(`[2-9A-Z]{3}-[2-9A-Z]{3}`)
		if a, b := ref.ReplaceAllString(started.body, ""), ref.ReplaceAllString(again.body, ""); started.status != 200 || a != b {
			t.Errorf("starting tells who has an account:\n%s\n%s", a, b)
		}
		if p := s.post("/start", url.Values{"address": {"nobody"}}); p.status != http.StatusUnprocessableEntity {
			t.Errorf("no address: %d", p.status)
		}

		o := w.seat(t)
		o.signsIn("olga")
		records := o.get("/records")
		for _, want := range []string{"dora", "Looked up", w.reference(request), "Started a recovery", "Signed in"} {
			if !strings.Contains(records.body, want) {
				t.Errorf("the records lack %q:\n%s", want, records.body)
			}
		}
		if strings.Contains(records.body, "lucy@") || strings.Contains(w.log.String(), "lucy@fernbank") {
			t.Error("an address is recorded")
		}
		if p := s.post("/signout", url.Values{}); p.status != http.StatusSeeOther {
			t.Error(p.status)
		}
		if p := s.get("/lookup"); p.status != http.StatusSeeOther {
			t.Errorf("after the sign-out: %d", p.status)
		}
	})
}

// Operators see deliveries and switch senders; it holds, and it is recorded.
func TestConsoleDeliveries(t *testing.T) {
	c := settings(t)
	w := console(t, c)
	request := w.open("lucy@fernbank.example")
	w.code("lucy@fernbank.example")
	until(t, 30*time.Second, "it is settled", func() bool { return slices.Contains(w.kinds(request), engine.StepHandedOver) })
	o := w.seat(t)
	o.signsIn("olga")
	for _, path := range []string{"/deliveries", "/deliveries?span=day"} {
		p := o.get(path)
		for _, want := range []string{"fernbank.example", "<rect class=\"taken\"", "Works", "Nothing waits."} {
			if p.status != 200 || !strings.Contains(p.body, want) {
				t.Errorf("%s lacks %q: %d\n%s", path, want, p.status, p.body)
			}
		}
	}
	if p := o.get("/sender/mail"); !strings.Contains(p.body, "Switch mail off?") {
		t.Errorf("%d %s", p.status, p.body)
	}
	for _, path := range []string{"/sender/nobody", "/sender/", "/nowhere"} {
		if p := o.get(path); p.status != http.StatusNotFound || !strings.Contains(p.body, "There is no such page") {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	if p := o.post("/sender/mail", url.Values{"to": {"sideways"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("sideways: %d", p.status)
	}
	for _, to := range []string{"off", "off", "on"} {
		if p := o.post("/sender/mail", url.Values{"to": {to}}); p.status != http.StatusSeeOther {
			t.Errorf("%s: %d", to, p.status)
		}
		if p := o.get("/deliveries"); strings.Contains(p.body, "Switched off by") != (to == "off") {
			t.Errorf("after %s:\n%s", to, p.body)
		}
	}
	if p := o.get("/records"); !strings.Contains(p.body, "Switched off") || !strings.Contains(p.body, "Switched on") {
		t.Error(p.body)
	}
}

// Attacks on the console: other sites, other roles, guesses, planted cookies, ways out by an address.
func TestAttackConsole(t *testing.T) {
	w := console(t, settings(t))
	s := w.seat(t)
	p := s.get("/signin")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if !strings.Contains(p.header.Get(name), want) {
			t.Errorf("%s: %q", name, p.header.Get(name))
		}
	}
	wrong := url.Values{"name": {"olga"}, "password": {"not the one at all"}}
	unknown := url.Values{"name": {"nobody"}, "password": {"not the one at all"}}
	a, b := s.post("/signin", wrong), s.post("/signin", unknown)
	if a.status != http.StatusUnprocessableEntity || strings.ReplaceAll(a.body, "olga", "") != strings.ReplaceAll(b.body, "nobody", "") {
		t.Errorf("it tells who is of the staff: %d %d", a.status, b.status)
	}
	for _, cross := range []string{"cross-site", "same-site"} {
		if p := s.do("POST", "/signin", url.Values{"name": {"olga"}, "password": {staffPassword}}, "Sec-Fetch-Site", cross); p.status != http.StatusForbidden {
			t.Errorf("posted from %s: %d", cross, p.status)
		}
	}
	if p := s.do("POST", "/signin", url.Values{"name": {"olga"}, "password": {staffPassword}}, "Sec-Fetch-Site", "", "Origin", "https://evil.example"); p.status != http.StatusForbidden {
		t.Errorf("posted from another origin: %d", p.status)
	}
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", "evil"} {
		s := w.seat(t)
		p := s.post("/signin", url.Values{"name": {"dora"}, "password": {staffPassword}, "next": {next}})
		if to, err := url.Parse(p.header.Get("Location")); err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(to.Path, "//") || strings.Contains(to.Path, `\`) {
			t.Errorf("next=%s leads to %q", next, p.header.Get("Location"))
		}
	}
	// A name made of somebody's and a network uses up nobody else's tries; whose it is not is not kept.
	for range 15 {
		w.seat(t).post("/signin", url.Values{"name": {"dora:127.0.0.1/32"}, "password": {"not the one at all"}})
	}
	for path, method := range map[string]string{"/lookup": "POST", "/start": "PUT", "/records": "DELETE", "/sender/mail": "PATCH"} {
		if p := s.do(method, path, url.Values{}); p.status != http.StatusMethodNotAllowed || p.header.Get("Allow") == "" {
			t.Errorf("%s %s: %d", method, path, p.status)
		}
	}
	// Guesses at one name end; the other's sign-in goes on.
	limited := false
	for range 15 {
		p := s.post("/signin", wrong)
		limited = limited || p.status == http.StatusTooManyRequests && p.header.Get("Retry-After") != ""
	}
	if !limited {
		t.Error("there is no end of guesses")
	}
	dora := w.seat(t)
	dora.signsIn("dora")
	cookies := dora.http.Jar.Cookies(&url.URL{Scheme: "http", Host: w.ConsoleAddress(), Path: "/"})
	if len(cookies) != 1 {
		t.Fatal(cookies)
	}
	set := w.seat(t).post("/signin", url.Values{"name": {"dora"}, "password": {staffPassword}}).header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie lacks %s: %s", want, set)
		}
	}
	planted := cookies[0].Name + "=" + cookies[0].Value + "; " + cookies[0].Name + "=AAAAAAAAAAAAAAAAAAAAAA"
	if p := w.seat(t).do("GET", "/lookup", nil, "Cookie", planted); p.status != http.StatusSeeOther {
		t.Errorf("one cookie beside another: %d", p.status)
	}
	// Stopped while signed in: out at once.
	if err := w.Staff.Disable(t.Context(), "dora", true); err != nil {
		t.Fatal(err)
	}
	if p := dora.get("/lookup"); p.status != http.StatusSeeOther {
		t.Errorf("a stopped one: %d", p.status)
	}
	// The walk's address knows nothing of the console, nor the console of the walk.
	for _, path := range []string{"/lookup", "/deliveries", "/metrics", "/records"} {
		r, err := w.http.Get(w.base + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("%s of the walk's address: %d", path, r.StatusCode)
		}
	}
	for _, path := range []string{"/recover", "/api/v1/openapi.json", "/account"} {
		if p := s.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s of the console: %d", path, p.status)
		}
	}
}

// Metrics are for this machine, or for whoever has the token; they name no domain of people's own.
func TestMetrics(t *testing.T) {
	c := settings(t)
	w := console(t, c)
	request := w.open("lucy@fernbank.example")
	w.code("lucy@fernbank.example")
	until(t, 30*time.Second, "it is settled", func() bool { return slices.Contains(w.kinds(request), engine.StepHandedOver) })
	p := w.seat(t).get("/metrics")
	form := regexp.MustCompile(`^(#.*|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [-+0-9.e]+)$`)
	for line := range strings.Lines(p.body) {
		if !form.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("not of the format: %q", line)
		}
	}
	for _, want := range []string{
		`twohens_sender_taken_total{sender="mail",lane="mail"} 1`, `twohens_hour_messages{lane="mail",place="other",result="taken"} 1`, `twohens_outbox_waiting{lane="mail"} 0`,
		`twohens_sender_on{sender="mail"} 1`,
	} {
		if p.status != 200 || !strings.Contains(p.body, want+"\n") {
			t.Errorf("%d, it lacks %s:\n%s", p.status, want, p.body)
		}
	}
	if strings.Contains(p.body, "fernbank") {
		t.Error("it names a domain")
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+w.ConsoleAddress()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	rebound, err := w.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	rebound.Body.Close()
	if rebound.StatusCode != http.StatusUnauthorized {
		t.Errorf("by a stranger's name: %d", rebound.StatusCode)
	}
	c = settings(t)
	c.Console.MetricsToken = config.Path(filepath.Join(t.TempDir(), "token"))
	if err := os.WriteFile(string(c.Console.MetricsToken), []byte("abcdefghijklmnopqrstuvwxyz\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := console(t, c).seat(t)
	for token, want := range map[string]int{"": 401, "Bearer ": 401, "Bearer abc": 401, "abcdefghijklmnopqrstuvwxyz": 401, "Bearer abcdefghijklmnopqrstuvwxyz": 200} {
		if p := s.do("GET", "/metrics", nil, "Authorization", token); p.status != want {
			t.Errorf("%q: %d", token, p.status)
		}
	}
}

// while the brake is on, whoever is signed in reads it on every page, and what to say to callers.
func TestConsoleTellsOfTheBrake(t *testing.T) {
	c := settings(t)
	c.Limits.WrongCodes, c.Limits.WrongStop, c.Limits.WrongRatio = 4, 8, 1
	w := console(t, c)
	s := w.seat(t)
	const alarm, pause = "Browsers work longer for a card", "you may say that to callers"
	says := func(alarmed, paused bool) {
		t.Helper()
		for _, path := range []string{"/lookup", "/start"} {
			if p := s.get(path); p.status != 200 || strings.Contains(p.body, alarm) != alarmed || strings.Contains(p.body, pause) != paused {
				t.Errorf("%s: %d\n%s", path, p.status, p.body)
			}
		}
		metrics := w.seat(t).get("/metrics").body
		for stage, on := range map[string]bool{"alarm": alarmed || paused, "pause": paused} {
			want := map[bool]int{true: 1}[on]
			for _, name := range []string{"twohens_brake_on", "twohens_brake_total"} {
				if line := fmt.Sprintf("\n%s{stage=%q} %d\n", name, stage, want); !strings.Contains(metrics, line) {
					t.Errorf("the metrics lack %q", line)
				}
			}
		}
	}
	wrong := func(n int) {
		for range n {
			request := w.open("nobody@fernbank.example")
			until(t, 30*time.Second, "a code is judged", func() bool { // not before the worker has looked for the account
				return w.post("/request/code", map[string]string{"code": "12345678"}, "Twohens-Request", request).Outcome != "waiting"
			})
		}
	}
	if p := s.get("/signin"); strings.Contains(p.body, alarm) {
		t.Error("a stranger reads it")
	}
	s.signsIn("dora")
	says(false, false)
	wrong(5)
	says(true, false)
	wrong(5)
	says(false, true)
	if p := w.seat(t).get("/signin"); strings.Contains(p.body, pause) {
		t.Error("a stranger reads it")
	}
}
