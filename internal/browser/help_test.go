package browser

import (
	"strings"
	"testing"
)

// Help is one click away at every step: it opens beside the step, what was typed stays, and the focus comes back to where it was.
func TestHelp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, p := range map[string]person{"phone": {phone: true}, "right to left": {lang: "ar", still: true}} {
		t.Run(name, func(t *testing.T) {
			w := s.walker(p, strings.ReplaceAll(name, " ", "")+"@fernbank.example")
			w.t = t
			w.forget()
			w.choose()
			w.write("#code", "1234")
			w.click(".drawer summary")
			w.until(`document.querySelector(".drawer a").checkVisibility()`)
			w.click(".drawer a")
			w.until(`document.querySelector("dialog[open] h1") == document.activeElement`)
			if got := w.said("dialog"); !strings.Contains(got, "no-reply@fernbank.example") {
				t.Errorf("the help does not say whom mails come from:\n%s", got)
			}
			w.axe()
			w.fits()
			first := w.said("dialog h1")
			w.click(`dialog .links a[href^="/help/"]`)
			w.until(`document.querySelector("dialog h1").innerText.trim() != %s`, first)
			w.press("\x1b")
			w.until(`!document.querySelector("dialog[open]") && document.activeElement.matches(".drawer a")`)
			if w.path() != "/recover/code" || w.value("#code") != "1234" {
				t.Errorf("at %s, with %q in the field", w.path(), w.value("#code"))
			}
			w.click(".drawer a")
			w.until(`document.querySelector("dialog[open]")`)
			w.click("dialog > button")
			w.until(`!document.querySelector("dialog[open]")`)
		})
	}
}

// Without a script the link is an ordinary one, and the way back is one click.
func TestHelpWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{noScript: true}, "ada@fernbank.example")
	w.forget()
	w.choose()
	w.click(".drawer summary")
	w.until(`document.querySelector(".drawer a").checkVisibility()`)
	w.follow(".drawer a")
	if got, want := w.said("h1"), "Why cannot I receive the Email verification code?"; got != want {
		t.Errorf("the first answer is to %q, want %q", got, want)
	}
	w.back()
	w.at("/recover/code")
}
