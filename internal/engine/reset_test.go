package engine_test

import (
	"errors"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// The whole walk, with all that must follow from it.
func TestWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		id := h.account("ann@post.example")
		n := h.node()
		cookie := n.signsIn("ann@post.example", oldPassword)
		// Four more browsers are at it: one chooses, one has a code, one is proved, one has used the link.
		choosing := n.opens("ann@post.example")
		proving := n.opens("ann@post.example")
		provingLetter := n.asks(proving)
		_, grantedElsewhere := n.proves("ann@post.example")
		linked := n.opens("ann@post.example")
		_, grantOfLink, outcome, err := n.Follow(h.hand(), n.asks(linked).Link, "")
		if outcome != recovery.Proved || err != nil {
			t.Fatal(outcome, err)
		}
		watched := map[string]secret.Opaque{"choosing": choosing, "proving": proving, "linked": linked}
		before := map[string]recovery.View{}
		for name, holder := range watched {
			if before[name], err = n.View(h.hand(), holder); err != nil {
				t.Fatal(err)
			}
		}

		holder, grant := n.proves("ann@post.example")
		if outcome := n.set(grant, newPassword); outcome != recovery.Finished {
			t.Fatal(outcome)
		}
		if !h.opensDoor("ann@post.example", newPassword) || h.opensDoor("ann@post.example", oldPassword) {
			t.Error("the password is not the new one")
		}
		if v, err := n.View(h.hand(), holder); err != nil || v.State != recovery.Done {
			t.Errorf("the page: %+v, %v", v, err)
		}
		if _, err := n.Session(h.hand(), cookie); !errors.Is(err, engine.ErrNoSession) {
			t.Errorf("R-95: the session lives: %v", err)
		}
		for name, holder := range watched {
			if after, err := n.View(h.hand(), holder); err != nil || !sameView(before[name], after) {
				t.Errorf("R-01: %s sees it: %+v, %v", name, after, err)
			}
		}
		for name, grant := range map[string]secret.Opaque{"proved elsewhere": grantedElsewhere, "by the link": grantOfLink} {
			if _, err := n.Granted(h.hand(), grant); !errors.Is(err, engine.ErrNoRequest) {
				t.Errorf("R-95: %s may still set a password: %v", name, err)
			}
			if outcome, _, err := n.SetPassword(h.hand(), grant, typed(t, "another one altogether"), ""); !errors.Is(err, engine.ErrNoRequest) {
				t.Errorf("R-95: %s: %s %v", name, outcome, err)
			}
		}
		if outcome, _ := n.enter(proving, provingLetter.Code); outcome != recovery.Wrong {
			t.Errorf("R-95: another request's code: %s", outcome)
		}
		if _, _, outcome, err := n.Follow(h.hand(), provingLetter.Link, ""); outcome != recovery.LinkDead || err != nil {
			t.Errorf("R-95: another request's link: %s %v", outcome, err)
		}
		h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2)
		records, err := h.store.Recorded(t.Context(), id, 100)
		if err != nil || len(records) == 0 {
			t.Errorf("%d records, %v", len(records), err)
		}
		if outcome := n.set(grant, "a second one, a while later"); outcome != recovery.Finished || !h.opensDoor("ann@post.example", newPassword) {
			t.Errorf("the grant once more: %s", outcome)
		}
	})
}

// other accounts' requests and sessions are left alone.
func TestOthersAreLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		h.account("bob@post.example")
		n := h.node()
		cookie := n.signsIn("bob@post.example", oldPassword)
		holder := n.opens("bob@post.example")
		letter := n.asks(holder)
		_, grant := n.proves("ann@post.example")
		n.set(grant, newPassword)
		if _, err := n.Session(h.hand(), cookie); err != nil {
			t.Errorf("bob's session: %v", err)
		}
		if outcome, _ := n.enter(holder, letter.Code); outcome != recovery.Proved {
			t.Errorf("bob's code: %s", outcome)
		}
	})
}

