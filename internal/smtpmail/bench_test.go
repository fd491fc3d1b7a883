package smtpmail_test

import (
	"strings"
	"testing"

	"twohens/internal/mailbox"
	"twohens/internal/smtpmail"
)

// BenchmarkSend is mails a second to a sink on loopback, 16 at a time, sender and sink on the same cores.
func BenchmarkSend(b *testing.B) {
	box := open(b, mailbox.Options{Count: true})
	s := sender(b, box.Port(), func(s *smtpmail.Settings) { s.Connections = 16 })
	m := mailTo(b, "lucy@fernbank.example")
	m.Text = strings.Repeat("A line of a mail as long as lines usually are.\n", 20)
	m.HTML = strings.Repeat("<p style=\"margin:0 0 16px\">A line of a mail as long as lines usually are.</p>\n", 40)
	b.SetParallelism(8) // times GOMAXPROCS
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Send(b.Context(), m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
