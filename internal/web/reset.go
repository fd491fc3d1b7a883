package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/web/page"
)

// granted loads the request that this browser may set a password for, or answers and returns false.
func (w *Web) granted(rw http.ResponseWriter, r *http.Request) (recovery.View, bool) {
	grant := w.secretCookie(r, cookieGrant)
	if grant.IsZero() {
		w.problem(rw, r, http.StatusBadRequest, "no_cookie")
		return recovery.View{}, false
	}
	view, err := w.Engine.Granted(r.Context(), grant)
	return view, w.loaded(rw, r, err)
}

func (w *Web) resetPage(rw http.ResponseWriter, r *http.Request) {
	view, ok := w.granted(rw, r)
	if !ok || !w.placed(rw, r, view, "/recover/reset") {
		return
	}
	w.showReset(rw, r, http.StatusOK, view, page.Reset{})
}

func (w *Web) showReset(rw http.ResponseWriter, r *http.Request, status int, view recovery.View, model page.Reset) {
	model.Username, model.MinLength, model.MaxLength = view.Address, w.Rules.MinLength, w.Rules.MaxLength
	w.show(rw, r, status, model)
}

// reset sets the new password, or only says how strong it would be. A password is never shown back.
func (w *Web) reset(rw http.ResponseWriter, r *http.Request, values url.Values) {
	view, ok := w.granted(rw, r)
	if !ok || !w.placed(rw, r, view, "/recover/reset") {
		return
	}
	chosen, err := password.New(values.Get("password"))
	if refusal := unusable(chosen, err); refusal != "" {
		w.showReset(rw, r, http.StatusUnprocessableEntity, view, page.Reset{Refusal: refusal})
		return
	}
	address, _ := contact.ParseEmail(view.Address)
	if values.Get("action") == "advise" {
		w.showReset(rw, r, http.StatusOK, view, page.Reset{Advice: w.advice(chosen, address)})
		return
	}
	outcome, verdict, err := w.Engine.SetPassword(r.Context(), w.secretCookie(r, cookieGrant), chosen, gate.Network(w.Client(r)))
	switch {
	case errors.Is(err, password.ErrBusy):
		setRetryAfter(rw, busyFor)
		w.showReset(rw, r, http.StatusServiceUnavailable, view, page.Reset{Refusal: "busy", RetryAfter: busyFor})
	case !w.loaded(rw, r, err):
	case !verdict.OK():
		model := page.Reset{Refusal: string(verdict.Reasons[0]), Advice: w.advice(chosen, address)}
		w.showReset(rw, r, http.StatusUnprocessableEntity, view, model)
	case outcome == recovery.Finished:
		http.Redirect(rw, r, "/recover/done", http.StatusSeeOther)
	default:
		w.problem(rw, r, http.StatusGone, "ended")
	}
}

// advice says how strong a password looks. It advises and never decides.
func (w *Web) advice(chosen password.Password, address contact.Email) *password.Advice {
	advice := w.Rules.Strength(chosen, password.About{Email: address})
	return &advice
}

// unusable is the catalogue's word for a password that cannot even be judged.
func unusable(p password.Password, err error) string {
	switch {
	case errors.Is(err, password.ErrTooLong):
		return "too_long"
	case err != nil:
		return "not_text"
	case p.Length() == 0:
		return "empty"
	}
	return ""
}

// donePage keeps the cookies, which are worth nothing by now: with them, going back leads here again.
func (w *Web) donePage(rw http.ResponseWriter, r *http.Request) {
	view, ok := w.view(rw, r)
	if !ok || !w.placed(rw, r, view, "/recover/done") {
		return
	}
	w.show(rw, r, http.StatusOK, page.Done{SignInURL: w.signInURL()})
}

// changePasswordURL leads password managers to the right place.
func (w *Web) changePasswordURL(rw http.ResponseWriter, r *http.Request) {
	to := "/account/password"
	if w.Site.SignInURL != "" {
		to = "/recover"
	}
	http.Redirect(rw, r, to, http.StatusFound)
}

// signInURL is where people sign in.
func (w *Web) signInURL() string {
	if w.Site.SignInURL != "" {
		return w.Site.SignInURL
	}
	return "/signin"
}
