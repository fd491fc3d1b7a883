package question

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func parse(t testing.TB, typed string) Answer {
	t.Helper()
	a, err := Parse(typed)
	if err != nil {
		t.Fatalf("Parse(%q): %v", typed, err)
	}
	return a
}

// what people type on another day and another keyboard is the same answer. The second column is what is hashed, so a change in
// it locks out everyone who has such an answer.
func TestNormalForm(t *testing.T) {
	for _, c := range []struct{ form, typed string }{
		{"radiohead", "Radiohead| RADIOHEAD |radio head|Radio-Head!|ｒａｄｉｏｈｅａｄ|r\u200badio\u00adhead|𝓡adiohead"},
		{"jose", "José|Jose\u0301|JOSÉ|jose|josè|jose´"},
		{"joseanonuevo", "José Año Nuevo|jose ano-nuevo|JOSE\u0301 AN\u0303O NUEVO"},
		{"strasse", "Straße|STRASSE|STRAẞE|strasse|ſtraße"},
		{"muller", "Müller|MULLER|Mu\u0308ller"},
		{"isparta", "Isparta|ISPARTA|ısparta|İsparta|i\u0307sparta"},
		{"smorgas", "smørgås|Smorgas"},
		{"aether", "æther|Ǽther|aether"},
		{"lodz", "Łódź|lodz"},
		{"larcenciel", "L'Arc~en~Ciel|L’Arc en Ciel|l´arc-en-ciel"},
		{"fishchips", "fish & chips|ﬁsh chips"},
		{"room9", "Room 9|room ９|room ٩|room ۹|room ९|Room ⑨"},
		{"ххл", "ХХЛ|х.х.л."},
		{"елка", "Ёлка|елка|е\u0308лка|Е\u0301лка"},
		{"йод", "Йод|и\u0306од"},
		{"їжак", "Їжак"},
		{"пять", "п'ять|п’ять|пʼять"},
		{"αθηναι", "Ἀθῆναι|Αθήναι|ΑΘΗΝΑΙ"},
		{"οδοσ", "οδος|ΟΔΟΣ"},
		{"احمد", "أحمد|احمد|أَحْمَد|أحـمـد|ٱحمد|إحمد|آحمد"},
		{"مدرسه", "مدرسة|مدرسه"},
		{"علي", "علي|على|علی"},
		{"كتاب", "كتاب|کتاب|كِتَاب"},
		{"مسوول", "مسؤول"},
		{"שלום", "שלום|שָׁלוֹם"},
		{"老槐树", "老槐树|老 槐树|老槐树。"},
		{"がんだむ", "がんだむ|か\u3099んだむ"},
		{"ガンダム", "ガンダム|ｶﾞﾝﾀﾞﾑ"},
		{"서울", "서울|서\u200d울|\u1109\u1165\u110b\u116e\u11af"},
		{"हिन्दी", "हिन्दी|हिन्दी।"},
		{"ก\u0e4d\u0e32แพง", "กำแพง|ก\u0e4d\u0e32แพง"},
		{"ꭰꮃ", "ᎠᎳ|ꭰꮃ"},
		{"", "| |...|🐔🐔|\u0301\u0302|\u3164|\u200f\u2067|\xff\xfe|—"},
	} {
		for typed := range strings.SplitSeq(c.typed, "|") {
			if got := parse(t, typed).reveal(); norm.NFC.String(c.form) != got {
				t.Errorf("%+q becomes %+q, want %q", typed, got, c.form)
			}
		}
	}
	for _, pair := range [][2]string{{"й", "и"}, {"ї", "і"}, {"が", "か"}, {"कि", "की"}, {"马", "馬"}, {"ハ", "パ"}, {"a", "а"}, {"ann1", "ann2"}} {
		if a, b := parse(t, pair[0]), parse(t, pair[1]); a.reveal() == b.reveal() {
			t.Errorf("%q and %q are one answer", pair[0], pair[1])
		}
	}
}

