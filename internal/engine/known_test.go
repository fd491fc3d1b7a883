package engine_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// browser is one that has signed in to an account: what it is known by.
func (n *node) browser(at, chosen string) secret.Opaque {
	n.house.t.Helper()
	known, err := n.KnownBrowser(n.house.hand(), n.signsIn(at, chosen))
	if err != nil {
		n.house.t.Fatal(err)
	}
	return known
}

// types types a code in a browser that is known by something.
func (n *node) types(holder secret.Opaque, code secret.Code, known secret.Opaque) (recovery.Outcome, secret.Opaque) {
	n.house.t.Helper()
	_, outcome, grant, err := n.EnterClaiming(n.house.hand(), holder, code, secret.NewOpaque(), known)
	if err != nil {
		n.house.t.Fatal(err)
	}
	return outcome, grant
}

// a stranger has used up the tries of an account. In a browser that has signed in to it the right code counts all the same, wrong ones
// have a budget of their own, and neither touches the other's.
func TestKnownBrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		h.account("bob@post.example")
		n, other := h.node(), h.node()
		own, bobs := n.browser("ann@post.example", oldPassword), n.browser("bob@post.example", oldPassword)
		n.usesUp("ann@post.example")
		holder := n.opens("ann@post.example")
		code := n.asks(holder).Code
		for _, known := range []secret.Opaque{bobs, secret.NewOpaque()} {
			if o, _ := n.types(holder, code, known); o != recovery.Wrong {
				t.Errorf("a stranger's right code: %s", o)
			}
		}
		before := h.stored(holder).Tally
		if o, _ := other.types(holder, wrongCode(code, 1), own); o != recovery.Wrong {
			t.Error(o)
		}
		if after := h.stored(holder).Tally; after != before {
			t.Errorf("a known browser's wrong code counts for strangers: %+v", after)
		}
		if o, grant := other.types(holder, code, own); o != recovery.Proved || other.set(grant, newPassword) != recovery.Finished {
			t.Errorf("the owner's right code: %s", o)
		}

		// The new password makes strangers of all browsers, and the owner's becomes known by it.
		h.wait(time.Second)
		fresh := n.browser("ann@post.example", newPassword)
		n.usesUp("ann@post.example")
		holder = n.opens("ann@post.example")
		code = n.asks(holder).Code
		if o, _ := n.types(holder, code, own); o != recovery.Wrong {
			t.Errorf("a browser from before the recovery: %s", o)
		}
		if o, _ := n.types(holder, code, fresh); o != recovery.Proved {
			t.Errorf("one from after it: %s", o)
		}
	})
}

// usesUp is a stranger who types wrong codes until an account's tries of the day are gone.
func (n *node) usesUp(at string) {
	n.house.t.Helper()
	for range 3 {
		holder := n.opens(at)
		code := n.asks(holder).Code
		for i := range 5 {
			n.enter(holder, wrongCode(code, 100*i))
		}
	}
}

// A stolen cookie is no free ticket: fifteen wrong codes a day, on however many requests and nodes, and five on one.
func TestAttackStolenKnownCookie(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		nodes := []*node{h.node(), h.node()}
		n := nodes[0]
		known := n.browser("ann@post.example", oldPassword)
		n.usesUp("ann@post.example")
		for range 4 {
			holder := n.opens("ann@post.example")
			code := n.asks(holder).Code
			atOnce(8, func(i int) { nodes[i%2].types(holder, wrongCode(code, i+1), known) })
		}
		holder := n.opens("ann@post.example")
		if o, _ := n.types(holder, n.asks(holder).Code, known); o != recovery.Wrong {
			t.Errorf("the right code after fifteen guesses: %s", o)
		}
		h.wait(25 * time.Hour)
		holder = n.opens("ann@post.example")
		if o, _ := n.types(holder, n.asks(holder).Code, known); o != recovery.Proved {
			t.Errorf("and the day after: %s", o)
		}
	})
}

