package browser

import (
	"strings"
	"sync"
	"testing"

	"twohens/internal/config"
	"twohens/internal/locale"
	"twohens/internal/recovery"
)

// anyTwo asks for two ways, whichever they are.
func anyTwo(c *config.Config) {
	everyWay(c)
	ways := c.Recovery.Policy.Ways
	c.Recovery.Policy.Proofs = nil
	for i, one := range ways {
		for _, other := range ways[i+1:] {
			c.Recovery.Policy.Proofs = append(c.Recovery.Policy.Proofs, []recovery.Way{one, other})
		}
	}
}

// halfway is the page of the ways once one is proved: it says so, and the proved one is not offered again.
func (w *walker) halfway(proved string) {
	w.t.Helper()
	w.at("/recover/choose")
	w.says("choose.title")
	if got, want := w.said(".notice"), w.T("choose.proven.head"); !strings.HasPrefix(got, want) {
		w.t.Errorf("halfway the page says %q, want %q", got, want)
	}
	if w.there("[name=way][value=" + proved + "]") {
		w.t.Errorf("the way by %s is offered again", proved)
	}
	w.open("/recover/reset")
	if w.there("#new") {
		w.t.Error("halfway there is a field for a new password (R-23)")
	}
	w.open("/recover/choose")
}

// Where a site asks for two ways, one leads halfway, and the other one on to the new password.
func TestTwoWays(t *testing.T) {
	var seen sync.Map
	for _, p := range []person{{lang: "en"}, {lang: "ar", noScript: true, phone: true}} {
		t.Run(p.lang, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, anyTwo)
			w := s.equipped(p, "ada@fernbank.example")
			w.seen = sparing(&seen)
			w.forget()
			if got, want := w.said(".lead"), w.T("choose.several"); !strings.HasPrefix(got, want) {
				t.Errorf("the page of the ways says %q, want %q", got, want)
			}
			w.take("phone", "/recover/code", "code.title")
			typed(w, s.code(s.mail(number, 0)))
			w.halfway("phone")
			w.take("questions", "/recover/questions", "questions.title")
			w.answer()
			w.renew()
			w.signIn()
		})
	}
}

// The owner who is told that somebody answered the questions can stop it, from any device; opening the page does not.
func TestStop(t *testing.T) {
	var seen sync.Map
	for _, p := range []person{{lang: "es"}, {lang: "ar", noScript: true, phone: true, dark: true}} {
		t.Run(p.lang, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, everyWay)
			thief := s.equipped(p, "ada@fernbank.example")
			thief.forget()
			thief.take("questions", "/recover/questions", "questions.title")
			thief.answer()
			thief.at("/recover/reset")

			owner := &walker{tab: s.browse(p), Catalogue: locale.For(p.lang), address: thief.address, hand: thief.hand, seen: sparing(&seen)}
			stop := s.stopLink(s.mail(owner.address, 0))
			owner.open(stop)
			owner.says("stop.title")
			owner.reload()
			thief.reload()
			thief.at("/recover/reset")
			owner.follow(submit)
			owner.says("stop.done.title")
			owner.open(stop)
			owner.says("stop.dead.title")

			thief.write("#new", thief.fresh)
			thief.follow(submit)
			thief.says("problem.ended.title")
			thief.follow("main a.go")
			thief.identify()
			thief.take("questions", "/recover/questions", "questions.title")
			thief.answer()
			thief.at("/recover/questions")
			if got := thief.said(".error, .notice"); got == "" {
				t.Error("a day's rest, and the answers are taken all the same")
			}
		})
	}
}

// Once the password is set it is too late to stop anything, and the page says what to do.
func TestStopTooLate(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	w := s.equipped(person{}, "ada@fernbank.example")
	w.byQuestions()
	owner := &walker{tab: s.browse(person{}), Catalogue: w.Catalogue, seen: looked}
	owner.open(s.stopLink(s.mails(w.address)[1]))
	owner.says("stop.late.title")
}
