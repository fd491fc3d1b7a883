package daemon_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/staff"
)

// A screen that was left alone is signed out after half an hour, though its picture of deliveries asks for a fresh one every ten seconds; one
// that is used stays, for twelve hours at most.
func TestConsoleIdle(t *testing.T) {
	onBoth(t, func(t *testing.T, c *config.Config) {
		w := console(t, c)
		begun := w.Staff.Now()
		var passed atomic.Int64
		w.Staff.Now = func() time.Time { return begun.Add(time.Duration(passed.Load())) }
		at := func(s *seat, after time.Duration, want int, header ...string) {
			t.Helper()
			passed.Store(int64(after))
			if p := s.do("GET", "/deliveries", nil, header...); p.status != want {
				t.Errorf("after %v: %d", after, p.status)
			}
		}
		left, used := w.seat(t), w.seat(t)
		left.signsIn("olga")
		used.signsIn("olga")
		at(left, 20*time.Minute, http.StatusOK, "Twohens-Live", "1")
		at(left, staff.Idle-time.Minute, http.StatusOK, "Twohens-Live", "1")
		at(used, staff.Idle-time.Minute, http.StatusOK)
		at(left, staff.Idle+time.Minute, http.StatusSeeOther, "Twohens-Live", "1")
		at(left, staff.Idle+time.Minute, http.StatusSeeOther)
		for after := staff.Idle; after < 12*time.Hour; after += 25 * time.Minute {
			at(used, after, http.StatusOK)
		}
		at(used, 12*time.Hour+time.Minute, http.StatusSeeOther)
		if staff.Idle != 30*time.Minute {
			t.Error("idle for", staff.Idle)
		}
	})
}
