package sqlstore

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// channel is what nodes call each other on.
const channel = "twohens_outbox"

// notifier tells other nodes that the outbox holds something new.
//
// It does so after the change was committed, in a transaction of its own, and for all changes of a moment together: PostgreSQL
// lets transactions that notify commit only one after the other, and that must not hold up the changes themselves. A
// notification that is lost costs another node at most one poll.
type notifier struct {
	node string // so that a node does not wake itself
	due  chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup
}

// notifyEvery is how close together notifications may be.
const notifyEvery = 20 * time.Millisecond

func newNotifier(p *postgres) *notifier {
	ctx, cancel := context.WithCancel(context.Background())
	n := &notifier{node: rand.Text(), due: make(chan struct{}, 1), stop: cancel}
	n.done.Go(func() { n.run(ctx, p) })
	return n
}

func (n *notifier) run(ctx context.Context, p *postgres) {
	for {
		select {
		case <-n.due:
		case <-ctx.Done():
			return
		}
		_ = p.call(ctx, func(ctx context.Context, conn *pgxpool.Conn) error {
			var batch pgx.Batch
			relax(&batch, relaxed)
			batch.Queue("SELECT pg_notify($1, $2)", channel, n.node)
			return conn.SendBatch(ctx, &batch).Close()
		})
		select {
		case <-time.After(notifyEvery):
		case <-ctx.Done():
			return
		}
	}
}

func (n *notifier) close() {
	n.stop()
	n.done.Wait()
}

func (p *postgres) announce() {
	select {
	case p.notify.due <- struct{}{}:
	default:
	}
}

// listenAgain is how long to wait before connecting again.
const listenAgain = time.Second

func (p *postgres) listen(ctx context.Context, wake func()) error {
	for ctx.Err() == nil {
		p.listenOnce(ctx, wake)
		select {
		case <-time.After(listenAgain):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// listenOnce listens on a connection of its own until that breaks or ctx ends.
func (p *postgres) listenOnce(ctx context.Context, wake func()) {
	config := p.config.Copy()
	delete(config.RuntimeParams, "statement_timeout")
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return
	}
	wake() // for what was said while nobody listened
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return
		}
		if n.Payload != p.notify.node {
			wake()
		}
	}
}
