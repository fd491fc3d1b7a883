package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// R-23, CVE-2026-18963, CVE-2019-16109: no page and no post of a later step does anything before its step, whatever the browser holds.
func TestStepsSkipped(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	for name, prepare := range map[string]func(b *browser){
		"no cookie":          func(*browser) {},
		"choosing":           func(b *browser) { b.begins("ann@fernbank.example") },
		"choosing, unknown":  func(b *browser) { b.begins("nobody@fernbank.example") },
		"proving":            func(b *browser) { b.asks("ann@fernbank.example") },
		"proving, unknown":   func(b *browser) { b.asks("nobody@fernbank.example") },
		"back from proving":  func(b *browser) { b.asks("ann@fernbank.example"); b.post("/recover/another") },
		"way in the middle":  func(b *browser) { b.asks("ann@fernbank.example"); b.post("/recover/choose", "way", "questions") },
		"phone, switched on": func(b *browser) { b.begins("ann@fernbank.example"); b.post("/recover/choose", "way", "phone") },
		"tries used up": func(b *browser) {
			b.asks("ann@fernbank.example")
			for range 6 {
				b.post("/recover/code", "code", "11112222")
			}
		},
		"empty codes": func(b *browser) {
			b.asks("ann@fernbank.example")
			for _, code := range []string{"", " ", "0", "00000000", "null", "false", "[]", "-", "\u200f"} {
				b.post("/recover/code", "code", code)
			}
		},
		"no code at all":     func(b *browser) { b.asks("ann@fernbank.example"); b.post("/recover/code") },
		"by questions":       func(b *browser) { b.begins(ann.at); b.takes("questions") },
		"by a saved code":    func(b *browser) { b.begins(ann.at); b.takes("saved") },
		"questions, unknown": func(b *browser) { b.begins("nobody@fernbank.example"); b.takes("questions") },
		"wrong answers": func(b *browser) {
			b.begins(ann.at)
			b.takes("questions")
			for range 6 {
				b.post("/recover/questions", "answer-1", "x", "answer-2", "y")
			}
		},
		"empty answers": func(b *browser) {
			b.begins(ann.at)
			for _, way := range []string{"questions", "saved"} {
				b.takes(way)
				for _, text := range []string{"", " ", "0", "null", "false", "[]", "-", "\u200f"} {
					b.post("/recover/"+way, "answer-1", text, "answer-2", text, "saved", text)
				}
			}
		},
		"right answers, then another way": func(b *browser) {
			b.begins(ann.at)
			b.takes("questions")
			reply := b.reply(ann)
			b.takes("saved")
			b.post("/recover/questions", reply...)
			b.post("/recover/another")
			b.post("/recover/questions", reply...)
		},
		"time over": func(b *browser) { b.asks("ann@fernbank.example"); s.advance(time.Hour) },
	} {
		b := s.browser()
		prepare(b)
		for _, grant := range []string{"", "AAAAAAAAAAAAAAAAAAAAAA", b.cookie(cookieRequest), "0", "null", strings.Repeat("A", 5000)} {
			if grant != "" {
				b.plant(cookieGrant, grant)
			}
			for range 2 {
				if a := b.get("/recover/reset"); a.status == 200 || a.to() != "" && !strings.HasPrefix(a.to(), "/recover/") {
					t.Errorf("%s, grant %.30q: the reset page answers %d", name, grant, a.status)
				}
				if a := b.post("/recover/reset", "password", fresh, "username", "ann@fernbank.example"); a.status < 400 {
					t.Errorf("%s, grant %.30q: setting a password answers %d to %s", name, grant, a.status, a.to())
				}
				for _, path := range []string{"/recover/questions", "/recover/saved"} { // what no form brought
					if a := b.post(path, "grant", grant, "claim", grant, "way", "saved", "proved", "true"); len(a.cookies) != 0 {
						t.Errorf("%s, grant %.30q: %s gives %v", name, grant, path, a.cookies)
					}
				}
				if a := b.get("/recover/done"); a.status == 200 {
					t.Errorf("%s, grant %.30q: done", name, grant)
				}
			}
		}
	}
	if !s.opens("ann@fernbank.example", old) {
		t.Error("the password was set without a proof")
	}
}

