package contact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"twohens/internal/contact"
)

func TestParsePhone(t *testing.T) {
	const spain, saudi, china = "+34600123456", "+966501234567", "+8613800138000"
	for _, tt := range []struct {
		name, typed, region, number string
		err                         error
	}{
		{name: "E.164", typed: "+34600123456", number: spain},
		{name: "spaces", typed: " +34 600 12 34 56 ", number: spain},
		{name: "other spaces", typed: "+34\u00a0600\u2009123\u202f456\u3000", number: spain},
		{name: "hyphens, dots, slashes", typed: "+34/600.12-34–56", number: spain},
		{name: "no-break hyphens", typed: "+34\u2011600\u2011123456", number: spain},
		{name: "national", typed: "600 12 34 56", region: "ES", number: spain},
		{name: "region in small letters", typed: "600123456", region: "es", number: spain},
		{name: "a + needs no region", typed: "+34600123456", region: "US", number: spain},
		{name: "international prefix", typed: "0034600123456", region: "ES", number: spain},
		{name: "international prefix of another country", typed: "011 34 600123456", region: "US", number: spain},
		{name: "country code without +", typed: "34600123456", region: "ES", number: spain},
		{name: "brackets", typed: "(212) 555-0123", region: "US", number: "+12125550123"},
		{name: "full-width brackets", typed: "（２１２）５５５－０１２３", region: "US", number: "+12125550123"},
		{name: "trunk zero", typed: "07400 123456", region: "GB", number: "+447400123456"},
		{name: "trunk zero in brackets", typed: "+44 (0)7400 123456", number: "+447400123456"},
		{name: "trunk eight", typed: "8 (912) 345-67-89", region: "RU", number: "+79123456789"},
		{name: "a zero that stays", typed: "+39 06 1234 5678", number: "+390612345678"},
		{name: "Arabic digits", typed: "٠٥٠١٢٣٤٥٦٧", region: "SA", number: saudi},
		{name: "Arabic digits and marks", typed: "\u2067+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧\u2069", number: saudi},
		{name: "Persian digits", typed: "۰۹۱۲۳۴۵۶۷۸۹", region: "IR", number: "+989123456789"},
		{name: "full-width digits and plus", typed: "＋８６　１３８００１３８０００", number: china},
		{name: "Chinese", typed: "138 0013 8000", region: "CN", number: china},
		{name: "copied from an address book", typed: "\u202a+34 600 12 34 56\u202c", number: spain},
		{name: "mark at the end", typed: "+34600123456\u200f", number: spain},
		{name: "zero width among digits", typed: "+34600\u200b123\u2060456\ufeff", number: spain},

		{name: "empty", typed: "", err: contact.ErrEmpty},
		{name: "blanks and marks", typed: " \u3000\u200e", err: contact.ErrEmpty},
		{name: "longer than is looked at", typed: "+34600123456" + strings.Repeat("-", 29), err: contact.ErrTooLong},
		{name: "as long as is looked at", typed: "+34600123456" + strings.Repeat("-", 28), number: spain},
		{name: "mostly invisible", typed: "+34600123456" + strings.Repeat("\u200b", 200), err: contact.ErrTooLong},
		{name: "very long", typed: strings.Repeat("1", 1<<20), err: contact.ErrTooLong},
		{name: "no country", typed: "600123456", err: contact.ErrCountry},
		{name: "no such country", typed: "600123456", region: "ZZ", err: contact.ErrCountry},
		{name: "no such calling code", typed: "+999123456789", err: contact.ErrCountry},
		{name: "double zero and no country", typed: "0034600123456", err: contact.ErrCountry},
		{name: "a plus alone", typed: "+", err: contact.ErrNumber},
		{name: "two pluses", typed: "++34600123456", err: contact.ErrNumber},
		{name: "a plus inside", typed: "34+600123456", region: "ES", err: contact.ErrNumber},
		{name: "separators alone", typed: "(-) / .", region: "ES", err: contact.ErrNumber},
		{name: "two numbers", typed: "+34600123456+34600123457", err: contact.ErrNumber},
		{name: "list", typed: "+34600123456,+34600123457", err: contact.ErrNumber},
		{name: "too short", typed: "+34 600 12 34", err: contact.ErrNumber},
		{name: "too long", typed: "+34 600 12 34 56 78", err: contact.ErrNumber},
		{name: "no such range", typed: "+34 100 123 456", err: contact.ErrNumber},
		{name: "emergency", typed: "112", region: "ES", err: contact.ErrNumber},
		{name: "extension x", typed: "+34 600 12 34 56 x7", err: contact.ErrNumber},
		{name: "extension in words", typed: "+34 600123456 ext. 7", err: contact.ErrNumber},
		{name: "extension after commas", typed: "+34600123456,,7", err: contact.ErrNumber},
		{name: "extension of RFC 3966", typed: "+34600123456;ext=7", err: contact.ErrNumber},
		{name: "extension after a number sign", typed: "+34600123456#7", err: contact.ErrNumber},
		{name: "letters", typed: "1-800-FLOWERS", region: "US", err: contact.ErrNumber},
		{name: "link", typed: "tel:+34600123456", err: contact.ErrNumber},
		{name: "context of RFC 3966", typed: "600123456;phone-context=+34", err: contact.ErrNumber},
		{name: "line end", typed: "+34600123456\r\nBcc: eve@evil.example", err: contact.ErrNumber},
		{name: "NUL", typed: "+34600123456\x00", err: contact.ErrNumber},
		{name: "broken UTF-8", typed: "+34600123456\xff", err: contact.ErrNumber},
		{name: "superscripts", typed: "+34600¹²³456", err: contact.ErrNumber},
		{name: "Devanagari digits", typed: "+34६००१२३४५६", err: contact.ErrNumber},
		{name: "an address", typed: "ann@post.example", region: "ES", err: contact.ErrNumber},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := contact.ParsePhone(tt.typed, tt.region)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Fatalf("ParsePhone(%.60q, %q): error %v, want %v", tt.typed, tt.region, err, tt.err)
			}
			if p.Number() != tt.number || p.IsZero() != (tt.number == "") {
				t.Errorf("ParsePhone(%.60q, %q) = %q, want %q", tt.typed, tt.region, p.Number(), tt.number)
			}
			if err != nil && strings.ContainsAny(err.Error(), "0123456789") {
				t.Errorf("the error tells of the number: %v", err)
			}
		})
	}
}

