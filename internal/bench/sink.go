package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// sink is an SMTP server and a gateway for texts. It reads each message just far enough to find its code, so that it costs the machine
// little.
type sink struct {
	listener net.Listener
	gateway  net.Listener

	mu      sync.Mutex
	waiting map[string]chan delivery // by address or number
	notices int

	left    int // of those counted, yet to come
	first   time.Time
	emptied chan time.Duration
}

// count begins to count so many mails with codes, from the first to the last.
func (s *sink) count(messages int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.first, s.emptied = messages, time.Time{}, make(chan time.Duration, 1)
}

// all waits until all of them have come, and says how long that took.
func (s *sink) all(ctx context.Context, most time.Duration) (time.Duration, error) {
	select {
	case took := <-s.emptied:
		return took, nil
	case <-time.After(most):
		s.mu.Lock()
		defer s.mu.Unlock()
		return 0, fmt.Errorf("%d mails have not come after %s", s.left, most)
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

type delivery struct {
	code string
	at   time.Time // when the server had all of it
}

func openSink() (*sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	gateway, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s := &sink{listener: listener, gateway: gateway, waiting: map[string]chan delivery{}}
	go func() { _ = http.Serve(gateway, http.HandlerFunc(s.takeText)) }()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s, nil
}

func (s *sink) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// texts is where the gateway takes texts.
func (s *sink) texts() string { return "http://" + s.gateway.Addr().String() + "/text" }

// expect announces that a message to the address or the number is about to come.
func (s *sink) expect(to string) <-chan delivery {
	arrived := make(chan delivery, 1)
	s.mu.Lock()
	s.waiting[to] = arrived
	s.mu.Unlock()
	return arrived
}

func (s *sink) deliver(to, code string) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if code == "" {
		s.notices++
		return
	}
	if s.left > 0 {
		if s.first.IsZero() {
			s.first = now
		}
		if s.left--; s.left == 0 {
			s.emptied <- now.Sub(s.first)
		}
	}
	if arrived := s.waiting[to]; arrived != nil {
		delete(s.waiting, to)
		arrived <- delivery{code, now}
	}
}

func (s *sink) serve(conn net.Conn) {
	defer conn.Close()
	in, out := bufio.NewReaderSize(conn, 16<<10), bufio.NewWriter(conn)
	say := func(line string) {
		out.WriteString(line + "\r\n")
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
	say("220 sink")
	to := ""
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		command := strings.ToUpper(string(line[:min(4, len(line))]))
		switch command {
		case "EHLO":
			say("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8")
		case "RCPT":
			to = string(bytes.ToLower(between(line, '<', '>')))
			say("250 ok")
		case "DATA":
			say("354 go on")
			out.Flush()
			code, err := readMail(in)
			if err != nil {
				return
			}
			s.deliver(to, code)
			say("250 ok")
		case "QUIT":
			say("221 bye")
			out.Flush()
			return
		default:
			say("250 ok")
		}
	}
}

// takeText takes one text as the gateway of the settings posts it. A code's text begins with the code.
func (s *sink) takeText(w http.ResponseWriter, r *http.Request) {
	var posted struct{ To, Text string }
	if err := json.NewDecoder(r.Body).Decode(&posted); err != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	s.deliver(posted.To, digits([]byte(posted.Text[:min(8, len(posted.Text))])))
	_, _ = w.Write([]byte(`{"id": "1"}`))
}

func between(line []byte, open, shut byte) []byte {
	from := bytes.IndexByte(line, open)
	to := bytes.IndexByte(line, shut)
	if from < 0 || to < from {
		return nil
	}
	return line[from+1 : to]
}

// readMail reads to the end of a mail and returns the first line that is nothing but eight digits and blanks.
func readMail(in *bufio.Reader) (code string, err error) {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		if len(line) == 3 && line[0] == '.' {
			return code, nil
		}
		if code == "" {
			code = digits(line)
		}
	}
}

func digits(line []byte) string {
	var found []byte
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			found = append(found, c)
		case c != ' ' && c != '\r' && c != '\n':
			return ""
		}
	}
	if len(found) != 8 {
		return ""
	}
	return string(found)
}
