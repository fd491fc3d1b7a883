package web

import (
	"net/http"
	"net/url"

	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

func (w *Web) codePage(rw http.ResponseWriter, r *http.Request) {
	view, ok := w.view(rw, r)
	if !ok || !w.placed(rw, r, view, recovery.Proving) {
		return
	}
	if said(r, recovery.Waiting) != "" {
		w.show(rw, r, http.StatusOK, page.Wait{Next: "/recover/code"})
		return
	}
	model := page.Code{View: view, Said: said(r, recovery.Sent, recovery.SentAgain, recovery.Cooling, recovery.Wrong,
		recovery.RunOut, recovery.TriesUsed, recovery.Empty)}
	w.show(rw, r, http.StatusOK, model)
}

// code judges a typed code. It is never shown back and never kept.
func (w *Web) code(rw http.ResponseWriter, r *http.Request, values url.Values) {
	view, outcome, grant, err := w.Engine.Enter(r.Context(), w.secretCookie(r, cookieRequest), secret.TypedCode(values.Get("code")))
	if err == nil && outcome == recovery.Proved {
		w.giveSecret(rw, cookieGrant, grant)
	}
	w.onward(rw, r, view, outcome, err)
}

func (w *Web) resend(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	view, outcome, err := w.Engine.Resend(r.Context(), w.secretCookie(r, cookieRequest))
	w.onward(rw, r, view, outcome, err)
}
