package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// stand is the program as it is, in this process, on a port of its own, with the limits out of the way: one machine plays everybody.
type stand struct {
	*daemon.Daemon
	base string
	key  string // of the API
	http *http.Client

	box     *mailbox.Mailbox
	stop    context.CancelFunc
	stopped chan error
}

// hash is what one hash costs.
type hash struct {
	name   string
	params password.Params
}

var hashes = []hash{
	{"cheap", password.Params{MemoryKiB: 8, Time: 1, Threads: 1}}, // the least there is: what lies around it shows
	{"default", password.DefaultParams},
}

func openStand(ctx context.Context, folder string, h hash, parallel int) (_ *stand, err error) {
	transport := &http.Transport{MaxIdleConnsPerHost: 2 * parallel, DisableCompression: true}
	s := &stand{http: &http.Client{Transport: transport, Timeout: time.Minute}, stopped: make(chan error, 1)}
	if s.box, err = mailbox.Open(mailbox.Options{Count: true}); err != nil {
		return nil, err
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, s.box.Close())
	}
	s.base = "http://" + socket.Addr().String()
	// What is logged is written like an operator's lines, and goes nowhere.
	log := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelInfo}))
	c, err := s.config(folder, socket.Addr().String(), h)
	if err == nil {
		s.Daemon, err = daemon.New(ctx, c, daemon.Options{Log: log, Socket: socket})
	}
	if err != nil {
		return nil, errors.Join(err, socket.Close(), s.box.Close())
	}
	key, bearer := gate.NewAPIKey(gate.APIKey{Name: "silence", Scopes: []gate.Scope{gate.ScopeRecover}}, time.Now())
	if err := s.Store.AddAPIKey(ctx, key); err != nil {
		return nil, errors.Join(err, s.Daemon.Close(), s.box.Close())
	}
	s.key, s.Handler = bearer.Reveal(), planting(s.Handler)
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go func() { s.stopped <- s.Run(running) }()
	return s, nil
}

func (s *stand) close() error {
	s.stop()
	return errors.Join(<-s.stopped, s.box.Close())
}

func (s *stand) config(folder, address string, h hash) (*config.Config, error) {
	from, err := contact.ParseEmail("recovery@silence.example")
	if err != nil {
		return nil, err
	}
	c := config.Default()
	c.Site.Name, c.Site.PublicURL, c.Listen.Address = "Silence", &url.URL{Scheme: "http", Host: address}, address
	c.Database.Path, c.Keys.Folder = config.Path(filepath.Join(folder, "twohens.db")), config.Path(filepath.Join(folder, "keys"))
	c.Mail.Server, c.Mail.Port, c.Mail.TLS, c.Mail.From, c.Mail.EnvelopeFrom = "127.0.0.1", s.box.Port(), "none", from, from
	c.Password.HashMemory, c.Password.HashTime = config.Size(h.params.MemoryKiB)*config.KiB, int(h.params.Time)
	c.Password.HashThreads, c.Password.HashQueue = int(h.params.Threads), 256
	// Every sample is to be looked at, so no try may be the last one, and no day's budget may end.
	p := &c.Recovery.Policy
	p.Ways = []recovery.Way{recovery.WayEmail, recovery.WayQuestions, recovery.WaySaved}
	p.Tries, p.TriesADay, p.TriesInARow, p.AnswersADay, p.RequestLife = 1e6, 1e6, 1e6, 1e6, 24*time.Hour
	open := quota.Limit{Events: 1e6, Per: time.Hour}
	c.Limits.Address, c.Limits.Network, c.Limits.Wide, c.Limits.Site, c.Limits.Account = open, open, open, open, open
	return c, nil
}

// plantHeader tells the server of the stand for how many nanoseconds to be busy before it begins. It is in every request, in the same
// width, so that reading it is no difference.
const plantHeader = "Silence-Plant"

func planting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.Header.Get(plantHeader))
		for end := time.Now().Add(time.Duration(n)); time.Now().Before(end); { // a processor's work, not a pause
		}
		next.ServeHTTP(w, r)
	})
}

// call makes one request of the API and returns how long it took, from before it was sent to after the last byte of the answer.
func (s *stand) call(ctx context.Context, method, path string, body any, holder string, plant time.Duration, into any) (time.Duration, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, method, s.base+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(plantHeader, fmt.Sprintf("%09d", plant.Nanoseconds()))
	if holder != "" {
		r.Header.Set("Twohens-Request", holder)
	} else {
		r.Header.Set("Authorization", "Bearer "+s.key)
	}
	begun := time.Now()
	answer, err := s.http.Do(r)
	if err != nil {
		return 0, err
	}
	content, err := io.ReadAll(answer.Body)
	took := time.Since(begun)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return 0, err
	}
	if answer.StatusCode >= 300 {
		return 0, fmt.Errorf("%s: %s: %s", path, answer.Status, content)
	}
	return took, json.Unmarshal(content, into)
}

// reach opens a request for an address, chooses a way by heart, and waits until the server has what it is judged by. It returns the
// request's secret.
func (s *stand) reach(ctx context.Context, n int, address string, way recovery.Way) (holder string, err error) {
	var opened struct{ Request string }
	client := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	if _, err := s.call(ctx, "POST", "/requests", map[string]string{"address": address, "client": client}, "", 0, &opened); err != nil {
		return "", err
	}
	var ignored struct{}
	if _, err := s.call(ctx, "POST", "/request/way", map[string]string{"way": way.String()}, opened.Request, 0, &ignored); err != nil {
		return "", err
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		var seen struct{ View struct{ Ready bool } }
		if _, err := s.call(ctx, "GET", "/request", nil, opened.Request, 0, &seen); err != nil || seen.View.Ready {
			return opened.Request, err
		}
		time.Sleep(5 * time.Millisecond) // the API has it so: see again
	}
	return "", errors.New("a request was not ready within a minute")
}

// each does something for 0 to n-1, eight at a time, and returns the first error.
func each(n int, do func(i int) error) error {
	var mu sync.Mutex
	var failed error
	next := 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && failed == nil
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i, more := take(); more; i, more = take() {
				if err := do(i); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return failed
}
