package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// fill puts something into the variable parts of a path of the table.
func (s *site) fill(path string) string {
	return strings.NewReplacer(
		"{$}", "", "{link}", "AAAAAAAAAAAAAAAAAAAAAA", "{stop}", "AAAAAAAAAAAAAAAAAAAAAA", "{article}", "email", "{topic}", "account", "{file...}", "look.css", "{id}", "1", "{contact}", "AAAAAAAAAAAAAAAAAAAAAA",
	).Replace(path)
}

// bare are the answers to a GET of a browser without a cookie, 200 where nothing is said; and to an empty form.
var bare = map[string]int{
	"/{$}": 303, "/recover/choose": 400, "/recover/code": 400, "/recover/reset": 400, "/recover/done": 400, "/go/{link}": 410,
	"/recover/questions": 400, "/recover/saved": 400, "/stop/{stop}": 410,
	"/.well-known/change-password": 302,
}

var bareForm = map[string]int{
	"/recover": 422, "/recover/choose": 303, "/recover/code": 400, "/recover/resend": 400, "/recover/another": 400,
	"/recover/questions": 400, "/recover/saved": 400, "/recover/reset": 400, "/go/{link}": 410, "/stop/{stop}": 410, "/signin": 422, "/signout": 303, "/help/{article}": 422,
}

// Every route by every method: the status that it has, a page that says so where it is a wrong one, and no cookie for somebody who
// only looks. What every answer has to keep to is in checkAnswer.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.demo = true })
	s.account("ann@fernbank.example")
	s.browser().asks("ann@fernbank.example")
	s.letter("ann@fernbank.example", 1)
	table := s.web.table()
	methods := map[string][]string{}
	for _, r := range table {
		methods[r.Path] = append(methods[r.Path], r.Method)
		if r.Does == "" {
			t.Errorf("nobody says what %s %s does", r.Method, r.Path)
		}
	}
	for path, has := range methods {
		if path == "/demo/mailbox/events" {
			continue // does not end by itself; see TestMailboxEvents
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			want := 200
			switch {
			case strings.HasPrefix(path, "/account") && slices.Contains(has, strings.Replace(method, "HEAD", "GET", 1)):
				want = 303 // to the sign-in
			case (method == "GET" || method == "HEAD") && slices.Contains(has, "GET"):
				if bare[path] != 0 {
					want = bare[path]
				}
			case method == "POST" && slices.Contains(has, "POST"):
				want = bareForm[path]
			default:
				want = 405
			}
			a := s.browser().do(method, s.fill(path), "")
			if a.status != want {
				t.Errorf("%s %s: %d, want %d", method, path, a.status, want)
			}
			if len(a.cookies) != 0 {
				t.Errorf("%s %s sets %v", method, path, a.cookies)
			}
			if want == 405 && a.header.Get("Allow") != allows(has) {
				t.Errorf("%s %s allows %q, want %q", method, path, a.header.Get("Allow"), allows(has))
			}
			if method != "HEAD" && a.body == "" && a.to() == "" {
				t.Errorf("%s %s: nothing to read", method, path)
			}
		}
	}
}

func allows(has []string) string {
	var list []string
	if slices.Contains(has, "GET") {
		list = append(list, "GET", "HEAD")
	}
	if slices.Contains(has, "POST") {
		list = append(list, "POST")
	}
	return strings.Join(list, ", ")
}

