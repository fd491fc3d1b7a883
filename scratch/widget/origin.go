package widget

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"twohens/scratch"
)

// page finds out which page asks: its host name, for a site. Same-origin requests that carry no Origin header, as GET
// does, are this server's own pages; a page whose origin is hidden ("null") is nobody's. For a page from elsewhere the answer
// becomes readable to it, whatever the answer is.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, site string) (host string, err error) {
	w.Header().Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if from := r.Header.Get("Sec-Fetch-Site"); origin == "" && (from == "cross-site" || from == "same-site") {
		// Another page's <img>. It would be shown nothing, but a hundred of them in any page would use up its visitors' limit.
		return "", errOrigin
	}
	if origin == "" || origin == h.config.Origin {
		return h.own, nil
	}
	s, err := h.config.Site(r.Context(), site)
	if err != nil {
		return "", err
	}
	from, err := url.Parse(origin)
	if err != nil || from.Hostname() == "" || !slices.Contains(s.Origins, origin) {
		return "", errOrigin
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	return from.Hostname(), nil
}

// place is the page that posts, with what it guards. The site must be there also for our own pages.
func (h *Handler) place(w http.ResponseWriter, r *http.Request, site, action string) (scratch.Place, error) {
	host, err := h.page(w, r, site)
	if err != nil {
		return scratch.Place{}, err
	}
	if _, err := h.config.Site(r.Context(), site); err != nil {
		return scratch.Place{}, err
	}
	return scratch.Place{Site: site, Action: action, Host: host}, nil
}

// preflight answers what a browser asks before it lets a page from elsewhere post JSON. It has no body, so the site is in the
// address.
func (h *Handler) preflight(w http.ResponseWriter, r *http.Request) {
	if _, err := h.page(w, r, r.URL.Query().Get("site")); err != nil {
		h.refuse(w, r, err)
		return
	}
	w.Header().Set("Access-Control-Allow-Methods", "POST")
	w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// readable lets a page's script read what it gets, if its site lists it; the rest of the answer is refused to others.
func (h *Handler) readable(w http.ResponseWriter, r *http.Request) bool {
	// Not to be shown by other pages' <img> and <audio>, which send no Origin; a fetch that CORS allows is not concerned.
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	_, err := h.page(w, r, r.URL.Query().Get("site"))
	if err != nil {
		h.refuse(w, r, err)
	}
	return err == nil
}

// canceled tells whether the client has gone, which is nobody's failure.
func canceled(ctx context.Context, err error) bool {
	return errors.Is(err, context.Canceled) && ctx.Err() != nil
}
