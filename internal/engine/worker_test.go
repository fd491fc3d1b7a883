package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

var errKilled = errors.New("killed")

// nothingLeft says that the outbox holds nothing that anybody would take, now or ever, once what is under way is settled: a message may be out
// before the finding of its account is.
func (h *house) nothingLeft() {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if list, err := h.store.Backlog(h.t.Context()); err != nil {
			h.t.Fatal(err)
		} else if len(list) == 0 {
			break
		}
	}
	later := h.now().Add(24 * time.Hour)
	left, err := h.store.Lease(h.t.Context(), later, later.Add(time.Minute), 10)
	if err != nil || len(left) != 0 {
		h.t.Errorf("left in the outbox: %+v, %v", left, err)
	}
}

// blocker is something to wait for until release is called, at the latest when the test ends.
func blocker(t *testing.T) (blocked <-chan struct{}, release func()) {
	c := make(chan struct{})
	release = sync.OnceFunc(func() { close(c) })
	t.Cleanup(release)
	return c, release
}

// Invariant 7: what was saved is carried out, by whoever comes next.
func TestOutboxOutlivesItsNode(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		asked := h.idle() // no worker: it dies before anything is done
		holder := asked.knocks("ann@post.example")
		if outcome := asked.choose(holder); outcome != recovery.Sent {
			t.Fatal(outcome)
		}
		if len(h.board.ids()) != 0 {
			t.Fatal("a handler sent something") // invariant 4
		}
		n := h.node()
		letter := h.letterOf(holder, 1)
		if outcome, _ := n.enter(holder, letter.Code); outcome != recovery.Proved {
			t.Error(outcome)
		}
		h.board.verdict(t, recovery.EffectFind, engine.Carried, 1)
		h.nothingLeft()
	})
}

// Two nodes at one outbox: every letter goes out once.
func TestTwoNodesOneOutbox(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		first, second := h.idle(), h.idle()
		var holders []secret.Opaque
		for range 40 {
			holder := first.knocks("ann@post.example")
			first.choose(holder)
			holders = append(holders, holder)
		}
		first.run()
		second.run()
		for _, holder := range holders {
			h.letterOf(holder, 1)
		}
		ids := h.board.ids()
		slices.Sort(ids)
		if len(ids) != 40 || len(slices.Compact(ids)) != 40 {
			t.Errorf("%d mails, %d different ones", len(ids), len(slices.Compact(ids)))
		}
		h.board.verdict(t, recovery.EffectFind, engine.Carried, 40)
		h.nothingLeft()
	})
}

// A node that is slower than its lease: another one takes over, the repeat is known as one, and the first one's settlement
// counts for nothing.
func TestLeaseLost(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		slow, quick := h.node(), h.idle()
		holder := slow.opens("ann@post.example")
		blocked, release := blocker(t)
		h.board.posts(func(_ context.Context, _ engine.Mail, nth int) error {
			if nth == 1 {
				<-blocked
			}
			return nil
		})
		slow.choose(holder)
		h.board.until(t, "the slow one has begun", func(b *board) bool { return len(b.handed) == 1 })
		h.wait(90*time.Second - time.Millisecond)
		if taken, err := h.store.Lease(t.Context(), h.now(), h.now().Add(time.Minute), 10); err != nil || len(taken) != 0 {
			t.Fatalf("taken within the lease: %+v, %v", taken, err)
		}
		h.wait(time.Millisecond)
		quick.run()
		h.letterOf(holder, 1)
		release()
		slow.halt()
		if ids := h.board.ids(); len(ids) != 2 || ids[0] != ids[1] {
			t.Errorf("sent as %v", ids)
		}
		h.board.verdict(t, recovery.EffectSend, engine.Carried, 1)
		h.nothingLeft()
	})
}