// texts go to numbers that belong to mobile telephones, or may, and to nothing that pumping lives on.
func TestTexts(t *testing.T) {
	for number, want := range map[string]struct {
		region string
		texts  bool
	}{
		"+34600123456":     {"ES", true},
		"+966501234567":    {"SA", true},
		"+8613800138000":   {"CN", true},
		"+4915123456789":   {"DE", true},
		"+5511961234567":   {"BR", true},
		"+5491123456789":   {"AR", true},
		"+77710009998":     {"KZ", true}, // shares +7
		"+79123456789":     {"RU", true},
		"+447781123456":    {"GG", true}, // shares +44
		"+12125550123":     {"US", true}, // fixed or mobile: the plan does not tell
		"+12015550123":     {"US", true},
		"+14165550123":     {"CA", true},
		"+34912345678":     {"ES", false}, // fixed
		"+4930123456":      {"DE", false},
		"+390612345678":    {"IT", false},
		"+34803123456":     {"ES", false}, // premium
		"+449098790000":    {"GB", false},
		"+19002345678":     {"US", false},
		"+448430123456":    {"GB", false}, // shared cost
		"+39848123456":     {"IT", false},
		"+4918012345":      {"DE", false},
		"+445512345678":    {"GB", false}, // UAN
		"+18002345678":     {"US", false}, // toll free
		"+34900123456":     {"ES", false},
		"+80012345678":     {"", false}, // toll free of no country
		"+870773123456":    {"", false}, // satellite
		"+881612345678":    {"", false},
		"+8821612345678":   {"", false},
		"+883510012345678": {"", false},
		"+979123456789":    {"", false}, // premium of no country
	} {
		p := phone(t, number)
		if p.Texts() != want.texts || p.Region() != want.region {
			t.Errorf("%s: region %q, texts %t, want %q, %t", number, p.Region(), p.Texts(), want.region, want.texts)
		}
	}
	var none contact.Phone
	if none.Texts() || none.Region() != "" || none.Prefix() != "" || none.Spaced() != "" || none.Number() != "" || !none.IsZero() {
		t.Error("no number has something of a number")
	}
}

