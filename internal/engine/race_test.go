package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// a hundred right codes at once, on two nodes: exactly one proves, the others are sent on, their code unread.
func TestHundredRightCodes(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		holder := nodes[0].opens("ann@post.example")
		code := nodes[0].asks(holder).Code
		var outcomes tallied[recovery.Outcome]
		grants := make(chan secret.Opaque, 100)
		atOnce(100, func(i int) {
			_, outcome, grant, err := nodes[i%2].Enter(h.hand(), holder, code)
			if err != nil {
				t.Error(err)
			}
			outcomes.add(outcome)
			if !grant.IsZero() {
				grants <- grant
			}
		})
		if outcomes.n[recovery.Proved] != 1 || outcomes.n[recovery.ProvedBefore] != 99 || len(grants) != 1 {
			t.Fatalf("%v, %d grants", outcomes.n, len(grants))
		}
		if outcome := nodes[1].set(<-grants, newPassword); outcome != recovery.Finished || !h.opensDoor("ann@post.example", newPassword) {
			t.Errorf("the one grant: %s", outcome)
		}
	})
}

// a thousand wrong codes at once, on two nodes: five are looked at, and the right one behind them is refused.
func TestThousandWrongCodes(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		holder := nodes[0].opens("ann@post.example")
		letter := nodes[0].asks(holder)
		for _, n := range nodes {
			n.saves.taken()
		}
		var outcomes tallied[recovery.Outcome]
		atOnce(1000, func(i int) {
			_, outcome, grant, err := nodes[i%2].Enter(h.hand(), holder, wrongCode(letter.Code, i))
			if err != nil || !grant.IsZero() {
				t.Error(err, grant)
			}
			outcomes.add(outcome)
		})
		if outcomes.n[recovery.Wrong] != 4 || outcomes.n[recovery.TriesUsed] != 996 {
			t.Errorf("%v", outcomes.n)
		}
		stored := h.stored(holder)
		if stored.Request.Tries != 5 || stored.Tally.Day != 5 || stored.Tally.Row != 5 {
			t.Errorf("%d tries, tally %+v", stored.Request.Tries, stored.Tally)
		}
		if got := len(h.board.recorded(engine.EventEntered)); got != 5 {
			t.Errorf("%d tries were recorded", got)
		}
		if outcome, _ := nodes[1].enter(holder, letter.Code); outcome != recovery.TriesUsed {
			t.Errorf("the right one behind them: %s", outcome)
		}
		// the link still works.
		if _, _, outcome, err := nodes[0].Follow(h.hand(), letter.Link, ""); outcome != recovery.Proved || err != nil {
			t.Errorf("the link: %s %v", outcome, err)
		}
	})
}

// twenty clicks at once, of both kinds, on two nodes: one message.
func TestTwentyClicks(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		holder := nodes[0].opens("ann@post.example")
		click := func(i int, outcomes *tallied[recovery.Outcome]) {
			var outcome recovery.Outcome
			var err error
			if i%4 < 2 {
				_, outcome, err = nodes[i%2].Choose(h.hand(), holder, recovery.WayEmail)
			} else {
				_, outcome, err = nodes[i%2].Resend(h.hand(), holder)
			}
			if err != nil {
				t.Error(err)
			}
			outcomes.add(outcome)
		}
		var first tallied[recovery.Outcome]
		atOnce(20, func(i int) { click(i, &first) })
		if first.n[recovery.Sent] != 1 || first.n[recovery.Sent]+first.n[recovery.Cooling]+first.n[recovery.NotHere] != 20 {
			t.Errorf("first: %v", first.n)
		}
		code := h.letterOf(holder, 1).Code
		h.wait(time.Minute)
		var second tallied[recovery.Outcome]
		atOnce(20, func(i int) { click(i, &second) })
		if second.n[recovery.SentAgain] != 1 || second.n[recovery.Cooling] != 19 {
			t.Errorf("a minute later: %v", second.n)
		}
		if again := h.letterOf(holder, 2).Code; !again.Equal(code) {
			t.Error("R-47: the code was not repeated")
		}
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 2)
	})
}

// wrong codes on many requests of one account at once, on two nodes: fifteen are looked at in a day. Past it right codes
// are not accepted either, and nothing shows it. The link, and the next day, let the owner in.
func TestTallyOverManyRequests(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		const requests = 24
		var holders [requests]secret.Opaque
		var letters [requests]engine.Letter
		for i := range holders {
			holders[i] = nodes[i%2].opens("ann@post.example")
			letters[i] = nodes[i%2].asks(holders[i])
		}
		var outcomes tallied[recovery.Outcome]
		atOnce(requests, func(i int) {
			_, outcome, _, err := nodes[i%2].Enter(h.hand(), holders[i], wrongCode(letters[i].Code, i))
			if err != nil {
				t.Error(err)
			}
			outcomes.add(outcome)
		})
		if outcomes.n[recovery.Wrong] != requests {
			t.Errorf("%v", outcomes.n)
		}
		if tally := h.stored(holders[0]).Tally; tally.Day != 15 || tally.Row != 15 {
			t.Errorf("%d wrong codes on one account: %+v", requests, tally)
		}
		var right tallied[recovery.Outcome]
		atOnce(requests, func(i int) {
			_, outcome, _, err := nodes[i%2].Enter(h.hand(), holders[i], letters[i].Code)
			if err != nil {
				t.Error(err)
			}
			right.add(outcome)
		})
		if right.n[recovery.Wrong] != requests {
			t.Errorf("right codes past the budget: %v", right.n)
		}
		if _, _, outcome, err := nodes[0].Follow(h.hand(), letters[3].Link, ""); outcome != recovery.Proved || err != nil {
			t.Errorf("the owner's link: %s %v", outcome, err)
		}
		h.wait(24 * time.Hour)
		if _, grant := nodes[1].proves("ann@post.example"); grant.IsZero() {
			t.Error("the day after")
		}
	})
}

