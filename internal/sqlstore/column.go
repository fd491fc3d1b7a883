package sqlstore

import (
	"strings"
	"time"

	"twohens/internal/secret"
)

// millis is how a time is kept: milliseconds since 1970 UTC, rounded down; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment reads what millis wrote.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// bytes is how a digest is kept, where an absent one matches nothing: NULL.
func bytes(d secret.Digest) any {
	if d.IsZero() {
		return nil
	}
	return d[:]
}

// digest reads what bytes wrote.
func digest(b []byte) (d secret.Digest) {
	copy(d[:], b)
	return d
}

// text makes a text that came from outside fit for both databases. PostgreSQL refuses NUL and broken UTF-8, and a browser may
// call itself either; a sign-in must not fail for that.
func text(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}
