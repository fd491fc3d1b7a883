package smsgate_test

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/smsgate"
)

// send sends one text through a gateway by itself.
func send(t testing.TB, g smsgate.Gateway) (engine.Handover, error) {
	t.Helper()
	log := new(lockedBuffer)
	h, err := chainOf(t, log, g).Text(t.Context(), sendertest.Text(t, "one", "en"))
	for _, secret := range []string{key, "600123456", "9173"} {
		if said := fmt.Sprint(err, log.String()); strings.Contains(said, secret) {
			t.Errorf("%q is told: %s", secret, said)
		}
	}
	return h, err
}

// wants checks the class of an error; the empty class is none.
func wants(t testing.TB, err error, class relay.Class) {
	t.Helper()
	var f *relay.Failure
	var r *engine.Refusal
	switch {
	case class == "" && err != nil:
		t.Errorf("%v", err)
	case class != "" && (!errors.As(err, &f) || f.Class != class):
		t.Errorf("%v, must be %s", err, class)
	case errors.As(err, &r) != (class == relay.Refused):
		t.Errorf("%v: final or not, the engine gets it wrong", err)
	}
}

// What answers mean, with and without settings of their own.
func TestAnswers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		set    func(*relay.HTTP)
		class  relay.Class
		ref    string
	}{
		{name: "usual", status: 202, body: `{"messages":[{"id":"a-1"}]}`, ref: "a-1"},
		{name: "a number for a name", status: 200, body: `{"messages":[{"id":9007199254740993}]}`, ref: "9007199254740993"},
		{name: "no name", status: 200, body: `{"messages":[]}`},
		{name: "no JSON", status: 200, body: `<html>`},
		{name: "a name that holds the number", status: 200, body: `{"messages":[{"id":"34600123456-1"}]}`},
		{name: "a name that holds the code", status: 200, body: `{"messages":[{"id":"m8264917382649173"}]}`},
		{name: "a name that is too long", status: 200, body: `{"messages":[{"id":"` + strings.Repeat("a", 200) + `"}]}`},
		{name: "a name with a line end", status: 200, body: `{"messages":[{"id":"a\nb"}]}`},

		{name: "bad request", status: 400, class: relay.Refused},
		{name: "cannot be processed", status: 422, class: relay.Refused},
		{name: "who is this", status: 401, class: relay.Unfit},
		{name: "no money", status: 402, class: relay.Unfit},
		{name: "forbidden", status: 403, class: relay.Unfit},
		{name: "nothing there", status: 404, class: relay.Unfit},
		{name: "conflict", status: 409, class: relay.Busy},
		{name: "too large", status: 413, class: relay.Declined},
		{name: "too many", status: 429, class: relay.Busy},
		{name: "broken", status: 500, class: relay.Busy},
		{name: "nobody behind it", status: 502, class: relay.Busy},
		{name: "not now", status: 503, class: relay.Busy},
		{name: "somebody in between waited", status: 504, class: relay.Unsure},
		{name: "moved", status: 302, class: relay.Unfit},
		{name: "not modified", status: 304, class: relay.Unfit},

		{name: "own success", status: 418, set: func(s *relay.HTTP) { s.SuccessStatus = []int{418} }},
		{name: "other than own success", status: 200, set: func(s *relay.HTTP) { s.SuccessStatus = []int{202} }, class: relay.Unfit},
		{name: "own refusal", status: 404, set: func(s *relay.HTTP) { s.RefusedStatus = []int{404} }, class: relay.Refused},
		{name: "usual refusal is none then", status: 400, set: func(s *relay.HTTP) { s.RefusedStatus = []int{404} }, class: relay.Declined},
		{name: "word of success", status: 200, body: "OK a-2", set: func(s *relay.HTTP) {
			s.SuccessPattern, s.RefPath, s.RefPattern = `^OK `, "", `^OK (\S+)`
		}, ref: "a-2"},
		{name: "no word of success", status: 200, body: "ERR 12", set: func(s *relay.HTTP) { s.SuccessPattern = `^OK ` }, class: relay.Declined},
		{name: "word of refusal", status: 200, body: "ERR 12", set: func(s *relay.HTTP) { s.RefusedPattern = `^ERR 1\d` }, class: relay.Refused},
		{name: "own name", status: 200, body: "OK", set: func(s *relay.HTTP) { s.RefPath, s.OwnRef = "", true }, ref: "one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := start(t)
			p.receipt = func(w http.ResponseWriter, _ int) {
				w.Header().Set("Location", "http://"+p.address+"/elsewhere")
				w.WriteHeader(tt.status)
				if tt.status != http.StatusNotModified {
					io.WriteString(w, tt.body)
				}
			}
			g := p.plain(t, 20*time.Second)
			if tt.set != nil {
				tt.set(g.HTTP)
			}
			h, err := send(t, g)
			wants(t, err, tt.class)
			if h.Ref != tt.ref || err == nil && h.Gateway != "plain" {
				t.Errorf("%+v, want the name %q", h, tt.ref)
			}
			if p.requests() != 1 {
				t.Errorf("%d requests", p.requests())
			}
		})
	}
}

