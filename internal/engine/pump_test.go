package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// pumped is a house with figures of a small site.
func pumped(h *house) {
	h.settings.Texts.Block = quota.Limit{Events: 400, Per: 24 * time.Hour}
	h.settings.Texts.Day = engine.SpendCap{Texts: 600, Micros: 20_000_000}
	h.settings.Texts.Alarm = engine.Alarm{Span: 12 * time.Hour, Sent: 30, Percent: 20, Pause: 24 * time.Hour}
	h.settings.Texts.Alarm.To, _ = contact.ParseEmail("operator@post.example")
}

// ten thousand texts asked for to ranges of numbers that somebody is paid for. They stay inside the cap, the ranges are paused
// by themselves and the operator is told; an honest number of another range still gets its code.
func TestAttackPumping(t *testing.T) {
	h := onSQLite(t)
	pumped(h)
	const accounts, requests = 200, requestsPumped
	for i := range accounts { // the pumper's own, over ten blocks of numbers
		h.accountWith(fmt.Sprintf("p%d@pump.example", i), fmt.Sprintf("+3460%d12%04d", i%10, i))
	}
	h.accountWith("ann@post.example", "+447400123456")
	n := h.node()
	for i := range requests {
		holder := n.knocks(fmt.Sprintf("p%d@pump.example", i%accounts))
		if _, o, err := n.Choose(h.hand(), holder, recovery.WayPhone); err != nil || o != recovery.Sent {
			t.Fatal(o, err)
		}
		if i%500 == 499 {
			h.wait(time.Minute)
		}
	}
	h.board.until(t, "all are settled", func(b *board) bool { return settledSends(b) == requests })
	sent := h.board.mails(recovery.EffectSend)
	if sent > 600 {
		t.Errorf("%d texts went out", sent)
	}
	// Ten blocks of 30 codes each before it shows, with as many more under way as there are workers.
	if sent > 10*30+16 {
		t.Errorf("%d texts before the alarm", sent)
	}
	spent, err := h.store.Spending(t.Context(), h.now().Add(-48*time.Hour))
	if err != nil || len(spent) == 0 {
		t.Fatal(spent, err)
	}
	micros, texts := int64(0), 0
	for _, s := range spent {
		micros, texts = micros+s.Micros, texts+s.Texts
	}
	if texts != sent || micros != int64(sent)*50_000 || micros > 20_000_000 {
		t.Errorf("spent %d on %d texts, %d went out", micros, texts, sent)
	}
	pauses, err := h.store.Pauses(t.Context(), h.now())
	if err != nil || !slices.ContainsFunc(pauses, func(p engine.Pause) bool { return p.Range == "ES" || p.Range == "+3460012" }) {
		t.Errorf("pauses %v, %v", pauses, err)
	}
	h.board.until(t, "the operator is told", func(b *board) bool {
		for _, id := range b.arrived {
			if l := b.letters[id]; l.Kind == recovery.EffectAlarm && l.To.Address == "operator@post.example" && len(l.Pauses) > 0 {
				return true
			}
		}
		return false
	})
	holder := n.opens("ann@post.example")
	n.takes(holder, recovery.WayPhone)
	if o, _ := n.enter(holder, h.letterOf(holder, 1).Code); o != recovery.Proved {
		t.Errorf("the honest one: %s", o)
	}
	for _, p := range pauses {
		if ok, err := h.store.Resume(t.Context(), p.Range, h.now()); !ok || err != nil {
			t.Errorf("resume %s: %t %v", p.Range, ok, err)
		}
	}
	h.wait(time.Hour)
	holder = n.opens("p7@pump.example")
	n.takes(holder, recovery.WayPhone)
	h.letterOf(holder, 1)
	if left, err := h.store.Pauses(t.Context(), h.now()); len(left) != 0 || err != nil {
		t.Errorf("paused again at the first text: %v, %v", left, err)
	}
}

func settledSends(b *board) int {
	n := 0
	for _, s := range b.settled {
		if s.Entry.Effect.Kind == recovery.EffectSend && s.Verdict != engine.Later {
			n++
		}
	}
	return n
}

// Codes that come back keep a range open, however many there are.
func TestNoAlarmWhileCodesAreEntered(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		pumped(h)
		h.accountWith("ann@post.example", "+34600123456")
		n := h.node()
		for i := range 60 {
			holder := n.opens("ann@post.example")
			n.takes(holder, recovery.WayPhone)
			letter := h.letterOf(holder, 1)
			if i%3 == 0 {
				n.enter(holder, letter.Code)
			}
		}
		if pauses, err := h.store.Pauses(t.Context(), h.now()); len(pauses) != 0 || err != nil {
			t.Errorf("paused %v, %v", pauses, err)
		}
		got, err := h.store.Turnout(t.Context(), "ES", h.now().Add(-time.Hour))
		if err != nil || got.Sent != 60 || got.Entered != 20 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// A gateway may charge a text as several parts: all of them are counted as spent.
func TestFurtherPartsAreSpent(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.board.parts = 3
		h.accountWith("ann@post.example", "+34600123456")
		n := h.node()
		holder := n.opens("ann@post.example")
		n.takes(holder, recovery.WayPhone)
		h.letterOf(holder, 1)
		spent, err := h.store.Spending(t.Context(), h.now().Add(-48*time.Hour))
		if err != nil || len(spent) != 1 || spent[0].Texts != 1 || spent[0].Parts != 3 || spent[0].Micros != 150_000 {
			t.Errorf("%+v, %v", spent, err)
		}
	})
}

// The limiter, the pauses or the spending cannot be asked: nothing opens, and nothing is lost.
func TestTextsWithoutLimits(t *testing.T) {
	h := onSQLite(t)
	pumped(h)
	h.accountWith("ann@post.example", "+34600123456")
	n := h.node()
	holder := n.opens("ann@post.example")
	n.limits.fails(fmt.Errorf("down"))
	n.takes(holder, recovery.WayPhone)
	h.board.verdict(t, recovery.EffectSend, engine.Later, 1)
	n.limits.fails(nil)
	h.wait(3 * time.Second)
	h.letterOf(holder, 1)
	spent, err := h.store.Spending(t.Context(), h.now().Add(-48*time.Hour))
	if err != nil || len(spent) != 1 || spent[0].Texts != 1 {
		t.Errorf("%v, %v", spent, err)
	}
}
