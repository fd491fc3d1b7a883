//go:build !unix

package secret

import "os"

// adopt leaves a new file to whoever makes it.
func adopt(*os.File, string) error { return nil }
