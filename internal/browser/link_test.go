package browser

import (
	"strings"
	"testing"
)

// The link in the mail goes on in the browser that opens it, and the browser that asked sees no change.
func TestLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	asked := s.walker(person{}, "ada@fernbank.example")
	asked.forget()
	asked.choose()
	mail := s.mail(asked.address, 0)
	before := asked.said("main")

	elsewhere := &walker{tab: s.browse(person{lang: "es", phone: true, dark: true}), Catalogue: asked.Catalogue, address: asked.address, fresh: asked.fresh}
	elsewhere.open(s.link(mail) + "?lang=en")
	elsewhere.says("link.title")
	elsewhere.axe()
	elsewhere.reload() // opening it changes nothing, however often
	elsewhere.follow(submit)
	elsewhere.at("/recover/reset")
	elsewhere.says("reset.title")

	asked.reload()
	asked.at("/recover/code")
	if after := asked.said("main"); withoutCountdown(after) != withoutCountdown(before) {
		t.Errorf("the browser that asked sees a change:\n%s\nwas:\n%s", after, before)
	}
	typed(asked, s.code(mail))
	asked.at("/recover/code")
	if got, want := asked.said("#code-fault"), asked.T("code.wrong"); !strings.HasPrefix(got, want) {
		t.Errorf("its code, after the link was used: %q, want %q", got, want)
	}

	again := s.browse(person{})
	again.open(s.link(mail))
	if got, want := again.said("h1"), asked.T("link.dead.title"); got != want {
		t.Errorf("the link, used already: %q, want %q", got, want)
	}

	elsewhere.write("#new", elsewhere.fresh)
	elsewhere.follow(submit)
	elsewhere.at("/recover/done")
	elsewhere.signIn()
}

// withoutCountdown is a page's text but for the one line that runs.
func withoutCountdown(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "0:") && !strings.Contains(line, "1:00") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
