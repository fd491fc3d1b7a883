package browser

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twohens/internal/locale"
)

// enter signs in with the password that was not forgotten.
func (w *walker) enter() {
	w.t.Helper()
	w.open("/signin")
	w.write("#address", w.address)
	w.write("#password", forgotten)
	w.follow(submit)
	w.at("/account")
	w.says("account.title")
}

// changed waits for the account page and checks what it says of a change.
func (w *walker) changed(key string) {
	w.t.Helper()
	w.at("/account")
	if got, want := w.said(".notice"), w.T(key); !strings.HasPrefix(got, want) {
		w.t.Errorf("the account page says %q, want %q", got, want)
	}
}

// listed is whether the list of what would get one back in has a line.
func (w *walker) listed(key string) bool {
	w.t.Helper()
	return strings.Contains(w.said(".ticks"), w.T(key))
}

// pick goes through a list by key until an option is chosen.
func (w *walker) pick(list, value string) {
	w.t.Helper()
	w.tabTo(list)
	w.press(kb.Home)
	for range 60 {
		if w.value(list) == value {
			return
		}
		w.press(kb.ArrowDown)
	}
	w.t.Fatalf("at %s, %s is not in %s", w.path(), value, list)
}

// country chooses a country: with a script by a part of its name, and else by going through the list.
func (w *walker) country(code string) {
	w.t.Helper()
	if w.noScript {
		if w.there("#find") {
			w.t.Error("there is a field for finding countries, which needs a script")
		}
		w.pick("#country", code)
		return
	}
	all := eval[int](w.tab, `document.querySelector("#country").options.length`)
	w.write("#find", "qq")
	w.until(`document.querySelector(".finder [role=status]").textContent == %s`, w.T("phone.find_none"))
	name := []rune(w.Region(code))
	w.write("#find", string(name[2:]))
	w.until(`document.querySelector("#country").value == %s`, code)
	if left := eval[int](w.tab, `document.querySelector("#country").options.length`); left >= all/2 {
		w.t.Errorf("%d of %d countries are left", left, all)
	}
	w.press("\r") // goes on to the list and sends nothing
	if got := eval[string](w.tab, `document.activeElement.id`); got != "country" {
		w.t.Errorf("after finding, the focus is on %q", got)
	}
}

// confirms types the code that was sent to a new contact.
func (w *walker) confirms(to string) {
	w.t.Helper()
	w.at("/account/confirm")
	w.says("code.title")
	w.code(w, w.site.code(w.mail(to, 0)))
	w.changed("account.added.head")
}

// bindPhone adds a telephone, with one wrong code on the way.
func (w *walker) bindPhone() {
	w.t.Helper()
	w.follow(".entry [href='/account/phone/new']")
	w.says("contact.phone.add")
	w.country("GB")
	w.write("#number", "07400 123456")
	w.follow(submit)
	w.at("/account/confirm")
	typed(w, "0000 0000")
	if got, want := w.said("#code-fault"), w.T("code.tries", "Count", 1, "Limit", 5); !strings.HasSuffix(got, want) {
		w.t.Errorf("%q, want it to end in %q", got, want)
	}
	w.says("code.title")
	w.confirms("+447400123456")
	if !w.listed("standing.phone") {
		w.t.Errorf("a code by text message is not among what would get one back in: %s", w.said(".ticks"))
	}
}

// replacePhone puts another telephone in its place, written in full this time.
func (w *walker) replacePhone() {
	w.t.Helper()
	w.follow(".entry:has([dir=ltr]) a")
	w.says("contact.phone.title")
	w.follow("[href$='/replace']")
	w.says("contact.phone.replace")
	w.write("#number", "+1 (202) 555-0123")
	w.follow(submit)
	w.confirms(number)
	if got := w.said("main"); strings.Contains(got, "7400") || !strings.Contains(got, "202") {
		w.t.Errorf("after one number took the place of the other, the account page says:\n%s", got)
	}
}

// secondAddress adds an address, makes it the main one, has the messages come in Spanish, and takes it out again.
func (w *walker) secondAddress() {
	w.t.Helper()
	second := "second." + w.address
	w.follow("[href='/account/email/new']")
	w.says("contact.email.add")
	w.write("#address", second)
	w.follow(submit)
	w.confirms(second)
	w.follow(".entry:nth-of-type(2) a")
	w.says("contact.email.title")
	w.follow("[action$='/main'] button")
	w.changed("account.main.head")

	w.pick("#language", "es")
	w.follow("[action='/account/language'] button")
	w.changed("account.language_set.head")

	w.follow(".entry:nth-of-type(1) a")
	w.follow("[href$='/remove']")
	w.says("remove.email")
	w.follow(submit)
	w.changed("account.removed.head")
	if got := w.said("main"); strings.Contains(got, "second.") {
		w.t.Errorf("the address is still there:\n%s", got)
	}
	w.mail(second, 2) // the code, that it was added, that it was removed
	if got, want := w.mails(second)[0].Subject, locale.For("es").T("mail.removed.subject", "Site", "Fernbank"); got != want {
		w.t.Errorf("in Spanish the last message is %q, want %q", got, want)
	}
}

