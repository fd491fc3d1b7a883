package help

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"twohens/internal/locale"
)

func slugs(hits []Hit) []string {
	var list []string
	for _, h := range hits {
		list = append(list, h.Slug)
	}
	return list
}

// What people type, and what they should find first.
func TestSearchFinds(t *testing.T) {
	c, _ := centre(t, everything)
	for _, s := range []struct{ tag, query, first string }{
		{"en", "SMS", "sms"},
		{"en", "sms code", "sms"},
		{"en", "Email verification", "email"},
		{"en", "spam", "email"},
		{"en", "verif", "email"},
		{"en", "ＳＭＳ", "sms"}, // full width
		{"en", "PHISHING", "suspicious"},
		{"en", "captcha blind", "card"},
		{"en", "change e-mail address", "change-email"},
		{"en", "log out", "sessions"},
		{"es", "codigo verificacion correo", "email"}, // no accents
		{"es", "¿GALLINAS?", "chickens"},
		{"es", "contraseña nueva", "forgot"},
		{"zh-Hans", "验证码", "email"},
		{"zh-Hans", "短信验证码", "sms"},
		{"zh-Hans", "刮", "card"},
		{"zh-Hans", "忘记密码", "forgot"},
		{"zh-Hans", "隐私", "privacy"},
		{"ar", "رمز", "email"},
		{"ar", "الرمز بالبريد", "email"}, // with the article
		{"ar", "إلكتروني", "email"},      // without it, a word that begins like it
		{"ar", "الكتروني", "email"},      // the same, as it is typed in haste
		{"ar", "كلمة السر", ""},
		{"ar", "الجلسات", "sessions"},
		{"ar", "لغه", "language"}, // ه for ة
		{"ar", "اسئلتي", "set-up-questions"},
		{"en", "zzz", ""},
		{"en", "code zzz", ""},
		{"en", " \t . ", ""},
		{"en", "", ""},
	} {
		hits := slugs(c.In(s.tag).Search(s.query))
		if s.first == "" && len(hits) > 0 || s.first != "" && (len(hits) == 0 || hits[0] != s.first) {
			t.Errorf("%s: %q finds %v, want first %q", s.tag, s.query, hits, s.first)
		}
	}
}

// A word in the title is worth more than any number in keywords, and those more than any in the text.
func TestSearchRanks(t *testing.T) {
	c, _ := centre(t, everything, folder(map[string]string{
		"en/in-text.md":     "---\ntitle: One\ntopic: account\norder: 1\n---\n" + strings.Repeat("Quagga quagga quagga.\n\n", 50),
		"en/in-keywords.md": "---\ntitle: Two\ntopic: account\norder: 2\nkeywords: quaggas, quagga house\n---\nNothing.\n",
		"en/in-title.md":    "---\ntitle: About quaggahood\ntopic: account\norder: 3\n---\nNothing.\n",
		"en/whole.md":       "---\ntitle: The quagga\ntopic: account\norder: 4\n---\nNothing.\n",
	}))
	if got, want := slugs(c.In("en").Search("quagga")), []string{"whole", "in-title", "in-keywords", "in-text"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	hits := c.In("en").Search("quagga")
	if got := hits[3].Snippet; got != "Quagga quagga quagga." {
		t.Errorf("the snippet is %q", got)
	}
	if got := hits[0].Snippet; got != "Nothing." {
		t.Errorf("without the word in its text the snippet is %q", got)
	}
}

// Every article is found by its own title, in its own language and without a typing hand knowing more than the beginning of a word.
func TestSearchProperties(t *testing.T) {
	c, _ := centre(t, everything)
	for _, l := range locale.All() {
		e := c.In(l.Tag)
		for slug, a := range e.articles {
			if hits := slugs(e.Search(a.Title)); len(hits) == 0 || hits[0] != slug {
				t.Errorf("%s: %q finds %v, not first %s", l.Tag, a.Title, hits, slug)
			}
		}
	}
	// Every word and each of its beginnings, not some: what one word in ten thousand breaks, chance meets once in a year.
	for _, l := range locale.All() {
		e := c.In(l.Tag)
		for _, topic := range e.Topics {
			for _, a := range topic.Articles {
				found := map[string]bool{}
				for _, text := range append([]string{a.Title}, a.passages...) {
					tokens(text, func(word string) {
						for runes, n := []rune(word), 1; n <= len(runes); n++ {
							beginning := string(runes[:n])
							if !found[beginning] && !e.find(beginning)[a.Slug] {
								t.Errorf("%s: %s is not found by its own word %q", l.Tag, a.Slug, beginning)
							}
							found[beginning] = true
						}
					})
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(locale.All()).Draw(t, "language")
		e := c.In(l.Tag)
		a := rapid.SampledFrom(e.Topics[0].Articles).Draw(t, "article")
		passage := rapid.SampledFrom(a.passages).Draw(t, "passage")
		words := queryWords(passage)
		if len(words) == 0 {
			return
		}
		word := rapid.SampledFrom(words).Draw(t, "word")
		few, many := e.find(word), e.find(firstRune(word))
		for slug := range few {
			if !many[slug] {
				t.Fatalf("%s is found by %q and not by its beginning", slug, word)
			}
		}
		other := rapid.SampledFrom(words).Draw(t, "other")
		for slug := range e.find(word + " " + other) {
			if !few[slug] {
				t.Fatalf("%s is found by %q and %q and not by the first", slug, word, other)
			}
		}
		if strings.Join(slugs(e.Search(word)), " ") != strings.Join(slugs(e.Search(strings.ToUpper(word))), " ") && utf8.RuneCountInString(strings.ToUpper(word)) == utf8.RuneCountInString(word) {
			t.Fatalf("capitals of %q matter", word)
		}
	})
}

// find is all articles that hold the words, in no order and without a limit.
func (e *Edition) find(query string) map[string]bool {
	found := make(map[string]bool)
	for i, word := range queryWords(query) {
		now := make(map[string]bool)
		for article := range e.index().find(word) {
			if slug := e.index().articles[article].Slug; i == 0 || found[slug] {
				now[slug] = true
			}
		}
		found = now
	}
	return found
}

func firstRune(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(r)
}

func FuzzSearch(f *testing.F) {
	c, _, err := New(everything)
	if err != nil {
		f.Fatal(err)
	}
	for _, query := range []string{"code", "验证码", "رمز", "\xff", "", "ﷺ", "ǅ", "İ", strings.Repeat("a ", 1000), "é\u0301\u0301", "code\x00"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, l := range locale.All() {
			hits := c.In(l.Tag).Search(query)
			if len(hits) > mostHits || len(queryWords(query)) > mostWords {
				t.Fatalf("%d hits", len(hits))
			}
			for _, h := range hits {
				if n := utf8.RuneCountInString(h.Snippet); n > longestSnippet+1 || !utf8.ValidString(h.Snippet) {
					t.Fatalf("the snippet %q", h.Snippet)
				}
			}
		}
	})
}

func TestRatings(t *testing.T) {
	var r Ratings
	a, b := &Article{Slug: "a"}, &Article{Slug: "b"}
	r.Count(a, true)
	r.Count(b, false)
	if got := r.Count(a, false); got != (Rating{Yes: 1, No: 1}) {
		t.Errorf("%+v", got)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, _, err := New(everything); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	c, _ := centre(b, everything)
	for tag, query := range map[string]string{"en": "email code not", "zh-Hans": "收不到验证码", "ar": "رمز"} {
		b.Run(tag, func(b *testing.B) {
			for b.Loop() {
				c.In(tag).Search(query)
			}
		})
	}
}
