package password_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"

	"twohens/internal/contact"
	"twohens/internal/password"
)

// at least 40,000 common passwords are shipped.
func TestCommonWords(t *testing.T) {
	if n := password.CommonWords(); n < 40_000 {
		t.Fatalf("%d common passwords, want 40,000", n)
	}
}

func TestCommonRefused(t *testing.T) {
	for _, text := range []string{
		"12345678", "123456789", "1234567890", "password", "password1", "Password1", "PASSWORD", "qwertyuiop", "iloveyou",
		"sunshine1", "Sunshine1", "princess", "football", "baseball", "1qaz2wsx", "superman", "trustno1", "letmein1", "welcome1", "11111111", "00000000",
		"22222222", "aaaaaaaa", "🐔🐔🐔🐔🐔🐔🐔🐔", "12121212", "abababababab", "123123123", "12341234", "passwordpassword", // patterns
		"abcdefgh", "ABCDEFGHIJKLMNOP", "hgfedcba", "87654321", "0123456789", "0987654321", "12345678901234567890", "абвгдежз",
		"ſunſhine1", // folds to sunshine1
		"\u212anowledge",
	} {
		if v := (password.Rules{}).Check(t.Context(), secret(t, text), password.About{}); !v.Has(password.Common) || v.OK() {
			t.Errorf("%q: %v", text, v.Reasons)
		}
	}
	// Those that are too short are named common as well, so that nobody lengthens them.
	for _, text := range []string{"123456", "qwerty", "dragon", "monkey", "007"} {
		v := (password.Rules{}).Check(t.Context(), secret(t, text), password.About{})
		if !slices.Equal(v.Reasons, []password.Reason{password.TooShort, password.Common}) {
			t.Errorf("%q: %v", text, v.Reasons)
		}
	}
}

func TestGoodAllowed(t *testing.T) {
	rules := password.Rules{SiteName: "Two Hens"}
	about := password.About{Email: email(t, "annabel@post.example")}
	for _, text := range []string{
		"tall gate, quiet river", "correct horse battery staple", "        .", "🐔🔑🏠🌾🐓🥚🌙🌊", "我的密码很长很长很",
		"abcdefgi", "12345687ab", "aaaaaaab", "xylxylxyl", "qzqqzqqz", "abcdefgh hgfedcba",
		"two hens and a gate", "annabel likes gates", "sunshine1 river",
		"\x00\x07\x01\x06\x02\x1b\x03\x04", strings.Repeat("ab ", 85),
	} {
		if v := rules.Check(t.Context(), secret(t, text), about); !v.OK() {
			t.Errorf("%q: %v", text, v.Reasons)
		}
	}
	for range 10_000 {
		if text := rand.Text()[:10]; !rules.Check(t.Context(), secret(t, text), about).OK() {
			t.Errorf("%q refused", text)
		}
	}
}

