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
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// kinds are what happened to a message, in order.
func kinds(m engine.Message) []engine.StepKind {
	var list []engine.StepKind
	for _, s := range m.Steps {
		list = append(list, s.What)
	}
	return list
}

// looksUp finds the one case of a browser's request.
func (n *node) looksUp(holder secret.Opaque) engine.Case {
	n.house.t.Helper()
	v, err := n.View(n.house.hand(), holder)
	if err != nil {
		n.house.t.Fatal(err)
	}
	cases, err := n.LookUp(n.house.t.Context(), v.Reference)
	if err != nil || len(cases) != 1 {
		n.house.t.Fatal(cases, err)
	}
	return cases[0]
}

// "where is my code" is one look-up, with every step, the server's words, and neither code nor link nor whole address.
func TestLookUp(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann.lee@post.example")
		n := h.node()
		h.board.posts(func(_ context.Context, _ engine.Mail, nth int) error {
			if nth == 1 {
				return errors.New("451 greylisted, come back")
			}
			return nil
		})
		holder := n.opens("ann.lee@post.example")
		n.choose(holder)
		h.board.until(t, "it is put off", func(b *board) bool { return b.count(recovery.EffectSend, engine.Later) == 1 })
		c := n.looksUp(holder)
		if len(c.Messages) != 1 || !slices.Equal(kinds(c.Messages[0]), []engine.StepKind{engine.StepQueued, engine.StepDeferred}) {
			t.Errorf("put off: %+v", c)
		}
		h.wait(3 * time.Minute)
		letter := h.letterOf(holder, 1)
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 1)
		known, err := n.Receive(t.Context(), engine.Receipt{Entry: letter.ID, State: engine.ReceiptPending, Said: "still trying", At: h.now()})
		if !known || err != nil {
			t.Fatal(known, err)
		}
		c = n.looksUp(holder)
		m := c.Messages[0]
		if !slices.Equal(kinds(m), []engine.StepKind{engine.StepQueued, engine.StepDeferred, engine.StepHandedOver, engine.StepDelayed}) {
			t.Errorf("%+v", m)
		}
		if m.Steps[1].Said != "451 greylisted, come back" || m.Steps[2].Said != "250 taken" || m.Steps[2].Sender != "board" || m.Steps[3].Said != "still trying" {
			t.Errorf("%+v", m.Steps)
		}
		if !c.Known || c.Over || c.State != recovery.Proving || c.MaxTries == 0 || m.Way != recovery.WayEmail || m.To == "" {
			t.Errorf("%+v", c)
		}
		if outcome, _ := n.enter(holder, letter.Code); outcome != recovery.Proved {
			t.Fatal(outcome)
		}
		text := fmt.Sprintf("%+v %#v", n.looksUp(holder), n.looksUp(holder))
		for what, private := range map[string]string{
			"the code": letter.Code.Reveal(), "the link": letter.Link.Reveal(), "the address": "ann.lee@post.example", "its name": "ann.lee",
		} {
			if strings.Contains(text, private) {
				t.Errorf("%s is in it", what)
			}
		}

		unknown := n.opens("nobody@post.example")
		n.choose(unknown)
		h.board.verdict(t, recovery.EffectSend, engine.Nothing, 1)
		c = n.looksUp(unknown)
		if c.Known || len(c.Messages) != 1 || c.Messages[0].To != "" || !slices.Equal(kinds(c.Messages[0]), []engine.StepKind{engine.StepQueued, engine.StepNothing}) {
			t.Errorf("of nobody: %+v", c)
		}
		if cases, err := n.LookUp(t.Context(), "222-222"); err != nil || len(cases) != 0 {
			t.Errorf("%v, %v", cases, err)
		}
	})
}

// The notices of a recovery are among its messages, one for each contact.
func TestLookUpNotices(t *testing.T) {
	h := onSQLite(t)
	h.accountWith("ann@post.example", "+34600123456")
	n := h.node()
	holder, grant := n.proves("ann@post.example")
	if outcome := n.set(grant, newPassword); outcome != recovery.Finished {
		t.Fatal(outcome)
	}
	h.board.until(t, "both are told", func(b *board) bool { return b.count(recovery.EffectNotify, engine.Carried) == 3 }) // one became two
	to := make(map[string]bool)
	for _, m := range n.looksUp(holder).Messages {
		if m.Kind == recovery.EffectNotify {
			to[m.To] = true
		}
	}
	if len(to) != 2 {
		t.Errorf("%v", to)
	}
}

