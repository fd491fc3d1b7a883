package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/secret"
	"twohens/internal/smtpmail"
	"twohens/scratch"
)

// site is the whole program, running, and the server that its mails go to.
type site struct {
	t      *testing.T
	url    string
	daemon *daemon.Daemon
	box    *mailbox.Mailbox
	keys   scratch.Keys
	ahead  atomic.Int64 // of the real clock, as the program sees it
}

// plenty is a limit that no test runs into.
var plenty = quota.Limit{Events: 100_000, Per: time.Hour}

// newSite starts the program on loopback with what a test wants otherwise.
func newSite(t *testing.T, changes ...func(*config.Config)) *site {
	t.Helper()
	s := &site{t: t}
	var err error
	s.box, err = mailbox.Open(mailbox.Options{Texts: true})
	must(t, err)
	t.Cleanup(func() { s.box.Close() })
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.url = "http://" + socket.Addr().String()
	c := settings(t, s.box, socket.Addr().String())
	for _, change := range changes {
		change(c)
	}
	log := slog.New(slog.NewTextHandler(failing{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s.daemon, err = daemon.New(t.Context(), c, daemon.Options{Socket: socket, Log: log})
	must(t, err)
	s.keys = challengeKeys(t, string(c.Keys.Folder))
	now := func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
	s.daemon.Engine.Now, s.daemon.Gate.Now = now, now
	run(t, s.daemon.Run)
	return s
}

// run runs a program until the test is over, and sees to it that it ends orderly.
func run(t *testing.T, program func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- program(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error("the program ended with", err)
		}
	})
}

// failing fails a test for every warning in the log: nothing that a browser does is worth one. Only the brake is brought about on purpose.
type failing struct{ t *testing.T }

func (f failing) Write(line []byte) (int, error) {
	if !bytes.Contains(line, []byte("many wrong codes")) {
		f.t.Errorf("the program warns: %s", line)
	}
	return len(line), nil
}

// countries are those that texts go to. There are more than a list shows at a glance.
var countries = []string{"AR", "CL", "CN", "CO", "DE", "DZ", "EG", "ES", "FR", "GB", "IE", "MA", "MX", "PE", "PT", "SA", "US", "UY"}

func settings(t *testing.T, box *mailbox.Mailbox, address string) *config.Config {
	t.Helper()
	c := config.Default()
	folder := t.TempDir()
	from := mustAddress(t, "no-reply@fernbank.example")
	c.Site.Name = "Fernbank"
	c.Site.PublicURL = &url.URL{Scheme: "http", Host: address}
	c.Site.HelpContact = "help@fernbank.example"
	c.Listen.Address = address
	c.Database.Path = config.Path(filepath.Join(folder, "twohens.db"))
	c.Keys.Folder = config.Path(filepath.Join(folder, "keys"))
	c.Mail.Server, c.Mail.Port, c.Mail.TLS = "127.0.0.1", box.Port(), string(smtpmail.Plain)
	c.Mail.From, c.Mail.EnvelopeFrom, c.Mail.FromName, c.Mail.Hello = from, from, c.Site.Name, "localhost"
	gateway := config.NewGateway("mailbox")
	gateway.URL, gateway.Headers = box.TextsURL(), []string{"Content-Type: application/json"}
	gateway.Body, gateway.RefPath = `{"to": {{json .To}}, "text": {{json .Text}}}`, "id"
	c.SMS.Gateways, c.SMS.Order, c.SMS.Countries = []*config.Gateway{gateway}, []string{gateway.Name}, countries
	c.Password.HashMemory, c.Password.HashTime = 64*config.KiB, 1 // a real hash would only make the tests slower
	c.Challenge.Work = 6                                          // likewise; scratch/widget does the usual work in its tests
	for _, l := range []*quota.Limit{&c.Limits.Address, &c.Limits.Network, &c.Limits.Picture} {
		*l = plenty // all tests come from one network
	}
	return c
}

// challengeKeys are the keys that a program seals its cards with. The test owns the folder.
func challengeKeys(t *testing.T, folder string) scratch.Keys {
	t.Helper()
	key, err := secret.LoadKey(filepath.Join(folder, "challenges-1.key"))
	must(t, err)
	keys, err := scratch.NewKeys(scratch.Key{ID: "1", Secret: key.Bytes()})
	must(t, err)
	return keys
}

// account adds an account.
func (s *site) account(address, chosen, lang string, phones ...contact.Phone) {
	s.t.Helper()
	p, err := password.New(chosen)
	must(s.t, err)
	_, err = s.daemon.Accounts.Add(s.t.Context(), mustAddress(s.t, address), &p, lang, phones...)
	must(s.t, err)
}

// mail waits until more than so many mails came for an address, or texts for a number, and gives the newest.
func (s *site) mail(address string, after int) mailbox.Mail {
	s.t.Helper()
	ctx, stop := context.WithTimeoutCause(s.t.Context(), patience, errors.New("it did not come"))
	defer stop()
	if _, err := s.box.Await(ctx, func(mailbox.Mail) bool { return len(s.mails(address)) > after }); err != nil {
		s.t.Fatalf("mail %d to %s: %v", after+1, address, err)
	}
	return s.mails(address)[0]
}

// mails are those that came for an address, and texts those for a number, the newest first.
func (s *site) mails(address string) []mailbox.Mail {
	var list []mailbox.Mail
	for _, m := range s.box.Mails() {
		if slices.Contains(m.To, address) || m.Phone == address {
			list = append(list, m)
		}
	}
	return list
}

var (
	codeForm = regexp.MustCompile(`(?m)^ +(\d{8})$`)
	textForm = regexp.MustCompile(`(?:^|\D)(\d{8})\D`)
	linkForm = regexp.MustCompile(`(?m)^(http\S+/go/\S+)$`)
	stopForm = regexp.MustCompile(`(?m)^(http\S+/stop/\S+)$`)
)

// code is the code in a mail or a text.
func (s *site) code(m mailbox.Mail) string {
	s.t.Helper()
	if m.Phone != "" {
		return s.find(m, textForm)
	}
	return s.find(m, codeForm)
}

// link is the link in a mail with a code, and stopLink that in a notice.
func (s *site) link(m mailbox.Mail) string     { s.t.Helper(); return s.find(m, linkForm) }
func (s *site) stopLink(m mailbox.Mail) string { s.t.Helper(); return s.find(m, stopForm) }

func (s *site) find(m mailbox.Mail, form *regexp.Regexp) string {
	s.t.Helper()
	found := form.FindStringSubmatch(m.Text)
	if found == nil {
		s.t.Fatalf("no %v in the mail:\n%s", form, m.Text)
	}
	return found[1]
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustAddress(t testing.TB, text string) contact.Email {
	t.Helper()
	a, err := contact.ParseEmail(text)
	must(t, err)
	return a
}

func jsonOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
