package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler(http.NotFoundHandler()).ServeHTTP(w, r)
	return w.Result()
}

func TestEveryFileIsServed(t *testing.T) {
	if len(all) < 10 {
		t.Fatalf("only %d files", len(all))
	}
	for name, f := range all {
		plain := get(t, URL(name))
		body, _ := io.ReadAll(plain.Body)
		if plain.StatusCode != 200 || string(body) != string(f.body) || plain.Header.Get("Content-Type") != f.kind || f.kind == "" {
			t.Errorf("%s: status %d, %q, %d bytes", name, plain.StatusCode, plain.Header.Get("Content-Type"), len(body))
		}
		if !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s at the URL with its digest may be kept: %q", name, plain.Header.Get("Cache-Control"))
		}
		if get(t, "/static/"+name).Header.Get("Cache-Control") != "public, no-cache" || get(t, "/static/"+name+"?old").Header.Get("Cache-Control") != "public, no-cache" {
			t.Errorf("%s at another URL must be looked at again", name)
		}
		if again := get(t, URL(name), "If-None-Match", plain.Header.Get("Etag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s, known already: status %d", name, again.StatusCode)
		}
		packed := get(t, URL(name), "Accept-Encoding", "gzip, br")
		if packed.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(packed.Body)
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := io.ReadAll(z); string(body) != string(f.body) {
				t.Errorf("%s comes out of its packing changed", name)
			}
		}
	}
	if get(t, URL("look.css"), "Accept-Encoding", "gzip").Header.Get("Content-Encoding") != "gzip" {
		t.Error("the style sheet is not packed")
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/static/", "/static/static.go", "/static/../static.go", "/static/look.css/", "/look.css", "/static/%2e%2e/static.go"} {
		if r := get(t, path); r.StatusCode != 404 {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
	}
}

// TestFilesStandAlone is R-101: no file asks another host for anything, and no script makes code or markup out of text.
func TestFilesStandAlone(t *testing.T) {
	elsewhere := regexp.MustCompile(`https?://|@import|//[a-z]+\.`)
	risky := regexp.MustCompile(`\beval\b|innerHTML|outerHTML|insertAdjacentHTML|document\.write|new Function|setAttribute\("(on|style)`)
	for name, f := range all {
		body := strings.ReplaceAll(string(f.body), "http://www.w3.org/2000/svg", "")
		if m := elsewhere.FindString(body); m != "" {
			t.Errorf("%s holds %q", name, m)
		}
		if m := risky.FindString(body); m != "" {
			t.Errorf("%s uses %q", name, m)
		}
		if strings.HasSuffix(name, ".svg") && strings.Contains(body, "<script") {
			t.Errorf("%s holds a script", name)
		}
	}
}

// TestStyleIsLogical keeps the sheet fit for right to left: no property names a side. The one exception is the field with a button in
// it: it takes the direction of what is typed, the button that of the page, so it has a rule for either.
func TestStyleIsLogical(t *testing.T) {
	sided := regexp.MustCompile(`(margin|padding|border|inset)-(left|right)\b|text-align:\s*(left|right)|[{; ](left|right):`)
	withButton := 0
	for line := range strings.Lines(string(all["look.css"].body)) {
		if strings.Contains(line, ".with-tail input") && sided.MatchString(line) {
			withButton++
		} else if m := sided.FindString(line); m != "" {
			t.Errorf("look.css names a side: %q", m)
		}
	}
	if withButton != 2 {
		t.Errorf("the field with a button has %d rules that name a side, want one for either direction", withButton)
	}
}

func TestURLPanicsForWhatIsNotThere(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	URL("no-such.css")
}