// raw is a peer that sees the bytes: each connection is given to do, with its number.
func raw(t testing.TB, do func(n int, conn net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var under sync.WaitGroup
	var open sync.Map
	t.Cleanup(func() {
		l.Close()
		open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		under.Wait()
	})
	under.Go(func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(conn, true)
			under.Go(func() {
				defer conn.Close()
				do(n, conn)
			})
		}
	})
	return l.Addr().String()
}

// Peers that behave badly. What matters is whether the text may have been taken, and that nothing waits or grows without end.
func TestBadPeers(t *testing.T) {
	request := func(conn net.Conn) *bufio.Reader {
		b := bufio.NewReader(conn)
		if r, err := http.ReadRequest(b); err == nil {
			io.Copy(io.Discard, r.Body)
		}
		return b
	}
	endless := func(conn net.Conn, begin, more string) {
		io.WriteString(conn, begin)
		for sent := 0; ; sent += len(more) {
			if _, err := io.WriteString(conn, more); err != nil {
				return
			}
			if sent > 8<<20 { // far more than is looked at and than lies in buffers on the way
				t.Errorf("%q: all of it is read", begin)
				return
			}
		}
	}
	for _, tt := range []struct {
		name  string
		do    func(n int, conn net.Conn)
		class relay.Class
	}{
		{"cut after the request", func(_ int, conn net.Conn) { request(conn) }, relay.Unsure},
		{"cut in the middle of the head", func(_ int, conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Le")
		}, relay.Unsure},
		{"cut in the middle of a body that says yes", func(_ int, conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
		}, ""},
		{"cut in the middle of a body that says no", func(_ int, conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\n{")
		}, relay.Busy},
		{"no HTTP", func(_ int, conn net.Conn) {
			request(conn)
			io.WriteString(conn, "220 mail.fern.example ESMTP\r\n")
		}, relay.Unsure},
		{"a head without end", func(_ int, conn net.Conn) {
			request(conn)
			endless(conn, "HTTP/1.1 200 OK\r\n", "X-More: "+strings.Repeat("a", 1000)+"\r\n")
		}, relay.Unsure},
		{"a body without end", func(_ int, conn net.Conn) {
			request(conn)
			endless(conn, "HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("a", 1000))
		}, ""},
		{"one byte, then nothing", func(_ int, conn net.Conn) {
			request(conn)
			io.WriteString(conn, "H")
			io.Copy(io.Discard, conn)
		}, relay.Unsure},
		{"a head, then nothing", func(_ int, conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
			io.Copy(io.Discard, conn)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &peer{address: raw(t, tt.do)}
			_, err := send(t, p.plain(t, time.Second))
			wants(t, err, tt.class)
			var holdsURL *url.Error
			if errors.As(err, &holdsURL) {
				t.Errorf("whoever prints what is inside prints the address: %v", holdsURL)
			}
		})
	}
}

// The words that decide did not arrive: nobody knows what they would have been.
func TestHalfAnAnswerIsUnsure(t *testing.T) {
	address := raw(t, func(_ int, conn net.Conn) {
		if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			io.Copy(io.Discard, r.Body)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"sta")
		}
	})
	g := (&peer{address: address}).plain(t, time.Second)
	g.HTTP.SuccessPattern = `"status":"ok"`
	_, err := send(t, g)
	wants(t, err, relay.Unsure)
}

