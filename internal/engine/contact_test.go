package engine_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// confirms waits for the code that confirms a contact.
func (h *house) confirms(to contact.Contact, nth int) engine.Letter {
	h.t.Helper()
	var found engine.Letter
	h.board.until(h.t, "a code goes to the new contact", func(b *board) bool {
		count := 0
		for _, id := range b.arrived {
			if l := b.letters[id]; l.Kind == recovery.EffectConfirm && l.To == to {
				if count++; count == nth {
					found = l
				}
			}
		}
		return count >= nth
	})
	return found
}

// a contact counts once a code came back from it; the others are told; the one that it replaces is told and gone.
func TestContacts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		ann := n.person("ann@post.example")
		phone, other, mail := number(t, "+34600123456").Contact(), number(t, "+447400123456").Contact(), address(t, "ann@elsewhere.example").Contact()
		add := func(to, replaces contact.Contact) {
			t.Helper()
			if _, err := n.AddContact(h.hand(), ann.by, to, replaces, "en"); err != nil {
				t.Fatal(err)
			}
			if _, o, err := n.ConfirmContact(h.hand(), ann.by, h.confirms(to, 1).Code); err != nil || o != recovery.Proved {
				t.Fatal(o, err)
			}
		}
		has := func(want ...contact.Contact) {
			t.Helper()
			view, err := n.Account(h.hand(), ann.by)
			if err != nil {
				t.Fatal(err)
			}
			if got := (engine.Account{Emails: view.Emails, Phones: view.Phones}).Contacts(); !slices.Equal(got, want) {
				t.Errorf("has %v, want %v", got, want)
			}
		}
		main := address(t, "ann@post.example").Contact()
		if _, err := n.AddContact(h.hand(), ann.by, phone, contact.Contact{}, "en"); err != nil {
			t.Fatal(err)
		}
		letter := h.confirms(phone, 1)
		has(main) // not before it came back
		if _, o, err := n.ConfirmContact(h.hand(), ann.by, wrongCode(letter.Code, 1)); o != recovery.Wrong || err != nil {
			t.Fatal(o, err)
		}
		if _, o, err := n.ConfirmContact(h.hand(), ann.by, letter.Code); o != recovery.Proved || err != nil {
			t.Fatal(o, err)
		}
		has(main, phone)
		if got := h.noticed(recovery.NoticeAdded, main); got.About != phone {
			t.Errorf("told about %s", got.About)
		}
		if _, _, err := n.ConfirmContact(h.hand(), ann.by, letter.Code); !errors.Is(err, engine.ErrNoConfirmation) {
			t.Errorf("the same code again: %v", err)
		}
		add(mail, contact.Contact{})
		add(other, phone)
		has(main, mail, other)
		h.noticed(recovery.NoticeRemoved, phone)
		if err := n.MainContact(h.hand(), ann.by, mail); err != nil {
			t.Fatal(err)
		}
		has(mail, main, other)
		if !h.opensDoor("ann@elsewhere.example", oldPassword) || !h.opensDoor("ann@post.example", oldPassword) {
			t.Error("both addresses sign in")
		}
		for _, at := range []string{"ann@post.example", "ann@elsewhere.example"} {
			holder := n.opens(at)
			if letter := n.asks(holder); letter.To != address(t, at).Contact() {
				t.Errorf("asked with %s, sent to %s", at, letter.To)
			}
		}
		if err := n.RemoveContact(h.hand(), ann.by, main, "en"); err != nil {
			t.Fatal(err)
		}
		has(mail, other)
		h.noticed(recovery.NoticeRemoved, main)
		if err := n.RemoveContact(h.hand(), ann.by, mail, "en"); !errors.Is(err, engine.ErrLastWay) {
			t.Errorf("the last address: %v", err)
		}
		if h.opensDoor("ann@post.example", oldPassword) {
			t.Error("the address that is gone still signs in")
		}
	})
}

