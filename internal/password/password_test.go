package password_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"twohens/internal/password"
)

// every character counts, nothing is trimmed or cut, and the same text is the
// same password from every keyboard.
func TestNew(t *testing.T) {
	for name, tt := range map[string]struct {
		typed, want string
		err         error
	}{
		"spaces":           {typed: "  tall gate  ", want: "  tall gate  "},
		"controls":         {typed: "a\x00b\tc\r\nd\x7f", want: "a\x00b\tc\r\nd\x7f"},
		"emoji":            {typed: "🐔🔑👩‍🌾", want: "🐔🔑👩‍🌾"},
		"decomposed":       {typed: "cre\u0300me", want: "cr\u00e8me"},
		"not folded":       {typed: "ﬁｘ①", want: "ﬁｘ①"},
		"empty":            {typed: "", want: ""},
		"256":              {typed: strings.Repeat("🐔", 256), want: strings.Repeat("🐔", 256)},
		"256 once in NFC":  {typed: strings.Repeat("u\u0308", 256), want: strings.Repeat("ü", 256)},
		"256 jamo clumps":  {typed: strings.Repeat("\u1112\u1161\u11ab", 256), want: strings.Repeat("한", 256)},
		"257":              {typed: strings.Repeat("a", 257), err: password.ErrTooLong},
		"huge":             {typed: strings.Repeat("a", 1<<22), err: password.ErrTooLong},
		"huge and invalid": {typed: strings.Repeat("\xff", 1<<22), err: password.ErrTooLong},
		"invalid":          {typed: "abc\xff", err: password.ErrUTF8},
		"surrogate":        {typed: "\xed\xa0\x80", err: password.ErrUTF8},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := password.New(tt.typed)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if p.Reveal() != tt.want || p.Length() != utf8.RuneCountInString(tt.want) {
				t.Fatalf("%q of length %d, want %q", p.Reveal(), p.Length(), tt.want)
			}
		})
	}
}

// a password shows in nothing that prints, logs or stores.
func TestNeverShown(t *testing.T) {
	const text = "quiet river"
	p := secret(t, text)
	type form struct {
		Name     string
		Password password.Password
		hidden   password.Password
	}
	shown := func(where, got string) {
		t.Helper()
		for _, leak := range []string{"quiet", fmt.Sprintf("%x", "quiet"), fmt.Sprintf("%X", "quiet"), "113 117 105", "cXVpZXQ"} {
			if strings.Contains(got, leak) {
				t.Errorf("%s shows %q", where, got)
			}
		}
	}
	for _, v := range []any{p, &p, form{"x", p, p}, &form{"x", p, p}, []password.Password{p}, map[string]password.Password{"x": p}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p"} {
			shown(fmt.Sprintf("%s of %T", verb, v), fmt.Sprintf(verb, v))
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		shown("JSON", string(text))
		var asText, asJSON bytes.Buffer
		slog.New(slog.NewTextHandler(&asText, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("x", "v", v)
		shown("text log", asText.String())
		shown("JSON log", asJSON.String())
	}
	for _, got := range []string{p.String(), p.GoString(), p.LogValue().String(), fmt.Sprint(p)} {
		if got != "[password]" {
			t.Errorf("shown as %q", got)
		}
	}
	if text, err := p.MarshalText(); err != nil || string(text) != "[password]" {
		t.Errorf("as text %q, %v", text, err)
	}
	if reflect.TypeFor[password.Password]().Comparable() {
		t.Error("passwords can be compared with ==")
	}
	if zero := (password.Password{}); zero.Reveal() != "" || zero.Length() != 0 || zero.String() != "[password]" {
		t.Error("the zero Password is not an empty one")
	}
}

func FuzzNew(f *testing.F) {
	f.Add("tall gate, quiet river")
	f.Add("cre\u0300me\x00\xff")
	f.Fuzz(func(t *testing.T, typed string) {
		p, err := password.New(typed)
		if err != nil {
			if p.Reveal() != "" || !errors.Is(err, password.ErrTooLong) && !errors.Is(err, password.ErrUTF8) {
				t.Fatalf("%v with %q", err, p.Reveal())
			}
			if utf8.ValidString(typed) && len(typed) <= 1024 && utf8.RuneCountInString(norm.NFC.String(typed)) <= password.Cap {
				t.Fatalf("%q refused: %v", typed, err)
			}
			return
		}
		again, err := password.New(p.Reveal())
		if err != nil || again.Reveal() != p.Reveal() || p.Length() > password.Cap {
			t.Fatalf("%q became %q, and that %q, %v", typed, p.Reveal(), again.Reveal(), err)
		}
		rules := password.Rules{SiteName: "Two Hens"}
		if v := rules.Check(t.Context(), p, password.About{}); v.OK() != (len(v.Reasons) == 0) || v.Has(password.TooShort) != (p.Length() < 8) {
			t.Fatalf("%q: %+v", typed, v)
		}
		if a := rules.Strength(p, password.About{}); (a.Level == password.NotYet) != (p.Length() < 8) || a.Hint == "" || a.Level > password.Strong {
			t.Fatalf("%q: %+v", typed, a)
		}
	})
}

func secret(t testing.TB, typed string) password.Password {
	t.Helper()
	p, err := password.New(typed)
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	return p
}
