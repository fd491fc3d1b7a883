package secret_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"twohens/internal/secret"
)

func TestParseKey(t *testing.T) {
	good := base64Of([]byte("0123456789abcdef0123456789abcde\xff"))
	for _, text := range []string{good, good + "\n", "  " + good + "\r\n\t"} {
		if k, err := secret.ParseKey([]byte(text)); err != nil || k.IsZero() || string(k.Bytes()) != "0123456789abcdef0123456789abcde\xff" {
			t.Errorf("%q: %v", text, err)
		}
	}
	for name, text := range map[string]string{
		"empty":                "",
		"blank":                " \n",
		"31 bytes":             base64Of(make([]byte, 31)),
		"33 bytes":             base64Of(make([]byte, 33)),
		"two":                  good + "\n" + good,
		"no padding":           strings.TrimRight(good, "="),
		"the other alphabet":   strings.ReplaceAll(base64Of([]byte(strings.Repeat("\xff", 32))), "/", "_"),
		"hexadecimal":          strings.Repeat("a7", 32),
		"raw bytes":            "0123456789abcdef0123456789abcdef",
		"with a name before":   "key=" + good,
		"with a remark behind": good + " # production",
	} {
		k, err := secret.ParseKey([]byte(text))
		if err == nil || !k.IsZero() {
			t.Errorf("%s is taken", name)
		} else if content := strings.TrimSpace(text); len(content) > 8 && strings.Contains(err.Error(), content[:8]) {
			t.Errorf("%s: the error shows it: %v", name, err)
		}
	}
}

// What Bytes gives away is a copy.
func TestBytesIsACopy(t *testing.T) {
	k := key(t)
	before := k.MAC("x")
	clear(k.Bytes())
	if k.MAC("x") != before {
		t.Error("the key was changed from outside")
	}
}

func TestKeyThatWasNeverSet(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a MAC under no key")
		}
	}()
	secret.Key{}.MAC("x")
}

func TestCreateKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "codes.key")
	made, err := secret.CreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := secret.LoadKey(path)
	if err != nil || loaded.MAC("x") != made.MAC("x") {
		t.Errorf("the key on disk is another one, %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := secret.CreateKey(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made once more: %v", err)
	}
	if again, _ := os.ReadFile(path); string(again) != string(text) {
		t.Error("the key was replaced")
	}
	if _, err := secret.CreateKey(filepath.Join(t.TempDir(), "none", "codes.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
	t.Chdir(t.TempDir())
	if _, err := secret.CreateKey("codes.key"); err != nil {
		t.Errorf("in the current folder: %v", err)
	}
}

// Many programs starting at once end up with one key, whole, readable by its owner alone, and nothing else in the folder.
func TestCreateKeyAtOnce(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "codes.key")
	var made [64]secret.Key
	var won atomic.Int32
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range made {
		all.Go(func() {
			<-start
			k, err := secret.CreateKey(path)
			switch {
			case err == nil:
				won.Add(1)
				made[i] = k
			case !errors.Is(err, fs.ErrExist) || !k.IsZero():
				t.Errorf("refused by %v", err)
			}
			if _, err := secret.LoadKey(path); err != nil {
				t.Errorf("right behind: %v", err)
			}
		})
	}
	close(start)
	all.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d made the key", won.Load())
	}
	loaded, err := secret.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range made {
		if !k.IsZero() && k.MAC("x") != loaded.MAC("x") {
			t.Error("the one who made it holds another")
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if at, err := os.Stat(path); err != nil || at.Mode() != 0o600 {
		t.Errorf("mode %v, %v", at.Mode(), err)
	}
}

// An error names the file, never what is in it.
func TestLoadKeyErrors(t *testing.T) {
	folder := t.TempDir()
	if _, err := secret.LoadKey(filepath.Join(folder, "none.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("not there: %v", err)
	}
	if _, err := secret.LoadKey(folder); err == nil {
		t.Error("a folder is a key")
	}
	for _, content := range []string{"", "hunter2hunter2", base64Of([]byte("half a key, but still secret"))} {
		path := filepath.Join(folder, "bad.key")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := secret.LoadKey(path)
		if err == nil || !k.IsZero() {
			t.Errorf("%q is a key", content)
			continue
		}
		if said := fmt.Sprintf("%v %+v %#v", err, err, err); !strings.Contains(said, path) || content != "" && strings.Contains(said, content[:7]) {
			t.Errorf("said %s", said)
		}
	}
}

// what was begun with an older key finds it; what was begun with a revoked one is dead.
func TestRing(t *testing.T) {
	old, now := secret.NewKey(), secret.NewKey()
	r := secret.NewRing("b", now)
	if err := r.Keep("a", old); err != nil {
		t.Fatal(err)
	}
	if r.Newest() != "b" {
		t.Errorf("new work begins with %s", r.Newest())
	}
	for id, want := range map[string]secret.Key{"a": old, "b": now} {
		if got, ok := r.Key(id); !ok || got.MAC("x") != want.MAC("x") {
			t.Errorf("%s is another key", id)
		}
	}
	for _, id := range []string{"", "c", "A"} {
		if got, ok := r.Key(id); ok || !got.IsZero() {
			t.Errorf("there is a key %q", id)
		}
	}
	for _, id := range []string{"a", "b"} {
		if r.Keep(id, secret.NewKey()) == nil {
			t.Errorf("two keys %s", id)
		}
	}
	if got, _ := r.Key("b"); got.MAC("x") != now.MAC("x") {
		t.Error("the newest was replaced")
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte(base64Of(make([]byte, 32))))
	f.Add([]byte(" \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := secret.ParseKey(text)
		if k.IsZero() != (err != nil) {
			t.Fatalf("zero %t with %v", k.IsZero(), err)
		}
		if err == nil && len(k.Bytes()) != secret.KeySize {
			t.Fatalf("%d bytes", len(k.Bytes()))
		}
	})
}
