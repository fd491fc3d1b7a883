package daemon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/daemon"
	"twohens/internal/redislimit/redistest"
)

// With a Redis the limits that people run into are counted there. When it is killed, people notice nothing, and the log tells it once.
func TestRedis(t *testing.T) {
	server := redistest.Start(t)
	onBoth(t, func(t *testing.T, c *config.Config) {
		c.Redis.Addresses, c.Redis.Prefix, c.Redis.Timeout = []string{server.Address()}, c.Database.Driver, 5*time.Second // a busy machine is no fault
		w := begin(t, c, daemon.Options{Console: socket(t, "127.0.0.1:0")})
		desk := w.seat(t)
		for i, at := range []string{"lucy@fernbank.example", "tom@fernbank.example"} {
			w.account(at, "the old one nobody knows")
			if i == 1 {
				server.Kill()
				defer server.Start()
			}
			request := w.open(at)
			code, _ := w.code(at)
			w.finish(request, code, "a heather path to the sea")
			if want := fmt.Sprintf("\ntwohens_redis_down %d\n", i); !strings.Contains(desk.get("/metrics").body, want) {
				t.Errorf("the metrics lack %q", want)
			}
			if i == 0 && !strings.Contains(server.Say("KEYS", "*"), "{"+c.Redis.Prefix+"}:") {
				t.Error("nothing is counted on Redis")
			}
		}
		if n := strings.Count(w.log.String(), "what counts limits does not answer"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}
