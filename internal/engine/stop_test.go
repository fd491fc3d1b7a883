package engine_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// mailboxes is an account with two addresses and a telephone, all of them there for longer than a week. The first is the one that its
// owner has lost: somebody else reads it now.
type mailboxes struct {
	*node
	old, own contact.Contact
	phone    contact.Contact
	id       string
}

const thievesPassword = "nine grey geese on a roof"

func (n *node) mailboxes() mailboxes {
	h := n.house
	h.t.Helper()
	m := mailboxes{
		node: n, id: h.accountWith("old@post.example", "+34600123456"),
		old: address(h.t, "old@post.example").Contact(), own: address(h.t, "ann@post.example").Contact(),
		phone: number(h.t, "+34600123456").Contact(),
	}
	m.adds(n.person("old@post.example").by, m.own)
	h.wait(8 * 24 * time.Hour)
	return m
}

// adds adds a contact and types the code that comes to it.
func (n *node) adds(by engine.Session, to contact.Contact) {
	t := n.house.t
	t.Helper()
	if _, err := n.AddContact(n.house.hand(), by, to, contact.Contact{}, "en"); err != nil {
		t.Fatal(err)
	}
	if _, o, err := n.ConfirmContact(n.house.hand(), by, n.house.confirms(to, 1).Code); err != nil || o != recovery.Proved {
		t.Fatal(o, err)
	}
}

// stolen is a recovery by whoever reads the old mailbox, who then signs in. The letters are the notices of it to everyone else.
func (m mailboxes) stolen() (by engine.Session, to map[contact.Contact]engine.Letter) {
	h, t := m.house, m.house.t
	t.Helper()
	before := len(h.board.ids())
	_, grant := m.proves("old@post.example")
	if o := m.set(grant, thievesPassword); o != recovery.Finished {
		t.Fatal(o)
	}
	by, err := m.Session(h.hand(), m.signsIn("old@post.example", thievesPassword))
	if err != nil {
		t.Fatal(err)
	}
	return by, h.notices(recovery.NoticePassword, before, m.contacts()...)
}

func (m mailboxes) contacts() []contact.Contact {
	account, err := m.house.accounts.Account(m.house.t.Context(), m.id)
	if err != nil {
		m.house.t.Fatal(err)
	}
	return account.Contacts()
}

// notices waits for the notices of a kind to each of these, among what arrived after so many messages.
func (h *house) notices(what recovery.Notice, after int, to ...contact.Contact) map[contact.Contact]engine.Letter {
	h.t.Helper()
	found := map[contact.Contact]engine.Letter{}
	h.board.until(h.t, fmt.Sprintf("%v are told of %s", to, what), func(b *board) bool {
		for _, id := range b.arrived[after:] {
			if l := b.letters[id]; l.Kind == recovery.EffectNotify && l.Notice == what {
				found[l.To] = l
			}
		}
		return len(found) >= len(to)
	})
	return found
}

// stops presses the button of a notice.
func (n *node) stops(l engine.Letter, want recovery.Outcome) []recovery.Way {
	n.house.t.Helper()
	o, shut, err := n.Stop(n.house.hand(), l.Stop, "192.0.2.7/32")
	if err != nil || o != want {
		n.house.t.Errorf("this was not me: %s %v, not %s", o, err, want)
	}
	return shut
}

