package engine_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

func TestAttackQuestionsOfADeadRequest(t *testing.T) {
	for name, ends := range map[string]func(h *house, n *node, holder secret.Opaque){
		"another request set the password": func(_ *house, n *node, _ secret.Opaque) {
			_, grant := n.proves("ann@post.example")
			n.set(grant, newPassword)
		},
		"the owner pressed its link": func(h *house, n *node, holder secret.Opaque) {
			if _, _, o, err := n.Follow(h.hand(), n.asks(holder).Link, ""); o != recovery.Proved || err != nil {
				h.t.Fatal(o, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			h.account("ann@post.example")
			n := h.node()
			ann := n.person("ann@post.example")
			ann.setsLastQuestions()
			before := n.takes(n.opens("ann@post.example"), recovery.WayQuestions).Questions
			kept := n.opens("ann@post.example")
			ends(h, n, kept)
			view := n.takes(kept, recovery.WayQuestions)
			after := n.takes(n.opens("ann@post.example"), recovery.WayQuestions).Questions
			if !slices.Equal(view.Questions, before) || !slices.Equal(view.Questions, after) {
				t.Errorf("the dead one is asked %v; before %v, after %v", view.Questions, before, after)
			}
			if o, _ := n.answers(kept, ann.rightFor(view)...); o != recovery.Missed {
				t.Errorf("the dead one is answered: %s", o)
			}
		})
	}
}

// setsLastQuestions answers the three that are offered last: nobody would be asked these who has set up none.
func (p *person) setsLastQuestions() {
	t := p.house.t
	t.Helper()
	view, err := p.Account(p.house.hand(), p.by)
	if err != nil {
		t.Fatal(err)
	}
	offered := p.Offered(view)
	p.given = nil
	for i, id := range offered[len(offered)-engine.QuestionsKept:] {
		p.given = append(p.given, question.Given{ID: id, Answer: answered(t, fmt.Sprint("quiet heron marsh ", i))})
	}
	if refused, err := p.SetQuestions(p.house.hand(), p.by, p.given, "en"); err != nil || refused != nil {
		t.Fatal(refused, err)
	}
}

func TestAttackTwoProofsByHeart(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Ways = append(slices.Clone(h.settings.Policy.Ways), recovery.WaySaved)
		h.account("ann@post.example")
		n := h.node()
		ann := n.person("ann@post.example")
		ann.setsQuestions()
		ann.makesSaved()
		byAnswers, bySaved := n.opens("ann@post.example"), n.opens("ann@post.example")
		right := ann.rightFor(n.takes(byAnswers, recovery.WayQuestions))
		n.takes(bySaved, recovery.WaySaved)
		one, grant := n.answers(byAnswers, right...)
		two, other := n.spends(bySaved, ann.saved[0].Reveal())
		if one != recovery.Proved || two != recovery.Proved {
			t.Fatal(one, two)
		}
		owner := n.opens("ann@post.example") // the owner's own, by mail
		code := n.asks(owner).Code
		letter := h.noticed(recovery.NoticeAnswered, address(t, "ann@post.example").Contact())
		if o, err := n.Stop(h.hand(), letter.Stop, ""); err != nil || o != recovery.Stopped {
			t.Fatal(o, err)
		}
		for _, g := range []secret.Opaque{grant, other} {
			if o, _, _ := n.SetPassword(h.hand(), g, typed(t, newPassword), ""); o == recovery.Finished {
				t.Error("a password was set by heart after the owner had stopped it")
			}
		}
		if o, _ := n.enter(owner, code); o != recovery.Proved {
			t.Errorf("the owner's own recovery: %s", o)
		}
	})
}

func TestAttackSetUpAgainstRecovery(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		late := &lateHasher{Hasher: h.settings.Answers.Hasher}
		h.settings.Answers.Hasher = late
		h.account("ann@post.example")
		n := h.node()
		set := 0
		recovers := func() {
			_, grant := n.proves("ann@post.example")
			n.set(grant, newPassword)
			set++
		}
		stranger, known := n.person("ann@post.example"), oldPassword
		signs := func() {
			t.Helper()
			by, err := n.Session(h.hand(), n.signsIn("ann@post.example", known))
			if err != nil {
				t.Fatal(err)
			}
			stranger.by, known = by, newPassword
		}
		signs()
		late.then(recovers)
		if codes, err := n.MakeSaved(h.hand(), stranger.by, "en"); err != engine.ErrNoSession || codes != nil {
			t.Errorf("codes after the recovery: %v", err)
		}
		signs()
		view, err := n.Account(h.hand(), stranger.by)
		if err != nil {
			t.Fatal(err)
		}
		var given []question.Given
		for i, id := range n.Offered(view)[:engine.QuestionsKept] {
			given = append(given, question.Given{ID: id, Answer: answered(t, fmt.Sprint("quiet heron marsh ", i))})
		}
		late.then(recovers)
		if _, err := n.SetQuestions(h.hand(), stranger.by, given, "en"); err != engine.ErrNoSession {
			t.Errorf("questions after the recovery: %v", err)
		}
		signs()
		phone := number(t, "+34600123456").Contact()
		if _, err := n.AddContact(h.hand(), stranger.by, phone, contact.Contact{}, "en"); err != nil {
			t.Fatal(err)
		}
		code := h.confirms(phone, 1).Code
		var once sync.Once
		n.saves.fails(func(c engine.Change) error {
			if c.Contact != nil {
				once.Do(recovers)
			}
			return nil
		})
		if _, o, err := n.ConfirmContact(h.hand(), stranger.by, code); err != engine.ErrNoSession {
			t.Errorf("a number after the recovery: %s %v", o, err)
		}
		signs()
		view, err = n.Account(h.hand(), stranger.by)
		if err != nil || len(view.Questions) != 0 || len(view.Saved) != 0 || len(view.Phones) != 0 || set != 3 {
			t.Errorf("%d questions, %d codes, %d numbers came in, %d recoveries, %v", len(view.Questions), len(view.Saved), len(view.Phones), set, err)
		}
	})
}

// lateHasher does something once, when the next answer or code is hashed to be kept.
type lateHasher struct {
	question.Hasher
	mu   sync.Mutex
	next func()
}

func (l *lateHasher) then(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = do
}

func (l *lateHasher) Hash(ctx context.Context, p password.Password) (string, error) {
	l.mu.Lock()
	next := l.next
	l.next = nil
	l.mu.Unlock()
	if next != nil {
		next()
	}
	return l.Hasher.Hash(ctx, p)
}

func TestAttackHashesBetweenSteps(t *testing.T) {
	h := onSQLite(t)
	counted := &countedHasher{Hasher: h.settings.Answers.Hasher}
	h.settings.Answers.Hasher = counted
	n := h.node()
	holder := n.opens("nobody@post.example")
	n.takes(holder, recovery.WayQuestions)
	moves := 0
	n.saves.fails(func(c engine.Change) error {
		if c.Tally == nil || moves == 20 {
			return nil
		}
		moves++ // between the judging and the saving
		for _, do := range []func() error{
			func() error { _, _, err := n.Another(h.hand(), holder); return err },
			func() error { _, _, err := n.Choose(h.hand(), holder, recovery.WayQuestions); return err },
		} {
			if err := do(); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	if o, _ := n.answers(holder, answered(t, "one guess"), answered(t, "another guess")); o != recovery.Missed {
		t.Error(o)
	}
	if hashes := counted.hashes.Load(); hashes != 2 || moves != 20 {
		t.Errorf("%d hashes for one try, %d moves", hashes, moves)
	}
}