// A program that dies between handing over and settling: one repeat, under the same Message-ID. If that dies too, no third.
func TestDeathBetweenSendAndSettle(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		holder := n.opens("ann@post.example")
		deaths := 0
		grave, rise := blocker(t)
		n.saves.fails(func(c engine.Change) error {
			if c.Settle == nil || c.Settle.Verdict != engine.Carried {
				return nil
			}
			h.board.change(func() { deaths++ })
			<-grave // the dead save nothing
			return errKilled
		})
		n.choose(holder)
		for i := range 2 {
			h.board.until(t, "it dies", func(b *board) bool { return len(b.arrived) == i+1 && deaths == i+1 })
			h.wait(90 * time.Second)
			n.Wake()
		}
		h.board.verdict(t, recovery.EffectSend, engine.Unsure, 1)
		n.saves.fails(nil)
		rise()
		if ids := h.board.ids(); len(ids) != 2 || ids[0] != ids[1] {
			t.Errorf("sent as %v", ids)
		}
		h.nothingLeft()
		h.wait(2 * time.Minute)
		if _, outcome, err := n.Resend(h.hand(), holder); err != nil || outcome != recovery.SentAgain {
			t.Errorf("a click goes on as ever: %s %v", outcome, err)
		}
		if letter := h.letterOf(holder, 1); letter.Code.IsZero() {
			t.Error("no code")
		}
	})
}

// Programs that die holding a message before its last byte lose nothing and repeat nothing, however many they are.
func TestDeathsBeforeTheLastByte(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		holder := n.opens("ann@post.example")
		const deaths = 5
		grave, rise := blocker(t)
		h.board.posts(func(_ context.Context, _ engine.Mail, nth int) error {
			if nth <= deaths {
				<-grave
				return errKilled
			}
			return nil
		})
		n.choose(holder)
		for i := range deaths {
			h.board.until(t, "it dies", func(b *board) bool { return len(b.handed) == i+1 })
			h.wait(90 * time.Second)
			n.Wake()
		}
		h.letterOf(holder, 1)
		rise()
		n.halt()
		if n := h.board.mails(recovery.EffectSend); n != 1 {
			t.Errorf("%d mails", n)
		}
		h.nothingLeft()
	})
}

// The database does not answer for a while: what was not begun is given back and does not wait for its lease to run out; what was
// handed over is not handed over again.
func TestDatabaseDownThenUp(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	errFull := errors.New("the disk is full")
	down := func(what func(c engine.Change) bool) *atomic.Int32 {
		failed := new(atomic.Int32)
		n.saves.fails(func(c engine.Change) error {
			if what(c) && failed.Add(1) <= 2 {
				return errFull
			}
			return nil
		})
		return failed
	}
	again := func(kind recovery.EffectKind) {
		for i := range 2 {
			h.board.verdict(t, kind, engine.Later, i+1)
			h.wait(10 * time.Second)
			n.Wake()
		}
	}
	down(func(c engine.Change) bool { return c.Join != nil })
	holder := n.knocks("ann@post.example")
	again(recovery.EffectFind)
	h.found(holder)
	failed := down(func(c engine.Change) bool { return c.Settle != nil && c.Settle.Verdict == engine.Carried })
	letter := n.asks(holder)
	if failed.Load() != 3 {
		t.Errorf("the settlement was saved %d times", failed.Load())
	}
	_, grant := n.enter(holder, letter.Code)
	down(func(c engine.Change) bool { return len(c.Entries) > 0 && c.Settle != nil })
	n.set(grant, newPassword)
	again(recovery.EffectNotify)
	h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2)
	if ids := h.board.ids(); len(ids) != 2 {
		t.Errorf("%d mails", len(ids))
	}
	h.nothingLeft()
}

// A fault of the program costs the entry at which it shows, and neither the program nor the other entries.
func TestFault(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	h.account("bob@post.example")
	n := h.node()
	h.board.posts(func(_ context.Context, m engine.Mail, _ int) error {
		if m.To.Local() == "ann" {
			panic("a fault")
		}
		return nil
	})
	n.choose(n.opens("ann@post.example"))
	n.asks(n.opens("bob@post.example"))
	h.board.verdict(t, recovery.EffectSend, engine.Refused, 1)
	if !strings.Contains(h.log.String(), "a fault") {
		t.Error("not told")
	}
	h.nothingLeft()
}

// a new password also ends the requests of the account of which nobody knew yet whose they are.
func TestNewPasswordBeforeTheAccountWasLookedFor(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		_, grant := n.proves("ann@post.example")
		n.folk.fails(errors.New("connection refused"))
		before := n.knocks("ann@post.example")
		n.choose(before)
		h.board.until(t, "the directory is asked", func(b *board) bool { return b.count(recovery.EffectFind, engine.Later) == 1 })
		h.wait(time.Second)
		n.set(grant, newPassword)
		h.wait(time.Second)
		after := n.knocks("ann@post.example")
		n.folk.fails(nil)
		h.wait(10 * time.Second)
		n.Wake()
		h.found(before)
		h.found(after)
		if h.stored(before).Request.Real {
			t.Error("the request outlived the new password")
		}
		if !h.stored(after).Request.Real {
			t.Error("a request from after it is none of the account's")
		}
	})
}

