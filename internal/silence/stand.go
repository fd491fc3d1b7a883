package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
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
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
	"twohens/scratch"
)

// stand is the program as it is, in this process, on a port of its own, with the limits out of the way: one machine plays everybody.
type stand struct {
	*daemon.Daemon
	base string
	key  string // of the API
	http *http.Client
	keys scratch.Keys // of the cards
	deck deck

	cookie string        // the name of that of a request
	pause  time.Duration // before each request that is timed

	box     *mailbox.Mailbox // nil: nobody listens
	over    chan struct{}
	stop    context.CancelFunc
	stopped chan error
}

// conditions are what a stand is measured under.
type conditions struct {
	hash     hash
	parallel int
	pause    time.Duration // before each request that is timed
	post     post
	dsn      string               // of a PostgreSQL database; empty: SQLite
	tls      bool                 // with a certificate made for it, and HTTP/2
	change   func(*config.Config) // of the configuration; nil: none
	before   func(*daemon.Daemon) // what is to be done before it runs; nil: nothing
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

func openStand(ctx context.Context, folder string, by conditions) (_ *stand, err error) {
	transport := &http.Transport{MaxIdleConnsPerHost: 2 * by.parallel, DisableCompression: true}
	s := &stand{
		http:    &http.Client{Transport: transport, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		stopped: make(chan error, 1), over: make(chan struct{}), cookie: "twohens-request", pause: by.pause,
	}
	if by.post == "" {
		by.post = postFast
	}
	box, port, texts, err := by.post.open(s.over)
	if err != nil {
		return nil, err
	}
	s.box = box
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, s.closeBox())
	}
	s.base = "http://" + socket.Addr().String()
	// What is logged is written like an operator's lines, and goes nowhere.
	log := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelInfo}))
	c, err := s.config(folder, socket.Addr().String(), by)
	if err == nil {
		c.Mail.Port, c.SMS.Gateways[0].URL = port, texts
		if by.change != nil {
			by.change(c)
		}
		s.Daemon, err = daemon.New(ctx, c, daemon.Options{Log: log, Socket: socket})
	}
	if err != nil {
		return nil, errors.Join(err, socket.Close(), s.closeBox())
	}
	key, bearer := gate.NewAPIKey(gate.APIKey{Name: "silence", Scopes: []gate.Scope{gate.ScopeRecover}}, time.Now())
	err = s.Store.AddAPIKey(ctx, key)
	if err == nil {
		s.keys, err = challengeKeys(string(c.Keys.Folder))
	}
	if err != nil {
		return nil, errors.Join(err, s.Daemon.Close(), s.closeBox())
	}
	s.key, s.Handler = bearer.Reveal(), planting(s.Handler)
	if by.before != nil {
		by.before(s.Daemon)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go func() { s.stopped <- s.Run(running) }()
	return s, nil
}

// challengeKeys are the keys that the program seals its cards with.
func challengeKeys(folder string) (scratch.Keys, error) {
	key, err := secret.LoadKey(filepath.Join(folder, "challenges-1.key"))
	if err != nil {
		return scratch.Keys{}, err
	}
	return scratch.NewKeys(scratch.Key{ID: "1", Secret: key.Bytes()})
}

func (s *stand) close() error {
	close(s.over)
	s.stop()
	s.http.CloseIdleConnections()
	return errors.Join(<-s.stopped, s.closeBox())
}

func (s *stand) closeBox() error {
	if s.box == nil {
		return nil
	}
	return s.box.Close()
}

