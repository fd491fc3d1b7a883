package daemon_test

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/quota"
)

// ward walks everything that the program serves, on both its ports, and looks at every answer. What it walks comes from the tables of
// routes, so that a route which is added tomorrow is looked at tomorrow.
type ward struct {
	*world
	secure bool
	client *http.Client
	seen   map[int]int // answers by status

	people []visitor
	staff  []visitor
}

// visitor is who asks: a name, and the cookies that they bring.
type visitor struct{ who, cookies string }

// guarded begins the program with everything switched on: both ports, texts, receipts.
func guarded(t *testing.T, c *config.Config) *ward {
	t.Helper()
	g := config.NewGateway("sink")
	g.Kind, g.Path = "file", config.Path(filepath.Join(t.TempDir(), "texts"))
	c.SMS.Order, c.SMS.Gateways, c.SMS.Countries = []string{"sink"}, []*config.Gateway{g}, []string{"ES"}
	w := &ward{
		world: console(t, c), secure: c.Site.PublicURL.Scheme == "https", seen: map[int]int{},
		client: &http.Client{
			Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(w.client.CloseIdleConnections)
	return w
}

// meet makes those who ask: strangers, people in the middle of a walk and behind it, people and staff who are signed in.
func (w *ward) meet() {
	w.t.Helper()
	const at, chosen = "mary@fernbank.example", "stone bridge in the rain"
	w.account(at, chosen)
	prefix := ""
	if w.secure {
		prefix = "__Host-"
	}
	cookie := func(name, value string) string { return prefix + "twohens-" + name + "=" + value }
	begun := w.post("/requests", map[string]string{"address": at, "client": "192.0.2.2"}, "Authorization", "Bearer "+w.key).Request
	asked := w.open("lucy@fernbank.example")
	code, _ := w.code("lucy@fernbank.example")
	proved := w.post("/request/code", map[string]string{"code": code}, "Twohens-Request", asked)
	unknown := w.open("nobody@fernbank.example")
	signed := w.try(w.base, "POST", "/signin", "", url.Values{"address": {at}, "password": {chosen}})
	if signed.status != http.StatusSeeOther {
		w.t.Fatalf("the sign-in: %d", signed.status)
	}
	w.people = []visitor{
		{"a stranger", ""},
		{"somebody who has begun", cookie("request", begun)},
		{"somebody who has asked", cookie("request", unknown)},
		{"somebody who has proved it", cookie("request", asked) + "; " + cookie("grant", proved.Grant)},
		{"somebody signed in", signed.cookie},
	}
	sits := w.try("http://"+w.ConsoleAddress(), "POST", "/signin", "", url.Values{"name": {"olga"}, "password": {staffPassword}})
	if sits.status != http.StatusSeeOther {
		w.t.Fatalf("the console's sign-in: %d", sits.status)
	}
	w.staff = []visitor{{"a stranger at the console", ""}, {"an operator", sits.cookie}}
}

// told is an answer.
type told struct {
	status int
	header http.Header
	cookie string
	body   string
}

// try asks once, and looks at what comes.
func (w *ward) try(base, method, path, cookies string, form url.Values, header ...string) told {
	w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, base+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := w.client.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	w.seen[answer.StatusCode]++
	got := told{status: answer.StatusCode, header: answer.Header, body: string(text)}
	got.cookie, _, _ = strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	w.look(r, answer, got)
	return got
}

// kept are the files that browsers may keep: they are the same for everyone.
var kept = regexp.MustCompile(`^/static/|^/challenge/(scratch\.js$|words/)`)

// drawn are pictures and calls, which this one browser keeps for as long as the page is open.
var drawn = regexp.MustCompile(`^/challenge/(open|cover|numbered|call)/|^/api/v1/challenge/card/`)

var stack = regexp.MustCompile(`goroutine [0-9]|\.go:[0-9]|runtime error|SQLSTATE|sqlite`)

// look holds an answer against R-101: whatever it is, and whoever it went to.
func (w *ward) look(r *http.Request, answer *http.Response, got told) {
	w.t.Helper()
	fault := func(what string, is any) {
		w.t.Helper()
		w.t.Errorf("%s %s: %d: %s: %v", r.Method, r.URL.Path, got.status, what, is)
	}
	desk := r.URL.Host == w.ConsoleAddress()
	policy := got.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") ||
		strings.Contains(policy, "'unsafe-") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
		fault("Content-Security-Policy", policy)
	}
	page := strings.HasPrefix(got.header.Get("Content-Type"), "text/html")
	if page && (!strings.Contains(policy, "base-uri 'none'") || !strings.Contains(policy, "form-action ")) {
		fault("Content-Security-Policy of a page", policy)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if is := got.header.Values(name); !slices.Equal(is, []string{want}) {
			fault(name, is)
		}
	}
	file := (got.status == http.StatusOK || got.status == http.StatusNotModified) && kept.MatchString(r.URL.Path)
	if is := got.header.Get("Cross-Origin-Resource-Policy"); is != "same-origin" && !(file && is == "cross-origin" && r.URL.Path == "/challenge/scratch.js") {
		fault("Cross-Origin-Resource-Policy", is)
	}
	if is := got.header.Get("Cache-Control"); is != "no-store" && !file && !(drawn.MatchString(r.URL.Path) && got.status == http.StatusOK && strings.HasPrefix(is, "private")) {
		fault("Cache-Control", is)
	}
	if is := got.header.Get("Strict-Transport-Security"); (is != "") != (w.secure && !desk) {
		fault("Strict-Transport-Security", is)
	}
	if is := got.header.Get("Access-Control-Allow-Origin"); is != "" && r.URL.Path != "/challenge/scratch.js" {
		fault("Access-Control-Allow-Origin", is)
	}
	for _, name := range []string{"Server", "X-Powered-By"} {
		if is := got.header.Get(name); is != "" {
			fault(name, is)
		}
	}
	for _, c := range answer.Cookies() {
		secure := w.secure && !desk
		if !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.Secure != secure || strings.HasPrefix(c.Name, "__Host-") != secure ||
			c.SameSite != http.SameSiteStrictMode && c.SameSite != http.SameSiteLaxMode {
			fault("cookie", c)
		}
	}
	if to := got.header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
		fault("leads away", to)
	}
	if stack.MatchString(got.body) {
		fault("how the program is made", got.body)
	}
	if page && strings.Contains(got.body, " style=") {
		fault("an inline style", got.body)
	}
}

