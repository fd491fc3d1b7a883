package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// somebody keeps a request open, unanswered, until its account's owner has done something that ends it in silence. The questions
// that it is asked then must be those of a request of today: other ones would tell that there is an account, and that it has questions.
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

// who knows the answers proves them in two browsers. Its owner gets two letters that look the same and presses the button of one:
// the other browser must not go on.
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
		if o, _, err := n.Stop(h.hand(), letter.Stop, ""); err != nil || o != recovery.Stopped {
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

// The account page, by a session that ends while its answers, codes or confirmation are being looked at: its owner has recovered the
// account meanwhile, and nothing of the stranger's may come into it after that.
func TestAttackSetUpAgainstRecovery(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		late := &lateHasher{Hasher: h.settings.Answers.Hasher}
		h.settings.Answers.Hasher = late
		h.account("ann@post.example")
		n, elsewhere := h.node(), h.node() // the owner's steps must not wait for the stranger's, which they come in between
		set := 0
		recovers := func() {
			_, grant := elsewhere.proves("ann@post.example")
			elsewhere.set(grant, newPassword)
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

// Two ways are removed at the same moment, each because there is the other one: one of them stays.
func TestAttackLastTwoWaysAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Ways = []recovery.Way{recovery.WayEmail, recovery.WayQuestions, recovery.WaySaved}
		h.settings.Policy.Proofs = [][]recovery.Way{{recovery.WayEmail, recovery.WayQuestions}, {recovery.WaySaved}}
		h.account("ann@post.example")
		n := h.node()
		ann := n.person("ann@post.example")
		ann.setsQuestions()
		ann.makesSaved()
		var once sync.Once
		n.saves.fails(func(c engine.Change) error {
			if c.Answers != nil {
				once.Do(func() {
					if err := n.RemoveSaved(h.hand(), ann.by, "en"); err != nil {
						t.Error(err)
					}
				})
			}
			return nil
		})
		if err := n.RemoveQuestions(h.hand(), ann.by, "en"); !errors.Is(err, engine.ErrChanged) {
			t.Errorf("removing the last one: %v", err)
		}
		if err := n.RemoveQuestions(h.hand(), ann.by, "en"); !errors.Is(err, engine.ErrLastWay) {
			t.Errorf("once more: %v", err)
		}
		if view, err := n.Account(h.hand(), ann.by); err != nil || len(view.Standing) != 1 {
			t.Errorf("left are %v, %v", view.Standing, err)
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

// what a network may still ask for is seen by whoever asks from it, as texts to a number of their own. So it must be used up alike
// by an address that has a number, one that has none, and one of which nobody knows.
func TestAttackNetworkTells(t *testing.T) {
	left := func(t *testing.T, at string) int {
		h := onSQLite(t)
		h.settings.Texts.Network = quota.Limit{Events: 10, Per: 24 * time.Hour}
		h.settings.Texts.Number = quota.Limit{Events: 4, Per: 24 * time.Hour}
		h.settings.Texts.Countries = []string{"ES"}
		h.accountWith("number@post.example", "+34600123456")
		h.accountWith("abroad@post.example", "+447400123456") // where no texts go
		h.accountWith("none@post.example")
		for i := range 10 {
			h.accountWith(fmt.Sprintf("own%d@evil.example", i), fmt.Sprintf("+3461012345%d", i))
		}
		n := h.node()
		asks := func(at string) {
			n.takes(n.opens(at), recovery.WayPhone)
		}
		for range 6 {
			asks(at)
		}
		h.board.until(t, "all are settled", func(b *board) bool { return settledSends(b) == 6 })
		before := h.board.mails(recovery.EffectSend)
		for i := range 10 {
			asks(fmt.Sprintf("own%d@evil.example", i))
		}
		h.board.until(t, "all are settled", func(b *board) bool { return settledSends(b) == 16 })
		return h.board.mails(recovery.EffectSend) - before
	}
	want := left(t, "nobody@post.example")
	if want != 4 {
		t.Fatalf("%d texts are left to the network of who asked six times for an unknown address, want 4", want)
	}
	for _, at := range []string{"none@post.example", "number@post.example", "abroad@post.example"} {
		if got := left(t, at); got != want {
			t.Errorf("%s: %d texts are left, of an unknown address %d", at, got, want)
		}
	}
}

// A rented IPv6 /48 has 256 networks of the kind that texts are counted by. Together they get five times what one gets.
func TestAttackTextsFromARentedNetwork(t *testing.T) {
	h := onSQLite(t)
	h.settings.Texts.Network = quota.Limit{Events: 2, Per: 24 * time.Hour}
	h.accountWith("ann@post.example", "+34600123456")
	n := h.node()
	asks := func(from string) {
		t.Helper()
		knock := gate.Knock{Address: address(t, "ann@post.example"), Client: netip.MustParseAddr(from)}
		pass, refusal, err := h.gate.OpenKeyed(t.Context(), gate.APIKey{ID: "test"}, knock)
		if err != nil || refusal.Reason != "" {
			t.Fatal(refusal, err)
		}
		holder, _, err := n.Open(h.hand(), pass, "en", secret.Opaque{})
		if err != nil {
			t.Fatal(err)
		}
		n.takes(holder, recovery.WayPhone)
	}
	for i := range 13 {
		asks(fmt.Sprintf("2001:db8:1:%x00::7", i))
	}
	h.board.until(t, "all are settled", func(b *board) bool { return settledSends(b) == 13 })
	if sent := h.board.mails(recovery.EffectSend); sent != 10 {
		t.Errorf("%d texts, want 10", sent)
	}
	asks("2001:db8:2::7") // somebody else's
	h.board.until(t, "another one goes", func(b *board) bool { return b.count(recovery.EffectSend, engine.Carried) == 11 })
}

// mayHaveLeft is what a gateway that was too slow to answer comes to.
type mayHaveLeft struct{}

func (mayHaveLeft) Error() string     { return "no answer in time" }
func (mayHaveLeft) MayHaveLeft() bool { return true }

// A gateway that takes texts and is too slow to say so is paid for each of them. So they are counted as spent, and the caps hold.
func TestAttackSlowGatewayIsPaid(t *testing.T) {
	h := onSQLite(t)
	h.settings.Texts.Day = engine.SpendCap{Texts: 2}
	h.accountWith("ann@post.example", "+34600123456")
	left := 0
	h.board.posts(func(context.Context, engine.Mail, int) error { left++; return fmt.Errorf("gateway: %w", mayHaveLeft{}) })
	n := h.node()
	n.takes(n.opens("ann@post.example"), recovery.WayPhone)
	for i := range 4 {
		h.board.until(t, "it is tried", func(b *board) bool {
			return b.count(recovery.EffectSend, engine.Later) == i+1 || b.count(recovery.EffectSend, engine.Withheld) == 1
		})
		h.wait(30 * time.Second)
		n.Wake()
	}
	h.board.verdict(t, recovery.EffectSend, engine.Withheld, 1)
	n.halt()
	spent, err := h.store.Spending(t.Context(), h.now().Add(-48*time.Hour))
	if err != nil || len(spent) != 1 || spent[0].Texts != 2 || left != 2 {
		t.Errorf("%d texts left, counted are %+v, %v", left, spent, err)
	}
	// One that surely did not leave is given back, as ever.
	h = onSQLite(t)
	h.settings.Texts.Day = engine.SpendCap{Texts: 1}
	h.accountWith("ann@post.example", "+34600123456")
	h.board.posts(func(_ context.Context, _ engine.Mail, nth int) error {
		if nth <= 3 {
			return errors.New("connection refused")
		}
		return nil
	})
	n = h.node()
	holder := n.opens("ann@post.example")
	n.takes(holder, recovery.WayPhone)
	for i := range 3 {
		h.board.verdict(t, recovery.EffectSend, engine.Later, i+1)
		h.wait(30 * time.Second)
		n.Wake()
	}
	h.letterOf(holder, 1)
}

// Texts to a paused block never leave, so they must not use up what the rest of the country may be sent.
func TestAttackPausedBlockUsesUpItsCountry(t *testing.T) {
	h := onSQLite(t)
	h.settings.Texts.Country = quota.Limit{Events: 5, Per: 24 * time.Hour}
	h.accountWith("pumper@evil.example", "+34600123456")
	h.accountWith("ann@post.example", "+34611123456")
	now := h.now()
	if err := h.store.Save(t.Context(), engine.Change{Pause: &engine.Pause{Range: engine.Range(number(t, "+34600123456").Prefix()), Began: now, Until: now.Add(time.Hour)}}); err != nil {
		t.Fatal(err)
	}
	n := h.node()
	for i := range 6 {
		n.takes(n.opens("pumper@evil.example"), recovery.WayPhone)
		h.board.verdict(t, recovery.EffectSend, engine.Withheld, i+1)
	}
	holder := n.opens("ann@post.example")
	n.takes(holder, recovery.WayPhone)
	h.letterOf(holder, 1)
}

// A program that died before it had counted a text leaves it to another, which must not send what the first would not have: nothing to
// a paused block, and nothing past the money.
func TestAttackTextOfTheDead(t *testing.T) {
	for name, shut := range map[string]func(h *house){
		"spent": func(h *house) { h.settings.Texts.Day = engine.SpendCap{Texts: 1} },
		"paused": func(h *house) {
			now := h.now()
			pause := engine.Pause{Range: "ES", Began: now, Until: now.Add(24 * time.Hour)}
			if err := h.store.Save(h.t.Context(), engine.Change{Pause: &pause}); err != nil {
				h.t.Fatal(err)
			}
		},
		"not there": func(h *house) { h.settings.Texts.Countries = []string{"GB"} },
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			h.accountWith("ann@post.example", "+34600123456")
			shut(h)
			toll := engine.Toll{Day: h.now().Truncate(24 * time.Hour), Country: "ES", Texts: 1, Parts: 1, Micros: 1}
			if ok, err := h.store.Pay(t.Context(), toll, nil); !ok || err != nil {
				t.Fatal(ok, err)
			}
			n := h.idle()
			holder := n.knocks("ann@post.example")
			if _, o, err := n.Choose(h.hand(), holder, recovery.WayPhone); err != nil || o != recovery.Sent {
				t.Fatal(o, err)
			}
			// The one that dies takes everything there is, and says nothing of it.
			if dead, err := h.store.Lease(t.Context(), h.now(), h.now().Add(time.Minute), 10); err != nil || len(dead) != 2 {
				t.Fatal(dead, err)
			}
			h.wait(2 * time.Minute)
			n.run()
			h.board.until(t, "it is settled", func(b *board) bool { return settledSends(b) == 1 })
			if sent := h.board.mails(recovery.EffectSend); sent != 0 {
				t.Errorf("%d texts went out", sent)
			}
		})
	}
}

// Steps taken while answers are being judged make the step be decided anew. They must not have the hashes computed anew, or a stranger
// with one request could keep the server at hashing for as long as it lasts.
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

// who proves by heart chose the language of the pages. The warning is for the owner, and in the owner's language: one that
// its reader cannot read stops nobody.
func TestAttackWarningInAnotherLanguage(t *testing.T) {
	h := onSQLite(t)
	h.account("ann@post.example") // who reads Spanish
	n := h.node()
	ann := n.person("ann@post.example")
	ann.setsQuestions()
	holder := n.opens("ann@post.example") // in English
	if o, _ := n.answers(holder, ann.rightFor(n.takes(holder, recovery.WayQuestions))...); o != recovery.Proved {
		t.Fatal(o)
	}
	for _, what := range []recovery.Notice{recovery.NoticeQuestions, recovery.NoticeAnswered} {
		if l := h.noticed(what, address(t, "ann@post.example").Contact()); l.Locale != "es" {
			t.Errorf("%s in %q", what, l.Locale)
		}
	}
}
