package message

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sms"
)

// at is a composer for a site of that name and host.
func at(t testing.TB, name, host string) *Composer {
	t.Helper()
	c, err := New(Site{Name: name, URL: &url.URL{Scheme: "https", Host: host}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var siteNames = []string{
	"Fernbank", "City of Fernbank ID", "Fernbank Library of the Northern Counties and the Isles", "Donaudampfschifffahrtsgesellschaft",
	"مكتبة السرخس العامة", "华中科技大学图书馆统一身份认证服务中心", "Łódź", "Käse & Söhne [€]", "한국대학교", "🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔🐔",
	strings.Repeat("x", 100),
}

// TestCodeTexts is R-54: one part whatever the language, the site and the length of the code; the code whole, and bound to the host
// in a last line that is exactly as browsers read it.
func TestCodeTexts(t *testing.T) {
	for _, name := range siteNames {
		for _, host := range []string{"fern.example", "account.fernbank.example", "account.city.fernbank.example.", "id.fern.example:8443"} {
			c := at(t, name, host)
			host, _, _ = strings.Cut(host, ":")
			for _, lang := range locale.All() {
				for _, code := range []string{"482190", "48219073", "482190735516"} {
					for _, kind := range []recovery.EffectKind{recovery.EffectSend, recovery.EffectConfirm} {
						text, err := c.ComposeText(engine.Letter{
							ID: "n1", Kind: kind, To: number, Locale: lang.Tag, Code: secret.TypedCode(code), Life: 15 * time.Minute,
						})
						if err != nil {
							t.Fatalf("%s at %s in %s: %v", name, host, lang.Tag, err)
						}
						checkCodeText(t, text, host, code)
					}
				}
			}
		}
	}
}

func checkCodeText(t *testing.T, text engine.Text, host, code string) {
	t.Helper()
	one(t, text.Body)
	said, last, _ := cutLast(text.Body)
	if want := "@" + host + " #" + code; last != want {
		t.Errorf("the last line is %q, not %q", last, want)
	}
	if strings.Count(said, code) != 1 {
		t.Errorf("the words do not hold the code: %q", text.Body)
	}
	if !strings.ContainsFunc(strings.ReplaceAll(said, code, ""), func(r rune) bool { return r > ' ' }) {
		t.Errorf("no words in %s: %q", text.Locale, text.Body)
	}
	if text.ID != "n1" || text.To.Contact() != number {
		t.Errorf("%q to %v", text.ID, text.To)
	}
}

// one fails unless a text is one part, with nothing left to fill in.
func one(t *testing.T, body string) {
	t.Helper()
	parts, err := sms.Parts(body)
	if err != nil || len(parts) != 1 {
		t.Errorf("%d parts, %v: %q", len(parts), err, body)
	}
	if strings.Contains(body, "{{") || strings.Contains(body, "[text.") || !utf8.ValidString(body) {
		t.Errorf("something is left to fill in: %q", body)
	}
}

func cutLast(body string) (said, last string, found bool) {
	i := strings.LastIndexByte(body, '\n')
	return body[:max(i, 0)], body[i+1:], i > 0
}

// TestChromiumReadsTheLastLine holds the texts against the expression by which Chromium finds a code (content/browser/sms/sms_parser.cc).
func TestChromiumReadsTheLastLine(t *testing.T) {
	otp := regexp.MustCompile(`(?:^|\s)@([a-zA-Z0-9.-]+) #([^#\s]+)(?: @([a-zA-Z0-9.-]+))?`)
	c := at(t, "Büro #1", "bücher.example:8443")
	for _, lang := range locale.All() {
		body, err := c.body(engine.Letter{Kind: recovery.EffectSend, Locale: lang.Tag, Code: secret.TypedCode(digits)})
		if err != nil {
			t.Fatal(err)
		}
		if m := otp.FindStringSubmatch(body); m == nil || m[1] != "xn--bcher-kva.example" || m[2] != digits || m[3] != "" {
			t.Errorf("%s: read as %q: %q", lang.Tag, m, body)
		}
	}
}

// TestMostIsSaid wants all the words where there is room, and the site's name rather in part than not at all.
func TestMostIsSaid(t *testing.T) {
	for _, c := range []struct{ lang, name, host, want string }{
		{"en", "Fernbank", "account.fernbank.example", "48219073 is your Fernbank code for a new password. Works for 15 minutes. Never share it. Not you? Do nothing.\n\n@account.fernbank.example #48219073"},
		{"es", "Fernbank", "account.fernbank.example", "Con 48219073 se pone otra contraseña en Fernbank. Vale 15 minutos. No se lo des a nadie. Si no lo has pedido, no hagas nada.\n@account.fernbank.example #48219073"},
		{"zh-Hans", "Fernbank", "account.fernbank.example", "Fernbank 新密码验证码 48219073，切勿外传\n\n@account.fernbank.example #48219073"},
		{"ar", "Fernbank", "account.fernbank.example", "رمز \u2068Fernbank\u2069 السري: 48219073\n\n@account.fernbank.example #48219073"},
		{"en", "Łódź", "lodz.example", "48219073 is your lodz.example code for a new password. Works for 15 minutes. Never share it. Not you? Do nothing.\n\n@lodz.example #48219073"},
		{"en", "Łódź", "account.city.library.lodz.example", "48219073 is your library code for a new password. Works for 15 minutes. Never share it. Not you? Do nothing.\n\n@account.city.library.lodz.example #48219073"},
		{"zh-Hans", "华中科技大学图书馆统一身份认证", "id.library.hust.example", "华中科技大学图书馆统一身 新密码验证码 48219073，切勿外传\n\n@id.library.hust.example #48219073"},
	} {
		body, err := at(t, c.name, c.host).body(engine.Letter{
			Kind: recovery.EffectSend, Locale: c.lang, Code: secret.TypedCode(digits), Life: 15 * time.Minute,
		})
		if err != nil || body != c.want {
			t.Errorf("%s: %v\n%q, want\n%q", c.lang, err, body, c.want)
		}
	}
}

// TestNoticeTexts: one part under a name of twenty characters without anything left out, and under any name.
func TestNoticeTexts(t *testing.T) {
	const usual = "Fernbank Library One"
	for _, name := range append([]string{usual}, siteNames...) {
		c := at(t, name, "account.fernbank.example")
		for _, lang := range locale.All() {
			for notice := range noticeTexts {
				text, err := c.ComposeText(engine.Letter{Kind: recovery.EffectNotify, Notice: notice, To: number, Locale: lang.Tag})
				if err != nil {
					t.Fatal(err)
				}
				one(t, text.Body)
				if strings.ContainsAny(text.Body, "\n#") || strings.Contains(text.Body, "://") {
					t.Errorf("a notice with a line too many, or a link: %q", text.Body)
				}
				if name == usual && !strings.Contains(text.Body, usual) && !(lang.Tag == "es" && sms.Needed(text.Body) == sms.UCS2) {
					t.Errorf("%s: no room for a name of %d characters: %q", lang.Tag, len(usual), text.Body)
				}
			}
		}
	}
}

// allTexts are all texts in one language, each as it arrives.
func allTexts(t testing.TB, c *Composer, lang string) []string {
	t.Helper()
	letters := []engine.Letter{{Kind: recovery.EffectSend}, {Kind: recovery.EffectConfirm}}
	for _, notice := range slices.Sorted(maps.Keys(noticeTexts)) {
		letters = append(letters, engine.Letter{Kind: recovery.EffectNotify, Notice: notice})
	}
	var all []string
	for _, l := range letters {
		l.To, l.Locale, l.Code, l.Life = number, lang, secret.TypedCode(digits), 15*time.Minute
		text, err := c.ComposeText(l)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text.Body)
	}
	return all
}

func TestNoTextFor(t *testing.T) {
	c := at(t, "Fernbank", "fern.example")
	for _, l := range []engine.Letter{
		{Kind: recovery.EffectSend, To: address, Code: secret.TypedCode(digits)},
		{Kind: recovery.EffectSend, To: contact.Contact{}},
		{Kind: recovery.EffectAlarm, To: number},
		{Kind: recovery.EffectNotify, Notice: "poem", To: number},
	} {
		if text, err := c.ComposeText(l); err == nil || strings.Contains(err.Error(), "post.example") {
			t.Errorf("%s: %q, %v", l.Kind, text.Body, err)
		}
	}
}

// TestFits: what Fits says at the start is what happens later.
func TestFits(t *testing.T) {
	for _, c := range []struct {
		host, digits int
		fits         bool
	}{
		{12, 8, true}, {60, 12, true}, {132, 12, true}, {133, 12, false}, {140, 8, true}, {141, 8, false}, {250, 6, false},
	} {
		composer := at(t, "Fernbank", strings.Repeat("a.", c.host/2-1)+strings.Repeat("b", 2+c.host%2))
		err := composer.Fits(c.digits)
		if (err == nil) != c.fits {
			t.Errorf("a host of %d with %d digits: %v", c.host, c.digits, err)
		}
		_, later := composer.ComposeText(engine.Letter{Kind: recovery.EffectSend, To: number, Locale: "ar", Code: secret.TypedCode(zeros[:c.digits])})
		if (later == nil) != c.fits {
			t.Errorf("a host of %d with %d digits, at sending: %v", c.host, c.digits, later)
		}
		if c.host == 141 && (err == nil || !strings.Contains(err.Error(), "141 characters, 1 too many")) {
			t.Errorf("what is wrong is not told: %v", err)
		}
	}
}

func TestShortened(t *testing.T) {
	for name, want := range map[string]string{
		"Fernbank":                           "Fernbank",
		"Fernbank Library":                   "Fernbank Library|Fernbank",
		"University of Fernbank":             "University of Fernbank|University",
		"Käse & Söhne GmbH":                  "Käse & Söhne GmbH|Käse & Söhne|Käse",
		"Donaudampfschifffahrtsgesellschaft": "Donaudampfschifffahrtsgesellschaft|Donaudampfsc",
		"华中科技大学图书馆统一身份认证":                    "华中科技大学图书馆统一身份认证|华中科技大学图书馆统一身",
		"aaaaaaaaaaae\u0301aa":               "aaaaaaaaaaae\u0301aa|aaaaaaaaaaa",
	} {
		if got := strings.Join(shortened(name), "|"); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestLongestLabel(t *testing.T) {
	for host, want := range map[string]string{
		"id.fernbank.example": "fernbank", "fernbank.example.": "fernbank", "localhost": "localhost", "a.b.museum": "b", "": "",
	} {
		if got := longestLabel(host); got != want {
			t.Errorf("of %q: %q, want %q", host, got, want)
		}
	}
}

func BenchmarkText(b *testing.B) {
	for _, lang := range []string{"en", "ar"} {
		b.Run(lang, func(b *testing.B) {
			c := at(b, "Fernbank", "account.fernbank.example")
			l := engine.Letter{Kind: recovery.EffectSend, To: number, Locale: lang, Code: secret.TypedCode(digits), Life: 15 * time.Minute}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.ComposeText(l); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
