package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// The mail server is down for ten minutes and back: every code that still works goes out once, those that ran out meanwhile are dropped and counted,
// and nothing is sent after its code's end.
func TestTenMinutesDown(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		h.board.posts(func(context.Context, engine.Mail, int) error { return errors.New("connection refused") })
		ask := func(count int) {
			for range count {
				n.choose(n.opens("ann@post.example"))
			}
		}
		// The clock moves while nothing is under way: a lease that ran out in the middle of a message is another test's matter.
		pass := func(d time.Duration) {
			n.halt()
			h.wait(d)
			n.run()
		}
		ask(10) // their codes run out after 15 minutes
		h.board.until(t, "they are put off", func(b *board) bool { return b.count(recovery.EffectSend, engine.Later) >= 10 })
		pass(8 * time.Minute)
		ask(10)
		for range 7 { // on and on, while it is down
			pass(time.Minute)
		}
		h.board.verdict(t, recovery.EffectSend, engine.TooLate, 10)
		h.board.posts(nil)
		pass(3 * time.Minute)
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 10)
		var arrived []string
		h.board.until(t, "it is looked at", func(b *board) bool { arrived = slices.Clone(b.arrived); return true })
		slices.Sort(arrived)
		if n := len(slices.Compact(arrived)); len(arrived) != 10 || n != 10 {
			t.Errorf("%d mails arrived, %d different ones", len(arrived), n)
		}
		h.nothingLeft()
		list, err := n.Deliveries(t.Context(), h.began)
		if err != nil {
			t.Fatal(err)
		}
		taken, lost, deferred := 0, 0, 0
		for _, one := range list {
			taken, lost, deferred = taken+one.Taken, lost+one.Lost, deferred+one.Deferred
		}
		if taken != 10 || lost != 10 || deferred < 20 {
			t.Errorf("counted %d taken, %d dropped, %d put off", taken, lost, deferred)
		}
	})
}
