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
func (w *Web) signIn(rw http.ResponseWriter, r *http.Request, values url.Values) {
	model := page.SignIn{Address: clip(values.Get("address")), Next: sameSitePath(values.Get("next"))}
	challenge := func(rw http.ResponseWriter, r *http.Request, status int, model page.SignIn) {
		w.challengeSignIn(rw, r, status, model, w.byEar(values))
	}
	if renews(values) {
		challenge(rw, r, http.StatusOK, model)
		return
	}
	again := w.showSignIn
	if values.Has("response") || values.Has("plain") {
		again = challenge // where one was asked for, the next try needs one too
	}
	address, err := contact.ParseEmail(values.Get("address"))
	if err != nil {
		model.AddressError = addressError(err)
		again(rw, r, http.StatusUnprocessableEntity, model)
		return
	}
	_, known := w.knownCookie(r)
	pass, refusal, err := w.Gate.SignIn(r.Context(), solved(gate.Knock{Address: address, Client: w.Client(r), Known: known}, values))
	switch {
	case err != nil:
		w.fail(rw, r, err)
		return
	case refusal.Reason != "":
		model.Refusal, model.RetryAfter = string(refusal.Reason), refusal.RetryAfter
		challenge(rw, r, refusalStatus(rw, refusal), model)
		return
	}
	switch err := w.admit(rw, r, pass, values.Get("password")); {
	case errors.Is(err, engine.ErrWrong):
		model.Wrong = true
		again(rw, r, http.StatusUnprocessableEntity, model)
	case errors.Is(err, password.ErrBusy):
		w.busy(rw, r)
	case err != nil:
		w.fail(rw, r, err)
	default:
		http.Redirect(rw, r, model.Next, http.StatusSeeOther)
	}
}

// admit signs in somebody whom the gate let through, if the password is right.
func (w *Web) admit(rw http.ResponseWriter, r *http.Request, pass gate.Pass, typed string) error {
	known, err := password.New(typed)
	if err != nil {
		return engine.ErrWrong // no password is like that
	}
	cookie, err := w.Engine.SignIn(r.Context(), pass, known, r.UserAgent())
	if err != nil {
		return err
	}
	if err := w.Gate.SignedIn(r.Context(), pass); err != nil {
		w.Log.WarnContext(r.Context(), "a good sign-in could not be given back to its limit", "err", err)
	}
	w.setCookie(rw, cookieSignIn, cookie.Reveal(), w.Engine.Settings.Sessions.Life, http.SameSiteLaxMode)
	if account, err := w.Engine.KnownBrowser(r.Context(), cookie); err != nil {
		w.Log.WarnContext(r.Context(), "a browser that has signed in could not be made known", "err", err)
	} else {
		w.giveKnown(rw, account, w.Gate.Known(pass.Address()))
	}
	return nil
}

// challengeSignIn shows the page with a card, because the gate asks for one.
func (w *Web) challengeSignIn(rw http.ResponseWriter, r *http.Request, status int, model page.SignIn, byEar bool) {
	if model.Refusal != string(gate.Limited) {
		card, err := w.challenge(gate.SignIn, byEar)
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

func (w *Web) signOut(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	if err := w.Engine.SignOut(r.Context(), w.secretCookie(r, cookieSignIn)); err != nil {
		w.fail(rw, r, err)
		return
	}
	w.dropCookie(rw, r, cookieSignIn)
	http.Redirect(rw, r, "/signin?said=signed_out", http.StatusSeeOther)
}

// session finds who is signed in, or sends the browser to the sign-in and returns false.
func (w *Web) session(rw http.ResponseWriter, r *http.Request) (engine.Session, bool) {
	session, err := w.Engine.Session(r.Context(), w.secretCookie(r, cookieSignIn))
	return session, w.signedIn(rw, r, err)
}

// signedIn answers when somebody is not signed in, or nobody knows, and says whether they are.
func (w *Web) signedIn(rw http.ResponseWriter, r *http.Request, err error) bool {
	if errors.Is(err, engine.ErrNoSession) {
		http.Redirect(rw, r, "/signin?next="+url.QueryEscape(sameSitePath(r.URL.Path)), http.StatusSeeOther)
		return false
	}
	if err != nil {
		w.fail(rw, r, err)
		return false
	}
	return true
}

// sameSitePath accepts a way back after the sign-in only if it is one of those that there are. So it has no scheme, no host, no
// backslash and no double slash (GHSA-x3f4-v83f-7wp2). Anything else is the account page.
func sameSitePath(path string) string {
	for _, known := range [...]string{
		"/account", "/account/password", "/account/history", "/account/email/new", "/account/phone/new", "/account/confirm",
		"/account/questions", "/account/codes",
	} {
		if path == known {
			return known
		}
	}
	return "/account"
}
