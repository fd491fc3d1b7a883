package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// person is somebody with an account, signed in, who has set up what they could.
type person struct {
	*node
	at    string
	by    engine.Session
	given []question.Given
	saved []secret.Saved
}

func number(t testing.TB, text string) contact.Phone {
	t.Helper()
	p, err := contact.ParsePhone(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func answered(t testing.TB, text string) question.Answer {
	t.Helper()
	a, err := question.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// accountWith adds an account with telephones, confirmed.
func (h *house) accountWith(at string, phones ...string) string {
	h.t.Helper()
	old := typed(h.t, oldPassword)
	var list []contact.Phone
	for _, p := range phones {
		list = append(list, number(h.t, p))
	}
	row, err := h.accounts.Add(h.t.Context(), address(h.t, at), &old, "es", list...)
	if err != nil {
		h.t.Fatal(err)
	}
	return row.ID
}

// person signs somebody in.
func (n *node) person(at string) *person {
	n.house.t.Helper()
	p := &person{node: n, at: at}
	p.signs()
	return p
}

func (p *person) signs() {
	t := p.house.t
	t.Helper()
	by, err := p.Session(p.house.hand(), p.signsIn(p.at, oldPassword))
	if err != nil {
		t.Fatal(err)
	}
	p.by = by
}

// setsQuestions answers the three that are offered first.
func (p *person) setsQuestions() {
	t := p.house.t
	t.Helper()
	view, err := p.Account(p.house.hand(), p.by)
	if err != nil {
		t.Fatal(err)
	}
	p.given = nil
	for i, id := range p.Offered(view)[:engine.QuestionsKept] {
		p.given = append(p.given, question.Given{ID: id, Answer: answered(t, "quiet heron "+strings.Repeat("marsh", i+1))})
	}
	if refused, err := p.SetQuestions(p.house.hand(), p.by, p.given, "en"); err != nil || refused != nil {
		t.Fatal(refused, err)
	}
}

func (p *person) makesSaved() {
	t := p.house.t
	t.Helper()
	codes, err := p.MakeSaved(p.house.hand(), p.by, "en")
	if err != nil || len(codes) != secret.SavedPlaces {
		t.Fatal(len(codes), err)
	}
	p.saved = codes
}

// rightFor are the right answers to what a request asks.
func (p *person) rightFor(v recovery.View) []question.Answer {
	var list []question.Answer
	for _, id := range v.Questions {
		for _, g := range p.given {
			if string(g.ID) == id {
				list = append(list, g.Answer)
			}
		}
	}
	return list
}

// takes chooses a way and waits until what it is judged by is there.
func (n *node) takes(holder secret.Opaque, way recovery.Way) recovery.View {
	t := n.house.t
	t.Helper()
	if _, outcome, err := n.Choose(n.house.hand(), holder, way); err != nil || outcome == recovery.WayOff {
		t.Fatal(outcome, err)
	}
	if way.ByHeart() {
		n.house.board.until(t, "the questions are there", func(*board) bool {
			s, err := n.house.store.Request(t.Context(), engine.Key{Holder: holder.Digest()})
			return err == nil && s.Request.View(n.house.now()).Ready
		})
	}
	view, err := n.View(n.house.hand(), holder)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// answers gives answers and says what came of it.
func (n *node) answers(holder secret.Opaque, given ...question.Answer) (recovery.Outcome, secret.Opaque) {
	n.house.t.Helper()
	_, outcome, grant, err := n.Answer(n.house.hand(), holder, given, secret.NewOpaque())
	if err != nil {
		n.house.t.Fatal(err)
	}
	if (outcome == recovery.Proved) == grant.IsZero() {
		n.house.t.Errorf("%s with a grant that is zero=%t", outcome, grant.IsZero())
	}
	return outcome, grant
}

// spends types a saved code.
func (n *node) spends(holder secret.Opaque, text string) (recovery.Outcome, secret.Opaque) {
	n.house.t.Helper()
	code, _ := secret.TypedSaved(text)
	_, outcome, grant, err := n.SpendSaved(n.house.hand(), holder, code, secret.NewOpaque())
	if err != nil {
		n.house.t.Fatal(err)
	}
	return outcome, grant
}

// noticed waits for a notice to a contact and reads it.
func (h *house) noticed(what recovery.Notice, to contact.Contact) engine.Letter {
	h.t.Helper()
	var found engine.Letter
	h.board.until(h.t, fmt.Sprintf("%s is told of %s", to, what), func(b *board) bool {
		for _, id := range b.arrived {
			if l := b.letters[id]; l.Kind == recovery.EffectNotify && l.Notice == what && l.To == to {
				found = l
				return true
			}
		}
		return false
	})
	return found
}
