package smpp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Sequence numbers go from the largest to 1, and pass over those that still wait.
func TestSequenceWraps(t *testing.T) {
	w := newWindow(4)
	w.last = maxSequence - 2
	var questions []*question
	var numbers []uint32
	for range 3 {
		q := w.open(submitSM, false)
		questions, numbers = append(questions, q), append(numbers, q.sequence)
	}
	if numbers[0] != 0x7FFFFFFE || numbers[1] != 0x7FFFFFFF || numbers[2] != 1 {
		t.Errorf("%#x", numbers)
	}
	w.last = maxSequence - 2
	if q := w.open(submitSM, false); q.sequence != 2 {
		t.Errorf("%#x is used twice", q.sequence)
	}
	for _, q := range questions {
		w.answer(pdu{command: submitSM | answer, sequence: q.sequence, status: q.sequence})
		if p := <-q.answered; p.status != q.sequence {
			t.Errorf("%#x was answered with %#x", q.sequence, p.status)
		}
	}
}

// A centre that is too fast for is sent to more slowly, once for each window that it refuses, and faster again as it takes things.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace
		ctx := t.Context()
		spent := func() time.Duration {
			began := time.Now()
			if err := p.wait(ctx); err != nil {
				t.Fatal(err)
			}
			return time.Since(began)
		}
		for range 3 {
			if spent() != 0 {
				t.Error("waited for nothing")
			}
		}
		for range 32 {
			p.heard(statusThrottled)
		}
		if a, b := spent(), spent(); a != firstGap || b != firstGap {
			t.Errorf("waited %s and %s", a, b)
		}
		for range 20 {
			time.Sleep(10 * time.Second)
			p.heard(statusQueueFull)
		}
		if a := spent(); a != widest {
			t.Errorf("waited %s", a)
		}
		short, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		began := time.Now()
		if err := p.wait(short); !errors.Is(err, ErrBusy) || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		for range 100 {
			p.heard(statusOK)
		}
		time.Sleep(time.Minute)
		for range 3 {
			if spent() != 0 {
				t.Error("still slow")
			}
		}
	})
}

// What the operator allows is kept whatever the centre takes.
func TestPerSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace{least: spacing(10)}
		began := time.Now()
		for range 21 {
			_ = p.wait(t.Context())
			p.heard(statusOK)
		}
		if spent := time.Since(began); spent != 2*time.Second {
			t.Errorf("21 messages in %s", spent)
		}
	})
}

// Whatever comes, reading ends, and what was read is what was sent.
func FuzzPDU(f *testing.F) {
	f.Add(pdu{command: submitSM | answer, sequence: 7, body: []byte("7F3A\x00")}.bytes())
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Add(make([]byte, 40))
	f.Add([]byte("\x00\x00\x00\x0f0123456789ab"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		for {
			began := len(b) - r.Len()
			p, err := readPDU(r)
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errLength) {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(p.bytes(), b[began:len(b)-r.Len()]) {
				t.Fatalf("%x was read as %x", b[began:], p.bytes())
			}
			_, _, _ = parseReceipt(p.body, IDsAlike)
		}
	})
}

// Whatever a receipt holds, reading it ends, and what comes out may be stored and shown.
func FuzzReceipt(f *testing.F) {
	f.Add("id:7F3A sub:001 dlvrd:001 submit date:2611260300 done date:2611260301 stat:DELIVRD err:000 text:12345678", byte(0), byte(4), "\x00\x1e\x00\x021\x00", 0)
	f.Add("id: stat:X err:", byte(8), byte(0x20), "", 1)
	f.Add("ID:-5 STAT:é", byte(0), byte(4), "\x04\x27\x00\x01\xff", 2)
	f.Fuzz(func(t *testing.T, text string, coding, esm byte, tags string, ids int) {
		text = text[:min(len(text), 255)]
		body := "\x00\x01\x01346\x00\x03\x001234\x00" + string([]byte{esm, 0, 0, 0, 0, 0, 0, coding, 0, byte(len(text))}) + text + tags
		r, ok, err := parseReceipt([]byte(body), IDs(ids))
		if err != nil {
			t.Fatal("a well-formed body cannot be read:", err)
		}
		if ok && (r.Ref == "" || len(r.Word) > 16 || len(r.Error) > 16 || plain(r.Word) != r.Word || plain(r.Error) != r.Error) {
			t.Errorf("%+v", r)
		}
		if ok && r.State != Delivered && r.State != Failed && r.State != Pending {
			t.Errorf("state %q", r.State)
		}
	})
}

// A peer that takes no bytes: what did not leave whole is no message that may have been taken, and nobody else waits behind it.
func TestStuckPeer(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	s := Settings{Window: 8, Response: 50 * time.Millisecond, Enquire: time.Hour}
	l := newLink(&s, slog.New(slog.DiscardHandler), ours)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := l.submit(t.Context(), make([]byte, 100), func() error { return nil })
			if err == nil || ClassOf(err) != Later {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := io.ReadFull(theirs, make([]byte, 50)); err != nil { // some of a message arrives
		t.Error(err)
	}
	all.Wait()
	if _, err := l.submit(t.Context(), nil, func() error { t.Error("called"); return nil }); !errors.Is(err, errGone) {
		t.Errorf("afterwards: %v", err)
	}
	l.all.Wait()
}
