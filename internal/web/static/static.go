// Package static holds the files that pages are made with: the style sheet, the scripts and the drawings. They are served from
// this host alone and change only with the program, so a URL carries a digest of the file and may be kept for good.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed *.css *.svg *.js
var files embed.FS

// file is a file as it is served.
type file struct {
	body   []byte
	packed []byte // gzip; nil where it saves nothing
	kind   string
	url    string
	digest string
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

var all = func() map[string]file {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic(err) // they are a part of the program
	}
	byName := make(map[string]file)
	z := gzip.NewWriter(nil) // one for all: each has most of a megabyte, at every start
	for _, e := range entries {
		body, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		byName[e.Name()] = newFile(e.Name(), body, z)
	}
	return byName
}()

func newFile(name string, body []byte, z *gzip.Writer) file {
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:8])
	f := file{body: body, kind: kinds[path.Ext(name)], digest: digest, url: "/static/" + name + "?" + digest}
	var b bytes.Buffer
	z.Reset(&b)
	z.Write(body)
	z.Close()
	if b.Len() < len(body)*9/10 {
		f.packed = b.Bytes()
	}
	return f
}

// URL is where a file is served. It panics when there is none of that name: only the program itself asks.
func URL(name string) string {
	f, ok := all[name]
	if !ok {
		panic("static: no file " + name)
	}
	return f.url
}

// Handler serves the files beneath /static/. Whatever is not there is left to notFound.
func Handler(notFound http.Handler) http.Handler { return &handler{all, notFound} }

type handler struct {
	files    map[string]file
	notFound http.Handler
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := h.files[strings.TrimPrefix(r.URL.Path, "/static/")]
	if !ok {
		h.notFound.ServeHTTP(w, r)
		return
	}
	f.serve(w, r)
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Etag", `"`+f.digest+`"`)
	header.Set("Vary", "Accept-Encoding")
	if r.URL.RawQuery == f.digest {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "public, no-cache")
	}
	if r.Header.Get("If-None-Match") == `"`+f.digest+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}
