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
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// watcher is a stranger who walks and looks.
type watcher struct {
	*node
	holder secret.Opaque
	seen   []string
	worked []string // by the workers
}

// looks writes down all that comes out of a step: the outcome, the view, the error; and what the step did to the store.
func (w *watcher) looks(at string, v recovery.View, outcome recovery.Outcome, err error) {
	v.Address, v.Reference = "", "" // what was typed differs, of course, and every request has a reference of its own
	for i := range v.Questions {
		v.Questions[i] = "" // each address has its own
	}
	hand, worker := w.saves.taken()
	w.worked = append(w.worked, worker...)
	w.seen = append(w.seen, fmt.Sprintf("%s: %s %#v %v %v", at, outcome, v, err, hand))
}

// Invariants 3, 4 and 5, R-01, R-34, R-46: whatever kind of account an address belongs to, a stranger sees the same at every
// step, the handlers do the same reads and the same commits, and so do the workers but for handing over the mail itself.
func TestDecoyBesideReal(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Ways = append(h.settings.Policy.Ways, recovery.WaySaved)
		h.account("known@post.example")
		h.accountWith("phone@post.example", "+34600123456")
		h.account("questions@post.example")
		h.accountWith("elsewhere@post.example", "+33612345678") // a country that nothing is sent to
		h.account("disabled@post.example")
		if err := h.accounts.Disable(t.Context(), address(t, "disabled@post.example"), true); err != nil {
			t.Fatal(err)
		}
		n := h.node() // one for all: they walk one after another
		set := n.person("questions@post.example")
		set.setsQuestions()
		set.makesSaved()
		// Settled, not just sent: what a worker still has to save of them would be taken for the first walk's.
		h.board.until(t, "the notices are settled", func(b *board) bool {
			n := 0
			for _, s := range b.settled {
				if s.Entry.Effect.Kind == recovery.EffectNotify && !s.Entry.Contact.IsZero() {
					n++
				}
			}
			return n == 2
		})
		before := len(h.board.ids())
		n.saves.taken()
		n.limits.taken = 0
		var first []string
		for _, at := range []string{
			"unknown@post.example", "known@post.example", "phone@post.example", "questions@post.example", "elsewhere@post.example", "disabled@post.example",
		} {
			began := h.now()
			w := &watcher{node: n}
			w.walk(at)
			w.looks("the end", recovery.View{}, "", nil)
			for i := range w.worked {
				w.worked[i] = strings.TrimSuffix(w.worked[i], "+turnout") // a text was handed over
			}
			slices.Sort(w.worked) // workers overtake each other
			w.seen = append(w.seen, fmt.Sprint(w.worked, w.limits.taken))
			n.limits.taken = 0
			h.ahead.Add(int64(began.Sub(h.now()))) // back to where the first one began
			if first == nil {
				first = w.seen
				continue
			}
			for i := range first {
				if w.seen[i] != first[i] {
					t.Errorf("%s, step %d:\n  is %s\nnot %s", at, i, w.seen[i], first[i])
				}
			}
		}
		var to []string
		for _, id := range h.board.ids()[before:] {
			to = append(to, h.board.letters[id].To.Address)
		}
		want := []string{
			"known@post.example", "known@post.example", "phone@post.example", "phone@post.example", "+34600123456",
			"questions@post.example", "questions@post.example", "elsewhere@post.example", "elsewhere@post.example",
		}
		slices.Sort(to)
		slices.Sort(want)
		if !slices.Equal(to, want) {
			t.Errorf("sent to %v", to)
		}
	})
}

