// Package sendertest is the contract of what hands texts and mails over: every gateway and every mail service passes it, with a real other side.
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

// Mood is how the other side of a gateway behaves.
type Mood int

// The moods. A bench tells which of them its other side can be in; a test that needs another is skipped by name.
const (
	Well     Mood = iota
	Refusing      // this number, for good. It quotes all that it was sent, as gateways do
	Garbling      // what it says makes no sense, and quotes all that it was sent
	Hanging       // it takes a text and says nothing
	Gone          // it cannot be reached
)

// Taken is a text that arrived at the other side.
type Taken struct{ To, Text string }

// Bench is a gateway, and its other side in the hands of a test.
type Bench struct {
	Gateway interface {
		engine.Texter
		io.Closer
	}
	Moods   []Mood
	Mood    func(Mood)     // from now on; nil if it can only be well
	Arrived func() []Taken // while it was well, in order
	Secrets []string       // the credentials that the gateway uses
	Log     func() string  // all that it logged
}

// Open makes a bench. limit is the gateway's own limit of time for one text. What was opened is closed by t.Cleanup.
type Open func(t testing.TB, limit time.Duration) *Bench

const (
	ample  = 20 * time.Second
	short  = 300 * time.Millisecond
	number = "+34600123456"
	code   = "82649173"
)

// words are texts as the product sends them, in what telephones have alphabets for and have not.
var words = map[string]string{
	"en":      "8264 9173 is your code for Fernbank Library. It costs \"nothing\" & <never> asks [back] {~^€}.\n@id.fernbank.example #" + code,
	"es":      "8264 9173 es tu clave de Biblioteca Helecho: ¿no la pediste? 100% gratis = nada + nadie.\n@id.fernbank.example #" + code,
	"ar":      "\u200f8264 9173 هو رمزك.\n@id.fernbank.example #" + code,
	"zh-Hans": "验证码 8264 9173，请勿转告他人 😀。\n@id.fernbank.example #" + code,
}

// Text is one that a test sends.
func Text(t testing.TB, id, locale string) engine.Text {
	t.Helper()
	to, err := contact.ParsePhone(number, "")
	if err != nil {
		t.Fatal(err)
	}
	return engine.Text{ID: id, To: to, Locale: locale, Body: words[locale], NotAfter: time.Now().Add(10 * time.Minute)}
}

