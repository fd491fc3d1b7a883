package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"twohens/internal/mailbox"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"twohens": func() { os.Exit(Main()) }})
}

// The scripts in testdata are sessions at a terminal. Each has a mail server of its own, at $MAIL_PORT of 127.0.0.1, and a
// free port for itself, $PORT.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			box, err := mailbox.Open(mailbox.Options{})
			if err != nil {
				return err
			}
			e.Defer(func() { box.Close() })
			port, err := freePort()
			if err != nil {
				return err
			}
			e.Setenv("MAIL_PORT", strconv.Itoa(box.Port()))
			e.Setenv("PORT", strconv.Itoa(port))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"answers": answers, "appears": appears, "envsubst": substitute,
		},
	})
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until a URL answers, and wants a text in the answer: answers URL TEXT.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: answers URL TEXT")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		body, err := get(ctx, client, args[0])
		if err == nil {
			if !strings.Contains(body, args[1]) {
				ts.Fatalf("no %q in %s", args[1], body)
			}
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("%s: %v", args[0], err)
		case <-time.After(5 * time.Millisecond): // nothing but the port tells that it is there
		}
	}
}

// appears waits until there is a file: appears FILE.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: appears FILE")
	}
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		if time.Since(begun) > 20*time.Second {
			ts.Fatalf("%s does not appear", args[0])
		}
	}
}

func get(ctx context.Context, client *http.Client, url string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	answer, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return fmt.Sprint(answer.Status, "\n", string(body)), err
}

// substitute puts the environment's values into files: envsubst FILE...
func substitute(ts *testscript.TestScript, neg bool, files []string) {
	for _, file := range files {
		text := ts.ReadFile(file)
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(os.Expand(text, ts.Getenv)), 0o600))
	}
}

func TestTwoDashes(t *testing.T) {
	for in, want := range map[string]string{
		"serve -config x":    "serve --config x",
		"serve --config=x":   "serve --config=x",
		"serve -config=x":    "serve --config=x",
		"a -h":               "a -h",
		"a -":                "a -",
		"a -- -config":       "a -- -config",
		"account -no-passwd": "account --no-passwd",
	} {
		if got := strings.Join(twoDashes(strings.Fields(in)), " "); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestWhen(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for text, want := range map[string]string{
		"": "0001-01-01", "90d": "2026-06-02", "2026-03-05": "2026-03-05",
		"2026-03-04": "", "0d": "", "-1d": "", "1d2": "", "90": "", "soon": "", "2026-13-01": "",
	} {
		at, err := when(text, now)
		if (err == nil) != (want != "") || err == nil && at.Format(time.DateOnly) != want {
			t.Errorf("%q is %v, %v; want %q", text, at, err, want)
		}
	}
}
