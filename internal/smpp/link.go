package smpp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

var (
	errGone   = errors.New("smpp: the connection is gone, and nothing left by it") // another one may be tried at once
	errUnbind = errors.New("smpp: the centre ended the connection")
	errSilent = errors.New("smpp: the centre does not answer whether it lives")
	errBye    = errors.New("smpp: said goodbye")
)

// link is one connection to the centre, from its dialling to its end. It never comes back: line makes a new one.
type link struct {
	settings *Settings
	log      *slog.Logger
	conn     net.Conn
	window   *window

	writing sync.Mutex

	heard    atomic.Int64 // PDUs read, whole ones: a peer that sends single octets for ever is silent
	proved   atomic.Bool  // something went well on it, beside the bind
	receipts chan pdu     // for the one goroutine that hands them over

	ending sync.Once
	why    error         // set before done is closed
	done   chan struct{} // closed when the connection is of no use any more
	bye    chan struct{} // closed when nothing new may begin on it
	all    sync.WaitGroup
}

// queued is how many receipts wait for the caller before the centre is told to come again.
const queued = 64

// newLink begins to read what the peer sends.
func newLink(s *Settings, log *slog.Logger, conn net.Conn) *link {
	l := &link{
		settings: s, log: log, conn: conn, window: newWindow(s.Window),
		receipts: make(chan pdu, queued), done: make(chan struct{}), bye: make(chan struct{}),
	}
	l.all.Go(func() { l.end(l.read()) })
	l.all.Go(l.watch)
	l.all.Go(l.deliver)
	return l
}

// end makes the link useless, once. Whoever waits on it learns why.
func (l *link) end(why error) {
	l.ending.Do(func() {
		l.why = why
		close(l.done)
		_ = l.conn.Close()
		l.window.end()
	})
}

// over says that the link has ended.
func (l *link) over() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// read takes what comes until the connection ends.
func (l *link) read() error {
	r := bufio.NewReader(l.conn)
	for {
		p, err := readPDU(r)
		if errors.Is(err, errLength) {
			_ = l.write(pdu{command: genericNack, status: statusInvalidLength})
		}
		if err != nil {
			return fmt.Errorf("reading: %w", err)
		}
		l.heard.Add(1)
		if err := l.take(p); err != nil {
			return err
		}
	}
}

// take does what one PDU asks for. After its error the connection must end.
func (l *link) take(p pdu) error {
	switch p.command {
	case enquireLink:
		return l.write(pdu{command: enquireLink | answer, sequence: p.sequence})
	case unbind:
		_ = l.write(pdu{command: unbind | answer, sequence: p.sequence})
		return errUnbind
	case deliverSM:
		select {
		case l.receipts <- p:
			return nil
		default: // reading must go on: answers to what we sent come the same way
			return l.acknowledge(p, statusComeAgain)
		}
	case outbind, alertNotification: // these have no answer
		return nil
	}
	if p.command&answer != 0 {
		if p.command == submitSM|answer && p.status == statusOK {
			l.proved.Store(true)
		}
		l.window.answer(p)
		return nil
	}
	return l.write(pdu{command: genericNack, status: statusInvalidCommand, sequence: p.sequence})
}

// write sends one PDU. One that did not leave whole was not taken by anybody, and the connection ends.
func (l *link) write(p pdu) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.over() {
		return errGone
	}
	_ = l.conn.SetWriteDeadline(time.Now().Add(l.settings.Response))
	if _, err := l.conn.Write(p.bytes()); err != nil {
		err = fmt.Errorf("smpp: writing: %w", err)
		l.end(err)
		return err
	}
	return nil
}

// ask sends what keeps the connection itself, which no full window holds up, and waits for the answer.
func (l *link) ask(ctx context.Context, c command, body []byte) (pdu, error) {
	q := l.window.open(c, false)
	l.window.expect(q, l.settings.Response)
	if err := l.write(pdu{command: c, sequence: q.sequence, body: body}); err != nil {
		l.window.drop(q)
		return pdu{}, err
	}
	return l.await(ctx, q)
}

// submit sends a message when the window has room, and waits for the answer.
//
// last is called when nothing but the writing is left to do; after its error nothing leaves. An error that is errGone says that last
// was not called and nothing left; one that is [ErrUnanswered] that the message may have been taken.
func (l *link) submit(ctx context.Context, body []byte, last func() error) (pdu, error) {
	select {
	case l.window.slots <- struct{}{}:
	case <-l.done:
		return pdu{}, errGone
	case <-l.bye:
		return pdu{}, errGone
	case <-ctx.Done():
		return pdu{}, fmt.Errorf("smpp: waiting for room in the window: %w", ctx.Err())
	}
	q := l.window.open(submitSM, true)
	if l.over() {
		l.window.drop(q)
		return pdu{}, errGone
	}
	if err := last(); err != nil {
		l.window.drop(q)
		return pdu{}, err
	}
	l.window.expect(q, l.settings.Response)
	if err := l.write(pdu{command: submitSM, sequence: q.sequence, body: body}); err != nil {
		l.window.drop(q)
		// Not errGone: last would be called again.
		return pdu{}, fmt.Errorf("smpp: the connection broke before the message left: %w", l.why)
	}
	return l.await(ctx, q)
}

// await is the answer to what has left.
func (l *link) await(ctx context.Context, q *question) (pdu, error) {
	why := fmt.Errorf("no answer within %s", l.settings.Response)
	select {
	case p, ok := <-q.answered:
		if ok {
			return p, nil
		}
	case <-l.done:
		why = l.why
	case <-ctx.Done():
		why = ctx.Err()
	}
	select {
	case p, ok := <-q.answered: // it came at the same moment, or was the last that came
		if ok {
			return p, nil
		}
	default:
	}
	return pdu{}, fmt.Errorf("%w: %s: %w", ErrUnanswered, q.command, why)
}

// watch asks whether the peer lives when it was silent, and ends the connection when it does not say so.
func (l *link) watch() {
	ticker := time.NewTicker(l.settings.Enquire)
	defer ticker.Stop()
	for heard := int64(-1); ; {
		select {
		case <-l.done:
			return
		case <-ticker.C:
		}
		if now := l.heard.Load(); now != heard {
			heard = now
			continue
		}
		if _, err := l.ask(context.Background(), enquireLink, nil); err != nil {
			l.end(errSilent)
			return
		}
		l.proved.Store(true)
	}
}

// goodbye waits for the answers that are due, unbinds and ends the connection.
func (l *link) goodbye() {
	ctx, cancel := context.WithTimeout(context.Background(), l.settings.Response)
	defer cancel()
	close(l.bye)
	for range cap(l.window.slots) { // who holds all of them is alone: nobody else can begin
		select {
		case l.window.slots <- struct{}{}:
			continue
		case <-ctx.Done():
		case <-l.done:
		}
		break
	}
	_, _ = l.ask(context.Background(), unbind, nil)
	l.end(errBye)
}
