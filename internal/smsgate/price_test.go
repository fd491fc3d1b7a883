package smsgate

import (
	"slices"
	"strings"
	"testing"

	"twohens/internal/contact"
)

func TestPrices(t *testing.T) {
	p, err := ReadPrices(strings.NewReader(`# what our provider asks
currency,EUR
ES,0.051
fr, 0.06
+3460,0.048
+34600123,1
+34600123456789,9
*,0.12
`))
	if err != nil {
		t.Fatal(err)
	}
	if p.Currency != "EUR" {
		t.Errorf("in %s", p.Currency)
	}
	for typed, want := range map[string]int64{
		spain: 1000000, "+34600223456": 48000, "+34612345678": 51000, france: 60000, "+4915123456789": 120000,
	} {
		if got, ok := p.Lookup(number(t, typed)); got != want || !ok {
			t.Errorf("%s costs %d, %v", typed, got, ok)
		}
	}
	p, err = ReadPrices(strings.NewReader("currency,USD\nES,0.000001\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := p.Lookup(number(t, spain)); got != 1 || !ok {
		t.Error(got, ok)
	}
	if got, ok := p.Lookup(number(t, france)); ok {
		t.Error("a price out of nowhere:", got)
	}
	if _, ok := new(Prices).Lookup(number(t, spain)); ok {
		t.Error("a price out of nothing")
	}
}

// All mistakes at once, each with its line.
func TestPriceMistakes(t *testing.T) {
	for table, want := range map[string][]string{
		"":                {"no currency"},
		"ES,0.05\n":       {"no currency"},
		"currency,euro\n": {`line 1: "euro"`},
		"currency,EUR\ncurrency,USD\n#\nES\nES,1,2\nEspaña,1\nES,1,\n": {"line 2: a second", "line 4: 1 columns", "line 5: 3 columns", `line 6: "España"`, "line 7: 3 columns"},
		"currency,EUR\nES,0,05\nES,-1\nES,1e3\nES,0.0000001\nES,1\nes,2\n+34,1\n+34,2\n*,1\n*,2\n+0,1\n\"a\n": {"line 2: 3 columns", `line 3: "-1"`, `line 4: "1e3"`,
			`line 5: "0.0000001"`, "line 7: ES has a price", "line 9: +34 has", "line 11: * has", `line 12: "+0"`, "line 13"},
	} {
		_, err := ReadPrices(strings.NewReader(table))
		if err == nil {
			t.Errorf("%q was taken", table)
			continue
		}
		told := slices.Collect(strings.Lines(err.Error()))
		if len(told) != len(want) {
			t.Errorf("%q: %v", table, err)
			continue
		}
		for i := range want {
			if !strings.Contains(told[i], want[i]) {
				t.Errorf("%q: %s, want %s", table, told[i], want[i])
			}
		}
	}
}

const spain, france = "+34600123456", "+33612345678"

func number(t *testing.T, typed string) contact.Phone {
	t.Helper()
	to, err := contact.ParsePhone(typed, "")
	if err != nil {
		t.Fatal(err)
	}
	return to
}