// There is nothing beside the table.
func TestNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	for _, path := range []string{
		"/nothing", "/recover/", "/recover/choose/more", "/recover%00", "/recover%0d%0aX-Evil:1", "/RECOVER", "/help/nothing", "/help/", "/help/topic", "/help/topic/", "/help/topic/nothing", "/help/email/more", "/help/en", "/help/%2e%2e/email",
		"/static/", "/static/static.go", "/static/../web.go", "/static/%2e%2e/web.go", "/static/nothing.css", "/go/", "/go/a/b", "/.git/config",
		"/demo/mailbox", "/demo/mailbox/1", "/demo/mailbox/events", "/favicon.ico", "/api/v1/requests",
		"/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
	} {
		a := b.follow(b.get(path))
		if a.status != 404 || title(a) != b.text("problem.not_found.title") {
			t.Errorf("%s: %d %s", path, a.status, title(a))
		}
		if a = b.do("POST", strings.TrimSuffix(path, "/../web.go"), ""); a.status != 404 && a.status != 405 && a.status != 307 && a.status != 308 {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
}

// With the site's own sign-in, there is none here, and everything leads there or to the recovery.
func TestOwnSignIn(t *testing.T) {
	t.Parallel()
	const theirs = "https://fernbank.example/login"
	s := newSite(t, func(o *setup) { o.site.SignInURL = theirs })
	s.account("ann@fernbank.example")
	b := s.browser()
	for _, path := range []string{"/signin", "/account", "/account/password"} {
		b.expect(b.get(path), 404, b.text("problem.not_found.title"))
	}
	b.expect(b.get("/"), 303, "/recover")
	b.expect(b.get("/.well-known/change-password"), 302, "/recover")
	b.proves("ann@fernbank.example", 1)
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	if a := b.get("/recover/done"); !strings.Contains(a.body, `href="`+theirs+`"`) || strings.Contains(a.body, `"/signin"`) {
		t.Errorf("leads to another sign-in: %s", a.body)
	}
}

// looking changes nothing, in whatever state, however often; neither does a HEAD, nor any other method than POST.
func TestOnlyPostChanges(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay, func(o *setup) { o.demo = true })
	s.account("ann@fernbank.example", "ben@fernbank.example")
	gus := s.equipped("gus@fernbank.example", "+34612345678")
	asked, paper, heart := s.browser(), s.browser(), s.browser()
	heart.begins(gus.at)
	heart.takes("questions")
	heart.expect(heart.post("/recover/questions", heart.reply(gus)...), 303, "/recover/reset")
	asked.begins(gus.at)
	asked.takes("questions")
	paper.begins("nobody@fernbank.example")
	paper.takes("saved")
	begun, proving, resetting, done, inside := s.browser(), s.browser(), s.browser(), s.browser(), s.browser()
	done.proves("ben@fernbank.example", 1)
	done.expect(done.post("/recover/reset", "password", fresh), 303, "/recover/done")
	begun.begins("ann@fernbank.example")
	proving.asks("ann@fernbank.example")
	proving.letter("ann@fernbank.example", 1)
	resetting.proves("ann@fernbank.example", 2)
	inside.signsIn("ann@fernbank.example", old)
	paths := map[string]bool{s.link("ann@fernbank.example", 1): true, "/recover/code?said=wrong": true, "/account?said=changed": true,
		"/demo/mailbox/2": true, "/help/sms": true, "/help/search?q=code": true, "/help/email?said=counted": true, s.stopping(gus.at): true, "/recover/questions?said=missed": true}
	for _, r := range s.web.table() {
		if r.Path != "/demo/mailbox/events" {
			paths[s.fill(r.Path)] = true
		}
	}
	s.settled()
	before, mails := s.rows(), len(s.box.Mails())
	for path := range maps.Keys(paths) {
		for _, b := range []*browser{begun, proving, resetting, done, inside, asked, paper, heart} {
			for _, method := range []string{"GET", "HEAD", "GET", "DELETE", "GET"} {
				if a := b.do(method, path, ""); a.status >= 500 {
					t.Errorf("%s %s: %d", method, path, a.status)
				}
			}
		}
		if s.rows() != before {
			t.Fatalf("%s changed something:\n%s\nbefore:\n%s", path, s.rows(), before)
		}
	}
	s.settled()
	if len(s.box.Mails()) != mails || !s.opens("ann@fernbank.example", old) {
		t.Error("looking sent something")
	}
}

// what another site sends is refused with a page, and changes nothing; what our own pages send is taken, and so is what
// a program sends that is no browser.
func TestCrossSite(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.signsIn("ann@fernbank.example", old)
	b.asks("ann@fernbank.example")
	code := b.code("ann@fernbank.example", 1)
	s.settled()
	before := s.rows()
	try := func(path string, header map[string]string) answer {
		t.Helper()
		r, err := http.NewRequest("POST", s.url+path, strings.NewReader(fields("code", code, "way", "email", "action", "others").Encode()))
		must(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range header {
			r.Header.Set(name, value)
		}
		return b.send(r)
	}
	for _, r := range s.web.table() {
		if r.Method != "POST" {
			continue
		}
		for _, header := range []map[string]string{
			{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
			{"Origin": "https://evil.example"},
			{"Origin": "null"},
			{"Origin": "http://127.0.0.1"},
			{"Origin": s.url + ".evil.example"},
			{"Sec-Fetch-Site": "cross-site"},
			{"Sec-Fetch-Site": "same-site"},
			{"Sec-Fetch-Site": "cross-site", "Host": "evil.example"},
		} {
			if a := try(s.fill(r.Path), header); a.status != 403 || title(a) != b.text("problem.cross_site.title") || len(a.cookies) != 0 {
				t.Errorf("POST %s with %v: %d %s", r.Path, header, a.status, title(a))
			}
		}
	}
	if s.rows() != before {
		t.Error("another site changed something")
	}
	// What follows changes something, so it shows that the refusals above were not for another reason.
	for _, header := range []map[string]string{
		{"Origin": s.url, "Sec-Fetch-Site": "same-origin"}, {"Origin": s.url}, {"Sec-Fetch-Site": "none"}, {},
	} {
		if a := try("/account/sessions", header); a.status != 303 || a.to() != "/account?said=ended" {
			t.Errorf("with %v: %d %s", header, a.status, a.to())
		}
	}
}
