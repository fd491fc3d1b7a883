package web

import (
	"crypto/tls"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"twohens/internal/gate"
	"twohens/internal/locale"
	"twohens/internal/secret"
	"twohens/internal/web/page"
	"twohens/scratch/scratchtest"
)

// browser is a person's browser: it keeps cookies and sends what browsers send. It follows a redirect only when told to.
type browser struct {
	*site
	client *http.Client
	lang   string      // Accept-Language
	header http.Header // further ones, on every request
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &browser{site: s, lang: "en", header: http.Header{}, client: &http.Client{
		Transport: s.client.Transport, Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what came back.
type answer struct {
	status  int
	header  http.Header
	body    string
	cookies []*http.Cookie
}

// to is where the answer leads.
func (a answer) to() string { return a.header.Get("Location") }

func (a answer) has(text string) bool { return strings.Contains(a.said(), text) }

// said is the page without what only keeps its markup in order: where a line may be broken, and how characters are escaped.
func (a answer) said() string { return html.UnescapeString(strings.ReplaceAll(a.body, "<wbr>", "")) }

// fields are a form's fields.
func fields(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do("GET", path, "") }

// post sends a form.
func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	return b.do("POST", path, fields(pairs...).Encode())
}

func (b *browser) do(method, path, body string) answer {
	b.t.Helper()
	r, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	must(b.t, err)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.url)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return b.send(r)
}

// send sends a request as it is, but for what every request of this browser has, and checks what holds for every answer.
func (b *browser) send(r *http.Request) answer {
	b.t.Helper()
	if r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", b.lang)
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	response, err := b.client.Do(r)
	must(b.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(b.t, err)
	a := answer{response.StatusCode, response.Header, string(body), response.Cookies()}
	checkAnswer(b.t, b.web.secure, r, a)
	return a
}

// follow goes where an answer leads, on this site alone.
func (b *browser) follow(a answer) answer {
	b.t.Helper()
	for range 5 {
		if a.to() == "" {
			return a
		}
		if to := a.to(); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
			b.t.Fatalf("led to %q", to)
		}
		a = b.get(a.to())
	}
	b.t.Fatalf("led round and round, last to %s", a.to())
	return a
}

// expect is a status that an answer must have, and a text on its page or the place that it leads to.
func (b *browser) expect(a answer, status int, what string) answer {
	b.t.Helper()
	if a.status != status || !a.has(what) && a.to() != what {
		b.t.Fatalf("answered %d to %q, want %d and %q\n%s", a.status, a.to(), status, what, words(a.body))
	}
	return a
}

var (
	tags   = regexp.MustCompile(`(?s)<script.*?</script>|<svg.*?</svg>|<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// words is what a page says.
func words(body string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(body, " ")), " "))
}

// title is the heading of a page.
func title(a answer) string {
	m := regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`).FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return words(m[1])
}

// safety are the headers that a browser must get with every answer.
var safety = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

var traces = regexp.MustCompile(`goroutine [0-9]|\.go:[0-9]|runtime error`)

// checkAnswer checks what holds for every answer: the headers of R-101, cookies that nobody else can read or plant, places to go
// that are on this site, and no trace of how the program is made.
func checkAnswer(t testing.TB, secure bool, r *http.Request, a answer) {
	t.Helper()
	fault := func(what string, got any) {
		t.Helper()
		t.Errorf("%s %s: %d: %s: %v", r.Method, r.URL.Path, a.status, what, got)
	}
	frame := strings.HasPrefix(r.URL.Path, "/demo/mailbox/") && r.URL.Path != "/demo/mailbox/events" && a.status == 200
	for name, want := range safety {
		if frame && name == "X-Frame-Options" {
			want = "SAMEORIGIN" // shown in a frame of the mailbox page, in a sandbox of its own
		}
		if got := a.header.Get(name); got != want {
			fault(name, got)
		}
	}
	policy := a.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors") ||
		!strings.Contains(policy, "base-uri 'none'") || !frame && strings.Contains(policy, "unsafe") {
		fault("Content-Security-Policy", policy)
	}
	if hsts := a.header.Get("Strict-Transport-Security") != ""; hsts != secure {
		fault("Strict-Transport-Security", hsts)
	}
	file := strings.HasPrefix(r.URL.Path, "/static/") && (a.status == 200 || a.status == 304)
	drawn := strings.HasPrefix(r.URL.Path, page.ChallengePrefix+"/") // a picture or a call: this browser may keep it while the page is open
	if got := a.header.Get("Cache-Control"); !(drawn && got == "private, max-age=600") && (got == "no-store") == file {
		fault("Cache-Control", got)
	}
	checkCookies(t, secure, r, a)
	if to := a.to(); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
		fault("leads away", to)
	}
	if r.Method == "HEAD" && a.body != "" {
		fault("a body", len(a.body))
	}
	if traces.MatchString(a.body) {
		fault("a stack trace", a.body)
	}
	if a.status >= 400 && a.header.Get("Content-Type") == "text/html; charset=utf-8" && r.Method != "HEAD" && title(a) == "" {
		fault("a page without words", a.body)
	}
}

