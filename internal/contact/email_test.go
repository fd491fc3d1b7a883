package contact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"twohens/internal/contact"
)

func TestParseEmail(t *testing.T) {
	long := strings.Repeat("a", 64)
	host := strings.Repeat(strings.Repeat("b", 60)+".", 3) + "example"
	for _, tt := range []struct {
		name, typed, address, key string
		err                       error
	}{
		{name: "plain", typed: "ann@post.example", address: "ann@post.example"},
		{name: "outer blanks", typed: " \u00a0ann@post.example\u3000 ", address: "ann@post.example"},
		{name: "case of the local part is kept", typed: "Ann.B@Post.EXAMPLE", address: "Ann.B@post.example", key: "ann.b@post.example"},
		{name: "no provider tricks", typed: "a.n.n+shop@gmail.com", address: "a.n.n+shop@gmail.com"},
		{name: "atext", typed: "!#$%&'*+-/=?^_`{|}~@post.example", address: "!#$%&'*+-/=?^_`{|}~@post.example"},
		{name: "localhost", typed: "ann@localhost", address: "ann@localhost"},
		{name: "longest local part", typed: long + "@post.example", address: long + "@post.example"},
		{name: "digits in the domain", typed: "ann@163.com", address: "ann@163.com"},

		{name: "domain in another script", typed: "ann@münchen.example", address: "ann@xn--mnchen-3ya.example"},
		{name: "domain decomposed", typed: "ann@mu\u0308nchen.example", address: "ann@xn--mnchen-3ya.example"},
		{name: "domain with sharp s is not ss", typed: "ann@straße.example", address: "ann@xn--strae-oqa.example"},
		{name: "domain in A-labels", typed: "ann@XN--MNCHEN-3YA.example", address: "ann@xn--mnchen-3ya.example"},
		{name: "full-width domain", typed: "ann@ｐｏｓｔ。example", address: "ann@post.example"},
		{name: "right-to-left domain", typed: "ann@مثال.example", address: "ann@xn--mgbh0fb.example"},
		{name: "local part beyond ASCII", typed: "用户@例え.example", address: "用户@xn--r8jz45g.example"},
		{name: "local part to NFC", typed: "re\u0301ne@post.example", address: "r\u00e9ne@post.example"},
		{name: "dotless i stays", typed: "mıke@post.example", address: "mıke@post.example"},
		{name: "capitals beyond ASCII stay", typed: "İÉ@post.example", address: "İÉ@post.example", key: "İÉ@post.example"},

		{name: "empty", typed: "", err: contact.ErrEmpty},
		{name: "blanks", typed: " \u2003 ", err: contact.ErrEmpty},
		{name: "local part too long", typed: long + "a@post.example", err: contact.ErrTooLong},
		{name: "longest", typed: long[:63] + "@" + host, address: long[:63] + "@" + host},
		{name: "too long", typed: strings.Repeat("a", 255), err: contact.ErrTooLong},
		{name: "too long in A-labels", typed: long + "@" + strings.Repeat("ü", 20) + "." + strings.Repeat("ü.", 60) + "example", err: contact.ErrTooLong},

		{name: "line end at the end", typed: "ann@post.example\r\n", err: contact.ErrControl},
		{name: "header injection", typed: "ann@post.example\r\nBcc: eve@evil.example", err: contact.ErrControl},
		{name: "header injection in the local part", typed: "ann\nBcc:eve@post.example", err: contact.ErrControl},
		{name: "SMTP injection", typed: "ann@post.example>\r\nRCPT TO:<eve@evil.example", err: contact.ErrControl},
		{name: "NUL", typed: "ann@post.example\x00", err: contact.ErrControl},
		{name: "tab", typed: "\tann@post.example", err: contact.ErrControl},
		{name: "delete", typed: "a\x7fnn@post.example", err: contact.ErrControl},
		{name: "C1 next line", typed: "ann\u0085@post.example", err: contact.ErrControl},
		{name: "line separator", typed: "ann\u2028@post.example", err: contact.ErrControl},
		{name: "bidi override", typed: "\u202enna@post.example", err: contact.ErrControl},
		{name: "byte order mark", typed: "\ufeffann@post.example", err: contact.ErrControl},
		{name: "zero width space", typed: "ann\u200b@post.example", err: contact.ErrControl},
		{name: "soft hyphen in the domain", typed: "ann@po\u00adst.example", err: contact.ErrControl},

		{name: "invalid UTF-8", typed: "ann\xff@post.example", err: contact.ErrShape},
		{name: "no at", typed: "ann.post.example", err: contact.ErrShape},
		{name: "two ats", typed: "ann@eve@post.example", err: contact.ErrShape},
		{name: "no local part", typed: "@post.example", err: contact.ErrShape},
		{name: "no domain", typed: "ann@", err: contact.ErrShape},
		{name: "no dot in the domain", typed: "ann@post", err: contact.ErrShape},
		{name: "dot at the end", typed: "ann@post.example.", err: contact.ErrShape},
		{name: "dot at the start of the domain", typed: "ann@.post.example", err: contact.ErrShape},
		{name: "two dots in the domain", typed: "ann@post..example", err: contact.ErrShape},
		{name: "dot at the start", typed: ".ann@post.example", err: contact.ErrShape},
		{name: "dot before the at", typed: "ann.@post.example", err: contact.ErrShape},
		{name: "two dots", typed: "a..nn@post.example", err: contact.ErrShape},
		{name: "inner space", typed: "an n@post.example", err: contact.ErrShape},
		{name: "space before the domain", typed: "ann@ post.example", err: contact.ErrShape},
		{name: "quoted", typed: `"ann"@post.example`, err: contact.ErrShape},
		{name: "quoted at", typed: `"ann@eve"@post.example`, err: contact.ErrShape},
		{name: "display name", typed: "Ann <ann@post.example>", err: contact.ErrShape},
		{name: "comment", typed: "ann(eve)@post.example", err: contact.ErrShape},
		{name: "list", typed: "ann@post.example,eve@evil.example", err: contact.ErrShape},
		{name: "list in the local part", typed: "ann,eve@evil.example", err: contact.ErrShape},
		{name: "route", typed: "@a.example:ann@post.example", err: contact.ErrShape},
		{name: "address literal", typed: "ann@[127.0.0.1]", err: contact.ErrShape},
		{name: "bare IPv4", typed: "ann@127.0.0.1", err: contact.ErrShape},
		{name: "bare IPv4 in hex", typed: "ann@127.0x1", err: contact.ErrShape},
		{name: "port", typed: "ann@post.example:25", err: contact.ErrShape},
		{name: "underscore in the domain", typed: "ann@po_st.example", err: contact.ErrShape},
		{name: "hyphen at the edge of a label", typed: "ann@-post.example", err: contact.ErrShape},
		{name: "label too long", typed: "ann@" + strings.Repeat("b", 64) + ".example", err: contact.ErrShape},
		{name: "broken A-label", typed: "ann@xn--a-\u00fc.example", err: contact.ErrShape},
		{name: "A-label for ASCII", typed: "ann@xn--post-.example", err: contact.ErrShape},
		{name: "full-width at", typed: "ann＠post.example", err: contact.ErrShape},
		{name: "full-width at in the local part", typed: "ann＠evil.example@post.example", err: contact.ErrShape},
		{name: "small at in the local part", typed: "ann﹫evil.example@post.example", err: contact.ErrShape},
		{name: "full-width quote in the local part", typed: "ann＂@post.example", err: contact.ErrShape},
		{name: "full-width at in the domain", typed: "ann@eve＠post.example", err: contact.ErrShape},
		{name: "Kelvin sign", typed: "\u212aate@post.example", err: contact.ErrShape},
		{name: "Greek question mark", typed: "ann\u037eeve@post.example", err: contact.ErrShape},
		{name: "account-of sign", typed: "ann@℀post.example", err: contact.ErrShape},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := contact.ParseEmail(tt.typed)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Fatalf("ParseEmail(%q): error %v, want %v", tt.typed, err, tt.err)
			}
			if got := e.Address(); got != tt.address {
				t.Fatalf("ParseEmail(%q) = %q, want %q", tt.typed, got, tt.address)
			}
			if tt.key != "" && e.Key() != tt.key {
				t.Errorf("key %q, want %q", e.Key(), tt.key)
			}
		})
	}
}

