package web

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// R-41, kratos#1142: scanners open the link as often as they like; the button on its page proves, once, to the browser that pressed it.
// The browser that asked sees no change, and its code proves nothing any more.
func TestLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	asking := s.browser()
	asking.asks("ann@fernbank.example")
	code, link := s.code("ann@fernbank.example", 1), s.link("ann@fernbank.example", 1)
	seen := asking.get("/recover/code")
	s.settled()
	before := s.rows()
	scanner := s.browser()
	for range 20 {
		scanner.expect(scanner.get(link), 200, scanner.text("link.title"))
		if a := scanner.do("HEAD", link, ""); a.status != 200 || len(a.cookies) != 0 {
			t.Fatalf("HEAD: %d %v", a.status, a.cookies)
		}
	}
	if s.rows() != before {
		t.Error("opening the link changed something")
	}
	phone := s.browser()
	if a := phone.get(link); !strings.Contains(a.body, `action="`+link+`"`) {
		t.Errorf("no button: %s", words(a.body))
	}
	phone.expect(phone.post(link), 303, "/recover/reset")
	phone.expect(phone.get("/recover/reset"), 200, phone.text("reset.title"))

	if now := asking.get("/recover/code"); now.plain() != seen.plain() || now.status != seen.status {
		t.Errorf("the browser that asked sees a change: %s", difference(now.plain(), seen.plain()))
	}
	asking.expect(asking.post("/recover/code", "code", code), 303, "/recover/code?said=wrong")
	asking.expect(asking.get("/recover/reset"), 400, asking.text("problem.no_cookie.title"))

	for range 2 { // used up
		scanner.expect(scanner.get(link), 410, scanner.text("link.dead.title"))
		scanner.expect(scanner.post(link), 410, scanner.text("link.dead.title"))
	}
	phone.expect(phone.post("/recover/reset", "password", fresh), 303, "/recover/done")
	phone.expect(phone.get("/recover/done"), 200, phone.text("done.title"))
	phone.expect(phone.get("/recover/code"), 303, "/recover/done")
	if !s.opens("ann@fernbank.example", fresh) {
		t.Error("the new password is not in force")
	}
	if notice := s.letter("ann@fernbank.example", 2); !strings.Contains(notice.Text, s.browser().text("mail.changed.by_link")) {
		t.Errorf("the notice does not say that it was the link:\n%s", notice.Text)
	}
}

// Each mail of a request carries the same link, which lives as long as the request and not a moment longer; it is dead for strangers'
// guesses, and it does not come for an address that nobody has.
func TestLinkLife(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	first := s.link("ann@fernbank.example", 1)
	s.advance(16 * time.Minute)
	b.expect(b.post("/recover/resend"), 303, "/recover/code?said=sent")
	if second := s.link("ann@fernbank.example", 2); second != first {
		t.Errorf("two links: %s and %s", first, second)
	}
	for _, link := range []string{
		"/go/x", "/go/" + strings.Repeat("A", 22), "/go/" + strings.Repeat("A", 5000), first[:len(first)-1], first + "A", first + "=", first + "%0a", first + "%00",
		"/go/%20" + first[4:], strings.ToLower(first), "/go/..", "/go/%2e%2e", "/go/" + first[4:8] + "%2F" + first[9:], "/go/é",
	} {
		for _, method := range []string{"GET", "POST"} {
			if a := s.browser().do(method, link, ""); a.status != 410 && a.status != 404 && a.status != 307 {
				t.Errorf("%s %s: %d", method, link, a.status)
			}
		}
	}
	s.advance(44*time.Minute - time.Millisecond)
	b.expect(b.get(first), 200, b.text("link.title"))
	s.advance(time.Millisecond)
	b.expect(b.get(first), 410, b.text("link.dead.title"))
	b.expect(b.post(first), 410, b.text("link.dead.title"))
}

// Twenty presses at the same moment: one of them proves.
func TestLinkOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	link := s.link("ann@fernbank.example", 1)
	var all sync.WaitGroup
	status := make(chan int, 20)
	for range cap(status) {
		all.Go(func() { status <- s.browser().post(link).status })
	}
	all.Wait()
	close(status)
	count := map[int]int{}
	for one := range status {
		count[one]++
	}
	if count[303] != 1 || count[410] != 19 {
		t.Errorf("twenty presses: %v", count)
	}
}
