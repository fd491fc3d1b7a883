package redislimit_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"twohens/internal/quota"
	"twohens/internal/redislimit"
)

// A peer that greets like Redis and then answers every script with the same nonsense lets nobody through.
func TestNonsense(t *testing.T) {
	for _, answer := range []string{
		"$0\r\n\r\n", "+\r\n", "+OK\r\n", "$-1\r\n", "_\r\n", "*0\r\n", "#t\r\n", "$2\r\n-1\r\n",
		"$19\r\n2305843009213693952\r\n", // times a thousand it is 0 in 64 bits
		"-LOADING Redis is loading the dataset in memory\r\n", "-READONLY You can't write against a read only replica.\r\n",
		"-OOM command not allowed when used memory > 'maxmemory'.\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n",
	} {
		t.Run(strconv.Quote(answer), func(t *testing.T) {
			l := redislimit.New(redislimit.Config{Addresses: []string{liar(t, answer)}, Prefix: "p"})
			t.Cleanup(l.Close)
			_, ok, err := l.Take(t.Context(), noon, []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 1, Per: time.Hour}}})
			if ok || err == nil {
				t.Errorf("let through: %t, %v", ok, err)
			}
		})
	}
}

// liar speaks RESP3 to whoever connects, until the test ends: a proper greeting, and to scripts the answer given.
func liar(t *testing.T, answer string) string {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for {
					words, err := command(r)
					if err != nil {
						return
					}
					say := "+OK\r\n"
					switch strings.ToUpper(words[0]) {
					case "HELLO":
						say = "%3\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n$5\r\nproto\r\n:3\r\n"
					case "CLUSTER":
						say = "-ERR This instance has cluster support disabled\r\n"
					case "PING":
						say = "+PONG\r\n"
					case "EVAL", "EVALSHA":
						say = answer
					}
					if _, err := io.WriteString(c, say); err != nil {
						return
					}
				}
			}()
		}
	}()
	return socket.Addr().String()
}

// command reads one: a list of texts.
func command(r *bufio.Reader) ([]string, error) {
	var n int
	if _, err := fmt.Fscanf(r, "*%d\r\n", &n); err != nil {
		return nil, err
	}
	words := make([]string, n)
	for i := range words {
		var size int
		if _, err := fmt.Fscanf(r, "$%d\r\n", &size); err != nil {
			return nil, err
		}
		text := make([]byte, size+2)
		if _, err := io.ReadFull(r, text); err != nil {
			return nil, err
		}
		words[i] = string(text[:size])
	}
	return words, nil
}
