package daemon

import (
	"os"
	"runtime"
	"runtime/debug"
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

// What a connection takes, with TLS, and by how many of them the limit grows at once.
const (
	connectionMemory = 48 << 10
	connectionsStep  = 256
)

// makeRoom raises and lowers the limit with the number of open connections.
func makeRoom(open int) {
	if limit := memoryLimit.Load(); limit != 0 && open%connectionsStep == 0 {
		debug.SetMemoryLimit(limit + int64(open)*connectionMemory)
	}
}