// walk does what a stranger without a right code can do, and waits for the workers after each step that gives them work.
func (w *watcher) walk(at string) {
	h := w.house
	t := h.t
	asks := 1
	settled := func(kind recovery.EffectKind) {
		id := h.stored(w.holder).Request.ID
		count := 0
		h.board.until(t, "the worker is done", func(b *board) bool {
			n := 0
			for _, s := range b.settled {
				if s.Entry.Request == id && s.Entry.Effect.Kind == kind && s.Verdict != engine.Later {
					n++
				}
			}
			if count == 0 {
				count = n
			}
			switch kind {
			case recovery.EffectSend:
				return n > 0 && n == h.stored(w.holder).Request.Clicks
			case recovery.EffectAsk:
				return n == asks
			}
			return n > 0
		})
	}
	view := func(name string) {
		v, err := w.View(h.hand(), w.holder)
		w.looks(name, v, "", err)
	}
	enter := func(name, digits string) {
		v, outcome, grant, err := w.Enter(h.hand(), w.holder, secret.TypedCode(digits))
		if !grant.IsZero() {
			t.Error("a grant for a guess")
		}
		w.looks(name, v, outcome, err)
	}
	choose := func(name string, way recovery.Way) {
		v, outcome, err := w.Choose(h.hand(), w.holder, way)
		w.looks(name, v, outcome, err)
	}
	resend := func(name string) {
		v, outcome, err := w.Resend(h.hand(), w.holder)
		w.looks(name, v, outcome, err)
	}

	w.holder = w.knocks(at)
	settled(recovery.EffectFind)
	view("opened")
	enter("a code before any was asked for", "12345678")
	choose("no way", recovery.WayNone)
	choose("choose", recovery.WayEmail)
	settled(recovery.EffectSend)
	view("chosen")
	enter("blank", " ")
	enter("wrong", "12345678")
	enter("no code at all", "hello")
	resend("inside the cool-down")
	v, outcome, err := w.Another(h.hand(), w.holder)
	w.looks("another way", v, outcome, err)
	choose("and back", recovery.WayEmail)
	h.wait(time.Minute)
	resend("again")
	settled(recovery.EffectSend)
	enter("wrong", "00000000")
	enter("wrong", "99999999")
	enter("the last", "11111111")
	enter("one more", "11111112")
	view("tries used")
	h.wait(15 * time.Minute)
	enter("run out", "11111113")

	w.holder = w.knocks(at)
	settled(recovery.EffectFind)
	choose("by phone", recovery.WayPhone)
	settled(recovery.EffectSend)
	view("by phone")
	enter("wrong by phone", "12345678")
	choose("by questions", recovery.WayQuestions)
	settled(recovery.EffectAsk)
	view("questions")
	answer := func(name string, given ...question.Answer) {
		v, outcome, grant, err := w.Answer(h.hand(), w.holder, given, secret.NewOpaque())
		if !grant.IsZero() {
			t.Error("a grant for a guess")
		}
		w.looks(name, v, outcome, err)
	}
	answer("none")
	answer("one", answered(t, "first guess"))
	answer("two", answered(t, "first guess"), answered(t, "second guess"))
	enter("a code among answers", "12345678")
	choose("by a saved code", recovery.WaySaved)
	asks = 2
	settled(recovery.EffectAsk)
	view("saved")
	for _, text := range []string{"", "nonsense", "4k7q-0000-0000-0000", "9k7q-0000-0000-0000", "5k7q-0000-0000-0000"} {
		code, _ := secret.TypedSaved(text)
		v, outcome, _, err := w.SpendSaved(h.hand(), w.holder, code, secret.NewOpaque())
		w.looks("saved "+text, v, outcome, err)
	}
	answer("and answers", answered(t, "first guess"), answered(t, "second guess"))
	h.wait(59 * time.Minute)
	view("over")
	enter("over", "11111114")
	resend("over")
}

// all requests for one unknown address draw on one tally, as those of a known one do, however it is spelt.
func TestDecoysHaveTallies(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("known@post.example")
		n := h.node()
		for _, spellings := range [][]string{
			{"known@post.example", "KNOWN@POST.EXAMPLE"}, {"unknown@post.example", "Unknown@Post.Example"},
		} {
			for i, at := range spellings {
				holder := n.opens(at)
				n.choose(holder)
				n.enter(holder, secret.TypedCode("12345678"))
				if tally := h.stored(holder).Tally; tally.Day != i+1 {
					t.Errorf("%s: %+v", at, tally)
				}
			}
		}
	})
}