func TestPhoneParts(t *testing.T) {
	for number, want := range map[string][2]string{
		"+34600123456":  {"+3460012", "+34 600 12 34 56"},
		"+12125550123":  {"+1212555", "+1 212-555-0123"},
		"+966501234567": {"+96650123", "+966 50 123 4567"},
	} {
		p := phone(t, number)
		if p.Prefix() != want[0] || p.Spaced() != want[1] {
			t.Errorf("%s: prefix %s, spaced %s, want %v", number, p.Prefix(), p.Spaced(), want)
		}
		if again, err := contact.ParsePhone(p.Spaced(), ""); err != nil || again != p {
			t.Errorf("%s read again is %s, %v", p.Spaced(), again.Number(), err)
		}
	}
	if a, b := phone(t, "+34600123456"), phone(t, "+34600133456"); a.Prefix() == b.Prefix() { // another block of ten thousand
		t.Errorf("two blocks share the prefix %s", a.Prefix())
	}
	if a, b := phone(t, "+34600120000"), phone(t, "+34600129999"); a.Prefix() != b.Prefix() {
		t.Errorf("one block has the prefixes %s and %s", a.Prefix(), b.Prefix())
	}
}

// no verb, no holder, no log shows more of a number than the country and two digits.
func TestPhoneMasked(t *testing.T) {
	p := phone(t, "+34600123456")
	const want = "+34…56"
	type holder struct{ To contact.Phone }
	// All verbs but T, which tells the type, p, the address, and w, which vet allows for errors alone.
	for _, verb := range "abcdefghijklmnoqrstuvxyzABCDEFGHIJKLMNOPQRSUVWXYZ" {
		for _, flags := range []string{"", "+", "#", "+#", " ", "0", "40"} {
			format := "%" + flags + string(verb)
			for _, v := range []any{p, p.Contact(), holder{p}, &holder{p}, []contact.Phone{p}, map[string]contact.Phone{"x": p}} {
				if got := fmt.Sprintf(format, v); strings.Contains(got, "600") || !strings.Contains(got, want) {
					t.Errorf("%s of %T shows %q", format, v, got)
				}
			}
		}
	}
	var text, structured bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "to", p, "contact", p.Contact())
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("x", "to", p, "contact", p.Contact())
	for _, line := range []string{text.String(), structured.String()} {
		if strings.Contains(line, "600123") || strings.Count(line, want) != 2 {
			t.Errorf("log line %q", line)
		}
	}
	for number, want := range map[string]string{"": "…", "+12125550123": "+1…23", "+966501234567": "+966…67", "+8821612345678": "+882…78", "+12345": "+1…45", "+99912345678": "…"} {
		var p contact.Phone
		if err := p.UnmarshalText([]byte(number)); err != nil {
			t.Fatal(err)
		}
		if got := p.String(); got != want {
			t.Errorf("%s is shown as %q, want %q", number, got, want)
		}
	}
}