// Run runs the contract.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name  string
		needs []Mood
		limit time.Duration
		run   func(*testing.T, *Bench)
	}{
		{"Taken", nil, ample, taken},
		{"Refused", []Mood{Refusing}, ample, refused},
		{"Garbled", []Mood{Garbling}, ample, garbled},
		{"Silent", []Mood{Hanging}, short, silent},
		{"Unreachable", []Mood{Gone}, ample, unreachable},
		{"Broken off", []Mood{Hanging}, ample, brokenOff},
		{"Ended before", nil, ample, endedBefore},
		{"Last", nil, ample, last},
		{"Last of a text that is refused", []Mood{Refusing}, ample, lastRefused},
		{"Unfit", nil, ample, unfit},
		{"Many", nil, ample, many},
		{"Closed", nil, ample, closed},
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
func (b *Bench) quiet(t *testing.T, where, said string) {
	t.Helper()
	for _, secret := range slices.Concat(b.Secrets, []string{number, number[1:], "600123456", code, code[:4], code[4:]}) {
		if strings.Contains(said, secret) {
			t.Errorf("%s holds %q: %s", where, secret, said)
		}
	}
}

// failed is the error of a text that was not taken and is worth another try.
func (b *Bench) failed(t *testing.T, text engine.Text) {
	t.Helper()
	_, err := b.Gateway.Text(t.Context(), text)
	var r *engine.Refusal
	if err == nil || errors.As(err, &r) {
		t.Fatalf("must be worth another try: %v", err)
	}
	b.quiet(t, "the error", err.Error()+fmt.Sprintf("%+v", err))
}

func taken(t *testing.T, b *Bench) {
	refs := map[string]bool{}
	var want []Taken
	for _, locale := range []string{"en", "es", "ar", "zh-Hans"} {
		text := Text(t, "taken-"+locale, locale)
		h, err := b.Gateway.Text(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if h.Ref == "" || refs[h.Ref] || h.Parts != 1 {
			t.Errorf("%s: handed over as %+v", locale, h)
		}
		refs[h.Ref] = true
		b.quiet(t, "the handover", fmt.Sprintf("%+v", h))
		want = append(want, Taken{number, text.Body})
	}
	if got := b.Arrived(); !slices.Equal(got, want) {
		t.Errorf("arrived:\n%q\nwant\n%q", got, want)
	}
	long := Text(t, "taken-long", "ar")
	long.Body = strings.Repeat("رمزك ", 30) // 150 units: 67 a part
	if h, err := b.Gateway.Text(t.Context(), long); err != nil || h.Parts != 3 {
		t.Errorf("a text of three parts: %+v, %v", h, err)
	}
}

func refused(t *testing.T, b *Bench) {
	b.Mood(Refusing)
	_, err := b.Gateway.Text(t.Context(), Text(t, "refused", "en"))
	var r *engine.Refusal
	if !errors.As(err, &r) || r.Said == "" || len(r.Said) > 250 {
		t.Fatalf("must be a refusal, in short words: %v", err)
	}
	b.quiet(t, "the refusal", r.Said+err.Error())
	b.Mood(Well)
	if _, err := b.Gateway.Text(t.Context(), Text(t, "after", "en")); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func garbled(t *testing.T, b *Bench) {
	b.Mood(Garbling)
	b.failed(t, Text(t, "garbled", "en"))
	b.Mood(Well)
	if _, err := b.Gateway.Text(t.Context(), Text(t, "after", "en")); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func silent(t *testing.T, b *Bench) {
	b.Mood(Hanging)
	began := time.Now()
	b.failed(t, Text(t, "silent", "en"))
	if took := time.Since(began); took > ample/2 {
		t.Errorf("waited for %s, with a limit of %s", took, short)
	}
}

func unreachable(t *testing.T, b *Bench) {
	b.Mood(Gone)
	b.failed(t, Text(t, "unreachable", "en"))
	b.Mood(Well)
	if _, err := b.Gateway.Text(t.Context(), Text(t, "after", "en")); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func brokenOff(t *testing.T, b *Bench) {
	b.Mood(Hanging)
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	began := time.Now()
	_, err := b.Gateway.Text(ctx, Text(t, "broken-off", "en"))
	if took := time.Since(began); err == nil || took > ample/2 {
		t.Errorf("%v after %s", err, took)
	}
	b.quiet(t, "the error", err.Error())
}

func endedBefore(t *testing.T, b *Bench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Gateway.Text(ctx, Text(t, "ended", "en")); err == nil || len(b.Arrived()) != 0 {
		t.Errorf("%v, %d arrived", err, len(b.Arrived()))
	}
}

func last(t *testing.T, b *Bench) {
	text := Text(t, "last", "en")
	called := 0
	errLast := errors.New("the database is down")
	text.Last = func() error {
		called++
		if n := len(b.Arrived()); n != 0 {
			t.Errorf("%d arrived before Last was asked", n)
		}
		return errLast
	}
	for i := range 2 { // the second finds what the first one left behind, such as an open connection
		if _, err := b.Gateway.Text(t.Context(), text); !errors.Is(err, errLast) || called != i+1 || len(b.Arrived()) != 0 {
			t.Errorf("%v, called %d times, %d arrived", err, called, len(b.Arrived()))
		}
	}
	called = 0
	text.Last = func() error { called++; return nil }
	for i := range 3 {
		if _, err := b.Gateway.Text(t.Context(), text); err != nil || called != i+1 || len(b.Arrived()) != i+1 {
			t.Errorf("%v, called %d times, %d arrived", err, called, len(b.Arrived()))
		}
	}
	text.Last = func() error { called++; return errLast } // over a connection that took texts
	if _, err := b.Gateway.Text(t.Context(), text); !errors.Is(err, errLast) || called != 4 || len(b.Arrived()) != 3 {
		t.Errorf("%v, called %d times, %d arrived", err, called, len(b.Arrived()))
	}
}

func lastRefused(t *testing.T, b *Bench) {
	b.Mood(Refusing)
	text := Text(t, "last-refused", "en")
	called := 0
	text.Last = func() error { called++; return nil }
	if _, err := b.Gateway.Text(t.Context(), text); err == nil || called != 1 {
		t.Errorf("%v, called %d times", err, called)
	}
}

// unfit is what the outbox never gives away, and must not reach a wire.
func unfit(t *testing.T, b *Bench) {
	for name, change := range map[string]func(*engine.Text){
		"no number":      func(x *engine.Text) { x.To = contact.Phone{} },
		"no words":       func(x *engine.Text) { x.Body = "" },
		"no id":          func(x *engine.Text) { x.ID = "" },
		"a line in it":   func(x *engine.Text) { x.ID = "a\r\nBcc: b" },
		"a quote in it":  func(x *engine.Text) { x.ID = "a\",\"to\":\"" },
		"a query in it":  func(x *engine.Text) { x.ID = "a&to=b" },
		"too late to go": func(x *engine.Text) { x.NotAfter = time.Now().Add(-time.Second) },
	} {
		text := Text(t, "unfit", "en")
		change(&text)
		text.Last = func() error { t.Errorf("%s: about to leave", name); return nil }
		if _, err := b.Gateway.Text(t.Context(), text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if n := len(b.Arrived()); n != 0 {
		t.Errorf("%d arrived", n)
	}
}

func many(t *testing.T, b *Bench) {
	const all = 50
	var under sync.WaitGroup
	var lock sync.Mutex
	refs := map[string]bool{}
	for i := range all {
		under.Go(func() {
			text := Text(t, fmt.Sprintf("many-%d", i), "en")
			text.Body = fmt.Sprintf("text %02d of many", i)
			asked := 0
			text.Last = func() error { asked++; return nil }
			h, err := b.Gateway.Text(t.Context(), text)
			if err != nil || asked != 1 {
				t.Errorf("text %d: %v, asked %d times", i, err, asked)
			}
			lock.Lock()
			defer lock.Unlock()
			refs[h.Ref] = true
		})
	}
	under.Wait()
	bodies := map[string]int{}
	for _, a := range b.Arrived() {
		bodies[a.Text]++
	}
	if len(bodies) != all || len(b.Arrived()) != all || len(refs) != all {
		t.Errorf("%d texts arrived, %d different ones, with %d names", len(b.Arrived()), len(bodies), len(refs))
	}
}

func closed(t *testing.T, b *Bench) {
	if _, err := b.Gateway.Text(t.Context(), Text(t, "closed", "en")); err != nil {
		t.Fatal(err)
	}
	if err := b.Gateway.Close(); err != nil {
		t.Error(err)
	}
}
