package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// changes are the pages from which something of the account is changed, by the names that the page which asks for the password knows
// them by: never an address, so it can lead nowhere else (GHSA-x3f4-v83f-7wp2).
var changes = map[string]string{
	"email":            "/account/email/new",
	"phone":            "/account/phone/new",
	"contact":          "/account/contact/{contact}",
	"replace":          "/account/contact/{contact}/replace",
	"remove":           "/account/contact/{contact}/remove",
	"questions":        "/account/questions",
	"questions_remove": "/account/questions/remove",
	"codes":            "/account/codes",
	"codes_remove":     "/account/codes/remove",
}

// changePage is where a page of changes is; the account page for a name that there is not. The contact is its name in this session.
func changePage(name, contact string) string {
	path, ok := changes[name]
	if !ok || strings.Contains(path, "{contact}") && secret.ParseOpaque(contact).IsZero() {
		return "/account"
	}
	return strings.ReplaceAll(path, "{contact}", contact)
}

// changing loads the account for a page from which something of it is changed. When the password was typed too long ago, it sends the
// browser to the page that asks for it, before anything is typed in vain, and returns false.
func (w *Web) changing(rw http.ResponseWriter, r *http.Request, name string) (engine.Session, engine.AccountView, bool) {
	session, account, ok := w.account(rw, r)
	if ok && !account.Fresh {
		w.askAgain(rw, r, name)
		return session, account, false
	}
	return session, account, ok
}

// askAgain sends the browser to the page that asks for the password once more.
func (w *Web) askAgain(rw http.ResponseWriter, r *http.Request, name string) {
	query := url.Values{"next": {name}}
	if contact := r.PathValue("contact"); !secret.ParseOpaque(contact).IsZero() {
		query.Set("contact", contact)
	}
	if r.Method == http.MethodPost {
		query.Set("said", "lost")
	}
	http.Redirect(rw, r, "/account/again?"+query.Encode(), http.StatusSeeOther)
}

// changed answers for a change that was not made, whatever it was of, and says whether it was. What is particular to a page, such as
// ErrOwn, that page has looked at before.
func (w *Web) changed(rw http.ResponseWriter, r *http.Request, name string, err error) bool {
	switch {
	case errors.Is(err, engine.ErrStale):
		w.askAgain(rw, r, name)
	case errors.Is(err, engine.ErrNotOwned), errors.Is(err, engine.ErrChanged):
		// Another tab was faster, or a button was pressed twice: the page shows how it is now.
		http.Redirect(rw, r, "/account", http.StatusSeeOther)
	default:
		return w.signedIn(rw, r, err)
	}
	return false
}

// mayChange counts a change that is about to be made, and says whether it may be, or answers.
func (w *Web) mayChange(rw http.ResponseWriter, r *http.Request, session engine.Session) bool {
	refusal, err := w.Gate.Change(r.Context(), session.Account, w.Client(r))
	switch {
	case err != nil:
		w.fail(rw, r, err)
	case refusal.Reason != "":
		w.limited(rw, r, refusal.RetryAfter)
	default:
		return true
	}
	return false
}

func (w *Web) againPage(rw http.ResponseWriter, r *http.Request) {
	_, account, ok := w.account(rw, r)
	if !ok {
		return
	}
	query := r.URL.Query()
	next, contact := query.Get("next"), query.Get("contact")
	if account.Fresh {
		http.Redirect(rw, r, changePage(next, contact), http.StatusSeeOther)
		return
	}
	w.showAgain(rw, r, http.StatusOK, account, page.Again{Next: next, Contact: contact, Lost: query.Get("said") == "lost"})
}

func (w *Web) showAgain(rw http.ResponseWriter, r *http.Request, status int, account engine.AccountView, model page.Again) {
	if changePage(model.Next, model.Contact) == "/account" {
		model.Next, model.Contact = "", ""
	}
	model.Username = mainAddress(account).Address()
	w.show(rw, r, status, model)
}

// again judges the password, by the limits of the page that changes it, and goes on to the page that asked.
func (w *Web) again(rw http.ResponseWriter, r *http.Request, values url.Values) {
	session, account, ok := w.account(rw, r)
	if !ok {
		return
	}
	model := page.Again{Next: values.Get("next"), Contact: values.Get("contact")}
	typed, err := password.New(values.Get("current"))
	if err != nil || typed.Length() == 0 {
		model.Wrong = true
		w.showAgain(rw, r, http.StatusUnprocessableEntity, account, model)
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
	switch err := w.Engine.Prove(r.Context(), session, typed); {
	case errors.Is(err, engine.ErrWrong):
		model.Wrong = true
		w.showAgain(rw, r, http.StatusUnprocessableEntity, account, model)
	case errors.Is(err, password.ErrBusy):
		model.Busy, model.RetryAfter = true, busyFor
		setRetryAfter(rw, busyFor)
		w.showAgain(rw, r, http.StatusServiceUnavailable, account, model)
	case w.signedIn(rw, r, err):
		http.Redirect(rw, r, changePage(model.Next, model.Contact), http.StatusSeeOther)
	}
}