//
func TestLengths(t *testing.T) {
	signs := func(n int) string { // n code points of 3 bytes, with no pattern to them
		text := make([]rune, n)
		for i := range text {
			text[i] = '一' + rune(i*i%5003)
		}
		return string(text)
	}
	for name, tt := range map[string]struct {
		rules  password.Rules
		length int
		want   []password.Reason
	}{
		"classic, one short":    {password.Rules{}, 7, []password.Reason{password.TooShort}},
		"classic, enough":       {password.Rules{}, 8, nil},
		"classic, longest":      {password.Rules{}, 256, nil},
		"strict, one short":     {password.Rules{MinLength: 15}, 14, []password.Reason{password.TooShort}},
		"strict, enough":        {password.Rules{MinLength: 15}, 15, nil},
		"64 at most, and there": {password.Rules{MaxLength: 64}, 64, nil},
		"64 at most, one over":  {password.Rules{MaxLength: 64}, 65, []password.Reason{password.TooLong}},
	} {
		v := tt.rules.Check(t.Context(), secret(t, signs(tt.length)), password.About{})
		if !slices.Equal(v.Reasons, tt.want) {
			t.Errorf("%s: %v, want %v", name, v.Reasons, tt.want)
		}
		if want := max(8, tt.rules.MinLength); v.MinLength != want || v.MaxLength == 0 {
			t.Errorf("%s: lengths %d to %d told", name, v.MinLength, v.MaxLength)
		}
	}
	for _, r := range []password.Rules{{MinLength: 7}, {MinLength: -1}, {MinLength: 65}, {MaxLength: 63}, {MaxLength: 257}, {MaxLength: -1}} {
		if r.Validate() == nil {
			t.Errorf("%+v accepted", r)
		}
	}
	for _, r := range []password.Rules{{}, {MinLength: 15}, {MinLength: 64, MaxLength: 64}} {
		if err := r.Validate(); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

//
func TestNames(t *testing.T) {
	rules := password.Rules{SiteName: "Two Hens Straße"}
	about := password.About{Email: email(t, "Annabel.Smith+shop@mail.hühnerstall.example")}
	for text, want := range map[string]password.Reason{
		"Two Hens Straße":            password.SiteName,
		"twohensstrasse":             password.SiteName,
		"TWO-HENS-STRASSE!!":         password.SiteName,
		"1twohensstraße2031":         password.SiteName,
		"annabel.smith+shop":         password.OwnAddress,
		"annabelsmith":               password.OwnAddress,
		"AnnabelSmith1990!":          password.OwnAddress,
		"annabel smith":              password.OwnAddress,
		"hühnerstall":                password.OwnAddress,
		"hu\u0308hnerstall7":         password.OwnAddress,
		"mail.hühnerstall.example":   password.OwnAddress,
		"mail.xn--hhnerstall-9db.ex": "",
		"annabelsmithson":            "",
		"twohens straßen":            "",
	} {
		v := rules.Check(t.Context(), secret(t, text), about)
		if want == "" && !v.OK() || want != "" && !slices.Equal(v.Reasons, []password.Reason{want}) {
			t.Errorf("%q: %v, want %q", text, v.Reasons, want)
		}
	}
	whole := password.About{Email: email(t, "Annabel@münchen.example")}
	for _, text := range []string{"annabel@münchen.example", "ANNABEL@XN--MNCHEN-3YA.EXAMPLE", "annabel@münchen.example1"} {
		if v := rules.Check(t.Context(), secret(t, text), whole); !v.Has(password.OwnAddress) {
			t.Errorf("%q: %v", text, v.Reasons)
		}
	}
	// Names of a letter or two, or of figures alone, refuse nothing but themselves.
	short := password.About{Email: email(t, "a@42.example")}
	for _, text := range []string{"7!4a#9=2", "83@42!97_"} {
		if v := (password.Rules{SiteName: "X"}).Check(t.Context(), secret(t, text), short); !v.OK() {
			t.Errorf("%q: %v", text, v.Reasons)
		}
	}
	figures := password.About{Email: email(t, "839472616@post.example")}
	if v := rules.Check(t.Context(), secret(t, "839472616"), figures); !v.Has(password.OwnAddress) {
		t.Errorf("figures: %v", v.Reasons)
	}
}

// breachFunc is a Breach that a test states.
type breachFunc func(context.Context, password.Password) (bool, error)

func (f breachFunc) Breached(ctx context.Context, p password.Password) (bool, error) {
	return f(ctx, p)
}

// a breach service that does not answer refuses nobody, and is told of.
func TestBreachDecides(t *testing.T) {
	broken := errors.New("broken")
	asked := 0
	rules := func(known bool, err error) password.Rules {
		return password.Rules{Breach: breachFunc(func(context.Context, password.Password) (bool, error) {
			asked++
			return known, err
		})}
	}
	good := secret(t, "tall gate, quiet river")
	if v := rules(true, nil).Check(t.Context(), good, password.About{}); !slices.Equal(v.Reasons, []password.Reason{password.Breached}) || v.BreachUnknown != nil {
		t.Errorf("breached: %+v", v)
	}
	if v := rules(false, nil).Check(t.Context(), good, password.About{}); !v.OK() || v.BreachUnknown != nil {
		t.Errorf("not breached: %+v", v)
	}
	if v := rules(false, broken).Check(t.Context(), good, password.About{}); !v.OK() || !errors.Is(v.BreachUnknown, broken) {
		t.Errorf("unknown: %+v", v)
	}
	asked = 0
	if v := rules(false, broken).Check(t.Context(), secret(t, "password"), password.About{}); v.OK() || v.BreachUnknown != nil || asked != 0 {
		t.Errorf("the service was asked %d times about a password that is common: %+v", asked, v)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if v := rules(false, context.Canceled).Check(gone, good, password.About{}); !v.OK() || v.BreachUnknown != nil {
		t.Errorf("a person who left is laid at the service's door: %+v", v)
	}
}

func BenchmarkCheck(b *testing.B) {
	rules := password.Rules{SiteName: "Two Hens"}
	p := secret(b, "tall gate, quiet river")
	address, err := contact.ParseEmail("annabel@post.example")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !rules.Check(context.Background(), p, password.About{Email: address}).OK() {
			b.Fatal("refused")
		}
	}
}

func email(t *testing.T, typed string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(typed)
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	return e
}
