package daemon_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// silent searches everything that the program wrote for every secret of the test: as it was sent, as people write it, encoded in the usual
// ways, and the bytes that it stands for, also as the machine words that Go prints of a crash. Of PostgreSQL the files are searched too,
// with what it keeps for a crash of its own. Addresses may be in the database and in no log.
func (s *stand) silent() {
	s.t.Helper()
	written := s.files()
	delete(written, "twohens.toml")
	delete(written, "dsn")
	if s.store.DSN != "" {
		written["the dump"] = s.dump()
		for name, content := range s.cluster() {
			written["PostgreSQL's "+name] = content
		}
	}
	written["the log"] = []byte(s.log.String())
	if len(written) < 2 || !bytes.Contains(written["the log"], []byte("event=entered")) {
		s.t.Errorf("looked for secrets where nothing is kept: %d files", len(written))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.metrics) > 0 {
		written["the metrics"] = s.metrics
	}
	kinds, forms := map[string]int{}, haystack{by: map[string][]form{}}
	for value, what := range s.secrets {
		kinds[what]++
		forms.add(what, value, url.QueryEscape(value), hex.EncodeToString([]byte(value)), base64.RawStdEncoding.EncodeToString([]byte(value)),
			base64.RawURLEncoding.EncodeToString([]byte(value)))
		if what == "a code" {
			forms.add(what, value[:4]+" "+value[4:8]+" "+value[8:], value[:6]+" "+value[6:], value[:6]+"-"+value[6:])
		}
		if raw, err := base64.RawURLEncoding.DecodeString(value); err == nil && len(raw) == 16 {
			forms.add(what, string(raw), hex.EncodeToString(raw), fmt.Sprintf("%#x", binary.NativeEndian.Uint64(raw)))
		}
	}
	keys, err := filepath.Glob(filepath.Join(s.folder, "keys", "*.key"))
	if err != nil || len(keys) < 7 {
		s.t.Errorf("looked for %d keys, %v", len(keys), err)
	}
	for _, path := range keys {
		text, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
		if err != nil {
			s.t.Fatal(err)
		}
		forms.add("the key "+filepath.Base(path), strings.TrimSpace(string(text)), string(raw), hex.EncodeToString(raw), fmt.Sprintf("%#x", binary.NativeEndian.Uint64(raw)))
	}
	for name, content := range written {
		for _, what := range forms.in(content) {
			s.t.Errorf("%s holds %s", name, what)
		}
	}
	for _, kind := range []string{"a code", "a link", "a grant", "a new password", "an old password", "an API key", "a sign-in cookie", "a request's secret"} {
		if kinds[kind] == 0 {
			s.t.Errorf("the test knows not a single secret that is %s", kind)
		}
	}
	if at := bytes.Index(written["the log"], []byte("@fernbank.example")); at >= 0 {
		s.t.Errorf("the log has an address: %s", written["the log"][max(0, at-200):at+20])
	}
	found := false
	for name, content := range written {
		found = found || name != "the log" && bytes.Contains(content, []byte(who(0)))
	}
	if !found {
		s.t.Error("looked for secrets in a database that does not even have the addresses")
	}
}

// form is one way in which a secret may be written.
type form struct{ what, text string }

// haystack finds some thousand forms in some hundred megabytes in one pass.
type haystack struct {
	begins [1 << 16]bool     // by the first two bytes
	by     map[string][]form // by the first six
}

func (h *haystack) add(what string, texts ...string) {
	for _, text := range texts {
		h.begins[int(text[0])<<8|int(text[1])] = true
		h.by[text[:6]] = append(h.by[text[:6]], form{what, text})
	}
}

func (h *haystack) in(content []byte) (found []string) {
	for i := range len(content) - 5 {
		if !h.begins[int(content[i])<<8|int(content[i+1])] {
			continue
		}
		for _, f := range h.by[string(content[i:i+6])] {
			if bytes.HasPrefix(content[i:], []byte(f.text)) && !slices.Contains(found, f.what) {
				found = append(found, f.what)
			}
		}
	}
	return found
}

// dump is the PostgreSQL database as text.
func (s *stand) dump() []byte {
	s.t.Helper()
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
		if len(found) == 0 {
			s.t.Fatal("there is no pg_dump beside the server")
		}
		program = found[len(found)-1]
	}
	var told strings.Builder
	command := exec.Command(program, "--dbname", s.store.DSN)
	command.Stderr = &told
	out, err := command.Output()
	if err != nil {
		s.t.Fatalf("pg_dump: %v\n%s", err, &told)
	}
	return out
}

// cluster are the files of the PostgreSQL server that hold tables, and what it writes ahead of them.
func (s *stand) cluster() map[string][]byte {
	s.t.Helper()
	var folder string
	db := s.database()
	if err := db.QueryRow("SHOW data_directory").Scan(&folder); err != nil {
		s.t.Fatal(err)
	}
	if _, err := db.Exec("CHECKPOINT"); err != nil {
		s.t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, part := range []string{"base", "global", "pg_wal"} {
		err := filepath.WalkDir(filepath.Join(folder, part), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err == nil {
				name, _ := filepath.Rel(folder, path)
				files[name] = content
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) { // other tests come and go
			s.t.Fatal(err)
		}
	}
	if len(files) < 100 {
		s.t.Errorf("looked for secrets in %d files of PostgreSQL", len(files))
	}
	return files
}
