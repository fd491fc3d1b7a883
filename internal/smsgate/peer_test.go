package smsgate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/smsgate"
)

// peer is the other side of an HTTP gateway, in any mood.
type peer struct {
	t       testing.TB
	read    func(r *http.Request, body []byte) (sendertest.Taken, error) // its dialect
	refusal func(w http.ResponseWriter, quote string)
	receipt func(w http.ResponseWriter, n int) // of a text that it takes
	address string

	mu      sync.Mutex
	mood    sendertest.Mood
	arrived []sendertest.Taken
	asked   int // requests of any kind
	heard   []*http.Request
	server  *http.Server
	end     chan struct{} // lets those go that hang
}

// start starts a peer of the dialect of plain.
func start(t testing.TB) *peer {
	p := &peer{t: t, end: make(chan struct{}), read: readPlain, address: "127.0.0.1:0",
		refusal: func(w http.ResponseWriter, quote string) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, `{"error":"bad number in %s"}`, quote)
		},
		receipt: func(w http.ResponseWriter, n int) { fmt.Fprintf(w, `{"messages":[{"id":"m-%d","parts":1}]}`, n) },
	}
	p.open()
	t.Cleanup(func() {
		close(p.end)
		p.shut()
	})
	return p
}

func readPlain(_ *http.Request, body []byte) (sendertest.Taken, error) {
	var said struct{ To, Text, From, ID string }
	err := json.Unmarshal(body, &said)
	return sendertest.Taken{To: said.To, Text: said.Text}, err
}

func (p *peer) open() {
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.address = l.Addr().String()
	p.server = &http.Server{Handler: p, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go p.server.Serve(l)
}

func (p *peer) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		p.server.Close()
		p.server = nil
	}
}

func (p *peer) be(m sendertest.Mood) {
	p.mu.Lock()
	was := p.mood
	p.mood = m
	p.mu.Unlock()
	switch {
	case m == sendertest.Gone:
		p.shut()
	case was == sendertest.Gone:
		p.open()
	}
}

func (p *peer) took() []sendertest.Taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]sendertest.Taken(nil), p.arrived...)
}

