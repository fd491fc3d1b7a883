package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/web/page"
)

func (w *Web) signInPage(rw http.ResponseWriter, r *http.Request) {
	model := page.SignIn{Next: sameSitePath(r.URL.Query().Get("next"))}
	model.SignedOut = r.URL.Query().Get("said") == "signed_out"
	model.SignInFirst = r.URL.Query().Has("next")
	w.showSignIn(rw, r, http.StatusOK, model)
}

// signIn begins a session. What does not work has one answer, whatever is the matter.
func (w *Web) signIn(rw http.ResponseWriter, r *http.Request) {
	values, status := form(r)
	if status != 0 {
		w.problem(rw, r, status, "form")
		return
	}
	typed := values.Get("address")
	model := page.SignIn{Address: clip(typed), Next: sameSitePath(values.Get("next"))}
	if values.Get("action") == "new" {
		w.challengeSignIn(rw, r, http.StatusOK, model)
		return
	}
	address, err := contact.ParseEmail(typed)
	if err != nil {
		model.AddressError = addressError(err)
		w.showSignIn(rw, r, http.StatusUnprocessableEntity, model)
		return
	}
	card, answer := answerOf(values)
	pass, refusal, err := w.Gate.SignIn(r.Context(), gate.Knock{Address: address, Client: w.Client(r), Card: card, Answer: answer})
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	if refusal.Reason != "" {
		model.Refusal, model.RetryAfter = string(refusal.Reason), refusal.RetryAfter
		w.challengeSignIn(rw, r, refusalStatus(rw, refusal), model)
		return
	}
	w.admit(rw, r, pass, values, model)
}

// admit checks the password of somebody whom the gate let through.
func (w *Web) admit(rw http.ResponseWriter, r *http.Request, pass gate.Pass, values url.Values, model page.SignIn) {
	typed, err := password.New(values.Get("password"))
	var cookie = w.secretCookie(r, cookieSignIn)
	if err == nil {
		cookie, err = w.Engine.SignIn(r.Context(), pass, typed, r.UserAgent())
	} else {
		err = engine.ErrWrong // no password is like that
	}
	switch {
	case errors.Is(err, engine.ErrWrong):
		model.Wrong = true
		w.showSignIn(rw, r, http.StatusUnprocessableEntity, model)
	case errors.Is(err, password.ErrBusy):
		w.busy(rw, r)
	case err != nil:
		w.fail(rw, r, err)
	default:
		if err := w.Gate.SignedIn(r.Context(), pass); err != nil {
			w.log.WarnContext(r.Context(), "a good sign-in could not be given back to its limit", "err", err)
		}
		w.setCookie(rw, cookieSignIn, cookie.Reveal(), w.Engine.Settings.Sessions.Life, http.SameSiteLaxMode)
		http.Redirect(rw, r, model.Next, http.StatusSeeOther)
	}
}

// challengeSignIn shows the page with a card, because the gate asks for one.
func (w *Web) challengeSignIn(rw http.ResponseWriter, r *http.Request, status int, model page.SignIn) {
	if model.Refusal != string(gate.Limited) {
		card, err := w.deal(gate.SignIn)
		if err != nil {
			w.fail(rw, r, err)
			return
		}
		model.Card = &card
	}
	w.showSignIn(rw, r, status, model)
}

func (w *Web) showSignIn(rw http.ResponseWriter, r *http.Request, status int, model page.SignIn) {
	if w.Demo != nil {
		model.Demo = w.Demo.Accounts
	}
	w.show(rw, r, status, model)
}

func (w *Web) signOut(rw http.ResponseWriter, r *http.Request) {
	if err := w.Engine.SignOut(r.Context(), w.secretCookie(r, cookieSignIn)); err != nil {
		w.fail(rw, r, err)
		return
	}
	w.dropCookie(rw, cookieSignIn)
	http.Redirect(rw, r, "/signin?said=signed_out", http.StatusSeeOther)
}

// session finds who is signed in, or sends the browser to the sign-in and returns false.
func (w *Web) session(rw http.ResponseWriter, r *http.Request) (engine.Session, bool) {
	session, err := w.Engine.Session(r.Context(), w.secretCookie(r, cookieSignIn))
	if errors.Is(err, engine.ErrNoSession) {
		http.Redirect(rw, r, "/signin?next="+url.QueryEscape(sameSitePath(r.URL.Path)), http.StatusSeeOther)
		return engine.Session{}, false
	}
	if err != nil {
		w.fail(rw, r, err)
		return engine.Session{}, false
	}
	return session, true
}