// "This was not me" holds in every browser.
func TestKnownBrowserAndAShutWay(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		n := h.node()
		m := n.mailboxes()
		_, letters := m.stolen()
		known := n.browser("old@post.example", thievesPassword)
		holder := n.opens("old@post.example")
		code := n.asks(holder).Code
		n.stops(letters[m.own], recovery.Undone)
		if o, _ := n.types(holder, code, known); o == recovery.Proved {
			t.Error("a way that is shut opens in a known browser")
		}
	})
}

// A session that ends while its browser is being made known gives nothing.
func TestAttackKnownByTheNewPassword(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	cookie := n.signsIn("ann@post.example", oldPassword)
	_, grant := n.proves("ann@post.example")
	n.set(grant, newPassword)
	if _, err := n.KnownBrowser(h.hand(), cookie); !errors.Is(err, engine.ErrNoSession) {
		t.Errorf("%v", err)
	}
}

// For a week a stranger asks, guesses and resends for one account, each hour, with the silent caps as they are by default. The owner gets in
// at any moment within the usual steps: by the link of the mail in any browser, and by a typed code in one that has signed in before.
func TestAttackWeek(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		week(t, h, func(int) netip.Addr { return netip.MustParseAddr("198.51.100.66") }, false)
	})
}

// From a hundred networks a stranger uses up all that an account has for strangers. A browser that has signed in before gets in all the same.
func TestAttackWeekFromEverywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		week(t, h, func(hour int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, 100, byte(hour % 100)}) }, true)
	})
}

// usualCaps are the silent limits as they are by default.
func usualCaps() engine.SilentLimits {
	l := config.Default().Limits
	return engine.SilentLimits{Account: l.Account, Network: l.AccountNetwork, Destination: l.Destination}
}

func week(t *testing.T, h *house, strangers func(hour int) netip.Addr, everywhere bool) {
	h.settings.Silent = usualCaps()
	h.account("ann@post.example")
	n := h.node()
	now, epoch := oldPassword, 0
	known := n.browser("ann@post.example", now)
	asked := 0
	decided := func() { // the clock stands still until it is
		asked++
		h.board.until(t, "it is decided whether a message goes", func(b *board) bool { return settledSends(b) == asked })
	}
	for hour := range 7 * 24 {
		holder := n.knocksFrom(strangers(hour), secret.NewOpaque(), "ann@post.example")
		h.found(holder)
		if o := n.choose(holder); o != recovery.Sent {
			t.Fatal(o)
		}
		decided()
		for i := range 5 {
			n.enter(holder, secret.TypedCode(fmt.Sprintf("%08d", 10_000_000+rand.IntN(9)+10*i)))
		}
		for range 2 {
			h.wait(2 * time.Minute)
			if _, o, err := n.Resend(h.hand(), holder); err != nil || o == recovery.Ended {
				t.Fatal(o, err)
			}
			decided()
		}
		if hour%12 == 5 {
			epoch++
			typing, brought := epoch%2 == 0, known
			if !typing && !everywhere {
				brought = secret.Opaque{} // a browser that was never here
			}
			own := n.knocksFrom(client, brought, "ann@post.example")
			h.found(own)
			letter := n.asks(own)
			decided()
			next := fmt.Sprint(newPassword, epoch)
			var grant secret.Opaque
			var o recovery.Outcome
			if typing {
				o, grant = n.types(own, letter.Code, known)
			} else {
				_, grant, o, _ = n.Follow(h.hand(), letter.Link, "")
			}
			if o != recovery.Proved || n.set(grant, next) != recovery.Finished {
				t.Fatalf("hour %d: %s", hour, o)
			}
			h.wait(time.Second)
			now, known = next, n.browser("ann@post.example", next)
		}
		h.wait(56 * time.Minute)
	}
	if !h.opensDoor("ann@post.example", now) {
		t.Error("the owner's password is another one")
	}
	h.board.until(t, "the stranger has run into a cap", func(b *board) bool { return b.count(recovery.EffectSend, engine.Withheld) > 50 })
}

