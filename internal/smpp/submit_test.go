package smpp_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/smpp"
)

// The bytes of submit_sm are written from the table in 4.4.1.
func TestSubmitBytes(t *testing.T) {
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.FixedZone("", 3600))
	receipts := func(s *smpp.Settings) { s.Receipt = func(smpp.Receipt) error { return nil } }
	for _, c := range []struct {
		name   string
		change func(s *smpp.Settings)
		m      smpp.Message
		want   []string // all behind service_type
	}{
		{"GSM-7", nil, smpp.Message{Source: "Fernbank", Destination: "+34600123456", Text: "Hi @1 €"}, []string{
			"0500 4665726e62616e6b00 0101 333436303031323334353600 00 00 00 00 00 00 00 00 00 08 4869200031201b65"}},
		{"UCS-2", nil, smpp.Message{Source: "+34600000000", Destination: "34600123456", Text: "密"}, []string{
			"0101 333436303030303030303000 0101 333436303031323334353600 00 00 00 00 00 00 00 08 00 02 5bc6"}},
		{"a short code, a receipt, ten minutes", receipts, smpp.Message{Source: "1234", Destination: "+34600123456", Text: "a",
			Until: now.Add(10*time.Minute + 300*time.Millisecond)}, []string{
			"0300 3132333400 0101 333436303031323334353600 00 00 00 00 30303030303030303130303030303052 00 01 00 00 00 01 61"}},
		{"a time of day", func(s *smpp.Settings) { s.Absolute = true }, smpp.Message{Destination: "+34600123456", Text: "a", Until: now.Add(time.Hour)}, []string{
			"0000 00 0101 333436303031323334353600 00 00 00 00 323631313236303330303030303030 2b 00 00 00 00 00 01 61"}},
		{"numbering by the settings, UCS-2 always", func(s *smpp.Settings) {
			s.Source, s.Destination, s.UCS2 = &smpp.Numbering{TON: 6, NPI: 9}, &smpp.Numbering{TON: 2, NPI: 8}, true
		}, smpp.Message{Source: "1234", Destination: "+34600123456", Text: "a"}, []string{
			"0609 3132333400 0208 333436303031323334353600 00 00 00 00 00 00 00 08 00 02 0061"}},
		{"two parts, a receipt for the last", receipts, smpp.Message{Source: "Fernbank", Destination: "+34600123456", Text: strings.Repeat("a", 153) + "bcdefghi"}, []string{
			"0500 4665726e62616e6b00 0101 333436303031323334353600 40 00 00 00 00 00 00 00 00 9f 050003**0201" + strings.Repeat("61", 153),
			"0500 4665726e62616e6b00 0101 333436303031323334353600 40 00 00 00 00 01 00 00 00 0e 050003**02026263646566676869"}},
	} {
		seen := make(chan packet, 2)
		centre := open(t, serving(func(p *peer, k packet) {
			seen <- k
			taking(p, k)
		}))
		s := settings(centre.port)
		s.Now = func() time.Time { return now }
		if c.change != nil {
			c.change(&s)
		}
		ref, parts, err := client(t, s).Submit(soon(t), c.m)
		if err != nil || parts != len(c.want) || ref != "7f3a" {
			t.Errorf("%s: %q, %d parts, %v", c.name, ref, parts, err)
		}
		for i, want := range c.want {
			k, want := got(t, seen), "00"+strings.ReplaceAll(want, " ", "")
			raw := hex.EncodeToString(k.body)
			if at := strings.Index(want, "**"); at >= 0 && at+2 <= len(raw) {
				want = want[:at] + raw[at:at+2] + want[at+2:]
			}
			if raw != want {
				t.Errorf("%s, part %d:\n%s, want\n%s", c.name, i+1, raw, want)
			}
		}
	}
}

