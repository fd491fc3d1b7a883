package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"twohens/internal/web/static"
)

// static serves the style, the scripts and the drawings, and what the configuration adds to them.
func (w *Web) static() http.HandlerFunc {
	own := static.Handler(http.HandlerFunc(w.siteFile))
	return own.ServeHTTP
}

// siteFile serves a file of the site's, such as its logo. Browsers look at it again each time, which costs an answer without a
// body, so a new logo is seen at once.
func (w *Web) siteFile(rw http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	body, ok := w.Files[name]
	if !ok {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	digest := sha256.Sum256(body)
	rw.Header().Set("Cache-Control", "public, no-cache")
	rw.Header().Set("ETag", `"`+hex.EncodeToString(digest[:8])+`"`)
	http.ServeContent(rw, r, name, time.Time{}, bytes.NewReader(body))
}