// setUp sets questions up. The first time two answers are the same, which is refused; then all are typed anew.
func (w *walker) setUp() {
	w.t.Helper()
	w.follow(".entry [href='/account/questions']")
	w.says("setup.title")
	for n, answer := range []string{"copper lantern", "copper lantern", "night ferry"} {
		row := string(rune('1' + n))
		w.pick("#question-"+row, eval[string](w.tab, `document.querySelector("#question-1").options[%d].value`, n+3))
		w.write("#answer-"+row, answer)
	}
	w.follow(submit)
	w.says("setup.title")
	if got, want := w.said("#row-2-fault"), w.T("questions.refused.same"); got != want {
		w.t.Errorf("%q, want %q", got, want)
	}
	for n, answer := range []string{"copper lantern", "paper kite", "night ferry"} {
		field := "#answer-" + string(rune('1'+n))
		if got := w.value(field); got != "" {
			w.t.Errorf("an answer came back: %q", got)
		}
		w.write(field, answer)
	}
	w.follow(submit)
	w.changed("account.answered.head")
	if !w.listed("standing.questions") {
		w.t.Errorf("the answers are not among what would get one back in: %s", w.said(".ticks"))
	}
}

// keep makes recovery codes, saves them as a file, and looks at how they are printed.
func (w *walker) keep() {
	w.t.Helper()
	folder := w.t.TempDir()
	_, err := chromedp.CallBrowser(w.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(w.ctx).BrowserContextID, DownloadPath: folder,
	})
	w.must(err)
	saved := func() []string {
		var body []byte
		w.wait("no file with the codes came", func() bool {
			body, _ = os.ReadFile(filepath.Join(folder, "recovery-codes.txt"))
			return len(body) > 0
		})
		must(w.t, os.Remove(filepath.Join(folder, "recovery-codes.txt")))
		return strings.Split(string(body), "\r\n")
	}
	codes := w.savedCodes()
	w.must(w.media("print", false))
	if shown := eval[[]string](w.tab, `[...document.querySelectorAll(".top, .foot, .perch, .drawer, .row-of, button, a, .codes, .codes code")]
		.filter((e) => e.checkVisibility()).map((e) => e.localName)`); !slices.Equal(slices.Compact(shown), []string{"ol", "code"}) {
		w.t.Errorf("on paper are %v", shown)
	}
	w.printed()
	w.must(w.media("", false))
	if w.noScript {
		if w.there(".row-of:not([hidden])") {
			w.t.Error("there are buttons that need a script")
		}
		w.follow("[href='/account']")
		w.follow(".entry [href='/account/codes']")
		w.says("paper.title")
		w.click("[name=action][value=file]")
		file := saved()
		for _, code := range codes {
			if slices.Contains(file, code) {
				w.t.Error("new codes are the old ones")
			}
		}
	} else {
		w.click("[data-save]")
		if file := saved(); !slices.Equal(file[1:11], codes) {
			w.t.Errorf("the file has other codes than the page: %q", file)
		}
		w.click("[data-print]")
		w.until(`window.printed == 1`)
		w.follow("[href='/account']")
	}
	w.open("/account")
	if !w.listed("standing.saved") {
		w.t.Errorf("a recovery code is not among what would get one back in: %s", w.said(".ticks"))
	}
}

// again is asked for the password once some time has gone by, and then led to where it wanted to go.
func (w *walker) again() {
	w.t.Helper()
	w.ahead.Add(int64(11 * time.Minute))
	w.follow(".entry [href='/account/questions']")
	w.at("/account/again")
	w.says("again.title")
	w.write("#current", "not this one")
	w.follow(submit)
	if got, want := w.said("#current-fault"), w.T("again.wrong"); got != want {
		w.t.Errorf("%q, want %q", got, want)
	}
	w.says("again.title")
	w.write("#current", forgotten)
	w.follow(submit)
	w.at("/account/questions")
	w.says("setup.title")
	w.follow("[href='/account/questions/remove']")
	w.says("remove.questions")
	w.follow(submit)
	w.changed("account.removed.head")
	if w.listed("standing.questions") {
		w.t.Error("the answers would still get one back in")
	}
}

// Somebody signed in sets up every way there is, and takes some of it back.
func TestOwner(t *testing.T) {
	var seen sync.Map
	for name, p := range map[string]person{
		"en":            {lang: "en", before: `window.print = () => { window.printed = (window.printed ?? 0) + 1; }`},
		"ar":            {lang: "ar", before: `window.print = () => { window.printed = (window.printed ?? 0) + 1; }`, dark: true},
		"en, no script": {lang: "en", noScript: true, phone: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSite(t, everyWay).walker(p, "ada@fernbank.example")
			w.seen = sparing(&seen)
			w.enter()
			if got, want := w.said(".notice"), w.T("account.single.head"); !strings.HasPrefix(got, want) {
				t.Errorf("with one way back the account page says %q, want %q", got, want)
			}
			w.follow("[action='/account/later'] button")
			w.reload()
			if w.there(".notice") {
				t.Errorf("after “not now” the account page says %q", w.said(".notice"))
			}
			w.bindPhone()
			w.replacePhone()
			w.setUp()
			w.keep()
			w.secondAddress()
			w.again()
			w.says("account.title")
		})
	}
}