// fill puts something into the variable parts of a pattern.
var fill = strings.NewReplacer(
	"{$}", "", "{link}", "AAAAAAAAAAAAAAAAAAAAAA", "{stop}", "AAAAAAAAAAAAAAAAAAAAAA", "{article}", "email", "{topic}", "account",
	"{file...}", "look.css", "{contact}", "AAAAAAAAAAAAAAAAAAAAAA", "{card}", "AAAA", "{n}", "1", "{lang}", "en", "{picture}", "numbered",
	"{sender}", "mail", "{secret}", "AAAAAAAAAAAAAAAAAAAAAA",
)

// served is one path of one of the two ports, and by what it may be asked.
type served struct {
	base, path string
	methods    []string
	people     []visitor
}

// served lists all paths.
func (w *ward) served() []served {
	w.t.Helper()
	var list []served
	add := func(base string, people []visitor, patterns []string) {
		for _, pattern := range patterns {
			method, path, ok := strings.Cut(pattern, " ")
			filled := fill.Replace(path)
			if !ok || strings.Contains(filled, "{") {
				w.t.Errorf("nobody knows how to ask for %q", pattern)
				continue
			}
			i := slices.IndexFunc(list, func(s served) bool { return s.base == base && s.path == filled })
			if i < 0 {
				i, list = len(list), append(list, served{base: base, path: filled, people: people})
			}
			list[i].methods = append(list[i].methods, method)
		}
	}
	add(w.base, w.people, w.Routes())
	add("http://"+w.ConsoleAddress(), w.staff, w.ConsoleRoutes())
	if len(list) < 60 {
		w.t.Errorf("only %d paths", len(list))
	}
	return list
}

// every path on both ports, by every method, for whoever asks: the headers are right on each answer; only POST changes
// anything; and a POST that another site's page sends is refused and changes nothing.
func TestHeaders(t *testing.T) {
	onBoth(t, func(t *testing.T, c *config.Config) {
		w := guarded(t, c)
		w.meet()
		paths := w.served()
		w.settled()
		before := w.dump()
		w.looks(paths)
		w.same(before, "looking")
		w.elsewhere(paths)
		w.same(before, "another site")
		if w.store.DSN != "" {
			return // what follows does not go by the database
		}
		w.mistakes()
		w.posts(paths)
		w.megabytes(paths)
		if after := w.dump(); after == before {
			t.Error("nothing ever changes what is compared here")
		}
		w.broken(paths)
		for _, status := range []int{200, 302, 303, 400, 403, 404, 405, 410, 413, 415, 422, 429, 503} {
			if w.seen[status] == 0 {
				t.Errorf("no answer had status %d: %v", status, w.seen)
			}
		}
	})
	t.Run("https", func(t *testing.T) {
		c := settings(t)
		c.Site.PublicURL = &url.URL{Scheme: "https", Host: "id.fernbank.example"}
		w := guarded(t, c)
		w.meet()
		paths := w.served()
		w.looks(paths)
		w.mistakes()
		w.posts(paths)
	})
}

