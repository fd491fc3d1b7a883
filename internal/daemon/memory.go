package daemon

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"twohens/internal/config"
)

// baseMemory is what the program needs besides hashes, with room: under full load it stays below 60 MB.
const baseMemory = 64 << 20

// LimitMemory has garbage collected before the memory of password hashes piles up. Each hash takes 19 MiB for some 20 ms;
// left alone, the collector would let several generations of them lie. An operator who sets GOMEMLIMIT decides instead.
// It is a soft limit: nothing is refused because of it. What connections take comes on top, as many as there are: a crowd of them would
// otherwise keep the collector at work all the time.
func LimitMemory(c *config.Config) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	atOnce := c.Password.HashParallel
	if atOnce == 0 {
		atOnce = runtime.GOMAXPROCS(0)
	}
	limit := baseMemory + int64(atOnce)*int64(c.Password.HashMemory)
	memoryLimit.Store(limit)
	debug.SetMemoryLimit(limit)
}

// memoryLimit is what LimitMemory has set, without connections; 0: nothing. Like the limit itself it is the process's.
var memoryLimit atomic.Int64

// What a connection takes, with TLS, and for how many of them room is made at once.
const (
	connectionMemory = 48 << 10
	connectionsStep  = 256
)

// room is for how many connections of all ports the limit has been raised.
var room struct {
	mu         sync.Mutex
	open, made int64
}

// makeRoom is told of a connection that opens (1) or closes (-1). Setting the limit stops the program for a moment, so room is given back only once two
// steps of it are empty: at the bound, where one closes for each that comes, nothing is set.
func makeRoom(change int64) {
	room.mu.Lock()
	defer room.mu.Unlock()
	switch room.open += change; {
	case room.open > room.made:
		room.made += connectionsStep
	case room.open < room.made-2*connectionsStep:
		room.made -= connectionsStep
	default:
		return
	}
	if limit := memoryLimit.Load(); limit != 0 {
		debug.SetMemoryLimit(limit + room.made*connectionMemory)
	}
}
