package scratch

import (
	"errors"
	"testing"
	"time"
)

// One piece of work is one card, however often it is handed in: the second time
// gives the same one, and what is spent is spent.
func TestATicketIsOneCard(t *testing.T) {
	b := newBench(t, nil)
	for _, mode := range []Mode{Rub, Listen} {
		ticket := b.ticket(t, Offer{Place: here, Mode: mode})
		one := b.draw(t, ticket, here).Card
		b.pass(5 * time.Second)
		two := b.draw(t, ticket, here).Card
		a := b.right(t, one)
		if c := b.right(t, two); c.Picks != a.Picks || c.Trace.String() != a.Trace.String() {
			t.Fatalf("mode %d: one ticket, two cards", mode)
		}
		b.pass(5 * time.Second)
		if v := b.judge(t, one, here, a); v.Result != Pass {
			t.Fatalf("mode %d: %+v", mode, v)
		}
		three := b.draw(t, ticket, here).Card
		b.pass(5 * time.Second)
		for _, card := range []string{two, three} {
			if v := b.judge(t, card, here, a); v.Result != Fail {
				t.Errorf("mode %d: a second card of one ticket passes", mode)
			}
		}
	}
}

func TestTwoTicketsAreTwoCards(t *testing.T) {
	b := newBench(t, nil)
	one, two := b.deal(t, here, Rub), b.deal(t, here, Rub)
	if b.right(t, one).Trace.String() == b.right(t, two).Trace.String() {
		t.Error("two tickets, one card")
	}
}

func TestNoPuzzleIsRedeemedOnce(t *testing.T) {
	b := newBench(t, nil)
	ticket := b.ticket(t, Offer{Place: here, Mode: NoPuzzle})
	one, two := b.draw(t, ticket, here), b.draw(t, ticket, here)
	if one.Card != "" || one.Response == "" {
		t.Fatalf("%+v", one)
	}
	if r, err := b.Redeem(t.Context(), one.Response, here); err != nil || r.Mode != NoPuzzle {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, again := range []string{one.Response, two.Response, b.draw(t, ticket, here).Response} {
		if _, err := b.Redeem(t.Context(), again, here); !errors.Is(err, ErrSpent) {
			t.Errorf("one piece of work is redeemed twice: %v", err)
		}
	}
}

// A ticket lives longer than a response. One that was redeemed must not be redeemed anew once the store may forget it.
func TestAttackNoPuzzleOutlivesItsResponse(t *testing.T) {
	b := newBench(t, nil)
	ticket := b.ticket(t, Offer{Place: here, Mode: NoPuzzle})
	if _, err := b.Redeem(t.Context(), b.draw(t, ticket, here).Response, here); err != nil {
		t.Fatal(err)
	}
	for at := time.Duration(0); at < noPuzzleLives*10*time.Minute-time.Second; at += 30 * time.Second {
		b.pass(30 * time.Second)
		if b.clock().Before(ticket.Expires) {
			if _, err := b.Redeem(t.Context(), b.draw(t, ticket, here).Response, here); !errors.Is(err, ErrSpent) {
				t.Fatalf("%v after the ticket was dealt, it is redeemed once more: %v", at, err)
			}
		}
	}
}

func TestWorkMustBeDone(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Bits = 8 })
	ticket, other := b.ticket(t, Offer{Place: here, Mode: Rub}), b.ticket(t, Offer{Place: here, Mode: Rub})
	short := ticket.Work.Solve()
	for short[7]++; ticket.Work.Done(&short); short[7]++ {
	}
	for name, s := range map[string]Solution{"none": {}, "another ticket's": other.Work.Solve(), "one part short": short} {
		if d, err := b.Draw(ticket.Sealed, s, here); !errors.Is(err, ErrWork) || d != (Drawn{}) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	for name, at := range elsewhere() {
		if _, err := b.Draw(ticket.Sealed, ticket.Work.Solve(), at); !errors.Is(err, ErrSeal) {
			t.Errorf("other %s: %v", name, err)
		}
	}
	b.pass(10 * time.Minute)
	if _, err := b.Draw(ticket.Sealed, ticket.Work.Solve(), here); !errors.Is(err, ErrOver) {
		t.Errorf("an old ticket: %v", err)
	}
}

// However many tickets are made of one second round, one card of them passes:
// otherwise a single slow hand would free a script from ever being looked at.
func TestASecondRoundIsOneCard(t *testing.T) {
	b := newBench(t, nil)
	again := b.again(here)
	var cards []string
	for range 3 {
		cards = append(cards, b.draw(t, b.ticket(t, Offer{Place: here, Mode: Rub, Again: again}), here).Card)
	}
	b.pass(5 * time.Second)
	passed := 0
	for _, card := range cards {
		i, err := b.config.Keys.openIssue(card)
		if err != nil || !i.second {
			t.Fatalf("%+v, %v", i, err)
		}
		if b.judge(t, card, here, b.right(t, card)).Result == Pass {
			passed++
		}
	}
	if passed != 1 {
		t.Errorf("%d cards of one second round pass", passed)
	}
	for name, at := range elsewhere() {
		if _, err := b.Deal(Offer{Place: at, Mode: Rub, Again: again}); err == nil {
			t.Errorf("a second round is good at another %s", name)
		}
	}
	b.pass(10 * time.Minute)
	if _, err := b.Deal(Offer{Place: here, Mode: Rub, Again: again}); !errors.Is(err, ErrOver) {
		t.Errorf("an old second round: %v", err)
	}
	if _, err := b.Deal(Offer{Place: here, Mode: Rub, Again: "x"}); !errors.Is(err, ErrSeal) {
		t.Errorf("no second round: %v", err)
	}
}

// A second round has one id for all that can be made of it: a card to rub, calls, a response without a puzzle. One of them counts,
// whichever is first and however late the other comes.
func TestAttackSecondRoundTwice(t *testing.T) {
	for _, cardFirst := range []bool{true, false} {
		b := newBench(t, nil)
		again := b.again(here)
		rub := b.ticket(t, Offer{Place: here, Mode: Rub, Again: again})
		none := b.ticket(t, Offer{Place: here, Mode: NoPuzzle, Again: again})
		card, work, gained := b.draw(t, rub, here).Card, none.Work.Solve(), 0
		answer := b.right(t, card)
		redeem := func() {
			drawn, err := b.Draw(none.Sealed, work, here)
			if err != nil {
				t.Fatal(err)
			}
			b.pass(responseLife - time.Second)
			if _, err := b.Redeem(t.Context(), drawn.Response, here); err == nil {
				gained++
			}
		}
		rubbed := func() {
			if b.judge(t, card, here, answer).Result == Pass {
				gained++
			}
		}
		if cardFirst {
			b.pass(5 * time.Second)
			rubbed()
			b.pass(10*time.Minute - 6*time.Second)
			redeem()
		} else {
			redeem()
			b.pass(8*time.Minute - time.Second)
			rubbed()
		}
		if gained != 1 {
			t.Errorf("one second round, %d of it, the card first: %t", gained, cardFirst)
		}
	}
}
