package web

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"twohens/internal/locale"
)

var switches = regexp.MustCompile(`<a href="([^"]*lang=[^"]*)" lang="([^"]+)"`)

// The switch on every page leads back to the same page in the other language, which lasts, whatever the browser asks for.
func TestLanguageSwitch(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.demo = true })
	s.account("ann@fernbank.example")
	proving, resetting, inside := s.browser(), s.browser(), s.browser()
	proving.asks("ann@fernbank.example")
	s.letter("ann@fernbank.example", 1)
	resetting.proves("ann@fernbank.example", 2)
	inside.signsIn("ann@fernbank.example", old)
	for _, c := range []struct {
		b    *browser
		page answer
		path string // that it can be had at
	}{
		{proving, proving.get("/signin"), "/signin"},
		{proving, proving.get("/recover"), "/recover"},
		{proving, proving.post("/recover", "address", "ann"), "/recover"},
		{proving, proving.get("/recover/choose"), "/recover/choose"},
		{proving, proving.get("/recover/code?said=wrong"), "/recover/code?said=wrong"},
		{proving, proving.get("/signin?next=%2Faccount%2Fpassword"), "/signin?next=%2Faccount%2Fpassword"},
		{proving, proving.get("/recover?a=b&said=%22%3E%3Cscript%3E&next=//evil.example"), "/recover"},
		{proving, proving.get(s.link("ann@fernbank.example", 1)), s.link("ann@fernbank.example", 1)},
		{proving, proving.get("/help"), "/help"},
		{proving, proving.get("/help/not-me"), "/help/not-me"},
		{proving, proving.get("/demo/mailbox"), "/demo/mailbox"},
		{proving, proving.get("/nothing/caf%C3%A9%20%3Fx%25"), "/nothing/caf%C3%A9%20%3Fx%25"},
		{resetting, resetting.get("/recover/reset"), "/recover/reset"},
		{resetting, resetting.post("/recover/reset", "password", "short"), "/recover/reset"},
		{inside, inside.get("/account"), "/account"},
		{inside, inside.post("/account/password", "current", "x", "password", "y"), "/account/password"},
		{inside, inside.sendForm("/account/sessions", "text/plain", ""), "/account"},
		{inside, inside.sendForm("/signout", "text/plain", ""), "/signin"},
		{inside, inside.sendForm("/recover/resend", "text/plain", ""), "/recover/code"},
		{inside, inside.sendForm("/recover/another", "text/plain", ""), "/recover/choose"},
	} {
		links := switches.FindAllStringSubmatch(c.page.body, -1)
		if len(links) != len(locale.All()) {
			t.Errorf("%s: %d languages", c.path, len(links))
		}
		for _, link := range links {
			a := c.b.get(html.UnescapeString(link[1]))
			if a.status != 303 || a.to() != c.path || len(a.cookies) != 1 || a.cookies[0].Value != link[2] {
				t.Errorf("%s: the switch %s: %d to %s with %v", c.path, link[1], a.status, a.to(), a.cookies)
			}
			if a.cookies[0].MaxAge < int((300*24*time.Hour)/time.Second) || a.cookies[0].SameSite != http.SameSiteLaxMode {
				t.Errorf("the language lasts %d s", a.cookies[0].MaxAge)
			}
		}
		c.b.plant(cookieLang, "")
	}

	b := s.browser()
	b.lang = "es"
	b.expect(b.get("/recover"), 200, locale.For("es").T("card.legend"))
	b.expect(b.get("/recover/code?said=wrong&lang=ar"), 303, "/recover/code?said=wrong")
	for _, path := range []string{"/recover", "/signin", "/help", "/nothing"} {
		if a := b.get(path); !strings.Contains(a.body, `<html lang="ar" dir="rtl">`) {
			t.Errorf("%s after the switch: %.120s", path, a.body)
		}
	}
	for _, unknown := range []string{"xx", "", "en-GB-oed", "<script>", strings.Repeat("a", 3000), "../../en"} {
		a := b.do("GET", "/recover?"+fields("lang", unknown).Encode(), "")
		if a.status != 303 || a.to() != "/recover" || len(a.cookies) != 0 {
			t.Errorf("lang=%.20q: %d to %s with %v", unknown, a.status, a.to(), a.cookies)
		}
	}
	b.plant(cookieLang, "klingon")
	b.expect(b.get("/recover"), 200, locale.For("es").T("card.legend"))
}

// Whatever a browser says of its languages, there is a page.
func TestAcceptLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for header, want := range map[string]string{
		"": "en", "*": "en", "zh-CN,zh;q=0.9": "zh-Hans", "zh": "zh-Hans", "es-MX": "es", "ar-EG, en;q=0.5": "ar", "de": "en", "de, es;q=0.1": "es",
		strings.Repeat("x-", 3000): "en", ";;;": "en", "\u00ff": "en",
	} {
		b := s.browser()
		b.header.Set("Accept-Language", header)
		if a := b.get("/help"); a.status != 200 || a.header.Get("Content-Language") != want {
			t.Errorf("Accept-Language %.30q: %d in %s, want %s", header, a.status, a.header.Get("Content-Language"), want)
		}
	}
}
