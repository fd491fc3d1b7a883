package browser

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// otherClock puts the browser's calendar three years back and lets time go by fifteen times as fast as it does.
const otherClock = `{
	const Real = Date, back = 3 * 365 * 24 * 3600e3, from = performance.now(), now = performance.now.bind(performance);
	globalThis.Date = class extends Real {
		constructor(...given) { given.length ? super(...given) : super(Real.now() - back); }
		static now() { return Real.now() - back; }
	};
	performance.now = () => from + 15 * (now() - from);
}`

// moment is what a time element says for machines.
func (b *tab) moment(selector string) time.Time {
	b.t.Helper()
	at, err := time.Parse(time.RFC3339, eval[string](b, `document.querySelector(%s).dateTime`, selector))
	must(b.t, err)
	return at
}

// left is what the countdown shows.
func (b *tab) left() time.Duration {
	b.t.Helper()
	minutes, seconds, ok := strings.Cut(b.said(".count time"), ":")
	d, err := time.ParseDuration(minutes + "m" + seconds + "s")
	if !ok || err != nil {
		b.t.Fatalf("the countdown shows %q", b.said(".count time"))
	}
	return d
}

// The countdown goes by the seconds that the server counts, whatever the browser believes the time to be; it tells screen
// readers at 30, 10 and 0 only; and clicking sooner than the server has it changes nothing.
func TestCountdown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{before: otherClock, zone: "Asia/Tokyo"}, "ada@fernbank.example")
	w.forget()
	w.choose()
	mail := s.mail(w.address, 0)
	if year := eval[int](w.tab, `new Date().getFullYear()`); year > time.Now().Year()-2 {
		t.Fatalf("the browser is in %d: its clock is right", year)
	}
	eval[bool](w.tab, `(() => {
		window.told = [], window.shown = [];
		const said = document.querySelector("[data-said]"), count = document.querySelector(".count time");
		new MutationObserver(() => told.push(said.textContent)).observe(said, {childList: true, characterData: true, subtree: true});
		new MutationObserver(() => shown.push(count.textContent)).observe(count, {childList: true, characterData: true, subtree: true});
		return true;
	})()`)
	if got := eval[int](w.tab, `Number(document.querySelector(".count").dataset.seconds)`); got < 30 || got > 60 {
		t.Errorf("%d seconds are left, says the page; the cool-down is a minute", got)
	}
	w.until(`!document.querySelector("[data-ready]").hidden`)
	want := []string{w.T("code.counts", "Countdown", "0:30"), w.T("code.counts", "Countdown", "0:10"), w.T("code.ready")}
	if told := eval[[]string](w.tab, `told`); !slices.Equal(told, want) {
		t.Errorf("screen readers are told %q, want %q", told, want)
	}
	if shown := eval[[]string](w.tab, `shown`); len(shown) < 3 || !slices.IsSortedFunc(shown, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("the countdown shows %q", shown)
	}
	if n := eval[int](w.tab, `document.querySelectorAll("[role=timer]").length`); n != 1 {
		t.Errorf("%d countdowns on a page", n)
	}

	w.follow(".resend button") // the browser says that it counts; the server knows better
	w.until(`document.querySelector(".count")`)
	if got, want := w.said(".count"), w.T("code.early"); !strings.Contains(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if n := len(s.mails(w.address)); n != 1 {
		t.Errorf("%d mails came", n)
	}

	s.ahead.Add(int64(time.Minute))
	w.open("/recover/code")
	if got, want := w.said(".count"), w.T("code.ready"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	w.follow(".resend button")
	if got, want := w.said("#code-notice"), w.T("code.again.head"); !strings.Contains(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if again := s.code(s.mail(w.address, 1)); again != s.code(mail) {
		t.Error("within the round the code is another (R-47)")
	}
	s.runsOut(w)
}

// runsOut checks what the page says of the time that a code works, in the reader's zone, and when that is over.
func (s *site) runsOut(w *walker) {
	w.t.Helper()
	first := s.code(s.mails(w.address)[0])
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	must(w.t, err)
	until := w.moment("#code-notice time")
	if d := until.Sub(time.Now().Add(time.Duration(s.ahead.Load()))); d < 14*time.Minute || d > 15*time.Minute {
		w.t.Errorf("the code works for %v", d)
	}
	if got, want := w.said("#code-notice time"), until.In(tokyo).Format("15:04"); !strings.HasPrefix(got, want) {
		w.t.Errorf("in Tokyo the code works until %q, want %q", got, want)
	}
	s.ahead.Add(int64(16 * time.Minute))
	w.reload()
	if got, want := w.said(".notice"), w.T("code.run_out.head", "Span", w.Span(15*time.Minute)); !strings.Contains(got, want) {
		w.t.Errorf("%q, want %q", got, want)
	}
	if w.there("#code") {
		w.t.Error("a code is asked for when none works")
	}
	w.follow(".resend button")
	if second := s.code(s.mail(w.address, 2)); second == first {
		w.t.Error("a new round has the old code (R-47)")
	}
}

// Without a script the countdown stands still, and times are the server's and say so.
func TestCountdownWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{noScript: true, zone: "Asia/Tokyo"}, "ada@fernbank.example")
	w.forget()
	w.choose()
	if d := w.left(); d < 30*time.Second || d > time.Minute {
		t.Errorf("%v are left", d)
	}
	if got, want := w.said("#code-notice time"), w.moment("#code-notice time").UTC().Format("15:04 UTC"); got != want {
		t.Errorf("the code works until %q, want %q", got, want)
	}
	s.ahead.Add(int64(40 * time.Second))
	w.reload()
	if d := w.left(); d > 20*time.Second {
		t.Errorf("40 s later %v are left", d)
	}
	w.follow(".resend button")
	if got, want := w.said(".count"), w.T("code.early"); !strings.Contains(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The last try closes the field and says so, as R-33 has it, and the link in the mail goes on.
func TestTriesUsed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.walker(person{lang: "es"}, "ada@fernbank.example")
	w.forget()
	w.choose()
	mail := s.mail(w.address, 0)
	for n := 1; n <= 4; n++ {
		typed(w, "0000 0000")
		if got, want := w.said("#code-fault"), w.T("code.tries", "Count", n, "Limit", 5); !strings.HasSuffix(got, want) {
			t.Errorf("try %d: %q, want it to end in %q", n, got, want)
		}
	}
	typed(w, "0000 0000")
	if got, want := w.said(".notice"), w.T("code.over.head"); !strings.Contains(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if w.there("#code") || w.there(".resend") {
		t.Error("there is still something to type or to click")
	}
	w.axe()
	w.open(s.link(mail))
	w.follow(submit)
	w.at("/recover/reset")
}
