package password_test

import (
	"strings"
	"testing"
	"time"

	"twohens/internal/password"
)

func TestStrength(t *testing.T) {
	rules := password.Rules{SiteName: "Two Hens"}
	about := password.About{Email: email(t, "annabel@hühnerstall.example")}
	for level, texts := range map[password.Level][]string{
		password.NotYet: {"", "kX8#qv2", "🐔🔑🏠🌾"},
		password.Weak: {
			"password", "P@ssw0rd123", "drowssap1", "12345678", "sunshine99", "Sunshine99!", "qwertyuiop[]", "poiuytrewq",
			"abcdefgh", "zyxwvuts", "абвгдежз", "aaaaaaaaaaaa", "abcabcabcabc", "🐔🐔🐔🐔🐔🐔🐔🐔", "24121987", "24.12.1987", "1987-12-24",
			"dragon monkey", "annabel1990", "1990lebanna", "twohens twohens", "Hühnerstall!", "letmein letmein1", strings.Repeat("1@", 128),
		},
		password.Fair:   {"river gate", "8362945017", "sunshine 24121987"},
		password.Good:   {"kX8#qv2L", "xkvjqzpw"},
		password.Strong: {"tall gate, quiet river", "correct horse battery staple", "kX8#qv2Lpz0!", "我的密码很长很长很", "🐔🔑🏠🌾🐓🥚🌙🌊"},
	} {
		for _, text := range texts {
			if a := rules.Strength(secret(t, text), about); a.Level != level || a.MinLength != 8 {
				t.Errorf("%q is %v, want %v (%+v)", text, a.Level, level, a)
			}
		}
	}
	if a := (password.Rules{MinLength: 15}).Strength(secret(t, "kX8#qv2Lpz0!"), about); a.Level != password.NotYet || a.MinLength != 15 || a.Hint != password.HintLength {
		t.Errorf("strict: %+v", a)
	}
}

func TestStrengthHints(t *testing.T) {
	for text, want := range map[string]struct {
		level string
		hint  password.Hint
	}{
		"river":                  {"not-yet", password.HintLength},
		"password":               {"weak", password.HintEasy},
		"river gate":             {"fair", password.HintLonger},
		"kX8#qv2L":               {"good", password.HintOneMore},
		"tall gate, quiet river": {"strong", password.HintNothing},
	} {
		if a := (password.Rules{}).Strength(secret(t, text), password.About{}); a.Level.String() != want.level || a.Hint != want.hint {
			t.Errorf("%q: %v, %q", text, a.Level, a.Hint)
		}
	}
}

// What Check refuses for what it is never looks better than weak.
func TestStrengthFollowsCheck(t *testing.T) {
	rules := password.Rules{SiteName: "Zwölf grüne Hühner auf Leitern"}
	about := password.About{Email: email(t, "q.xkvjqzpw-wvtrbqzk@post.example")}
	for _, text := range []string{"ZWÖLF grüne hühner auf leitern 7", "q.xkvjqzpw-wvtrbqzk", "pAsSwOrD1", "fReDeRiKsBeRg"} {
		p := secret(t, text)
		if v := rules.Check(t.Context(), p, about); v.OK() {
			t.Errorf("%q is allowed", text)
		}
		if a := rules.Strength(p, about); a.Level != password.Weak {
			t.Errorf("%q looks %v", text, a.Level)
		}
	}
}

// A word more never makes a password look weaker, and whatever the text, the answer
// comes at once: the meter is asked by strangers while they type.
func TestStrengthGrowsAndIsQuick(t *testing.T) {
	for _, text := range []string{"river gate", "sunshine99", "kX8#qv2L", "password", strings.Repeat("a", 60)} {
		before := password.Rules{}.Strength(secret(t, text), password.About{})
		after := password.Rules{}.Strength(secret(t, text+" tall xylem"), password.About{})
		if after.Level < before.Level {
			t.Errorf("%q is %v, with two words more %v", text, before.Level, after.Level)
		}
	}
	for _, text := range []string{strings.Repeat("x", 256), strings.Repeat("1@", 128), strings.Repeat("ab3", 85), strings.Repeat("pass", 64)} {
		p, start := secret(t, text), time.Now()
		password.Rules{}.Strength(p, password.About{})
		if took := time.Since(start); took > 500*time.Millisecond { // 2 ms, on a machine that is not busy
			t.Errorf("%.10q... took %v", text, took)
		}
	}
}

func BenchmarkStrength(b *testing.B) {
	for _, text := range []string{"tall gate, quiet river", strings.Repeat("1@", 36)} {
		p := secret(b, text)
		b.Run(text[:10], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				password.Rules{}.Strength(p, password.About{})
			}
		})
	}
}
