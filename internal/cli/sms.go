package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/engine"
	"twohens/internal/sqlstore"
)

type smsCommand struct {
	Status smsStatusCommand `cmd:"" help:"What was spent on texts, how many of their codes were entered, and what is paused."`
	Resume smsResumeCommand `cmd:"" help:"Let texts go to a paused range of numbers again."`
	Test   smsTestCommand   `cmd:"" help:"Send a text to a number, and tell which gateway took it and what it said."`
}

type smsStatusCommand struct{ configured }

func (smsStatusCommand) Help() string {
	return `Money is in the currency of the price table, sms.prices. For example:

    twohens sms status -config twohens.toml
`
}

// What is shown.
const (
	daysShown   = 14
	blocksShown = 20
	barWidth    = 30
)

func (c *smsStatusCommand) Run(ctx context.Context, t *terminal) (err error) {
	cfg, err := c.load(t)
	if err != nil {
		return err
	}
	store, err := daemon.OpenCurrent(ctx, cfg)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	now := time.Now().UTC()
	if err := tellSpending(ctx, t, cfg, store, now); err != nil {
		return err
	}
	if err := tellTurnout(ctx, t, cfg, store, now); err != nil {
		return err
	}
	pauses, err := store.Pauses(ctx, now)
	if err != nil {
		return err
	}
	fmt.Fprint(t.out, "\nPaused\n\n")
	if len(pauses) == 0 {
		fmt.Fprintln(t.out, "  Nothing.")
	}
	for _, p := range pauses {
		fmt.Fprintf(t.out, "  %s until %s: of %d codes %d were entered. To end it: twohens sms resume %s\n",
			p.Range, p.Until.Format("2006-01-02 15:04 UTC"), p.Sent, p.Entered, p.Range)
	}
	return nil
}

// tellSpending shows what was spent: by country this month, and day by day.
func tellSpending(ctx context.Context, t *terminal, cfg *config.Config, store *sqlstore.Store, now time.Time) error {
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	since := month
	if first := now.AddDate(0, 0, 1-daysShown).Truncate(24 * time.Hour); first.Before(since) {
		since = first
	}
	tolls, err := store.Spending(ctx, since)
	if err != nil {
		return err
	}
	byCountry, byDay := map[string]engine.Toll{}, map[string]engine.Toll{}
	var countries []string
	var whole engine.Toll
	for _, toll := range tolls {
		day := toll.Day.Format(time.DateOnly)
		byDay[day] = sum(byDay[day], toll)
		if toll.Day.Before(month) {
			continue
		}
		if _, seen := byCountry[toll.Country]; !seen {
			countries = append(countries, toll.Country)
		}
		byCountry[toll.Country], whole = sum(byCountry[toll.Country], toll), sum(whole, toll)
	}
	fmt.Fprintf(t.out, "Texts in %s: %d of at most %d, for %s%s\n\n", now.Format("January 2006"), whole.Texts, cfg.SMS.Month, money(whole.Micros), atMost(cfg.SMS.SpendMonth))
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, country := range countries {
		fmt.Fprintf(w, "  %s\t%d texts\t%s\n", country, byCountry[country].Texts, money(byCountry[country].Micros))
	}
	w.Flush()
	most := 0
	for _, toll := range byDay {
		most = max(most, toll.Texts)
	}
	fmt.Fprintf(t.out, "\nDay by day, at most %d%s\n\n", cfg.SMS.Day, atMost(cfg.SMS.SpendDay))
	for n := daysShown - 1; n >= 0; n-- {
		day := now.AddDate(0, 0, -n).Format(time.DateOnly)
		fmt.Fprintf(t.out, "  %s  %-*s  %d for %s\n", day, barWidth, bar(byDay[day].Texts, most), byDay[day].Texts, money(byDay[day].Micros))
	}
	return nil
}

// tellTurnout shows how many codes were entered, by block of numbers.
func tellTurnout(ctx context.Context, t *terminal, cfg *config.Config, store *sqlstore.Store, now time.Time) error {
	turnouts, err := store.Turnouts(ctx, now.Add(-cfg.SMS.AlarmSpan), blocksShown)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "\nCodes sent and entered within %s; fewer than %d %% of %d or more pause a block\n\n", cfg.SMS.AlarmSpan, cfg.SMS.AlarmPercent, cfg.SMS.AlarmCodes)
	if len(turnouts) == 0 {
		fmt.Fprintln(t.out, "  None were sent.")
	}
	for _, turnout := range turnouts {
		percent := 100 * turnout.Entered / max(1, turnout.Sent)
		fmt.Fprintf(t.out, "  %-14s %s  %-*s  %d of %d, %d %%\n", string(turnout.Range)+"xxxx", turnout.Country, barWidth,
			bar(turnout.Entered, turnout.Sent), turnout.Entered, turnout.Sent, percent)
	}
	return nil
}

func sum(a, b engine.Toll) engine.Toll {
	a.Texts, a.Parts, a.Micros = a.Texts+b.Texts, a.Parts+b.Parts, a.Micros+b.Micros
	return a
}

