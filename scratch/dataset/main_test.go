package main

import (
	"encoding/json"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twohens/scratch"
)

// read is a folder's labels.
func read(t *testing.T, folder string) (out []entry) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "labels.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDataset(t *testing.T) {
	for name, flags := range map[string][]string{
		"open": nil, "numbered": {"-numbered"}, "styles": {"-styles", "3", "-style-seed", "hens"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "cards")
			if err := run(append([]string{"-cards", "6", "-out", folder}, flags...), io.Discard); err != nil {
				t.Fatal(err)
			}
			entries := read(t, folder)
			if len(entries) != 6 {
				t.Fatalf("%d entries", len(entries))
			}
			for _, e := range entries {
				e.check(t, folder)
			}
			if files, _ := os.ReadDir(folder); len(files) != 7 {
				t.Errorf("%d files for 6 pictures and their labels", len(files))
			}
		})
	}
}

// check is what must hold of every picture and its labels.
func (e entry) check(t *testing.T, folder string) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, e.Image))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, 480, 300) {
		t.Errorf("%s is %v", e.Image, m.Bounds())
	}
	if len(e.Boxes) != scratch.Animals || len(e.Targets) != 2 || e.Targets[0] == e.Targets[1] {
		t.Fatalf("%s: %d boxes, targets %v", e.Image, len(e.Boxes), e.Targets)
	}
	chickens := 0
	for i, b := range e.Boxes {
		if r := image.Rect(b.X, b.Y, b.X+b.W, b.Y+b.H); b.W < 30 || b.H < 30 || !r.In(m.Bounds()) {
			t.Errorf("%s: box %d is %+v", e.Image, i, b)
		}
		if b.Class == "" || b.Class == "unknown" {
			t.Errorf("%s: box %d has class %q", e.Image, i, b.Class)
		}
		if b.Class == scratch.Chicken.String() {
			chickens++
		}
	}
	for _, n := range e.Targets {
		if n < 0 || n >= len(e.Boxes) || e.Boxes[n].Class != "chicken" {
			t.Errorf("%s: target %d is no chicken", e.Image, n)
		}
	}
	if chickens != 2 {
		t.Errorf("%s: %d chickens", e.Image, chickens)
	}
}

func TestRefusals(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	for _, c := range []struct{ args, says string }{
		{"-cards 1", "-out"},
		{"-out " + full, "not empty"},
		{"-out " + fresh + " -cards 0", "1 to 10 million"},
		{"-out " + fresh + " -cards -4", "1 to 10 million"},
		{"-out " + fresh + " -cards many", "many"},
		{"-out " + fresh + " -styles 0", "-styles"},
		{"-out " + fresh + " more", "too much"},
	} {
		if err := run(strings.Fields(c.args), io.Discard); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.args, err)
		}
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a refused command made its folder")
	}
	if files, _ := os.ReadDir(full); len(files) != 1 {
		t.Error("a refused command wrote into a folder that was not empty")
	}
}

func TestHelp(t *testing.T) {
	var b strings.Builder
	if err := run([]string{"--help"}, &b); err == nil {
		t.Error("help is no run")
	}
	for _, word := range []string{"labels.json", "-cards", "-style-seed", "targets", "-numbered"} {
		if !strings.Contains(b.String(), word) {
			t.Errorf("the help does not speak of %s", word)
		}
	}
}
