package browser

import (
	"strings"
	"testing"
)

// Help is one click away at every step, and the way back is one more.
func TestHelp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{phone: true}, "ada@fernbank.example")
	w.forget()
	w.choose()
	w.click(".drawer summary")
	w.until(`document.querySelector(".drawer a").checkVisibility()`)
	w.follow(".drawer a")
	if got, want := w.said("h1"), "Why cannot I receive the Email verification code?"; got != want {
		t.Errorf("the first answer is to %q, want %q", got, want)
	}
	if got := w.said("main"); !strings.Contains(got, "no-reply@fernbank.example") {
		t.Errorf("the help does not say whom mails come from:\n%s", got)
	}
	w.back()
	w.at("/recover/code")
}
