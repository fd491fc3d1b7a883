package browser

import (
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"twohens/internal/contact"
	"twohens/internal/locale"
)

// submit is the button of a form that leads on.
const submit = "main form button.go"

// forgotten is the password that nobody remembers.
const forgotten = "the one that was forgotten"

// walker is a person who walks through a recovery.
type walker struct {
	*tab
	*locale.Catalogue
	address, fresh string
	hand           hand
	code           func(w *walker, code string) // how the code comes into its field
	seen           func(w *walker, step string) // looks at each page; may be nil
}

// walker opens a tab for somebody who has an account and forgot its password.
func (s *site) walker(p person, address string, phones ...contact.Phone) *walker {
	s.t.Helper()
	if p.lang == "" {
		p.lang = "en"
	}
	w := &walker{tab: s.browse(p), Catalogue: locale.For(p.lang), address: address, fresh: "a spare key under the blue pot", hand: tapping, code: typed}
	if p.noScript {
		w.hand = marking
	}
	s.account(address, forgotten, p.lang, phones...)
	return w
}

// says checks the words of the page's head, which are a contract.
func (w *walker) says(key string) {
	w.t.Helper()
	if got, want := w.said("h1"), w.T(key); got != want {
		w.t.Errorf("at %s, the head is %q, want %q", w.path(), got, want)
	}
	if got := eval[string](w.tab, `document.documentElement.lang + " " + document.documentElement.dir`); got != w.Language.Tag+" "+w.Language.Dir {
		w.t.Errorf("at %s, the page is %s", w.path(), got)
	}
	if w.seen != nil {
		w.seen(w, key)
	}
}

// forget goes from the sign-in to the choice.
func (w *walker) forget() {
	w.t.Helper()
	w.open("/")
	w.at("/signin")
	w.says("signin.title")
	w.follow(".forgot a")
	w.at("/recover")
	w.says("identify.title")
	w.identify()
	w.says("choose.title")
}

// identify fills in the address, answers the card and submits. A browser that is short of time may lose a movement of the hand, and
// then the chickens run away: like a person, the walker takes the new card, with the address still there, at most twice.
func (w *walker) identify() {
	w.t.Helper()
	w.write("#address", w.address)
	for range 3 {
		w.hand(w.tab)
		w.follow(submit)
		w.until(`document.readyState == "complete"`)
		if !eval[bool](w.tab, `location.pathname == "/recover"`) {
			break
		}
	}
	w.at("/recover/choose")
}

// choose takes the way by e-mail and waits for the page with the code field.
func (w *walker) choose() { w.t.Helper(); w.take("email", "/recover/code", "code.title") }

// take takes a way and waits for its page.
func (w *walker) take(way, page, head string) {
	w.t.Helper()
	w.follow("[name=way][value=" + way + "]")
	w.at(page)
	for w.noScript && w.there("[data-next]") { // the page may ask for a moment's patience; a script goes on by itself
		w.follow("[data-next]")
	}
	w.until(`document.querySelector("main form .field input")`)
	w.says(head)
}

// recover goes from the code to the end.
func (w *walker) recover() {
	w.t.Helper()
	w.code(w, w.site.code(w.mail(w.address, 0)))
	w.renew()
}

// renew sets the new password.
func (w *walker) renew() {
	w.t.Helper()
	w.at("/recover/reset")
	w.says("reset.title")
	if got := w.value("[name=username]"); got != w.address {
		w.t.Errorf("the password is for %q (R-87)", got)
	}
	w.write("#new", w.fresh)
	w.follow(submit)
	w.at("/recover/done")
	w.says("done.title")
}

// signIn goes from the end to the account.
func (w *walker) signIn() {
	w.t.Helper()
	w.follow("main a.go")
	w.at("/signin")
	w.write("#address", w.address)
	w.write("#password", w.fresh)
	w.follow(submit)
	w.at("/account")
	w.says("account.title")
	if got := w.said("main"); !strings.Contains(got, w.address) {
		w.t.Errorf("the account page does not name its address:\n%s", got)
	}
}

// all is the walk from the first page to the last.
func (w *walker) all() {
	w.t.Helper()
	w.forget()
	w.choose()
	w.recover()
	w.signIn()
	notice := w.mail(w.address, 1)
	if want := w.T("mail.changed.subject", "Site", "Fernbank"); notice.Subject != want {
		w.t.Errorf("after the reset came %q, want %q", notice.Subject, want)
	}
	if n := len(w.mails(w.address)); n != 2 {
		w.t.Errorf("%d mails came, want a code and a notice", n)
	}
	if w.seen != nil {
		for _, page := range []string{"/account/password", "/help", "/help/card"} {
			w.open(page)
			w.seen(w, "")
		}
		w.letters()
	}
}

