package daemon_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twohens/internal/config"
	"twohens/internal/daemon"
	"twohens/internal/recovery"
)

// read gets a page in a language.
func read(t *testing.T, address, language string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", language)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", address, answer.StatusCode, err)
	}
	return string(body)
}

// The demo shows how a site brings its own help: its topics stand beside the product's, and say where they are in English alone.
func TestDemoHelp(t *testing.T) {
	_, base, _ := beginDemo(t, t.TempDir(), "127.0.0.1:0")
	all := read(t, base+"/help", "en")
	for _, topic := range []string{
		"Account Management", "Business Negotiation", "Place Order", "Order Payment", "Production Monitoring", "Order Receipt",
		"After-sales Service", "Order Feedback", "Others", "Novel Coronavirus related",
	} {
		if !strings.Contains(all, ">"+topic+"</h2>") {
			t.Errorf("there is no topic %q", topic)
		}
	}
	account := read(t, base+"/help/topic/account", "en")
	for _, question := range []string{
		"How do I modify my contact information?", "How do I hide my personal contact info?", "What behavior will be recorded on my member page?",
		"Why is my identity information still pending for authentication?", "How do I report a suspicious member?", "How do I upload my photo?",
	} {
		if !strings.Contains(account, ">"+question+"</a>") {
			t.Errorf("nobody answers %q", question)
		}
	}
	for slug, question := range map[string]string{
		"suppliers-recommended": "How are suppliers recommended to buyers?",
		"trade-alerts":          "How do I change the delivery frequency of Trade Alerts?",
		"separate-account":      "Should I register a separate account to buy from a wholesaler?",
		"ip-protection":         "What is an intellectual property protection platform?",
	} {
		if page := read(t, base+"/help/"+slug, "es"); !strings.Contains(page, ">"+question+"</h1>") || !strings.Contains(page, `itemtype="https://schema.org/FAQPage" lang="en"`) {
			t.Errorf("%s does not answer %q in English", slug, question)
		}
	}
	if page := read(t, base+"/help/email", "es"); !strings.Contains(page, "no-reply@twohens.example") || strings.Contains(page, `lang="en" dir`) {
		t.Error("the product's own article is not in Spanish, or does not name the sender")
	}
}

// An article that cannot be read keeps nobody from the pages; the log tells of it.
func TestHelpFolder(t *testing.T) {
	c := settings(t)
	folder := t.TempDir()
	c.Help.Folder = config.Path(folder)
	if err := os.MkdirAll(filepath.Join(folder, "en"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"good.md": "---\ntitle: Where is {{.Site}}?\ntopic: account\n---\nBy the pond.\n", "bad.md": "no front\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, "en", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log lines
	d, err := daemon.New(context.Background(), c, daemon.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "en/bad.md:1: does not begin with a line of three hyphens") {
		t.Errorf("the log says: %s", log.String())
	}
	centre, _, err := daemon.NewHelp(c)
	if err != nil {
		t.Fatal(err)
	}
	if a := centre.In("en").Article("good"); a == nil || a.Title != "Where is Fernbank Library?" {
		t.Errorf("the good article is %+v", a)
	}
	c.Help.Folder = config.Path(filepath.Join(folder, "nowhere"))
	if _, _, err := daemon.NewHelp(c); err == nil || !strings.Contains(err.Error(), "help.folder") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// The help tells of the ways that the configuration offers.
func TestHelpFollowsTheConfiguration(t *testing.T) {
	c := settings(t)
	for _, ways := range [][]recovery.Way{{recovery.WayEmail}, {recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved}} {
		c.Recovery.Policy.Ways = ways
		centre, _, err := daemon.NewHelp(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, slug := range []string{"phone", "set-up-questions", "recovery-codes"} {
			if there := centre.In("en").Article(slug) != nil; there != (len(ways) > 1) {
				t.Errorf("with %v, %s is there: %t", ways, slug, there)
			}
		}
	}
}