func TestTooLong(t *testing.T) {
	for typed, want := range map[string]error{
		strings.Repeat("ab", 50):                          nil,
		strings.Repeat("ab", 50) + "c":                    ErrLong,
		strings.Repeat("马", 100):                          nil,
		strings.Repeat("马", 101):                          ErrLong,
		strings.Repeat(" ", maxTyped):                     nil,
		strings.Repeat(" ", maxTyped+1):                   ErrLong, // bounded before it is read
		strings.Repeat("\ufdfa", 100):                     ErrLong, // one character that stands for eighteen
		strings.Repeat("a", 1<<20):                        ErrLong,
		"a" + strings.Repeat("\u0301", maxTyped/2-1):      nil,
		strings.Repeat("क\u093c", 100/2):                  nil,
		strings.Repeat("क\u093c", 100/2) + "क" + "\u093c": ErrLong,
	} {
		a, err := Parse(typed)
		if !errors.Is(err, want) || (want != nil && !a.IsZero()) {
			t.Errorf("%d bytes of %.6q: %v, zero %t, want %v", len(typed), typed, err, a.IsZero(), want)
		}
	}
}

func checkNormal(t interface {
	Helper()
	Fatalf(string, ...any)
}, typed string) {
	t.Helper()
	form := normal(typed)
	if again := normal(form); again != form {
		t.Fatalf("%+q becomes %+q and that %+q", typed, form, again)
	}
	for _, r := range form {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) {
			t.Fatalf("%+q keeps %U", typed, r)
		}
	}
	for _, same := range []string{" " + typed + ". ", norm.NFD.String(typed), norm.NFC.String(typed), norm.NFKC.String(typed)} {
		if got := normal(same); got != form {
			t.Fatalf("%+q becomes %+q, %+q becomes %+q", typed, form, same, got)
		}
	}
}

// The normal form is its own normal form, for any text, and for every single character that Unicode has.
func TestNormalIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkNormal(t, rapid.String().Draw(t, "typed")) })
	marked := rapid.StringOfN(rapid.RuneFrom(nil, unicode.Mn, unicode.Me, unicode.Mc, unicode.Arabic, unicode.Cyrillic, unicode.Greek, unicode.Hangul, unicode.Devanagari, unicode.Latin, unicode.Nd, unicode.P), 1, 12, -1)
	rapid.Check(t, func(t *rapid.T) { checkNormal(t, marked.Draw(t, "typed")) })
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.L, unicode.M, unicode.N) {
			if form := normal(string(r)); normal(form) != form {
				t.Errorf("%U becomes %+q and that %+q", r, form, normal(form))
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"José", "Straße", "İı", "أَحْمَد", "老槐树", "\ufdfa", "e.\u0301\u0316", "\u1109.\u1165", "ͅα\u0345\u0301", "\xff", "ｶﾞ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := Parse(typed)
		if err != nil {
			if !errors.Is(err, ErrLong) || !a.IsZero() {
				t.Fatalf("%q: %v", typed, err)
			}
			return
		}
		checkNormal(t, strings.ToValidUTF8(typed, ""))
		if b, err := Parse(a.reveal()); err != nil && len(a.reveal()) <= maxTyped || err == nil && b.reveal() != a.reveal() {
			t.Fatalf("%q becomes %q, and that %q, %v", typed, a.reveal(), b.reveal(), err)
		}
	})
}

// an answer shows in nothing that prints, logs or encodes.
func TestAnswersAreSilent(t *testing.T) {
	a := parse(t, "canary")
	type holder struct {
		Answer Answer
		inner  Answer
		list   []Given
	}
	for _, v := range []any{a, &a, holder{a, a, []Given{{"x", a}}}, &holder{a, a, nil}, []Answer{a}, map[string]Answer{"x": a}, Given{"x", a}, []any{a}} {
		for _, verb := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
			for _, flags := range []string{"", "+", "#", "+#", " ", "-", "0", "40", "# "} {
				out := fmt.Sprintf("%"+flags+string(verb), v)
				if strings.Contains(out, "canary") || strings.Contains(strings.ToLower(out), "63616e617279") || strings.Contains(out, "99 97 110") {
					t.Errorf("%%%s%c shows %q", flags, verb, out)
				}
			}
		}
		if out := fmt.Sprintf("%v %d %#v %x", a, a, a, a); out != "[answer] [answer] [answer] [answer]" {
			t.Errorf("shown as %s", out)
		}
		text, err := json.Marshal(v)
		if err != nil || strings.Contains(string(text), "canary") {
			t.Errorf("JSON %s, %v", text, err)
		}
		var line strings.Builder
		slog.New(slog.NewTextHandler(&line, nil)).Info("x", "answer", v)
		slog.New(slog.NewJSONHandler(&line, nil)).Info("x", "answer", v)
		if strings.Contains(line.String(), "canary") {
			t.Errorf("log line %q", line.String())
		}
	}
	if reflect.TypeFor[Answer]().Comparable() {
		t.Error("answers can be compared with ==")
	}
}