// looks asks for everything in every way that is to change nothing.
func (w *ward) looks(paths []served) {
	w.t.Helper()
	for _, s := range paths {
		for _, v := range s.people {
			methods := []string{"GET", "HEAD"}
			if v.cookies == "" {
				methods = append(methods, "OPTIONS", "PUT", "PATCH", "DELETE", "BREW")
			}
			for _, method := range methods {
				if got := w.try(s.base, method, s.path, v.cookies, nil); got.status >= 500 {
					w.t.Errorf("%s: %s %s: %d", v.who, method, s.path, got.status)
				}
			}
		}
	}
}

// posts sends an empty form to everything that takes one.
func (w *ward) posts(paths []served) {
	w.t.Helper()
	for _, s := range paths {
		for _, v := range s.people {
			if slices.Contains(s.methods, "POST") {
				if got := w.try(s.base, "POST", s.path, v.cookies, url.Values{}); got.status >= 500 {
					w.t.Errorf("%s: POST %s: %d", v.who, s.path, got.status)
				}
			}
		}
	}
}

// megabytes sends a field of a megabyte, a name of one, and a text of one to everything that takes something.
func (w *ward) megabytes(paths []served) {
	w.t.Helper()
	much := strings.Repeat("a", 1<<20)
	for _, s := range paths {
		if !slices.Contains(s.methods, "POST") {
			continue
		}
		for i, form := range []url.Values{{"address": {much}}, {much: {"yes"}}, {"address": {much}}} {
			var header []string
			if i == 2 {
				header = []string{"Content-Type", "application/json"}
			}
			v := s.people[len(s.people)-1]
			if got := w.try(s.base, "POST", s.path, v.cookies, form, header...); got.status >= 500 {
				w.t.Errorf("%s: POST %s with a megabyte: %d", v.who, s.path, got.status)
			}
		}
	}
}

// elsewhere posts like a page of another site would. The challenge's own endpoints look at the origin themselves, and receipts come from
// programs and are known by a secret; they take no cookie, and are only held to change nothing.
func (w *ward) elsewhere(paths []served) {
	w.t.Helper()
	open := regexp.MustCompile(`^/challenge/|^/siteverify$|^/(mail-)?receipts/`)
	for _, s := range paths {
		if !slices.Contains(s.methods, "POST") {
			continue
		}
		for _, v := range s.people {
			headers := [][]string{{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}}
			if v.cookies == "" {
				headers = append(headers, []string{"Origin", "https://evil.example"}, []string{"Origin", "null"}, []string{"Sec-Fetch-Site", "same-site"})
			}
			for _, header := range headers {
				got := w.try(s.base, "POST", s.path, v.cookies, url.Values{"action": {"others"}, "way": {"email"}, "to": {"off"}}, header...)
				if got.status != http.StatusForbidden && !open.MatchString(s.path) {
					w.t.Errorf("%s: POST %s with %v: %d", v.who, s.path, header, got.status)
				}
			}
		}
	}
}

