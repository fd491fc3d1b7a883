package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"twohens/internal/daemon"
	"twohens/internal/gate"
	"twohens/internal/quota"
	"twohens/internal/sqlstore"
)

type apikeyCommand struct {
	Add    apikeyAddCommand    `cmd:"" help:"Make a key and show its secret, once."`
	List   apikeyListCommand   `cmd:"" help:"List all keys."`
	Revoke apikeyRevokeCommand `cmd:"" help:"End a key at once."`
}

func (c configured) store(ctx context.Context, t *terminal) (*sqlstore.Store, error) {
	cfg, err := c.load(t)
	if err != nil {
		return nil, err
	}
	return daemon.OpenCurrent(ctx, cfg)
}

type apikeyAddCommand struct {
	configured
	Name    string   `arg:"" help:"What to call it, such as the name of the program that will hold it."`
	Origin  []string `placeholder:"ORIGIN" help:"Makes a key for the challenge on pages of another site, such as https://shop.example. May be given more than once."`
	Quota   string   `placeholder:"EVENTS/TIME" help:"Recoveries that it may open, such as 1000/1h. Each person's own limits hold besides."`
	Expires string   `placeholder:"WHEN" help:"A day such as 2027-06-30, or a number of days such as 90d. Without it, never."`
}

func (apikeyAddCommand) Help() string {
	return `The secret is on standard output, alone; it is kept nowhere. For example:

    twohens apikey add -config twohens.toml -quota 1000/1h -expires 365d shop > shop.key

With -origin, the key is for the challenge on the pages of another site: its id, which is told beside it, goes
into the page, and its secret is what the site's back end asks /siteverify with. See docs/challenge/embedding.md.

    twohens apikey add -config twohens.toml -origin https://shop.example "sign-up of the shop" > shop.secret
`
}

func (c *apikeyAddCommand) Run(ctx context.Context, t *terminal) (err error) {
	now := time.Now()
	if name := strings.TrimSpace(c.Name); name == "" || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return errors.New("a name has 1 to 100 characters")
	}
	var limit quota.Limit
	if c.Quota != "" {
		if limit, err = quota.Parse(c.Quota); err != nil {
			return fmt.Errorf("-quota: write it like 1000/1h")
		}
	}
	expires, err := when(c.Expires, now)
	if err != nil {
		return err
	}
	wanted := gate.APIKey{Name: strings.TrimSpace(c.Name), Scopes: []gate.Scope{gate.ScopeRecover}, Quota: limit, Expires: expires}
	if len(c.Origin) > 0 {
		wanted.Scopes = []gate.Scope{gate.ScopeChallenge}
	}
	for _, text := range c.Origin {
		origin, err := gate.ParseOrigin(text)
		if err != nil {
			return fmt.Errorf("-origin: %w", err)
		}
		wanted.Origins = append(wanted.Origins, origin)
	}
	store, err := c.store(ctx, t)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	key, bearer := gate.NewAPIKey(wanted, now)
	if err := store.AddAPIKey(ctx, key); err != nil {
		return err
	}
	fmt.Fprintf(t.err, "Added key %s. This is its secret, shown only now:\n", key.ID)
	fmt.Fprintln(t.out, bearer.Reveal())
	return nil
}

// when reads a day, or a number of days from now. The empty text is never.
func when(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	var days int
	if n, err := fmt.Sscanf(text, "%dd", &days); n == 1 && err == nil && fmt.Sprintf("%dd", days) == text && days > 0 {
		return now.AddDate(0, 0, days), nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, errors.New("-expires: write it like 2027-06-30 or 90d")
	}
	if !at.After(now) {
		return time.Time{}, errors.New("-expires: that day is over")
	}
	return at, nil
}

type apikeyListCommand struct{ configured }

func (c *apikeyListCommand) Run(ctx context.Context, t *terminal) (err error) {
	store, err := c.store(ctx, t)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	keys, err := store.APIKeys(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tNAME\tSCOPES\tQUOTA\tADDED\tSTATE")
	for _, k := range keys {
		limit, state := "none", "valid"
		if k.Quota != (quota.Limit{}) {
			limit = k.Quota.String()
		}
		switch {
		case !k.Revoked.IsZero():
			state = "revoked " + day(k.Revoked)
		case k.Expires.IsZero():
		case !now.Before(k.Expires):
			state = "expired " + day(k.Expires)
		default:
			state = "valid until " + day(k.Expires)
		}
		var scopes []string
		for _, s := range k.Scopes {
			scopes = append(scopes, string(s))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.Join(scopes, ","), limit, day(k.Made), state)
		for _, origin := range k.Origins {
			fmt.Fprintf(w, "\ton %s\t\t\t\t\n", origin)
		}
	}
	return w.Flush()
}

type apikeyRevokeCommand struct {
	configured
	Key string `arg:"" help:"The key's id, as listed."`
}

func (c *apikeyRevokeCommand) Run(ctx context.Context, t *terminal) (err error) {
	store, err := c.store(ctx, t)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	err = store.RevokeAPIKey(ctx, c.Key, time.Now())
	if errors.Is(err, gate.ErrNoAPIKey) {
		return errors.New("there is no such key")
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, "Revoked.")
	return nil
}
