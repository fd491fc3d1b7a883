package sendertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
)

// Mailed is a mail that arrived at the other side.
type Mailed struct{ To, Subject, Text string }

// MailBench is a sender of mails, and its other side in the hands of a test.
type MailBench struct {
	Sender interface {
		engine.Sender
		io.Closer
	}
	Moods   []Mood
	Mood    func(Mood)      // from now on
	Arrived func() []Mailed // while it was well, in order
	Secrets []string        // the credentials that the sender uses
	Log     func() string   // all that it logged
}

// OpenMail makes a bench. limit is the sender's own limit of time for an answer. What was opened is closed by t.Cleanup.
type OpenMail func(t testing.TB, limit time.Duration) *MailBench

const (
	reader = "lucy.fern@post.example"
	link   = "https://id.fernbank.example/l/Vd3kQpZt8sYw1rXmB5nHc7gJ"
)

// Mail is one that a test sends.
func Mail(t testing.TB, id string) engine.Mail {
	t.Helper()
	to, err := contact.ParseEmail(reader)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Mail{
		ID: id, To: to, Locale: "ar", Subject: "رمزك \"Fernbank\" & <" + id + ">", NotAfter: time.Now().Add(10 * time.Minute),
		Text: "رمزك: 8264 9173\n.\n..two dots\n" + link + "\n", HTML: "<p dir=\"rtl\">" + code + " <a href=\"" + link + "\">&amp;</a></p>\n",
	}
}

// RunMail runs the contract of a sender of mails.
func RunMail(t *testing.T, open OpenMail) {
	for _, c := range []struct {
		name  string
		needs []Mood
		limit time.Duration
		run   func(*testing.T, *MailBench)
	}{
		{"Taken", nil, ample, mailTaken},
		{"Refused", []Mood{Refusing}, ample, mailRefused},
		{"Garbled", []Mood{Garbling}, ample, mailGarbled},
		{"Silent", []Mood{Hanging}, short, mailSilent},
		{"Unreachable", []Mood{Gone}, ample, mailUnreachable},
		{"Broken off", []Mood{Hanging}, ample, mailBrokenOff},
		{"Ended before", nil, ample, mailEndedBefore},
		{"Last", nil, ample, mailLast},
		{"Unfit", nil, ample, mailUnfit},
		{"Many", nil, ample, mailMany},
		{"Closed", nil, ample, mailClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, c.limit)
			for _, mood := range c.needs {
				if !slices.Contains(b.Moods, mood) {
					t.Skip("the other side cannot be made to do this")
				}
			}
			c.run(t, b)
			b.quiet(t, "the log", b.Log())
		})
	}
}

// quiet searches for what must never be told.
func (b *MailBench) quiet(t *testing.T, where, said string) {
	t.Helper()
	for _, secret := range slices.Concat(b.Secrets, []string{reader, "lucy.fern", code, code[:4], code[4:], link[len(link)-24:]}) {
		if strings.Contains(said, secret) {
			t.Errorf("%s holds %q: %s", where, secret, said)
		}
	}
}

// failed sends a mail that is not taken and is worth another try, and says whether it may have left.
func (b *MailBench) failed(t *testing.T, ctx context.Context, m engine.Mail) (left bool) {
	t.Helper()
	_, err := b.Sender.Send(ctx, m)
	var r *engine.Refusal
	if err == nil || errors.As(err, &r) {
		t.Fatalf("must be worth another try: %v", err)
	}
	b.quiet(t, "the error", err.Error()+fmt.Sprintf("%+v", err))
	var may interface{ MayHaveLeft() bool }
	return errors.As(err, &may) && may.MayHaveLeft()
}

