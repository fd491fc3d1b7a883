package browser

import (
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/question"
	"twohens/internal/recovery"
)

// everyWay switches all ways on.
func everyWay(c *config.Config) {
	c.Recovery.Policy.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved}
}

// number is the telephone of whoever has one: of the range that is kept for fiction.
const number = "+12025550123"

// answers are what each language's person answers, as set up, and as typed months later: in other capitals, with other spaces.
var answers = map[string]struct{ kept, typed string }{
	"en":      {"Copper Lantern", " copper  lantern"},
	"es":      {"Luna de Corazón", "LUNA DE CORAZON"},
	"zh-Hans": {"蓝色的风铃", "蓝色的 风铃"},
	"ar":      {"القمر الفضي", "القَمَر الفضي"},
}

// equipped opens a tab for somebody whose account has a telephone and answers to its questions.
func (s *site) equipped(p person, address string) *walker {
	s.t.Helper()
	phone, err := contact.ParsePhone(number, "")
	must(s.t, err)
	w := s.walker(p, address, phone)
	ctx, email := s.t.Context(), mustAddress(s.t, address)
	row, err := s.daemon.Store.AccountByAddress(ctx, email)
	must(s.t, err)
	answer, err := question.Parse(answers[w.lang].kept)
	must(s.t, err)
	set := engine.AnswerSet{Account: row.ID}
	for _, id := range s.daemon.Engine.Offered(engine.AccountView{Emails: row.Emails})[:engine.QuestionsKept] {
		digest, err := s.daemon.Engine.Answers.Make(ctx, row.ID, id, answer)
		must(s.t, err)
		set.Answers = append(set.Answers, engine.KeptAnswer{Question: string(id), Digest: digest, Made: time.Now().UTC().Truncate(time.Millisecond)})
	}
	must(s.t, s.daemon.Store.Save(ctx, engine.Change{Answers: &set}))
	return w
}

// answer answers the questions on the page.
func (w *walker) answer() {
	w.t.Helper()
	w.write("#answer-1", answers[w.lang].typed)
	w.write("#answer-2", answers[w.lang].typed)
	w.follow(submit)
}

// byPhone, byQuestions and bySaved are the walks by these ways, from the sign-in to a sign-in with the new password.
func (w *walker) byPhone() {
	w.t.Helper()
	texts := len(w.mails(number))
	w.forget()
	w.take("phone", "/recover/code", "code.title")
	w.code(w, w.site.code(w.mail(number, texts)))
	w.renew()
	w.signIn()
	w.told(w.mail(number, texts+1).Text, "text.password")
}

func (w *walker) byQuestions() {
	w.t.Helper()
	mails := len(w.mails(w.address))
	w.forget()
	w.take("questions", "/recover/questions", "questions.title")
	w.answer()
	w.renew()
	w.signIn()
	w.mail(w.address, mails+1)
	w.told(w.mails(w.address)[1].Subject, "mail.answered.subject") // at once, before the password
}

func (w *walker) bySaved(code string) {
	w.t.Helper()
	mails := len(w.mails(w.address))
	w.forget()
	w.take("saved", "/recover/saved", "saved.title")
	w.write("#saved", strings.ToUpper(strings.ReplaceAll(code, " ", "-")))
	w.follow(submit)
	w.renew()
	w.signIn()
	w.mail(w.address, mails+1)
	w.told(w.mails(w.address)[1].Subject, "mail.spent.subject")
}

// told checks the words of a notice.
func (w *walker) told(got, key string) {
	w.t.Helper()
	if want := w.T(key, "Site", "Fernbank"); got != want {
		w.t.Errorf("the notice says %q, want %q", got, want)
	}
}

// savedCodes makes recovery codes on the account page and reads them there.
func (w *walker) savedCodes() []string {
	w.t.Helper()
	w.follow("[href='/account/codes']")
	w.says("paper.title")
	w.follow(submit)
	w.says("paper.made.title")
	codes := eval[[]string](w.tab, `[...document.querySelectorAll("[data-codes] code")].map((e) => e.innerText)`)
	if len(codes) != 10 {
		w.t.Fatalf("%d codes", len(codes))
	}
	return codes
}

// signOut leaves the account.
func (w *walker) signOut() {
	w.t.Helper()
	w.open("/account")
	w.follow("[action='/signout'] button")
	w.at("/signin")
}

// sparing looks at a page in a window of 320 px, and with axe-core at each structure once in a test: words alone change nothing there.
func sparing(seen *sync.Map) func(*walker, string) {
	return func(w *walker, step string) {
		w.t.Helper()
		w.narrow()
		w.fits()
		w.must(w.size())
		if _, before := seen.LoadOrStore(w.Language.Dir+w.structure(), true); !before {
			looked(w, step)
		}
	}
}

// Each of the other ways leads to a new password in every language, with a script and without: by phone and by questions. In every
// language one person has made codes on the account page, and comes back by one of them too.
func TestWays(t *testing.T) {
	var seen sync.Map
	for _, c := range []struct {
		name string
		person
		code  func(*walker, string)
		paper bool
	}{
		{"mouse", person{lang: "en"}, typed, true},
		{"mouse", person{lang: "ar", dark: true}, pasted, false},
		{"finger", person{lang: "es", phone: true}, entered, false},
		{"finger", person{lang: "zh-Hans", phone: true, dark: true}, typed, true},
		{"no script", person{lang: "en", noScript: true, phone: true}, typed, false},
		{"no script", person{lang: "ar", noScript: true}, typed, true},
		{"no script", person{lang: "es", noScript: true}, entered, true},
		{"no script", person{lang: "zh-Hans", noScript: true, phone: true}, typed, false},
	} {
		t.Run(c.lang+", "+c.name, func(t *testing.T) {
			t.Parallel()
			w := newSite(t, everyWay).equipped(c.person, "ada@"+strings.ToLower(c.lang)+".example")
			w.code, w.seen = c.code, sparing(&seen)
			w.byPhone()
			w.signOut()
			w.byQuestions()
			if !c.paper {
				return
			}
			codes := w.savedCodes()
			w.signOut()
			w.bySaved(codes[3])
			w.open("/account")
			if got, want := w.said("main"), w.T("account.codes", "Count", 9); !strings.Contains(got, want) {
				t.Errorf("the account page does not say %q:\n%s", want, got)
			}
		})
	}
}

// Nothing but keys is needed for the phone and for the questions, and the Tab key goes the way the page is read.
func TestWaysByKeys(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	w := s.equipped(person{keyboard: true}, "ada@fernbank.example")
	w.hand, w.code = keying, entered
	w.forget()
	w.seen = inOrder
	w.take("phone", "/recover/code", "code.title")
	w.code(w, s.code(s.mail(number, 0)))
	w.renew()
	w.seen = nil
	w.signIn()
	w.signOut()
	w.forget()
	w.seen = inOrder
	w.take("questions", "/recover/questions", "questions.title")
	w.write("#answer-1", answers["en"].typed)
	w.write("#answer-2", answers["en"].typed)
	w.leave(func() { w.press("\r") })
	w.renew()
}
