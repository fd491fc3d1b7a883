package daemon_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/daemon"
	"twohens/internal/keys"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
)

// The main job: somebody who forgot the password gets back in, over real SMTP, on each database.
func TestWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, c *config.Config) {
		w := begin(t, c, daemon.Options{})
		w.account("lucy@fernbank.example", "the old one nobody knows")
		request := w.open("Lucy@Fernbank.example")
		code, _ := w.code("lucy@fernbank.example")
		w.finish(request, code, "a heather path to the sea")
		if !w.signsIn("lucy@fernbank.example", "a heather path to the sea") || w.signsIn("lucy@fernbank.example", "the old one nobody knows") {
			t.Error("the password is not the new one")
		}
		notice := w.mail("lucy@fernbank.example", false)
		if strings.Contains(notice.Text, "heather") || notice.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("the notice:\n%s", notice.Raw)
		}
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		if n := w.box.Taken(); n != 2 {
			t.Errorf("%d mails, want a code and a notice", n)
		}
	})
}

// Nobody's address: the same answers, and no mail.
func TestWalkOfNobody(t *testing.T) {
	w := begin(t, settings(t), daemon.Options{})
	w.account("lucy@fernbank.example", "the old one nobody knows")
	w.open("nobody@fernbank.example")
	w.open("lucy@fernbank.example")
	w.code("lucy@fernbank.example")
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	for _, m := range w.box.Mails() {
		if m.To[0] != "lucy@fernbank.example" {
			t.Errorf("a mail to %s", m.To[0])
		}
	}
}

// after a whole recovery neither the database nor the log, at its chattiest, nor any file but the keys' own holds the code, the link,
// a password, the keys, or what the caller carried. The address is in the database and in no log.
func TestNothingSecretIsKept(t *testing.T) {
	c := settings(t)
	w := console(t, c)
	request := w.open("lucy@fernbank.example")
	code, link := w.code("lucy@fernbank.example")
	w.finish(request, code, "a heather path to the sea")
	measured, err := w.http.Get("http://" + w.ConsoleAddress() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := io.ReadAll(measured.Body)
	measured.Body.Close()
	if err != nil || !bytes.Contains(metrics, []byte("twohens_outbox_waiting")) {
		t.Fatalf("%v\n%s", err, metrics)
	}
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{
		"code": code, "link": link, "old password": "the old one nobody knows", "new password": "a heather path to the sea",
		"API key": w.key, "request's secret": request,
	}
	keys, err := filepath.Glob(filepath.Join(string(c.Keys.Folder), "*"))
	if err != nil || len(keys) != 8 {
		t.Fatal(keys, err)
	}
	for _, path := range keys {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		secrets[path], secrets[path+", raw"] = strings.TrimSpace(string(text)), string(raw)
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	files := map[string][]byte{"the log": []byte(w.log.String()), "the metrics": metrics}
	folder := filepath.Dir(string(c.Database.Path))
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path, string(c.Keys.Folder)) {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	})
	if err != nil || len(files) < 2 {
		t.Fatal(len(files), err)
	}
	for name, content := range files {
		for what, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds the %s", name, what)
			}
		}
	}
	if strings.Contains(w.log.String(), "lucy@") || !strings.Contains(w.log.String(), "event=entered") {
		t.Errorf("the log names the address, or lacks the records:\n%s", w.log)
	}
	db, err := os.ReadFile(string(c.Database.Path))
	if err != nil || !bytes.Contains(db, []byte("lucy@fernbank.example")) {
		t.Error("looked for secrets where nothing is kept at all", err)
	}
}

// The mail server is down when the code is asked for: the person sees the same, and the mail goes out when it is back.
func TestMailServerIsDown(t *testing.T) {
	c := settings(t)
	down := openBox(t, mailbox.Options{})
	c.Mail.Port = down.Port()
	down.Close()
	w := begin(t, c, daemon.Options{})
	w.account("lucy@fernbank.example", "the old one nobody knows")
	request := w.open("lucy@fernbank.example")
	for !strings.Contains(w.log.String(), "connection refused") {
		time.Sleep(time.Millisecond)
	}
	w.box = openBox(t, mailbox.Options{Address: down.Address()})
	code, _ := w.code("lucy@fernbank.example")
	w.finish(request, code, "a heather path to the sea")
	w.mail("lucy@fernbank.example", false)
}

