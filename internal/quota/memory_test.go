package quota_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"twohens/internal/quota"
	"twohens/internal/quota/quotatest"
)

func TestMemory(t *testing.T) {
	quotatest.TestLimiter(t, func(*testing.T) quota.Limiter { return quota.NewMemory(0) })
}

// A flood from ever new addresses neither grows the memory nor frees the bucket
// that is refusing somebody, nor the site's own.
func TestMemoryFlood(t *testing.T) {
	const most = 1000
	m := quota.NewMemory(most)
	var (
		hourly = quota.Limit{Events: 5, Per: time.Hour}
		site   = quota.Limit{Events: 100, Per: time.Minute}
		victim = []quota.Charge{{Key: "victim", Limit: hourly}}
		whole  = []quota.Charge{{Key: "site", Limit: site}}
	)
	for range hourly.Events {
		take(t, m, noon, victim, true)
	}
	for range site.Events {
		take(t, m, noon, whole, true)
	}
	for i := range 20 * most {
		now := noon.Add(time.Duration(i) * time.Microsecond)
		take(t, m, now, []quota.Charge{{Key: fmt.Sprint("flood ", i), Limit: hourly}}, true)
		if n := m.Keys(); n > most {
			t.Fatalf("%d buckets kept, at most %d allowed", n, most)
		}
	}
	later := noon.Add(20 * most * time.Microsecond)
	take(t, m, later, victim, false)
	take(t, m, later, whole, false)
}

// Buckets that are full again are forgotten, a few with each call.
func TestMemorySweeps(t *testing.T) {
	m := quota.NewMemory(0)
	second := quota.Limit{Events: 1, Per: time.Second}
	for i := range 10_000 {
		take(t, m, noon, []quota.Charge{{Key: fmt.Sprint(i), Limit: second}}, true)
	}
	if n := m.Keys(); n != 10_000 {
		t.Fatalf("%d buckets while none is full again", n)
	}
	for i := range 2_000 {
		take(t, m, noon.Add(time.Minute+time.Duration(i)*time.Second), []quota.Charge{{Key: "other", Limit: second}}, true)
	}
	if n := m.Keys(); n > 1 {
		t.Fatalf("%d buckets kept of which all but one are full again", n)
	}
}

// The figure that DefaultKeys tells.
func TestMemorySize(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := quota.NewMemory(0)
	for i := range 2 * quota.DefaultKeys {
		take(t, m, noon, []quota.Charge{{Key: fmt.Sprintf("ask:address:%038d", i), Limit: quota.Limit{Events: 5, Per: time.Hour}}}, true)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > 16<<20 {
		t.Errorf("%d buckets use %d KiB", m.Keys(), used>>10)
	} else {
		t.Logf("%d buckets use %d KiB", m.Keys(), used>>10)
	}
	runtime.KeepAlive(m)
}

func BenchmarkMemory(b *testing.B) {
	m := quota.NewMemory(0)
	hourly := quota.Limit{Events: 1000, Per: time.Hour}
	var keys [4096]string
	for i := range keys {
		keys[i] = fmt.Sprint("ask:net:", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		charges := [...]quota.Charge{
			{Key: keys[i%len(keys)], Limit: hourly},
			{Key: keys[i*7%len(keys)] + "/48", Limit: hourly},
			{Key: "site", Limit: quota.Limit{Events: 1_000_000, Per: time.Second}},
		}
		if _, _, err := m.Take(context.Background(), noon.Add(time.Duration(i)*time.Millisecond), charges[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func take(t *testing.T, l quota.Limiter, now time.Time, charges []quota.Charge, want bool) {
	t.Helper()
	retry, ok, err := l.Take(t.Context(), now, charges)
	if err != nil || ok != want || ok != (retry == 0) {
		t.Fatalf("%v at %v: %v, %v, %v; want %v", charges, now, ok, retry, err, want)
	}
}
