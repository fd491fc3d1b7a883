// Package daemon builds the whole program from its configuration and runs it. It is the one place that knows every adapter;
// the end-to-end tests use it as it is.
//
// Starting is quick and either succeeds whole or tells why not. Stopping lets answers and mails under way finish; being killed
// instead loses nothing, since the worker takes up the saved outbox at the next start (invariant 7).
package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/api"
	"twohens/internal/audit"
	"twohens/internal/bounce"
	"twohens/internal/config"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/mailgate"
	"twohens/internal/message"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/quota"
	"twohens/internal/redislimit"
	"twohens/internal/smsgate"
	"twohens/internal/sqlstore"
	"twohens/internal/staff"
	"twohens/internal/web"
	"twohens/internal/web/page"
	"twohens/scratch"
)

// Options are what a configuration does not say. The zero value is the ordinary program.
type Options struct {
	Log     *slog.Logger // nil: as the configuration says, on standard error
	Socket  net.Listener // nil: made from the configuration
	Console net.Listener // the console's; nil: made from the configuration, if it has one
	Demo    *web.Demo    // nil but for the demo
	Help    fs.FS        // articles between the product's and those of help.folder; nil: none
}

// Daemon is the program, built and not yet running.
type Daemon struct {
	Store    *sqlstore.Store
	Accounts *accounts.Accounts
	Engine   *engine.Engine
	Gate     *gate.Gate
	Staff    *staff.Staff // nil: there is no console
	Handler  http.Handler

	config   *config.Config
	log      *slog.Logger
	socket   *connections
	cert     certificate // nil: none
	keys     *keyring
	redis    *redislimit.Limiter // nil: there is none
	counting *quota.Fallback     // over redis; nil: there is none

	console       *http.Server // nil: there is none
	consoleSocket *connections
	consoleCert   certificate // nil: none

	sender *mailgate.Chain
	back   *bounce.Listener // nil: nobody listens for mails that come back
	texter *smsgate.Chain   // nil: there is no gateway
	begun  time.Time
	stop   context.Context // ends when answering is to end
	stops  context.CancelFunc

	routes func() []string // of Handler

	closing sync.Once
}

// New builds the program: it opens the database and the port, reads the keys, and starts nothing. After an error nothing is
// left open, but for Options.Socket, which stays the caller's then.
func New(ctx context.Context, c *config.Config, o Options) (_ *Daemon, err error) {
	d := &Daemon{config: c, log: o.Log, begun: time.Now()}
	if d.log == nil {
		d.log = Logger(c, os.Stderr)
	}
	d.stop, d.stops = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if d.Store, err = OpenCurrent(ctx, c); err != nil {
		return nil, err
	}
	d.phase("database")
	if d.keys, err = loadKeys(string(c.Keys.Folder), d.log); err != nil {
		return nil, err
	}
	d.phase("keys")
	if d.cert, err = loadCertificate(c, d.log); err != nil {
		return nil, err
	}
	site, colours, files, err := look(&c.Site)
	if err != nil {
		return nil, err
	}
	hasher, err := d.buildCore(colours)
	if err != nil {
		return nil, err
	}
	d.phase("core")
	if err := d.buildPages(site, files, o); err != nil {
		return nil, err
	}
	d.phase("pages")
	if err := d.buildConsole(hasher, o); err != nil {
		return nil, err
	}
	d.phase("console")
	socket := o.Socket
	if socket == nil {
		if socket, err = net.Listen("tcp", c.Listen.Address); err != nil {
			return nil, fmt.Errorf("listen.address: %w", err)
		}
	}
	d.socket = newConnections(socket, d.mostConnections(), d.log)
	d.phase("socket")
	return d, nil
}

// phase tells how far the start has come, for whoever wants it quicker.
func (d *Daemon) phase(name string) {
	d.log.Debug("start", "phase", name, "after", time.Since(d.begun).Round(10*time.Microsecond))
}