// the desk begins a recovery, the owner gets the code and the link, and the desk neither. For an address of nobody the answer is
// the same.
func TestStartFor(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		start := func(at string) recovery.Reference {
			t.Helper()
			pass, refusal, err := h.gate.OpenStaffed(t.Context(), "dora", address(t, at))
			if err != nil || refusal.Reason != "" {
				t.Fatal(refusal, err)
			}
			reference, err := n.StartFor(t.Context(), pass, "en", func(recovery.Reference) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			return reference
		}
		ref, of := start("ann@post.example"), start("nobody@post.example")
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 1)
		h.board.verdict(t, recovery.EffectSend, engine.Nothing, 1)
		ids := h.board.ids()
		if len(ids) != 1 || h.board.letters[ids[0]].To.Address != "ann@post.example" {
			t.Fatal(ids)
		}
		if len(ref) != len(of) || ref == of {
			t.Errorf("%s and %s", ref, of)
		}
		if alive, err := n.LinkAlive(h.hand(), h.board.letters[ids[0]].Link); !alive || err != nil {
			t.Errorf("the link of the mail: %t, %v", alive, err)
		}
		for range 4 {
			start("ann@post.example")
		}
		if _, refusal, err := h.gate.OpenStaffed(t.Context(), "dora", address(t, "ann@post.example")); err != nil || refusal.Reason == "" {
			t.Errorf("a sixth one within the hour: %v, %v", refusal, err)
		}
		pass, _, err := h.gate.OpenStaffed(t.Context(), "dora", address(t, "bob@post.example"))
		if err != nil {
			t.Fatal(err)
		}
		unrecorded := errors.New("cannot be recorded")
		if _, err := n.StartFor(t.Context(), pass, "en", func(recovery.Reference) error { return unrecorded }); !errors.Is(err, unrecorded) {
			t.Errorf("done without a record: %v", err)
		}
		if _, _, err := n.Open(t.Context(), pass, "en", secret.Opaque{}); !errors.Is(err, engine.ErrNoPass) {
			t.Errorf("a pass of the desk opens a walk: %v", err)
		}
	})
}

// a contact to which nothing can be delivered is marked for its owner; a code that came in takes the mark away.
func TestHardBounce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		holder := n.opens("ann@post.example")
		letter := n.asks(holder)
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 1)
		p := n.person("ann@post.example")
		ailments := func() []engine.Ailment {
			t.Helper()
			view, err := n.Account(t.Context(), p.by)
			if err != nil {
				t.Fatal(err)
			}
			return view.Ailments
		}
		bounce := engine.Receipt{Entry: letter.ID, State: engine.ReceiptFailed, Said: "550 5.1.1 no such user", At: h.now()}
		for range 2 { // they repeat themselves
			hard := bounce
			hard.Hard = true
			if known, err := n.Receive(t.Context(), hard); !known || err != nil {
				t.Fatal(known, err)
			}
		}
		if list := ailments(); len(list) != 1 || list[0].Contact.Address != "ann@post.example" || list[0].Said != "550 5.1.1 no such user" {
			t.Errorf("%+v", list)
		}
		list, err := n.Deliveries(t.Context(), h.began)
		if err != nil {
			t.Fatal(err)
		}
		bounced := 0
		for _, one := range list {
			bounced += one.Bounced
		}
		if bounced != 1 {
			t.Errorf("counted %d times", bounced)
		}
		if c := n.looksUp(holder); !slices.Contains(kinds(c.Messages[0]), engine.StepBounced) {
			t.Errorf("%+v", c.Messages)
		}
		if outcome, _ := n.enter(holder, letter.Code); outcome != recovery.Proved {
			t.Fatal(outcome)
		}
		if list := ailments(); len(list) != 0 {
			t.Errorf("it came in: %+v", list)
		}

		n.halt() // saves what is still counted in memory
		entered, waits := 0, 0
		if list, err = n.Deliveries(t.Context(), h.began); err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			entered += one.Entered
			for _, n := range one.Coming {
				waits += n
			}
		}
		if entered != 1 || waits != 1 {
			t.Errorf("%d codes entered, %d waits", entered, waits)
		}
		n.run()
		again := n.opens("ann@post.example")
		letter = n.asks(again)
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 2)
		bounce.Entry = letter.ID
		if known, err := n.Receive(t.Context(), bounce); !known || err != nil {
			t.Fatal(known, err)
		}
		if list := ailments(); len(list) != 0 {
			t.Errorf("a full mailbox marks nothing: %+v", list)
		}
		if known, err := n.Receive(t.Context(), engine.Receipt{Entry: "nobody's", State: engine.ReceiptFailed, Hard: true, At: h.now()}); known || err != nil {
			t.Errorf("of nobody's message: %t, %v", known, err)
		}
	})
}

// A sender that is switched off on one node is off on all, and on again likewise.
func TestSwitches(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		one, two := h.idle(), h.idle()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		told := make(chan []string, 10)
		done := make(chan struct{})
		go func() {
			defer close(done)
			two.RunSwitches(ctx, func(off []string) { told <- off })
		}()
		next := func(want ...string) {
			t.Helper()
			select {
			case got := <-told:
				if !slices.Equal(got, want) {
					t.Errorf("told %v, want %v", got, want)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("not told")
			}
		}
		next()
		if err := one.SwitchOff(t.Context(), "main", "dora"); err != nil {
			t.Fatal(err)
		}
		next("main")
		if list, err := two.Switches(t.Context()); err != nil || len(list) != 1 || list[0].By != "dora" || list[0].Sender != "main" {
			t.Errorf("%+v, %v", list, err)
		}
		if err := two.SwitchOn(t.Context(), "main", "dora"); err != nil {
			t.Fatal(err)
		}
		next()
		cancel()
		<-done
	})
}
