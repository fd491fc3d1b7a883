// Package quotatest holds the tests that every quota.Limiter must pass, in memory
// or in a database.
package quotatest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/quota"
)

var noon = time.Date(2031, time.March, 4, 12, 0, 0, 0, time.UTC)

// TestLimiter runs the contract of [quota.Limiter]. Each call of open gives a
// Limiter that holds no counts yet; what it opened is open's to close, by
// t.Cleanup.
func TestLimiter(t *testing.T, open func(t *testing.T) quota.Limiter) {
	for _, tt := range []struct {
		name string
		run  func(*testing.T, quota.Limiter)
	}{
		{"Burst", burst},
		{"Microseconds", microseconds},
		{"Refill", refill},
		{"KeysApart", keysApart},
		{"AllOrNothing", allOrNothing},
		{"LongestWait", longestWait},
		{"ClockPutBack", clockPutBack},
		{"LimitLowered", limitLowered},
		{"LimitRaised", limitRaised},
		{"Unfit", unfit},
		{"Ended", ended},
		{"GivenBack", givenBack},
		{"RaceOneKey", raceOneKey},
		{"RaceManyKeys", raceManyKeys},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

func burst(t *testing.T, l quota.Limiter) {
	five := charge("ann", 5, time.Hour)
	for range 5 {
		granted(t, l, noon, five)
	}
	refused(t, l, noon, 12*time.Minute, five)
	refused(t, l, noon, 12*time.Minute, five) // a refusal is not counted
}

// A returned event can be taken again, once; a bucket never holds more than its limit.
func givenBack(t *testing.T, l quota.Limiter) {
	two := charge("ann", 2, time.Hour)
	giveBack(t, l, noon, two) // nothing was taken: nothing to gain
	granted(t, l, noon, two)
	granted(t, l, noon, two)
	refused(t, l, noon, 30*time.Minute, two)
	giveBack(t, l, noon, two)
	granted(t, l, noon, two)
	refused(t, l, noon, 30*time.Minute, two)
	for range 5 {
		giveBack(t, l, noon, two)
	}
	granted(t, l, noon, two)
	granted(t, l, noon, two)
	refused(t, l, noon, 30*time.Minute, two)
}

func giveBack(t *testing.T, l quota.Limiter, now time.Time, charges ...quota.Charge) {
	t.Helper()
	if err := l.Return(context.Background(), now, charges); err != nil {
		t.Fatalf("Return: %v", err)
	}
}

// Instants are kept to the microsecond: a store that rounds them gives events away
// or keeps them back.
func microseconds(t *testing.T, l quota.Limiter) {
	seven := charge("ann", 7, time.Second) // an interval of 142858 µs
	odd := noon.Add(123457 * time.Microsecond)
	for range 7 {
		granted(t, l, odd.Add(999*time.Nanosecond), seven)
	}
	refused(t, l, odd, 142858*time.Microsecond, seven)
	refused(t, l, odd.Add(142857*time.Microsecond), time.Microsecond, seven)
	granted(t, l, odd.Add(142858*time.Microsecond), seven)
	refused(t, l, odd.Add(142858*time.Microsecond), 142858*time.Microsecond, seven)
}

func refill(t *testing.T, l quota.Limiter) {
	two := charge("ann", 2, time.Hour)
	granted(t, l, noon, two)
	granted(t, l, noon, two)
	granted(t, l, noon.Add(30*time.Minute), two)
	refused(t, l, noon.Add(30*time.Minute), 30*time.Minute, two)
	later := noon.Add(240 * time.Hour)
	granted(t, l, later, two)
	granted(t, l, later, two)
	refused(t, l, later, 30*time.Minute, two) // no fuller than full
}

func keysApart(t *testing.T, l quota.Limiter) {
	keys := []string{"a", "A", "á", "a\u0301", "a ", " a", "a/b", "a%", "a_", "'; --", `\`, strings.Repeat("a", 200), strings.Repeat("a", 199)}
	for _, key := range keys {
		granted(t, l, noon, charge(key, 1, time.Hour))
	}
	for _, key := range keys {
		refused(t, l, noon, time.Hour, charge(key, 1, time.Hour))
	}
}

func allOrNothing(t *testing.T, l quota.Limiter) {
	net, ann, site := charge("net", 2, time.Hour), charge("ann", 1, time.Hour), charge("site", 3, time.Hour)
	granted(t, l, noon, net, ann, site)
	for range 5 { // refused by ann, whichever place it has
		refused(t, l, noon, time.Hour, ann, net, site)
		refused(t, l, noon, time.Hour, net, ann, site)
		refused(t, l, noon, time.Hour, net, site, ann)
	}
	granted(t, l, noon, net, site) // so one is left of net and two of site
	refused(t, l, noon, 30*time.Minute, net, site)
	granted(t, l, noon, site)
	refused(t, l, noon, 20*time.Minute, site)
	if _, ok, err := l.Take(t.Context(), noon, nil); err != nil || !ok {
		t.Errorf("nothing to charge: %v, %v", ok, err)
	}
}

func longestWait(t *testing.T, l quota.Limiter) {
	hour, minute := charge("hour", 1, time.Hour), charge("minute", 1, time.Minute)
	granted(t, l, noon, hour, minute)
	refused(t, l, noon, time.Hour, hour, minute)
	refused(t, l, noon, time.Hour, minute, hour)
	refused(t, l, noon.Add(time.Hour-time.Second), time.Second, minute, hour)
}

func clockPutBack(t *testing.T, l quota.Limiter) {
	two := charge("ann", 2, time.Hour)
	granted(t, l, noon, two)
	granted(t, l, noon, two)
	before := noon.Add(-365 * 24 * time.Hour)
	refused(t, l, before, 30*time.Minute, two) // gives nothing away
	granted(t, l, before.Add(30*time.Minute), two)
	refused(t, l, before.Add(30*time.Minute), 30*time.Minute, two) // locks nobody out
}

func limitLowered(t *testing.T, l quota.Limiter) {
	for range 10 {
		granted(t, l, noon, charge("ann", 10, 10*time.Hour))
	}
	low := charge("ann", 2, time.Minute)
	refused(t, l, noon, 30*time.Second, low)
	granted(t, l, noon.Add(30*time.Second), low)
}

func limitRaised(t *testing.T, l quota.Limiter) {
	granted(t, l, noon, charge("ann", 1, time.Hour))
	refused(t, l, noon, time.Hour, charge("ann", 1, time.Hour))
	for range 3 { // an hour of four is spent
		granted(t, l, noon, charge("ann", 4, 4*time.Hour))
	}
	refused(t, l, noon, time.Hour, charge("ann", 4, 4*time.Hour))
}

func unfit(t *testing.T, l quota.Limiter) {
	good := charge("good", 1, time.Hour)
	for name, bad := range map[string][]quota.Charge{
		"no limit":   {good, {Key: "ann"}},
		"no key":     {good, charge("", 1, time.Hour)},
		"same twice": {good, charge("ann", 2, time.Hour), charge("ann", 2, time.Hour)},
	} {
		if retry, ok, err := l.Take(t.Context(), noon, bad); ok || !errors.Is(err, quota.ErrCharge) {
			t.Errorf("%s: %v, %v, %v", name, ok, retry, err)
		}
	}
	granted(t, l, noon, good) // none of them was charged
}

func ended(t *testing.T, l quota.Limiter) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	one := charge("ann", 1, time.Hour)
	if retry, ok, err := l.Take(ctx, noon, []quota.Charge{one}); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v, %v, %v", ok, retry, err)
	}
	granted(t, l, noon, one)
}

// many at once get exactly as many events as one after the other.
func raceOneKey(t *testing.T, l quota.Limiter) {
	const callers, events = 64, 20
	if n := race(t, l, callers, func(int) []quota.Charge {
		return []quota.Charge{charge("ann", events, time.Hour)}
	}); n != events {
		t.Errorf("%d of %d got through, want %d", n, callers, events)
	}
	refused(t, l, noon, time.Hour/events, charge("ann", events, time.Hour))
}

// The buckets are named in every order, which must not lock two calls against each
// other, and what is refused by one must not be taken from the other.
func raceManyKeys(t *testing.T, l quota.Limiter) {
	const callers, events = 64, 10
	site, net := charge("site", 30, time.Hour), charge("net", events, time.Hour)
	n := race(t, l, callers, func(i int) []quota.Charge {
		own := charge(fmt.Sprint("own ", i), 1, time.Hour)
		return [][]quota.Charge{{site, net, own}, {own, net, site}, {net, own, site}, {net, site, own}}[i%4]
	})
	if n != events {
		t.Errorf("%d of %d got through, want %d", n, callers, events)
	}
	for range 30 - events {
		granted(t, l, noon, site)
	}
	refused(t, l, noon, 2*time.Minute, site)
	left := 0
	for i := range callers {
		if _, ok, err := l.Take(t.Context(), noon, []quota.Charge{charge(fmt.Sprint("own ", i), 1, time.Hour)}); err != nil {
			t.Fatal(err)
		} else if ok {
			left++
		}
	}
	if left != callers-events {
		t.Errorf("%d own buckets are unspent, want %d", left, callers-events)
	}
}

// race calls Take for all callers at once and counts those who got through.
func race(t *testing.T, l quota.Limiter, callers int, charges func(i int) []quota.Charge) int64 {
	t.Helper()
	var (
		through atomic.Int64
		start   = make(chan struct{})
		all     sync.WaitGroup
	)
	for i := range callers {
		all.Go(func() {
			<-start
			_, ok, err := l.Take(t.Context(), noon, charges(i))
			if err != nil {
				t.Errorf("caller %d: %v", i, err)
			}
			if ok {
				through.Add(1)
			}
		})
	}
	close(start)
	all.Wait()
	return through.Load()
}

func charge(key string, events int, per time.Duration) quota.Charge {
	return quota.Charge{Key: key, Limit: quota.Limit{Events: events, Per: per}}
}

func granted(t *testing.T, l quota.Limiter, now time.Time, charges ...quota.Charge) {
	t.Helper()
	retry, ok, err := l.Take(t.Context(), now, charges)
	if err != nil || !ok || retry != 0 {
		t.Fatalf("%v at %v: %v, retry after %v, %v; want it granted", charges, now.Sub(noon), ok, retry, err)
	}
}

func refused(t *testing.T, l quota.Limiter, now time.Time, want time.Duration, charges ...quota.Charge) {
	t.Helper()
	retry, ok, err := l.Take(t.Context(), now, charges)
	if err != nil || ok || retry != want {
		t.Fatalf("%v at %v: %v, retry after %v, %v; want it refused for %v", charges, now.Sub(noon), ok, retry, err, want)
	}
}
