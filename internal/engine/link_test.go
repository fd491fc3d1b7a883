package engine_test

import (
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// R-41, kratos#1142: scanners open the link as often as they like and change nothing; then the button works, once.
func TestScannersOpenTheLink(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		asked := n.opens("ann@post.example")
		letter := n.asks(asked)
		before := h.stored(asked)
		for range 20 {
			if alive, err := n.LinkAlive(h.hand(), letter.Link); !alive || err != nil {
				t.Fatalf("alive %t, %v", alive, err)
			}
		}
		if after := h.stored(asked); after.Version != before.Version {
			t.Error("opening it changed something")
		}
		h.wait(59 * time.Minute)
		holder, grant, outcome, err := n.Follow(h.hand(), letter.Link, "198.51.100.0/24")
		if outcome != recovery.Proved || err != nil {
			t.Fatalf("%s %v", outcome, err)
		}
		if alive, err := n.LinkAlive(h.hand(), letter.Link); alive || err != nil {
			t.Errorf("still alive, %v", err)
		}
		if v, err := n.View(h.hand(), holder); err != nil || v.State != recovery.Resetting || v.Address != "ann@post.example" {
			t.Errorf("the browser that pressed: %+v, %v", v, err)
		}
		if v, err := n.Granted(h.hand(), grant); err != nil || v.State != recovery.Resetting || !v.Expires.Equal(v.Now.Add(15*time.Minute)) {
			t.Errorf("its right: %+v, %v", v, err)
		}
		if outcome := n.set(grant, newPassword); outcome != recovery.Finished || !h.opensDoor("ann@post.example", newPassword) {
			t.Error(outcome)
		}
	})
}

// the browser that asked sees no change when the link is used elsewhere, and its code proves nothing any more.
func TestTheOneThatAskedSeesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		asked := n.opens("ann@post.example")
		letter := n.asks(asked)
		before, err := n.View(h.hand(), asked)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, outcome, err := n.Follow(h.hand(), letter.Link, ""); outcome != recovery.Proved || err != nil {
			t.Fatalf("%s %v", outcome, err)
		}
		if after, err := n.View(h.hand(), asked); err != nil || !sameView(before, after) {
			t.Errorf("before %+v\n after %+v, %v", before, after, err)
		}
		if outcome, _ := n.enter(asked, letter.Code); outcome != recovery.Wrong {
			t.Errorf("its code: %s", outcome)
		}
		h.wait(time.Minute)
		if _, outcome, err := n.Resend(h.hand(), asked); outcome != recovery.SentAgain || err != nil {
			t.Errorf("%s %v", outcome, err)
		}
		h.board.verdict(t, recovery.EffectSend, engine.Nothing, 1)
	})
}

// a proof by the link ends the row of wrong codes; the day's count stays.
func TestLinkEndsTheRow(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		asked := n.opens("ann@post.example")
		letter := n.asks(asked)
		for i := range 3 {
			n.enter(asked, wrongCode(letter.Code, i))
		}
		if _, _, outcome, err := n.Follow(h.hand(), letter.Link, ""); outcome != recovery.Proved || err != nil {
			t.Fatal(outcome, err)
		}
		if tally := h.stored(asked).Tally; tally.Row != 0 || tally.Day != 3 {
			t.Errorf("%+v", tally)
		}
	})
}

// links that are none, old, of another kind.
func TestDeadLinks(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	holder := n.opens("ann@post.example")
	letter := n.asks(holder)
	second := n.asks(n.opens("ann@post.example"))
	if letter.Link.Digest() == second.Link.Digest() {
		t.Error("two requests share a link")
	}
	_, grant := n.enter(holder, letter.Code)
	for name, link := range map[string]secret.Opaque{
		"none":                    {},
		"made up":                 secret.NewOpaque(),
		"a browser's cookie":      holder,
		"a right to a password":   grant,
		"of a request proved":     letter.Link,
		"cut":                     secret.ParseOpaque(second.Link.Reveal()[:21]),
		"of an unknown address's": unknownLink(n),
	} {
		if alive, err := n.LinkAlive(h.hand(), link); alive || err != nil {
			t.Errorf("%s: alive %t, %v", name, alive, err)
		}
		if _, _, outcome, err := n.Follow(h.hand(), link, ""); outcome != recovery.LinkDead || err != nil {
			t.Errorf("%s: %s %v", name, outcome, err)
		}
	}
	h.wait(time.Hour)
	if alive, err := n.LinkAlive(h.hand(), second.Link); alive || err != nil {
		t.Errorf("after the request's hour: alive %t, %v", alive, err)
	}
	if _, _, outcome, err := n.Follow(h.hand(), second.Link, ""); outcome != recovery.Ended || err != nil {
		t.Errorf("after the request's hour: %s %v", outcome, err)
	}
}

// unknownLink is what nobody but the program could make: the link of a decoy, which is never sent. Its digest is stored.
func unknownLink(n *node) secret.Opaque {
	holder := n.opens("nobody@post.example")
	r := n.house.stored(holder).Request
	key, _ := n.Codes.Key(r.Key)
	link := key.DeriveOpaque("recovery link", []byte(r.ID), r.Nonce[:], []byte(r.Account), []byte(r.Contact.Address()))
	if link.Digest() != r.Link {
		n.house.t.Error("this is not how a link is made any more")
	}
	return link
}

// R-100, invariant 6: who can write to the database but lacks the key cannot make a link.
func TestLinkWrittenIntoTheDatabase(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	holder := n.opens("ann@post.example")
	forged := secret.NewOpaque()
	stored := h.stored(holder)
	stored.Request.Link = forged.Digest()
	if err := h.store.Save(t.Context(), engine.Change{Update: &stored}); err != nil {
		t.Fatal(err)
	}
	if _, _, outcome, err := n.Follow(h.hand(), forged, ""); outcome != recovery.LinkDead || err != nil {
		t.Errorf("%s %v", outcome, err)
	}
}

// a code is good for its own request alone, even when both are one account's.
func TestCodesOfOtherRequests(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		h.account("bob@post.example")
		n := h.node()
		one, two, bob := n.opens("ann@post.example"), n.opens("ann@post.example"), n.opens("bob@post.example")
		codes := map[secret.Digest]secret.Code{}
		for _, holder := range []secret.Opaque{one, two, bob} {
			codes[holder.Digest()] = n.asks(holder).Code
		}
		for _, other := range []secret.Opaque{two, bob} {
			if outcome, _ := n.enter(one, codes[other.Digest()]); outcome != recovery.Wrong {
				t.Errorf("another request's code: %s", outcome)
			}
		}
		if outcome, _ := n.enter(one, codes[one.Digest()]); outcome != recovery.Proved {
			t.Errorf("its own: %s", outcome)
		}
	})
}

func sameView(a, b recovery.View) bool {
	return a.State == b.State && a.Way == b.Way && a.Address == b.Address && a.Expires.Equal(b.Expires) &&
		a.CodeUntil.Equal(b.CodeUntil) && a.NextClick.Equal(b.NextClick) && a.Clicks == b.Clicks && a.TriesUsed == b.TriesUsed
}
