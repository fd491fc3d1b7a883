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

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/keys"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
)

// what is open ends before the nodes are waited for, however long that is. The command that is stopped meanwhile says so.
func TestRevokeEndsFirst(t *testing.T) {
	folder := t.TempDir()
	file, database := filepath.Join(folder, "twohens.toml"), filepath.Join(folder, "twohens.db")
	settings := "[site]\nname = \"Fernbank Library\"\npublic_url = \"https://id.fernbank.example\"\n" +
		"[mail]\nserver = \"mail.fernbank.example\"\nfrom = \"no-reply@fernbank.example\"\n" +
		"[database]\npath = \"twohens.db\"\n"
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	held := keys.Folder{Path: filepath.Join(folder, "keys"), Log: slog.New(slog.DiscardHandler)}
	if err := held.Prepare(); err != nil {
		t.Fatal(err)
	}
	for _, purpose := range keys.Rotating {
		if _, err := held.Numbered(purpose); err != nil {
			t.Fatal(err)
		}
	}
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Driver: sqlstore.SQLite, Path: database})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	address, err := contact.ParseEmail("ann@post.example")
	if err != nil {
		t.Fatal(err)
	}
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
