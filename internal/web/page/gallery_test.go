package page

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twohens/internal/locale"
)

var gallery = flag.String("gallery", "", "write every page in every state and language into this folder, to be looked at")

// TestGallery writes the pages as files that a browser can open from the disk.
func TestGallery(t *testing.T) {
	if *gallery == "" {
		t.Skip("no -gallery folder given")
	}
	r := renderer(t)
	local := strings.NewReplacer(`"/static/`, `"../static/`)
	for _, l := range locale.All() {
		folder := filepath.Join(*gallery, l.Tag)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, s := range states() {
			var b bytes.Buffer
			if err := r.Render(&b, frame(l), s.model); err != nil {
				t.Errorf("%s in %s: %v", s.name, l.Tag, err)
				continue
			}
			if err := os.WriteFile(filepath.Join(folder, s.name+".html"), []byte(local.Replace(b.String())), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	copyStatic(t, filepath.Join(*gallery, "static"))
}

func copyStatic(t *testing.T, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.css", "*.svg", "*.js"} {
		found, err := filepath.Glob(filepath.Join("../static", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(to, filepath.Base(name)), body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func renderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := New(theHelp())
	if err != nil {
		t.Fatal(err)
	}
	return r
}
