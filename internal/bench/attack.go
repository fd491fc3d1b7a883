package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Under attack: a few people recover at leisure, once in peace and once while strangers from a thousand addresses offer ten times as many
// requests as the program can answer of people's. The strangers are a process of their own on the same cores: what it takes of them, an
// attacker from outside would not. Hash and limits are as shipped.
const (
	tenfold   = 10
	requests  = 4    // of one recovery
	strangers = 1024 // addresses, each with a connection of its own
	leisure   = 8    // people begin one in so many of the recoveries that the program can do
)

// attacked measures people's steps in peace and under attack. able is how many recoveries the program can do in a second.
func (b *bench) attacked(ctx context.Context, able float64, folder, database, key string, sink *sink) error {
	server, _, err := b.start(ctx, folder, database, asShipped, sink)
	if err != nil {
		return err
	}
	w := newWalker(server.base, key, sink, people)
	rate, offered := max(1, int(able)/leisure), int(able*requests*tenfold)
	peace, err := w.steady(ctx, rate, b.duration)
	if err != nil {
		return err
	}
	end, err := startStorm(ctx, server.base, offered)
	if err != nil {
		return err
	}
	war, honest := w.steady(ctx, rate, b.duration)
	said, err := end()
	if err != nil {
		return err
	}
	if honest != nil {
		return fmt.Errorf("under attack, somebody honest did not get through: %w\n%s", honest, said)
	}
	b.add(fmt.Sprintf("attack of %d requests/s from %d addresses", offered, strangers), "", "%s", said)
	for _, l := range []line{
		{"address step", "", "", func(s steps) time.Duration { return s.address }},
		{"mail handed over after the click", "", "", func(s steps) time.Duration { return s.arrival }},
		{"new password step", "", "", func(s steps) time.Duration { return s.password }},
		{"whole recovery", "", "1000 ms", func(s steps) time.Duration { return s.address + s.choose + s.arrival + s.code + s.password }},
	} {
		was, is := percentile(peace, .99, l.of), percentile(war, .99, l.of)
		b.add(fmt.Sprintf("people under attack, %d/s, %s, p99", rate, l.what), l.goal99, "%.0f ms, in peace %.0f ms", is.Seconds()*1000, was.Seconds()*1000)
	}
	b.add("most memory resident under attack", "", "%.0f MB", server.resident())
	return server.stop()
}

// startStorm starts the strangers. What it returns ends them, and says what they got.
func startStorm(ctx context.Context, base string, rate int) (end func() (string, error), err error) {
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	storm := exec.CommandContext(ctx, own, "-storm", base, "-rate", fmt.Sprint(rate))
	var said strings.Builder
	storm.Stdout, storm.Stderr = &said, os.Stderr
	if err := storm.Start(); err != nil {
		return nil, err
	}
	return func() (string, error) {
		if err := storm.Process.Signal(syscall.SIGTERM); err != nil {
			return "", err
		}
		err := storm.Wait()
		return strings.TrimSpace(said.String()), err
	}, nil
}

// storm asks rate times a second, for as long as it is let. A request for which no connection is free is not made: all wait for answers.
func storm(base string, rate int) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	at, err := url.Parse(base)
	if err != nil {
		return err
	}
	var (
		mu      sync.Mutex
		by      = make(map[int]int) // answers by status; 0: none
		turns   = make(chan bool, strangers)
		under   sync.WaitGroup
		offered int
	)
	for n := range strangers {
		under.Go(func() {
			s := stranger{host: at.Host, from: net.IPv4(127, 1, byte(n>>8), byte(n)), base: base}
			defer s.leave()
			for range turns {
				status := s.ask(ctx)
				mu.Lock()
				by[status]++
				mu.Unlock()
			}
		})
	}
	begun := time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
		for due := int(time.Since(begun).Seconds() * float64(rate)); offered < due; offered++ {
			select {
			case turns <- true:
			default:
			}
		}
	}
	lasted := time.Since(begun).Seconds()
	close(turns)
	under.Wait()
	var all int
	for _, n := range by {
		all += n
	}
	fmt.Printf("%.0f/s answered", float64(all-by[0])/lasted)
	for _, status := range slices.Sorted(maps.Keys(by)) {
		fmt.Printf(", %d: %.0f %%", status, 100*float64(by[status])/float64(max(1, all)))
	}
	fmt.Println()
	return nil
}

// stranger is one of them.
type stranger struct {
	host, base string
	from       net.IP
	conn       net.Conn
	answers    *bufio.Reader
}

func (s *stranger) leave() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// ask makes a request drawn by lot and says how it was answered; 0: not at all.
func (s *stranger) ask(ctx context.Context) int {
	if s.conn == nil {
		conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: s.from}, Timeout: 10 * time.Second}).DialContext(ctx, "tcp", s.host)
		if err != nil {
			return 0
		}
		s.conn, s.answers = conn, bufio.NewReader(conn)
	}
	_ = s.conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(s.conn, s.request()); err != nil {
		s.leave()
		return 0
	}
	answer, err := http.ReadResponse(s.answers, nil)
	if err != nil {
		s.leave()
		return 0
	}
	_, err = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if err != nil || answer.Close {
		s.leave()
	}
	return answer.StatusCode
}

// request is what a script sends: pages, recoveries without a card, sign-ins of all kinds of addresses, cards, codes for nothing.
func (s *stranger) request() string {
	someone := fmt.Sprintf("someone%d@bench.example", rand.IntN(1_000_000))
	switch n := rand.IntN(10); {
	case n < 3:
		return "GET /recover HTTP/1.1\r\nHost: " + s.host + "\r\n\r\n"
	case n < 5:
		return s.post("/recover", "application/x-www-form-urlencoded", "", url.Values{"address": {someone}}.Encode())
	case n < 7:
		return s.post("/signin", "application/x-www-form-urlencoded", "", url.Values{"address": {someone}, "password": {"tall gate, quiet river"}}.Encode())
	case n < 9:
		body, _ := json.Marshal(map[string]string{"mode": "rub"})
		return s.post("/api/v1/challenge", "application/json", "", string(body))
	default:
		return s.post("/recover/code", "application/x-www-form-urlencoded", "twohens-request=rzf4bbiibt34cekzc6xbtpiuse", url.Values{"code": {"12345678"}}.Encode())
	}
}

func (s *stranger) post(path, kind, cookie, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: %s\r\nCookie: %s\r\nContent-Length: %d\r\n\r\n%s",
		path, s.host, s.base, kind, cookie, len(body), body)
}
