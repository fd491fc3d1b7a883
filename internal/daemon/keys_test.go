package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"twohens/internal/daemon"
	"twohens/internal/keys"
)

// A running server whose folder goes away, comes to be empty, as a mount point is without its mount, or holds half a key, goes on with the
// keys that it has and makes none: what it made under such a key would be lost when the folder is back. What was added meanwhile is taken up.
func TestKeysStayWhenTheFolderIsGone(t *testing.T) {
	c := settings(t)
	w := begin(t, c, daemon.Options{})
	w.account("lucy@fernbank.example", "the old one nobody knows")
	request := w.open("lucy@fernbank.example")
	code, _ := w.code("lucy@fernbank.example")
	path, away := string(c.Keys.Folder), string(c.Keys.Folder)+"-away"
	before, known := w.Engine.Settings.Codes.Key("1")
	if !known {
		t.Fatal("no key")
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	half := filepath.Join(path, "codes-2.key")
	steps := []func(){
		func() { write(t, half, "half a ke") },
		func() { must(os.Remove(half)); must(os.Rename(path, away)); must(os.Mkdir(path, 0o700)) },
	}
	for n, step := range steps {
		step()
		until(t, 30*time.Second, "it is told", func() bool { return strings.Count(w.log.String(), "the keys cannot be read") > n })
		if now, ok := w.Engine.Settings.Codes.Key("1"); !ok || now.MAC("x") != before.MAC("x") {
			t.Fatalf("after step %d the key is another one", n)
		}
	}
	if list, err := os.ReadDir(path); err != nil || len(list) != 0 {
		t.Errorf("a running server made keys: %v, %v", list, err)
	}
	must(os.Remove(path))
	must(os.Rename(away, path))
	if _, err := (keys.Folder{Path: path, Log: logTo(w.log)}).Rotate(keys.Codes, time.Time{}); err != nil {
		t.Fatal(err)
	}
	until(t, 30*time.Second, "the new key is used", func() bool { return w.Engine.Settings.Codes.Newest() == "2" })
	w.finish(request, code, "a heather path to the sea")
}
