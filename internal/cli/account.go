package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/password"
	"twohens/internal/sqlstore"
)

type accountCommand struct {
	Add         accountAddCommand         `cmd:"" help:"Add an account."`
	List        accountListCommand        `cmd:"" help:"List all accounts."`
	SetPassword accountSetPasswordCommand `cmd:"" help:"Set an account's password and end its sessions."`
	Disable     accountDisableCommand     `cmd:"" help:"Stop an account: it cannot sign in, and to a recovery it is an unknown address."`
	Enable      accountEnableCommand      `cmd:"" help:"Allow a stopped account again."`
}

// directory is the built-in accounts, opened for one command.
type directory struct {
	*accounts.Accounts
	store *sqlstore.Store
	rules password.Rules
}

func (c configured) directory(ctx context.Context, t *terminal) (*directory, error) {
	cfg, err := c.load(t)
	if err != nil {
		return nil, err
	}
	return openDirectory(ctx, cfg, t)
}

func openDirectory(ctx context.Context, cfg *config.Config, t *terminal) (*directory, error) {
	hasher, err := password.NewHasher(cfg.Password.Params(), 1, 1)
	if err != nil {
		return nil, err
	}
	rules, err := daemon.Rules(cfg)
	if err != nil {
		return nil, err
	}
	store, err := daemon.OpenCurrent(ctx, cfg)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return &directory{accounts.New(store, hasher, log), store, rules}, nil
}

func (d *directory) Close() error { return d.store.Close() }

type address struct {
	Address string `arg:"" help:"An e-mail address of the account: the main one or another."`
}

func (a address) parse() (contact.Email, error) {
	email, err := contact.ParseEmail(a.Address)
	if err != nil {
		return contact.Email{}, fmt.Errorf("%q is not an e-mail address", a.Address)
	}
	return email, nil
}

type accountAddCommand struct {
	configured
	address
	Phone      []string `sep:"none" placeholder:"NUMBER" help:"A telephone, in full: +34600123456. May be given twice; the first is the main one."`
	Locale     string   `placeholder:"TAG" help:"The language of its mails, such as es, when the recovery does not tell one."`
	NoPassword bool     `help:"Without a password: nobody signs in before a recovery has set one."`
}

func (accountAddCommand) Help() string {
	return `The password is typed, or is the first line of standard input. For example:

    twohens account add -config twohens.toml lucy@fernbank.example
    twohens account add -config twohens.toml -no-password lucy@fernbank.example
    twohens account add -config twohens.toml -phone +34600123456 lucy@fernbank.example
`
}

func (c *accountAddCommand) Run(ctx context.Context, t *terminal) (err error) {
	email, err := c.parse()
	if err != nil {
		return err
	}
	phones, err := c.phones()
	if err != nil {
		return err
	}
	tag := ""
	if c.Locale != "" {
		language, ok := locale.Find(c.Locale)
		if !ok {
			return fmt.Errorf("there is no language %q in the product", c.Locale)
		}
		tag = language.Tag
	}
	d, err := c.directory(ctx, t)
	if err != nil {
		return err
	}
	defer closing(d, &err)
	var chosen *password.Password
	if !c.NoPassword {
		p, err := t.newPassword(ctx, d.rules, email)
		if err != nil {
			return err
		}
		chosen = &p
	}
	row, err := d.Add(ctx, email, chosen, tag, phones...)
	if errors.Is(err, accounts.ErrTaken) {
		return fmt.Errorf("there is an account of that address already")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Added account %s.\n", row.ID)
	return nil
}

// phones are the telephones of the command. The operator's country is nobody's business, so they are given in full.
func (c *accountAddCommand) phones() ([]contact.Phone, error) {
	var list []contact.Phone
	for _, typed := range c.Phone {
		phone, err := contact.ParsePhone(typed, "")
		if err != nil {
			return nil, fmt.Errorf("%q is not a telephone number; it begins with + and the country, such as +34600123456", typed)
		}
		if slices.Contains(list, phone) {
			return nil, fmt.Errorf("%q is given twice", typed)
		}
		list = append(list, phone)
	}
	if len(list) > engine.MaxContacts {
		return nil, fmt.Errorf("an account has at most %d telephones", engine.MaxContacts)
	}
	return list, nil
}

type accountListCommand struct{ configured }

func (c *accountListCommand) Run(ctx context.Context, t *terminal) (err error) {
	d, err := c.directory(ctx, t)
	if err != nil {
		return err
	}
	defer closing(d, &err)
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ADDRESS\tACCOUNT\tADDED\tPASSWORD\tSTATE\tALSO")
	err = d.List(ctx, func(row accounts.Row) error {
		set, state := "none", "active"
		if row.Hash != "" {
			set = day(row.Changed)
		}
		if !row.Disabled.IsZero() {
			state = "disabled " + day(row.Disabled)
		}
		if also := others(row); also != "" {
			state += "\t" + also
		}
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", row.Main().Address(), row.ID, day(row.Made), set, state)
		return err
	})
	return errors.Join(err, w.Flush())
}

// others are the contacts of an account beside its main address.
func others(row accounts.Row) string {
	var list []string
	for _, email := range row.Emails {
		if email != row.Main() {
			list = append(list, email.Address())
		}
	}
	for _, phone := range row.Phones {
		list = append(list, phone.Number())
	}
	return strings.Join(list, " ")
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

type accountSetPasswordCommand struct {
	configured
	address
}

func (accountSetPasswordCommand) Help() string {
	return `The password is typed, or is the first line of standard input. For example:

    twohens account set-password -config twohens.toml lucy@fernbank.example
`
}

func (c *accountSetPasswordCommand) Run(ctx context.Context, t *terminal) (err error) {
	email, err := c.parse()
	if err != nil {
		return err
	}
	d, err := c.directory(ctx, t)
	if err != nil {
		return err
	}
	defer closing(d, &err)
	if _, err := d.store.AccountByAddress(ctx, email); err != nil {
		return unknown(err)
	}
	p, err := t.newPassword(ctx, d.rules, email)
	if err != nil {
		return err
	}
	if err := d.SetPassword(ctx, email, p); err != nil {
		return unknown(err)
	}
	fmt.Fprintln(t.out, "Set. The account's sessions have ended.")
	return nil
}

type accountDisableCommand struct {
	configured
	address
}

func (c *accountDisableCommand) Run(ctx context.Context, t *terminal) error {
	return c.disable(ctx, t, c.address, true, "Disabled. The account's sessions have ended.")
}

type accountEnableCommand struct {
	configured
	address
}

func (c *accountEnableCommand) Run(ctx context.Context, t *terminal) error {
	return c.disable(ctx, t, c.address, false, "Enabled.")
}

func (c configured) disable(ctx context.Context, t *terminal, a address, disabled bool, done string) (err error) {
	email, err := a.parse()
	if err != nil {
		return err
	}
	d, err := c.directory(ctx, t)
	if err != nil {
		return err
	}
	defer closing(d, &err)
	if err := d.Disable(ctx, email, disabled); err != nil {
		return unknown(err)
	}
	fmt.Fprintln(t.out, done)
	return nil
}

// unknown puts the one expected error into words.
func unknown(err error) error {
	if errors.Is(err, accounts.ErrNoRow) {
		return fmt.Errorf("there is no account of that address")
	}
	return err
}
