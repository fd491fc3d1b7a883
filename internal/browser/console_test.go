package browser

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/locale"
	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/staff"

	"github.com/chromedp/chromedp"
)

// newConsole is the console of a program in which something has happened: as a site of its own, since it answers elsewhere.
func newConsole(t *testing.T) (*site, string) {
	t.Helper()
	s := newSite(t, func(c *config.Config) {
		c.Console.Address = "127.0.0.1:0"
		c.Limits.WrongCodes, c.Limits.WrongRatio = 1, 1
	})
	chosen, err := password.New("seven brown hens on a fence")
	must(t, err)
	must(t, s.daemon.Staff.Add(t.Context(), "olga", staff.Operator, chosen))
	account, err := s.daemon.Engine.Directory.Find(t.Context(), mustAddress(t, "nobody@fernbank.example"))
	if err == nil {
		t.Fatalf("there is an account: %+v", account)
	}
	s.account("ada@fernbank.example", "tall gate, quiet river", "en")
	pass, _, err := s.daemon.Gate.OpenStaffed(t.Context(), "olga", mustAddress(t, "ada@fernbank.example"))
	must(t, err)
	reference, err := s.daemon.Engine.StartFor(t.Context(), pass, "en", func(recovery.Reference) error { return nil })
	must(t, err)
	m := s.mail("ada@fernbank.example", 0)
	id, _, _ := strings.Cut(strings.TrimPrefix(m.Header.Get("Message-Id"), "<"), "@")
	for deadline := time.Now().Add(30 * time.Second); ; {
		known, err := s.daemon.Engine.Receive(t.Context(), engine.Receipt{Entry: id, State: engine.ReceiptFailed, Said: "550 5.2.2 mailbox full", At: time.Now()})
		must(t, err)
		cases, err := s.daemon.Engine.LookUp(t.Context(), reference)
		must(t, err)
		if known && len(cases) == 1 && len(cases[0].Messages) == 1 && len(cases[0].Messages[0].Steps) >= 3 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not come back: %+v", cases)
		}
	}
	s.wrongCode("nobody@fernbank.example")
	// A picture of a day with something in it.
	now := time.Now().UTC().Truncate(engine.TrafficSlot)
	for i := range 100 {
		at := now.Add(-time.Duration(i) * engine.TrafficSlot)
		must(t, s.daemon.Store.Save(t.Context(), engine.Change{Traffic: []engine.Traffic{
			{Slot: at, Lane: engine.LaneMail, Place: "gmail.com", Sender: "mail", Taken: 40 + i*7%30, Deferred: i % 9, Entered: 30, Handing: [engine.Buckets]int{30, 8, 2}, Coming: [engine.Buckets]int{2: 9, 4: 20}},
			{Slot: at, Lane: engine.LaneText, Place: "ES", Sender: "mailbox", Taken: 9 + i%5, Refused: i % 3, Bounced: i % 4, Delivered: 8, Entered: 6, Handing: [engine.Buckets]int{9}, Coming: [engine.Buckets]int{3: 6}},
		}}))
	}
	return &site{t: t, url: "http://" + s.daemon.ConsoleAddress(), daemon: s.daemon, box: s.box, keys: s.keys}, string(reference)
}

// wrongCode types one, so that the brake comes on and the console says so.
func (s *site) wrongCode(address string) {
	s.t.Helper()
	e := s.daemon.Engine
	pass, refusal, err := s.daemon.Gate.OpenKeyed(s.t.Context(), gate.APIKey{ID: "test"}, gate.Knock{Address: mustAddress(s.t, address), Client: netip.MustParseAddr("192.0.2.1")})
	must(s.t, err)
	holder, _, err := e.Open(s.t.Context(), pass, "en", secret.Opaque{})
	if err != nil {
		s.t.Fatalf("%+v, %v", refusal, err)
	}
	_, _, err = e.Choose(s.t.Context(), holder, recovery.WayEmail)
	must(s.t, err)
	for deadline := time.Now().Add(30 * time.Second); !e.Braking().Alarm; {
		_, _, _, err := e.Enter(s.t.Context(), holder, secret.TypedCode("12345678"))
		must(s.t, err)
		if time.Now().After(deadline) {
			s.t.Fatal("the brake does not come on")
		}
	}
}

// The console in four languages: what axe finds, and whether it fits a small screen.
func TestConsole(t *testing.T) {
	t.Parallel()
	c, reference := newConsole(t)
	for _, l := range locale.All() {
		t.Run(l.Tag, func(t *testing.T) {
			b := c.browse(person{lang: l.Tag, dark: l.Tag == "es"})
			b.t = t
			for _, at := range c.visited(b, reference) {
				b.open(at)
				if b.there(".case") {
					b.click(".case summary")
				}
				b.axe()
				b.narrow()
				b.fits()
				b.must(b.size())
				if *shotsTo == "" {
					continue
				}
				name := strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(at), "-")
				for width, kind := range map[int64]string{1280: "desktop", 390: "phone"} {
					b.do(chromedp.EmulateViewport(width, 900))
					b.do(chromedp.EmulateViewport(width, max(900, eval[int64](b, `document.documentElement.scrollHeight`))))
					picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
					b.must(err)
					b.must(os.MkdirAll(*shotsTo, 0o755))
					b.must(os.WriteFile(filepath.Join(*shotsTo, "console-"+name+"-"+kind+"-"+l.Tag+".png"), picture, 0o644))
				}
				b.must(b.size())
			}
		})
	}
}

// visited signs in, and gives the pages there are.
func (s *site) visited(b *tab, reference string) []string {
	b.t.Helper()
	b.open("/signin")
	b.axe()
	b.write("#name", "olga")
	b.write("#password", "seven brown hens on a fence")
	b.follow("main .go")
	b.at("/deliveries")
	return []string{"/deliveries", "/deliveries?span=day", "/lookup", "/lookup?reference=" + reference, "/lookup?reference=x", "/start", "/sender/mail", "/records", "/nowhere"}
}
