// Package quota is the arithmetic of rate limits: how many events in how long a
// time, and when the next one may be. Time is an argument everywhere; nothing
// here reads a clock.
//
// The rule is GCRA, a leaky bucket that keeps one instant for each key: the
// theoretical arrival time (TAT), at which the bucket will be empty again. One
// instant can be updated with one comparison in one statement, so that many at
// once cannot get through more often than one after the other, in memory
// as in SQL. All instants are whole microseconds, which every store keeps exactly.
//
// Which buckets there are, and what a stranger is told, is decided above: the
// answer is always one generic refusal with a time to come back.
package quota

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limit allows Events at once, and refills evenly so that all of them are there
// again after Per. Over any span t no more than Events + t/Per*Events get through.
//
// The zero Limit allows nothing: a limit that somebody forgot to set must not be
// the hole that a flood comes through.
type Limit struct {
	Events int
	Per    time.Duration
}

// MaxPer is the longest span of a [Limit]. It keeps every sum of an instant and
// a span far from overflow, in Go and in SQL's 64 bits of microseconds.
const MaxPer = 366 * 24 * time.Hour

// ErrLimit is wrapped by what [Limit.Check] and [Parse] say.
var ErrLimit = errors.New("quota: not a limit")

// Check reports why l cannot be used, naming the bound that it breaks.
func (l Limit) Check() error {
	switch {
	case l.Events < 1:
		return fmt.Errorf("%w: %d events, need at least 1", ErrLimit, l.Events)
	case l.Per < time.Microsecond:
		return fmt.Errorf("%w: per %v, need at least 1µs", ErrLimit, l.Per)
	case l.Per%time.Microsecond != 0:
		return fmt.Errorf("%w: per %v, need whole microseconds", ErrLimit, l.Per)
	case l.Per > MaxPer:
		return fmt.Errorf("%w: per %v, may be at most %v", ErrLimit, l.Per, MaxPer)
	case int64(l.Events) > l.Per.Microseconds():
		return fmt.Errorf("%w: %d events per %v is more than one in a microsecond", ErrLimit, l.Events, l.Per)
	}
	return nil
}

// Interval is the time after which one more event may be: Per divided by Events,
// rounded up to a whole microsecond, since rounding down would let a little more
// through than was allowed.
func (l Limit) Interval() time.Duration {
	events, per := int64(l.Events), l.Per.Microseconds()
	return time.Duration((per+events-1)/events) * time.Microsecond
}

// Window is how far ahead of now a TAT may be: the time from a spent limit to a
// full one. It is Per, rounded up to Events whole intervals.
func (l Limit) Window() time.Duration { return time.Duration(l.Events) * l.Interval() }

// Take asks for one event at now, for a key whose theoretical arrival time is tat
// (the zero time if it was never seen, or was forgotten because tat had passed).
//
// If ok, the event may be, and newTAT is what must be saved before it is, if and
// only if tat is still what was read. If not ok, retryAfter is how long to wait from
// now until it would be, if nobody else comes first: more than 0 and at most one
// Interval.
//
// newTAT may differ from tat on a refusal too: then tat lay further ahead than this
// limit can reach, because the clock was put back or the limit was lowered, and
// newTAT is the furthest it may be. Saving it mends the key. A clock put back thus
// never gives an event away, and costs nobody more than Window.
//
// An unusable limit, as of [Limit.Check], refuses everything.
func (l Limit) Take(tat, now time.Time) (newTAT time.Time, retryAfter time.Duration, ok bool) {
	if l.Check() != nil {
		return tat, time.Hour, false
	}
	now = now.Truncate(time.Microsecond)
	if tat.Before(now) {
		tat = now
	}
	if furthest := now.Add(l.Window()); tat.After(furthest) {
		tat = furthest
	}
	next := tat.Add(l.Interval())
	if wait := next.Sub(now) - l.Window(); wait > 0 {
		return tat, wait, false
	}
	return next, 0, true
}

// Return gives one taken event back: the TAT to save instead of tat. What was never taken cannot be given back, so a
// full bucket stays full.
func (l Limit) Return(tat, now time.Time) time.Time {
	now = now.Truncate(time.Microsecond)
	if l.Check() != nil || !tat.After(now) {
		return tat
	}
	if tat = tat.Add(-l.Interval()); tat.Before(now) {
		return now
	}
	return tat
}

// String returns the form that [Parse] reads, such as "5/1h".
func (l Limit) String() string {
	per := l.Per.String()
	if strings.HasSuffix(per, "m0s") { // 1h30m0s is written 1h30m
		per = strings.TrimSuffix(per, "0s")
	}
	if strings.HasSuffix(per, "h0m") { // and 1h0m is written 1h
		per = strings.TrimSuffix(per, "0m")
	}
	return strconv.Itoa(l.Events) + "/" + per
}

// Parse reads a limit as it stands in a configuration: events, a slash and a
// duration, as "5/1h" or "1000/1m30s". Its errors wrap [ErrLimit].
func Parse(text string) (Limit, error) {
	events, per, found := strings.Cut(text, "/")
	if !found {
		return Limit{}, fmt.Errorf("%w: %q, write it like 5/1h", ErrLimit, text)
	}
	n, err := strconv.Atoi(events)
	if err != nil || events[0] == '+' {
		return Limit{}, fmt.Errorf("%w: %q is not a number of events", ErrLimit, events)
	}
	d, err := time.ParseDuration(per)
	if err != nil {
		return Limit{}, fmt.Errorf("%w: %q is not a duration such as 10m or 24h", ErrLimit, per)
	}
	l := Limit{Events: n, Per: d}
	if err := l.Check(); err != nil {
		return Limit{}, err
	}
	return l, nil
}

// MarshalText writes what [Limit.UnmarshalText] reads.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is [Parse], for configuration files.
func (l *Limit) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}
