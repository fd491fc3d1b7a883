//go:build unix

package daemon

import "syscall"

// mostFiles is how many files and connections this process may have open. Go has raised it as far as it may.
func mostFiles() (int, bool) {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return 0, false
	}
	return int(limit.Cur), true
}