// checkCookies checks that what is set can be neither read by a script nor sent to or planted by another host.
func checkCookies(t testing.TB, secure bool, r *http.Request, a answer) {
	t.Helper()
	for _, c := range a.cookies {
		if c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.Secure != secure || strings.HasPrefix(c.Name, "__Host-") != secure {
			t.Errorf("%s %s: cookie %v", r.Method, r.URL.Path, c)
		}
		strict := !strings.HasSuffix(c.Name, cookieLang) && (!strings.HasSuffix(c.Name, cookieSignIn) || c.MaxAge < 0)
		if strict != (c.SameSite == http.SameSiteStrictMode) || c.SameSite == http.SameSiteNoneMode || c.MaxAge == 0 {
			t.Errorf("%s %s: cookie %v", r.Method, r.URL.Path, c)
		}
	}
}

// text is what the catalogue says in the browser's language.
func (b *browser) text(key string, args ...any) string {
	return locale.For(locale.Match(b.lang, "", "").Tag).T(key, args...)
}

// cookie is the value of one of this browser's cookies; empty for none.
func (b *browser) cookie(name string) string {
	b.t.Helper()
	u, err := url.Parse(b.url)
	must(b.t, err)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == b.web.cookieName(name) {
			return c.Value
		}
	}
	return ""
}

// plant puts a cookie into the browser.
func (b *browser) plant(name, value string) {
	b.t.Helper()
	u, err := url.Parse(b.url)
	must(b.t, err)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: b.web.cookieName(name), Value: value, Path: "/", Secure: b.web.secure}})
}

var plain = regexp.MustCompile(`name="plain" value="([^"]+)"`)

// solved posts a form with the chickens found.
func (b *browser) solved(path string, pairs ...string) answer {
	b.t.Helper()
	card := found(b.t, plain, b.post(path, append(pairs, "action", "new")...).body)
	numbers, err := scratchtest.Pick(b.keys, card)
	must(b.t, err)
	form := append(pairs[:len(pairs):len(pairs)], "plain", card)
	for _, n := range numbers {
		form = append(form, "pick", strconv.Itoa(n))
	}
	return b.post(path, form...)
}

// begins opens a request as a site's back end would, without a card, and gives it to this browser.
func (b *browser) begins(at string) {
	b.t.Helper()
	pass, refusal, err := b.gate.OpenKeyed(b.t.Context(), gate.APIKey{ID: "test"}, gate.Knock{Address: address(b.t, at)})
	must(b.t, err)
	if refusal.Reason != "" {
		b.t.Fatal(refusal)
	}
	holder, _, err := b.engine.Open(b.t.Context(), pass, b.lang, secret.Opaque{})
	must(b.t, err)
	b.plant(cookieRequest, holder.Reveal())
}

// asks begins a request and asks for its first code.
func (b *browser) asks(at string) {
	b.t.Helper()
	b.begins(at)
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent")
}

// proves walks up to the reset page; n is the number of the mail that the code comes in.
func (b *browser) proves(at string, n int) {
	b.t.Helper()
	b.asks(at)
	b.expect(b.post("/recover/code", "code", b.code(at, n)), 303, "/recover/reset")
}

// signsIn signs in.
func (b *browser) signsIn(at, typed string) {
	b.t.Helper()
	b.expect(b.post("/signin", "address", at, "password", typed), 303, "/account")
}

// raw sends bytes as they are and reads what comes back, for what no client would send.
func (s *site) raw(request string) string {
	s.t.Helper()
	u, err := url.Parse(s.url)
	must(s.t, err)
	conn, err := tls.Dial("tcp", u.Host, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	must(s.t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, request)
	must(s.t, err)
	body, err := io.ReadAll(conn)
	must(s.t, err)
	return string(body)
}

var addressField = regexp.MustCompile(`<input id="address"[^>]* value="([^"]*)"`)

// address is what the field for the address holds.
func (a answer) address(t testing.TB) string {
	t.Helper()
	return html.UnescapeString(found(t, addressField, a.body))
}

// difference shows where two texts part.
func difference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-60):min(len(s), i+60)] }
	return fmt.Sprintf("at byte %d\n\tgot  %q\n\twant %q", i, around(got), around(want))
}
