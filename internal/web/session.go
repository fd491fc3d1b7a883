package web

import (
	"encoding/base64"
	"net/http"
	"net/url"

	"twohens/internal/secret"
)

// sessionName is how a session is called in the form that ends it: its digest, which opens nothing.
func sessionName(id secret.Digest) string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// endSessions ends one session, or all but this one. Only sessions of the same account can be named.
func (w *Web) endSessions(rw http.ResponseWriter, r *http.Request, values url.Values) {
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
