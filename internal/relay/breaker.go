package relay

import (
	"math/bits"
	"sync"
	"time"
)

// breaker rests a gateway that fails, so that people do not wait for it one after the other. When the rest is over, one text tries
// it: if that goes well, the others follow.
//
// Only failures that speak of the gateway count (Class.ill). Time is an argument.
type breaker struct {
	row  int           // failures in a row that make it rest
	rest time.Duration // the first; it doubles up to eight times as long

	mu      sync.Mutex
	failed  uint32 // the last 32 texts, the latest lowest; 1 is a failure
	resting bool
	until   time.Time
	probing bool
	rests   int // without a success between them
}

// half of the last 32 texts, however they are spread, make a gateway rest too.
const half = 16

// enter says whether a text may go to the gateway, and whether it is the one that tries it.
func (b *breaker) enter(now time.Time) (probe, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.resting:
		return false, true
	case b.probing || now.Before(b.until):
		return false, false
	}
	b.probing = true
	return true, true
}

// leave tells how it went. It says whether the gateway's state changed by it.
func (b *breaker) leave(now time.Time, probe, ill bool) (changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case probe && ill:
		b.probing = false
		b.begin(now)
		return false
	case probe:
		b.resting, b.probing, b.failed, b.rests = false, false, 0, 0
		return true
	case b.resting:
		return false // it set out before the rest began
	}
	b.failed <<= 1
	if !ill {
		return false
	}
	b.failed |= 1
	if bits.TrailingZeros32(^b.failed) < b.row && bits.OnesCount32(b.failed) < half {
		return false
	}
	b.begin(now)
	return true
}

func (b *breaker) begin(now time.Time) {
	b.resting, b.failed = true, 0
	b.until = now.Add(b.rest << min(b.rests, 3))
	b.rests++
}

// abandon takes a text back that did not get as far as the gateway, or whose sender went away.
func (b *breaker) abandon(probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.probing = false
	}
}

// look tells until when the gateway rests; the zero time when it does not.
func (b *breaker) look() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.resting {
		return time.Time{}
	}
	return b.until
}
