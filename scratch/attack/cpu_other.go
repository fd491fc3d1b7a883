//go:build !unix

package main

import (
	"runtime"
	"time"
)

var began = time.Now()

// cpuTime is at most the processor time this program has used, of all cores.
func cpuTime() time.Duration { return time.Since(began) * time.Duration(runtime.GOMAXPROCS(0)) }
