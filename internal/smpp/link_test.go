package smpp_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/smpp"
)

// ask has the centre send something once the client is bound, and returns what comes back.
func ask(t *testing.T, send func(p *peer), change func(s *smpp.Settings)) packet {
	t.Helper()
	back := make(chan packet, 1)
	var once sync.Once
	s := settings(open(t, func(p *peer) {
		once.Do(func() {
			p.bound()
			send(p)
			k, _ := p.next()
			back <- k
		})
	}).port)
	s.Retry = time.Hour
	if change != nil {
		change(&s)
	}
	c := client(t, s)
	_ = c.Ready(soon(t))
	return got(t, back)
}

func TestAsked(t *testing.T) {
	for _, c := range []struct {
		name                      string
		send                      func(p *peer)
		command, status, sequence uint32
	}{
		{"enquire_link", func(p *peer) { p.send(0x15, 0, 77, "") }, 0x80000015, 0, 77},
		{"unbind", func(p *peer) { p.send(0x06, 0, 78, "") }, 0x80000006, 0, 78},
		{"a command that no client knows", func(p *peer) { p.send(0x21, 0, 79, "abc") }, 0x80000000, 0x03, 79},
		{"a number that is none", func(p *peer) { p.send(0x12345678, 0, 80, "") }, 0x80000000, 0x03, 80},
		{"what has no answer", func(p *peer) {
			p.send(0x0102, 0, 1, "abc")
			p.send(0x0B, 0, 2, "")
			p.send(0x80000000, 3, 0, "")
			p.send(0x80004321, 0, 5, "")
			p.send(0x15, 0, 81, "")
		}, 0x80000015, 0, 81},
		{"a length that cannot be", func(p *peer) { _, _ = p.Write([]byte("\xff\xff\xff\xff\x80\x00\x00\x09")) }, 0x80000000, 0x02, 0},
		{"a length of zero", func(p *peer) { _, _ = p.Write(make([]byte, 16)) }, 0x80000000, 0x02, 0},
		{"a length of fifteen", func(p *peer) { _, _ = p.Write([]byte("\x00\x00\x00\x0f\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00")) }, 0x80000000, 0x02, 0},
		{"a person's text", func(p *peer) { p.send(0x05, 0, 82, deliver(0, 0, "STOP", "")) }, 0x80000005, 0, 82},
		{"a receipt that is none", func(p *peer) { p.send(0x05, 0, 83, "\x00\x01") }, 0x80000005, 0, 83},
	} {
		k := ask(t, c.send, nil)
		if k.command != c.command || k.status != c.status || k.sequence != c.sequence {
			t.Errorf("%s: answered %#x, status %#x, sequence %d", c.name, k.command, k.status, k.sequence)
		}
	}
}

// The client asks whether a silent peer lives.
func TestEnquires(t *testing.T) {
	k := ask(t, func(*peer) {}, func(s *smpp.Settings) { s.Enquire, s.Response = 20*time.Millisecond, 100*time.Millisecond })
	if k.command != 0x15 {
		t.Errorf("asked %#x", k.command)
	}
}