// Stopping lets a mail that is on its way arrive, and settles it: started again, nothing is sent twice.
func TestStopFinishesAMail(t *testing.T) {
	hold, reached := make(chan struct{}), make(chan struct{}, 1)
	box := openBox(t, mailbox.Options{Hook: func(step mailbox.Step, _, _ string) error {
		if step == mailbox.StepEnd {
			reached <- struct{}{}
			<-hold
		}
		return nil
	}})
	c := settings(t)
	c.Mail.Port = box.Port()
	w := begin(t, c, daemon.Options{})
	w.account("lucy@fernbank.example", "the old one nobody knows")
	w.open("lucy@fernbank.example")
	<-reached
	stopped := make(chan error, 1)
	go func() { stopped <- w.stop() }()
	select {
	case err := <-stopped:
		t.Errorf("stopped while a mail was on its way: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	close(hold)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	store, err := daemon.OpenStore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	soon := time.Now().Add(24 * time.Hour)
	left, err := store.Lease(t.Context(), soon, soon.Add(time.Minute), 10)
	if err != nil || len(left) != 0 || box.Taken() != 1 {
		t.Errorf("%d entries are left, %d mails went out, %v", len(left), box.Taken(), err)
	}
}

// Whatever keeps it from starting is told, and nothing is left open.
func TestWhatKeepsItFromStarting(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, c *config.Config)
		says  string
	}{
		"port taken": {func(t *testing.T, c *config.Config) {
			l := socket(t, "127.0.0.1:0")
			t.Cleanup(func() { l.Close() })
			c.Listen.Address = l.Addr().String()
		}, "listen.address: "},
		"no database": {func(t *testing.T, c *config.Config) {
			write(t, string(c.Database.Path), strings.Repeat("not a database ", 100))
		}, "database: "},
		"no key": {func(t *testing.T, c *config.Config) {
			write(t, filepath.Join(string(c.Keys.Folder), "decoys.key"), "not a key")
		}, "decoys.key: a key is 32 bytes"},
		"misnamed key": {func(t *testing.T, c *config.Config) {
			write(t, filepath.Join(string(c.Keys.Folder), "codes-new.key"), "")
		}, "name it codes-1.key"},
		"no certificate": {func(t *testing.T, c *config.Config) {
			c.Listen.TLSCert, c.Listen.TLSKey = c.Keys.Folder+"/c.pem", c.Keys.Folder+"/k.pem"
		}, "listen.tls_cert: "},
		"mail far away without TLS": {func(t *testing.T, c *config.Config) {
			c.Mail.Server = "mail.fernbank.example"
		}, "needs TLS"},
		"old database": {func(t *testing.T, c *config.Config) { c.Database.Migrate = "never" }, "run twohens migrate"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := settings(t)
			c.spoil(t, settings)
			d, err := daemon.New(t.Context(), settings, daemon.Options{Log: slog.New(slog.DiscardHandler)})
			if err == nil {
				d.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// On a server that several nodes share, starting changes no schema unless told to.
func TestPostgresWaitsForMigrate(t *testing.T) {
	onBoth(t, func(t *testing.T, c *config.Config) {
		c.Database.Migrate = "auto"
		d, err := daemon.New(t.Context(), c, daemon.Options{Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			err = d.Close()
		} else if !errors.Is(err, daemon.ErrPending) {
			t.Fatal(err)
		}
		if wants := c.Database.Driver == sqlstore.PostgreSQL; wants != errors.Is(err, daemon.ErrPending) {
			t.Errorf("%s: %v", c.Database.Driver, err)
		}
	})
}

// An older key keeps proving what was begun under it; the highest number makes new codes.
func TestKeysRotate(t *testing.T) {
	c := settings(t)
	w := begin(t, c, daemon.Options{})
	w.account("lucy@fernbank.example", "the old one nobody knows")
	request := w.open("lucy@fernbank.example")
	code, _ := w.code("lucy@fernbank.example")
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(string(c.Keys.Folder), "codes-2.key"), base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	again := begin(t, c, daemon.Options{})
	again.box, again.key = w.box, w.key
	again.finish(request, code, "a heather path to the sea")
	if again.Engine.Settings.Codes.Newest() != "2" {
		t.Errorf("new codes are made by key %s", again.Engine.Settings.Codes.Newest())
	}
}

// Keys come and go while two nodes run: what was begun goes on at either of them, and what was revoked is dead at both.
func TestKeysWhileRunning(t *testing.T) {
	onBoth(t, func(t *testing.T, c *config.Config) {
		one := begin(t, c, daemon.Options{})
		nodes := []*world{one}
		if c.Database.Driver == sqlstore.PostgreSQL {
			nodes = append(nodes, begin(t, c, daemon.Options{}))
		}
		other := nodes[len(nodes)-1]
		one.account("lucy@fernbank.example", "the old one nobody knows")
		one.account("tom@fernbank.example", "the old one nobody knows")
		other.key, other.box = one.key, one.box
		folder := keys.Folder{Path: string(c.Keys.Folder), Log: logTo(one.log)}
		sees := func(what string, so func(ring *secret.Ring) bool) {
			t.Helper()
			until(t, 30*time.Second, what, func() bool {
				return !slices.ContainsFunc(nodes, func(w *world) bool { return !so(w.Engine.Settings.Codes) })
			})
		}

		before := one.open("lucy@fernbank.example")
		old, _ := one.code("lucy@fernbank.example")
		if _, err := folder.Rotate(keys.Codes, time.Now().Add(2*time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Rotate(keys.Challenges, time.Time{}); err != nil {
			t.Fatal(err)
		}
		sees("the new key is used", func(r *secret.Ring) bool { return r.Newest() == "2" })
		after := one.open("tom@fernbank.example")
		code, link := one.code("tom@fernbank.example")
		other.finish(before, old, "a heather path to the sea")

		proved := other.post("/request/code", map[string]string{"code": code}, "Twohens-Request", after)
		if proved.Outcome != "proved" {
			t.Fatal(proved)
		}
		if _, err := folder.Rotate(keys.Codes, time.Time{}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"1", "2"} {
			if err := folder.Remove(keys.File{Purpose: keys.Codes, ID: id}); err != nil {
				t.Fatal(err)
			}
		}
		sees("the old keys are gone", func(r *secret.Ring) bool {
			_, known := r.Key("2")
			return r.Newest() == "3" && !known
		})
		if n, err := one.Store.EndAll(t.Context(), time.Now()); err != nil || n != 1 {
			t.Errorf("%d ended, %v", n, err)
		}
		for _, w := range nodes {
			if p, err := password.New("another path to the sea"); err != nil {
				t.Fatal(err)
			} else if o, _, err := w.Engine.SetPassword(t.Context(), secret.ParseOpaque(proved.Grant), p, ""); err == nil && o == recovery.Finished {
				t.Error("a right that came of a revoked key set a password")
			}
			if alive, err := w.Engine.LinkAlive(t.Context(), secret.ParseOpaque(link)); alive {
				t.Errorf("a link of a revoked key is alive, %v", err)
			}
		}
		again := other.open("tom@fernbank.example")
		fresh := ""
		until(t, 30*time.Second, "a new code", func() bool { fresh = other.otherCode("tom@fernbank.example", code); return fresh != "" })
		one.finish(again, fresh, "a third path to the sea")
	})
}

// systemd is told when the program is ready, and when it ends.
func TestTellsSystemd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	w := begin(t, settings(t), daemon.Options{})
	read := func() string {
		b := make([]byte, 100)
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
	if said := read(); said != "READY=1" {
		t.Errorf("said %q", said)
	}
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	if said := read(); said != "STOPPING=1" {
		t.Errorf("said %q", said)
	}
}

// What a client sends is bounded before any handler sees it.
func TestHeadersAreBounded(t *testing.T) {
	w := begin(t, settings(t), daemon.Options{})
	conn, err := net.Dial("tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Much: %s\r\n\r\n", strings.Repeat("a", 32<<10))
	line, _ := bufio.NewReader(conn).ReadString('\n')
	if !strings.Contains(line, "431") {
		t.Errorf("answered by %q", line)
	}
}

// The demo: ready accounts, a mailbox that shows mails as they come, and everything kept for the next start.
func TestDemo(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "demo")
	d, base, stop := beginDemo(t, folder, "127.0.0.1:0")
	if len(d.Accounts) != 5 {
		t.Errorf("%d accounts", len(d.Accounts))
	}
	for _, a := range d.Accounts {
		if p, _ := password.New(a.Password); !signsIn(t, d, a.Address, p) {
			t.Errorf("%s does not sign in with what the page tells", a.Address)
		}
	}
	// The page's stream tells of a mail.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/demo/mailbox/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	w := &world{t: t, Daemon: d.Daemon, base: base, box: d.Mailbox, log: new(lines), http: http.DefaultClient}
	w.account("new@fernbank.example", "the old one nobody knows")
	request := w.open("lucy@fernbank.example")
	code, _ := w.code("lucy@fernbank.example")
	if id := nextMail(t, stream); id != "1" {
		t.Errorf("the stream told of mail %q", id)
	}
	w.finish(request, code, "a heather path to the sea")

	// An open stream does not hold the end up.
	begun := time.Now()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("ending took %s", took)
	}

	// The second start resets no password and adds nobody twice. A taken port is no obstacle.
	taken := socket(t, "127.0.0.1:0")
	defer taken.Close()
	again, base, _ := beginDemo(t, folder, taken.Addr().String())
	if strings.HasSuffix(base, taken.Addr().String()) {
		t.Errorf("answers on a port that was taken: %s", base)
	}
	kept, _ := password.New("a heather path to the sea")
	if !signsIn(t, again, "lucy@fernbank.example", kept) {
		t.Error("the password that was set is gone")
	}
}

func nextMail(t *testing.T, stream *http.Response) string {
	t.Helper()
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return id
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return ""
}

func beginDemo(t *testing.T, folder, address string) (d *daemon.Demo, base string, stop func() error) {
	t.Helper()
	log := new(lines)
	d, err := daemon.NewDemo(t.Context(), folder, address, logTo(log))
	if err != nil {
		t.Fatal(err)
	}
	base = "http://" + d.Address()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	done := false
	stop = func() error {
		if done {
			return nil
		}
		done = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
		if t.Failed() {
			t.Log(log)
		}
	})
	return d, base, stop
}

func signsIn(t *testing.T, d *daemon.Demo, text string, p password.Password) bool {
	t.Helper()
	_, err := d.Daemon.Accounts.Check(t.Context(), address(t, text), p)
	return err == nil
}
