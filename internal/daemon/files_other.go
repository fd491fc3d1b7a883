//go:build !unix

package daemon

// mostFiles says that this system sets no bound to a process.
func mostFiles() (int, bool) { return 0, false }
