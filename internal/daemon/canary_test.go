package daemon_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os/exec"
	"path/filepath"
	"strings"
)

// silent searches everything that the program wrote for every secret of the test, as it was sent, and the bytes that it stands
// for, plain and in hexadecimal. Addresses may be in the database and in no log.
func (s *stand) silent() {
	s.t.Helper()
	written := s.files()
	delete(written, "twohens.toml")
	delete(written, "dsn")
	if s.store.DSN != "" {
		written["the dump"] = s.dump()
	}
	written["the log"] = []byte(s.log.String())
	if len(written) < 2 || !bytes.Contains(written["the log"], []byte("event=entered")) {
		s.t.Errorf("looked for secrets where nothing is kept: %d files", len(written))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kinds := map[string]int{}
	for value, what := range s.secrets {
		kinds[what]++
		forms := []string{value}
		if what == "a code" {
			forms = append(forms, value[:4]+" "+value[4:8]+" "+value[8:], value[:6]+" "+value[6:], value[:6]+"-"+value[6:])
		}
		if raw, err := base64.RawURLEncoding.DecodeString(value); err == nil && len(raw) == 16 {
			forms = append(forms, string(raw), hex.EncodeToString(raw))
		}
		for _, form := range forms {
			for name, content := range written {
				if bytes.Contains(content, []byte(form)) {
					s.t.Errorf("%s holds %s", name, what)
				}
			}
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
