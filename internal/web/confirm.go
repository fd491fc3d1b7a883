package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// confirmOver is where the browser goes when no contact waits for its code in this session: its time is over, another one was begun, or
// it is another session's.
const confirmOver = "/account?said=over"

func (w *Web) confirmPage(rw http.ResponseWriter, r *http.Request) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	view, err := w.Engine.Confirming(r.Context(), session)
	if !w.waiting(rw, r, err) {
		return
	}
	w.show(rw, r, http.StatusOK, page.Confirm{
		Contact: w.shown(session, view.Contact), Correct: w.correct(session, view), Digits: view.Digits, Life: view.Life, Until: view.Until,
		CoolDown: view.CoolDown(), TriesUsed: view.TriesUsed, Tries: view.Tries, RunOut: view.RunOut(),
		Said: said(r, recovery.Sent, recovery.SentAgain, recovery.Cooling, recovery.Wrong, recovery.Empty),
	})
}

// waiting answers when no contact waits for its code, and says whether one does.
func (w *Web) waiting(rw http.ResponseWriter, r *http.Request, err error) bool {
	if errors.Is(err, engine.ErrNoConfirmation) || errors.Is(err, engine.ErrChanged) {
		http.Redirect(rw, r, confirmOver, http.StatusSeeOther)
		return false
	}
	return w.signedIn(rw, r, err)
}

// correct is where a contact that was mistyped can be typed anew.
func (w *Web) correct(session engine.Session, view engine.ContactView) string {
	switch {
	case !view.Replaces.IsZero():
		return changePage("replace", w.contactName(session, view.Replaces))
	case view.Contact.Kind == contact.KindPhone:
		return changePage("phone", "")
	}
	return changePage("email", "")
}

// confirm judges the code that was sent to a new contact.
func (w *Web) confirm(rw http.ResponseWriter, r *http.Request, values url.Values) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	_, outcome, err := w.Engine.ConfirmContact(r.Context(), session, secret.TypedCode(values.Get("code")))
	if errors.Is(err, engine.ErrNoConfirmation) && w.confirmedBefore(r, session, values.Get("contact")) {
		outcome, err = recovery.Proved, nil
	}
	if w.waiting(rw, r, err) {
		http.Redirect(rw, r, confirmed(outcome), http.StatusSeeOther)
	}
}

// confirmedBefore says that the contact of a form is in the account already: the form went out twice, and the first one was right.
func (w *Web) confirmedBefore(r *http.Request, session engine.Session, name string) bool {
	account, err := w.Engine.Account(r.Context(), session)
	if err != nil {
		return false
	}
	for _, kind := range [...]contact.Kind{contact.KindEmail, contact.KindPhone} {
		for _, c := range own(account, kind) {
			if w.contactName(session, c) == name {
				return true
			}
		}
	}
	return false
}

// confirmed is where an outcome leads.
func confirmed(outcome recovery.Outcome) string {
	switch outcome {
	case recovery.Proved:
		return "/account?said=added"
	case recovery.Ended:
		return confirmOver
	}
	return "/account/confirm?said=" + string(outcome)
}

// resendConfirmation asks for the code once more.
func (w *Web) resendConfirmation(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	_, outcome, err := w.Engine.ResendConfirmation(r.Context(), session)
	if w.waiting(rw, r, err) {
		http.Redirect(rw, r, confirmed(outcome), http.StatusSeeOther)
	}
}
