package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
)

//go:embed static
var staticFiles embed.FS

// asset is a file that every page may load.
type asset struct {
	body        []byte
	contentType string
	tag         string
}

// assets reads the embedded files once, and what the configuration adds to them.
func assets(more map[string][]byte) map[string]asset {
	all := map[string]asset{}
	add := func(name string, body []byte) {
		sum := sha256.Sum256(body)
		all[name] = asset{body, mime.TypeByExtension(path.Ext(name)), `"` + hex.EncodeToString(sum[:12]) + `"`}
	}
	err := fs.WalkDir(staticFiles, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := staticFiles.ReadFile(name)
		add(name[len("static/"):], body)
		return err
	})
	if err != nil {
		panic(err) // the files are part of the program
	}
	for name, body := range more {
		add(name, body)
	}
	return all
}

// static serves the style, the scripts and the drawings. They are looked at again each time, which costs an answer without a
// body, so a new version of the program is seen at once.
func (w *Web) static(rw http.ResponseWriter, r *http.Request) {
	file, ok := w.assets[r.PathValue("file")]
	if !ok {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	header := rw.Header()
	header.Set("Cache-Control", "public, no-cache")
	header.Set("Content-Type", file.contentType)
	header.Set("ETag", file.tag)
	if r.Header.Get("If-None-Match") == file.tag {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		rw.Write(file.body)
	}
}
