package quota_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twohens/internal/quota"
)

var noon = time.Date(2031, time.March, 4, 12, 0, 0, 0, time.UTC)

func TestTake(t *testing.T) {
	l := quota.Limit{Events: 3, Per: time.Hour}
	var tat time.Time
	for _, step := range []struct {
		after time.Duration // since noon
		retry time.Duration
		ok    bool
	}{
		{0, 0, true},
		{0, 0, true},
		{0, 0, true},
		{0, 20 * time.Minute, false},
		{20*time.Minute - time.Microsecond, time.Microsecond, false},
		{20 * time.Minute, 0, true},
		{20 * time.Minute, 20 * time.Minute, false},
		{10 * time.Hour, 0, true}, // full again, and no fuller than that
		{10 * time.Hour, 0, true},
		{10 * time.Hour, 0, true},
		{10 * time.Hour, 20 * time.Minute, false},
	} {
		next, retry, ok := l.Take(tat, noon.Add(step.after))
		if ok != step.ok || retry != step.retry {
			t.Fatalf("after %v: %v, %v, want %v, %v", step.after, ok, retry, step.ok, step.retry)
		}
		if !ok && !next.Equal(tat) {
			t.Fatalf("after %v: a refusal moved the TAT from %v to %v", step.after, tat, next)
		}
		tat = next
	}
}

// A limit whose span does not divide by its events still gives all of them at
// once, and never one more.
func TestTakeUneven(t *testing.T) {
	l := quota.Limit{Events: 7, Per: time.Second}
	if l.Interval() != 142858*time.Microsecond || l.Window() != 7*l.Interval() {
		t.Fatalf("interval %v, window %v", l.Interval(), l.Window())
	}
	odd := noon.Add(999 * time.Nanosecond)
	if n := burst(l, time.Time{}, odd); n != 7 {
		t.Fatalf("%d at once, want 7", n)
	}
	if tat, _, _ := l.Take(time.Time{}, odd); tat != noon.Add(l.Interval()) {
		t.Fatalf("TAT %v is not a whole microsecond", tat)
	}
}

func TestUnusableLimitRefuses(t *testing.T) {
	for _, l := range []quota.Limit{
		{},
		{Events: 5},
		{Per: time.Hour},
		{Events: -1, Per: time.Hour},
		{Events: 1, Per: -time.Hour},
		{Events: 1, Per: time.Nanosecond},
		{Events: 1, Per: 1500 * time.Nanosecond},
		{Events: 2, Per: time.Microsecond},
		{Events: 1, Per: quota.MaxPer + time.Microsecond},
	} {
		if err := l.Check(); !errors.Is(err, quota.ErrLimit) {
			t.Errorf("%+v: %v", l, err)
		}
		if _, retry, ok := l.Take(time.Time{}, noon); ok || retry <= 0 {
			t.Errorf("%+v let one through", l)
		}
	}
}

// R-36's arithmetic: whatever the pattern of asking, no span holds more events
// than its limit says, and asking again exactly when told to always succeeds.
func TestTakeNeverExceeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLimit(t)
		steps := rapid.SliceOfN(rapid.Int64Range(0, 2*l.Interval().Microseconds()), 1, 200).Draw(t, "steps")
		var (
			tat  time.Time
			now  = noon
			when []time.Time
		)
		for _, step := range steps {
			now = now.Add(time.Duration(step) * time.Microsecond)
			next, retry, ok := l.Take(tat, now)
			tat = next
			if ok {
				when = append(when, now)
				continue
			}
			if retry <= 0 || retry > l.Interval() {
				t.Fatalf("%v: retry after %v", l, retry)
			}
			if _, _, early := l.Take(tat, now.Add(retry-time.Microsecond)); early {
				t.Fatalf("%v: could have come sooner than %v", l, retry)
			}
			if _, _, late := l.Take(tat, now.Add(retry)); !late {
				t.Fatalf("%v: refused again after %v", l, retry)
			}
		}
		for i := range when {
			for j := i; j < len(when); j++ {
				span := when[j].Sub(when[i])
				if most := int64(l.Events) + ceilDiv(span.Microseconds()*int64(l.Events), l.Per.Microseconds()); int64(j-i+1) > most {
					t.Fatalf("%v: %d events in %v, want at most %d", l, j-i+1, span, most)
				}
			}
		}
	})
}

