package config

import (
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"twohens/internal/recovery"
	"twohens/internal/smsgate"
)

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// checkSMS asks whether texts could leave, and whether they would stay within bounds.
func (l *loader) checkSMS(c *Config) {
	s := &c.SMS
	phone := slices.Contains(c.Recovery.Policy.Ways, recovery.WayPhone)
	if phone && len(s.Order) == 0 {
		l.wrong("recovery.ways", `offers "phone", and there is no gateway`, "name one in sms.gateways, or leave the way out")
	}
	for _, code := range s.Countries {
		if !country.MatchString(code) {
			l.wrong("sms.countries", "has something that is no country", `write two capital letters, such as "ES"`)
		}
	}
	if len(s.Order) > 0 && len(s.Countries) == 0 {
		l.wrong("sms.countries", "is empty, so no text would ever be sent", `list the countries that your people live in, such as ["ES", "PT"]`)
	}
	between(l, "sms.patience", s.Patience, 100*time.Millisecond, 30*time.Second)
	between(l, "sms.failures", s.Failures, 1, 32)
	between(l, "sms.rest", s.Rest, time.Second, 10*time.Minute)
	between(l, "sms.day", s.Day, 1, 100_000_000)
	between(l, "sms.month", s.Month, 1, 1_000_000_000)
	between(l, "sms.alarm_codes", s.AlarmCodes, 0, 1_000_000)
	between(l, "sms.alarm_percent", s.AlarmPercent, 1, 100)
	between(l, "sms.alarm_span", s.AlarmSpan, time.Hour, 7*24*time.Hour)
	between(l, "sms.alarm_pause", s.AlarmPause, 10*time.Minute, 30*24*time.Hour)
	if s.Prices == "" && (s.SpendDay > 0 || s.SpendMonth > 0 || s.SpendCountry > 0) {
		l.wrong("sms.prices", "is missing", "what is spent can be capped only when it is known what a text costs")
	}
	if s.Prices != "" && l.readable("sms.prices", s.Prices) {
		l.checkPrices(s)
	}
	l.checkGateways(c)
}

// checkPrices asks whether everything that is sent has a price: what has none costs nothing as far as the caps know, and passes them all.
func (l *loader) checkPrices(s *SMS) {
	prices, err := ReadPrices(s.Prices)
	if err != nil {
		l.wrong("sms.prices", strings.ReplaceAll(err.Error(), "\n", "; "), "")
		return
	}
	for _, code := range s.Countries {
		if !prices.Covers(code) {
			l.wrong("sms.prices", fmt.Sprintf("has no price for %s, so texts there would count as free", code), "add a line for the country, or for * which stands for all others")
		}
	}
}

// checkGateways builds the gateways to see whether that can be done. Nothing is connected to.
func (l *loader) checkGateways(c *Config) {
	for i, name := range c.SMS.Order {
		if slices.Contains(c.SMS.Order[:i], name) {
			l.wrong("sms.gateways", fmt.Sprintf("has %q twice", name), "")
		}
		g, there := c.SMS.gateway(name)
		if !there {
			l.wrong("sms.gateways", fmt.Sprintf("names %q, and there is no section [sms.gateway.%s]", name, name), "")
			continue
		}
		at := "sms.gateway." + name + ".kind"
		settings, err := g.settings()
		if err != nil {
			l.wrong(at, "cannot be used: "+err.Error(), "")
			continue
		}
		if g.Kind == "file" {
			if g.Path == "" {
				l.wrong("sms.gateway."+name+".path", "is missing", "a gateway of this kind needs a file to write to")
			}
			continue // building it would make the file
		}
		chain, err := smsgate.New(smsgate.Settings{Gateways: []smsgate.Gateway{settings}, ReceiptURL: "https://receipts.example"}, slog.New(slog.DiscardHandler))
		if err != nil {
			l.wrong(at, strings.TrimPrefix(err.Error(), fmt.Sprintf("text gateway %q: ", name)), "")
			continue
		}
		_ = chain.Close()
	}
	for _, g := range c.SMS.Gateways {
		if !slices.Contains(c.SMS.Order, g.Name) {
			l.add(Mistake{Where: l.file, Key: "sms.gateway." + g.Name, What: "is not in sms.gateways, so it would never be asked", Mend: "add it there, or leave the section out"})
		}
	}
}

// ReadPrices reads a price table.
func ReadPrices(path Path) (*smsgate.Prices, error) {
	file, err := os.Open(string(path))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return smsgate.ReadPrices(file)
}