// each secret is good for one thing. The cookie of the request, the right to set a password, the link and the
// sign-in cookie, each used in the place of each: only its own place takes it.
func TestCrossUse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.proves("ann@fernbank.example", 1)
	inside, asking := s.browser(), s.browser()
	inside.signsIn("ann@fernbank.example", old)
	asking.asks("ann@fernbank.example")
	secrets := map[string]string{
		"request": b.cookie(cookieRequest), "grant": b.cookie(cookieGrant), "sign-in": inside.cookie(cookieSignIn),
		"link": strings.TrimPrefix(s.link("ann@fernbank.example", 2), "/go/"),
	}
	uses := map[string]func(value string) bool{
		"request": func(v string) bool {
			b := s.browser()
			b.plant(cookieRequest, v)
			return b.get("/recover/choose").status == 303
		},
		"grant": func(v string) bool {
			b := s.browser()
			b.plant(cookieGrant, v)
			return b.get("/recover/reset").status == 200
		},
		"sign-in": func(v string) bool {
			b := s.browser()
			b.plant(cookieSignIn, v)
			return b.get("/account").status == 200
		},
		"link": func(v string) bool { return s.browser().get("/go/"+v).status == 200 },
	}
	for kind, value := range secrets {
		if len(value) != 22 { // 128 bits
			t.Fatalf("the %s is %q", kind, value)
		}
		for place, use := range uses {
			if worked := use(value); worked != (kind == place) {
				t.Errorf("the %s in the place of the %s: %v", kind, place, worked)
			}
		}
	}
	for one, a := range secrets {
		for two, b := range secrets {
			if one != two && a == b {
				t.Errorf("%s and %s are the same", one, two)
			}
		}
	}
}

// a code proves the request that it was made for, and no other: not of the same account, not of another.
func TestForeignCode(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example", "eve@evil.example")
	ann, eve := s.browser(), s.browser()
	ann.asks("ann@fernbank.example")
	code := s.code("ann@fernbank.example", 1)
	eve.asks("eve@evil.example")
	evil := s.code("eve@evil.example", 1)

	ann.expect(ann.post("/recover/code", "code", evil), 303, "/recover/code?said=wrong")
	eve.expect(eve.post("/recover/code", "code", code), 303, "/recover/code?said=wrong")
	again := s.browser()
	again.asks("ann@fernbank.example")
	s.settled()
	again.expect(again.post("/recover/code", "code", code), 303, "/recover/code?said=wrong")

	// A right that was earned for one account says nothing of another, whatever the form names.
	eve.expect(eve.post("/recover/code", "code", evil), 303, "/recover/reset")
	eve.expect(eve.post("/recover/reset", "password", fresh, "username", "ann@fernbank.example", "address", "ann@fernbank.example",
		"account", "ann@fernbank.example", "email", "ann@fernbank.example"), 303, "/recover/done")
	if !s.opens("ann@fernbank.example", old) || !s.opens("eve@evil.example", fresh) {
		t.Error("the password of the wrong account was set")
	}
}

// The cookie that the person's browser held and lost, or whose request is gone: said in words of its own.
func TestLostCookies(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.proves("ann@fernbank.example", 1)
	b.plant(cookieGrant, "")
	b.expect(b.get("/recover/code"), 303, "/recover/reset")
	b.expect(b.get("/recover/reset"), 400, b.text("problem.no_cookie.title"))
	b.expect(b.post("/recover/reset", "password", fresh), 400, b.text("problem.no_cookie.title"))

	b.plant(cookieRequest, "AAAAAAAAAAAAAAAAAAAAAA") // of our shape, and nobody's
	for _, path := range []string{"/recover/choose", "/recover/code", "/recover/done"} {
		b.expect(b.get(path), 410, b.text("problem.ended.title"))
	}
	b.expect(b.post("/recover/resend"), 410, b.text("problem.ended.title"))
}

