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
		for _, m := range urls.FindAllStringSubmatch(b.get(path).body, -1) {
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

// The pictures of a card: drawn for whoever holds the card, never with numbers on one to be rubbed, gone once it was answered, and
// no more of them than the limit allows.
func TestPictures(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.Picture.Events = 12 })
	b := s.browser()
	a := b.get("/recover")
	src := regexp.MustCompile(`(?:src|data-card|data-cover)="(/challenge/[^"]+)"`).FindAllStringSubmatch(a.body, -1)
	if len(src) != 3 {
		t.Fatalf("the page names %d pictures", len(src))
	}
	for _, m := range src {
		a := b.get(m[1])
		if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "image/") || len(a.body) < 1000 || len(a.cookies) != 0 {
			t.Errorf("%.30s: %d %s, %d bytes", m[1], a.status, a.header.Get("Content-Type"), len(a.body))
		}
	}
	rub, number := src[0][1], found(t, numbered, a.body)
	rub = rub[strings.LastIndex(rub, "/")+1:]
	for _, path := range []string{"/challenge/numbered/" + rub, "/challenge/open/" + number, "/challenge/cover/" + number, "/challenge/open/" + rub[1:]} {
		b.expect(b.get(path), 404, b.text("problem.not_found.title"))
	}
	s.advance(2 * time.Second)
	b.expect(b.post("/recover", "address", "ann@fernbank.example", "card", rub, "trace", "1,1,0,1"), 422, b.text("card.ran_away.head"))
	b.expect(b.get("/challenge/open/"+rub), 410, "This card is over. Reload the page for a new one.\n")
	for range 4 {
		b.get("/challenge/cover/" + rub)
	}
	if a := b.get("/challenge/cover/" + rub); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Errorf("the thirteenth picture: %d", a.status)
	}
}