// The contact that is to be replaced may be gone by the time the code comes back, from another browser: the new one counts all the
// same. Making the main contact the main one ends nothing.
func TestReplacedContactIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.accountWith("ann@post.example", "+34600123456", "+34600123457")
		n := h.node()
		ann := n.person("ann@post.example")
		old, fresh := number(t, "+34600123456").Contact(), number(t, "+447400123456").Contact()
		if _, err := n.AddContact(h.hand(), ann.by, fresh, old, "en"); err != nil {
			t.Fatal(err)
		}
		letter := h.confirms(fresh, 1)
		other := n.person("ann@post.example")
		if err := n.RemoveContact(h.hand(), other.by, old, "en"); err != nil {
			t.Fatal(err)
		}
		if _, o, err := n.ConfirmContact(h.hand(), ann.by, letter.Code); o != recovery.Proved || err != nil {
			t.Fatal(o, err)
		}
		open := n.opens("ann@post.example")
		if err := n.MainContact(h.hand(), ann.by, number(t, "+34600123457").Contact()); err != nil {
			t.Fatal(err)
		}
		if letter := n.asks(open); letter.Code.IsZero() {
			t.Error("an open recovery ended for nothing")
		}
		view, err := n.Account(h.hand(), ann.by)
		if err != nil || !slices.Equal(view.Phones, []contact.Phone{number(t, "+34600123457"), number(t, "+447400123456")}) {
			t.Errorf("%v, %v", view.Phones, err)
		}
	})
}

// What may not be added, and when.
func TestContactsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.accountWith("ann@post.example", "+34600123456", "+34600123457")
		h.account("bob@post.example")
		n := h.node()
		ann, bob := n.person("ann@post.example"), n.person("bob@post.example")
		for name, c := range map[string]struct {
			by           engine.Session
			to, replaces contact.Contact
			want         error
		}{
			"own":              {ann.by, address(t, "ANN@post.example").Contact(), contact.Contact{}, engine.ErrOwn},
			"own number":       {ann.by, number(t, "+34600123457").Contact(), contact.Contact{}, engine.ErrOwn},
			"a third":          {ann.by, number(t, "+34600123458").Contact(), contact.Contact{}, engine.ErrFull},
			"other country":    {bob.by, number(t, "+33612345678").Contact(), contact.Contact{}, engine.ErrNoTexts},
			"premium":          {bob.by, number(t, "+34803123456").Contact(), contact.Contact{}, engine.ErrNoTexts},
			"fixed line":       {bob.by, number(t, "+34912345678").Contact(), contact.Contact{}, engine.ErrNoTexts},
			"replaces other's": {bob.by, number(t, "+34600123459").Contact(), number(t, "+34600123456").Contact(), engine.ErrNotOwned},
			"of another kind":  {ann.by, address(t, "new@post.example").Contact(), number(t, "+34600123456").Contact(), engine.ErrNotOwned},
		} {
			if _, err := n.AddContact(h.hand(), c.by, c.to, c.replaces, "en"); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if err := n.RemoveContact(h.hand(), bob.by, number(t, "+34600123456").Contact(), "en"); !errors.Is(err, engine.ErrNotOwned) {
			t.Errorf("removes another's: %v", err)
		}
		h.wait(10 * time.Minute)
		stale := []error{
			func() error {
				_, err := n.AddContact(h.hand(), bob.by, number(t, "+34600123459").Contact(), contact.Contact{}, "en")
				return err
			}(),
			n.RemoveContact(h.hand(), ann.by, number(t, "+34600123456").Contact(), "en"),
			n.MainContact(h.hand(), ann.by, number(t, "+34600123457").Contact()),
			n.RemoveQuestions(h.hand(), ann.by, "en"),
			n.RemoveSaved(h.hand(), ann.by, "en"),
			func() error { _, err := n.SetQuestions(h.hand(), ann.by, nil, "en"); return err }(),
			func() error { _, err := n.MakeSaved(h.hand(), ann.by, "en"); return err }(),
		}
		for i, err := range stale {
			if !errors.Is(err, engine.ErrStale) {
				t.Errorf("%d, long after the sign-in: %v", i, err)
			}
		}
		if err := n.Prove(h.hand(), ann.by, typed(t, "not the password")); !errors.Is(err, engine.ErrWrong) {
			t.Errorf("a wrong password: %v", err)
		}
	})
}

// An address of another account: whoever adds it sees what they see of any other, its owner is told, and no code leaves.
func TestAttackTakenAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		h.account("bob@post.example")
		n := h.node()
		bob := n.person("bob@post.example")
		taken, free := address(t, "ann@post.example").Contact(), address(t, "free@post.example").Contact()
		see := func(to contact.Contact) string {
			t.Helper()
			v, err := n.AddContact(h.hand(), bob.by, to, contact.Contact{}, "en")
			if err != nil {
				t.Fatal(err)
			}
			w, o, err := n.ConfirmContact(h.hand(), bob.by, secret.TypedCode("12345678"))
			if err != nil {
				t.Fatal(err)
			}
			v.Contact, w.Contact = contact.Contact{}, contact.Contact{}
			return string(o) + v.Until.String() + w.Until.String() + v.NextClick.String()
		}
		a := see(taken)
		h.noticed(recovery.NoticeTaken, taken)
		if b := see(free); a != b {
			t.Errorf("%s\n%s", a, b)
		}
		h.confirms(free, 1)
		for _, id := range h.board.ids() {
			if l := h.board.letters[id]; l.To == taken && !l.Code.IsZero() {
				t.Error("a code went to the address of another account")
			}
		}
	})
}

