package daemon_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"twohens/internal/daemon"
)

// Whoever asks for none of the languages that there are is answered in the site's own, on a page and in a mail; everybody else in theirs.
func TestSiteLanguage(t *testing.T) {
	c := settings(t)
	c.Site.Language = "ar"
	w := begin(t, c, daemon.Options{})
	page := func(accept string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/help", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", accept)
		got, err := w.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		text, err := io.ReadAll(got.Body)
		if err != nil || got.StatusCode != http.StatusOK {
			t.Fatal(got.Status, err)
		}
		return string(text)
	}
	for accept, want := range map[string]string{"": `lang="ar" dir="rtl"`, "de": `lang="ar" dir="rtl"`, "es-MX": `lang="es"`, "en": `lang="en"`} {
		if text := page(accept); !strings.Contains(text, "<html "+want) {
			t.Errorf("%q is answered by %s", accept, text[:min(200, len(text))])
		}
	}
	w.account("sam@fernbank.example", "the old one nobody knows")
	if _, err := w.Accounts.Add(t.Context(), address(t, "lucy@fernbank.example"), nil, ""); err != nil {
		t.Fatal(err)
	}
	w.open("lucy@fernbank.example")
	if m := w.mail("lucy@fernbank.example", true); !strings.Contains(m.HTML, `lang="ar"`) {
		t.Errorf("somebody whose language nobody knows is written to by %q", m.Subject)
	}
	w.open("sam@fernbank.example")
	if m := w.mail("sam@fernbank.example", true); !strings.Contains(m.HTML, `lang="en"`) {
		t.Errorf("somebody who reads English is written to by %q", m.Subject)
	}
}
