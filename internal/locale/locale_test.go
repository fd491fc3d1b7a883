package locale

import (
	"strings"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct{ accept, chosen, want string }{
		{"", "", "en"},
		{"de", "", "en"},
		{"es-MX,es;q=0.9,en;q=0.8", "", "es"},
		{"ar-EG", "", "ar"},
		{"zh-CN,zh;q=0.9", "", "zh-Hans"},
		{"zh", "", "zh-Hans"},
		{"fr;q=0.9, es;q=0.5", "", "es"},
		{"es;q=0.1, ar;q=0.9", "", "ar"},
		{"es", "ar", "ar"},
		{"es", "AR", "ar"},
		{"es", "zh-hans", "zh-Hans"},
		{"es", "tlh", "es"},
		{"es", "../../etc", "es"},
		{"*", "", "en"},
		{"\x00\xff;;q=", "", "en"},
		{strings.Repeat("es,", 100000), "", "es"},
		{strings.Repeat("x", 1<<20), "", "en"},
	} {
		if got := Match(c.accept, c.chosen, "").Tag; got != c.want {
			t.Errorf("Match(%.30q, %q) is %s, want %s", c.accept, c.chosen, got, c.want)
		}
	}
}

// The site's own language is for those who asked for none of those that there are, and for nobody else.
func TestMatchSite(t *testing.T) {
	for _, c := range []struct{ accept, chosen, site, want string }{
		{"", "", "ar", "ar"},
		{"de", "", "zh-Hans", "zh-Hans"},
		{"*", "", "es", "es"},
		{"es", "", "ar", "es"},
		{"es", "en", "ar", "en"},
		{"", "tlh", "ar", "ar"},
		{"", "", "tlh", "en"},
	} {
		if got := Match(c.accept, c.chosen, c.site).Tag; got != c.want {
			t.Errorf("Match(%q, %q, %q) is %s, want %s", c.accept, c.chosen, c.site, got, c.want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("es-MX,es;q=0.9", "")
	f.Add("zh-Hant-TW", "ar")
	f.Fuzz(func(t *testing.T, accept, chosen string) {
		if _, ok := Find(Match(accept, chosen, "es").Tag); !ok {
			t.Errorf("Match(%q, %q) is no language", accept, chosen)
		}
	})
}

func TestText(t *testing.T) {
	for _, c := range []struct{ tag, got, want string }{
		{"en", For("en").T("code.tries", "Count", 1, "Limit", 5), "1 of 5 tries used."},
		{"en", For("en").T("code.digits", "Count", 8), "It has 8 digits."},
		{"ar", For("ar").T("code.tries", "Count", 2, "Limit", 5), "استُخدمت محاولتان من أصل 5."},
		{"ar", For("ar").T("code.tries", "Count", 3, "Limit", 5), "استُخدمت 3 محاولات من أصل 5."},
		{"es", For("es").T("span.minutes", "Count", 1), "1 minuto"},
		{"es", For("es").T("span.minutes", "Count", 1_000_000), "1000000 minutos"},
		{"zh-Hans", For("zh-Hans").T("span.minutes", "Count", 1), "1 分钟"},
		{"unknown is English", For("tlh").T("layout.submit"), "Submit"},
		{"case", For("ZH-hans").T("layout.submit"), "提交"},
		{"no such key", For("en").T("no.such"), "[no.such]"},
		{"a value is missing", For("en").T("layout.step"), "[layout.step]"},
		{"a value of a wrong type", For("en").T("layout.step", "Step", 1.5), "[layout.step]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.tag, c.got, c.want)
		}
	}
	if _, err := For("en").Text("no.such"); err == nil {
		t.Error("a text that is not there gives no error")
	}
}

func TestAround(t *testing.T) {
	for _, l := range languages {
		c := For(l.Tag)
		before, after, err := c.Around("code.works", "Clock", "Span", "X")
		if whole := c.T("code.works", "Span", "X", "Clock", "08:52"); err != nil || before+"08:52"+after != whole {
			t.Errorf("%s: %q and %q do not stand around in %q", l.Tag, before, after, whole)
		}
	}
}

// TestValuesAreInert is CVE-2021-42574 in a sentence: a name cannot turn round what stands around it, break a line, or fill
// in a place of its own.
func TestValuesAreInert(t *testing.T) {
	hostile := "a\u202eb\u2066c\u2069\u2069d\r\ne\x00f{{.Site}}\u2028"
	got := For("en").T("layout.home", "Site", hostile)
	if want := "abcdef{{.Site}}, back to Sign In"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := For("en").T("layout.home", "Site", "متجر"), "\u2068متجر\u2069, back to Sign In"; got != want {
		t.Errorf("a name that runs the other way: got %q, want %q", got, want)
	}
	if got := For("ar").T("layout.home", "Site", "Fernbank"); !strings.Contains(got, "\u2068Fernbank\u2069") {
		t.Errorf("a Latin name in Arabic is not isolated: %q", got)
	}
	if got := For("ar").T("layout.step", "Step", 3); strings.Contains(got, "\u2068") {
		t.Errorf("a number needs no isolating: %q", got)
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 14, 59, 0, time.FixedZone("XST", 3600))
	riyadh := time.FixedZone("AST", 3*3600)
	for _, c := range []struct{ got, want string }{
		{For("en").Clock(at, nil), "07:14 UTC"},
		{For("en").Clock(at, riyadh), "10:14 AST"},
		{For("en").Day(at, nil), "23 Nov 2026"},
		{For("en").Moment(at, nil), "23 Nov 2026, 07:14 UTC"},
		{For("es").Moment(at, nil), "23 nov 2026, 07:14 UTC"},
		{For("zh-Hans").Moment(at, nil), "2026年11月23日 07:14 UTC"},
		{Inert(For("ar").Moment(at, nil)), "23 نوفمبر 2026، 07:14 UTC"},
		{For("en").Day(time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), riyadh), "1 Jan 2027"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:                  "1 second",
		0:                             "1 second",
		time.Millisecond:              "1 second",
		42 * time.Second:              "42 seconds",
		58500 * time.Millisecond:      "59 seconds",
		59*time.Second + 1:            "1 minute",
		time.Minute:                   "1 minute",
		61 * time.Second:              "2 minutes",
		15 * time.Minute:              "15 minutes",
		time.Hour:                     "60 minutes",
		119 * time.Minute:             "119 minutes",
		119*time.Minute + time.Second: "2 hours",
		2 * time.Hour:                 "2 hours",
		24 * time.Hour:                "24 hours",
	} {
		if got := For("en").Span(d); got != want {
			t.Errorf("Span(%v) is %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Hour: "0:00", 0: "0:00", 1: "0:01", 42 * time.Second: "0:42", time.Minute: "1:00", 8 * time.Minute: "8:00", 61*time.Minute + 5*time.Second: "61:05",
	} {
		if got := Countdown(d); got != want {
			t.Errorf("Countdown(%v) is %q, want %q", d, got, want)
		}
	}
	// After "in", "for" and the like, Arabic has the genitive in every form.
	for n, want := range map[int]string{1: "دقيقة واحدة", 2: "دقيقتين", 3: "3 دقائق", 11: "11 دقيقة", 15: "15 دقيقة", 100: "100 دقيقة", 103: "103 دقائق"} {
		if got := For("ar").Span(time.Duration(n) * time.Minute); got != want {
			t.Errorf("%d minutes are %q, want %q", n, got, want)
		}
	}
}

func TestMonths(t *testing.T) {
	for _, l := range languages {
		seen := make(map[string]bool)
		for _, key := range months {
			seen[For(l.Tag).T(key)] = true
		}
		if len(seen) != 12 {
			t.Errorf("%s has %d months", l.Tag, len(seen))
		}
	}
}

func BenchmarkText(b *testing.B) {
	c := For("ar")
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			c.T("layout.submit")
		}
	})
	b.Run("filled", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.T("code.tries", "Count", 2, "Limit", 5)
		}
	})
}
