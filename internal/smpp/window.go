package smpp

import (
	"sync"
	"time"
)

// maxSequence is the largest sequence number that a request may carry (5.1.4); after it comes 1.
const maxSequence = 0x7FFF_FFFF

// window is what was asked on a connection and not yet answered.
type window struct {
	slots chan struct{} // one in it for each message under way; full when the window is

	mu      sync.Mutex
	last    uint32
	waiting map[uint32]*question
}

// question is one request that waits for its answer.
type question struct {
	sequence uint32
	command  command
	slot     bool     // takes one of the window's
	answered chan pdu // one comes, or it is closed when none did in time
	timer    *time.Timer
}

func newWindow(size int) *window {
	return &window{slots: make(chan struct{}, size), waiting: make(map[uint32]*question)}
}

// open begins a question. Numbers that still wait, since they wrapped around, are passed over.
func (w *window) open(c command, slot bool) *question {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		w.last = w.last%maxSequence + 1
		if _, taken := w.waiting[w.last]; !taken {
			break
		}
	}
	q := &question{sequence: w.last, command: c, slot: slot, answered: make(chan pdu, 1)}
	w.waiting[q.sequence] = q
	return q
}

// expect gives an answer so much time from now on. A question whose asker went away keeps its place till then: the peer counts too.
func (w *window) expect(q *question, limit time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[q.sequence] != q {
		return // the connection ended in between
	}
	q.timer = time.AfterFunc(limit, func() {
		if w.drop(q) {
			close(q.answered)
		}
	})
}

// answer hands an answer to its question. One that nobody asked for, asks for something else, or comes too late is ignored.
func (w *window) answer(p pdu) {
	w.mu.Lock()
	q := w.waiting[p.sequence]
	w.mu.Unlock()
	if q != nil && (p.command == q.command|answer || p.command == genericNack) && w.drop(q) {
		q.answered <- p
	}
}

// drop ends a question. It says false to all but the first who does.
func (w *window) drop(q *question) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[q.sequence] != q {
		return false
	}
	delete(w.waiting, q.sequence)
	if q.timer != nil {
		q.timer.Stop()
	}
	if q.slot {
		<-w.slots
	}
	return true
}

// end forgets all questions, so that no timer outlives the connection.
func (w *window) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for sequence, q := range w.waiting {
		delete(w.waiting, sequence)
		if q.timer != nil {
			q.timer.Stop()
		}
	}
}
