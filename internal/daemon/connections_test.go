package daemon_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/daemon"
)

// Strangers come with ten thousand connections at once and hold on to them: they say nothing, or a header letter by letter, or a form of
// a megabyte, or ask once and stay. There are never more than may be, and whoever really wants something gets through on a connection of
// their own, in the middle of all that.
func TestTenThousandConnections(t *testing.T) {
	const most, strangers, walks = 500, 10_000, 12
	c := settings(t)
	c.Listen.Connections = most
	w := begin(t, c, daemon.Options{})
	for n := range walks {
		w.account(fmt.Sprintf("lucy%d@fernbank.example", n), "the old one nobody knows")
	}
	crowd := &crowd{t: t, to: w.Address()}
	t.Cleanup(crowd.leave)
	crowd.come(strangers / 2)
	// Those that the system has taken in and the program has not are there for a moment.
	until(t, 10*time.Second, "there are no more than may be", func() bool { return crowd.held() <= most })
	w.http.Transport = &http.Transport{DisableKeepAlives: true} // each step on a new connection
	var under sync.WaitGroup
	under.Go(func() { crowd.come(strangers / 2) })
	for n := range walks {
		to := fmt.Sprintf("lucy%d@fernbank.example", n)
		request := w.open(to)
		code, _ := w.code(to)
		w.finish(request, code, "a heather path to the sea")
		crowd.murmur()
	}
	under.Wait()
	until(t, 10*time.Second, "there are no more than may be", func() bool { return crowd.held() <= most })
	if told := strings.Count(w.log.String(), "too many connections"); told < 1 || told > 3 {
		t.Errorf("it was told %d times", told)
	}
	w.account("late@fernbank.example", "the old one nobody knows")
	request := w.open("late@fernbank.example")
	code, _ := w.code("late@fernbank.example")
	w.finish(request, code, "a heather path to the sea")
}

// crowd are strangers' connections.
type crowd struct {
	t  *testing.T
	to string

	mu   sync.Mutex
	here []net.Conn
}

// come opens n more, a few at a time, and says on each what its kind says.
func (c *crowd) come(n int) {
	said := []string{
		"",
		"GET / HT",
		"GET / HTTP/1.1\r\nHost: fernbank.example\r\nX-Long: ",
		"POST /recover HTTP/1.1\r\nHost: fernbank.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1048576\r\n\r\naddress=",
		"POST /signin HTTP/1.1\r\nHost: fernbank.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 16000\r\n\r\naddress=",
		"POST /recover HTTP/1.1\r\nHost: fernbank.example\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\naddress=",
		"GET /static/look.css HTTP/1.1\r\nHost: fernbank.example\r\n\r\n",
	}
	var under sync.WaitGroup
	for hand := range 8 {
		under.Go(func() {
			for i := hand; i < n; i += 8 {
				conn, err := net.DialTimeout("tcp", c.to, 20*time.Second)
				if err != nil {
					c.t.Errorf("stranger %d: %v", i, err)
					return
				}
				_, _ = io.WriteString(conn, said[i%len(said)]) // it may be closed already
				c.mu.Lock()
				c.here = append(c.here, conn)
				c.mu.Unlock()
			}
		})
	}
	under.Wait()
}

// murmur has all of them say one letter more.
func (c *crowd) murmur() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.here {
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(conn, "a")
	}
}

// held is how many have not been closed by the other side.
func (c *crowd) held() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.here {
		_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		if _, err := io.Copy(io.Discard, bufio.NewReader(conn)); errors.Is(err, os.ErrDeadlineExceeded) {
			n++
		}
	}
	return n
}

func (c *crowd) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.here {
		conn.Close()
	}
}
