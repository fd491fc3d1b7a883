package bounce

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
)

// What real servers write, by what it says of the mail.
func TestRead(t *testing.T) {
	const failed, late, arrived = engine.ReceiptFailed, engine.ReceiptPending, engine.ReceiptDelivered
	for name, want := range map[string]struct {
		state engine.ReceiptState
		hard  bool
		said  string // that is in it
		err   error
	}{
		"postfix-unknown": {failed, true, "5.1.1 550 5.1.1 … Recipient address rejected: User unknown", nil}, "postfix-delayed": {late, false, "4.4.1 connect to", nil},
		"postfix-delivered": {arrived, false, "2.0.0 delivered to maildir", nil}, "full": {failed, false, "552 5.2.2 mailbox full", nil},
		"office365": {failed, true, "5.1.10 550 5.1.10", nil}, "gmail": {failed, true, "5.1.1 … The email account", nil},
		"spam": {failed, false, "5.7.1 550 5.7.1 message … looks like spam", nil}, "global": {failed, true, "5.1.1", nil},
		"exim": {failed, true, "5.1.1 … no such mailbox", nil}, "exim-warning": {late, false, "", nil}, "qmail": {failed, true, "5.1.1", nil},
		"qmail-full": {failed, false, "4.2.2 mailbox full", nil}, "sendmail": {failed, true, "550", nil},
		"away": {err: ErrReply}, "person": {err: ErrUnreadable}, "read": {err: ErrUnreadable},
	} {
		for ending, text := range map[string][]byte{"\n": file(t, name), "\r\n": bytes.ReplaceAll(file(t, name), []byte("\n"), []byte("\r\n"))} {
			got, err := Read(bytes.NewReader(text))
			if got.State != want.state || got.Hard != want.hard || !errors.Is(err, want.err) || !strings.Contains(got.Said, want.said) {
				t.Errorf("%s%q: %+v, %v", name, ending, got, err)
			}
			for _, private := range []string{"lucy", "82649173", "@", "Your code"} {
				if strings.Contains(got.Said, private) {
					t.Errorf("%s: %q is in %q", name, private, got.Said)
				}
			}
		}
	}
	if n, _ := filepath.Glob("testdata/*.eml"); len(n) != 16 {
		t.Errorf("%d files, and not all are read", len(n))
	}
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Reports that nobody writes but attackers: nothing takes long, nothing is taken for what it is not.
func TestAttackReports(t *testing.T) {
	nested := func(depth int) string {
		var b strings.Builder
		b.WriteString("From: mailer-daemon@x.example\r\n")
		for i := range depth {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		b.WriteString("Content-Type: message/delivery-status\r\n\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n")
		return b.String()
	}
	status := "From: a@x.example\r\nContent-Type: message/delivery-status\r\n\r\n"
	for name, text := range map[string]string{
		"nothing": "", "no header": "\r\n\r\n", "a bare NUL": "\x00", "many headers": strings.Repeat("A: b\r\n", 100000),
		"a thousand parts within each other": nested(1000), "a boundary that is none": "Content-Type: multipart/report\r\n\r\n--\r\n",
		"one long line":          "From: mailer-daemon@x.example\r\n\r\n" + strings.Repeat("a", 1<<20),
		"an action of no kind":   status + "Action: exploded\r\nStatus: 5.1.1\r\n\r\n",
		"many groups":            status + strings.Repeat("A: b\r\n\r\n", 10000) + "Action: failed\r\n",
		"broken base64":          "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
		"the report in our mail": "From: mailer-daemon@x.example\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n",
	} {
		done := make(chan Report, 1)
		go func() {
			r, err := Read(strings.NewReader(text))
			if err == nil {
				t.Errorf("%s: %+v", name, r)
			}
			done <- r
		}()
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s takes for ever", name)
		}
	}
	if r, err := Read(strings.NewReader(nested(3))); err != nil || !r.Hard {
		t.Errorf("one that a server wrapped: %+v, %v", r, err)
	}
	long := "x " + strings.Repeat("word ", 10000)
	if r, err := Read(strings.NewReader(status + "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: " + long + "\r\n\r\n")); err != nil || len(r.Said) > 300 {
		t.Errorf("%d bytes are kept, %v", len(r.Said), err)
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(bytes.NewReader(text))
		if err == nil && r.State == "" || err != nil && r != (Report{}) || len(r.Said) > 300 || strings.Contains(r.Said, "@") {
			t.Fatalf("%+v, %v", r, err)
		}
	})
}
