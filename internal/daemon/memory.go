package daemon

import (
	"os"
	"runtime"
	"runtime/debug"

	"twohens/internal/config"
)

// baseMemory is what the program needs besides hashes, with room: under full load it stays below 60 MB.
const baseMemory = 64 << 20

// LimitMemory has garbage collected before the memory of password hashes piles up. Each hash takes 19 MiB for some 20 ms;
// left alone, the collector would let several generations of them lie. An operator who sets GOMEMLIMIT decides instead.
// It is a soft limit: nothing is refused because of it.
func LimitMemory(c *config.Config) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	atOnce := c.Password.HashParallel
	if atOnce == 0 {
		atOnce = runtime.GOMAXPROCS(0)
	}
	debug.SetMemoryLimit(baseMemory + int64(atOnce)*int64(c.Password.HashMemory))
}
