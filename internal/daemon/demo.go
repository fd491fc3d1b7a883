package daemon

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/loopback"
	"twohens/internal/mailbox"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/smtpmail"
	"twohens/internal/staff"
	"twohens/internal/web"
	"twohens/internal/web/page"
)

// Demo is the whole product on one machine, with nothing else: an embedded database in a folder, ready accounts, and a mail
// server inside the program. The mails really go over SMTP, so what is tried out is the production path.
type Demo struct {
	*Daemon
	Mailbox  *mailbox.Mailbox
	Accounts []page.DemoAccount
	Crew     []DemoMember // who may sign in to the console
}

// demoPeople are the accounts of the demo. Their domains are of the reserved kind, which nobody can own (RFC 2606), and their numbers of
// the range that is kept for fiction. Tom has set nothing up: his pages look like everybody's.
var demoPeople = []struct{ address, password, locale, phone, answer string }{
	{"lucy@fernbank.example", "green kettle by the pond", "en", "+12025550123", "copper lantern"},
	{"omar@quillworks.example", "seven lanterns at dusk", "ar", "+12025550147", "القمر الفضي"},
	{"mei@harbourlight.example", "paper boats in april", "zh-Hans", "+12025550162", "蓝色的风铃"},
	{"ines@orchardgate.example", "warm bread and thunder", "es", "+12025550178", "luna de cobre"},
	{"tom@millpond.example", "late train to the coast", "en", "", ""},
}

// demoHelp is what a marketplace might add to the help. It is in English alone, so that readers of other languages see what they are
// then told.
//
//go:embed help
var demoHelp embed.FS

// portsTried is how many ports after the wished one are tried.
const portsTried = 100