// net/http repeats a GET when a connection that it kept open breaks. The gateway may have read it: nobody may get two texts.
func TestNoRepeatBehindOurBack(t *testing.T) {
	var requests atomic.Int32
	address := raw(t, func(_ int, conn net.Conn) {
		b := bufio.NewReader(conn)
		for {
			if _, err := http.ReadRequest(b); err != nil {
				return
			}
			if requests.Add(1) == 2 {
				return // read, perhaps taken, and gone
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	c := chainOf(t, io.Discard, smsgate.Gateway{Name: "get", HTTP: &relay.HTTP{
		Method: "GET", URL: "http://" + address + "/?to={{urlquery .To}}&text={{urlquery .Text}}", OwnRef: true,
	}})
	for i, class := range []relay.Class{"", relay.Unsure, ""} {
		_, err := c.Text(t.Context(), sendertest.Text(t, "one", "en"))
		wants(t, err, class)
		if n := int(requests.Load()); n != i+1 {
			t.Fatalf("%d requests for %d texts", n, i+1)
		}
	}
}

func TestNoRedirect(t *testing.T) {
	elsewhere := start(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		p := start(t)
		p.receipt = func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", "http://"+elsewhere.address+"/v1/messages")
			w.WriteHeader(status)
		}
		_, err := send(t, p.plain(t, 20*time.Second))
		wants(t, err, relay.Unfit)
	}
	if elsewhere.requests() != 0 {
		t.Error("a text went where an answer sent it")
	}
}

// the certificate decides, and before it nothing leaves.
func TestCertificates(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1) }))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})) {
		t.Fatal("no certificate")
	}
	port := server.Listener.Addr().(*net.TCPAddr).Port
	for _, tt := range []struct {
		host  string
		roots *x509.CertPool
		class relay.Class
	}{
		{"127.0.0.1", roots, ""},
		{"127.0.0.1", nil, relay.Unfit},
		{"localhost", roots, relay.Unfit}, // another name than the certificate's
	} {
		asked.Store(0)
		_, err := send(t, smsgate.Gateway{Name: "tls", HTTP: &relay.HTTP{
			URL: fmt.Sprintf("https://%s:%d/?to={{urlquery .To}}", tt.host, port), Roots: tt.roots, OwnRef: true,
		}})
		wants(t, err, tt.class)
		if (asked.Load() == 1) != (tt.class == "") {
			t.Errorf("%s: %d requests", tt.host, asked.Load())
		}
	}
}

