package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// account loads the account that this browser is signed in to, or answers and returns false.
func (w *Web) account(rw http.ResponseWriter, r *http.Request) (engine.Session, engine.AccountView, bool) {
	session, ok := w.session(rw, r)
	if !ok {
		return engine.Session{}, engine.AccountView{}, false
	}
	account, err := w.Engine.Account(r.Context(), session)
	return session, account, w.signedIn(rw, r, err)
}

func (w *Web) accountPage(rw http.ResponseWriter, r *http.Request) {
	session, account, ok := w.account(rw, r)
	if !ok {
		return
	}
	model := page.Account{Said: r.URL.Query().Get("said")}
	for _, address := range account.Emails {
		model.Addresses = append(model.Addresses, address.Address())
	}
	for _, s := range account.Sessions {
		model.Sessions = append(model.Sessions, page.Session{
			ID: sessionName(s.ID), This: s.ID.Equal(session.ID), Browser: s.Browser, Began: s.Began, Seen: s.Seen,
		})
	}
	for _, record := range account.Records {
		model.Records = append(model.Records, page.Record{
			At: record.At, Event: string(record.Event), Way: record.Way.String(), Outcome: record.Outcome,
		})
	}
	w.show(rw, r, http.StatusOK, model)
}

// sessionName is how a session is called in the form that ends it: its digest, which opens nothing.
func sessionName(id secret.Digest) string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// endSessions ends one session, or all but this one. Only sessions of the same account can be named.
func (w *Web) endSessions(rw http.ResponseWriter, r *http.Request, values url.Values) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	var err error
	var id secret.Digest
	if values.Get("action") == "others" {
		err = w.Engine.EndOtherSessions(r.Context(), session)
	} else if b, bad := base64.RawURLEncoding.DecodeString(values.Get("session")); bad == nil && len(b) == len(id) {
		copy(id[:], b)
		err = w.Engine.EndSession(r.Context(), session, id)
	} else {
		w.problem(rw, r, http.StatusBadRequest, "form")
		return
	}
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	http.Redirect(rw, r, "/account?said=ended", http.StatusSeeOther)
}

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
