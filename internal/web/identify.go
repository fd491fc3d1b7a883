package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/gate"
	"twohens/internal/web/page"
)

// home leads to where people begin.
func (w *Web) home(rw http.ResponseWriter, r *http.Request) {
	if w.Site.SignInURL != "" {
		http.Redirect(rw, r, "/recover", http.StatusSeeOther)
		return
	}
	http.Redirect(rw, r, "/signin", http.StatusSeeOther)
}

func (w *Web) identifyPage(rw http.ResponseWriter, r *http.Request) {
	w.showIdentify(rw, r, http.StatusOK, page.Identify{})
}

// identify opens a request for an address. Whoever it belongs to, the answer is the same.
func (w *Web) identify(rw http.ResponseWriter, r *http.Request, values url.Values) {
	model := page.Identify{Address: clip(values.Get("address")), Card: page.Card{ByEar: w.byEar(values)}}
	if renews(values) {
		w.showIdentify(rw, r, http.StatusOK, model)
		return
	}
	address, err := contact.ParseEmail(values.Get("address"))
	if err != nil {
		model.AddressError = addressError(err)
		model.Card.Response = values.Get("response") // not used up: a slip in the address costs nobody a card
		w.showIdentify(rw, r, http.StatusUnprocessableEntity, model)
		return
	}
	account, known := w.knownCookie(r)
	pass, refusal, err := w.Gate.Open(r.Context(), solved(gate.Knock{Address: address, Client: w.Client(r), Known: known}, values))
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	if refusal.Reason != "" {
		model.Refusal, model.RetryAfter = string(refusal.Reason), refusal.RetryAfter
		w.showIdentify(rw, r, refusalStatus(rw, refusal), model)
		return
	}
	holder, _, err := w.Engine.Open(r.Context(), pass, w.language(r).Tag, account)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	w.giveSecret(rw, cookieRequest, holder)
	w.dropCookie(rw, r, cookieGrant)
	http.Redirect(rw, r, "/recover/choose", http.StatusSeeOther)
}

// showIdentify shows the step with a new card and everything that was typed.
func (w *Web) showIdentify(rw http.ResponseWriter, r *http.Request, status int, model page.Identify) {
	card, err := w.challenge(gate.Recover, model.Card.ByEar)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	card.Response = model.Card.Response
	model.Card = card
	w.show(rw, r, status, model)
}

// addressError is the catalogue's word for what is wrong with a typed address.
func addressError(err error) string {
	switch {
	case errors.Is(err, contact.ErrEmpty):
		return "empty"
	case errors.Is(err, contact.ErrTooLong):
		return "too_long"
	}
	return "shape"
}

// clip keeps what is shown back within what a field holds.
func clip(typed string) string {
	if runes := []rune(typed); len(runes) > contact.MaxEmail {
		return string(runes[:contact.MaxEmail])
	}
	return typed
}
