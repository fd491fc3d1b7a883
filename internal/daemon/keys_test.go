package daemon_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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

// a command that adds or destroys keys may die at any moment, beside a server that runs. Each key is there as it was, or not at all,
// a code that was out is right however often it was rotated, and saying it again finishes it.
func testRotated(t *testing.T, path string) {
	const people = 30
	s := build(t, path, ground{people: people})
	p := s.start()
	defer p.stop()
	opened, err := s.open(who(0))
	if err == nil {
		_, err = s.choose(opened.Request)
	}
	if err != nil {
		t.Fatal(err)
	}
	code, err := s.mailed(who(0), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	folder := keys.Folder{Path: filepath.Join(s.folder, "keys"), Log: logTo(&s.log.lines)}
	known := map[string][]byte{}
	look := func() (count int) {
		t.Helper()
		list, err := folder.Present(keys.Codes)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if was, ok := known[f.ID]; ok && !bytes.Equal(was, f.Key.Bytes()) {
				t.Fatalf("key %s is another one", f.ID)
			}
			known[f.ID] = f.Key.Bytes()
		}
		return len(list)
	}
	// names are the files of the folder, so that a change is seen at once.
	names := func() string {
		var all []string
		list, err := os.ReadDir(folder.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			all = append(all, f.Name())
		}
		return strings.Join(all, " ")
	}
	// dies runs a command that is killed after so many changes of the folder, and says whether it was.
	dies := func(changes int, args ...string) bool {
		t.Helper()
		command := exec.Command(path, append(args, "-config", s.settings())...)
		var out bytes.Buffer
		command.Stdout, command.Stderr = &out, &out
		command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		last := names()
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- command.Wait() }()
		for {
			select {
			case err := <-ended:
				if err != nil {
					t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out.String())
				}
				return false
			default:
			}
			if now := names(); now != last {
				if last, changes = now, changes-1; changes == 0 {
					if err := command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
						t.Fatal(err)
					}
					var killed *exec.ExitError
					return errors.As(<-ended, &killed) && !killed.Exited()
				}
			}
		}
	}
	deaths := 0
	for n := range 24 {
		if dies(1+n%3, "key", "rotate", "-after", "0s", "codes") {
			deaths++
		}
		look()
	}
	if deaths < 6 {
		t.Errorf("%d of 24 were killed in the middle", deaths)
	}
	before := look()
	dies(100, "key", "rotate", "-after", "0s", "codes")
	if now := look(); now != before+1 {
		t.Errorf("%d keys, after another rotation %d", before, now)
	}
	if proved, err := s.enter(opened.Request, code, ""); err != nil || proved.Grant == "" {
		t.Errorf("a code that was out is not right any more: %+v, %v", proved, err)
	}
	deaths = 0
	for n := range 12 {
		if dies(2+n%4, "key", "revoke", "-yes", "-wait", "0s", "codes") {
			deaths++
		}
		if look() == 0 {
			t.Fatal("there is no key")
		}
	}
	if deaths < 3 {
		t.Errorf("%d of 12 were killed in the middle", deaths)
	}
	dies(100, "key", "revoke", "-yes", "-wait", "0s", "codes")
	if now := look(); now != 1 {
		t.Errorf("%d keys after all were revoked", now)
	}
	next := 0 // everybody once: there is one mail to each
	until(t, 60*time.Second, "the server takes the key up", func() bool {
		next++
		return next < people && s.recovers(next, "a heather path, revoked")
	})
}