func (s *stand) config(folder, address string, by conditions) (*config.Config, error) {
	from, err := contact.ParseEmail("recovery@silence.example")
	if err != nil {
		return nil, err
	}
	c := config.Default()
	c.Site.Name, c.Site.PublicURL, c.Listen.Address = "Silence", &url.URL{Scheme: "http", Host: address}, address
	c.Database.Path, c.Keys.Folder = config.Path(filepath.Join(folder, "twohens.db")), config.Path(filepath.Join(folder, "keys"))
	if by.dsn != "" {
		file := filepath.Join(folder, "dsn")
		if err := os.WriteFile(file, []byte(by.dsn+"\n"), 0o600); err != nil {
			return nil, err
		}
		c.Database.Driver, c.Database.DSNFile, c.Database.Migrate = sqlstore.PostgreSQL, config.Path(file), "always"
	}
	c.Mail.Server, c.Mail.TLS, c.Mail.From, c.Mail.EnvelopeFrom = "127.0.0.1", "none", from, from
	c.Mail.Hello = "localhost"
	gateway := config.NewGateway("silence")
	gateway.Headers, gateway.Body = []string{"Content-Type: application/json"}, `{"to": {{json .To}}, "text": {{json .Text}}}`
	gateway.RefPath = "id"
	c.SMS.Gateways, c.SMS.Order, c.SMS.Countries = []*config.Gateway{gateway}, []string{gateway.Name}, []string{"ES"}
	c.Password.HashMemory, c.Password.HashTime = config.Size(by.hash.params.MemoryKiB)*config.KiB, int(by.hash.params.Time)
	c.Password.HashThreads, c.Password.HashQueue = int(by.hash.params.Threads), 256
	if by.tls {
		c.Site.PublicURL.Scheme, s.base, s.cookie = "https", "https://"+address, "__Host-"+s.cookie
		c.Listen.TLSCert, c.Listen.TLSKey = config.Path(filepath.Join(folder, "cert.pem")), config.Path(filepath.Join(folder, "key.pem"))
		if err := certify(string(c.Listen.TLSCert), string(c.Listen.TLSKey), s.http.Transport.(*http.Transport)); err != nil {
			return nil, err
		}
	}
	// Every sample is to be looked at, so no try may be the last one, and no day's budget may end.
	p := &c.Recovery.Policy
	p.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved}
	p.Tries, p.TriesADay, p.TriesInARow, p.AnswersADay, p.RequestLife = 1e6, 1e6, 1e6, 1e6, 24*time.Hour
	p.CodeLife, p.CoolDown = 24*time.Hour, []time.Duration{0}
	open, l := quota.Limit{Events: 1e6, Per: time.Hour}, &c.Limits
	for _, limit := range []*quota.Limit{
		&l.Address, &l.AddressNetwork, &l.Network, &l.Wide, &l.Site, &l.Account, &l.AccountNetwork, &l.Destination, &l.Picture, &l.Plain, &l.PlainSite, &l.NoPuzzle, &l.Changes,
		&l.SignInFree, &l.SignInAddress, &c.SMS.Number, &c.SMS.Block, &c.SMS.Country, &c.SMS.Network, &c.Challenge.Failures, &c.Challenge.Calm,
	} {
		*limit = open
	}
	l.WrongCodes, l.WrongStop = 0, 0 // nearly all codes are wrong here
	c.SMS.Day, c.SMS.Month, c.SMS.AlarmCodes = 1e6, 1e6, 0
	return c, nil
}

// certify makes a certificate for loopback, and has the transport trust it.
func certify(certFile, keyFile string, transport *http.Transport) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	sealed, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(inPEM)
	transport.TLSClientConfig, transport.ForceAttemptHTTP2 = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}, true
	return errors.Join(os.WriteFile(certFile, inPEM, 0o600),
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: sealed}), 0o600))
}

// plantHeader tells the server of the stand for how many nanoseconds to be busy before it begins. It is in every request, in the same
// width, so that reading it is no difference.
const plantHeader = "Silence-Plant"

// planted9 is the header's value.
func planted9(d time.Duration) string { return fmt.Sprintf("%09d", d.Nanoseconds()) }

// planting spends it when all of the request is there, as what it stands for would.
func planting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		n, _ := strconv.Atoi(r.Header.Get(plantHeader))
		for end := time.Now().Add(time.Duration(n)); time.Now().Before(end); { // a processor's work, not a pause
		}
		next.ServeHTTP(w, r)
	})
}

// call makes one request of the API and returns how long it took.
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
	if holder != "" {
		r.Header.Set("Twohens-Request", holder)
	} else {
		r.Header.Set("Authorization", "Bearer "+s.key)
	}
	answer, content, took, err := s.timed(r, plant)
	if err != nil {
		return 0, err
	}
	if answer.StatusCode >= 300 {
		return 0, fmt.Errorf("%s: %s: %s", path, answer.Status, content)
	}
	return took, json.Unmarshal(content, into)
}

// timed sends a request, and takes the time from before it was sent to after the last byte of the answer.
func (s *stand) timed(r *http.Request, plant time.Duration) (answer *http.Response, content []byte, took time.Duration, err error) {
	r.Header.Set(plantHeader, planted9(plant))
	begun := time.Now()
	if answer, err = s.http.Do(r); err != nil {
		return nil, nil, 0, err
	}
	content, err = io.ReadAll(answer.Body)
	took = time.Since(begun)
	return answer, content, took, errors.Join(err, answer.Body.Close())
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