// A peer that is silent when asked, or trickles octets without ever saying anything, is dead: the client connects anew.
func TestDeadPeer(t *testing.T) {
	for name, serve := range map[string]func(p *peer){
		"silent": func(p *peer) {
			for ok := true; ok; _, ok = p.next() {
			}
		},
		"trickling": func(p *peer) {
			_, _ = p.Write([]byte{0, 0, 1, 0})
			for {
				if _, err := p.Write([]byte{0}); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		},
	} {
		come := make(chan bool, 100)
		var first atomic.Bool
		first.Store(true)
		s := settings(open(t, func(p *peer) {
			p.bound()
			come <- true
			if first.Swap(false) {
				serve(p)
				return
			}
			serving(taking)(p)
		}).port)
		s.Enquire, s.Response = 30*time.Millisecond, 50*time.Millisecond
		c := client(t, s)
		if err := c.Ready(soon(t)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got(t, come)
		got(t, come) // it connected again
	}
}

// When a connection that worked ends, the next message finds a new one, and the same text does not go out twice.
func TestReconnects(t *testing.T) {
	var taken, conns atomic.Int32
	serve := serving(func(p *peer, k packet) {
		taken.Add(1)
		taking(p, k)
		if taken.Load()%2 == 1 {
			p.send(0x06, 0, 1, "")
		} else {
			_ = p.Close()
		}
	})
	s := settings(open(t, func(p *peer) { conns.Add(1); serve(p) }).port)
	c := client(t, s)
	unsure := 0
	for range 6 {
		time.Sleep(2 * s.Retry) // a connection that ends sooner counts as one that failed
		// The client may not have noticed yet: then the message is gone, or may be, and that is said.
		switch _, _, err := c.Submit(soon(t), hello); {
		case err != nil && smpp.ClassOf(err) == smpp.Unsure:
			unsure++
		case err != nil && smpp.ClassOf(err) != smpp.Later:
			t.Error(err)
		}
	}
	if taken.Load() > 6 || conns.Load() < 3 || unsure > 5 {
		t.Errorf("%d taken over %d connections, %d unsure", taken.Load(), conns.Load(), unsure)
	}
}

// A centre that was down is found when it is back.
func TestComesBack(t *testing.T) {
	var up atomic.Bool
	s := settings(open(t, func(p *peer) {
		if up.Load() {
			serving(taking)(p)
		}
	}).port)
	c := client(t, s)
	if _, _, err := c.Submit(soon(t), hello); err == nil || smpp.ClassOf(err) != smpp.Later {
		t.Fatalf("down: %v", err)
	}
	up.Store(true)
	for ctx := soon(t); ; {
		_, _, err := c.Submit(ctx, hello)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // Submit says at once that there is no connection
	}
}

// Close lets those who were sent be answered, has the others told, and unbinds.
func TestCloseWhileSubmitting(t *testing.T) {
	come, release, ends := make(chan bool, 100), make(chan bool), make(chan uint32, 1)
	centre := open(t, func(p *peer) {
		p.bound()
		for {
			k, ok := p.next()
			switch {
			case !ok:
				return
			case k.command == 0x04:
				come <- true
				go func() { <-release; taking(p, k) }()
			default:
				ends <- k.command
				p.send(k.command|0x80000000, 0, k.sequence, "")
			}
		}
	})
	s := settings(centre.port)
	s.Window = 4
	c := client(t, s)
	var answered, closed atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			switch _, _, err := c.Submit(soon(t), hello); {
			case err == nil:
				answered.Add(1)
			case errors.Is(err, smpp.ErrClosed):
				closed.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	for range 4 {
		got(t, come)
	}
	over := make(chan bool)
	go func() { c.Close(); close(over) }()
	if _, _, err := c.Submit(soon(t), hello); err == nil {
		t.Error("taken while closing") // the window is full, so it cannot have been
	}
	close(release)
	all.Wait()
	got(t, over)
	if command := got(t, ends); command != 0x06 || answered.Load() < 4 || answered.Load()+closed.Load() != 20 {
		t.Errorf("ended with %#x; %d answered, %d told", command, answered.Load(), closed.Load())
	}
	c.Close() // again does no harm
}

// A peer that takes no more bytes does not hold Close for ever.
func TestCloseOfAStuckPeer(t *testing.T) {
	stuck, end := make(chan bool), make(chan bool)
	s := settings(open(t, func(p *peer) { p.bound(); close(stuck); <-end }).port)
	s.Response = 50 * time.Millisecond
	c := client(t, s)
	defer close(end)
	_ = c.Ready(soon(t))
	got(t, stuck)
	over := make(chan bool)
	go func() { c.Close(); close(over) }()
	got(t, over)
}

// Bound as a pair, messages go by the one connection and receipts come by the other.
func TestPair(t *testing.T) {
	receipts := make(chan smpp.Receipt, 1)
	binds := make(chan uint32, 2)
	tell := make(chan bool)
	s := settings(open(t, func(p *peer) {
		k, _ := p.next()
		binds <- k.command
		p.send(k.command|0x80000000, 0, k.sequence, "\x00")
		if k.command == 0x01 {
			<-tell
			p.send(0x05, 0, 1, deliver(0x04, 0, "id:7F3A stat:DELIVRD err:000", ""))
		}
		for {
			k, ok := p.next()
			if !ok {
				return
			}
			if k.command == 0x04 {
				taking(p, k)
				close(tell)
			} else if k.command == 0x06 {
				p.send(0x80000006, 0, k.sequence, "")
			}
		}
	}).port)
	s.Bind, s.Receipt = smpp.Pair, func(r smpp.Receipt) error { receipts <- r; return nil }
	c := client(t, s)
	if err := c.Ready(soon(t)); err != nil {
		t.Fatal(err)
	}
	ref, _, err := c.Submit(soon(t), hello)
	if r := got(t, receipts); err != nil || r.Ref != ref || r.State != smpp.Delivered {
		t.Errorf("%+v, %q, %v", r, ref, err)
	}
	if a, b := got(t, binds), got(t, binds); a+b != 3 {
		t.Errorf("bound as %d and %d", a, b)
	}
}
