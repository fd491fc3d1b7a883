package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

type brokenBreach struct{}

func (brokenBreach) Breached(context.Context, password.Password) (bool, error) {
	return false, errors.New("connection refused")
}

// tries signs in, or not.
func (n *node) tries(at, chosen, browser string) (secret.Opaque, error) {
	t := n.house.t
	t.Helper()
	pass, refusal, err := n.house.gate.SignIn(t.Context(), gate.Knock{Address: address(t, at), Client: client})
	if err != nil || refusal.Reason != "" {
		t.Fatal(refusal, err)
	}
	return n.SignIn(n.house.hand(), pass, typed(t, chosen), browser)
}

func (n *node) signsIn(at, chosen string) secret.Opaque {
	n.house.t.Helper()
	cookie, err := n.tries(at, chosen, "a browser")
	if err != nil {
		n.house.t.Fatal(err)
	}
	return cookie
}

// a wrong password, an unknown address and a disabled account have one answer.
func TestSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		id := h.account("ann@post.example")
		h.account("gone@post.example")
		if err := h.accounts.Disable(t.Context(), address(t, "gone@post.example"), true); err != nil {
			t.Fatal(err)
		}
		n := h.node()
		cookie := n.signsIn("ann@post.example", oldPassword)
		session, err := n.Session(h.hand(), cookie)
		if err != nil || session.Account != id || session.ID != cookie.Digest() || session.Network != "192.0.2.7/32" {
			t.Errorf("%+v, %v", session, err)
		}
		for _, wrong := range [][2]string{
			{"ann@post.example", newPassword}, {"ann@post.example", ""}, {"nobody@post.example", oldPassword}, {"gone@post.example", oldPassword},
		} {
			if cookie, err := n.tries(wrong[0], wrong[1], ""); err != engine.ErrWrong || !cookie.IsZero() {
				t.Errorf("%v: %v", wrong, err)
			}
		}
		pass, _, err := h.gate.OpenKeyed(t.Context(), gate.APIKey{}, gate.Knock{Address: address(t, "ann@post.example"), Client: client})
		if err != nil {
			t.Fatal(err)
		}
		for _, pass := range []gate.Pass{pass, {}} {
			if _, err := n.SignIn(h.hand(), pass, typed(t, oldPassword), ""); err != engine.ErrNoPass {
				t.Errorf("a pass for something else: %v", err)
			}
		}
	})
}

// a sign-in with the old password that is under way while the new one is set begins no session.
func TestSignInWhileThePasswordChanges(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		_, grant := n.proves("ann@post.example")
		for _, tt := range []struct {
			name, typed string
			meanwhile   func()
		}{
			{"a new password", oldPassword, func() { n.set(grant, newPassword) }},
			{"disabled", newPassword, func() {
				if err := h.accounts.Disable(t.Context(), address(t, "ann@post.example"), true); err != nil {
					t.Error(err)
				}
			}},
		} {
			if !h.opensDoor("ann@post.example", tt.typed) {
				t.Fatalf("%s: the password is wrong to begin with", tt.name)
			}
			n.folk.checks(func() {
				h.wait(time.Second)
				tt.meanwhile()
				h.wait(time.Second)
			})
			if cookie, err := n.tries("ann@post.example", tt.typed, ""); err != engine.ErrWrong || !cookie.IsZero() {
				t.Errorf("%s meanwhile: %v", tt.name, err)
			}
			n.folk.checks(nil)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		var cookies [4]secret.Opaque
		for i := range cookies {
			cookies[i] = n.signsIn("ann@post.example", oldPassword)
		}
		alive := func() (list []int) {
			for i, c := range cookies {
				if _, err := n.Session(h.hand(), c); err == nil {
					list = append(list, i)
				} else if !errors.Is(err, engine.ErrNoSession) {
					t.Fatal(err)
				}
			}
			return list
		}
		mine, err := n.Session(h.hand(), cookies[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := n.SignOut(h.hand(), cookies[3]); err != nil || !slices.Equal(alive(), []int{0, 1, 2}) {
			t.Errorf("signed out: %v, %v", alive(), err)
		}
		if err := n.SignOut(h.hand(), cookies[3]); err != nil {
			t.Errorf("signed out again: %v", err)
		}
		if err := n.EndSession(h.hand(), mine, cookies[2].Digest()); err != nil || !slices.Equal(alive(), []int{0, 1}) {
			t.Errorf("one ended: %v, %v", alive(), err)
		}
		if err := n.EndOtherSessions(h.hand(), mine); err != nil || !slices.Equal(alive(), []int{0}) {
			t.Errorf("others ended: %v, %v", alive(), err)
		}
		h.wait(time.Hour - time.Minute)
		if len(alive()) != 1 {
			t.Error("ended while it was used")
		}
		h.wait(time.Hour)
		if len(alive()) != 0 {
			t.Error("idle for an hour, and alive")
		}
		cookies[0] = n.signsIn("ann@post.example", oldPassword)
		for range 30 { // used all the time
			h.wait(50 * time.Minute)
			alive()
		}
		if len(alive()) != 0 {
			t.Error("alive beyond its life")
		}
		if _, err := n.Session(h.hand(), secret.Opaque{}); err != engine.ErrNoSession {
			t.Errorf("no cookie: %v", err)
		}
	})
}

// A session of one account cannot end another's.
func TestSessionsOfOthers(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	h.account("bob@post.example")
	n := h.node()
	ann, err := n.Session(h.hand(), n.signsIn("ann@post.example", oldPassword))
	if err != nil {
		t.Fatal(err)
	}
	bob := n.signsIn("bob@post.example", oldPassword)
	if err := n.EndSession(h.hand(), ann, bob.Digest()); err != nil {
		t.Error(err)
	}
	if _, err := n.Session(h.hand(), bob); err != nil {
		t.Errorf("bob's: %v", err)
	}
}

// a sign-in ends the row of wrong codes, and the day's count stays.
func TestSignInEndsTheRow(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		holder := n.opens("ann@post.example")
		n.choose(holder)
		for range 3 {
			n.enter(holder, secret.TypedCode("no code"))
		}
		n.signsIn("ann@post.example", oldPassword)
		if tally := h.stored(holder).Tally; tally.Row != 0 || tally.Day != 3 {
			t.Errorf("%+v", tally)
		}
	})
}