func TestMessageRefused(t *testing.T) {
	c := client(t, settings(1)) // nobody is asked
	past := hello
	past.Until = time.Now().Add(-time.Second)
	for name, m := range map[string]smpp.Message{
		"no number":     {Text: "a"},
		"letters":       {Destination: "+34600ABC", Text: "a"},
		"a long number": {Destination: strings.Repeat("1", 21), Text: "a"},
		"too long":      {Destination: "+34600123456", Text: strings.Repeat("a", 153*255+1)},
		"too late":      past,
	} {
		if _, _, err := c.Submit(soon(t), m); !errors.Is(err, smpp.ErrMessage) || smpp.ClassOf(err) != smpp.Final || strings.Contains(err.Error(), "34600") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, from := range []string{"twelve chars", "a\x00b", "Ferñbank", "+", strings.Repeat("1", 21)} {
		m := hello
		m.Source = from
		if _, _, err := c.Submit(soon(t), m); smpp.ClassOf(err) != smpp.Unfit {
			t.Errorf("from %q: %v", from, err)
		}
	}
}

func TestStatuses(t *testing.T) {
	for code, want := range map[uint32]smpp.Class{
		0x0B: smpp.Final, 0x14: smpp.Later, 0x58: smpp.Later, 0x45: smpp.Later, 0x08: smpp.Later, 0x0A: smpp.Unfit, 0x0E: smpp.Unfit,
		0x01: smpp.Unfit, 0x62: smpp.Unfit, 0xC4: smpp.Unfit, 0xFF: smpp.Later, 0x400: smpp.Later, 0xFFFFFFFF: smpp.Later,
	} {
		_, parts, err := client(t, settings(open(t, serving(refusing(code))).port)).Submit(soon(t), hello)
		var status *smpp.Status
		if !errors.As(err, &status) || status.Code != code || smpp.ClassOf(err) != want || parts != 0 {
			t.Errorf("0x%X: %v, class %v, want %v", code, err, smpp.ClassOf(err), want)
		}
	}
}

// Last is called once, when the next thing that happens is the writing; after its error nothing leaves.
func TestLast(t *testing.T) {
	var taken atomic.Int32
	c := client(t, settings(open(t, serving(func(p *peer, k packet) {
		taken.Add(1)
		taking(p, k)
	})).port))
	m, called := hello, 0
	m.Text = strings.Repeat("a", 400)
	errLast := errors.New("the database is down")
	m.Last = func() error {
		called++
		return errLast
	}
	if _, parts, err := c.Submit(soon(t), m); !errors.Is(err, errLast) || smpp.ClassOf(err) != smpp.Later || parts != 0 || taken.Load() != 0 {
		t.Errorf("%v; %d were taken", err, taken.Load())
	}
	m.Last = func() error {
		if called++; taken.Load() != 0 {
			t.Error("called after something left")
		}
		return nil
	}
	if _, parts, err := c.Submit(soon(t), m); err != nil || parts != 3 || called != 2 || taken.Load() != 3 {
		t.Errorf("%v; %d parts, %d taken, called %d times", err, parts, taken.Load(), called)
	}
	m.Last = func() error { return fmt.Errorf("%w", smpp.ErrMessage) }
	if _, _, err := c.Submit(soon(t), m); smpp.ClassOf(err) != smpp.Later {
		t.Errorf("Last's own errors are not ours: %v", smpp.ClassOf(err))
	}
}

// Parts go out in their order, each after the one before was taken.
func TestPartsInOrder(t *testing.T) {
	var seen []string
	c := client(t, settings(open(t, serving(func(p *peer, k packet) {
		seen = append(seen, hex.EncodeToString(k.body[strings.Index(string(k.body), "\x05\x00\x03"):][4:6]))
		taking(p, k)
	})).port))
	m := hello
	m.Text = strings.Repeat("密", 67*4)
	if _, parts, err := c.Submit(soon(t), m); err != nil || parts != 4 {
		t.Fatalf("%d, %v", parts, err)
	}
	if want := []string{"0401", "0402", "0403", "0404"}; !slices.Equal(seen, want) {
		t.Errorf("%v", seen)
	}
}

// nth answers the messages one after the other with these statuses, and all that follow with the last.
func nth(statuses ...uint32) func(p *peer, k packet) {
	n := 0
	return func(p *peer, k packet) {
		status := statuses[min(n, len(statuses)-1)]
		if n++; status == 0 {
			taking(p, k)
			return
		}
		refusing(status)(p, k)
	}
}

// Once the first part is out, a centre that is busy is waited for; one that refuses ends it, and what is charged is told.
func TestLaterParts(t *testing.T) {
	m := hello
	m.Text = strings.Repeat("a", 400)
	for _, c := range []struct {
		name  string
		says  []uint32
		parts int
		class smpp.Class
	}{
		{"busy once", []uint32{0, 0x58, 0}, 3, -1},
		{"busy at the beginning", []uint32{0x14, 0}, 0, smpp.Later},
		{"refused in the middle", []uint32{0, 0x0B}, 1, smpp.Final},
		{"always busy", []uint32{0, 0, 0x58}, 2, smpp.Later},
	} {
		_, parts, err := client(t, settings(open(t, serving(nth(c.says...))).port)).Submit(soon(t), m)
		if parts != c.parts || (err == nil) != (c.class < 0) || err != nil && smpp.ClassOf(err) != c.class {
			t.Errorf("%s: %d parts, %v", c.name, parts, err)
		}
	}
}

// What left and was not answered is unsure, and is not sent again.
func TestUnanswered(t *testing.T) {
	for name, take := range map[string]func(p *peer, k packet){
		"silence":         func(*peer, packet) {},
		"ends":            func(p *peer, _ packet) { _ = p.Close() },
		"half an answer":  func(p *peer, k packet) { _, _ = p.Write([]byte{0, 0, 0, 20, 0x80, 0, 0, 4, 0}); _ = p.Close() },
		"another number":  func(p *peer, k packet) { p.send(0x80000004, 0, k.sequence+7, "X\x00") },
		"another command": func(p *peer, k packet) { p.send(0x80000015, 0, k.sequence, "") },
		"nonsense":        func(p *peer, k packet) { _, _ = p.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) },
		"unbind":          func(p *peer, k packet) { p.send(0x06, 0, 1, "") },
	} {
		var taken, called atomic.Int32
		s := settings(open(t, serving(func(p *peer, k packet) {
			taken.Add(1)
			take(p, k)
		})).port)
		s.Response = 100 * time.Millisecond
		m := hello
		m.Last = func() error { called.Add(1); return nil }
		_, parts, err := client(t, s).Submit(soon(t), m)
		if !errors.Is(err, smpp.ErrUnanswered) || smpp.ClassOf(err) != smpp.Unsure || parts != 0 {
			t.Errorf("%s: %v", name, err)
		}
		if taken.Load() != 1 || called.Load() != 1 {
			t.Errorf("%s: sent %d times, Last called %d times", name, taken.Load(), called.Load())
		}
	}
}