// Stopping finishes what is under way: breaking off in the middle of handing over is what makes repeats.
func TestStoppingFinishes(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	holder := n.opens("ann@post.example")
	blocked, release := blocker(t)
	h.board.posts(func(ctx context.Context, _ engine.Mail, _ int) error {
		<-blocked
		return ctx.Err()
	})
	n.choose(holder)
	h.board.until(t, "it has begun", func(b *board) bool { return len(b.handed) == 1 })
	n.stop()
	select {
	case <-n.stopped:
		t.Error("it did not wait")
	default:
	}
	release()
	<-n.stopped
	h.board.verdict(t, recovery.EffectSend, engine.Carried, 1)
	h.nothingLeft()
}

// mail down: the same answer to the person, tried again at growing intervals, delivered once it is up.
func TestMailDownThenUp(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		h.settings.Silent.Account = quota.Limit{Events: 1, Per: time.Hour}
		n := h.node()
		holder := n.opens("ann@post.example")
		h.board.posts(func(_ context.Context, _ engine.Mail, nth int) error {
			if nth <= 3 {
				return errors.New("connection refused")
			}
			return nil
		})
		if outcome := n.choose(holder); outcome != recovery.Sent {
			t.Errorf("the person is told %s", outcome)
		}
		for i := range 3 {
			h.board.verdict(t, recovery.EffectSend, engine.Later, i+1)
			last := h.board.lastSettled()
			if wait, about := last.Due.Sub(last.At), 2*time.Second<<i; wait < about*3/4 || wait > about*5/4 {
				t.Errorf("tried again after %v, want about %v", wait, about)
			}
			h.wait(last.Due.Sub(last.At))
			n.Wake()
		}
		// A cap of one message an hour does not count the same message twice.
		letter := h.letterOf(holder, 1)
		if ids := h.board.ids(); len(ids) != 4 || len(slices.Compact(ids)) != 1 {
			t.Errorf("sent as %v", ids)
		}
		if outcome, _ := n.enter(holder, letter.Code); outcome != recovery.Proved {
			t.Error(outcome)
		}
		h.nothingLeft()
	})
}

// a message whose code has run out is not sent. A new click brings a new code.
func TestTooLate(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		holder := n.opens("ann@post.example")
		h.board.posts(func(context.Context, engine.Mail, int) error { return errors.New("connection refused") })
		n.choose(holder)
		h.board.verdict(t, recovery.EffectSend, engine.Later, 1)
		tried := len(h.board.ids())
		h.board.posts(nil)
		h.wait(15 * time.Minute)
		n.Wake()
		h.board.verdict(t, recovery.EffectSend, engine.TooLate, 1)
		if len(h.board.ids()) != tried {
			t.Error("it was sent")
		}
		h.nothingLeft()
		if _, outcome, err := n.Resend(h.hand(), holder); outcome != recovery.Sent || err != nil {
			t.Errorf("%s %v", outcome, err)
		}
		if outcome, _ := n.enter(holder, h.letterOf(holder, 1).Code); outcome != recovery.Proved {
			t.Error(outcome)
		}
	})
}

// A notice is not sent any more once "this was not me" would not work any more.
func TestNoticeTooLate(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	_, grant := n.proves("ann@post.example")
	h.board.posts(func(context.Context, engine.Mail, int) error { return errors.New("connection refused") })
	n.set(grant, newPassword)
	h.board.verdict(t, recovery.EffectNotify, engine.Later, 1)
	h.wait(72 * time.Hour)
	h.board.posts(nil)
	n.Wake()
	h.board.verdict(t, recovery.EffectNotify, engine.TooLate, 1)
	if n := h.board.mails(recovery.EffectNotify); n != 0 {
		t.Errorf("%d notices", n)
	}
	h.nothingLeft()
}