// buildCore builds what decides: directory, gate, engine.
func (d *Daemon) buildCore(colours message.Colours) (*password.Hasher, error) {
	c, k := d.config, d.keys
	queue := c.Password.HashQueue
	if queue == 0 {
		queue = -1 // the hasher's word for "nobody waits"
	}
	hasher, err := password.NewHasher(c.Password.Params(), c.Password.HashParallel, queue)
	if err != nil {
		return nil, err
	}
	d.Accounts = accounts.New(d.Store, hasher, d.log)
	rules, err := Rules(c)
	if err != nil {
		return nil, err
	}
	dealer, err := scratch.New(scratch.Config{
		Keys: k.begun.challenges, Spent: d.Store, Now: time.Now, Lifetime: c.Challenge.Lifetime, Bits: c.Challenge.Work,
	})
	if err != nil {
		return nil, err
	}
	// docs/decisions/004 and 022: the limits that anybody may run into are counted in memory on one node and in the database or on Redis on several;
	// the silent ones are daily caps and always outlive the program.
	var visible quota.Limiter = d.Store
	switch {
	case len(c.Redis.Addresses) > 0:
		if d.redis, err = NewRedis(&c.Redis); err != nil {
			return nil, err
		}
		d.counting = &quota.Fallback{First: d.redis, Second: d.Store, Timeout: c.Redis.Timeout, Rest: redisRest, Name: "redis", Log: d.log, Now: time.Now}
		visible = d.counting
	case c.Database.Driver == sqlstore.SQLite:
		visible = quota.NewMemory(0)
	}
	l := &c.Limits
	d.Gate = &gate.Gate{
		Dealer: dealer, Host: c.Site.PublicURL.Hostname(), Limiter: visible, Heat: quota.NewMemory(0), Keys: d.Store, Hash: k.addresses, Browsers: k.begun.browsers, Now: time.Now,
		Limits: gate.Limits{
			Address: l.Address, Share: l.AddressNetwork, Network: l.Network, Wide: l.Wide, Site: l.Site, Picture: l.Picture,
			Plain: l.Plain, PlainSite: l.PlainSite, Listen: l.Listen, NoPuzzle: l.NoPuzzle,
			Failures: c.Challenge.Failures, Calm: c.Challenge.Calm,
			SignInFree: l.SignInFree, SignInAddress: l.SignInAddress, Changes: l.Changes,
		},
	}
	composer, err := message.New(message.Site{Name: c.Site.Name, URL: c.Site.PublicURL, Colours: colours, Language: c.Site.Language})
	if err != nil {
		return nil, err
	}
	returns, err := d.listenForBounces(k.begun.bounces)
	if err != nil {
		return nil, err
	}
	if d.sender, err = NewSender(c, returns, d.receive, d.log); err != nil {
		return nil, err
	}
	if d.texter, err = NewTexter(c, d.receive, d.log); err != nil {
		return nil, err
	}
	if d.texter != nil {
		if err := composer.Fits(c.Recovery.Policy.Digits); err != nil {
			return nil, fmt.Errorf("site.public_url: %w", err)
		}
	}
	texts, err := TextRules(c)
	if err != nil {
		return nil, err
	}
	ports := engine.Ports{
		Store: d.Store, Directory: d.Accounts, Composer: composer, Sender: d.sender, Auditor: audit.New(d.log), Limiter: d.Store,
	}
	settings := engine.Settings{
		Policy: c.Recovery.Policy, Password: rules,
		Silent:   engine.SilentLimits{Account: l.Account, Network: l.AccountNetwork, Destination: l.Destination},
		Texts:    texts,
		Sessions: engine.SessionSettings{Life: c.SignIn.Life, Idle: c.SignIn.Idle, Fresh: c.SignIn.Fresh},
		Brake:    engine.BrakeRules{Alarm: l.WrongCodes, Pause: l.WrongStop, Ratio: l.WrongRatio, Rest: l.WrongRest, To: l.AlarmTo},
		Public:   Public(c),
		Codes:    k.begun.codes, Decoys: k.decoys, Browsers: k.begun.browsers, Workers: c.Recovery.Workers,
		Questions: question.Decoys{Key: k.questions}, Answers: question.Digests{Peppers: k.begun.answers, Hasher: hasher},
	}
	if d.texter != nil { // an interface that holds no gateway is not nil
		ports.Texter = d.texter
	}
	d.Engine = engine.New(ports, settings, d.log)
	d.Gate.Crowded = d.Accounts.Crowded
	d.Gate.Hot = func() bool { return d.Engine.Braking().Alarm }
	return hasher, nil
}