// An answer with status 0 that has no body, or a generic_nack, is one all the same.
func TestOddAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		take  func(p *peer, k packet)
		class smpp.Class
	}{
		"no body":   {func(p *peer, k packet) { p.send(0x80000004, 0, k.sequence, "") }, -1},
		"no zero":   {func(p *peer, k packet) { p.send(0x80000004, 0, k.sequence, strings.Repeat("a", 100)) }, -1},
		"nack":      {func(p *peer, k packet) { p.send(0x80000000, 0x02, k.sequence, "") }, smpp.Unfit},
		"empty":     {func(p *peer, k packet) { p.send(0x80000000, 0, k.sequence, "") }, smpp.Later},
		"twice":     {func(p *peer, k packet) { taking(p, k); taking(p, k) }, -1},
		"stray one": {func(p *peer, k packet) { p.send(0x80000004, 0, 99, "X\x00"); taking(p, k) }, -1},
	} {
		_, _, err := client(t, settings(open(t, serving(c.take)).port)).Submit(soon(t), hello)
		if (err == nil) != (c.class < 0) || err != nil && smpp.ClassOf(err) != c.class {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A context that ends brings Submit back at once, wherever it waits.
func TestContext(t *testing.T) {
	silent := func(*peer, packet) {}
	t.Run("answer", func(t *testing.T) {
		sent := make(chan bool, 1)
		c := client(t, quick(open(t, serving(func(*peer, packet) { sent <- true })).port))
		ctx, stop := context.WithCancel(t.Context())
		go func() { <-sent; stop() }()
		if _, _, err := c.Submit(ctx, hello); !errors.Is(err, context.Canceled) || smpp.ClassOf(err) != smpp.Unsure {
			t.Errorf("%v", err)
		}
	})
	t.Run("connection", func(t *testing.T) {
		come := make(chan bool, 1)
		c := client(t, quick(open(t, func(p *peer) { come <- true; p.next(); p.next() }).port))
		ctx, stop := context.WithCancel(t.Context())
		go func() { <-come; stop() }()
		if _, _, err := c.Submit(ctx, hello); !errors.Is(err, context.Canceled) || smpp.ClassOf(err) != smpp.Later {
			t.Errorf("%v", err)
		}
	})
	t.Run("before Last", func(t *testing.T) {
		c := client(t, quick(open(t, serving(silent)).port))
		ctx, stop := context.WithCancel(t.Context())
		if err := c.Ready(ctx); err != nil {
			t.Fatal(err)
		}
		stop()
		m := hello
		m.Last = func() error { t.Error("called"); return nil }
		if _, _, err := c.Submit(ctx, m); !errors.Is(err, context.Canceled) || smpp.ClassOf(err) != smpp.Later {
			t.Errorf("%v", err)
		}
	})
}

// quick is settings for peers that never say goodbye.
func quick(port int) smpp.Settings {
	s := settings(port)
	s.Response = 500 * time.Millisecond
	return s
}

// No more than the window holds is unanswered at any time; who waits for room does, until its context ends.
func TestWindow(t *testing.T) {
	come, release := make(chan packet, 100), make(chan bool)
	centre := open(t, serving(func(p *peer, k packet) {
		come <- k
		go func() {
			<-release
			taking(p, k)
		}()
	}))
	s := settings(centre.port)
	s.Window = 3
	c := client(t, s)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, _, err := c.Submit(soon(t), hello); err != nil {
				t.Error(err)
			}
		})
	}
	for range 3 {
		got(t, come)
	}
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, _, err := c.Submit(short, hello); !errors.Is(err, context.DeadlineExceeded) || smpp.ClassOf(err) != smpp.Later {
		t.Errorf("%v", err)
	}
	if len(come) != 0 {
		t.Error("more than three were sent")
	}
	close(release)
	all.Wait()
}