// next sends a mail that nothing before it may keep from arriving.
func (b *MailBench) next(t *testing.T) {
	t.Helper()
	b.Mood(Well)
	if _, err := b.Sender.Send(t.Context(), Mail(t, "after")); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func mailTaken(t *testing.T, b *MailBench) {
	var want []Mailed
	for i := range 3 {
		m := Mail(t, fmt.Sprintf("taken-%d", i))
		h, err := b.Sender.Send(t.Context(), m)
		if err != nil || h.Gateway == "" {
			t.Fatalf("%+v, %v", h, err)
		}
		b.quiet(t, "the handover", fmt.Sprintf("%+v", h))
		want = append(want, Mailed{reader, m.Subject, m.Text})
	}
	if got := b.Arrived(); !slices.Equal(got, want) {
		t.Errorf("arrived:\n%q\nwant\n%q", got, want)
	}
}

func mailRefused(t *testing.T, b *MailBench) {
	b.Mood(Refusing)
	_, err := b.Sender.Send(t.Context(), Mail(t, "refused"))
	var r *engine.Refusal
	if !errors.As(err, &r) || r.Said == "" || len(r.Said) > 250 {
		t.Fatalf("must be a refusal, in short words: %v", err)
	}
	b.quiet(t, "the refusal", r.Said+err.Error())
	b.next(t)
}

func mailGarbled(t *testing.T, b *MailBench) {
	b.Mood(Garbling)
	if !b.failed(t, t.Context(), Mail(t, "garbled")) {
		t.Error("it may have been taken")
	}
	b.next(t)
}

// It has all of the mail and says nothing: it may have taken it, so that nobody else is asked, and the engine is told.
func mailSilent(t *testing.T, b *MailBench) {
	b.Mood(Hanging)
	if !b.failed(t, t.Context(), Mail(t, "silent")) {
		t.Error("it may have been taken")
	}
}

func mailBrokenOff(t *testing.T, b *MailBench) {
	b.Mood(Hanging)
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	b.failed(t, ctx, Mail(t, "broken-off"))
}

func mailUnreachable(t *testing.T, b *MailBench) {
	b.Mood(Gone)
	if b.failed(t, t.Context(), Mail(t, "unreachable")) {
		t.Error("it cannot have left")
	}
	b.next(t)
}

func mailEndedBefore(t *testing.T, b *MailBench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if b.failed(t, ctx, Mail(t, "ended")) || len(b.Arrived()) != 0 {
		t.Errorf("%d arrived", len(b.Arrived()))
	}
}

func mailLast(t *testing.T, b *MailBench) {
	errLast := errors.New("the database is down")
	called, arrived := 0, 0
	send := func(says error) {
		t.Helper()
		asked := 0
		m := Mail(t, fmt.Sprintf("last-%d", called))
		m.Last = func() error {
			asked++
			called++
			if n := len(b.Arrived()); n != arrived {
				t.Errorf("%d arrived before Last was asked, want %d", n, arrived)
			}
			return says
		}
		_, err := b.Sender.Send(t.Context(), m)
		if says == nil {
			arrived++
		}
		if !errors.Is(err, says) || asked != 1 || len(b.Arrived()) != arrived {
			t.Errorf("%v, want %v; asked %d times, %d arrived, want %d", err, says, asked, len(b.Arrived()), arrived)
		}
	}
	// The later ones find what those before them left behind, such as an open connection.
	for _, says := range []error{errLast, errLast, nil, nil, errLast, nil} {
		send(says)
	}
}

// mailUnfit is what the outbox never gives away, and must not reach a wire.
func mailUnfit(t *testing.T, b *MailBench) {
	for name, change := range map[string]func(*engine.Mail){
		"no address":     func(m *engine.Mail) { m.To = contact.Email{} },
		"no id":          func(m *engine.Mail) { m.ID = "" },
		"a line in it":   func(m *engine.Mail) { m.ID = "a\r\nBcc: b" },
		"a quote in it":  func(m *engine.Mail) { m.ID = "a\",\"to\":\"" },
		"a query in it":  func(m *engine.Mail) { m.ID = "a&to=b" },
		"too late to go": func(m *engine.Mail) { m.NotAfter = time.Now().Add(-time.Second) },
	} {
		m := Mail(t, "unfit")
		change(&m)
		m.Last = func() error { t.Errorf("%s: about to leave", name); return nil }
		if _, err := b.Sender.Send(t.Context(), m); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if n := len(b.Arrived()); n != 0 {
		t.Errorf("%d arrived", n)
	}
}

func mailMany(t *testing.T, b *MailBench) {
	const all = 50
	var under sync.WaitGroup
	for i := range all {
		under.Go(func() {
			m := Mail(t, fmt.Sprintf("many-%d", i))
			asked := 0
			m.Last = func() error { asked++; return nil }
			if _, err := b.Sender.Send(t.Context(), m); err != nil || asked != 1 {
				t.Errorf("mail %d: %v, asked %d times", i, err, asked)
			}
		})
	}
	under.Wait()
	subjects := map[string]bool{}
	for _, a := range b.Arrived() {
		subjects[a.Subject] = true
	}
	if len(subjects) != all || len(b.Arrived()) != all {
		t.Errorf("%d mails arrived, %d different ones", len(b.Arrived()), len(subjects))
	}
}

func mailClosed(t *testing.T, b *MailBench) {
	if _, err := b.Sender.Send(t.Context(), Mail(t, "closed")); err != nil {
		t.Fatal(err)
	}
	if err := b.Sender.Close(); err != nil {
		t.Error(err)
	}
}