// A server's final no is final, and the person sees nothing of it.
func TestRefusal(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	holder := n.opens("ann@post.example")
	h.board.posts(func(context.Context, engine.Mail, int) error { return &engine.Refusal{Said: "no such mailbox"} })
	n.choose(holder)
	h.board.verdict(t, recovery.EffectSend, engine.Refused, 1)
	h.board.tells(t, engine.EventCode, "refused")
	if v, err := n.View(h.hand(), holder); err != nil || v.State != recovery.Proving || v.RunOut() {
		t.Errorf("the page: %+v, %v", v, err)
	}
	h.nothingLeft()
}

func TestLetterThatCannotBeWritten(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	holder := n.opens("ann@post.example")
	h.board.change(func() { h.board.composes = errors.New("no such template") })
	n.choose(holder)
	h.board.verdict(t, recovery.EffectSend, engine.Refused, 1)
	if len(h.board.ids()) != 0 {
		t.Error("something was sent")
	}
	h.nothingLeft()
}

// over a silent cap the message is not sent and nothing shows. The link of the last mail still works.
func TestSilentCaps(t *testing.T) {
	for name, silent := range map[string]engine.SilentLimits{
		"account":     {Account: quota.Limit{Events: 2, Per: time.Hour}, Network: plenty, Destination: plenty},
		"network":     {Account: plenty, Network: quota.Limit{Events: 2, Per: time.Hour}, Destination: plenty},
		"destination": {Account: plenty, Network: plenty, Destination: quota.Limit{Events: 2, Per: time.Hour}},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, h *house) {
				h.account("ann@post.example")
				h.account("bob@post.example")
				h.settings.Silent = silent
				n := h.node()
				var letters []engine.Letter
				for i := range 4 {
					holder := n.opens("ann@post.example")
					if outcome := n.choose(holder); outcome != recovery.Sent {
						t.Errorf("message %d: the person is told %s", i+1, outcome)
					}
					if i < 2 {
						letters = append(letters, h.letterOf(holder, 1))
					} else {
						h.board.verdict(t, recovery.EffectSend, engine.Withheld, i-1)
					}
					if v, err := n.View(h.hand(), holder); err != nil || v.State != recovery.Proving || v.RunOut() || v.Clicks != 1 {
						t.Errorf("message %d: the page shows %+v, %v", i+1, v, err)
					}
				}
				if len(h.board.ids()) != 2 {
					t.Errorf("%d mails", len(h.board.ids()))
				}
				if _, _, outcome, err := n.Follow(h.hand(), letters[1].Link, ""); outcome != recovery.Proved || err != nil {
					t.Errorf("the last link: %s %v", outcome, err)
				}
				n.asks(n.opens("bob@post.example"))
				h.wait(time.Hour)
				n.asks(n.opens("ann@post.example"))
				h.nothingLeft()
			})
		})
	}
}

// whatever was down at the first attempt, the caps hold at the next. A cap that cannot be counted sends nothing.
func TestCapsHoldAfterFailures(t *testing.T) {
	for name, breakIt := range map[string]func(n *node, err error){
		"limiter down":   func(n *node, err error) { n.limits.fails(err) },
		"directory down": func(n *node, err error) { n.folk.fails(err) },
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			h.account("ann@post.example")
			h.settings.Silent.Account = quota.Limit{Events: 1, Per: time.Hour}
			n := h.node()
			n.asks(n.opens("ann@post.example")) // the one that may go
			breakIt(n, errors.New("connection refused"))
			holder := n.knocks("ann@post.example")
			if outcome := n.choose(holder); outcome != recovery.Sent {
				t.Errorf("the person is told %s", outcome)
			}
			h.board.until(t, "it fails", func(b *board) bool { return b.count(recovery.EffectSend, engine.Later) == 1 })
			if len(h.board.ids()) != 1 {
				t.Error("sent although nothing was counted")
			}
			breakIt(n, nil)
			h.wait(10 * time.Second)
			n.Wake()
			h.board.verdict(t, recovery.EffectSend, engine.Withheld, 1)
			if len(h.board.ids()) != 1 {
				t.Error("the cap was passed by")
			}
		})
	}
}