// R-08, CVE-2019-19844: two mailboxes that look or fold alike are two keys.
func TestTwinsStayApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"mike@post.example", "mıke@post.example"},            // dotless i
		{"sam@post.example", "\u017fam@post.example"},         // long s
		{"ann@post.example", "ａnn@post.example"},              // full-width a
		{"ann@post.example", "\u0430nn@post.example"},         // Cyrillic a
		{"fine@post.example", "\ufb01ne@post.example"},        // fi ligature
		{"strasse@post.example", "straße@post.example"},       // sharp s
		{"ann@post.example", "ann+1@post.example"},            // sub-address
		{"an.n@post.example", "ann@post.example"},             // dots
		{"ann@post.example", "ann@p\u043est.example"},         // Cyrillic o in the domain
		{"ann@strasse.example", "ann@straße.example"},         // sharp s in the domain
		{"i\u0307@post.example", "\u0130@post.example"},       // what İ lower-cases to
		{"\u03c3@post.example", "\u03c2@post.example"},        // sigma, final sigma
		{"ann@googlemail.example", "ann@google-mail.example"}, // near miss
	} {
		a, b := parse(t, pair[0]), parse(t, pair[1])
		if a.Key() == b.Key() {
			t.Errorf("%q and %q share the key %q", pair[0], pair[1], a.Key())
		}
	}
	// What does mean the same mailbox must not be counted twice (CVE-2025-24806).
	for _, pair := range [][2]string{
		{"Ann@Post.Example", "ann@post.example"},
		{"re\u0301ne@post.example", "r\u00e9ne@post.example"},
		{"ann@münchen.example", "ANN@xn--mnchen-3ya.example"},
		{"ann@MÜNCHEN.example", "ann@mu\u0308nchen.example"},
	} {
		a, b := parse(t, pair[0]), parse(t, pair[1])
		if a.Key() != b.Key() {
			t.Errorf("%q and %q have the keys %q and %q", pair[0], pair[1], a.Key(), b.Key())
		}
	}
}

