package contact_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"twohens/internal/contact"
	"twohens/internal/locale"
)

func TestCountries(t *testing.T) {
	list := contact.Countries()
	if len(list) < 240 {
		t.Fatalf("%d countries", len(list))
	}
	if !slices.IsSortedFunc(list, func(a, b contact.Country) int { return strings.Compare(a.Region, b.Region) }) {
		t.Error("not in the order of their codes")
	}
	for region, code := range map[string]int{"ES": 34, "SA": 966, "CN": 86, "TW": 886, "US": 1, "CA": 1, "JM": 1, "GB": 44, "JE": 44, "RU": 7, "KZ": 7, "XK": 383, "VA": 39} {
		if c, ok := contact.FindCountry(strings.ToLower(region)); !ok || c != (contact.Country{Region: region, CallingCode: code}) || !slices.Contains(list, c) {
			t.Errorf("%s: %v, %t", region, c, ok)
		}
	}
	for _, region := range []string{"", "ZZ", "001", "QQ", "Spain", "E"} {
		if c, ok := contact.FindCountry(region); ok {
			t.Errorf("%q is %v", region, c)
		}
	}
	list[0] = contact.Country{} // a copy: what one caller does to it is nobody else's
	if contact.Countries()[0].Region == "" {
		t.Error("the list is shared")
	}
}

// Every country with numbers has a name of its own in every language, in that language's script.
func TestCountriesAreNamed(t *testing.T) {
	scripts := map[string]*unicode.RangeTable{"en": unicode.Latin, "es": unicode.Latin, "ar": unicode.Arabic, "zh-Hans": unicode.Han}
	for _, l := range locale.All() {
		names := make(map[string]string)
		for _, c := range contact.Countries() {
			name := locale.For(l.Tag).Region(c.Region)
			if name == c.Region || !strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(scripts[l.Tag], r) }) {
				t.Errorf("%s: %s is called %q", l.Tag, c.Region, name)
			}
			if other, taken := names[name]; taken {
				t.Errorf("%s: %s and %s are both called %q", l.Tag, c.Region, other, name)
			}
			names[name] = c.Region
		}
	}
}
