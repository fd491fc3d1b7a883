package daemon_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/daemon"
	"twohens/internal/quota"
	"twohens/internal/redislimit/redistest"
)

// With a Redis the limits that people run into are counted there. When it is killed, people notice nothing, the log tells it once, and the
// limits hold all the same, in the database.
func TestRedis(t *testing.T) {
	server := redistest.Start(t)
	onBoth(t, func(t *testing.T, c *config.Config) {
		c.Redis.Addresses, c.Redis.Prefix, c.Redis.Timeout = []string{server.Address()}, c.Database.Driver, 5*time.Second // a busy machine is no fault
		c.Limits.Address, c.Limits.AddressNetwork = quota.Limit{Events: 3, Per: time.Hour}, quota.Limit{}
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
			for n, want := range []int{201, 201, 429, 429} {
				if got := w.opens(at); got != want {
					t.Errorf("recovery %d of %s: %d, want %d", n+2, at, got, want)
				}
			}
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

// opens asks for one more recovery, and gives the status.
func (w *world) opens(to string) int {
	w.t.Helper()
	body := fmt.Sprintf(`{"address": %q, "client": "192.0.2.1"}`, to)
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.base+"/api/v1/requests", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+w.key)
	got, err := w.http.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	got.Body.Close()
	return got.StatusCode
}
