package mailbox

import (
	"testing"
	"time"
)

// Whatever is sent is kept as it came, and nothing in it ends the program.
func FuzzRead(f *testing.F) {
	f.Add([]byte("Subject: =?UTF-8?q?a?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n----\r\n"))
	f.Add([]byte("Content-Transfer-Encoding: base64\r\n\r\n!!!"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := read(raw, "a@b", []string{"c@d"}, time.Time{})
		if string(m.Raw) != string(raw) || m.To[0] != "c@d" {
			t.Error("not kept as it came")
		}
	})
}
