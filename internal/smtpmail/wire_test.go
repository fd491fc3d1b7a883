package smtpmail

import (
	"strings"
	"testing"

	"twohens/internal/contact"
	"twohens/internal/engine"
)

// BenchmarkWire is what writing the mail down costs, without the network.
func BenchmarkWire(b *testing.B) {
	from, _ := contact.ParseEmail("recovery@fernbank.example")
	to, _ := contact.ParseEmail("lucy@fernbank.example")
	s, err := New(Settings{Server: "localhost", Port: 25, Security: Plain, From: from, FromName: "Fernbank Library"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	m := engine.Mail{ID: "abc", To: to, Locale: "en", Subject: "Your code for Fernbank Library"}
	m.Text = strings.Repeat("A line of a mail as long as lines usually are.\n", 20)
	m.HTML = strings.Repeat("<p style=\"margin:0 0 16px\">A line of a mail as long as lines usually are.</p>\n", 40)
	b.ReportAllocs()
	for b.Loop() {
		l, err := s.wire(m)
		if err != nil {
			b.Fatal(err)
		}
		l.free()
	}
}
