package web

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The demo's mailbox shows what arrived: the list, and each mail in a frame where no script of it runs. Without the demo there is
// none (TestNotFound).
func TestMailbox(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.demo = true })
	s.account("ann@fernbank.example")
	b := s.browser()
	b.expect(b.get("/demo/mailbox"), 200, b.text("mailbox.empty"))
	b.expect(b.get("/signin"), 200, old) // told on the page
	b.asks("ann@fernbank.example")
	m := b.letter("ann@fernbank.example", 1)
	b.expect(b.get("/demo/mailbox"), 200, m.Subject)
	a := b.get("/demo/mailbox/1")
	if policy := a.header.Get("Content-Security-Policy"); a.status != 200 || a.body != m.HTML || !strings.Contains(policy, "sandbox") ||
		strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "allow-same-origin") || !strings.Contains(policy, "frame-ancestors 'self'") {
		t.Errorf("%d with %s", a.status, policy)
	}
	for _, none := range []string{"2", "0", "-1", "+1", "1.0", "x", "99999999999999999999", "1%00", "events/x"} {
		b.expect(b.get("/demo/mailbox/"+none), 404, b.text("problem.not_found.title"))
	}
}

// A page elsewhere whose name was made to lead here reads no mails (DNS rebinding).
func TestAttackMailboxByAnotherName(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.demo = true })
	for host, want := range map[string]int{"localhost:8080": 200, "127.0.0.1:1": 200, "[::1]": 200, "evil.example": 404, "evil.example:8080": 404, "10.0.0.1": 404} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/demo/mailbox", nil)
		must(t, err)
		r.Host = host
		if a := s.browser().send(r); a.status != want {
			t.Errorf("%s: %d", host, a.status)
		}
	}
}

// The page is told of each mail as it arrives; the stream ends when either side ends it.
func TestMailboxEvents(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.demo = true })
	s.account("ann@fernbank.example")
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	look, err := http.NewRequestWithContext(ctx, "HEAD", s.url+"/demo/mailbox/events", nil)
	must(t, err)
	if a := s.browser().send(look); a.status != 200 {
		t.Errorf("HEAD: %d", a.status)
	}
	if a := s.browser().do("POST", "/demo/mailbox/events", ""); a.status != 405 {
		t.Errorf("POST: %d", a.status)
	}
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/demo/mailbox/events", nil)
	must(t, err)
	response, err := s.client.Do(r)
	must(t, err)
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); response.StatusCode != 200 || kind != "text/event-stream" || response.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", response.StatusCode, kind)
	}
	lines := bufio.NewScanner(response.Body)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() != "" {
				break
			}
		}
		if lines.Text() != want {
			t.Fatalf("%q, want %q (%v)", lines.Text(), want, lines.Err())
		}
	}
	next("retry: 2000")
	for _, id := range []string{"1", "2", "3"} {
		s.browser().asks("ann@fernbank.example") // the answer's head is there, so whatever comes now is told
		next("event: mail")
		next("data: " + id)
	}
	stop() // the person leaves; closing the server at the end waits until its side has noticed
	for lines.Scan() {
	}

	// The mailbox is closed, as when the program stops: the stream ends too.
	whole, enough := context.WithTimeout(t.Context(), 20*time.Second)
	defer enough()
	response, err = s.client.Do(r.WithContext(whole))
	must(t, err)
	defer response.Body.Close()
	must(t, s.box.Close())
	lines = bufio.NewScanner(response.Body)
	for lines.Scan() {
	}
	if lines.Err() != nil {
		t.Errorf("ended by %v", lines.Err())
	}
}