// A secret is read each time, so that a new one needs no restart; without it nothing leaves.
func TestSecretFile(t *testing.T) {
	p := start(t)
	g := p.plain(t, 20*time.Second)
	g.HTTP.Auth, g.HTTP.Username = relay.Basic, "fern"
	c := chainOf(t, io.Discard, g)
	for i, secret := range []string{key, "another one & more"} {
		if err := os.WriteFile(g.HTTP.SecretFile, []byte(secret+"\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Text(t.Context(), sendertest.Text(t, "one", "en")); err != nil {
			t.Fatal(err)
		}
		r := p.heard[i]
		user, password, _ := r.BasicAuth()
		if user != "fern" || password != secret || r.Header.Get("X-Key") != secret || r.URL.Query().Get("key") != secret {
			t.Errorf("came with %q, %q, %q, %q", user, password, r.Header.Get("X-Key"), r.URL.Query().Get("key"))
		}
	}
	for _, broken := range []func() error{
		func() error { return os.WriteFile(g.HTTP.SecretFile, []byte("\n"), 0o600) },
		func() error { return os.Remove(g.HTTP.SecretFile) },
	} {
		if err := broken(); err != nil {
			t.Fatal(err)
		}
		_, err := c.Text(t.Context(), sendertest.Text(t, "one", "en"))
		wants(t, err, relay.Unfit)
	}
	if p.requests() != 2 {
		t.Errorf("%d requests", p.requests())
	}
}

// What a template may do, as it goes over the wire.
func TestTemplates(t *testing.T) {
	p := start(t)
	body := ""
	p.read = func(_ *http.Request, b []byte) (sendertest.Taken, error) {
		body = string(b)
		return sendertest.Taken{}, nil
	}
	text := sendertest.Text(t, "one", "zh-Hans")
	text.Body = "a\"<&>é验😀"
	for _, tt := range []struct{ kind, template, want string }{
		{"text/plain", "{{.To}} {{.Digits}} {{.ID}} {{.Locale}} {{.From}} {{.Minutes}}", `+34600123456 34600123456 one zh-Hans Fern & "Co" 9`},
		{"application/json", `{"a":{{json .Text}}}`, `{"a":"a\"<&>é验😀"}`},
		{"text/xml", `<a b="{{xml .Text}}">{{xml .Text}}</a>`, `<a b="a&#34;&lt;&amp;&gt;é验😀">a&#34;&lt;&amp;&gt;é验😀</a>`},
		{"application/x-www-form-urlencoded", `t={{urlquery .Text}}`, "t=" + url.QueryEscape(text.Body)},
		{"text/plain", `{{base64 .Text}} {{hex .Text}}`, "YSI8Jj7DqemqjPCfmIA= 61223c263ec3a9e9aa8cf09f9880"},
		{"text/plain", `{{ucs2hex .Text}}`, "00610022003C0026003E00E99A8CD83DDE00"},
		{"text/plain", `{{if .Unicode}}2{{else}}0{{end}}`, "2"},
	} {
		g := p.plain(t, 20*time.Second)
		g.HTTP.Header["Content-Type"], g.HTTP.Body = tt.kind, tt.template
		if _, err := chainOf(t, io.Discard, g).Text(t.Context(), text); err != nil || body != tt.want {
			t.Errorf("%s\n got %s\nwant %s (%v)", tt.template, body, tt.want, err)
		}
	}
}

// Mistakes in settings are told at the start, with the place.
func TestMistakes(t *testing.T) {
	secret := file(t, key)
	for _, tt := range []struct {
		name string
		set  func(*smsgate.Gateway)
		want string
	}{
		{"unknown field", func(g *smsgate.Gateway) { g.HTTP.Body = "{\n {{json .Texts}}}" }, `body:2:8: executing "body" at <.Texts>`},
		{"unknown field in a header", func(g *smsgate.Gateway) { g.HTTP.Header["X-A"] = "{{.Nothing}}" }, "header X-A"},
		{"no template", func(g *smsgate.Gateway) { g.HTTP.URL += "{{.To" }, "url:1"},
		{"unknown function", func(g *smsgate.Gateway) { g.HTTP.Body = "{{rot13 .To}}" }, `"rot13" not defined`},
		{"text in the clear in JSON", func(g *smsgate.Gateway) { g.HTTP.Body = `{"text":"{{.Text}}"}` }, "{{json .Text}}"},
		{"text in the clear in a query", func(g *smsgate.Gateway) { g.HTTP.URL += "&text={{.Text}}" }, "{{urlquery .Text}}"},
		{"text in the clear in a form", func(g *smsgate.Gateway) {
			g.HTTP.Header["Content-Type"], g.HTTP.Body = "application/x-www-form-urlencoded", "text={{.Text}}"
		}, "{{urlquery .Text}}"},
		{"text in the clear in XML", func(g *smsgate.Gateway) {
			g.HTTP.Header["Content-Type"], g.HTTP.Body = "application/xml", "<a>{{.Text}}</a>"
		}, "{{xml .Text}}"},
		{"text in the clear in a header", func(g *smsgate.Gateway) { g.HTTP.Header["X-Text"] = "{{.Text}}" }, "header X-Text"},
		{"no kind of body", func(g *smsgate.Gateway) { delete(g.HTTP.Header, "Content-Type") }, "Content-Type"},
		{"in the clear", func(g *smsgate.Gateway) { g.HTTP.URL = "http://sms.fernbank.example/" }, "must be https"},
		{"host by a template", func(g *smsgate.Gateway) { g.HTTP.URL = "https://sms.{{.Locale}}.example/" }, "url: what is filled in"},
		{"all by a template", func(g *smsgate.Gateway) { g.HTTP.URL = "{{.Text}}" }, "url: must begin"},
		{"a password in the address", func(g *smsgate.Gateway) { g.HTTP.URL = "https://a:b@sms.fernbank.example/" }, "secret file"},
		{"method", func(g *smsgate.Gateway) { g.HTTP.Method = "GE T" }, "method"},
		{"pattern", func(g *smsgate.Gateway) { g.HTTP.SuccessPattern = "(" }, "success pattern"},
		{"ref pattern without a group", func(g *smsgate.Gateway) { g.HTTP.RefPath, g.HTTP.RefPattern = "", "a" }, "one group"},
		{"two names", func(g *smsgate.Gateway) { g.HTTP.OwnRef = true }, "one name"},
		{"status", func(g *smsgate.Gateway) { g.HTTP.RefusedStatus = []int{42} }, "42"},
		{"secret without a file", func(g *smsgate.Gateway) { g.HTTP.SecretFile = "" }, "secret file"},
		{"basic without a name", func(g *smsgate.Gateway) { g.HTTP.Auth = relay.Basic }, "username"},
		{"oauth2 without an address", func(g *smsgate.Gateway) { g.HTTP.Auth, g.HTTP.Username = relay.OAuth2, "a" }, "oauth2"},
		{"oauth2 in the clear", func(g *smsgate.Gateway) {
			g.HTTP.Auth, g.HTTP.Username, g.HTTP.AccessURL = relay.OAuth2, "a", "http://login.fernbank.example/"
		}, "oauth2: must be https"},
		{"no such way", func(g *smsgate.Gateway) { g.HTTP.Auth = "digest" }, "digest"},
		{"receipt without receipts", func(g *smsgate.Gateway) { g.HTTP.URL += "&r={{urlquery .Receipt}}" }, "{{.Receipt}}"},
		{"name", func(g *smsgate.Gateway) { g.Name = "My Gateway" }, "a-z"},
		{"country", func(g *smsgate.Gateway) { g.Countries = []string{"ESP"} }, `"ESP"`},
		{"two kinds", func(g *smsgate.Gateway) { g.File = &smsgate.File{Path: "texts"} }, "one kind"},
		{"negative", func(g *smsgate.Gateway) { g.PerSecond = -1 }, "negative"},
		{"receipts for nobody", func(g *smsgate.Gateway) { g.Receipts = &relay.Receipts{} }, "secret file or a signature"},
		{"receipts nowhere", func(g *smsgate.Gateway) {
			g.Receipts = &relay.Receipts{SecretFile: file(t, strings.Repeat("a", 22))}
		}, "public address"},
		{"a short secret", func(g *smsgate.Gateway) { g.Receipts = &relay.Receipts{SecretFile: secret} }, "22"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := (&peer{address: "127.0.0.1:1"}).plain(t, time.Second)
			tt.set(&g)
			_, err := smsgate.New(smsgate.Settings{Gateways: []smsgate.Gateway{g}}, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), g.Name) {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
		})
	}
	// All at once.
	_, err := smsgate.New(smsgate.Settings{Chain: relay.Settings{Failures: 99}, Gateways: []smsgate.Gateway{{Name: "a"}, {Name: "B"}}}, nil)
	if err == nil || len(slices.Collect(strings.Lines(err.Error()))) != 3 {
		t.Errorf("%v", err)
	}
}