// somebody who reads an old mailbox has set a password and made themselves at home. The owner's word takes all of it away, gives
// nothing, shuts that way for a day, and counts once; looking at its page changes nothing.
func TestAttackOldMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Ways = append(h.settings.Policy.Ways, recovery.WaySaved)
		n := h.node()
		m := n.mailboxes()
		thief, letters := m.stolen()
		lair := number(t, "+34600999999").Contact()
		n.adds(thief, lair)
		at := &person{node: n, at: "old@post.example", by: thief}
		at.setsQuestions()
		at.makesSaved()
		_, right := n.proves("old@post.example") // one more, kept for later
		if v, err := n.ChangePassword(h.hand(), thief, typed(t, thievesPassword), typed(t, "ten grey geese on a roof"), "en"); err != nil || !v.OK() {
			t.Fatal(v, err)
		}
		letter := letters[m.own]
		before := len(h.board.ids())
		for range 3 { // scanners
			if o, err := n.Stoppable(h.hand(), letter.Stop); err != nil || o != recovery.Undone || !h.opensDoor("old@post.example", "ten grey geese on a roof") {
				t.Fatal(o, err)
			}
		}
		if shut := n.stops(letter, recovery.Undone); len(shut) != 1 || shut[0] != recovery.WayEmail {
			t.Errorf("shut are %v", shut)
		}
		h.notices(recovery.NoticeUndone, before, m.old, m.own, m.phone)
		for _, p := range []string{oldPassword, thievesPassword, "ten grey geese on a roof"} {
			if h.opensDoor("old@post.example", p) {
				t.Errorf("%q still opens", p)
			}
		}
		if _, err := n.MakeSaved(h.hand(), thief, "en"); !errors.Is(err, engine.ErrNoSession) {
			t.Errorf("the session goes on: %v", err)
		}
		if o, _, _ := n.SetPassword(h.hand(), right, typed(t, newPassword), ""); o == recovery.Finished {
			t.Error("another open request set a password")
		}
		if got := m.contacts(); len(got) != 3 || got[0] != m.old || got[1] != m.own || got[2] != m.phone {
			t.Errorf("its contacts are %v", got)
		}
		for _, l := range letters { // one word, whoever says it
			n.stops(l, recovery.LinkDead)
		}

		// The thief comes again: no code by mail, nothing that was theirs works.
		again := n.opens("old@post.example")
		n.choose(again)
		h.board.verdict(t, recovery.EffectSend, engine.Nothing, 1)
		if o, _ := n.spends(taking(n, "old@post.example", recovery.WaySaved), at.saved[0].Reveal()); o == recovery.Proved {
			t.Error("a saved code of the thief's")
		}
		// The owner, by telephone, at once.
		holder := n.opens("ann@post.example")
		n.takes(holder, recovery.WayPhone)
		o, grant := n.enter(holder, h.letterOf(holder, 1).Code)
		if o != recovery.Proved || n.set(grant, newPassword) != recovery.Finished || !h.opensDoor("ann@post.example", newPassword) {
			t.Errorf("the owner: %s", o)
		}
		h.wait(24 * time.Hour)
		if o, _ := n.enter(again, n.asks(n.opens("ann@post.example")).Code); o == recovery.Proved {
			t.Error("a code of one request in another")
		}
		if _, grant := n.proves("ann@post.example"); grant.IsZero() {
			t.Error("by mail, a day later")
		}
	})
}

func taking(n *node, at string, way recovery.Way) secret.Opaque {
	holder := n.opens(at)
	n.takes(holder, way)
	return holder
}

// who has added a contact of their own must not be able to undo what the owner does next. A contact of less than a week says nothing
// against older ones, also when it was removed before its notice went out; after a week it is one of them.
func TestAttackYoungContact(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone}
		n := h.node()
		m := n.mailboxes()
		thief, _ := m.stolen()
		lair := address(t, "lair@elsewhere.example").Contact()
		if _, err := n.AddContact(h.hand(), thief, lair, m.old, "en"); err != nil { // in place of the old mailbox: there is room for two
			t.Fatal(err)
		}
		if _, o, err := n.ConfirmContact(h.hand(), thief, h.confirms(lair, 1).Code); err != nil || o != recovery.Proved {
			t.Fatal(o, err)
		}
		recovers := func() map[contact.Contact]engine.Letter {
			before := len(h.board.ids())
			holder := n.opens("ann@post.example")
			n.takes(holder, recovery.WayPhone)
			_, grant := n.enter(holder, h.letterOf(holder, 1).Code)
			if o := n.set(grant, newPassword); o != recovery.Finished {
				t.Fatal(o)
			}
			return h.notices(recovery.NoticePassword, before, m.contacts()...)
		}
		letters := recovers()
		if _, told := letters[lair]; !told || !letters[lair].Stop.IsZero() {
			t.Error("the thief's own contact may undo what the owner did")
		}
		if letters[m.own].Stop.IsZero() || letters[m.phone].Stop.IsZero() {
			t.Error("an older one may not")
		}
		h.wait(8 * 24 * time.Hour)
		if l := recovers()[lair]; l.Stop.IsZero() {
			t.Error("a contact of more than a week is one like all others")
		}
	})
}

