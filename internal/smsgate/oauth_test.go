package smsgate_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/smsgate"
)

// desk is where access is asked for (RFC 6749).
type desk struct {
	mu      sync.Mutex
	given   int
	asked   int
	answer  func(w http.ResponseWriter, n int)
	clients []string
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	id, secret, _ := r.BasicAuth()
	d.clients = append(d.clients, id+" "+secret+" "+r.PostFormValue("grant_type")+" "+r.PostFormValue("scope"))
	d.answer(w, d.asked)
}

// oauth makes a peer that takes what the desk gave last, and a gateway to it.
func oauth(t *testing.T) (*desk, *peer, smsgate.Gateway) {
	d, p := new(desk), start(t)
	d.answer = func(w http.ResponseWriter, n int) {
		d.given = n
		fmt.Fprintf(w, `{"access_token":"access-%d","token_type":"Bearer","expires_in":3600}`, n)
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	handler := p.receipt
	p.receipt = func(w http.ResponseWriter, n int) {
		d.mu.Lock()
		good := fmt.Sprintf("Bearer access-%d", d.given)
		d.mu.Unlock()
		p.mu.Lock()
		r := p.heard[len(p.heard)-1]
		p.mu.Unlock()
		if r.Header.Get("Authorization") != good {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler(w, n)
	}
	g := p.plain(t, 20*time.Second)
	g.HTTP.Auth, g.HTTP.Username, g.HTTP.AccessURL, g.HTTP.Scope = relay.OAuth2, "fern:1", server.URL, "sms.send"
	return d, p, g
}

func TestAccess(t *testing.T) {
	d, p, g := oauth(t)
	now := time.Now()
	c := chain(t, io.Discard, smsgate.Settings{Gateways: []smsgate.Gateway{g}, Chain: relay.Settings{Now: func() time.Time { return now }}})
	one := func(class relay.Class, asked, requests int) {
		t.Helper()
		text := sendertest.Text(t, "one", "en")
		text.NotAfter = time.Time{}
		called := 0
		text.Last = func() error { called++; return nil }
		_, err := c.Text(t.Context(), text)
		wants(t, err, class)
		if d.asked != asked || p.requests() != requests || called > 1 {
			t.Errorf("asked %d times for access, want %d; %d requests, want %d; Last called %d times", d.asked, asked, p.requests(), requests, called)
		}
	}
	one("", 1, 1)
	one("", 1, 2) // kept
	if want := url.QueryEscape("fern:1") + " " + url.QueryEscape(key) + " client_credentials sms.send"; d.clients[0] != want {
		t.Errorf("asked as %q, want %q", d.clients[0], want)
	}
	now = now.Add(59*time.Minute + 31*time.Second)
	one("", 2, 3) // renewed before its end
	d.given = 99  // taken back: one 401, new access, taken
	one("", 3, 5)
	d.answer = func(w http.ResponseWriter, n int) { fmt.Fprintf(w, `{"access_token":"wrong-%d","expires_in":3600}`, n) }
	now = now.Add(2 * time.Hour)
	one(relay.Unfit, 5, 7) // once more, and no more
}

// Fifty at once ask for access once.
func TestAccessIsAskedForOnce(t *testing.T) {
	d, _, g := oauth(t)
	c := chainOf(t, io.Discard, g)
	var under sync.WaitGroup
	for i := range 50 {
		under.Go(func() {
			if _, err := c.Text(t.Context(), sendertest.Text(t, fmt.Sprintf("many-%d", i), "en")); err != nil {
				t.Error(err)
			}
		})
	}
	under.Wait()
	if d.asked != 1 {
		t.Errorf("asked %d times", d.asked)
	}
}

func TestNoAccess(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		class      relay.Class
	}{
		{"wrong secret", `{"error":"invalid_client"}`, 401, relay.Unfit},
		{"not now", "", 503, relay.Busy},
		{"somebody waited", "", 504, relay.Busy},
		{"no JSON", "<html>", 200, relay.Unfit},
		{"nothing in it", "{}", 200, relay.Unfit},
		{"another kind", `{"access_token":"a","token_type":"mac"}`, 200, relay.Unfit},
		{"a line end in it", `{"access_token":"a\r\nX: b"}`, 200, relay.Unfit},
		{"quotes the secret", `{"error":"` + key + `"}`, 400, relay.Unfit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, p, g := oauth(t)
			d.answer = func(w http.ResponseWriter, _ int) {
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			}
			_, err := send(t, g)
			wants(t, err, tt.class)
			if p.requests() != 0 {
				t.Error("a text left without access")
			}
		})
	}
}