// directory down: everyone waits alike, nobody's try is counted, and it goes on when it is up.
func TestDirectoryDown(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		n.folk.fails(errors.New("connection refused"))
		known, unknown := n.knocks("ann@post.example"), n.knocks("nobody@post.example")
		h.board.verdict(t, recovery.EffectFind, engine.Later, 2)
		for _, holder := range []secret.Opaque{known, unknown} {
			if outcome := n.choose(holder); outcome != recovery.Sent {
				t.Errorf("told %s", outcome)
			}
			if outcome, _ := n.enter(holder, secret.TypedCode("12345678")); outcome != recovery.Waiting {
				t.Errorf("a code is answered by %s", outcome)
			}
			if r := h.stored(holder).Request; r.Tries != 0 {
				t.Errorf("%d tries", r.Tries)
			}
		}
		h.board.verdict(t, recovery.EffectSend, engine.Later, 2)
		n.folk.fails(nil)
		h.wait(10 * time.Second)
		n.Wake()
		if outcome, _ := n.enter(known, h.letterOf(known, 1).Code); outcome != recovery.Proved {
			t.Error(outcome)
		}
		h.board.verdict(t, recovery.EffectSend, engine.Nothing, 1)
		h.board.verdict(t, recovery.EffectFind, engine.Carried, 2)
		h.nothingLeft()
	})
}

// a notice waits for a directory that is down, and goes to the contact on record, in the language that the account has set,
// whatever that of the pages was.
func TestNoticeWaitsForDirectory(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	n := h.node()
	_, grant := n.proves("ann@post.example")
	h.board.until(t, "all is settled", func(b *board) bool { return len(b.settled) == 2 })
	if code := h.board.last(); code.Kind != recovery.EffectSend || code.Locale != "es" {
		t.Errorf("the code: %+v", code)
	}
	n.folk.fails(nil)
	n.saves.fails(func(c engine.Change) error {
		if c.Password != nil {
			n.folk.fails(errors.New("connection refused")) // from the moment at which the password is set
		}
		return nil
	})
	n.set(grant, newPassword)
	h.board.verdict(t, recovery.EffectNotify, engine.Later, 1)
	n.folk.fails(nil)
	h.wait(10 * time.Second)
	n.Wake()
	h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2)
	h.board.tells(t, engine.EventNotice, "carried")
	if letter := h.board.last(); letter.Kind != recovery.EffectNotify || letter.To != address(t, "ann@post.example").Contact() ||
		letter.Proof != recovery.ProofCode || letter.Locale != "es" || !letter.Code.IsZero() || !letter.Link.IsZero() {
		t.Errorf("the notice: %+v", letter)
	}
	h.nothingLeft()
}

// what a revoked key made is dead: no letters, no codes, no links.
func TestRevokedKey(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example")
	before := h.node()
	holder := before.opens("ann@post.example")
	letter := before.asks(holder)
	before.halt()
	h.settings.Codes = secret.NewRing("2", secret.NewKey())
	after := h.node()
	if outcome, _ := after.enter(holder, letter.Code); outcome != recovery.Wrong {
		t.Errorf("its code: %s", outcome)
	}
	if alive, err := after.LinkAlive(h.hand(), letter.Link); alive || err != nil {
		t.Errorf("its link is alive, %v", err)
	}
	if _, _, outcome, err := after.Follow(h.hand(), letter.Link, ""); outcome != recovery.LinkDead || err != nil {
		t.Errorf("its link: %s %v", outcome, err)
	}
	h.wait(time.Minute)
	if _, outcome, err := after.Resend(h.hand(), holder); outcome != recovery.SentAgain || err != nil {
		t.Errorf("the person is told %s %v", outcome, err)
	}
	h.board.verdict(t, recovery.EffectSend, engine.Nothing, 1)
	if _, grant := after.proves("ann@post.example"); grant.IsZero() {
		t.Error("the new key does not work")
	}
}

// a message that the worker finds the moment it was saved is left alone for a millisecond all the same: its answer may not be written
// yet.
func TestAnswersFirst(t *testing.T) {
	h := onSQLite(t)
	n := h.node()
	var mu sync.Mutex
	waited := map[string]time.Duration{}
	h.board.posts(func(_ context.Context, m engine.Mail, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		waited[m.ID] = n.saves.since(m.ID)
		return nil
	})
	const people = 20
	for i := range people {
		at := fmt.Sprintf("person%d@post.example", i)
		h.account(at)
		n.asks(n.opens(at))
	}
	mu.Lock()
	defer mu.Unlock()
	if len(waited) != people {
		t.Errorf("%d mails, want %d", len(waited), people)
	}
	for _, d := range waited {
		if d < time.Millisecond {
			t.Errorf("a mail was begun %v after it was found", d)
		}
	}
}
