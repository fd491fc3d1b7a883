package browser

import (
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/scratch/scratchtest"
)

// refused checks what a page says after a refusal, that the address is still there, and that there is another card.
func (w *walker) refused(key, card string) {
	w.t.Helper()
	if got, want := w.said("main"), w.T(key); !strings.Contains(got, want) {
		w.t.Errorf("the page does not say %q:\n%s", want, got)
	}
	if got := w.value("#address"); got != w.address {
		w.t.Errorf("the address is %q now", got)
	}
	if got := w.dealt(); got == card {
		w.t.Error("it is the same card again")
	}
	if title := eval[string](w.tab, `document.title`); !strings.HasPrefix(title, w.T("layout.failed")) {
		w.t.Errorf("the title is %q", title)
	}
}

// fails submits, and waits for what the challenge itself says of the answer: the page stays, with everything that was typed.
func (w *walker) fails(words string, card string) {
	w.t.Helper()
	before := w.posted("/recover")
	w.click(submit)
	w.until(inner+`(".notice")?.textContent.includes(%s)`, words)
	if w.posted("/recover") != before {
		w.t.Error("the form went out")
	}
	if got := w.value("#address"); got != w.address {
		w.t.Errorf("the address is %q now", got)
	}
	if got := w.dealt(); card != "" && got == card {
		w.t.Error("it is the same card again")
	}
}

// However a card fails, the challenge says so, keeps what was typed, and deals another one.
func TestOops(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{}, "ada@fernbank.example")
	w.open("/recover")
	w.write("#address", w.address)

	card := w.dealt()
	wrongly(w.tab)
	w.fails("Oops, the chickens ran away.", card)

	w.card()
	w.fails("Scratch out the two chickens first.", "")

	card = w.dealt()
	w.tool("renew")
	w.until(element+`.card && `+element+`.card != %s`, card)
	if w.value("#address") != w.address {
		t.Errorf("New card: the address is %q now", w.value("#address"))
	}

	// A slip in the address costs nobody the card: what was solved stays solved.
	w.address = "ada at home"
	w.write("#address", w.address)
	w.hand(w.tab)
	w.follow(submit)
	if got, want := w.said("main"), w.T("address.shape"); !strings.Contains(got, want) {
		t.Errorf("the page does not say %q:\n%s", want, got)
	}
	if !eval[bool](w.tab, `document.activeElement.id == "address" && document.activeElement.ariaInvalid == "true"`) {
		t.Error("the field that is wrong has not the focus")
	}
	w.address = "ada@fernbank.example"
	w.write("#address", w.address)
	w.follow(submit)
	w.at("/recover/choose")
}

// Cover again takes back what was rubbed: it is as if nothing had been.
func TestCoverAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{}, "ada@fernbank.example")
	w.open("/recover")
	wrongly(w.tab)
	w.tool("cover")
	w.identify()
}

// An answer that comes sooner than a person can give it is refused, and one that comes too late.
func TestTooFastAndTooSlow(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *config.Config) { c.Challenge.Lifetime = 6 * time.Second })
	w := s.walker(person{noScript: true}, "ada@fernbank.example")
	w.open("/recover")
	for {
		w.write("#address", w.address)
		card := w.dealt()
		numbers, err := scratchtest.Pick(s.keys, card)
		must(t, err)
		w.mark(numbers...)
		from, err := scratchtest.From(s.keys, card)
		must(t, err)
		w.follow(submit)
		if time.Now().Before(from) {
			w.refused("card.too_fast.head", card)
			break
		}
		w.open("/recover") // a busy machine was no quicker than a person
	}
	w.open("/recover")
	w.write("#address", w.address)
	card := w.dealt()
	marking(w.tab)
	revealed, err := s.keys.Reveal(card)
	must(t, err)
	<-time.After(time.Until(revealed.Until))
	w.follow(submit)
	w.refused("card.too_slow.head", card)
	w.identify()
}

// After three wrong passwords the sign-in asks for the chickens too, and lets in whoever finds them.
func TestChickensAtSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{lang: "ar", phone: true}, "ada@fernbank.example")
	w.open("/signin")
	for range 3 {
		w.write("#address", w.address)
		w.write("#password", "not this one")
		w.follow(submit)
		if w.there("scratch-challenge") {
			t.Fatal("chickens already")
		}
		if got, want := w.said(".notice"), w.T("signin.wrong.head"); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	w.write("#password", "nor this")
	w.follow(submit)
	w.axe()
	w.write("#password", forgotten)
	wrongly(w.tab)
	w.click(submit)
	w.until(inner + `(".notice")?.checkVisibility()`)
	tapping(w.tab) // and the password is still there
	w.follow(submit)
	w.at("/account")
}
