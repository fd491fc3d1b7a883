package smtpmail_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"twohens/internal/mailbox"
	"twohens/internal/smtpmail"
)

// R-52, and what a reader's mail program needs.
func TestMailAsItArrives(t *testing.T) {
	box := open(t, mailbox.Options{})
	s := sender(t, box.Port(), func(set *smtpmail.Settings) {
		set.FromName = "Bücherei Farn"
		set.Envelope = address(t, "bounces@fernbank.example")
		set.Now = func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }
	})
	m := mailTo(t, "Lucy@FERNBANK.example")
	m.Locale = "zh-Hans"
	m.Subject = "您的验证码 " + strings.Repeat("很长的主题", 20)
	m.Text = "验证码:1234 5678\n.\n..two dots\nFrom the start of a line\n" + strings.Repeat("long ", 100) + "\n"
	m.HTML = "<p dir=\"rtl\">رمزك <b>1234</b></p>\n"
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	mails := box.Mails()
	if len(mails) != 1 {
		t.Fatalf("%d mails arrived", len(mails))
	}
	got := mails[0]
	if got.Subject != m.Subject || got.Text != m.Text || got.HTML != m.HTML {
		t.Errorf("arrived changed:\n%q\n%q\n%q", got.Subject, got.Text, got.HTML)
	}
	if got.Sender != "bounces@fernbank.example" || len(got.To) != 1 || got.To[0] != "Lucy@fernbank.example" {
		t.Errorf("envelope: from %q to %q", got.Sender, got.To)
	}
	for name, want := range map[string]string{
		"Message-Id":       "<abcdefghijklmnopqrstuvwxyz@fernbank.example>",
		"Auto-Submitted":   "auto-generated",
		"Date":             "Wed, 04 Mar 2026 05:06:07 +0000",
		"Mime-Version":     "1.0",
		"Content-Language": "zh-Hans",
		"To":               "<Lucy@fernbank.example>",
		"List-Unsubscribe": "",
		"User-Agent":       "",
		"X-Mailer":         "",
	} {
		if is := got.Header.Get(name); is != want {
			t.Errorf("%s: %q, want %q", name, is, want)
		}
	}
	if !strings.Contains(got.From, "Bücherei Farn") || !strings.Contains(got.From, "<recovery@fernbank.example>") {
		t.Errorf("From: %q", got.From)
	}
	if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/alternative") {
		t.Errorf("Content-Type: %q", kind)
	}
	if i := bytes.Index(got.Raw, []byte("text/plain")); i < 0 || i > bytes.Index(got.Raw, []byte("text/html")) {
		t.Error("the text must come before the HTML: readers show the last form that they understand")
	}
	for line := range bytes.SplitSeq(got.Raw, []byte("\r\n")) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
		if bytes.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("a line beyond ASCII: %q", line)
		}
	}
}

// A subject comes from the site's name and a catalogue: whatever is in it, it stays one header.
func TestNoHeaderFromASubject(t *testing.T) {
	box := open(t, mailbox.Options{})
	s := sender(t, box.Port(), func(set *smtpmail.Settings) { set.FromName = "A\r\nBcc: x@evil.example\r\n\r\nB" })
	for _, subject := range []string{"a\r\nBcc: x@evil.example", "a\nX-Evil: 1", "a\r\n\r\nbody", "a\x00b", "\xff\xfe"} {
		m := mailTo(t, "lucy@fernbank.example")
		m.Subject = subject
		if _, err := s.Send(t.Context(), m); err != nil {
			t.Fatalf("%q: %v", subject, err)
		}
		got := box.Mails()[0]
		if got.Header.Get("Bcc") != "" || got.Header.Get("X-Evil") != "" || !strings.HasPrefix(got.Text, "Your code") {
			t.Errorf("%q made more than a subject:\n%s", subject, got.Raw)
		}
	}
}

// An id that is no id could end the Message-ID.
func TestNoMailWithoutAFitID(t *testing.T) {
	s := sender(t, 1, nil)
	for _, id := range []string{"", "a b", "a>\r\nBcc: b", "a@b"} {
		m := mailTo(t, "lucy@fernbank.example")
		m.ID = id
		if _, err := s.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "connect") {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

// Each signature is checked by another library than the one that made it.
func TestSigned(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	edPublic, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaPublic, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	records := map[string]string{
		"r1._domainkey.fernbank.example": "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(rsaPublic),
		"e1._domainkey.fernbank.example": "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edPublic),
	}
	box := open(t, mailbox.Options{})
	s := sender(t, box.Port(), func(set *smtpmail.Settings) {
		for selector, key := range map[string]any{"r1": rsaKey, "e1": edKey} {
			signer, err := smtpmail.NewSigner("fernbank.example", selector, keyFile(t, key))
			if err != nil {
				t.Fatal(err)
			}
			set.Signers = append(set.Signers, signer)
		}
	})
	m := mailTo(t, "lucy@fernbank.example")
	m.Subject = "您的验证码" + strings.Repeat(" and more", 20)
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	raw := box.Mails()[0].Raw
	check := func(raw []byte) (good int) {
		list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
			LookupTXT: func(name string) ([]string, error) { return []string{records[name]}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			if v.Err == nil {
				good++
			}
		}
		return good
	}
	if good := check(raw); good != 2 {
		t.Errorf("%d good signatures, want 2:\n%s", good, raw)
	}
	// A second From on top must not pass for ours.
	if good := check(append([]byte("From: evil@evil.example\r\n"), raw...)); good != 0 {
		t.Errorf("%d signatures hold although there is a second From", good)
	}
}

func keyFile(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSignerWantsAKey(t *testing.T) {
	if _, err := smtpmail.NewSigner(strings.Repeat("a", 71), "s", "/nowhere"); err == nil || !strings.Contains(err.Error(), "70 characters") {
		t.Errorf("a domain that does not fit a line: %v", err)
	}
	path := filepath.Join(t.TempDir(), "key.pem")
	for _, text := range []string{"", "not a key", "-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := smtpmail.NewSigner("fernbank.example", "s", path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