// bar draws a share of a whole, at least a little where there is any.
func bar(n, of int) string {
	if n <= 0 || of <= 0 {
		return ""
	}
	return strings.Repeat("#", max(1, n*barWidth/of))
}

// money is an amount in millionths, as it is written.
func money(micros int64) string {
	return fmt.Sprintf("%d.%02d", micros/1_000_000, micros%1_000_000/10_000)
}

func atMost(limit config.Money) string {
	if limit == 0 {
		return ""
	}
	return " of at most " + money(int64(limit))
}

type smsResumeCommand struct {
	configured
	Range string `arg:"" help:"The range, as the mail or the status names it: +3460012, or a country such as ES."`
}

func (smsResumeCommand) Help() string {
	return `A range is paused by itself when codes that were sent to it stop being entered: somebody may be making money by having texts
sent to numbers of their own. Look at who asked before it is resumed. For example:

    twohens sms resume -config twohens.toml +3460012
`
}

var rangeForm = regexp.MustCompile(`^(\+[0-9]{1,11}|[A-Z]{2})$`)

func (c *smsResumeCommand) Run(ctx context.Context, t *terminal) (err error) {
	if !rangeForm.MatchString(c.Range) {
		return fmt.Errorf("%q is no range; write it like +3460012 or ES", c.Range)
	}
	store, err := c.store(ctx, t)
	if err != nil {
		return err
	}
	defer closing(store, &err)
	ended, err := store.Resume(ctx, engine.Range(c.Range), time.Now())
	if err != nil {
		return err
	}
	if !ended {
		return fmt.Errorf("%s is not paused; twohens sms status lists what is", c.Range)
	}
	fmt.Fprintf(t.err, "Texts go to %s again.\n", c.Range)
	return nil
}

type smsTestCommand struct {
	configured
	Number string        `arg:"" help:"Where to, such as your own telephone: +34600123456."`
	Wait   time.Duration `default:"30s" placeholder:"TIME" help:"How long to wait for a receipt, where the gateway brings it over its own connection (${default})."`
}

func (smsTestCommand) Help() string {
	return `It goes the way of every code: the same gateways in the same order. It costs what a text costs, and counts against no cap. For example:

    twohens sms test -config twohens.toml +34600123456
`
}

func (c *smsTestCommand) Run(ctx context.Context, t *terminal) error {
	to, err := contact.ParsePhone(c.Number, "")
	if err != nil {
		return fmt.Errorf("%q is no number; write it like +34600123456", c.Number)
	}
	cfg, err := c.load(t)
	if err != nil {
		return err
	}
	rules, err := daemon.TextRules(cfg)
	if err != nil {
		return err
	}
	receipts := make(chan engine.Receipt, 8)
	chain, err := daemon.NewTexter(cfg, func(_ context.Context, r engine.Receipt) error {
		select {
		case receipts <- r:
		default:
		}
		return nil
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if chain == nil {
		return errors.New("sms.gateways: there is no gateway")
	}
	defer chain.Close()
	if !rules.Sends(to) {
		return fmt.Errorf("no texts are sent to %s: its country, %q, is not in sms.countries, or it is no mobile telephone's", to.Spaced(), to.Region())
	}
	ctx, cancel := context.WithTimeout(ctx, testTimeout+c.Wait)
	defer cancel()
	began := time.Now()
	text := engine.Text{ID: testID(), To: to, Locale: "en", Body: "Test of " + cfg.Site.Name, NotAfter: began.Add(10 * time.Minute)}
	taken, err := chain.Text(ctx, text)
	if err != nil {
		return fmt.Errorf("the text was not taken: %w", err)
	}
	fmt.Fprintf(t.out, "Handed to %s after %s, as %s, %d part(s).\n", taken.Gateway, time.Since(began).Round(time.Millisecond), taken.Ref, taken.Parts)
	if !brings(cfg, taken.Gateway) {
		return nil
	}
	return c.follow(ctx, t, taken, receipts)
}

// brings says whether a gateway brings receipts over its own connection. Others report to the server that is running.
func brings(cfg *config.Config, gateway string) bool {
	return slices.ContainsFunc(cfg.SMS.Gateways, func(g *config.Gateway) bool { return g.Name == gateway && g.Kind == "smpp" && g.Reports })
}

// follow tells of receipts until a final one, or until the time is over.
func (c *smsTestCommand) follow(ctx context.Context, t *terminal, taken engine.Handover, receipts <-chan engine.Receipt) error {
	fmt.Fprintf(t.out, "Waiting for a receipt, %s at most.\n", c.Wait)
	over := time.After(c.Wait)
	for {
		select {
		case r := <-receipts:
			if r.Gateway != taken.Gateway || r.Ref != taken.Ref {
				continue
			}
			fmt.Fprintf(t.out, "Receipt: %s, %s\n", r.State, r.Said)
			if r.State != engine.ReceiptPending {
				return nil
			}
		case <-over:
			fmt.Fprintln(t.out, "None came. The gateway may send it later, or not at all.")
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
