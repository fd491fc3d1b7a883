package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/web/page"
)

func (w *Web) passwordPage(rw http.ResponseWriter, r *http.Request) {
	if _, account, ok := w.account(rw, r); ok {
		w.showPassword(rw, r, http.StatusOK, account, page.Password{})
	}
}

func (w *Web) showPassword(rw http.ResponseWriter, r *http.Request, status int, account engine.AccountView, model page.Password) {
	model.Username = mainAddress(account).Address()
	model.MinLength, model.MaxLength = w.Rules.MinLength, w.Rules.MaxLength
	w.show(rw, r, status, model)
}

// mainAddress is the one that an account signs in with.
func mainAddress(account engine.AccountView) contact.Email {
	if len(account.Emails) == 0 {
		return contact.Email{}
	}
	return account.Emails[0]
}

// changePassword changes the password of somebody who knows the current one, or only says how strong a new one would be.
func (w *Web) changePassword(rw http.ResponseWriter, r *http.Request, values url.Values) {
	session, account, ok := w.account(rw, r)
	if !ok {
		return
	}
	refuse := func(model page.Password) {
		w.showPassword(rw, r, http.StatusUnprocessableEntity, account, model)
	}
	chosen, err := password.New(values.Get("password"))
	if refusal := unusable(chosen, err); refusal != "" {
		refuse(page.Password{Refusal: refusal})
		return
	}
	if values.Get("action") == "advise" {
		w.showPassword(rw, r, http.StatusOK, account, page.Password{Advice: w.advice(chosen, mainAddress(account))})
		return
	}
	current, err := password.New(values.Get("current"))
	if err != nil || current.Length() == 0 {
		refuse(page.Password{WrongCurrent: true})
		return
	}
	refusal, err := w.Gate.Confirm(r.Context(), session.Account, w.Client(r))
	switch {
	case err != nil:
		w.fail(rw, r, err)
		return
	case refusal.Reason != "":
		w.limited(rw, r, refusal.RetryAfter)
		return
	}
	verdict, err := w.Engine.ChangePassword(r.Context(), session, current, chosen, w.language(r).Tag)
	switch {
	case errors.Is(err, engine.ErrWrong):
		refuse(page.Password{WrongCurrent: true})
	case errors.Is(err, password.ErrBusy):
		setRetryAfter(rw, busyFor)
		w.showPassword(rw, r, http.StatusServiceUnavailable, account, page.Password{Refusal: "busy", RetryAfter: busyFor})
	case !w.signedIn(rw, r, err):
	case !verdict.OK():
		refuse(page.Password{Refusal: string(verdict.Reasons[0]), Advice: w.advice(chosen, mainAddress(account))})
	default:
		http.Redirect(rw, r, "/account?said=changed", http.StatusSeeOther)
	}
}
