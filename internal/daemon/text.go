package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/smsgate"
)

// receiptsPath is where gateways report what became of texts. It is neither a page nor a call of the API: who reports is known by the
// gateway's own secret or signature.
const (
	receiptsPath     = "/receipts"
	mailReceiptsPath = "/mail-receipts" // of mail services
)

// NewTexter makes the ways to the gateways; nil when there are none. What they report goes to deliver.
func NewTexter(c *config.Config, deliver func(context.Context, engine.Receipt) error, log *slog.Logger) (*smsgate.Chain, error) {
	if len(c.SMS.Order) == 0 {
		return nil, nil
	}
	settings, err := c.SMS.Settings(c.Site.PublicURL.JoinPath(receiptsPath).String())
	if err != nil {
		return nil, err
	}
	settings.Deliver = deliver
	return smsgate.New(settings, log)
}

// A gateway may be quicker with its receipt than the worker with saving that it took the text. So a receipt for an unknown text is looked
// at some more times before it is dropped; were it refused instead, the gateway would send it for ever.
var receiptPauses = []time.Duration{50 * time.Millisecond, 200 * time.Millisecond, 800 * time.Millisecond}

// receive keeps a receipt.
func (d *Daemon) receive(ctx context.Context, r engine.Receipt) error {
	for _, pause := range receiptPauses {
		known, err := d.Engine.Receive(ctx, r)
		if known || err != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-d.stop.Done():
			return d.stop.Err()
		}
	}
	d.log.DebugContext(ctx, "a receipt for a text that is not known", "gateway", r.Gateway)
	return nil
}

// receipts answers gateways and mail services; nil for a path that is none of theirs.
func (d *Daemon) receipts(path string) http.Handler {
	switch {
	case strings.HasPrefix(path, receiptsPath+"/") && d.texter != nil:
		return d.bare(http.StripPrefix(receiptsPath, d.texter.Receipts()))
	case strings.HasPrefix(path, mailReceiptsPath+"/"):
		return d.bare(http.StripPrefix(mailReceiptsPath, d.sender.Receipts()))
	case strings.HasPrefix(path, receiptsPath+"/"):
		return d.bare(http.NotFoundHandler())
	}
	return nil
}

// receiptRoutes are the paths that receipts answers.
func (d *Daemon) receiptRoutes() []string {
	list := []string{"POST " + mailReceiptsPath + "/{sender}/{secret}"}
	if d.texter != nil {
		list = append(list, "POST "+receiptsPath+"/{sender}/{secret}")
	}
	return list
}

// bare are the headers of answers that no browser is meant to look at: one that looks all the same may do nothing with them.
func (d *Daemon) bare(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		if d.config.Site.PublicURL.Scheme == "https" {
			header.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		h.ServeHTTP(w, r)
	})
}

// switches tells everything that sends which senders are switched off.
func (d *Daemon) switches(off []string) {
	d.sender.Switch(off)
	if d.texter != nil {
		d.texter.Switch(off)
	}
}

// TextRules are where texts may go and what they may cost.
func TextRules(c *config.Config) (engine.TextRules, error) {
	s := &c.SMS
	rules := engine.TextRules{
		Countries: s.Countries, Number: s.Number, Block: s.Block, Country: s.Country, Network: s.Network,
		Day:           engine.SpendCap{Texts: s.Day, Micros: int64(s.SpendDay)},
		Month:         engine.SpendCap{Texts: s.Month, Micros: int64(s.SpendMonth)},
		DayOfACountry: engine.SpendCap{Micros: int64(s.SpendCountry)},
		Alarm:         engine.Alarm{Span: s.AlarmSpan, Sent: s.AlarmCodes, Percent: s.AlarmPercent, Pause: s.AlarmPause, To: s.AlarmTo},
	}
	if s.Prices == "" {
		return rules, nil
	}
	prices, err := config.ReadPrices(s.Prices)
	if err != nil {
		return rules, fmt.Errorf("sms.prices: %w", err)
	}
	rules.Price = func(to contact.Phone) int64 {
		micros, _ := prices.Lookup(to)
		return micros
	}
	return rules, nil
}

// Public says of which places everyone may be told how messages fare there: well-known mail providers and those of the operator, and the
// countries that texts are sent to.
func Public(c *config.Config) func(engine.Lane, engine.Place) bool {
	return func(lane engine.Lane, place engine.Place) bool {
		if lane == engine.LaneText {
			return slices.Contains(c.SMS.Countries, string(place))
		}
		return contact.PublicDomain(string(place)) || slices.Contains(c.Mail.PublicDomains, string(place))
	}
}
