package recovery_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference line by line before committing it")

// golden compares a text with the file that was reviewed.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the code says any more.\nIf the change is meant: go generate ./internal/recovery, and review the difference.\n%s",
			path, firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	line := 1
	for i := 0; i < len(got) && i < len(want); i++ {
		if got[i] != want[i] {
			return "line " + itoa(line) + ":\n got " + lineAt(got, i) + "\nwant " + lineAt(want, i)
		}
		if got[i] == '\n' {
			line++
		}
	}
	return "one of the two is longer"
}

func lineAt(s string, i int) string {
	from, to := i, i
	for from > 0 && s[from-1] != '\n' {
		from--
	}
	for to < len(s) && s[to] != '\n' {
		to++
	}
	return s[from:to]
}
