// Package loopback says what may do without TLS: this machine itself, and nothing else.
package loopback

import "net"

// Is says that a host is this machine, judged by its name alone: a name that merely resolves to loopback could resolve to
// something else tomorrow.
func Is(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }
