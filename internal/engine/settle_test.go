package engine_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// asksMany has so many people ask for a code before any worker runs, so that their settlements come together.
func (n *node) asksMany(count int) []secret.Opaque {
	h := n.house
	h.account("ann@post.example")
	var holders []secret.Opaque
	for range count {
		holder := n.knocks("ann@post.example")
		n.choose(holder)
		holders = append(holders, holder)
	}
	return holders
}

// What is settled together fails by itself: one whose lease is gone, or at which a fault of the program shows, costs the others nothing.
func TestSettlingBesideABadOne(t *testing.T) {
	for name, how := range map[string]func() error{
		"database": func() error { return errors.New("no") },
		"lease":    func() error { return engine.ErrChanged },
		"fault":    func() error { panic("a fault") },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, h *house) {
				n := h.idle()
				n.Workers = 30
				holders := n.asksMany(30)
				var once sync.Mutex
				bad := ""
				n.saves.fails(func(c engine.Change) error {
					if c.Settle == nil || c.Settle.Entry.Effect.Kind != recovery.EffectSend {
						return nil
					}
					once.Lock()
					defer once.Unlock()
					if bad == "" {
						bad = c.Settle.Entry.ID
					}
					if bad == c.Settle.Entry.ID {
						return how()
					}
					return nil
				})
				n.run()
				h.board.until(t, "all others are settled", func(b *board) bool { return b.count(recovery.EffectSend, engine.Carried) == len(holders)-1 })
				n.saves.fails(nil)
				if name == "database" { // it is tried again
					h.board.verdict(t, recovery.EffectSend, engine.Carried, len(holders))
				}
				if got := len(h.board.ids()); got != len(holders) {
					t.Errorf("%d mails of %d", got, len(holders))
				}
			})
		})
	}
}

// Everything that was handed over is counted once, however many were settled at once.
func TestCountedTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		n := h.idle()
		n.Workers = 30
		n.asksMany(60)
		n.run()
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 60)
		taken, waits := 0, 0
		list, err := n.Deliveries(t.Context(), h.began)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if one.Place != "post.example" || one.Sender != "board" || one.Lane != engine.LaneMail {
				t.Errorf("%+v", one)
			}
			taken += one.Taken
			for _, n := range one.Handing {
				waits += n
			}
		}
		if taken != 60 || waits != 60 {
			t.Errorf("%d counted, %d waits", taken, waits)
		}
		h.nothingLeft()
		if list, err := n.Backlog(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("waits: %v, %v", list, err)
		}
	})
}

// What is refused, put off and lost is counted where it was to go; a decoy's message is nothing at all.
func TestCountedApart(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		answers := map[int]error{1: errors.New("busy"), 2: &engine.Refusal{Said: "550 no"}}
		h.board.posts(func(_ context.Context, _ engine.Mail, nth int) error { return answers[nth] })
		n.choose(n.opens("ann@post.example"))
		h.board.until(t, "it is put off", func(b *board) bool { return b.count(recovery.EffectSend, engine.Later) == 1 })
		h.wait(3 * time.Minute)
		h.board.verdict(t, recovery.EffectSend, engine.Refused, 1)
		n.halt()
		n.choose(n.knocks("ann@post.example"))
		n.choose(n.knocks("nobody@post.example"))
		h.wait(20 * time.Minute)
		n.run()
		h.board.verdict(t, recovery.EffectSend, engine.TooLate, 2)
		list, err := n.Deliveries(t.Context(), h.began)
		if err != nil {
			t.Fatal(err)
		}
		var all engine.Traffic
		for _, one := range list {
			all.Deferred, all.Refused, all.Lost, all.Taken = all.Deferred+one.Deferred, all.Refused+one.Refused, all.Lost+one.Lost, all.Taken+one.Taken
		}
		if all.Deferred != 1 || all.Refused != 1 || all.Lost != 1 || all.Taken != 0 {
			t.Errorf("%+v of %+v", all, list)
		}
		if strings.Contains(h.log.String(), "ann@post") {
			t.Error("the log has an address")
		}
	})
}
