package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// writer is the one goroutine that changes a SQLite database of this program.
//
// It takes all jobs that wait, carries each out inside a savepoint of one transaction, commits, and then answers all of them:
// while the disk writes one batch, the next one gathers. So many at once share a wait for the disk, and one alone is
// committed at once. A job that fails is undone alone. If the commit fails, none of the batch was saved, and all are told.
type writer struct {
	link *link

	mu     sync.Mutex
	queue  []*job
	spare  []*job // the array of the batch before, to be used again
	closed bool

	wake chan struct{} // holds one
	done chan struct{}
}

// job is a change that waits for its turn.
type job struct {
	do func(*link) error

	turn   atomic.Bool // taken by the writer, or given up by the caller: whoever is first
	failed error       // what do said
	answer chan error  // holds one
}

func newWriter(l *link) *writer {
	w := &writer{link: l, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go w.run()
	return w
}

// do has a change carried out and waits until it is on disk. When ctx ends, a change that was not begun is given up; one that
// was is waited for, since nobody could say otherwise what became of it.
func (w *writer) do(ctx context.Context, change func(*link) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{do: change, answer: make(chan error, 1)}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return ErrClosed
	}
	w.queue = append(w.queue, j)
	w.mu.Unlock()
	w.signal()
	select {
	case err := <-j.answer:
		return err
	case <-ctx.Done():
		if j.turn.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-j.answer
	}
}

// close carries out what is queued and ends.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.done
}

func (w *writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *writer) run() {
	defer close(w.done)
	for {
		batch, closed := w.take()
		if len(batch) > 0 {
			w.carryOut(batch)
			continue
		}
		if closed {
			return
		}
		<-w.wake
	}
}

// take empties the queue, leaving out the jobs that their callers have given up.
func (w *writer) take() (batch []*job, closed bool) {
	w.mu.Lock()
	waiting := w.queue
	w.queue = w.spare[:0]
	w.spare = waiting
	closed = w.closed
	w.mu.Unlock()
	batch = waiting[:0]
	for _, j := range waiting {
		if j.turn.CompareAndSwap(false, true) {
			batch = append(batch, j)
		}
	}
	clear(waiting[len(batch):])
	return batch, closed
}

func (w *writer) carryOut(batch []*job) {
	err := w.commit(batch)
	for i, j := range batch {
		if err != nil {
			j.answer <- err
		} else {
			j.answer <- j.failed
		}
		batch[i] = nil
	}
}

// commit carries out a batch in one transaction. Its error is that of all jobs; one that failed alone has it in failed.
func (w *writer) commit(batch []*job) error {
	if err := w.link.exec(beginStatement); err != nil {
		return err
	}
	for _, j := range batch {
		if err := w.try(j, len(batch) == 1); err != nil {
			_ = w.link.exec(rollbackStatement) // in case something of the transaction is left
			return err
		}
	}
	if len(batch) == 1 && batch[0].failed != nil {
		_ = w.link.exec(rollbackStatement) // fails when SQLite has undone all by itself, which is as good
		return nil
	}
	if err := w.link.exec(commitStatement); err != nil {
		_ = w.link.exec(rollbackStatement)
		return err
	}
	return nil
}

// try carries out one job inside a savepoint; one alone needs none. Its error means that the transaction is gone: on a full disk
// SQLite may undo all of it by itself, and what came after would run outside any transaction.
func (w *writer) try(j *job, alone bool) error {
	if alone {
		j.failed = w.attempt(j)
		return nil
	}
	if err := w.link.exec(savepointStatement); err != nil {
		return err
	}
	if j.failed = w.attempt(j); j.failed != nil {
		if err := w.link.exec(undoStatement); err != nil {
			return errors.Join(j.failed, err)
		}
	}
	return w.link.exec(releaseStatement)
}

// attempt keeps a panic in a job from taking the writer, and everyone who waits for it, down in the middle of a transaction.
func (w *writer) attempt(j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a change could not be made: %v", p)
		}
	}()
	return j.do(w.link)
}