// A full window does not keep the connection from being asked whether it lives; one whose answers never come has room again.
func TestWindowFreesItself(t *testing.T) {
	s := settings(open(t, serving(nthTaken(2))).port)
	s.Window, s.Response = 1, 100*time.Millisecond
	c := client(t, s)
	for i, want := range []smpp.Class{smpp.Unsure, smpp.Unsure, -1} {
		_, _, err := c.Submit(soon(t), hello)
		if (err == nil) != (want < 0) || err != nil && smpp.ClassOf(err) != want {
			t.Errorf("message %d: %v", i+1, err)
		}
	}
}

// nthTaken is silent at first, and takes what comes after n.
func nthTaken(n int) func(p *peer, k packet) {
	return func(p *peer, k packet) {
		if n--; n < 0 {
			taking(p, k)
		}
	}
}

// A hundred at once over one connection: each gets the answer to its own message, out of order.
func TestHundredAtOnce(t *testing.T) {
	conns, held := atomic.Int32{}, make(chan func(), 100)
	serve := serving(func(p *peer, k packet) {
		number := strings.Split(string(k.body[1+2+1+2:]), "\x00")[0]
		held <- func() { p.send(0x80000004, 0, k.sequence, "id"+number+"\x00") }
		if len(held) == 8 { // eight at a time, the last first
			var answers []func()
			for range 8 {
				answers = append(answers, <-held)
			}
			slices.Reverse(answers)
			for _, answer := range answers {
				answer()
			}
		}
	})
	s := settings(open(t, func(p *peer) { conns.Add(1); serve(p) }).port)
	s.Window = 16
	c := client(t, s)
	var all sync.WaitGroup
	for i := range 104 { // a multiple of eight
		all.Go(func() {
			number := fmt.Sprint(34600000000 + i)
			ref, parts, err := c.Submit(soon(t), smpp.Message{Destination: number, Text: "a"})
			if err != nil || parts != 1 || ref != "id"+number {
				t.Errorf("%s: %q, %v", number, ref, err)
			}
		})
	}
	all.Wait()
	if conns.Load() != 1 {
		t.Errorf("%d connections", conns.Load())
	}
}
