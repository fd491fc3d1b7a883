package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"twohens/internal/locale"
)

// Whoever clicks everything twice gets one of everything.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{twice: true}, "ada@fernbank.example")
	w.forget()
	w.choose()
	w.code(w, s.code(s.mail(w.address, 0)))
	w.at("/recover/reset")
	w.write("#new", w.fresh)
	w.follow(submit)
	w.at("/recover/done")
	for _, path := range []string{"/recover", "/recover/choose", "/recover/code", "/recover/reset"} {
		if n := w.posted(path); n != 1 {
			t.Errorf("%d forms were sent to %s", n, path)
		}
	}
	s.mail(w.address, 1)
	if n := len(s.mails(w.address)); n != 2 {
		t.Errorf("%d mails came, want a code and a notice", n)
	}
}

// Reloading and going back, at every step, repeats nothing and breaks nothing.
func TestBackAndReload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{}, "ada@fernbank.example")
	w.forget()
	w.reload()
	w.at("/recover/choose")
	w.back()
	w.at("/recover")
	w.identify()
	w.choose()
	mail := s.mail(w.address, 0)
	w.reload()
	w.at("/recover/code")

	typed(w, "0000 0000")
	tries := w.T("code.tries", "Count", 1, "Limit", 5)
	for range 2 {
		w.at("/recover/code")
		if got := w.said("#code-fault"); !strings.HasSuffix(got, tries) {
			t.Errorf("%q, want it to end in %q", got, tries)
		}
		w.reload() // must not cost another try
	}
	w.back()
	w.at("/recover/code")
	w.back()
	w.at("/recover/choose")
	w.choose() // within the cool-down this sends nothing
	typed(w, s.code(mail))
	w.at("/recover/reset")
	w.reload()
	w.at("/recover/reset")
	w.back()
	w.at("/recover/reset") // there is no way back to where the code was asked for

	w.write("#new", w.fresh)
	w.follow(submit)
	w.at("/recover/done")
	w.reload()
	w.back()
	w.at("/recover/done")
	s.mail(w.address, 1)
	if n := len(s.mails(w.address)); n != 2 {
		t.Errorf("%d mails came, want a code and a notice", n)
	}
	w.signIn()
}

// Browsers keep pages that were left, even such as may not be stored, and show them again just as they were. No password is to
// be found in one, and whoever comes after a sign-out finds the sign-in.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{before: `addEventListener("pageshow", (e) => {
		if (e.persisted) sessionStorage.left = (sessionStorage.left ?? "") + (document.querySelector("#new, #password")?.value ?? "");
	})`}, "ada@fernbank.example")
	w.forget()
	w.choose()
	typed(w, s.code(s.mail(w.address, 0)))
	w.at("/recover/reset")
	w.click(".with-tail button") // show it
	w.write("#new", w.fresh)
	w.follow(submit)
	w.at("/recover/done")
	w.back()
	w.at("/recover/done")
	w.signIn()
	w.back()
	w.at("/signin")
	if left := eval[string](w.tab, `sessionStorage.left ?? ""`); left != "" {
		t.Errorf("a page that came back held %q", left)
	}
	w.open("/account")
	w.follow("form[action='/signout'] button")
	w.at("/signin")
	w.back()
	w.at("/signin")
}

// Two tabs of one person are never in each other's way for good.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{}, "ada@fernbank.example")
	w.forget()
	w.choose()
	first := s.code(s.mail(w.address, 0))

	other := &walker{tab: w.beside(), Catalogue: w.Catalogue, address: w.address, fresh: w.fresh, hand: tapping, code: typed}
	other.open("/recover/code")
	other.at("/recover/code") // the same request
	other.open("/recover")
	other.identify() // a request of its own, which is now the browser's
	other.choose()
	second := s.code(s.mail(w.address, 1))
	if first == second {
		t.Error("two requests have one code (R-37)")
	}

	typed(w, first)
	w.at("/recover/code")
	if got, want := w.said("#code-fault"), w.T("code.wrong"); !strings.HasPrefix(got, want) {
		t.Errorf("the code of a request that the browser has left: %q, want %q", got, want)
	}
	typed(w, second)
	w.at("/recover/reset")
	typed(other, second) // the code is not read any more
	other.at("/recover/reset")
	w.write("#new", w.fresh)
	w.follow(submit)
	w.at("/recover/done")
	other.write("#new", "another one, a moment later")
	other.follow(submit)
	other.at("/recover/done")
	w.signIn() // with the first: a right is used once
}

// Without its cookie a browser is told so, and how to go on.
func TestLostCookie(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{}, "ada@fernbank.example")
	w.forget()
	w.choose()
	s.mail(w.address, 0)
	w.must(call(w.tab, network.ClearBrowserCookies, cdp.Empty{}))
	typed(w, "1234 5678")
	w.says("problem.no_cookie.title")
	w.axe()
	w.follow("main a.go")
	w.identify()
}

// A language that was chosen by the switch lasts, and the switch leads back to the page that it was on.
func TestLanguageSwitch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{}, "ada@fernbank.example")
	w.forget()
	for _, tag := range []string{"ar", "zh-Hans", "es"} {
		w.click(".lang summary")
		w.follow(".lang [hreflang=" + tag + "]")
		w.at("/recover/choose")
		w.Catalogue = locale.For(tag)
		w.says("choose.title")
		w.axe()
	}
	w.open("/")
	w.says("signin.title")
}
