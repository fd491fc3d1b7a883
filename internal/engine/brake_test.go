package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// one code is tried on many accounts, five times a second: as often as ten thousand of them take half an hour. No account's own counts see that. Within
// a minute the operator is told and browsers work longer; when it goes on faster no typed code is looked at, and links and known browsers
// go on. It ends by itself.
func TestAttackSpray(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Brake = engine.BrakeRules{Alarm: 120, Pause: 150, Ratio: 4, Rest: 10 * time.Minute}
		h.account("ann@post.example")
		n := h.node()
		known := n.browser("ann@post.example", oldPassword)
		own := n.opens("ann@post.example")
		letter := n.asks(own)
		guess := wrongCode(letter.Code, 7)
		began, sprayed := h.now(), 0
		var sprays secret.Opaque
		spray := func(times int) {
			t.Helper()
			for range times {
				if sprayed%5 == 0 {
					at := strings.ToLower(secret.NewOpaque().Reveal()) + "@post.example" // most are unknown: they count alike
					holder := n.opens(strings.TrimLeft(at, "-_"))
					n.choose(holder)
					sprays = holder
				}
				sprayed++
				n.enter(sprays, guess)
				h.wait(200 * time.Millisecond)
			}
		}
		spray(119)
		if b := n.Braking(); b.Alarm || b.Pause {
			t.Errorf("after %d: %+v", sprayed, b)
		}
		spray(1)
		if b := n.Braking(); !b.Alarm || b.Pause || h.now().Sub(began) > time.Minute {
			t.Errorf("after %s: %+v", h.now().Sub(began), b)
		}
		spray(30)
		if b := n.Braking(); !b.Pause {
			t.Fatalf("after %d: %+v", sprayed, b)
		}
		for range 7 { // no try is lost, and the right code is not looked at either
			if o, _ := n.enter(own, letter.Code); o != recovery.Paused {
				t.Fatal(o)
			}
		}
		if r := h.stored(own).Request; r.Tries != 0 {
			t.Errorf("%d tries", r.Tries)
		}
		if o, _ := n.types(own, wrongCode(letter.Code, 3), known); o != recovery.Wrong {
			t.Errorf("a known browser: %s", o)
		}
		elsewhere := n.opens("ann@post.example")
		if _, grant, o, err := n.Follow(h.hand(), n.asks(elsewhere).Link, ""); err != nil || o != recovery.Proved || grant.IsZero() {
			t.Errorf("a link: %s %v", o, err)
		}
		h.wait(11 * time.Minute)
		if o, _ := n.enter(own, letter.Code); o != recovery.Proved {
			t.Errorf("once it is over: %s", o)
		}
		if b := n.Braking(); b.Alarm || b.Pause || b.Alarms != 1 || b.Pauses != 1 {
			t.Errorf("%+v", b)
		}
		log := h.log.String()
		for _, line := range []string{"trying one code on many accounts", "not looked at for a while", "as few as ever", "looked at again"} {
			if c := strings.Count(log, line); c != 1 {
				t.Errorf("%q was told %d times", line, c)
			}
		}
	})
}

// A busy site has many wrong codes and more right ones: that is no spray.
func TestBusyIsNoSpray(t *testing.T) {
	h := onSQLite(t)
	h.settings.Brake = engine.BrakeRules{Alarm: 10, Pause: 20, Ratio: 4, Rest: 10 * time.Minute}
	n := h.node()
	for i := range 20 {
		at := fmt.Sprintf("person%d@post.example", i)
		h.account(at)
		holder := n.opens(at)
		code := n.asks(holder).Code
		for i := range 2 {
			n.enter(holder, wrongCode(code, i+1))
		}
		if o, _ := n.enter(holder, code); o != recovery.Proved {
			t.Fatal(o)
		}
	}
	if b := n.Braking(); b.Alarms != 0 || b.Pauses != 0 {
		t.Errorf("%+v", b)
	}
}

// the operator is told by mail, once for all nodes and for all goings on and off of an hour; a limiter that is down costs nobody
// their step, and the operator some seconds. It goes on within the hour, and still does when that is over: then there is another.
func TestBrakeIsMailed(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Brake = engine.BrakeRules{Alarm: 10, Ratio: 4, Rest: 15 * time.Minute, To: address(t, "operator@post.example")}
		nodes := []*node{h.node(), h.node()}
		spray := func(n *node) {
			t.Helper()
			for i := range 10 {
				holder := n.opens(fmt.Sprintf("nobody%d@post.example", i))
				n.choose(holder)
				if o, _ := n.enter(holder, secret.TypedCode("11112222")); o != recovery.Wrong {
					t.Fatal(o)
				}
			}
			if !n.Braking().Alarm {
				t.Fatal("no alarm")
			}
		}
		mailed := func(times int) {
			t.Helper()
			h.board.verdict(t, recovery.EffectBrake, engine.Carried, times)
			if got := h.board.mails(recovery.EffectBrake); got != times {
				t.Errorf("%d mails, want %d", got, times)
			}
		}
		for _, n := range nodes {
			n.limits.fails(errors.New("the limiter is down"))
		}
		spray(nodes[1])
		h.guesses(10)
		h.wait(6 * time.Second)
		goesOn(t, nodes[0])
		mailed(0)
		for _, n := range nodes {
			n.limits.fails(nil)
		}
		at := h.now()
		h.wait(6 * time.Second) // it is still owed
		mailed(1)
		for range 3 {
			spray(nodes[0])
			spray(nodes[1])
			h.wait(16 * time.Minute)
		}
		mailed(1)
		h.wait(time.Hour)
		spray(nodes[1])
		mailed(2)
		for range 5 { // the alarm never ends
			h.wait(13 * time.Minute)
			spray(nodes[0])
		}
		mailed(3)
		h.board.mu.Lock()
		defer h.board.mu.Unlock()
		for _, l := range h.board.letters {
			if l.Kind == recovery.EffectBrake && (l.To.Address != "operator@post.example" || l.At.Before(at)) {
				t.Errorf("%+v", l)
			}
		}
	})
}

