package password_test

import (
	"context"
	"crypto/sha1"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/password"
)

const known = "tall gate, quiet river"

// rangeService is a server that speaks the range protocol about the passwords it
// knows, with padding.
func rangeService(t *testing.T, know map[string]int) (address string, asked func() []string) {
	var (
		mu    sync.Mutex
		paths []string
	)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		paths = append(paths, r.URL.Path)
		mu.Unlock()
		if r.Header.Get("Add-Padding") != "true" || r.Header.Get("User-Agent") != "twohens" || r.Method != http.MethodGet {
			http.Error(w, "bad question", http.StatusBadRequest)
			return
		}
		prefix := strings.TrimPrefix(r.URL.Path, "/range/")
		for i := range 1000 {
			fmt.Fprintf(w, "%035X:0\r\n", i)
		}
		for text, count := range know {
			if digest := sha1Hex(text); strings.HasPrefix(digest, prefix) {
				fmt.Fprintf(w, "%s:%d\r\n", digest[5:], count)
			}
		}
		fmt.Fprint(w, strings.Repeat("F", 35)+":3")
	}))
	t.Cleanup(s.Close)
	return s.URL + "/range", func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(paths)
	}
}

func sha1Hex(text string) string { return fmt.Sprintf("%X", sha1.Sum([]byte(text))) }

//
func TestRange(t *testing.T) {
	const padding = "a padding entry"
	address, asked := rangeService(t, map[string]int{known: 7, "crème brûlée": 1, padding: 0})
	service := newRange(t, address, 0)
	for text, want := range map[string]bool{
		known:                            true,
		"cre\u0300me bru\u0302le\u0301e": true, // NFC
		padding:                          false,
		"nobody ever chose this one":     false,
		"":                               false,
	} {
		got, err := service.Breached(t.Context(), secret(t, text))
		if err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, path := range asked() {
		if len(path) != len("/range/12345") {
			t.Errorf("asked for %s, which is more than 5 digits of the hash", path)
		}
	}
	rules := password.Rules{Breach: service}
	if v := rules.Check(t.Context(), secret(t, known), password.About{}); !v.Has(password.Breached) || v.BreachUnknown != nil {
		t.Errorf("%+v", v)
	}
}

// whatever the service does, the answer comes in time, it blocks
// nobody, and the error says nothing about the password.
func TestRangeTrouble(t *testing.T) {
	digest := sha1Hex(known)
	for name, handler := range map[string]http.HandlerFunc{
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"slow body": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s:7\r\n", digest[5:])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"500":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"429":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) },
		"404":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		"204":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				fmt.Fprintf(w, "%s:7\r\n", digest[5:])
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
		"HTML": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "<!doctype html><title>Sign in</title>")
		},
		"no count":       func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, digest[5:]+"\r\n") },
		"negative count": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, digest[5:]+":-1\r\n") },
		"whole hashes":   func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, digest+":7\r\n") },
		"not hex":        func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("G", 35)+":7\r\n") },
		"one long line":  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("A", 1<<18)) },
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil { // lines that end where the reading does
				if _, err := fmt.Fprintf(w, "%035X:0%27s", 1, "\n"); err != nil {
					return
				}
			}
		},
		"broken off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, fmt.Sprintf("%035X:0\r\n", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(handler)
			t.Cleanup(s.Close)
			trouble(t, newRange(t, s.URL, 300*time.Millisecond), digest)
		})
	}
	t.Run("dead", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(nil)
		s.Close()
		trouble(t, newRange(t, s.URL, 300*time.Millisecond), digest)
	})
}

func trouble(t *testing.T, service *password.Range, digest string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	start := time.Now()
	v := password.Rules{Breach: service}.Check(ctx, secret(t, known), password.About{})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if !v.OK() || v.BreachUnknown == nil {
		t.Fatalf("%+v", v)
	}
	if text := strings.ToUpper(v.BreachUnknown.Error()); strings.Contains(text, digest[:5]) || strings.Contains(text, digest[5:]) {
		t.Errorf("the error tells the hash: %v", v.BreachUnknown)
	}
}

func TestRangeEndsWithCaller(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(s.Close)
	service := newRange(t, s.URL, time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := service.Breached(ctx, secret(t, known)); err == nil {
		t.Error("no error once the caller's time was over")
	}
}

func TestNewRange(t *testing.T) {
	for _, base := range []string{"https://pwned.example/range", "https://pwned.example", "https://pwned.example/range/", "http://127.0.0.1:8099/range", "http://[::1]:8099", "http://localhost"} {
		if _, err := password.NewRange(base, 0); err != nil {
			t.Errorf("%q: %v", base, err)
		}
	}
	for _, base := range []string{"", "/range", "http://pwned.example/range", "http://10.0.0.1", "http://127.0.0.1.pwned.example", "ftp://pwned.example", "https://ann:secret@pwned.example", "https://pwned.example?x=1", "https://pwned.example#x", "https:pwned.example", ":"} {
		if _, err := password.NewRange(base, 0); err == nil {
			t.Errorf("%q accepted", base)
		}
	}
}

func newRange(t *testing.T, base string, timeout time.Duration) *password.Range {
	t.Helper()
	r, err := password.NewRange(base, timeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}
