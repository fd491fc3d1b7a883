package siteverify

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// server answers as said, and notes what it was asked.
func server(t *testing.T, status int, answer string) (*Client, *http.Request) {
	t.Helper()
	asked := &http.Request{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		*asked = *r
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(s.Close)
	return &Client{URL: s.URL + "/siteverify", Secret: "a secret"}, asked
}

const good = `{"success":true,"challenge_ts":"2026-11-25T12:00:00Z","hostname":"shop.example","action":"sign-up","error-codes":[]}`

func TestVerify(t *testing.T) {
	c, asked := server(t, 200, good)
	r, err := c.Verify(t.Context(), "a response")
	if err != nil || !r.Success || r.Hostname != "shop.example" || r.Action != "sign-up" || !r.At.Equal(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v %v", r, err)
	}
	if asked.Method != "POST" || asked.URL.RawQuery != "" || asked.PostForm.Get("secret") != "a secret" || asked.PostForm.Get("response") != "a response" {
		t.Errorf("asked %s %s %v", asked.Method, asked.URL, asked.PostForm)
	}
}

func TestExpectations(t *testing.T) {
	for _, c := range []struct {
		action string
		hosts  []string
		want   []string
	}{
		{"", nil, nil},
		{"sign-up", []string{"www.shop.example", "shop.example"}, nil},
		{"pay", nil, []string{WrongAction}},
		{"", []string{"www.shop.example"}, []string{WrongHostname}},
		{"pay", []string{"www.shop.example"}, []string{WrongAction, WrongHostname}},
	} {
		client, _ := server(t, 200, good)
		client.Action, client.Hostnames = c.action, c.hosts
		r, err := client.Verify(t.Context(), "x")
		if err != nil || !slices.Equal(r.Errors, c.want) || r.Success != (c.want == nil) {
			t.Errorf("%v: %+v %v", c, r, err)
		}
	}
}

func TestRefused(t *testing.T) {
	c, _ := server(t, 200, `{"success":false,"error-codes":["timeout-or-duplicate"]}`)
	c.Action = "sign-up"
	r, err := c.Verify(t.Context(), "x")
	if err != nil || r.Success || !r.Has(TimeoutOrUsed) || len(r.Errors) != 1 {
		t.Errorf("%+v %v", r, err)
	}
	c, _ = server(t, 200, strings.Replace(good, "[]", `["internal-error"]`, 1))
	if r, err := c.Verify(t.Context(), "x"); err != nil || r.Success {
		t.Errorf("a success with errors: %+v %v", r, err)
	}
}

// Whatever is no clear answer is an error, and lets nobody in.
func TestUnclear(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
	}{
		"failure": {500, `{"success":true}`}, "redirect": {307, good}, "page": {200, "<html>"}, "empty": {200, ""}, "silent": {200, "{}"}, "null": {200, "null"},
		"other type": {200, `{"success":"true"}`}, "cut short": {200, good[:40]}, "endless": {200, `{"x":"` + strings.Repeat("x", 1<<17) + `","success":true}`},
	} {
		client, asked := server(t, c.status, c.answer)
		if r, err := client.Verify(t.Context(), "x"); err == nil || r.Success {
			t.Errorf("%s: %+v", name, r)
		}
		if asked.URL.Path != "/siteverify" {
			t.Errorf("%s: the secret went to %s", name, asked.URL.Path)
		}
	}
	gone := Client{URL: "http://127.0.0.1:1/siteverify"}
	if r, err := gone.Verify(t.Context(), "x"); err == nil || r.Success {
		t.Errorf("nobody there: %+v", r)
	}
	c, _ := server(t, 200, good)
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := c.Verify(ended, "x"); err == nil {
		t.Error("asked although the caller has gone")
	}
}

func TestNothingToAsk(t *testing.T) {
	c := Client{URL: "http://127.0.0.1:1/siteverify"} // where nobody answers
	if r, err := c.Verify(t.Context(), ""); err != nil || r.Success || !r.Has(MissingResponse) {
		t.Errorf("%+v %v", r, err)
	}
}
