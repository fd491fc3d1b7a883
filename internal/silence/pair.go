package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// line is one HTTP/2 connection on which two requests at a time end in one packet, so that no network comes between them, and the
// order of the answers tells which took longer (Van Goethem and others, "Timeless Timing Attacks", 2020). All but the last byte of both
// is sent before, and the server has it (Kettle, "Smashing the state machine", 2023): otherwise the second one is begun so much later
// than the first that a difference of 200 µs does not change who is first.
type line struct {
	conn   *tls.Conn
	out    bytes.Buffer // frames that leave together
	frames *http2.Framer
	packed bytes.Buffer
	pack   *hpack.Encoder
	host   string
	stream uint32 // of the next request
}

// answered is how far an answer has come.
type answered struct {
	status, location string
	body             []byte
}

// dial opens a line to the stand.
func (s *stand) dial(ctx context.Context) (*line, error) {
	host := strings.TrimPrefix(s.base, "https://")
	config := s.http.Transport.(*http.Transport).TLSClientConfig.Clone()
	config.NextProtos, config.ServerName = []string{"h2"}, "127.0.0.1"
	conn, err := (&tls.Dialer{NetDialer: new(net.Dialer), Config: config}).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	l := &line{conn: conn.(*tls.Conn), host: host, stream: 1}
	if got := l.conn.ConnectionState().NegotiatedProtocol; got != "h2" {
		return nil, errors.Join(fmt.Errorf("the server speaks %q", got), conn.Close())
	}
	l.frames = http2.NewFramer(&l.out, conn)
	l.frames.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	l.pack = hpack.NewEncoder(&l.packed)
	l.pack.SetMaxDynamicTableSize(0) // both requests of a pair are as long, whichever comes first
	l.out.WriteString(http2.ClientPreface)
	// A window that no answer fills.
	err = errors.Join(l.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20}), l.frames.WriteWindowUpdate(0, 1<<30), l.flush())
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return l, nil
}

// flush sends what was written, in one record.
func (l *line) flush() error {
	_, err := l.conn.Write(l.out.Bytes())
	l.out.Reset()
	return err
}

// write puts a request behind what is to be sent, but for the last byte of its body.
func (l *line) write(a request, plant time.Duration) (stream uint32, err error) {
	if a.body == "" {
		return 0, fmt.Errorf("%s: a request without a body has no last byte to wait with", a.path)
	}
	stream, l.stream = l.stream, l.stream+2
	l.packed.Reset()
	header := append([][2]string{
		{":method", "POST"}, {":scheme", "https"}, {":authority", l.host}, {":path", a.path}, {"content-length", strconv.Itoa(len(a.body))},
		{strings.ToLower(plantHeader), planted9(plant)},
	}, a.header...)
	for _, h := range header {
		if err := l.pack.WriteField(hpack.HeaderField{Name: h[0], Value: h[1], Sensitive: true}); err != nil {
			return 0, err
		}
	}
	err = l.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: l.packed.Bytes(), EndHeaders: true})
	return stream, errors.Join(err, l.frames.WriteData(stream, false, []byte(a.body[:len(a.body)-1])))
}

// arrived waits until the server has read what was written, and its handlers wait for what is missing.
func (l *line) arrived() error {
	if err := errors.Join(l.frames.WritePing(false, [8]byte{'h', 'e', 'n'}), l.flush()); err != nil {
		return err
	}
	for {
		frame, err := l.frames.ReadFrame()
		if err != nil {
			return err
		}
		if f, ok := frame.(*http2.PingFrame); ok && f.IsAck() {
			time.Sleep(time.Millisecond) // they are goroutines that nobody tells us of; too short a wait only makes the race less fair
			return nil
		}
		if _, err := l.take(frame, nil); err != nil {
			return err
		}
	}
}

// longestWait is how long two answers may take.
const longestWait = 30 * time.Second

// race ends two requests in one packet, and says whether the second one's answer was there first.
func (l *line) race(a, b request, plant [2]time.Duration) (second bool, err error) {
	var streams [2]uint32
	for i, r := range [2]request{a, b} {
		if streams[i], err = l.write(r, plant[i]); err != nil {
			return false, err
		}
	}
	if err := errors.Join(l.conn.SetDeadline(time.Now().Add(longestWait)), l.arrived()); err != nil {
		return false, err
	}
	for i, r := range [2]request{a, b} {
		if err := l.frames.WriteData(streams[i], true, []byte(r.body[len(r.body)-1:])); err != nil {
			return false, err
		}
	}
	if err := l.flush(); err != nil {
		return false, err
	}
	got := map[uint32]*answered{streams[0]: {}, streams[1]: {}}
	var order []uint32
	for len(order) < 2 {
		ended, err := l.read(got)
		if err != nil {
			return false, err
		}
		if ended != 0 {
			order = append(order, ended)
		}
	}
	for i, r := range [2]request{a, b} {
		answer := got[streams[i]]
		status, err := strconv.Atoi(answer.status)
		if err == nil {
			err = r.check(status, answer.location, answer.body)
		}
		if err != nil {
			return false, err
		}
	}
	return order[0] == streams[1], nil
}

