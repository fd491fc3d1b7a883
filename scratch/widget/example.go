package widget

import (
	"bytes"
	"embed"
	"html"
	"net/http"
	"strings"
)

//go:embed example
var exampleFiles embed.FS

// examplePolicy is the strictest under which the element works at its quickest.
const examplePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// example is a small page with the element in a form.
func (h *Handler) example(w http.ResponseWriter, _ *http.Request) {
	page, _ := exampleFiles.ReadFile("example/example.html") // embedded
	page = []byte(strings.NewReplacer(
		"{{script}}", html.EscapeString(strings.TrimPrefix(ScriptAddress(""), "/")),
		"{{site}}", html.EscapeString(h.config.Example),
	).Replace(string(page)))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", examplePolicy)
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(page)
}

// exampleFile serves the example's own script and sheet.
func exampleFile(w http.ResponseWriter, r *http.Request) {
	kind := map[string]string{"example.js": "text/javascript; charset=utf-8", "example.css": "text/css; charset=utf-8"}[r.PathValue("file")]
	body, err := exampleFiles.ReadFile("example/" + r.PathValue("file"))
	if kind == "" || err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(bytes.TrimSpace(body))
}

// exampleSend is the example's back end. One on another machine would call siteverify with its secret here.
func (h *Handler) exampleSend(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxVerify)
	h.verify(w, r, r.PostFormValue("scratch-response"), h.config.Example)
}
