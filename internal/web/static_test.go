package web

import (
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"twohens/internal/web/page"
)

var urls = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// Every file that pages name is there, may be kept for good where its URL carries its digest, and is not sent again when it is known.
func TestStaticFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) {
		o.demo = true
		o.site = page.Site{Name: "Fernbank", LogoURL: "/static/logo.svg", BrandURL: "/static/brand.css"}
		o.files = map[string][]byte{"logo.svg": []byte("<svg/>"), "brand.css": []byte(":root{}")}
	})
	s.account("ann@fernbank.example")
	b := s.browser()
	b.proves("ann@fernbank.example", 1)
	b.signsIn("ann@fernbank.example", old)
	seen := map[string]bool{}
	for _, path := range []string{"/signin", "/recover", "/recover/reset", "/account", "/account/password", "/help", "/help/email", "/demo/mailbox", "/nothing"} {
		body := strings.ReplaceAll(b.get(path).body, ` site="own" action="`, ` site="own" for="`) // of the challenge, which is no form
		for _, m := range urls.FindAllStringSubmatch(body, -1) {
			if !strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "#") || strings.HasPrefix(m[1], "//") {
				t.Errorf("%s names %s, which is not of this site", path, m[1])
			}
			if strings.HasPrefix(m[1], "/static/") {
				seen[m[1]] = true
			}
		}
	}
	if len(seen) < 8 || !seen["/static/logo.svg"] || !seen["/static/brand.css"] {
		t.Errorf("pages name only %v", seen)
	}
	for url := range seen {
		a := b.get(url)
		tag := a.header.Get("Etag")
		if a.status != 200 || a.body == "" || tag == "" {
			t.Errorf("%s: %d, %d bytes, %s", url, a.status, len(a.body), tag)
		}
		if forGood := strings.Contains(a.header.Get("Cache-Control"), "immutable"); forGood != strings.Contains(url, "?") {
			t.Errorf("%s: %s", url, a.header.Get("Cache-Control"))
		}
		name, _, _ := strings.Cut(url, "?")
		want := map[string]string{
			".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8",
		}[path.Ext(name)]
		if got := a.header.Get("Content-Type"); got != want || want == "" {
			t.Errorf("%s is %s", url, got)
		}
		b.header.Set("If-None-Match", tag)
		if again := b.get(url); again.status != 304 || again.body != "" {
			t.Errorf("%s again: %d, %d bytes", url, again.status, len(again.body))
		}
		b.header.Del("If-None-Match")
		if head := b.do("HEAD", url, ""); head.status != 200 || head.header.Get("Content-Type") != want {
			t.Errorf("HEAD %s: %d", url, head.status)
		}
	}
}

// The pictures and calls of a card without a script: made for whoever holds the card, of one mode alone, gone once it was answered,
// and no more of them than the limit allows.
func TestPictures(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.Picture.Events = 19 })
	b := s.browser()
	a := b.get("/recover")
	card := found(t, plain, a.body)
	a = b.get(found(t, regexp.MustCompile(`src="(/challenge/numbered/[^"]+)"`), a.body))
	if a.status != 200 || a.header.Get("Content-Type") != "image/jpeg" || len(a.body) < 1000 || len(a.cookies) != 0 {
		t.Errorf("the picture: %d %s, %d bytes", a.status, a.header.Get("Content-Type"), len(a.body))
	}
	a = b.post("/recover", "address", "ann@fernbank.example", "action", "listen")
	heard := found(t, plain, a.body)
	calls := regexp.MustCompile(`src="(/challenge/call/[^"]+)"`).FindAllStringSubmatch(a.body, -1)
	if len(calls) != 8 {
		t.Fatalf("%d calls", len(calls))
	}
	for _, m := range calls {
		if a := b.get(m[1]); a.status != 200 || a.header.Get("Content-Type") != "audio/wav" || len(a.body) < 1000 || len(a.cookies) != 0 {
			t.Errorf("%.30s: %d %s, %d bytes", m[1], a.status, a.header.Get("Content-Type"), len(a.body))
		}
	}
	for _, path := range []string{"open/" + card, "cover/" + card, "call/" + card + "/1", "numbered/" + heard, "call/" + heard + "/9", "call/" + heard + "/0"} {
		if a := b.get("/challenge/" + path); a.status != 404 {
			t.Errorf("%.20s: %d", path, a.status)
		}
	}
	s.advance(5 * time.Second)
	b.expect(b.post("/recover", "address", "ann@fernbank.example", "plain", card, "pick", "1"), 422, b.text("card.ran_away.head"))
	if a := b.get("/challenge/numbered/" + card); a.status != 410 {
		t.Errorf("the picture of an answered card: %d", a.status)
	}
	for range 3 {
		b.get("/challenge/numbered/" + card)
	}
	if a := b.get("/challenge/numbered/" + card); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Errorf("one picture too many: %d", a.status)
	}
}