// Another request of the account set a password: whoever watched an open one sees no change, and proves nothing any more; one that
// was proved has ended.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	stranger, proved, owner := s.browser(), s.browser(), s.browser()
	stranger.asks("ann@fernbank.example")
	code := s.code("ann@fernbank.example", 1)
	proved.proves("ann@fernbank.example", 2)
	owner.proves("ann@fernbank.example", 3)
	watched := stranger.get("/recover/code")
	owner.expect(owner.post("/recover/reset", "password", fresh), 303, "/recover/done")
	if now := stranger.get("/recover/code"); now.plain() != watched.plain() || now.status != watched.status {
		t.Errorf("the stranger sees\n%s\nbefore\n%s", now.body, watched.body)
	}
	stranger.expect(stranger.post("/recover/code", "code", code), 303, "/recover/code?said=wrong")
	proved.expect(proved.get("/recover/reset"), 410, proved.text("problem.ended.title"))
	proved.expect(proved.post("/recover/reset", "password", "quite another one"), 410, proved.text("problem.ended.title"))
	if !s.opens("ann@fernbank.example", fresh) {
		t.Error("the password was set once more")
	}
}

// Planted and mangled cookies: when one comes twice, neither counts, and none that we did not make is looked up.
func TestPlantedCookies(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.proves("ann@fernbank.example", 1)
	request, grant := b.cookie(cookieRequest), b.cookie(cookieGrant)
	other := s.browser()
	other.asks("ben@fernbank.example")
	planted := other.cookie(cookieRequest)
	send := func(path string, cookies ...string) answer {
		t.Helper()
		r, err := http.NewRequest("GET", s.url+path, nil)
		must(t, err)
		r.Header["Cookie"] = cookies
		return s.browser().send(r)
	}
	name := func(of, value string) string { return "__Host-" + of + "=" + value }
	if a := send("/recover/reset", name(cookieRequest, request)+"; "+name(cookieGrant, grant)); a.status != 200 {
		t.Fatalf("the plain cookies: %d", a.status)
	}
	for _, cookies := range [][]string{
		{name(cookieRequest, request) + "; " + name(cookieRequest, planted)},
		{name(cookieRequest, planted) + "; " + name(cookieRequest, request)},
		{name(cookieRequest, planted), name(cookieRequest, request)},
		{name(cookieRequest, request) + "; " + name(cookieRequest, request)},
		{name(cookieRequest, "")}, {name(cookieRequest, request+"=")}, {name(cookieRequest, request[:21])}, {name(cookieRequest, `"`+request)},
		{name(cookieRequest, request+" ")[:len(request)]}, {name(cookieRequest, strings.Repeat("A", 4000))}, {name(cookieRequest, "%41"+request[1:])},
		{name(cookieRequest, request[:11]+"\x00"+request[12:])}, {name(cookieRequest, request[:11]+"\t"+request[12:])}, {name(cookieRequest, "é"+request[2:])},
		{cookieRequest + "=" + request}, {"__host-" + cookieRequest + "=" + request}, {"__Host-" + strings.ToUpper(cookieRequest) + "=" + request},
		{";;; =; a; " + strings.Repeat("b=c; ", 100)},
	} {
		if strings.ContainsAny(cookies[0], "\x00\t") {
			host := strings.TrimPrefix(s.url, "https://")
			got := s.raw(fmt.Sprintf("GET /recover/code HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nConnection: close\r\n\r\n", host, cookies[0]))
			if !strings.HasPrefix(got, "HTTP/1.1 400") {
				t.Errorf("cookie %q: %.60q", cookies, got)
			}
			continue
		}
		if a := send("/recover/code", cookies...); a.status != 400 || title(a) != s.browser().text("problem.no_cookie.title") {
			t.Errorf("cookies %.90q: %d %s", cookies, a.status, title(a))
		}
	}
	for _, bad := range []string{name(cookieGrant, grant) + "; " + name(cookieGrant, planted), cookieGrant + "=" + grant} {
		if a := send("/recover/reset", name(cookieRequest, request)+"; "+bad); a.status != 400 {
			t.Errorf("a planted grant: %d", a.status)
		}
	}
}

// Over plain HTTP, which the configuration allows on a loopback address alone, the walk works with cookies that have another name.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.plain = true })
	s.account("ann@fernbank.example")
	b := s.browser()
	b.proves("ann@fernbank.example", 1)
	b.expect(b.post("/recover/reset", "password", fresh), 303, "/recover/done")
	b.expect(b.get("/recover/done"), 200, b.text("done.title"))
	b.signsIn("ann@fernbank.example", fresh)
	b.expect(b.get("/account"), 200, b.text("account.title"))
}
