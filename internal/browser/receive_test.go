package browser

import (
	"testing"
	"time"
)

// messenger stands in for the part of a telephone's browser that reads text messages (WebOTP), which no machine without a telephone
// has. It keeps what was asked for, delivers when the test says so, and notes when it was let off.
const messenger = `{
	window.OTPCredential = class {};
	navigator.credentials.get = (wish) => new Promise((deliver, refuse) => {
		window.wish = wish;
		window.deliver = (code) => deliver({ code });
		wish.signal.addEventListener("abort", () => { sessionStorage.letOff = "yes"; refuse(wish.signal.reason); });
	});
}`

// A code that comes by text is filled in, said, and left to be sent by the person: a wrong one would cost a try. What was typed before
// it came is not touched, and sending a form lets the browser off. The page of the e-mail way asks for nothing.
func TestReceive(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	w := s.walker(person{before: messenger}, "ada@fernbank.example")
	w.forget()
	w.follow("[name=way][value=phone]")
	w.at("/recover/code")
	w.until(`window.wish && wish.otp.transport[0] == "sms"`)
	if said := w.said("[data-filled]"); said != "" {
		t.Errorf("before anything came the page says %q", said)
	}
	eval[bool](w.tab, `(deliver("48219073"), true)`)
	w.until(`document.querySelector("#code").value == "48219073"`)
	if got, want := w.said("[data-filled]"), w.T("code.filled"); got != want {
		t.Errorf("the page says %q, want %q", got, want)
	}
	if got := eval[string](w.tab, `document.activeElement.className`); got != "go" {
		t.Errorf("the focus is on %q, not on the button that sends it", got)
	}
	w.press("\r")
	w.until(`document.querySelector("#code-fault")`) // it was made up; that it was judged shows that it was sent
	if got, want := w.said("#code-fault"), w.T("code.tries", "Count", 1, "Limit", 5); got != w.T("code.wrong")+" "+want {
		t.Errorf("the page says %q", got)
	}
	if eval[string](w.tab, `sessionStorage.letOff ?? ""`) != "yes" {
		t.Error("the browser still waits for a text")
	}

	w.until(`window.wish`)
	w.write("#code", "1111")
	eval[bool](w.tab, `(deliver("48219073"), true)`)
	if got := w.value("#code"); got != "1111" {
		t.Errorf("what was typed became %q", got)
	}

	s.ahead.Add(int64(61 * time.Second)) // past the cool-down, which holds for every way
	w.follow(`[action="/recover/another"] button`)
	w.at("/recover/choose")
	w.choose()
	if eval[bool](w.tab, `"wish" in window || !!document.querySelector("[data-filled]")`) {
		t.Error("the page of the mail asks for texts")
	}
}

// mute is a browser that could read texts, and whose owner does not want it to.
const mute = `{
	window.OTPCredential = class {};
	navigator.credentials.get = () => { window.asked = true; return Promise.reject(new DOMException("no", "NotAllowedError")); };
}`

// Who does not let the browser read texts types the code, and hears no complaint. The page that confirms a telephone asks as well.
func TestReceiveRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	w := s.equipped(person{before: mute}, "ada@fernbank.example")
	w.forget()
	w.take("phone", "/recover/code", "code.title")
	w.until(`window.asked`)
	if said := w.said("[data-filled]"); said != "" {
		t.Errorf("the page says %q", said)
	}
	typed(w, s.code(s.mail(number, 0)))
	w.renew()
	w.signIn()
	w.follow("[href='/account/phone/new']")
	w.write("#number", "+44 7400 123456")
	w.follow(submit)
	w.at("/account/confirm")
	w.until(`window.asked`)
	w.confirms("+447400123456")
}