// The account page's change of password: the current one is asked for, other sessions and all recoveries end, the contacts are told.
func TestChangePassword(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		mine, other := n.signsIn("ann@post.example", oldPassword), n.signsIn("ann@post.example", oldPassword)
		by, err := n.Session(h.hand(), mine)
		if err != nil {
			t.Fatal(err)
		}
		holder := n.opens("ann@post.example")
		letter := n.asks(holder)
		_, grant := n.proves("ann@post.example")

		if _, err := n.ChangePassword(h.hand(), by, typed(t, "not the old one"), typed(t, newPassword), "es"); err != engine.ErrWrong {
			t.Errorf("without the current one: %v", err)
		}
		if verdict, err := n.ChangePassword(h.hand(), by, typed(t, oldPassword), typed(t, "short"), "es"); err != nil || verdict.OK() {
			t.Errorf("a short one: %v, %v", verdict, err)
		}
		if h.board.mails(recovery.EffectNotify) != 0 || !h.opensDoor("ann@post.example", oldPassword) {
			t.Error("something was changed")
		}
		if verdict, err := n.ChangePassword(h.hand(), by, typed(t, oldPassword), typed(t, newPassword), "es"); err != nil || !verdict.OK() {
			t.Fatal(verdict, err)
		}
		if !h.opensDoor("ann@post.example", newPassword) || h.opensDoor("ann@post.example", oldPassword) {
			t.Error("it was not changed")
		}
		if _, err := n.Session(h.hand(), mine); err != nil {
			t.Errorf("the session that changed it: %v", err)
		}
		if _, err := n.Session(h.hand(), other); err != engine.ErrNoSession {
			t.Errorf("the other session: %v", err)
		}
		if outcome, _ := n.enter(holder, letter.Code); outcome != recovery.Wrong {
			t.Errorf("a code from before: %s", outcome)
		}
		if _, err := n.Granted(h.hand(), grant); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("a right from before: %v", err)
		}
		h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2)
		if l := h.board.last(); l.Locale != "es" || l.Proof != recovery.ProofNone || l.To != address(t, "ann@post.example").Contact() {
			t.Errorf("the notice: %+v", l)
		}
	})
}

// Somebody who knows the old password and is signed in types it on the account page just before its owner recovers the account.
// What they wanted to set must not be written over what the owner has set.
func TestAttackChangeAgainstRecovery(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		by, err := n.Session(h.hand(), n.signsIn("ann@post.example", oldPassword))
		if err != nil {
			t.Fatal(err)
		}
		_, grant := n.proves("ann@post.example")
		n.folk.checks(func() { n.set(grant, newPassword) }) // the old one was found right; now the owner sets the new one
		if _, err := n.ChangePassword(h.hand(), by, typed(t, oldPassword), typed(t, "the stranger's own choice"), "en"); err != engine.ErrNoSession {
			t.Errorf("changing: %v", err)
		}
		n.folk.checks(nil)
		if !h.opensDoor("ann@post.example", newPassword) || h.opensDoor("ann@post.example", "the stranger's own choice") {
			t.Error("the owner's new password was written over")
		}
	})
}

func TestAccountPage(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	if _, err := n.tries("ann@post.example", oldPassword, strings.Repeat("é", 150)); err != nil {
		t.Fatal(err)
	}
	by, err := n.Session(h.hand(), n.signsIn("ann@post.example", oldPassword))
	if err != nil {
		t.Fatal(err)
	}
	n.proves("ann@post.example")
	view, err := n.Account(h.hand(), by)
	if err != nil || len(view.Sessions) != 2 || len(view.Emails) != 1 || view.Emails[0] != address(t, "ann@post.example") {
		t.Fatalf("%+v, %v", view, err)
	}
	if !slices.ContainsFunc(view.Sessions, func(s engine.Session) bool { return s.Browser == strings.Repeat("é", 100) }) {
		t.Errorf("a long name was not cut between characters: %+v", view.Sessions)
	}
	events := fmt.Sprint(view.Records)
	for _, want := range []engine.Event{engine.EventSignIn, engine.EventOpened, engine.EventCode, engine.EventEntered} {
		if !strings.Contains(events, string(want)) {
			t.Errorf("nothing is recorded of %s: %v", want, events)
		}
	}
	if err := h.accounts.Disable(t.Context(), address(t, "ann@post.example"), true); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Account(h.hand(), by); err != engine.ErrNoSession {
		t.Errorf("a disabled account: %v", err)
	}
	if _, err := n.ChangePassword(h.hand(), by, typed(t, oldPassword), typed(t, newPassword), ""); err != engine.ErrNoSession {
		t.Errorf("a disabled account: %v", err)
	}
}