// Rules are what a new password must be.
func Rules(c *config.Config) (password.Rules, error) {
	rules := password.Rules{MinLength: c.Password.MinLength, MaxLength: c.Password.MaxLength, SiteName: c.Site.Name}
	if c.Password.Breach.Enabled {
		breach, err := password.NewRange(c.Password.Breach.URL.String(), c.Password.Breach.Timeout)
		if err != nil {
			return rules, err
		}
		rules.Breach = breach
	}
	return rules, rules.Validate()
}

// NewSender makes the ways to the mail servers and services. returns is where the bounces of a mail go, by its id; nil: to
// mail.envelope_from. What services report goes to deliver; nil: nowhere.
func NewSender(c *config.Config, returns func(id string) string, deliver func(context.Context, engine.Receipt) error, log *slog.Logger) (*mailgate.Chain, error) {
	settings, err := c.Mail.Settings(c.Site.PublicURL.JoinPath(mailReceiptsPath).String())
	if err != nil {
		return nil, err
	}
	settings.Return, settings.Deliver = returns, deliver
	return mailgate.New(settings, log)
}

// buildPages builds what answers.
func (d *Daemon) buildPages(site page.Site, files map[string][]byte, o Options) error {
	c, demo := d.config, o.Demo
	var folders []fs.FS
	if o.Help != nil {
		folders = append(folders, o.Help)
	}
	centre, faults, err := NewHelp(c, folders...)
	if err != nil {
		return err
	}
	for _, f := range faults {
		if !f.Note {
			d.log.Warn("an article of the help is not shown as it was meant", "fault", f.String())
		}
	}
	renderer, err := page.New(centre)
	if err != nil {
		return err
	}
	site.Sender = c.Mail.From.Address()
	if c.SignIn.URL != nil {
		site.SignInURL = c.SignIn.URL.String()
	}
	client := web.Client(c.Listen.TrustedProxies)
	served := web.Deps{
		Engine: d.Engine, Gate: d.Gate, Renderer: renderer, Rules: d.Engine.Settings.Password, Site: site,
		PublicURL: c.Site.PublicURL, Language: c.Site.Language, Client: client, Files: files, Demo: demo, Log: d.log,
	}
	pages := web.New(served)
	calls := api.New(api.Deps{
		Engine: d.Engine, Gate: d.Gate, Client: client, PublicURL: c.Site.PublicURL, Site: c.Site.Name, Language: c.Site.Language, Log: d.log,
	})
	d.routes = func() []string { return append(append(web.Served(served), api.Routes()...), d.receiptRoutes()...) }
	// Three handlers with nothing in common, not even their guards: a rule for browsers cannot leak into the API.
	d.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == api.Prefix || strings.HasPrefix(r.URL.Path, api.Prefix+"/") {
			calls.ServeHTTP(w, r)
			return
		}
		if receipts := d.receipts(r.URL.Path); receipts != nil {
			receipts.ServeHTTP(w, r)
			return
		}
		if demo != nil && r.Header.Get("Accept") == "text/event-stream" {
			// The mailbox page keeps a stream open for as long as it is shown. Stopping does not wait for that.
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(d.stop, cancel)()
			r = r.WithContext(ctx)
		}
		pages.ServeHTTP(w, r)
	})
	return nil
}