// read reads one frame, and says which answer ended with it; 0: none.
func (l *line) read(got map[uint32]*answered) (ended uint32, err error) {
	frame, err := l.frames.ReadFrame()
	if err != nil {
		return 0, err
	}
	return l.take(frame, got)
}

// take takes a frame in, and says which answer ended with it.
func (l *line) take(frame http2.Frame, got map[uint32]*answered) (ended uint32, err error) {
	id := frame.Header().StreamID
	answer := got[id]
	switch f := frame.(type) {
	case *http2.MetaHeadersFrame:
		if answer == nil {
			return 0, fmt.Errorf("an answer on stream %d that nobody asked for", id)
		}
		answer.status = f.PseudoValue("status")
		for _, h := range f.RegularFields() {
			if h.Name == "location" {
				answer.location = h.Value
			}
		}
		if f.StreamEnded() {
			return id, nil
		}
	case *http2.DataFrame:
		if answer == nil {
			return 0, fmt.Errorf("data on stream %d that nobody asked for", id)
		}
		answer.body = append(answer.body, f.Data()...)
		if n := f.Header().Length; n > 0 {
			if err := errors.Join(l.frames.WriteWindowUpdate(0, n), l.flush()); err != nil {
				return 0, err
			}
		}
		if f.StreamEnded() {
			return id, nil
		}
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return 0, errors.Join(l.frames.WriteSettingsAck(), l.flush())
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			return 0, errors.Join(l.frames.WritePing(true, f.Data), l.flush())
		}
	case *http2.RSTStreamFrame:
		return 0, fmt.Errorf("stream %d was broken off: %v", id, f.ErrCode)
	case *http2.GoAwayFrame:
		return 0, fmt.Errorf("the server goes away: %v", f.ErrCode)
	}
	return 0, nil
}

// pairing is what came of pairs of one class and the first one.
type pairing struct{ pairs, slower int } // in how many the first class's answer came first

// share of pairs in which the class was slower, and its standard error.
func (p pairing) share() (share, err float64) {
	share = float64(p.slower) / float64(p.pairs)
	return share, math.Sqrt(0.25 / float64(p.pairs)) // as it is when nothing is told
}

func (p pairing) z() float64 {
	share, err := p.share()
	return (share - 0.5) / err
}

// told says that the order tells the class from the first one.
func (p pairing) told() bool { return math.Abs(p.z()) >= boundT }

// pairsReport is what came out of a cell of pairs.
type pairsReport struct {
	cell    cell
	where   string
	classes []class
	found   []pairing
}

// measurePairs races each class against the first one, by lot; which of the two comes first in the packet is by lot as well.
func measurePairs(ctx context.Context, s *stand, classes []class, pairs int, most time.Duration) (pairsReport, error) {
	r := pairsReport{classes: classes, found: make([]pairing, len(classes))}
	l, err := s.dial(ctx)
	if err != nil {
		return r, err
	}
	defer l.conn.Close()
	end, warm := time.Now().Add(most), pairs/20
	for n := 0; n < pairs+warm && time.Now().Before(end) && ctx.Err() == nil; n++ {
		for _, i := range rand.Perm(len(classes)) {
			if i == 0 {
				continue
			}
			a, err := classes[0].ask(ctx, n*len(classes)+i)
			if err != nil {
				return r, err
			}
			b, err := classes[i].ask(ctx, n)
			if err != nil {
				return r, err
			}
			var slower bool
			if rand.IntN(2) == 0 {
				slower, err = l.race(b, a, [2]time.Duration{classes[i].plant, 0}) // a is second: it came first when b is slower
			} else {
				slower, err = l.race(a, b, [2]time.Duration{0, classes[i].plant})
				slower = !slower
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = errors.New("the server closed the connection")
				}
				return r, err
			}
			if n >= warm {
				r.found[i].pairs++
				if slower {
					r.found[i].slower++
				}
			}
		}
	}
	if r.found[1].pairs == 0 {
		return r, errors.Join(ctx.Err(), errors.New("no pairs in time"))
	}
	return r, ctx.Err()
}

// faults are what must not be, as in other reports.
func (r pairsReport) faults() []string {
	return faults(r.classes, func(i int) bool { return i > 0 && r.found[i].told() })
}

// write writes the table, as Markdown.
func (r pairsReport) write(w io.Writer) {
	fmt.Fprintf(w, "### %s: %s (%s)\n\n", r.cell.name, r.cell.what, r.where)
	fmt.Fprintf(w, "%d pairs a class, each with %s.\n\n", r.found[1].pairs, r.classes[0].name)
	fmt.Fprintln(w, "| class | its answer came second, 95 % | z | told |")
	fmt.Fprintln(w, "| --- | ---: | ---: | --- |")
	for i, c := range r.classes {
		if i == 0 {
			continue
		}
		share, err := r.found[i].share()
		fmt.Fprintf(w, "| %s | %.4f ± %.4f | %.2f | %s |\n", c.name, share, wide*err, r.found[i].z(), map[bool]string{false: "no", true: "yes"}[r.found[i].told()])
	}
	fmt.Fprintln(w)
	for _, fault := range r.faults() {
		fmt.Fprintf(w, "MUST NOT BE: %s\n\n", fault)
	}
}
