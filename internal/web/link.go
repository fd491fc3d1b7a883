package web

import (
	"net/http"
	"net/url"

	"twohens/internal/gate"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// linkPage is what the link of a mail opens. It changes nothing, so a scanner that opens it uses up nothing.
func (w *Web) linkPage(rw http.ResponseWriter, r *http.Request) {
	alive, err := w.Engine.LinkAlive(r.Context(), secret.ParseOpaque(r.PathValue("link")))
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	if !alive {
		w.deadLink(rw, r)
		return
	}
	w.show(rw, r, http.StatusOK, page.Link{Alive: true, Action: r.URL.Path, Claim: secret.NewOpaque().Reveal()})
}

// link is the button on that page: the proof goes to the browser that pressed it.
func (w *Web) link(rw http.ResponseWriter, r *http.Request, values url.Values) {
	network := gate.Network(w.Client(r))
	holder, grant, _, err := w.Engine.FollowClaiming(r.Context(), secret.ParseOpaque(r.PathValue("link")), claim(values), network)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	if holder.IsZero() {
		w.deadLink(rw, r)
		return
	}
	w.giveSecret(rw, cookieRequest, holder)
	if grant.IsZero() { // one more way is asked for; a right that this browser has is another request's
		w.dropCookie(rw, r, cookieGrant)
		http.Redirect(rw, r, "/recover/choose", http.StatusSeeOther)
		return
	}
	w.giveSecret(rw, cookieGrant, grant)
	http.Redirect(rw, r, "/recover/reset", http.StatusSeeOther)
}

func (w *Web) deadLink(rw http.ResponseWriter, r *http.Request) {
	w.show(rw, r, http.StatusGone, page.Link{})
}
