package widget

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

//go:embed script
var scriptFiles embed.FS

// pieces are the files that the script is made of, in this order. Everything before page.js also runs in the workers.
var pieces = []string{"wasm.js", "work.js", "page.js", "foil.js", "calls.js", "element.js"}

// script is what is served as scratch.js: the pieces in one function, without what only readers need.
type script struct {
	plain, packed []byte
	digest        string
}

var composed = sync.OnceValue(func() script {
	var b bytes.Buffer
	b.WriteString("(()=>{\"use strict\";\n")
	for _, name := range pieces {
		text, err := scriptFiles.ReadFile("script/" + name)
		if err != nil {
			panic("widget: " + err.Error()) // embedded: a test composes them
		}
		if name == "element.js" {
			look, _ := scriptFiles.ReadFile("script/look.css")
			text, _ := json.Marshal(spareSheet(look))
			b.WriteString("const LOOK = " + string(text) + ";\n")
		}
		b.Write(spare(text))
	}
	b.WriteString("})();\n")
	s := script{plain: b.Bytes()}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	z.Write(s.plain)
	z.Close()
	s.packed = packed.Bytes()
	sum := sha256.Sum256(s.plain)
	s.digest = base64.RawURLEncoding.EncodeToString(sum[:12])
	return s
})

var (
	// quoted is what has to stay as it is: a text, a template, and a regular expression that begins with an escape.
	quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`(?:[^`\\\\]|\\\\.)*`|/\\\\[^/]*/[a-z]*")
	// remark is a comment behind code without a text.
	remark = regexp.MustCompile("^([^\"`]*?)\\s+//.*$")
	spaced = regexp.MustCompile(`\s*([=+\-*/<>&|?:{},();^%!~\[\]]+)\s*`)
	ends   = regexp.MustCompile(`([{;,])\n`)

	cssRemark = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpaced = regexp.MustCompile(`\s*([{};,])\s*|(:) `)
)

// spare leaves out of a script what only readers need: comments, indentation, spaces beside operators, and line ends where a
// statement goes on or is over. It is no parser: the pieces keep to double quotes, end statements with a semicolon, and put no
// sign next to another, which a test looks after.
func spare(text []byte) []byte {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		line = remark.ReplaceAllString(line, "$1")
		at := 0
		for _, q := range quoted.FindAllStringIndex(line, -1) {
			b.WriteString(spaced.ReplaceAllString(line[at:q[0]], "$1") + line[q[0]:q[1]])
			at = q[1]
		}
		b.WriteString(spaced.ReplaceAllString(line[at:], "$1") + "\n")
	}
	return []byte(ends.ReplaceAllString(b.String(), "$1"))
}

// spareSheet is the same for a style sheet. A space before a colon means something, one behind it does not.
func spareSheet(text []byte) string {
	s := cssRemark.ReplaceAllString(string(text), "")
	return cssSpaced.ReplaceAllString(strings.Join(strings.Fields(s), " "), "$1$2")
}

// ScriptAddress is the script's address below a prefix, with its digest, under which browsers may keep it for good.
func ScriptAddress(prefix string) string {
	return strings.TrimSuffix(prefix, "/") + "/scratch.js?v=" + composed().digest
}

// scriptPolicy counts when the file is loaded as a worker: that may compile the WebAssembly inside of it, and do nothing else.
const scriptPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'"

func serveScript(w http.ResponseWriter, r *http.Request) {
	s := composed()
	head := w.Header()
	head.Set("Content-Type", "text/javascript; charset=utf-8")
	head.Set("Content-Security-Policy", scriptPolicy)
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	head.Set("Access-Control-Allow-Origin", "*") // the same for everyone; another site's page makes its workers of it
	head.Set("Vary", "Accept-Encoding")
	head.Set("ETag", `"`+s.digest+`"`)
	head.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == s.digest {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == `"`+s.digest+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := s.plain
	if acceptsGzip(r) {
		head.Set("Content-Encoding", "gzip")
		body = s.packed
	}
	w.Write(body)
}

func acceptsGzip(r *http.Request) bool {
	for field := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(field), ";")
		if coding == "gzip" {
			return strings.ReplaceAll(quality, " ", "") != "q=0"
		}
	}
	return false
}
