package daemon_test

import (
	"bytes"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/daemon"
	"twohens/internal/engine"
	"twohens/internal/mailbox"
	"twohens/internal/secret"
)

// kinds are what happened to the first message of a browser's request, as the help desk sees it.
func (w *world) kinds(request string) []engine.StepKind {
	w.t.Helper()
	view, err := w.Engine.View(w.t.Context(), secret.ParseOpaque(request))
	if err != nil {
		w.t.Fatal(err)
	}
	cases, err := w.Engine.LookUp(w.t.Context(), view.Reference)
	if err != nil || len(cases) != 1 || len(cases[0].Messages) == 0 {
		w.t.Fatal(cases, err)
	}
	var list []engine.StepKind
	for _, s := range cases[0].Messages[0].Steps {
		list = append(list, s.What)
	}
	return list
}

// a mail leaves with a return address of its own, comes back to our listener, and the desk and the owner learn of it; nobody else's words
// do that.
func TestBounceThroughAll(t *testing.T) {
	onBoth(t, func(t *testing.T, c *config.Config) {
		reserved := socket(t, "127.0.0.1:0")
		c.Mail.BounceDomain, c.Mail.BounceListen = "bounces.fernbank.example", reserved.Addr().String()
		reserved.Close()
		w := begin(t, c, daemon.Options{})
		w.account("lucy@fernbank.example", "the old one nobody knows")
		request := w.open("lucy@fernbank.example")
		sent := w.mail("lucy@fernbank.example", true)
		if !strings.HasPrefix(sent.Sender, "b-") || !strings.HasSuffix(sent.Sender, "@bounces.fernbank.example") {
			t.Fatalf("its return address is %s", sent.Sender)
		}
		text, err := os.ReadFile(filepath.Join("..", "bounce", "testdata", "postfix-unknown.eml"))
		if err != nil {
			t.Fatal(err)
		}
		forged := strings.Replace(sent.Sender, "b-", "b-a", 1)
		if err := smtp.SendMail(c.Mail.BounceListen, nil, "", []string{forged}, text); err == nil {
			t.Error("a made-up return address is taken")
		}
		if err := smtp.SendMail(c.Mail.BounceListen, nil, "", []string{strings.ToUpper(sent.Sender)}, text); err != nil {
			t.Fatal(err)
		}
		if got := w.kinds(request); !slices.Contains(got, engine.StepBounced) {
			t.Errorf("it came back, and the desk sees %v", got)
		}
		account, err := w.Accounts.Find(t.Context(), address(t, "lucy@fernbank.example"))
		if err != nil {
			t.Fatal(err)
		}
		marked, err := w.Store.Ailments(t.Context(), account.ID)
		if err != nil || len(marked) != 1 || !strings.HasPrefix(marked[0].Said, "5.1.1") {
			t.Errorf("%+v, %v", marked, err)
		}
		code := codeLine.FindStringSubmatch(sent.Text)[1]
		for what, private := range map[string]string{"the code": code, "the return address": sent.Sender} {
			if strings.Contains(w.log.String(), private) {
				t.Errorf("%s is in the log", what)
			}
		}
	})
}

// One server dead in front of another: the person gets the code from the second, over the real program, and the first is said to have been
// asked in vain.
func TestTakeover(t *testing.T) {
	c := settings(t)
	dead, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dead.Close() })
	box := openBox(t, mailbox.Options{})
	c.Mail.Order = []string{"main", "spare"}
	for name, port := range map[string]int{"main": dead.Addr().(*net.TCPAddr).Port, "spare": box.Port()} {
		s := config.NewService(name)
		s.Server, s.Port, s.TLS = "127.0.0.1", port, "none"
		c.Mail.Services = append(c.Mail.Services, s)
	}
	c.Mail.Port = 1
	c.Limits.Account, c.Limits.AccountNetwork, c.Limits.Destination = c.Limits.Network, c.Limits.Network, c.Limits.Network
	w := begin(t, c, daemon.Options{})
	w.box = box
	w.account("lucy@fernbank.example", "the old one nobody knows")
	request := w.open("lucy@fernbank.example")
	code, _ := w.code("lucy@fernbank.example")
	until(t, 30*time.Second, "it is settled", func() bool { return slices.Contains(w.kinds(request), engine.StepHandedOver) })
	if got := w.kinds(request); slices.Contains(got, engine.StepDeferred) {
		t.Errorf("it was put off: %v", got)
	}
	w.finish(request, code, "a heather path to the sea")

	// Both are switched off by hand: nothing is lost, and it goes once one is on again.
	for _, name := range []string{"main", "spare"} {
		if err := w.Engine.SwitchOff(t.Context(), name, "dora"); err != nil {
			t.Fatal(err)
		}
	}
	until(t, 30*time.Second, "the program has heard of it", func() bool {
		request = w.open("lucy@fernbank.example")
		until(t, 30*time.Second, "it is tried", func() bool { return len(w.kinds(request)) > 1 })
		return slices.Contains(w.kinds(request), engine.StepDeferred)
	})
	if err := w.Engine.SwitchOn(t.Context(), "spare", "dora"); err != nil {
		t.Fatal(err)
	}
	until(t, 60*time.Second, "it goes", func() bool { return slices.Contains(w.kinds(request), engine.StepHandedOver) })
	for _, m := range box.Mails() {
		if bytes.Contains(m.Raw, []byte("Message-ID")) && m.Sender != "no-reply@fernbank.example" {
			t.Errorf("without a domain for bounces, it comes back to %s", m.Sender)
		}
	}
}
