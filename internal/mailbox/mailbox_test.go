package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"twohens/internal/mailbox"
)

func open(t *testing.T, o mailbox.Options) *mailbox.Mailbox {
	t.Helper()
	box, err := mailbox.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

// put hands in a mail by Go's own SMTP client.
func put(t *testing.T, box *mailbox.Mailbox, text string) error {
	t.Helper()
	return smtp.SendMail(box.Address(), nil, "from@fernbank.example", []string{"to@fernbank.example"},
		[]byte(strings.ReplaceAll(text, "\n", "\r\n")))
}

func TestRead(t *testing.T) {
	box := open(t, mailbox.Options{})
	for _, c := range []struct{ name, raw, subject, text, html string }{
		{"plain", "Subject: hello\n\nbody\n", "hello", "body\n", ""},
		{"encoded subject", "Subject: =?UTF-8?q?caf=C3=A9?=\n\nbody\n", "café", "body\n", ""},
		{"alternative", "Subject: s\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n" +
			"Content-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9=\n!\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+eDwvYj4=\n--b--\n",
			"s", "café!", "<b>x</b>"},
		{"nested too deep", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b--\n", "", "", ""},
		{"no header at all", "\x01\x02 nothing\n", "", "\x01\x02 nothing\n", ""},
		{"broken type", "Content-Type: ;;;\n\nbody\n", "", "body\n", ""},
	} {
		if err := put(t, box, c.raw); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := box.Mails()[0]
		text := strings.ReplaceAll(got.Text, "\r\n", "\n")
		if got.Subject != c.subject || text != c.text || got.HTML != c.html {
			t.Errorf("%s: %q %q %q", c.name, got.Subject, text, got.HTML)
		}
	}
}

func TestKeepsTheNewest(t *testing.T) {
	box := open(t, mailbox.Options{Keep: 3})
	for i := range 5 {
		if err := put(t, box, fmt.Sprintf("Subject: %d\n\n\n", i)); err != nil {
			t.Fatal(err)
		}
	}
	var subjects []string
	for _, m := range box.Mails() {
		subjects = append(subjects, m.Subject)
	}
	if strings.Join(subjects, " ") != "4 3 2" || box.Taken() != 5 {
		t.Errorf("kept %v of %d", subjects, box.Taken())
	}
	if after := box.After(4); len(after) != 1 || after[0].Subject != "4" {
		t.Errorf("after the fourth: %v", after)
	}
	if m, ok := box.Mail(4); !ok || m.Subject != "3" {
		t.Errorf("the fourth: %v %v", m, ok)
	}
	if _, ok := box.Mail(1); ok {
		t.Error("the first is still there")
	}
}

func TestSubscribe(t *testing.T) {
	box := open(t, mailbox.Options{})
	mails, stop := box.Subscribe()
	slow, _ := box.Subscribe()
	for i := range 101 {
		if err := put(t, box, "Subject: x\n\n\n"); err != nil {
			t.Fatal(err)
		}
		if m := <-mails; m.Number != uint64(i+1) {
			t.Fatalf("mail %d came as number %d", i+1, m.Number)
		}
	}
	// One that never read is cut off behind the last mail that fitted, and did not hold anything up.
	n := 0
	for range slow {
		n++
	}
	if n != 100 {
		t.Errorf("the slow reader got %d", n)
	}
	stop()
	stop()
	if _, open := <-mails; open {
		t.Error("still subscribed")
	}
	last, _ := box.Subscribe()
	box.Close()
	if _, open := <-last; open {
		t.Error("subscribed to a closed mailbox")
	}
	if late, _ := box.Subscribe(); late == nil {
		t.Error("no channel")
	} else if _, open := <-late; open {
		t.Error("subscribed to a closed mailbox")
	}
}

func TestAwait(t *testing.T) {
	box := open(t, mailbox.Options{})
	go func() {
		for _, s := range []string{"a", "b"} {
			_ = put(t, box, "Subject: "+s+"\n\n\n")
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 2 { // the second time it is there already
		m, err := box.Await(ctx, func(m mailbox.Mail) bool { return m.Subject == "b" })
		if err != nil || m.Subject != "b" {
			t.Fatal(m, err)
		}
	}
	gone, end := context.WithCancel(t.Context())
	end()
	if _, err := box.Await(gone, func(mailbox.Mail) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// What takes mail for anybody is not reachable by anybody.
func TestLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		if box, err := mailbox.Open(mailbox.Options{Address: address}); err == nil {
			box.Close()
			t.Errorf("listens on %s", address)
		}
	}
}

func TestHook(t *testing.T) {
	for _, c := range []struct {
		say     error
		fails   string
		arrived int64
	}{
		{nil, "", 1},
		{&mailbox.Reply{Code: 550, Text: "no thanks"}, "no thanks", 0},
		{mailbox.ErrDrop, "EOF", 0},
	} {
		box := open(t, mailbox.Options{Hook: func(step mailbox.Step, _, to string) error {
			if step == mailbox.StepRcpt && to == "to@fernbank.example" {
				return c.say
			}
			return nil
		}})
		err := put(t, box, "\n\n")
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) || box.Taken() != c.arrived {
			t.Errorf("%v: %v, %d arrived", c.say, err, box.Taken())
		}
	}
}
