package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// away is everything that has led people to other hosts (GHSA-x3f4-v83f-7wp2).
var away = []string{
	"https://evil.example/", "HTTPS://evil.example", "hTTp:evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
	"/\t/evil.example", "/\n/evil.example", "https:/evil.example", "https:evil.example", "/account@evil.example", "//user@evil.example/account",
	"/account//evil.example", "/account/../..//evil.example", "/account?x=//evil.example", "/ACCOUNT", "javascript:alert(1)", "data:text/html,x",
	"/account\r\nLocation: https://evil.example", "\u2028//evil.example", "/%2F/evil.example", "/%5Cevil.example", ".evil.example", "@evil.example", "",
	"/recover/done", "/signout", "/account/sessions", "/go/AAAAAAAAAAAAAAAAAAAAAA",
}

// After signing in, people go on to where this site itself sends them, and nowhere else.
func TestNextGoesNowhereElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	for _, next := range away {
		b := s.browser()
		b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", old, "next", next), 303, "/account")
		query := fields("next", next, "return", next, "redirect_uri", next, "url", next).Encode()
		a := b.get("/signin?" + query)
		if strings.Contains(a.body, "evil.example") || !strings.Contains(a.body, `name="next" value="/account"`) {
			t.Errorf("%q is on the page", next)
		}
		for _, path := range []string{"/", "/recover/reset", "/.well-known/change-password", "/recover/done", "/account"} {
			if to := b.get(path + "?" + query).to(); strings.Contains(to, "evil") {
				t.Errorf("%s with %q leads to %q", path, next, to)
			}
		}
	}
	b := s.browser()
	b.expect(b.follow(b.get("/.well-known/change-password")), 200, b.text("signin.first.head"))
	b.expect(b.post("/signin", "address", "ann@fernbank.example", "password", old, "next", "/account/password"), 303, "/account/password")
}

// The language switch and the tidying of paths redirect too.
func TestPathsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	host := strings.TrimPrefix(s.url, "https://")
	location := regexp.MustCompile(`(?m)^Location: (.*)\r$`)
	for _, path := range []string{
		"//evil.example/?lang=es", "///evil.example?lang=es", "/\\evil.example?lang=es", "/%5Cevil.example/?lang=es", "/%5C%5Cevil.example/?lang=es",
		"/%2F/evil.example?lang=es", "/%2Fevil.example?lang=es", "//evil.example/..", "//evil.example/%2e%2e", "//user@evil.example/", "/.//evil.example?lang=es",
		"/;//evil.example?lang=es", "/%09/evil.example?lang=es", "https://evil.example/?lang=es", "https://evil.example//x", "//evil.example:80/?lang=es",
		"/%0d%0aLocation:%20https://evil.example?lang=es",
	} {
		for _, method := range []string{"GET", "POST", "HEAD"} {
			got := s.raw(fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", method, path, host))
			for _, m := range location.FindAllStringSubmatch(got, -1) {
				if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") || strings.HasPrefix(m[1], `/\`) {
					t.Errorf("%s %s leads to %q", method, path, m[1])
				}
			}
			if strings.Contains(got, "HTTP/1.1 5") || len(got) == 0 {
				t.Errorf("%s %s: %.80q", method, path, got)
			}
		}
	}
}

// poisons are the headers that have named somebody else's host.
var poisons = []http.Header{
	{"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"http"}, "X-Forwarded-Port": {"666"}},
	{"Forwarded": {"for=192.0.2.1;host=evil.example;proto=http"}},
	{"X-Original-Url": {"https://evil.example/"}, "X-Rewrite-Url": {"/evil"}, "X-Host": {"evil.example"}, "X-Forwarded-Server": {"evil.example"}},
	{"X-Forwarded-Prefix": {"/evil.example"}, "X-Original-Host": {"evil.example"}, "Referer": {"https://evil.example/"}},
}

var (
	masked = regexp.MustCompile(`\b[0-9]{8}\b|\b[0-9]{4}\b(</span>)?|/go/[A-Za-z0-9_-]+|(?m:^Message-I[dD]:.*$)|boundary="?[^"\r\n]+|--[0-9a-zA-Z'()+_,./:=?-]{10,}`)
	sealed = regexp.MustCompile(`(/challenge/\w+/|value=")[A-Za-z0-9_-]{100,}|name="claim" value="[A-Za-z0-9_-]{22}"|<b dir="ltr">[2-9A-Z]{3}-[2-9A-Z]{3}</b>`)
)

// CVE-2023-49097, CVE-2025-64101: no header says which host a mail or a page names. Every mail is the same byte for byte, but for its
// code, its link and its own name.
func TestHostIsNeverBelieved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	walk := func(b *browser, host string) (pages []string) {
		t.Helper()
		step := func(method, path string, form ...string) answer {
			t.Helper()
			r, err := http.NewRequest(method, s.url+path, strings.NewReader(fields(form...).Encode()))
			must(t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Host = host
			if holder := b.cookie(cookieRequest); holder != "" && host != "" {
				r.Header.Set("Cookie", "__Host-"+cookieRequest+"="+holder) // which the jar would not give to another host
			}
			a := b.send(r)
			pages = append(pages, fmt.Sprint(a.status, a.to(), sealed.ReplaceAllString(a.body, "$1")))
			return a
		}
		step("GET", "/")
		step("GET", "/signin")
		step("GET", "/recover")
		step("POST", "/recover", "address", "ann@fernbank.example")
		step("GET", "/.well-known/change-password")
		b.begins("ann@fernbank.example")
		step("POST", "/recover/choose", "way", "email")
		step("GET", "/recover/code")
		s.settled()
		return pages
	}
	want := walk(s.browser(), "")
	first := s.letter("ann@fernbank.example", 1)
	n := 1
	try := func(name string, b *browser, host string) {
		t.Helper()
		got := walk(b, host)
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: page %d differs: %s", name, i, difference(got[i], want[i]))
			}
		}
		n++
		m := s.letter("ann@fernbank.example", n)
		if a, b := masked.ReplaceAllString(string(first.Raw), "*"), masked.ReplaceAllString(string(m.Raw), "*"); a != b {
			t.Errorf("%s: the mail differs: %s", name, difference(b, a))
		}
		if strings.Contains(string(m.Raw)+m.Text+m.HTML, "evil") || len(m.To) != 1 || m.To[0] != "ann@fernbank.example" {
			t.Errorf("%s: to %s:\n%s", name, m.To, m.Raw)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:443", "127.0.0.1@evil.example", "fernbank.example.evil.example"} {
		try("Host "+host, s.browser(), host)
	}
	for _, header := range poisons {
		b := s.browser()
		b.header = header
		try(fmt.Sprint(header), b, "")
	}
	if !strings.Contains(first.Text, s.url+"/go/") {
		t.Errorf("the link is not under the configured URL:\n%s", first.Text)
	}
	// Two Hosts are refused before anybody reads them; a target that names a host is not believed either.
	host := strings.TrimPrefix(s.url, "https://")
	if got := s.raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nHost: evil.example\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("two Hosts: %.60q", got)
	}
	if got := s.raw("GET https://evil.example/ HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"); strings.Contains(got, "evil") {
		t.Errorf("absolute target: %s", got)
	}
}