// Nor does it starve anybody: who asks once in an interval is never refused.
func TestTakeNeverStarves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLimit(t)
		tat, now := time.Time{}, noon
		for range burst(l, time.Time{}, noon) {
			tat, _, _ = l.Take(tat, now)
		}
		for _, late := range rapid.SliceOf(rapid.Int64Range(0, 1000)).Draw(t, "late") {
			now = now.Add(l.Interval() + time.Duration(late)*time.Microsecond)
			var ok bool
			if tat, _, ok = l.Take(tat, now); !ok {
				t.Fatalf("%v: refused one event in an interval", l)
			}
		}
	})
}

// A clock that is put back gives nothing away: what gets through is bounded by
// the time that went forward. And it locks nobody out: the wait stays within one
// interval, although the clock went back by a year.
func TestClockPutBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLimit(t)
		year := (365 * 24 * time.Hour).Microseconds()
		steps := rapid.SliceOfN(rapid.Int64Range(-year, 2*l.Interval().Microseconds()), 1, 100).Draw(t, "steps")
		tat, now, forward, through := time.Time{}, noon, int64(0), int64(0)
		for _, step := range steps {
			now = now.Add(time.Duration(step) * time.Microsecond)
			forward += max(0, step)
			next, retry, ok := l.Take(tat, now)
			tat = next
			if ok {
				through++
			} else if retry > l.Interval() {
				t.Fatalf("%v: retry after %v once the clock went back", l, retry)
			}
			if most := int64(l.Events) + forward/l.Interval().Microseconds(); through > most {
				t.Fatalf("%v: %d events, want at most %d", l, through, most)
			}
		}
	})
}

func TestText(t *testing.T) {
	for text, want := range map[string]quota.Limit{
		"5/1h":          {Events: 5, Per: time.Hour},
		"1000/1m30s":    {Events: 1000, Per: 90 * time.Second},
		"20/24h":        {Events: 20, Per: 24 * time.Hour},
		"1/10m":         {Events: 1, Per: 10 * time.Minute},
		"3/1h30m":       {Events: 3, Per: 90 * time.Minute},
		"3/1h0m5s":      {Events: 3, Per: time.Hour + 5*time.Second},
		"1/1µs":         {Events: 1, Per: time.Microsecond},
		"1000000/1s":    {Events: 1000000, Per: time.Second},
		"2/1m0.000005s": {Events: 2, Per: time.Minute + 5*time.Microsecond},
	} {
		got, err := quota.Parse(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("Parse(%q) = %v (%+v), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "5", "/", "5/", "/1h", "5/h", "5/1", "+5/1h", "0/1h", "-1/1h", "5/-1h", "5/0s", "5/1h/1h", " 5/1h", "5/1ns", "2/1µs", "1/9000h", "99999999999999999999/1h", "5.5/1h"} {
		if l, err := quota.Parse(text); !errors.Is(err, quota.ErrLimit) {
			t.Errorf("Parse(%q) = %v, %v", text, l, err)
		}
	}
	var l quota.Limit
	if err := l.UnmarshalText([]byte("5/1h")); err != nil || l != (quota.Limit{Events: 5, Per: time.Hour}) {
		t.Errorf("read %v, %v", l, err)
	}
	if err := l.UnmarshalText([]byte("nonsense")); err == nil || l.Events != 5 {
		t.Errorf("nonsense read as %v, %v", l, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("5/1h")
	f.Add("1000/1m30s")
	f.Add("1/0.5h")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := quota.Parse(text)
		if err != nil {
			if !errors.Is(err, quota.ErrLimit) || l != (quota.Limit{}) {
				t.Fatalf("%v, %v", l, err)
			}
			return
		}
		again, err := quota.Parse(l.String())
		if err != nil || again != l {
			t.Fatalf("%q is %+v, written %q, read %+v, %v", text, l, l, again, err)
		}
		if l.Interval() < time.Microsecond || l.Window() < l.Per || l.Window() > 2*l.Per {
			t.Fatalf("%q: interval %v, window %v", text, l.Interval(), l.Window())
		}
		if _, _, ok := l.Take(time.Time{}, noon); !ok {
			t.Fatalf("%q lets nothing through", text)
		}
	})
}

func burst(l quota.Limit, tat, now time.Time) int {
	for n := 0; ; n++ {
		next, _, ok := l.Take(tat, now)
		if !ok {
			return n
		}
		tat = next
	}
}

func drawLimit(t *rapid.T) quota.Limit {
	events := rapid.IntRange(1, 50).Draw(t, "events")
	per := rapid.Int64Range(int64(events), (48*time.Hour).Microseconds()).Draw(t, "per")
	return quota.Limit{Events: events, Per: time.Duration(per) * time.Microsecond}
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
