package smsgate_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"twohens/internal/sendertest"
)

// BenchmarkHTTP is one text after the other through a chain of one generic HTTP gateway, to a peer on loopback that shares the cores.
//
//	go test ./internal/smsgate -run '^$' -bench HTTP -benchmem
func BenchmarkHTTP(b *testing.B) {
	p := start(b)
	p.read = func(*http.Request, []byte) (sendertest.Taken, error) { return sendertest.Taken{}, nil }
	c, text := chainOf(b, io.Discard, p.plain(b, 10*time.Second)), sendertest.Text(b, "one", "en")
	text.NotAfter = time.Time{}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Text(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
}