// Routes lists everything that is served on Address, as patterns of http.ServeMux. Tests walk all of it.
func (d *Daemon) Routes() []string { return d.routes() }

// Address is where the program answers, as host:port.
func (d *Daemon) Address() string { return d.socket.Addr().String() }

// Run answers and carries out effects until ctx ends, then finishes what is under way and closes everything. It returns nil
// after an orderly end. A Daemon runs once.
func (d *Daemon) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, d.Close()) }()
	if released, err := d.Store.Inherit(ctx); err != nil {
		d.log.Warn("what a program that died was sending goes on when its leases run out", "err", err)
	} else if released > 0 {
		d.log.Info("a program died here, what it was sending goes on", "effects", released)
	}
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWorking()
	var under sync.WaitGroup
	under.Go(func() { d.Engine.Run(working) })
	under.Go(d.Gate.Dealer.Warm)
	under.Go(func() { d.Engine.RunSweeper(working) })
	under.Go(func() { d.keys.watch(working, d.Gate.Dealer, d.log) })
	if d.texter != nil {
		under.Go(func() { d.texter.Run(working) })
	}
	if d.back != nil {
		under.Go(func() {
			if err := d.back.Run(working); err != nil {
				d.log.Error("mails that come back are not taken any more", "err", err)
			}
		})
	}
	under.Go(func() { d.Engine.RunSwitches(working, d.switches) })
	under.Go(func() {
		if err := d.Store.Listen(working, d.Engine.Wake); err != nil && working.Err() == nil {
			d.log.Warn("other nodes' messages are found by looking for them once a second only", "err", err)
		}
	})
	defer context.AfterFunc(ctx, func() {
		notify("STOPPING=1")
		d.stops()
	})()
	if fetched, ok := d.cert.(*issued); ok {
		under.Go(func() {
			if err := fetched.run(working); err != nil {
				d.log.Error("certificates are not fetched any more", "err", err)
			}
		})
	}
	if d.console != nil {
		under.Go(func() { d.runConsole(working) })
		d.log.Info("console", "address", d.ConsoleAddress())
	}
	d.log.Info("ready", "address", d.Address(), "url", d.config.Site.PublicURL.String(), "after", time.Since(d.begun).Round(time.Millisecond))
	notify("READY=1")
	under.Go(debug.FreeOSMemory) // starting reads texts, templates and numbering plans, and leaves more behind than it keeps
	server := newServer(d.Handler, d.socket, usual, d.log)
	err = serveUntil(ctx, server, d.socket, d.cert)
	// Only now: an answer that was under way may have put something into the outbox, and it may as well go.
	stopWorking()
	under.Wait()
	if err != nil {
		return fmt.Errorf("answering: %w", err)
	}
	d.log.Info("stopped")
	return nil
}

// Close closes what New opened, once. Run does it by itself.
func (d *Daemon) Close() error {
	var errs []error
	d.closing.Do(func() {
		d.stops()
		if d.socket != nil {
			if err := d.socket.Close(); !errors.Is(err, net.ErrClosed) { // closed by the server, after Run
				errs = append(errs, err)
			}
		}
		if d.consoleSocket != nil {
			if err := d.consoleSocket.Close(); !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
		if d.back != nil {
			errs = append(errs, d.back.Close())
		}
		if d.sender != nil {
			errs = append(errs, d.sender.Close())
		}
		if d.texter != nil {
			errs = append(errs, d.texter.Close())
		}
		if d.redis != nil {
			d.redis.Close()
		}
		if d.Store != nil {
			errs = append(errs, d.Store.Close())
		}
	})
	return errors.Join(errs...)
}

// Version is what the program calls itself.
func Version() string {
	return fmt.Sprintf("twohens %s (%s, %s/%s)", release(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