func (p *peer) requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.asked++
	p.heard = append(p.heard, r)
	mood := p.mood
	p.mu.Unlock()
	switch mood {
	case sendertest.Refusing:
		p.refusal(w, fmt.Sprintf("%s %s %q", r.URL, body, r.Header))
	case sendertest.Garbling:
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(conn, "\x00\xff %s %s\r\n\r\n", r.URL, body)
		conn.Close()
	case sendertest.Hanging:
		select {
		case <-p.end:
		case <-r.Context().Done():
		}
	default:
		taken, err := p.read(r, body)
		if err != nil {
			http.Error(w, "cannot be read", http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		p.arrived = append(p.arrived, taken)
		n := len(p.arrived)
		p.mu.Unlock()
		p.receipt(w, n)
	}
}

// bench makes a bench of a peer and the gateway to it.
func (p *peer) bench(g smsgate.Gateway, secrets ...string) *sendertest.Bench {
	log := new(lockedBuffer)
	return &sendertest.Bench{
		Gateway: chainOf(p.t, log, g), Mood: p.be, Arrived: p.took, Secrets: secrets, Log: log.String,
		Moods: []sendertest.Mood{sendertest.Well, sendertest.Refusing, sendertest.Garbling, sendertest.Hanging, sendertest.Gone},
	}
}

// plain is a gateway of the generic kind to a peer.
func (p *peer) plain(t testing.TB, limit time.Duration) smsgate.Gateway {
	return smsgate.Gateway{Name: "plain", From: "Fern & \"Co\"", HTTP: &relay.HTTP{
		URL:        "http://" + p.address + "/v1/messages?key={{urlquery .Secret}}",
		Header:     map[string]string{"Content-Type": "application/json", "X-Key": "{{.Secret}}", "X-Locale": "{{.Locale}}"},
		Body:       `{"to":{{json .To}},"text":{{json .Text}},"from":{{json .From}},"id":{{json .ID}}}`,
		SecretFile: file(t, key), RefPath: "messages.0.id", Timeout: limit,
	}}
}

const key = "Qx7-key of 1 customer"

// chainOf makes a chain that logs everything.
func chainOf(t testing.TB, log io.Writer, gateways ...smsgate.Gateway) *smsgate.Chain {
	t.Helper()
	return chain(t, log, smsgate.Settings{Gateways: gateways})
}

func chain(t testing.TB, log io.Writer, s smsgate.Settings) *smsgate.Chain {
	t.Helper()
	c, err := smsgate.New(s, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestContractHTTP(t *testing.T) {
	sendertest.Run(t, func(t testing.TB, limit time.Duration) *sendertest.Bench {
		p := start(t)
		return p.bench(p.plain(t, limit), key)
	})
}

// The same gateway by GET, which net/http repeats by itself when it sees fit.
func TestContractHTTPByGET(t *testing.T) {
	sendertest.Run(t, func(t testing.TB, limit time.Duration) *sendertest.Bench {
		p := start(t)
		p.read = func(r *http.Request, _ []byte) (sendertest.Taken, error) {
			q := r.URL.Query()
			return sendertest.Taken{To: q.Get("to"), Text: q.Get("text")}, nil
		}
		return p.bench(smsgate.Gateway{Name: "get", HTTP: &relay.HTTP{
			Method: "GET", URL: "http://" + p.address + "/send?key={{urlquery .Secret}}&to={{urlquery .To}}&text={{urlquery .Text}}",
			SecretFile: file(t, key), RefPattern: `"id":"([^"]+)"`, Timeout: limit,
		}}, key)
	})
}

const account = "ACfernbank"

func (p *peer) twilio(t testing.TB, limit time.Duration) smsgate.Gateway {
	p.read = func(r *http.Request, body []byte) (sendertest.Taken, error) {
		user, password, _ := r.BasicAuth()
		if user != account || password != key || r.URL.Path != "/2010-04-01/Accounts/"+account+"/Messages.json" {
			return sendertest.Taken{}, fmt.Errorf("who is this?")
		}
		form, err := url.ParseQuery(string(body))
		return sendertest.Taken{To: form.Get("To"), Text: form.Get("Body")}, err
	}
	p.receipt = func(w http.ResponseWriter, n int) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"sid":"SM%032d","status":"queued","num_segments":"1","error_code":null}`, n)
	}
	p.refusal = func(w http.ResponseWriter, quote string) {
		w.WriteHeader(http.StatusBadRequest)
		json.NewEncoder(w).Encode(map[string]any{"code": 21614, "status": 400, "message": "'To' number is not a valid mobile number: " + quote})
	}
	return smsgate.Gateway{Name: "tw", From: "+15005550006", Twilio: &smsgate.Twilio{
		URL: "http://" + p.address, Account: account, SecretFile: file(t, key), Timeout: limit,
	}}
}

func TestContractTwilio(t *testing.T) {
	sendertest.Run(t, func(t testing.TB, limit time.Duration) *sendertest.Bench {
		p := start(t)
		return p.bench(p.twilio(t, limit), key)
	})
}

func TestContractFile(t *testing.T) {
	sendertest.Run(t, func(t testing.TB, _ time.Duration) *sendertest.Bench {
		path, log := filepath.Join(t.TempDir(), "texts"), new(lockedBuffer)
		return &sendertest.Bench{
			Gateway: chainOf(t, log, smsgate.Gateway{Name: "file", File: &smsgate.File{Path: path}}), Log: log.String,
			Arrived: func() (all []sendertest.Taken) {
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				for line := range bytes.Lines(text) {
					var said struct{ To, Text string }
					if err := json.Unmarshal(line, &said); err != nil {
						t.Fatal(err)
					}
					all = append(all, sendertest.Taken(said))
				}
				return all
			},
		}
	})
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "texts")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	chainOf(t, io.Discard, smsgate.Gateway{Name: "file", File: &smsgate.File{Path: path}})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