// nothing that prints or logs an address shows it.
func TestMasked(t *testing.T) {
	e := parse(t, "annabel@post.example")
	const want = "a…@post.example"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, v := range []any{e, &e, e.Contact(), struct{ E contact.Email }{e}, []contact.Email{e}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "annabel") || strings.Contains(got, "616e6e") || !strings.Contains(got, want) {
				t.Errorf("%s of %T shows %q", verb, v, got)
			}
		}
	}
	var text, structured bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "to", e, "contact", e.Contact())
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("x", "to", e, "contact", e.Contact())
	for _, line := range []string{text.String(), structured.String()} {
		if strings.Contains(line, "annabel") || strings.Count(line, want) != 2 {
			t.Errorf("log line %q", line)
		}
	}
	for typed, want := range map[string]string{
		"a@post.example":    "…@post.example",
		"ab@post.example":   "…@post.example",
		"abc@post.example":  "a…@post.example",
		"用户名@post.example":  "用…@post.example",
		"ann@münch.example": "a…@xn--mnch-0ra.example",
	} {
		if got := parse(t, typed).String(); got != want {
			t.Errorf("%q is shown as %q, want %q", typed, got, want)
		}
	}
	if got := (contact.Contact{Kind: contact.KindPhone, Address: "+15550100"}).String(); strings.Contains(got, "555") {
		t.Errorf("phone shown as %q", got)
	}
}

