package locale

import (
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestRegion(t *testing.T) {
	for _, c := range []struct{ tag, code, want string }{
		{"en", "DE", "Germany"},
		{"es", "DE", "Alemania"},
		{"ar", "DE", "ألمانيا"},
		{"zh-Hans", "DE", "德国"},
		{"en", "de", "Germany"},
		{"en", "XK", "Kosovo"},
		{"en", "AC", "Ascension Island"},
		{"en", "GB", "United Kingdom"},
		{"en", "QQ", "QQ"},
		{"es", "", ""},
		{"es", "Germany", "Germany"},
		{"es", "D\u202eE", "DE"},
	} {
		if got := For(c.tag).Region(c.code); got != c.want {
			t.Errorf("%s: %q is %q, want %q", c.tag, c.code, got, c.want)
		}
	}
}

func TestRegionsAreSorted(t *testing.T) {
	for tag, want := range map[string]string{
		"en":      "AX AL AT DE ES GB US", // Åland Islands before Albania
		"es":      "AL DE AT ES US AX GB", // Islas Åland under I
		"zh-Hans": "AL AT AX DE US ES GB", // by pinyin: a'erbaniya, aodili, aolan, deguo, meiguo, xibanya, yingguo
		"ar":      "AL DE ES GB AT US AX", // alef with hamza before plain alef, jim last
	} {
		var got []string
		for _, r := range For(tag).Regions([]string{"US", "AX", "DE", "AT", "AL", "ES", "GB"}) {
			got = append(got, r.Code)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s: %v", tag, s, want, For(tag).Regions(got))
		}
	}
	if got := For("en").Regions(nil); len(got) != 0 {
		t.Errorf("none given, %v", got)
	}
	if got := For("en").Regions([]string{"DE", "de"}); got[0] != (Region{"DE", "Germany"}) || got[1] != (Region{"de", "Germany"}) {
		t.Errorf("codes are to stay as they were: %v", got)
	}
}

// Pages of many people name and sort regions at once.
func TestRegionsParallel(t *testing.T) {
	want := For("es").Regions([]string{"DE", "ES", "AT"})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := For("es").Regions([]string{"ES", "AT", "DE"}); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
	all.Wait()
}

func BenchmarkRegions(b *testing.B) {
	var codes []string
	for a := 'A'; a <= 'Z'; a++ {
		for c := 'A'; c <= 'J'; c++ {
			codes = append(codes, string([]rune{a, c}))
		}
	}
	for _, l := range languages {
		b.Run(l.Tag, func(b *testing.B) {
			for b.Loop() {
				For(l.Tag).Regions(codes)
			}
		})
	}
}