// Invariant 4: while a person waits, the directory is not asked. Only the new password itself asks it.
func TestHandlersNeverAskTheDirectory(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.idle()
	holder := n.knocks("ann@post.example")
	n.choose(holder)
	n.enter(holder, secret.TypedCode("12345678"))
	h.wait(time.Minute)
	if _, _, err := n.Resend(h.hand(), holder); err != nil {
		t.Fatal(err)
	}
	if n.folk.found != 0 || len(h.board.ids()) != 0 {
		t.Errorf("asked %d times, %d mails", n.folk.found, len(h.board.ids()))
	}
	if hand, worker := n.saves.taken(); len(worker) != 0 || !slices.Contains(hand, "save create+1 entries") {
		t.Errorf("%v, %v", hand, worker)
	}
}

// Dead accounts: an account that is disabled in the middle of the walk gets nothing more and is not revived (CVE-2024-39836): not by
// what was proved before, not once it is allowed again either.
func TestDisabledOnTheWay(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		open := n.opens("ann@post.example")
		letter := n.asks(open)
		_, grant := n.proves("ann@post.example")
		for _, disabled := range []bool{true, false} {
			if err := h.accounts.Disable(t.Context(), address(t, "ann@post.example"), disabled); err != nil {
				t.Fatal(err)
			}
			if _, _, err := n.SetPassword(h.hand(), grant, typed(t, newPassword), ""); !errors.Is(err, engine.ErrNoRequest) {
				t.Errorf("disabled=%t: a right from before: %v", disabled, err)
			}
			if outcome, _ := n.enter(open, letter.Code); outcome != recovery.Wrong {
				t.Errorf("disabled=%t: a code from before: %s", disabled, outcome)
			}
			if alive, err := n.LinkAlive(h.hand(), letter.Link); alive || err != nil {
				t.Errorf("disabled=%t: a link from before: %t %v", disabled, alive, err)
			}
		}
		if h.opensDoor("ann@post.example", newPassword) || !h.opensDoor("ann@post.example", oldPassword) {
			t.Error("the password was written")
		}
		if n := h.board.mails(recovery.EffectNotify); n != 0 {
			t.Errorf("%d notices", n)
		}
	})
}

// The operator sets a password, as after a break-in: what a stranger proved before is worth nothing any more.
func TestAttackGrantAgainstOperator(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		open := n.opens("ann@post.example")
		letter := n.asks(open)
		_, grant := n.proves("ann@post.example")
		if err := h.accounts.SetPassword(t.Context(), address(t, "ann@post.example"), typed(t, newPassword)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := n.SetPassword(h.hand(), grant, typed(t, "the stranger's own choice"), ""); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("a right from before: %v", err)
		}
		if outcome, _ := n.enter(open, letter.Code); outcome != recovery.Wrong {
			t.Errorf("a code from before: %s", outcome)
		}
		if !h.opensDoor("ann@post.example", newPassword) {
			t.Error("the operator's password was written over")
		}
	})
}

// Letters to an account may take as long as the mail server likes: nobody's account is looked for any later, which would show on
// the waiting page whether an address that somebody asked for again and again has an account.
func TestAttackQueueBehindLetters(t *testing.T) {
	h := onSQLite(t)
	h.settings.Workers = 3
	h.account("ann@post.example")
	n := h.node()
	over := make(chan struct{})
	defer close(over)
	h.board.posts(func(context.Context, engine.Mail, int) error { <-over; return nil })
	for range 2 * h.settings.Workers {
		n.choose(n.opens("ann@post.example"))
	}
	h.board.until(t, "the mail server is kept busy", func(b *board) bool { return len(b.handed) == h.settings.Workers })
	holder := n.opens("me@elsewhere.example")
	if outcome := n.choose(holder); outcome != recovery.Sent {
		t.Fatal(outcome)
	}
	if outcome, _ := n.enter(holder, secret.TypedCode("12345678")); outcome != recovery.Wrong {
		t.Errorf("the stranger is told %s", outcome)
	}
}