// typed writes the code as many do: in two groups.
func typed(w *walker, code string) {
	w.t.Helper()
	w.write("#code", code[:4]+" "+code[4:])
	w.follow(submit)
}

// clipboard is the machine's: there is one for all tabs.
var clipboard sync.Mutex

// pasted takes the code from the clipboard, with what was copied around it.
func pasted(w *walker, code string) {
	w.t.Helper()
	clipboard.Lock()
	defer clipboard.Unlock()
	for _, name := range []string{"clipboard-write", "clipboard-read"} {
		_, err := chromedp.CallBrowser(w.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			Origin: w.url, BrowserContextID: chromedp.FromContext(w.ctx).BrowserContextID,
		})
		w.must(err)
	}
	eval[bool](w.tab, `navigator.clipboard.writeText(%s).then(() => true)`, " "+code[:4]+"\u00a0"+code[4:]+"\n")
	w.click("#code")
	w.must(call(w.tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeRawKeyDown, Key: "v", Code: "KeyV", Modifiers: int64(chromedp.ModifierCtrl), Commands: []string{"paste"},
	}))
	w.until(`document.querySelector("#code").value.includes(%s)`, code[4:])
	w.follow(submit)
}

// entered writes the code and presses Enter.
func entered(w *walker, code string) {
	w.t.Helper()
	w.write("#code", code)
	w.leave(func() { w.press("\r") })
}

// looked is what every page is looked at for in passing.
func looked(w *walker, _ string) {
	w.t.Helper()
	w.axe()
	if w.noScript { // the document is as it came, so this is its source
		if inline := eval[string](w.tab, `[...document.querySelectorAll("script:not([src]), style, [style]"),
			...[...document.querySelectorAll("*")].filter((e) => e.getAttributeNames().some((a) => a.startsWith("on")))]
			.map((e) => e.outerHTML).join("\n")`); inline != "" {
			w.t.Errorf("%s has inline script or style:\n%s", w.path(), inline)
		}
	}
}

// The walk in every language: with the usual hands and fingers, by keys alone, and without a script.
func TestWalk(t *testing.T) {
	for _, c := range []struct {
		name string
		person
		fresh string
		hand  hand
		code  func(*walker, string)
		seen  func(*walker, string)
	}{
		{"rubbing, typed", person{lang: "en"}, "a spare key under the blue pot", rubbing, typed, looked},
		{"a finger on a phone, entered", person{lang: "es", phone: true}, "la gallina canta al alba", tapping, entered, nil},
		{"tapping with the mouse, pasted", person{lang: "ar", dark: true}, "ثلاث دجاجات على السطح", tapping, pasted, looked},
		{"a finger on a phone, pasted", person{lang: "zh-Hans", dark: true, phone: true}, "屋顶上有三只母鸡吗 🐔", tapping, pasted, nil},

		{"by ear", person{lang: "es"}, "la gallina canta al alba", listening, typed, nil},
		{"by work alone", person{lang: "zh-Hans", phone: true}, "屋顶上有三只母鸡吗 🐔", working, typed, nil},

		{"keys alone", person{lang: "en", keyboard: true}, "a spare key under the blue pot", keying, entered, inOrder},
		{"keys alone", person{lang: "ar", keyboard: true}, "a spare key under the blue pot", keying, entered, inOrder},

		{"no script", person{lang: "en", noScript: true}, "a spare key under the blue pot", marking, typed, looked},
		{"no script", person{lang: "es", noScript: true, phone: true}, "la gallina canta al alba", marking, entered, nil},
		{"no script", person{lang: "ar", noScript: true, phone: true, dark: true}, "ثلاث دجاجات على السطح", hearing, typed, looked},
		{"no script", person{lang: "zh-Hans", noScript: true, dark: true}, "屋顶上有三只母鸡吗 🐔", marking, entered, nil},
	} {
		t.Run(c.lang+", "+c.name, func(t *testing.T) {
			t.Parallel() // most of the time is the card's, which lets nobody answer at once
			s := newSite(t)
			w := s.walker(c.person, "ada@"+strings.ToLower(c.lang)+".example")
			w.fresh, w.hand, w.code, w.seen = c.fresh, c.hand, c.code, c.seen
			w.all()
		})
	}
}
