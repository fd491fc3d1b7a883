package browser

import "testing"

// How strong a password is can be asked with a script and without; it is advice, and a bad password is refused with its reason
//
func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, noScript := range []bool{false, true} {
		s := newSite(t)
		w := s.walker(person{noScript: noScript}, "ada@fernbank.example")
		w.forget()
		w.choose()
		typed(w, s.code(s.mail(w.address, 0)))
		w.at("/recover/reset")
		document := w.document()

		ask := func(password, key string) {
			t.Helper()
			w.write("#new", password)
			w.click("[value=advise]")
			w.until(`document.querySelector("#strength b")?.textContent == %s`, w.T(key))
			if left := w.value("#new"); noScript && left != "" {
				t.Errorf("the page came back with the password %q in it", left)
			}
			if n, eggs := eval[int](w.tab, `document.querySelectorAll("#strength .on").length`), map[string]int{"strength.weak": 1, "strength.strong": 4}; n != eggs[key] {
				t.Errorf("%d eggs for %s", n, key)
			}
		}
		ask("password1", "strength.weak")
		ask(w.fresh, "strength.strong")
		if (w.document() == document) == noScript {
			t.Errorf("without a script %v: the page is another: %v", noScript, w.document() != document)
		}

		w.write("#new", "password1")
		w.follow(submit)
		if got, want := w.said("#new-fault"), w.T("refused.common"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if w.value("#new") != "" {
			t.Error("a refused password came back")
		}
		w.axe()
		w.write("#new", w.fresh)
		w.follow(submit)
		w.at("/recover/done")
	}
}