// goesOn waits until a node's alarm is on: it hears of the others every second or so.
func goesOn(t *testing.T, n *node) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !n.Braking().Alarm; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the alarm does not go on: %+v", n.Braking())
		}
	}
}

// the alarm is the site's. A spray over four nodes, of which none sees enough, sets it off on all, also on one that sees nothing; and
// a node that was started since.
func TestBrakeOfAllNodes(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Brake = engine.BrakeRules{Alarm: 40, Pause: 1000, Ratio: 4, Rest: 10 * time.Minute}
		nodes := []*node{h.node(), h.node(), h.node(), h.node()}
		idle := h.node()
		spray := func(times int) {
			t.Helper()
			for i := range times {
				n := nodes[i%len(nodes)]
				holder := n.opens(fmt.Sprintf("nobody%d@post.example", i))
				n.choose(holder)
				n.enter(holder, secret.TypedCode("11112222"))
			}
		}
		spray(39)
		if told := h.guesses(39); told.Right != 0 {
			t.Errorf("%+v", told)
		}
		h.wait(6 * time.Second)
		for _, n := range append(nodes, idle) {
			if n.Braking().Alarm {
				t.Error("39 are 40")
			}
		}
		spray(1)
		h.guesses(40)
		h.wait(6 * time.Second)
		for _, n := range append(nodes, idle, h.node()) {
			goesOn(t, n)
		}
	})
}

// guesses waits until so many wrong codes of the last minute were told by all nodes.
func (h *house) guesses(wrong int) engine.Guesses {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		sum, err := h.store.GuessesBetween(h.t.Context(), h.now().Add(-time.Minute), h.now())
		if err != nil {
			h.t.Fatal(err)
		}
		if sum.Wrong == wrong {
			return sum
		}
		if time.Now().After(end) {
			h.t.Fatalf("told are %+v, want %d wrong", sum, wrong)
		}
	}
}

// A right code counts for all nodes as a wrong one does: a busy site is no spray, however its people are spread.
func TestBusyNodesAreNoSpray(t *testing.T) {
	h := onSQLite(t)
	h.settings.Brake = engine.BrakeRules{Alarm: 8, Ratio: 4, Rest: 10 * time.Minute}
	busy, n := h.node(), h.node()
	for i := range 3 {
		at := fmt.Sprintf("person%d@post.example", i)
		h.account(at)
		holder := busy.opens(at)
		if o, _ := busy.enter(holder, busy.asks(holder).Code); o != recovery.Proved {
			t.Fatal(o)
		}
	}
	h.wait(6 * time.Second)
	for i := range 11 {
		holder := n.opens(fmt.Sprintf("nobody%d@post.example", i))
		n.choose(holder)
		if i == 0 { // by now it has heard of the right ones
			h.guesses(0)
		}
		n.enter(holder, secret.TypedCode("11112222"))
		h.guesses(i + 1)
	}
	if b := n.Braking(); b.Alarms != 0 {
		t.Errorf("%+v", b)
	}
}

// A node whose clock is ahead by an hour does not hold the alarm of the others on until then; what it tells meanwhile is not of the last
// minute.
func TestBrakeClockAhead(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Brake = engine.BrakeRules{Alarm: 10, Pause: 12, Ratio: 4, Rest: time.Minute}
		n := h.node()
		if err := h.store.CountGuesses(t.Context(), []engine.Guesses{{Slot: h.now().Add(time.Hour), Wrong: 1000}}); err != nil {
			t.Fatal(err)
		}
		for i := range 9 {
			holder := n.opens(fmt.Sprintf("nobody%d@post.example", i))
			n.choose(holder)
			n.enter(holder, secret.TypedCode("11112222"))
		}
		h.guesses(9)
		h.wait(6 * time.Second)
		n.enter(n.opens("nobody@post.example"), secret.TypedCode("11112222")) // nothing was asked for: no code is judged
		if b := n.Braking(); b.Alarm || b.Pause {
			t.Errorf("%+v", b)
		}
		holder := n.opens("nobody10@post.example")
		n.choose(holder)
		n.enter(holder, secret.TypedCode("11112222"))
		if b := n.Braking(); !b.Alarm || b.Pause {
			t.Errorf("%+v", b)
		}
	})
}