// the button of the link pressed a hundred times at once, on two nodes: one browser gets the proof.
func TestLinkPressedAHundredTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		asked := nodes[0].opens("ann@post.example")
		letter := nodes[0].asks(asked)
		var outcomes tallied[recovery.Outcome]
		grants := make(chan secret.Opaque, 100)
		atOnce(100, func(i int) {
			holder, grant, outcome, err := nodes[i%2].Follow(h.hand(), letter.Link, "")
			if err != nil {
				t.Error(err)
			}
			outcomes.add(outcome)
			if holder.IsZero() != grant.IsZero() {
				t.Error("half a proof")
			}
			if !grant.IsZero() {
				grants <- grant
			}
		})
		if outcomes.n[recovery.Proved] != 1 || outcomes.n[recovery.LinkDead] != 99 || len(grants) != 1 {
			t.Fatalf("%v, %d grants", outcomes.n, len(grants))
		}
		if outcome := nodes[0].set(<-grants, newPassword); outcome != recovery.Finished {
			t.Error(outcome)
		}
	})
}

// the link and the code at once. Whoever comes first, there is one proof.
func TestLinkAgainstCode(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		for range 10 {
			holder := nodes[0].opens("ann@post.example")
			letter := nodes[0].asks(holder)
			proofs := make(chan string, 2)
			atOnce(2, func(i int) {
				var outcome recovery.Outcome
				var err error
				if i == 0 {
					_, outcome, _, err = nodes[0].Enter(h.hand(), holder, letter.Code)
				} else {
					_, _, outcome, err = nodes[1].Follow(h.hand(), letter.Link, "")
				}
				if err != nil {
					t.Error(err)
				}
				if outcome == recovery.Proved {
					proofs <- []string{"code", "link"}[i]
				}
			})
			if len(proofs) != 1 {
				t.Fatalf("%d proofs", len(proofs))
			}
		}
	})
}

// a new password sent a hundred times at once, on two nodes: one write, one notice, the same answer to all.
func TestSetAHundredTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		_, grant := nodes[0].proves("ann@post.example")
		for _, n := range nodes {
			n.saves.taken()
		}
		var outcomes tallied[recovery.Outcome]
		chosen := func(i int) string { return fmt.Sprintf("%s, the %dth", newPassword, i) }
		atOnce(100, func(i int) {
			outcome, verdict, err := nodes[i%2].SetPassword(h.hand(), grant, typed(t, chosen(i)), "")
			if err != nil || !verdict.OK() {
				t.Error(verdict, err)
			}
			outcomes.add(outcome)
		})
		if outcomes.n[recovery.Finished] != 100 {
			t.Errorf("%v", outcomes.n)
		}
		h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2) // the notice, and its letter to the one contact
		if n := h.board.mails(recovery.EffectNotify); n != 1 {
			t.Errorf("%d notices", n)
		}
		if n := len(h.board.recorded(engine.EventPassword)); n != 1 {
			t.Errorf("%d passwords were recorded", n)
		}
		opened := 0
		for i := range 100 {
			if h.opensDoor("ann@post.example", chosen(i)) {
				opened++
			}
		}
		if opened != 1 || h.opensDoor("ann@post.example", oldPassword) {
			t.Errorf("%d passwords open the account", opened)
		}
		var writes int
		for _, n := range nodes {
			hand, _ := n.saves.taken()
			writes += len(slices.DeleteFunc(hand, func(op string) bool { return !strings.Contains(op, "password") }))
		}
		if writes < 1 || writes > 2 { // at most one on each node gets as far as trying
			t.Errorf("%d tried to write", writes)
		}
	})
}

// two proved browsers of one account set at once: one wins, the other's right is gone.
func TestTwoGrantsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		var grants [2]secret.Opaque
		for i := range grants {
			_, grants[i] = nodes[i].proves("ann@post.example")
		}
		won := make(chan int, 2)
		atOnce(2, func(i int) {
			outcome, _, err := nodes[i].SetPassword(h.hand(), grants[i], typed(t, fmt.Sprint(newPassword, i)), "")
			if outcome == recovery.Finished && err == nil {
				won <- i
			} else if outcome != recovery.Ended && err != engine.ErrNoRequest {
				t.Errorf("the slower one: %s %v", outcome, err)
			}
		})
		if len(won) != 1 {
			t.Fatalf("%d won", len(won))
		}
		if i := <-won; !h.opensDoor("ann@post.example", fmt.Sprint(newPassword, i)) {
			t.Error("the winner's password does not open")
		}
	})
}