// never the last way. Whoever has but one address can begin again at once.
func TestStopLeavesAWay(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		_, grant := n.proves("ann@post.example")
		n.set(grant, thievesPassword)
		letter := h.noticed(recovery.NoticePassword, address(t, "ann@post.example").Contact())
		if shut := n.stops(letter, recovery.Undone); len(shut) != 0 {
			t.Errorf("shut are %v", shut)
		}
		if _, grant := n.proves("ann@post.example"); n.set(grant, newPassword) != recovery.Finished || !h.opensDoor("ann@post.example", newPassword) {
			t.Error("no way back in")
		}
	})
}

// The word is of one recovery: a password that came after it, by the owner's own recovery or by the operator, stays, with its sessions.
// After 72 hours there is nothing to say.
func TestAttackStopLater(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		n := h.node()
		m := n.mailboxes()
		_, first := m.stolen()
		holder := n.opens("ann@post.example")
		n.takes(holder, recovery.WayPhone)
		_, grant := n.enter(holder, h.letterOf(holder, 1).Code)
		n.set(grant, newPassword)
		by, err := n.Session(h.hand(), n.signsIn("ann@post.example", newPassword))
		if err != nil {
			t.Fatal(err)
		}
		n.stops(first[m.own], recovery.Undone)
		if _, err := n.MakeSaved(h.hand(), by, "en"); err != nil || !h.opensDoor("ann@post.example", newPassword) {
			t.Errorf("the owner's own password was undone: %v", err)
		}

		h.wait(25 * time.Hour)
		_, second := m.stolen()
		if err := h.accounts.SetPassword(t.Context(), address(t, "ann@post.example"), typed(t, oldPassword)); err != nil {
			t.Fatal(err)
		}
		n.stops(second[m.own], recovery.Undone)
		if !h.opensDoor("ann@post.example", oldPassword) {
			t.Error("the operator's password was undone")
		}

		h.wait(25 * time.Hour)
		_, third := m.stolen()
		h.wait(recovery.NoticeLife)
		n.stops(third[m.own], recovery.LinkDead)
		if !h.opensDoor("ann@post.example", thievesPassword) {
			t.Error("undone after 72 hours")
		}
	})
}

// A hundred presses at once, on two nodes: one counts, and everybody is told once.
func TestAttackStopAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		n, other := h.node(), h.node()
		m := n.mailboxes()
		_, letters := m.stolen()
		before := len(h.board.ids())
		var got tallied[recovery.Outcome]
		atOnce(60, func(i int) {
			o, _, err := []*node{n, other}[i%2].Stop(h.hand(), letters[m.own].Stop, "")
			if err != nil {
				t.Error(err)
			}
			got.add(o)
		})
		if got.n[recovery.Undone] != 1 || got.n[recovery.LinkDead] != 59 {
			t.Errorf("%v", got.n)
		}
		h.notices(recovery.NoticeUndone, before, m.contacts()...)
		if mails := len(h.board.ids()) - before; mails != 3 {
			t.Errorf("%d notices", mails)
		}
	})
}

// What the owner had set up before stays; of the questions that were replaced since, none is asked any more.
func TestUndoKeepsWhatWasThere(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Ways = append(h.settings.Policy.Ways, recovery.WaySaved)
		n := h.node()
		m := n.mailboxes()
		ann := n.person("old@post.example")
		ann.makesSaved()
		h.wait(time.Hour)
		_, letters := m.stolen()
		n.stops(letters[m.own], recovery.Undone)
		o, grant := n.spends(taking(n, "ann@post.example", recovery.WaySaved), ann.saved[0].Reveal())
		if o != recovery.Proved || n.set(grant, newPassword) != recovery.Finished {
			t.Errorf("a saved code from before: %s", o)
		}
	})
}