// a browser that has signed in to an account has messages of its own. That of another account, and what was made up, is a
// stranger's; and a new password makes strangers of all.
func TestKnownBrowserIsWrittenTo(t *testing.T) {
	for name, caps := range map[string]engine.SilentLimits{
		"account":     {Account: quota.Limit{Events: 2, Per: 24 * time.Hour}, Network: plenty, Destination: plenty},
		"network":     {Account: plenty, Network: quota.Limit{Events: 2, Per: 24 * time.Hour}, Destination: plenty},
		"destination": {Account: plenty, Network: plenty, Destination: quota.Limit{Events: 2, Per: 24 * time.Hour}},
		"number":      {Account: plenty, Network: plenty, Destination: plenty},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, h *house) {
				way := recovery.WayEmail
				if name == "number" {
					way, h.settings.Texts.Number = recovery.WayPhone, quota.Limit{Events: 2, Per: 24 * time.Hour}
				}
				h.settings.Silent = caps
				h.accountWith("ann@post.example", "+34600123456")
				h.accountWith("bob@post.example", "+34600123457")
				n := h.node()
				own, bobs := n.browser("ann@post.example", oldPassword), n.browser("bob@post.example", oldPassword)
				withheld := 0
				asks := func(what string, known secret.Opaque, comes bool) {
					t.Helper()
					holder := n.knocksFrom(client, known, "ann@post.example")
					h.found(holder)
					n.takes(holder, way)
					if comes {
						h.letterOf(holder, 1)
						return
					}
					withheld++
					h.board.until(t, what, func(b *board) bool { return b.count(recovery.EffectSend, engine.Withheld) >= withheld })
				}
				asks("a stranger", secret.Opaque{}, true)
				asks("a stranger again", secret.Opaque{}, true)
				asks("a third", secret.Opaque{}, false)
				asks("bob's browser", bobs, false)
				asks("one that makes it up", secret.NewOpaque(), false)
				asks("her own", own, true)
				asks("her own again", own, true)
				asks("her own once more", own, false)
				h.wait(25 * time.Hour)
				asks("her own the next day", own, true)
				asks("a stranger the next day", secret.Opaque{}, true)
				if err := h.accounts.SetPassword(t.Context(), address(t, "ann@post.example"), typed(t, newPassword)); err != nil {
					t.Fatal(err)
				}
				asks("her own, after a new password: as a stranger", own, true)
				asks("and again", own, false)
			})
		})
	}
}

// a stranger has used up what an account has for strangers. Its owner, signed in, still gets the code that confirms a new
// number; the help desk still gets a code to the owner; and a text still tells the owner of a new password.
func TestHouseIsWrittenTo(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Silent = engine.SilentLimits{
			Account: quota.Limit{Events: 2, Per: 24 * time.Hour}, Network: plenty, Destination: quota.Limit{Events: 2, Per: 24 * time.Hour},
		}
		h.settings.Texts.Number = quota.Limit{Events: 2, Per: 24 * time.Hour}
		h.accountWith("ann@post.example", "+34600123456")
		n := h.node()
		ann := n.person("ann@post.example")
		withheld := func(times int) {
			t.Helper()
			h.board.until(t, "it is withheld", func(b *board) bool { return b.count(recovery.EffectSend, engine.Withheld) == times })
		}
		for i := range 4 {
			holder := n.opens("ann@post.example")
			if n.takes(holder, recovery.WayPhone); i < 2 {
				h.letterOf(holder, 1)
			}
		}
		withheld(2)
		n.takes(n.opens("ann@post.example"), recovery.WayEmail)
		withheld(3)

		if _, err := n.AddContact(h.hand(), ann.by, number(t, "+34600999888").Contact(), contact.Contact{}, "en"); err != nil {
			t.Fatal(err)
		}
		h.board.verdict(t, recovery.EffectConfirm, engine.Carried, 1)

		pass, refusal, err := h.gate.OpenStaffed(t.Context(), "desk", address(t, "ann@post.example"))
		if err != nil || refusal.Reason != "" {
			t.Fatal(refusal, err)
		}
		if _, err := n.StartFor(t.Context(), pass, "en", func(recovery.Reference) error { return nil }); err != nil {
			t.Fatal(err)
		}
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 3)
		_, grant, o, err := n.Follow(h.hand(), h.board.last().Link, "")
		if err != nil || o != recovery.Proved || n.set(grant, newPassword) != recovery.Finished {
			t.Fatal(o, err)
		}
		h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2) // by mail and by text
	})
}