// NewDemo builds the demo in a folder, which is made when missing. On a folder that has been used before, everything is as it
// was left: accounts are not made again, and passwords that were set stay.
func NewDemo(ctx context.Context, folder, address string, log *slog.Logger) (_ *Demo, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	socket, err := listenNear(address)
	if err != nil {
		return nil, err
	}
	box, err := mailbox.Open(mailbox.Options{Texts: true})
	if err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	d := &Demo{Mailbox: box}
	for _, p := range demoPeople {
		phone, _ := contact.ParsePhone(p.phone, "")
		account := page.DemoAccount{Address: p.address, Password: p.password, Phone: phone.Spaced(), Answer: p.answer}
		if p.answer == "" {
			account.Note = page.NoteBare
		}
		d.Accounts = append(d.Accounts, account)
	}
	c, err := demoConfig(folder, socket.Addr().String(), box)
	var articles fs.FS
	if err == nil {
		articles, err = fs.Sub(demoHelp, "help")
	}
	if err == nil {
		demo := &web.Demo{Accounts: d.Accounts, Mailbox: shownMailbox{box}}
		var console net.Listener
		if console, err = listenNear(socket.Addr().String()); err == nil {
			d.Daemon, err = New(ctx, c, Options{Log: log, Socket: socket, Console: console, Demo: demo, Help: articles})
		}
		if err != nil && console != nil {
			err = errors.Join(err, console.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(err, socket.Close(), box.Close())
	}
	if err := d.crew(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.people(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// listenNear listens on an address, or with the next free port when that one is taken.
func listenNear(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%s is not host:port", address)
	}
	if !loopback.Is(host) {
		return nil, fmt.Errorf("the demo is for this machine alone: its passwords and mails are open to whoever can reach it; %s is not loopback", host)
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("%s is not host:port", address)
	}
	for n := range portsTried {
		socket, listenErr := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(first+n)))
		if listenErr == nil {
			return socket, nil
		}
		if err = listenErr; first == 0 || first+n == 65535 {
			break
		}
	}
	return nil, err
}

func demoConfig(folder, address string, box *mailbox.Mailbox) (*config.Config, error) {
	from, err := contact.ParseEmail("no-reply@twohens.example")
	if err != nil {
		return nil, err
	}
	c := config.Default()
	c.Site.Name = "Twohens Demo"
	c.Site.PublicURL = &url.URL{Scheme: "http", Host: address}
	c.Site.HelpContact = "help@twohens.example"
	c.Listen.Address = address
	c.Database.Path = config.Path(filepath.Join(folder, "twohens.db"))
	c.Keys.Folder = config.Path(filepath.Join(folder, "keys"))
	c.Mail.Server, c.Mail.Port, c.Mail.TLS = "127.0.0.1", box.Port(), string(smtpmail.Plain)
	c.Mail.From, c.Mail.EnvelopeFrom, c.Mail.FromName, c.Mail.Hello = from, from, c.Site.Name, "localhost"
	c.SMS.Order, c.SMS.Countries = []string{"demo"}, []string{"US", "GB", "ES", "CN", "EG"}
	gateway := config.NewGateway("demo")
	gateway.URL, gateway.Headers = box.TextsURL(), []string{"Content-Type: application/json"}
	gateway.Body, gateway.RefPath = `{"to": {{json .To}}, "text": {{json .Text}}}`, "id"
	c.SMS.Gateways = []*config.Gateway{gateway}
	c.Recovery.Policy.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved}
	// Whoever tries things out does them again and again. Production's figures would say "too many requests" by lunch.
	c.Limits.Address = quota.Limit{Events: 100, Per: time.Hour}
	c.Limits.Changes = c.Limits.Address
	c.Limits.Account = quota.Limit{Events: 500, Per: 24 * time.Hour}
	c.Limits.AccountNetwork, c.Limits.Destination = c.Limits.Account, c.Limits.Account
	c.SMS.Number, c.SMS.Block, c.SMS.Country, c.SMS.Network = c.Limits.Account, c.Limits.Account, c.Limits.Account, c.Limits.Account
	c.SMS.AlarmCodes = 0
	c.Log.Level = "warn"
	return c, nil
}

// people makes the accounts that are not there yet.
func (d *Demo) people(ctx context.Context) error {
	for _, p := range demoPeople {
		address, err := contact.ParseEmail(p.address)
		if err != nil {
			return err
		}
		switch _, err := d.Store.AccountByAddress(ctx, address); {
		case err == nil:
			continue
		case !errors.Is(err, accounts.ErrNoRow):
			return err
		}
		chosen, err := password.New(p.password)
		if err != nil {
			return err
		}
		var phones []contact.Phone
		if p.phone != "" {
			phone, err := contact.ParsePhone(p.phone, "")
			if err != nil {
				return err
			}
			phones = append(phones, phone)
		}
		row, err := d.Daemon.Accounts.Add(ctx, address, &chosen, p.locale, phones...)
		if err != nil {
			return err
		}
		if p.answer == "" {
			continue
		}
		if err := d.answer(ctx, row, p.answer); err != nil {
			return err
		}
	}
	return nil
}

// demoStaff are those who may sign in to the demo's console.
var demoStaff = []DemoMember{{"dora", staff.Desk, "seven brown hens on a fence"}, {"olga", staff.Operator, "a quiet pond behind the barn"}}

// DemoMember is one of the demo's staff.
type DemoMember struct {
	Name     string
	Role     staff.Role
	Password string
}

// crew makes the staff that is not there yet.
func (d *Demo) crew(ctx context.Context) error {
	d.Crew = demoStaff
	for _, m := range demoStaff {
		chosen, err := password.New(m.Password)
		if err != nil {
			return err
		}
		if err := d.Staff.Add(ctx, m.Name, m.Role, chosen); err != nil && !errors.Is(err, staff.ErrTaken) {
			return err
		}
	}
	return nil
}

// answer sets the first questions up that an account is offered. One answer for all of them is easy to try out; the account page would
// not take it.
func (d *Demo) answer(ctx context.Context, row accounts.Row, text string) error {
	answer, err := question.Parse(text)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	set := engine.AnswerSet{Account: row.ID}
	for _, id := range d.Engine.Offered(engine.AccountView{Emails: row.Emails})[:engine.QuestionsKept] {
		digest, err := d.Engine.Answers.Make(ctx, row.ID, id, answer)
		if err != nil {
			return err
		}
		set.Answers = append(set.Answers, engine.KeptAnswer{Question: string(id), Digest: digest, Made: now})
	}
	return d.Store.Save(ctx, engine.Change{Answers: &set})
}

// Run runs the demo until ctx ends.
func (d *Demo) Run(ctx context.Context) error {
	// The mailbox outlives the daemon, which hands over mails until its last moment.
	return errors.Join(d.Daemon.Run(ctx), d.Mailbox.Close())
}

// Close closes what NewDemo opened. Run does it by itself.
func (d *Demo) Close() error { return errors.Join(d.Daemon.Close(), d.Mailbox.Close()) }

// shownMailbox is the mailbox as the pages want it.
type shownMailbox struct{ box *mailbox.Mailbox }

var _ web.Mailbox = shownMailbox{}

func (s shownMailbox) Mails() []page.Mail {
	var list []page.Mail
	for _, m := range s.box.Mails() {
		list = append(list, shown(m))
	}
	return list
}

func (s shownMailbox) Mail(id string) (page.Mail, bool) {
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return page.Mail{}, false
	}
	m, ok := s.box.Mail(number)
	return shown(m), ok
}

func (s shownMailbox) Watch(ctx context.Context) <-chan string {
	mails, stop := s.box.Subscribe()
	arrived := make(chan string)
	go func() {
		defer close(arrived)
		defer stop()
		for {
			select {
			case m, ok := <-mails:
				if !ok {
					return
				}
				select {
				case arrived <- strconv.FormatUint(m.Number, 10):
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return arrived
}

func shown(m mailbox.Mail) page.Mail {
	s := page.Mail{ID: strconv.FormatUint(m.Number, 10), Subject: m.Subject, At: m.At, Text: m.Text, HTML: m.HTML}
	if phone, err := contact.ParsePhone(m.Phone, ""); err == nil {
		s.Phone = phone.Spaced()
	}
	if len(m.To) > 0 {
		s.To = m.To[0]
	}
	return s
}
