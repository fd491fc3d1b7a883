package keys_test

import (
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"twohens/internal/keys"
)

func folder(t *testing.T) keys.Folder {
	t.Helper()
	f := keys.Folder{Path: filepath.Join(t.TempDir(), "keys"), Log: slog.New(slog.DiscardHandler)}
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	return f
}

func numbered(t *testing.T, f keys.Folder, purpose keys.Purpose) []keys.File {
	t.Helper()
	list, err := f.Numbered(purpose)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// a new key is known before it is used, the older ones stay, and each is found by its number.
func TestRotate(t *testing.T) {
	f, now := folder(t), time.Now()
	first := numbered(t, f, keys.Codes)
	if len(first) != 1 || first[0].ID != "1" || !first[0].From.IsZero() {
		t.Fatalf("%+v", first)
	}
	made, err := f.Rotate(keys.Codes, now.Add(time.Minute))
	if err != nil || made.ID != "2" {
		t.Fatal(made, err)
	}
	list := numbered(t, f, keys.Codes)
	if len(list) != 2 || list[0].ID != "2" || list[1].ID != "1" || !list[0].From.Equal(made.From) {
		t.Fatalf("%+v", list)
	}
	for after, newest := range map[time.Duration]string{0: "1", time.Minute - 2*time.Second: "1", time.Minute: "2", time.Hour: "2", -time.Hour: "1"} {
		ring, err := keys.Ring(keys.NewestFirst(list, now.Add(after)))
		if err != nil {
			t.Fatal(err)
		}
		_, one := ring.Key("1")
		_, two := ring.Key("2")
		if ring.Newest() != newest || !one || !two {
			t.Errorf("%s later the newest is %s", after, ring.Newest())
		}
	}
	if until := keys.NeededUntil(list, 1); !until.Equal(made.From.Add(73 * time.Hour)) {
		t.Errorf("the first is needed until %v", until)
	}
	if until := keys.NeededUntil(list, 0); !until.IsZero() {
		t.Errorf("the newest is needed until %v", until)
	}
	info, err := os.Stat(filepath.Join(f.Path, "codes-2.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := f.Remove(list[1]); err != nil {
		t.Fatal(err)
	}
	if list := numbered(t, f, keys.Codes); len(list) != 1 || list[0].ID != "2" {
		t.Errorf("the destroyed one came back: %+v", list)
	}
	if again, err := f.Rotate(keys.Codes, time.Time{}); err != nil || again.ID != "3" {
		t.Error(again, err)
	}
}

// Whoever rotates twenty times at once has twenty keys, all of them whole.
func TestRotateAtOnce(t *testing.T) {
	f := folder(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := f.Rotate(keys.Answers, time.Time{}); err != nil {
				t.Error(err)
			}
			if _, err := f.Numbered(keys.Answers); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, k := range numbered(t, f, keys.Answers) {
		seen[string(k.Key.Bytes())] = true
	}
	if len(seen) != 20 {
		t.Errorf("%d keys", len(seen))
	}
}

// Some keys must never change, and the reason is told.
func TestWhatStays(t *testing.T) {
	f := folder(t)
	for _, purpose := range keys.Staying {
		if _, err := f.Rotate(purpose, time.Time{}); err == nil || !strings.Contains(err.Error(), "otherwise") {
			t.Errorf("%s: %v", purpose, err)
		}
		one, err := f.One(purpose)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := f.One(purpose); err != nil || string(again.Bytes()) != string(one.Bytes()) {
			t.Errorf("%s changed, %v", purpose, err)
		}
	}
	for _, none := range []keys.Purpose{"", "code", "../codes", "*", "codes-1"} {
		if _, err := f.Rotate(none, time.Time{}); err == nil {
			t.Errorf("%q was rotated", none)
		}
	}
}

// What is no key is told by its file's name, and nothing is lost: the others are as they were. A program that died while it wrote one
// leaves a file that is none, which disturbs nobody.
func TestNonsense(t *testing.T) {
	f := folder(t)
	numbered(t, f, keys.Codes)
	write := func(name, text string) string {
		path := filepath.Join(f.Path, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(".key-123", "AAAA")
	if list := numbered(t, f, keys.Codes); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	good := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, text := range map[string]string{
		"codes-2.key": "", "codes-3.key": good[:20], "codes-4.key": good + "\nfrom yesterday", "codes-5.key": good + "\n" + good, "codes-x.key": good,
		"codes-06.key": good, "codes-0.key": good, "codes--1.key": good, "codes-99999999999999999999.key": good,
	} {
		path := write(name, text)
		if _, err := f.Numbered(keys.Codes); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	write("codes-2.key", good+"\r\nfrom 2026-11-27T00:00:00Z\n\n") // written on another machine
	if list, err := f.Numbered(keys.Codes); err == nil && list[0].From.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
}

// A program that was killed right after it made a key leaves the key a second name. With the key, that goes too; what is no name of it stays.
func TestRemoveByEveryName(t *testing.T) {
	f := folder(t)
	first := numbered(t, f, keys.Codes)[0]
	made, err := f.Rotate(keys.Codes, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	second, other := filepath.Join(f.Path, ".key-1"), filepath.Join(f.Path, ".key-2")
	if err := os.Link(filepath.Join(f.Path, "codes-1.key"), second); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte("half a k"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(first); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(second); err == nil {
		t.Errorf("a destroyed key is still there, %d bytes of it", len(text))
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
	if list := numbered(t, f, keys.Codes); len(list) != 1 || list[0].ID != made.ID {
		t.Errorf("%+v", list)
	}
}

// What root makes, by an operator's command, belongs to whom the folder belongs: the server runs as somebody else and must read it.
func TestMadeByRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	f := folder(t)
	numbered(t, f, keys.Codes)
	const nobody = 65534
	if err := os.Chown(f.Path, nobody, nobody); err != nil {
		t.Skip(err)
	}
	if _, err := f.Rotate(keys.Codes, time.Time{}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(f.Path, "codes-2.key"))
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t); owner.Uid != nobody || owner.Gid != nobody || info.Mode().Perm() != 0o600 {
		t.Errorf("it belongs to %d:%d, %v", owner.Uid, owner.Gid, info.Mode())
	}
}
