package config

import (
	"regexp"
	"slices"
	"time"

	"twohens/internal/recovery"
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
	between(l, "sms.day", s.Day, 1, 100_000_000)
	between(l, "sms.month", s.Month, 1, 1_000_000_000)
	between(l, "sms.alarm_codes", s.AlarmCodes, 0, 1_000_000)
	between(l, "sms.alarm_percent", s.AlarmPercent, 1, 100)
	between(l, "sms.alarm_span", s.AlarmSpan, time.Hour, 7*24*time.Hour)
	between(l, "sms.alarm_pause", s.AlarmPause, 10*time.Minute, 30*24*time.Hour)
	if s.Prices == "" && (s.SpendDay > 0 || s.SpendMonth > 0 || s.SpendCountry > 0) {
		l.wrong("sms.prices", "is missing", "what is spent can be capped only when it is known what a text costs")
	}
	if s.Prices != "" {
		l.readable("sms.prices", s.Prices)
	}
}