// the right to set a password lives 15 minutes, and a password that is refused uses up nothing.
func TestGrant(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	_, grant := n.proves("ann@post.example")
	for _, bad := range []string{"", "short", "password", "ann@post.example"} {
		outcome, verdict, err := n.SetPassword(h.hand(), grant, typed(t, bad), "")
		if outcome != "" || verdict.OK() || err != nil {
			t.Errorf("%q: %s %v %v", bad, outcome, verdict, err)
		}
	}
	h.wait(15*time.Minute - time.Second)
	if v, err := n.Granted(h.hand(), grant); err != nil || v.State != recovery.Resetting {
		t.Errorf("in its last second: %+v, %v", v, err)
	}
	h.wait(time.Second)
	if outcome, _, err := n.SetPassword(h.hand(), grant, typed(t, newPassword), ""); outcome != recovery.Ended || err != nil {
		t.Errorf("after it: %s %v", outcome, err)
	}
	if h.opensDoor("ann@post.example", newPassword) {
		t.Error("it was set")
	}
	for name, other := range map[string]secret.Opaque{"none": {}, "made up": secret.NewOpaque()} {
		if _, err := n.Granted(h.hand(), other); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := n.SetPassword(h.hand(), other, typed(t, newPassword), ""); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// what a browser holds opens its own step alone.
func TestSecretsDoNotCross(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	holder, grant := n.proves("ann@post.example")
	if _, err := n.Granted(h.hand(), holder); !errors.Is(err, engine.ErrNoRequest) {
		t.Errorf("a holder's cookie as a grant: %v", err)
	}
	if _, err := n.View(h.hand(), grant); !errors.Is(err, engine.ErrNoRequest) {
		t.Errorf("a grant as a holder's cookie: %v", err)
	}
	for name, none := range map[string]secret.Opaque{"none": {}, "made up": secret.NewOpaque()} {
		if _, err := n.View(h.hand(), none); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := n.Choose(h.hand(), none, recovery.WayEmail); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, _, err := n.Enter(h.hand(), none, secret.TypedCode("12345678")); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Opening needs the gate's pass for it.
	if _, _, err := n.Open(h.hand(), gate.Pass{}, "en", secret.Opaque{}); !errors.Is(err, engine.ErrNoPass) {
		t.Errorf("no pass: %v", err)
	}
	pass, _, err := h.gate.SignIn(t.Context(), gate.Knock{Address: address(t, "ann@post.example"), Client: client})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.Open(h.hand(), pass, "en", secret.Opaque{}); !errors.Is(err, engine.ErrNoPass) {
		t.Errorf("a pass to the sign-in: %v", err)
	}
}

// whatever fails while the password is being written leaves everything as it was, and the same right works afterwards.
func TestWriteFails(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		_, grant := n.proves("ann@post.example")
		n.saves.fails(func(c engine.Change) error {
			if c.Password != nil {
				return errKilled
			}
			return nil
		})
		if _, _, err := n.SetPassword(h.hand(), grant, typed(t, newPassword), ""); !errors.Is(err, errKilled) {
			t.Errorf("%v", err)
		}
		if h.opensDoor("ann@post.example", newPassword) || h.board.mails(recovery.EffectNotify) != 0 {
			t.Error("half of it was done")
		}
		n.saves.fails(nil)
		if outcome := n.set(grant, newPassword); outcome != recovery.Finished || !h.opensDoor("ann@post.example", newPassword) {
			t.Errorf("tried again: %s", outcome)
		}
		h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2)
	})
}

// Invariant 3: nothing is told before it is saved, at any step.
func TestNothingIsToldBeforeItIsSaved(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	holder := n.opens("ann@post.example")
	letter := n.asks(holder)
	h.wait(time.Minute)
	before := h.stored(holder)
	n.saves.fails(func(engine.Change) error { return errKilled })
	recorded := len(h.board.recorded(engine.EventEntered))
	if v, outcome, err := n.Resend(h.hand(), holder); !errors.Is(err, errKilled) || outcome != "" || v.Clicks != 0 {
		t.Errorf("resend: %s %v", outcome, err)
	}
	if v, outcome, grant, err := n.Enter(h.hand(), holder, letter.Code); !errors.Is(err, errKilled) || outcome != "" || !grant.IsZero() || v.Clicks != 0 {
		t.Errorf("the right code: %s %v", outcome, err)
	}
	if holder, grant, outcome, err := n.Follow(h.hand(), letter.Link, ""); !errors.Is(err, errKilled) || !holder.IsZero() || !grant.IsZero() {
		t.Errorf("the link: %s %v", outcome, err)
	}
	if after := h.stored(holder); after.Version != before.Version || len(h.board.recorded(engine.EventEntered)) != recorded {
		t.Error("something was saved, or told")
	}
	n.saves.fails(nil)
	if outcome, _ := n.enter(holder, letter.Code); outcome != recovery.Proved {
		t.Error(outcome)
	}
}

// The breach service being down is told to the operator and blocks nobody.
func TestBreachServiceDown(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	h.settings.Password = password.Rules{Breach: brokenBreach{}}
	n := h.node()
	_, grant := n.proves("ann@post.example")
	if outcome := n.set(grant, newPassword); outcome != recovery.Finished {
		t.Error(outcome)
	}
}
