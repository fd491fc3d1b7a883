package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// savedPage asks for one of the codes that the person keeps on paper.
func (w *Web) savedPage(rw http.ResponseWriter, r *http.Request) {
	view, ok := w.view(rw, r)
	if !ok || !w.placed(rw, r, view, "/recover/saved") {
		return
	}
	w.showSaved(rw, r, http.StatusOK, page.Saved{View: view, Said: said(r, recovery.Wrong, recovery.TriesUsed, recovery.Empty)})
}

func (w *Web) showSaved(rw http.ResponseWriter, r *http.Request, status int, model page.Saved) {
	if !model.View.Ready {
		w.show(rw, r, status, page.Wait{Next: "/recover/saved"})
		return
	}
	model.Claim = secret.NewOpaque().Reveal()
	w.show(rw, r, status, model)
}

// saved judges a code from the paper. It is never shown back and never kept. What cannot be a code is judged like a wrong one: there is
// one answer to both.
func (w *Web) saved(rw http.ResponseWriter, r *http.Request, values url.Values) {
	typed, _ := secret.TypedSaved(values.Get("saved"))
	view, outcome, grant, err := w.Engine.SpendSaved(r.Context(), w.secretCookie(r, cookieRequest), typed, claim(values))
	if errors.Is(err, password.ErrBusy) {
		if view, ok := w.queued(rw, r, "/recover/saved"); ok {
			w.showSaved(rw, r, http.StatusServiceUnavailable, page.Saved{View: view, Busy: true})
		}
		return
	}
	w.judged(rw, r, view, outcome, grant, err)
}