// mistakes brings about the answers that no ordinary request gets.
func (w *ward) mistakes() {
	w.t.Helper()
	desk := "http://" + w.ConsoleAddress()
	expect := func(want int, got told) {
		w.t.Helper()
		if got.status != want {
			w.t.Errorf("%d, want %d: %s", got.status, want, got.body)
		}
	}
	huge := url.Values{"address": {strings.Repeat("a", 1<<20)}}
	for _, base := range []string{w.base, desk} {
		expect(404, w.try(base, "GET", "/nothing/here", "", nil))
		expect(404, w.try(base, "POST", "/nothing/here", "", url.Values{}))
		got := w.try(base, "GET", "//evil.example/..%2f", "", nil)
		if got.status != 404 && got.status != 307 && got.status != 303 {
			w.t.Errorf("%d %s", got.status, got.header.Get("Location"))
		}
	}
	expect(413, w.try(w.base, "POST", "/recover", "", huge))
	expect(422, w.try(desk, "POST", "/signin", "", huge)) // it reads no further than 16 kB, and what follows is not there
	expect(413, w.try(w.base, "POST", "/api/v1/requests", "", huge, "Content-Type", "application/json", "Authorization", "Bearer "+w.key))
	expect(415, w.try(w.base, "POST", "/recover", "", url.Values{}, "Content-Type", "multipart/form-data; boundary=x"))
	expect(415, w.try(w.base, "POST", "/api/v1/requests", "", url.Values{}))
	expect(404, w.try(w.base, "GET", "/api/v1/nothing", "", nil))
	expect(404, w.try(w.base, "GET", "/api/v1/request", "", nil))
	saved := w.Gate.Limits.Network
	w.Gate.Limits.Network = quota.Limit{Events: 1, Per: time.Hour}
	for range 3 {
		w.try(w.base, "POST", "/help/email", "", url.Values{"helped": {"yes"}})
		w.try(w.base, "POST", "/signin", "", url.Values{"address": {"nobody@fernbank.example"}, "password": {"mossy ladder, long wall"}})
	}
	w.Gate.Limits.Network = saved
}

// broken takes the database away: whatever can still be told has its headers, and tells nothing of why.
func (w *ward) broken(paths []served) {
	w.t.Helper()
	if err := w.Store.Close(); err != nil {
		w.t.Fatal(err)
	}
	for _, s := range paths {
		for i, v := range s.people {
			if i > 0 && i < len(s.people)-1 {
				continue
			}
			for _, method := range s.methods {
				var form url.Values
				if method == "POST" {
					form = url.Values{}
				}
				if got := w.try(s.base, method, s.path, v.cookies, form); got.status >= 500 && (got.status != 503 || got.body == "") {
					w.t.Errorf("%s: %s %s without a database: %d %s", v.who, method, s.path, got.status, got.body)
				}
			}
		}
	}
}

// settled waits until the worker has done all that was asked for.
func (w *ward) settled() {
	w.t.Helper()
	db := w.database()
	until(w.t, 40*time.Second, "the outbox is empty", func() bool {
		left := 0
		if err := db.QueryRow("SELECT count(*) FROM entry WHERE verdict = ''").Scan(&left); err != nil {
			w.t.Fatal(err)
		}
		return left == 0
	})
}

// database is a way into the database past the program.
func (w *ward) database() *sql.DB { w.t.Helper(); return past(w.t, w.store) }

// What looking may change: when somebody was here last; that the staff looked somebody up; what is counted of strangers before
// they are let in; and what is counted of messages and of typed codes, at its own time.
var passing = map[string]bool{
	"bucket": true, "traffic": true, "recipient": true, "guesses": true, "staff_act": true, "session.seen": true, "staff_session.seen": true,
}

// dump is all that the database holds, as text, without what looking may change.
func (w *ward) dump() string {
	w.t.Helper()
	db := w.database()
	defer db.Close()
	tables, columns := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", "SELECT name FROM pragma_table_info('%s') ORDER BY cid"
	if w.store.DSN != "" {
		tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name"
		columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '%s' ORDER BY ordinal_position"
	}
	var all strings.Builder
	for _, table := range w.list(db, tables) {
		if passing[table] {
			continue
		}
		var picked []string
		for _, column := range w.list(db, fmt.Sprintf(columns, table)) {
			if !passing[table+"."+column] {
				picked = append(picked, `"`+column+`"`)
			}
		}
		rows, err := db.Query("SELECT " + strings.Join(picked, ", ") + ` FROM "` + table + `"`)
		if err != nil {
			w.t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			values, into := make([]any, len(picked)), make([]any, len(picked))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				w.t.Fatal(err)
			}
			lines = append(lines, fmt.Sprintf("%v", values))
		}
		if err := rows.Err(); err != nil {
			w.t.Fatal(err)
		}
		rows.Close()
		slices.Sort(lines)
		fmt.Fprintf(&all, "%s\n\t%s\n", table, strings.Join(lines, "\n\t"))
	}
	return all.String()
}

func (w *ward) list(db *sql.DB, query string) []string {
	w.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			w.t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return list
}

// same says what changed, if anything did.
func (w *ward) same(before, who string) {
	w.t.Helper()
	after := w.dump()
	if after == before {
		return
	}
	was := strings.Split(before, "\n")
	for _, line := range strings.Split(after, "\n") {
		if !slices.Contains(was, line) {
			w.t.Errorf("%s changed: %s", who, line)
		}
	}
	if len(after) < len(before) {
		w.t.Errorf("%s took something away", who)
	}
}