func TestPhoneText(t *testing.T) {
	type kept struct {
		To, None contact.Phone
		At       contact.Contact
	}
	p := phone(t, "+34600123456")
	in := kept{To: p, At: p.Contact()}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"To":"+34600123456","None":"","At":"+34600123456"}`; string(text) != want {
		t.Errorf("stored as %s, want %s", text, want)
	}
	var out kept
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("read back %q, %q, %v", out.To.Number(), out.At.Address, err)
	}
	if back, ok := out.At.Phone(); !ok || back != p {
		t.Errorf("through a Contact: %q, %t", back.Number(), ok)
	}
	if _, ok := out.At.Email(); ok || out.At.Key() != p.Number() || out.At.Kind != contact.KindPhone {
		t.Errorf("a number gave an address, or another key than itself: %q", out.At.Key())
	}
	for _, c := range []contact.Contact{{Kind: contact.KindEmail, Address: p.Number()}, {Kind: contact.KindPhone}, {Kind: contact.KindPhone, Address: "ann@post.example"}, {}} {
		if got, ok := c.Phone(); ok {
			t.Errorf("%s %q gave the number %s", c.Kind, c.Address, got.Number())
		}
	}
	for _, broken := range []string{"34600123456", "+", "+34", "+1234", "+1234567890123456", "+34 600123456", "+34600x23456", "+٣٤٦٠٠١٢٣٤٥٦", "+34600123456\n", "++34600123456", "-34600123456"} {
		got := p
		if err := got.UnmarshalText([]byte(broken)); !errors.Is(err, contact.ErrNumber) || got != p {
			t.Errorf("%q was read as %q, %v", broken, got.Number(), err)
		}
	}
	// Numbering plans change: what was confirmed once stays readable, though nobody could type it any more.
	if err := p.UnmarshalText([]byte("+34100123456")); err != nil || p.Number() != "+34100123456" {
		t.Errorf("%q, %v", p.Number(), err)
	}
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{4,14}$`)

func FuzzParsePhone(f *testing.F) {
	for _, seed := range [][2]string{{"+34600123456", ""}, {"(212) 555-0123", "US"}, {"٠٥٠١٢٣٤٥٦٧", "sa"}, {"\u202a+34 600\u202c", "ES"}, {"+44 (0)7400 123456", "GB"}, {"00 34", "ZZ"}, {"+800 1234 5678", "001"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, typed, region string) {
		p, err := contact.ParsePhone(typed, region)
		if err != nil {
			if !p.IsZero() {
				t.Fatalf("error %v with a number", err)
			}
			if !errors.Is(err, contact.ErrEmpty) && !errors.Is(err, contact.ErrTooLong) && !errors.Is(err, contact.ErrCountry) && !errors.Is(err, contact.ErrNumber) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if !e164.MatchString(p.Number()) {
			t.Fatalf("%q in %q became %q", typed, region, p.Number())
		}
		if again, err := contact.ParsePhone(p.Number(), ""); err != nil || again != p {
			t.Fatalf("%q in %q became %q, and that %q, %v", typed, region, p.Number(), again.Number(), err)
		}
		if again, err := contact.ParsePhone(p.Spaced(), ""); err != nil || again != p {
			t.Fatalf("%q is written %q, and that %q, %v", p.Number(), p.Spaced(), again.Number(), err)
		}
		if p.Texts() && p.Region() == "" || strings.Contains(p.String(), p.Number()[3:]) {
			t.Fatalf("%q: region %q, texts %t, shown as %s", p.Number(), p.Region(), p.Texts(), p)
		}
		var stored contact.Phone
		if text, err := p.MarshalText(); err != nil || stored.UnmarshalText(text) != nil || stored != p {
			t.Fatalf("%q stored and read is %q", p.Number(), stored.Number())
		}
	})
}

func BenchmarkParsePhone(b *testing.B) {
	for b.Loop() {
		if _, err := contact.ParsePhone("600 12 34 56", "ES"); err != nil {
			b.Fatal(err)
		}
	}
}

func phone(t *testing.T, number string) contact.Phone {
	t.Helper()
	p, err := contact.ParsePhone(number, "")
	if err != nil {
		t.Fatalf("ParsePhone(%q): %v", number, err)
	}
	return p
}
