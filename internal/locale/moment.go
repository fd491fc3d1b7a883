package locale

import (
	"strconv"
	"time"
)

// months name the texts of the months.
var months = [...]string{
	"month.january", "month.february", "month.march", "month.april", "month.may", "month.june",
	"month.july", "month.august", "month.september", "month.october", "month.november", "month.december",
}

// in moves a moment to a zone; nil is UTC. Every time of day is told with the name of its zone.
func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}

// Clock is a time of day, such as "08:52 UTC".
func (c *Catalogue) Clock(t time.Time, zone *time.Location) string {
	return in(t, zone).Format("15:04 MST")
}

// Day is a date, such as "23 Nov 2026".
func (c *Catalogue) Day(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return c.T("time.day", "Day", strconv.Itoa(t.Day()), "Month", c.T(months[t.Month()-1]), "Year", strconv.Itoa(t.Year()))
}

// Moment is a date with the time of day, such as "23 Nov 2026, 08:14 UTC".
func (c *Catalogue) Moment(t time.Time, zone *time.Location) string {
	return c.T("time.moment", "Day", c.Day(t, zone), "Clock", c.Clock(t, zone))
}

// Span is a length of time in words, such as "15 minutes". It is rounded up, so that whoever comes back after it is not too
// early: whole seconds below a minute, whole minutes below two hours, whole hours from there.
func (c *Catalogue) Span(d time.Duration) string {
	up := func(unit time.Duration) int { return int((d + unit - 1) / unit) }
	switch {
	case d < time.Minute-time.Second+1:
		return c.T("span.seconds", "Count", max(1, up(time.Second)))
	case d <= 2*time.Hour-time.Minute:
		return c.T("span.minutes", "Count", up(time.Minute))
	}
	return c.T("span.hours", "Count", up(time.Hour))
}

// Countdown is what is left of a short wait, in minutes and seconds, such as "0:42". It is rounded up.
func Countdown(d time.Duration) string {
	s := int((max(0, d) + time.Second - 1) / time.Second)
	return strconv.Itoa(s/60) + ":" + string(rune('0'+s%60/10)) + string(rune('0'+s%60%10))
}
