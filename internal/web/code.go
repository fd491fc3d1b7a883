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
	if !ok || !w.placed(rw, r, view, "/recover/code") {
		return
	}
	if said(r, recovery.Waiting) != "" {
		w.show(rw, r, http.StatusOK, page.Wait{Next: "/recover/code"})
		return
	}
	model := page.Code{View: view, Claim: secret.NewOpaque().Reveal(), Said: said(r, recovery.Sent, recovery.SentAgain, recovery.Cooling, recovery.Wrong,
		recovery.RunOut, recovery.TriesUsed, recovery.Empty, recovery.Paused), Paces: w.paces(r.Context(), view)}
	w.show(rw, r, http.StatusOK, model)
}

// claim is what tells the same form, sent twice, from two (engine.EnterClaiming).
func claim(values url.Values) secret.Opaque {
	if c := secret.ParseOpaque(values.Get("claim")); !c.IsZero() {
		return c
	}
	return secret.NewOpaque()
}

// code judges a typed code. It is never shown back and never kept.
func (w *Web) code(rw http.ResponseWriter, r *http.Request, values url.Values) {
	holder, typed := w.secretCookie(r, cookieRequest), secret.TypedCode(values.Get("code"))
	known, _ := w.knownCookie(r)
	view, outcome, grant, err := w.Engine.EnterClaiming(r.Context(), holder, typed, claim(values), known)
	w.judged(rw, r, view, outcome, grant, err)
}

// judged answers a proof that was tried, by whichever way. When it earned the right to set a password, this browser gets it.
func (w *Web) judged(rw http.ResponseWriter, r *http.Request, view recovery.View, outcome recovery.Outcome, grant secret.Opaque, err error) {
	if err == nil && !grant.IsZero() {
		w.giveSecret(rw, cookieGrant, grant)
	}
	w.onward(rw, r, view, outcome, err)
}

func (w *Web) resend(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	view, outcome, err := w.Engine.Resend(r.Context(), w.secretCookie(r, cookieRequest))
	w.onward(rw, r, view, outcome, err)
}