// of many codes typed at once five are looked at; nobody else's session confirms; the code of a dropped one confirms nothing.
func TestAttackConfirmation(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		ann := n.person("ann@post.example")
		phone := number(t, "+34600123456").Contact()
		if _, err := n.AddContact(h.hand(), ann.by, phone, contact.Contact{}, "en"); err != nil {
			t.Fatal(err)
		}
		letter := h.confirms(phone, 1)
		other := n.person("ann@post.example") // another browser of the same account
		if _, _, err := n.ConfirmContact(h.hand(), other.by, letter.Code); !errors.Is(err, engine.ErrNoConfirmation) {
			t.Errorf("another session: %v", err)
		}
		var got tallied[recovery.Outcome]
		atOnce(100, func(i int) {
			_, o, err := n.ConfirmContact(h.hand(), ann.by, wrongCode(letter.Code, i))
			if err != nil {
				t.Error(err)
			}
			got.add(o)
		})
		if got.n[recovery.Wrong] != 4 || got.n[recovery.TriesUsed] != 96 {
			t.Errorf("%v", got.n)
		}
		if _, o, _ := n.ConfirmContact(h.hand(), ann.by, letter.Code); o != recovery.TriesUsed {
			t.Errorf("the right one after them: %s", o)
		}
		if _, err := n.AddContact(h.hand(), ann.by, phone, contact.Contact{}, "en"); err != nil {
			t.Fatal(err)
		}
		if _, o, _ := n.ConfirmContact(h.hand(), ann.by, letter.Code); o != recovery.Wrong {
			t.Errorf("the code of the dropped one: %s", o)
		}
		right := h.confirms(phone, 2)
		if _, o, err := n.ResendConfirmation(h.hand(), ann.by); o != recovery.Cooling || err != nil {
			t.Errorf("a click in the cool-down: %s %v", o, err)
		}
		h.wait(15 * time.Minute)
		if _, o, _ := n.ConfirmContact(h.hand(), ann.by, right.Code); o != recovery.RunOut {
			t.Errorf("after its time: %s", o)
		}
		if _, o, _ := n.ResendConfirmation(h.hand(), ann.by); o != recovery.SentAgain {
			t.Errorf("sent again: %s", o)
		}
		again := h.confirms(phone, 3)
		if !again.Code.Equal(right.Code) {
			t.Error("sending again changed the code")
		}
		h.wait(15 * time.Minute)
		if _, _, err := n.ConfirmContact(h.hand(), ann.by, again.Code); !errors.Is(err, engine.ErrNoConfirmation) {
			t.Errorf("after half an hour: %v", err)
		}
	})
}

// How an account stands (what the account page tells), and that the last way cannot be removed.
func TestStanding(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Proofs = [][]recovery.Way{{recovery.WayPhone}, {recovery.WayEmail, recovery.WayQuestions}}
		h.accountWith("ann@post.example", "+34600123456")
		n := h.node()
		ann := n.person("ann@post.example")
		standing := func(want ...[]recovery.Way) {
			t.Helper()
			view, err := n.Account(h.hand(), ann.by)
			if err != nil || !slices.EqualFunc(view.Standing, want, slices.Equal[[]recovery.Way]) {
				t.Errorf("stands %v, want %v; %v", view.Standing, want, err)
			}
		}
		standing([]recovery.Way{recovery.WayPhone})
		phone := number(t, "+34600123456").Contact()
		if err := n.RemoveContact(h.hand(), ann.by, phone, "en"); !errors.Is(err, engine.ErrLastWay) {
			t.Errorf("the only way: %v", err)
		}
		ann.setsQuestions()
		standing([]recovery.Way{recovery.WayPhone}, []recovery.Way{recovery.WayEmail, recovery.WayQuestions})
		if err := n.RemoveContact(h.hand(), ann.by, phone, "en"); err != nil {
			t.Error(err)
		}
		if err := n.RemoveQuestions(h.hand(), ann.by, "en"); !errors.Is(err, engine.ErrLastWay) {
			t.Errorf("the only way: %v", err)
		}
	})
}
