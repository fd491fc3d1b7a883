package web

import (
	"encoding/base64"
	"errors"
	"net/http"

	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

func (w *Web) accountPage(rw http.ResponseWriter, r *http.Request) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	account, err := w.Engine.Account(r.Context(), session)
	if errors.Is(err, engine.ErrNoSession) {
		w.dropCookie(rw, cookieSignIn)
		http.Redirect(rw, r, "/signin", http.StatusSeeOther)
		return
	}
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	model := page.Account{Said: r.URL.Query().Get("said")}
	for _, address := range account.Contacts {
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
func (w *Web) endSessions(rw http.ResponseWriter, r *http.Request) {
	values, status := form(r)
	if status != 0 {
		w.problem(rw, r, status, "form")
		return
	}
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
	if session, ok := w.session(rw, r); ok {
		w.showPassword(rw, r, http.StatusOK, session, page.Password{})
	}
}

func (w *Web) showPassword(rw http.ResponseWriter, r *http.Request, status int, session engine.Session, model page.Password) {
	account, err := w.Engine.Account(r.Context(), session)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	model.MinLength, model.MaxLength = w.Rules.MinLength, w.Rules.MaxLength
	if len(account.Contacts) > 0 {
		model.Username = account.Contacts[0].Address()
	}
	w.show(rw, r, status, model)
}

func (w *Web) changePassword(rw http.ResponseWriter, r *http.Request) {
	values, status := form(r)
	if status != 0 {
		w.problem(rw, r, status, "form")
		return
	}
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	chosen, err := password.New(values.Get("password"))
	if refusal := unusable(chosen, err); refusal != "" {
		w.showPassword(rw, r, http.StatusUnprocessableEntity, session, page.Password{Refusal: refusal})
		return
	}
	current, err := password.New(values.Get("current"))
	if err != nil || current.Length() == 0 {
		w.showPassword(rw, r, http.StatusUnprocessableEntity, session, page.Password{WrongCurrent: true})
		return
	}
	refusal, err := w.Gate.Confirm(r.Context(), session.Account, w.Client(r))
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	if refusal.Reason != "" {
		w.limited(rw, r, refusal.RetryAfter)
		return
	}
	w.setPassword(rw, r, session, current, chosen)
}

func (w *Web) setPassword(rw http.ResponseWriter, r *http.Request, session engine.Session, current, chosen password.Password) {
	verdict, err := w.Engine.ChangePassword(r.Context(), session, current, chosen, w.language(r).Tag)
	switch {
	case errors.Is(err, engine.ErrWrong):
		w.showPassword(rw, r, http.StatusUnprocessableEntity, session, page.Password{WrongCurrent: true})
	case errors.Is(err, engine.ErrNoSession):
		http.Redirect(rw, r, "/signin", http.StatusSeeOther)
	case errors.Is(err, password.ErrBusy):
		w.busy(rw, r)
	case err != nil:
		w.fail(rw, r, err)
	case !verdict.OK():
		w.showPassword(rw, r, http.StatusUnprocessableEntity, session, page.Password{Refusal: string(verdict.Reasons[0])})
	default:
		http.Redirect(rw, r, "/account?said=changed", http.StatusSeeOther)
	}
}
