package cli

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/keys"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
)

// what is open ends before the nodes are waited for, however long that is. The command that is stopped meanwhile says so.
func TestRevokeEndsFirst(t *testing.T) {
	file, _, store := furnished(t)
	address := ann(t)
	r, _ := recovery.Open(recovery.Opening{
		ID: "r", Policy: recovery.Classic(), Address: address, Nonce: secret.NewNonce(), Key: "1", Holder: secret.NewOpaque().Digest(),
	}, time.Now())
	r = r.Next(recovery.Find{Account: "ann", Contact: address, Real: true, Link: secret.NewOpaque().Digest()}, time.Now()).Request
	if err := store.Save(t.Context(), engine.Change{Create: &r}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var out, said bytes.Buffer
	status := run(ctx, []string{"key", "revoke", "-config", file, "-yes", "-wait", "1h", "codes"},
		&terminal{out: &out, err: &stopper{&said, "Waiting 1h", cancel}})
	if status != 1 || !strings.Contains(said.String(), "say it once more") {
		t.Errorf("status %d:\n%s", status, said.String())
	}
	if stored, err := store.Request(t.Context(), engine.Key{ID: "r"}); err != nil || stored.Request.Real || !stored.Request.Link.IsZero() {
		t.Errorf("it is open while the nodes are waited for: %v\n%s", err, said.String())
	}
}

// a command that died after it had destroyed the key is finished by the same command again, which nobody has to know; and what nodes keep
// under the old key while they do not know of it yet goes as well.
func TestRevokeAnswersFinishes(t *testing.T) {
	file, held, store := furnished(t)
	now := time.Now()
	if err := store.AddAccount(t.Context(), accounts.Row{ID: "ann", Emails: []contact.Email{ann(t)}, Made: now, Changed: now}); err != nil {
		t.Fatal(err)
	}
	answers := func(digests ...string) {
		t.Helper()
		set := engine.AnswerSet{Account: "ann"}
		for _, d := range digests {
			set.Answers = append(set.Answers, engine.KeptAnswer{Question: d, Digest: d, Made: now})
		}
		if err := store.Save(t.Context(), engine.Change{Answers: &set}); err != nil {
			t.Fatal(err)
		}
	}
	says := func(until string, meanwhile func(), args ...string) (status int, text string) {
		t.Helper()
		var out, said bytes.Buffer
		status = run(t.Context(), append([]string{"key"}, args...), &terminal{out: &out, err: &stopper{&said, until, meanwhile}})
		return status, out.String() + said.String()
	}
	kept := func() map[string]int {
		t.Helper()
		counts, err := store.Peppers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return counts
	}
	answers("1:$argon2id$a", "1:$argon2id$b", "2:$argon2id$c")
	if _, err := held.Rotate(keys.Answers, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(held.Path, "answers-1.key")); err != nil { // and then it died
		t.Fatal(err)
	}
	if _, text := says("never", nil, "list", "-config", file); !strings.Contains(text, "no file") || !strings.Contains(text, "2 answers and recovery codes, none of which is right") {
		t.Errorf("the list does not tell:\n%s", text)
	}
	if status, text := says("never", nil, "revoke", "-config", file, "answers", "1"); status != 1 || !strings.Contains(text, "2 answers and recovery codes kept under key 1 would be deleted") {
		t.Errorf("status %d:\n%s", status, text)
	}
	if status, text := says("never", nil, "revoke", "-config", file, "-yes", "-wait", "0s", "answers", "1"); status != 0 || !strings.Contains(text, "Deleted 2 answers") {
		t.Errorf("status %d:\n%s", status, text)
	}
	if left := kept(); left["1"] != 0 || left["2"] != 1 {
		t.Errorf("left are %v", left)
	}
	status, text := says("Waiting", func() { answers("2:$argon2id$d", "3:$argon2id$e") }, "revoke", "-config", file, "-yes", "-wait", "0s", "answers", "2")
	if left := kept(); status != 0 || left["2"] != 0 || left["3"] != 1 {
		t.Errorf("status %d, left are %v:\n%s", status, left, text)
	}
}

// furnished is a configuration, with the keys and the database of a server that has been started once.
func furnished(t *testing.T) (file string, held keys.Folder, store *sqlstore.Store) {
	t.Helper()
	folder := t.TempDir()
	file, database := filepath.Join(folder, "twohens.toml"), filepath.Join(folder, "twohens.db")
	settings := "[site]\nname = \"Fernbank Library\"\npublic_url = \"https://id.fernbank.example\"\n" +
		"[mail]\nserver = \"mail.fernbank.example\"\nfrom = \"no-reply@fernbank.example\"\n" +
		"[database]\npath = \"twohens.db\"\n"
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	held = keys.Folder{Path: filepath.Join(folder, "keys"), Log: slog.New(slog.DiscardHandler)}
	if err := held.Prepare(); err != nil {
		t.Fatal(err)
	}
	for _, purpose := range keys.Rotating {
		if _, err := held.Numbered(purpose); err != nil {
			t.Fatal(err)
		}
	}
	for _, purpose := range keys.Staying {
		if _, err := held.One(purpose); err != nil {
			t.Fatal(err)
		}
	}
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Driver: sqlstore.SQLite, Path: database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return file, held, store
}

func ann(t *testing.T) contact.Email {
	t.Helper()
	address, err := contact.ParseEmail("ann@post.example")
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// stopper is where a command talks to until it says something.
type stopper struct {
	*bytes.Buffer
	until string
	stop  func()
}

func (s *stopper) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.until) {
		defer s.stop()
	}
	return s.Buffer.Write(p)
}