func TestEmailParts(t *testing.T) {
	e := parse(t, "Ann@MÜNCHEN.example")
	if e.Local() != "Ann" || e.Domain() != "xn--mnchen-3ya.example" || e.Unicode() != "Ann@münchen.example" {
		t.Errorf("parts %q, %q, shown %q", e.Local(), e.Domain(), e.Unicode())
	}
	back, ok := e.Contact().Email()
	if !ok || back != e {
		t.Errorf("through a Contact: %q, %v", back.Address(), ok)
	}
	if _, ok := (contact.Contact{Kind: contact.KindPhone, Address: e.Address()}).Email(); ok {
		t.Error("a phone contact gave an e-mail address")
	}
	var zero contact.Email
	if zero.Address() != "" || zero.Key() != "" || zero.String() != "" || zero.Unicode() != "" || !zero.IsZero() || e.IsZero() {
		t.Error("the zero Email is not empty everywhere")
	}
}

func TestEmailText(t *testing.T) {
	type kept struct{ To, None contact.Email }
	in := kept{To: parse(t, "Ann@münchen.example")}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"To":"Ann@xn--mnchen-3ya.example","None":""}`; string(text) != want {
		t.Errorf("stored as %s, want %s", text, want)
	}
	var out kept
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("read back %q, %v", out.To.Address(), err)
	}
	if err := json.Unmarshal([]byte(`{"To":"ann"}`), &out); !errors.Is(err, contact.ErrShape) || out != in {
		t.Errorf("a broken address was read: %v", err)
	}
	// CVE-2023-7028: an array of addresses is not an address.
	if err := json.Unmarshal([]byte(`{"To":["ann@post.example","eve@evil.example"]}`), &out); err == nil {
		t.Error("an array was read as an address")
	}
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"ann@post.example", " Ann@münchen.example ", "a\u0301@xn--mnchen-3ya.example", "x@ｐ。example", "\"a b\"@c.d", "a＠b@c.d", "a@b\r\n.c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		e, err := contact.ParseEmail(typed)
		if err != nil {
			if !e.IsZero() {
				t.Fatalf("error %v with an address", err)
			}
			if !errors.Is(err, contact.ErrEmpty) && !errors.Is(err, contact.ErrTooLong) && !errors.Is(err, contact.ErrControl) && !errors.Is(err, contact.ErrShape) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		whole := e.Address()
		if len(whole) > contact.MaxEmail || !utf8.ValidString(whole) || strings.Count(whole, "@") != 1 {
			t.Fatalf("%q became %q", typed, whole)
		}
		if i := strings.IndexFunc(whole, func(r rune) bool {
			return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>()[]:;,\"`, r)
		}); i >= 0 {
			t.Fatalf("%q became %q", typed, whole)
		}
		again, err := contact.ParseEmail(whole)
		if err != nil || again != e {
			t.Fatalf("%q became %q, and that %q, %v", typed, whole, again.Address(), err)
		}
		if k, err := contact.ParseEmail(e.Key()); err != nil || k.Key() != e.Key() {
			t.Fatalf("key %q is not its own key: %v", e.Key(), err)
		}
		if shown, err := contact.ParseEmail(e.Unicode()); err == nil && shown != e {
			t.Fatalf("%q is shown as %q, which is %q", whole, e.Unicode(), shown.Address())
		}
		if s := e.String(); strings.Contains(s, whole) {
			t.Fatalf("%q is shown in full: %q", whole, s)
		}
	})
}

func BenchmarkParseEmail(b *testing.B) {
	for _, typed := range []string{"ann@post.example", "ann@münchen.example"} {
		b.Run(typed, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := contact.ParseEmail(typed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func parse(t *testing.T, typed string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(typed)
	if err != nil {
		t.Fatalf("ParseEmail(%q): %v", typed, err)
	}
	return e
}
