package locale

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// forms are a text's forms by their plural category; a text without a count has only "other".
type forms map[string]string

var categories = map[string]bool{"zero": true, "one": true, "two": true, "few": true, "many": true, "other": true}

// texts reads a language's file by itself, without the library that the product reads it with.
func texts(t testing.TB, l Language) map[string]forms {
	t.Helper()
	var tree map[string]any
	if _, err := toml.DecodeFS(files, "text/active."+l.Tag+".toml", &tree); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]forms)
	collect(all, "", tree)
	return all
}

func collect(all map[string]forms, prefix string, tree map[string]any) {
	for name, value := range tree {
		key := strings.TrimPrefix(prefix+"."+name, ".")
		switch v := value.(type) {
		case string:
			all[key] = forms{"other": v}
		case map[string]any:
			if _, counted := v["other"].(string); !counted {
				collect(all, key, v)
				continue
			}
			all[key] = forms{}
			for category, text := range v {
				all[key][category] = text.(string)
			}
		}
	}
}

// asked are the categories that CLDR asks for in a language, found by counting.
func asked(tag string) []string {
	names := map[plural.Form]string{
		plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
	}
	found := make(map[string]bool)
	for n := range 2000 {
		found[names[plural.Cardinal.MatchPlural(language.MustParse(tag), n, 0, 0, 0, 0)]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

var place = regexp.MustCompile(`\{\{\.(\w+)\}\}|\{(\w+)\}`)

func places(text string) []string {
	found := make(map[string]bool)
	for _, m := range place.FindAllString(text, -1) {
		found[m] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// TestEveryTextInEveryLanguage is R-106: the same texts everywhere, with exactly the plural forms that CLDR asks for, and the
// same places to fill in. A form for one, two or none may spell its number out.
func TestEveryTextInEveryLanguage(t *testing.T) {
	english := texts(t, languages[0])
	if len(english) < 200 {
		t.Fatalf("only %d texts were read", len(english))
	}
	for _, l := range languages {
		mine := texts(t, l)
		want := asked(l.Tag)
		for key := range mine {
			if _, ok := english[key]; !ok {
				t.Errorf("%s: %s is in no other language", l.Tag, key)
			}
		}
		for key, source := range english {
			have, ok := mine[key]
			if !ok {
				t.Errorf("%s: %s is missing", l.Tag, key)
				continue
			}
			if _, counted := source["one"]; counted {
				if got := slices.Sorted(maps.Keys(have)); !slices.Equal(got, want) {
					t.Errorf("%s: %s has the plural forms %v, CLDR asks for %v", l.Tag, key, got, want)
				}
			} else if len(have) != 1 {
				t.Errorf("%s: %s has plural forms, in English it counts nothing", l.Tag, key)
			}
			for category, text := range have {
				compare(t, l.Tag+": "+key+"."+category, category, text, source["other"])
			}
		}
	}
}

func compare(t *testing.T, name, category, text, source string) {
	t.Helper()
	if !categories[category] {
		t.Errorf("%s is no plural category", name)
	}
	if text == "" || strings.TrimSpace(text) != text {
		t.Errorf("%s is empty, or begins or ends with a space: %q", name, text)
	}
	got, want := places(text), places(source)
	spelled := category == "zero" || category == "one" || category == "two"
	without := slices.DeleteFunc(slices.Clone(want), func(p string) bool { return p == "{{.Count}}" })
	if !slices.Equal(got, want) && !(spelled && slices.Equal(got, without)) {
		t.Errorf("%s fills in %v, the English text %v", name, got, want)
	}
}

// english are words that give away a sentence that was not translated.
var english = regexp.MustCompile(`(?i)\b(the|you|your|this|that|and|with|from|password|account|again|please|nothing|click|address)\b`)

var latin = regexp.MustCompile(`[A-Za-z]{2,}`)

// foreign are the words in Latin letters that a language in another script may use.
var foreign = map[string]bool{"JavaScript": true, "SMTP": true, "SMS": true, "Tab": true, "Shift": true, "Cookie": true}

func TestNothingIsLeftInEnglish(t *testing.T) {
	source := texts(t, languages[0])
	for _, l := range languages[1:] {
		for key, have := range texts(t, l) {
			for category, text := range have {
				if text == source[key][category] && latin.MatchString(place.ReplaceAllString(text, "")) {
					t.Errorf("%s: %s.%s is the English text: %q", l.Tag, key, category, text)
				}
				words := place.ReplaceAllString(text, "")
				if m := english.FindString(words); m != "" {
					t.Errorf("%s: %s.%s holds the English word %q: %q", l.Tag, key, category, m, text)
				}
				if l.Tag == "es" {
					continue
				}
				for _, word := range latin.FindAllString(words, -1) {
					if !foreign[word] {
						t.Errorf("%s: %s.%s holds %q: %q", l.Tag, key, category, word, text)
					}
				}
			}
		}
	}
}

// contract are words of the design that nobody may change (design.md, section 1).
var contract = map[string]string{
	"signin.title":        "Sign In",
	"signin.forgot":       "Forgot Password",
	"done.sign_in":        "Sign In",
	"card.legend":         "Scratch out two chickens",
	"layout.submit":       "Submit",
	"choose.email":        "By Email Verification",
	"choose.phone":        "By Phone Verification",
	"choose.phone_hint":   "Only available if a mobile phone number is bound to the account.",
	"choose.questions":    "By answering questions",
	"code.resend":         "Click here to receive verification code",
	"code.sent":           "If that address is registered, a code is on its way.",
	"signin.wrong.head":   "That address and password do not belong together.",
	"card.ran_away.head":  "Oops, the chickens ran away.",
	"code.run_out.text":   "Click below to receive a new code.",
	"code.early":          "Clicking now does no harm, and sends nothing.",
	"problem.ended.title": "This recovery has ended",
}

func TestContract(t *testing.T) {
	have := texts(t, languages[0])
	for key, want := range contract {
		if got := have[key]["other"]; got != want {
			t.Errorf("%s is %q, the contract says %q", key, got, want)
		}
	}
}

// unread are the texts whose pages are still being made, by the beginning of their keys. A beginning goes from here with the first
// page that reads one of them; the test says so.
var unread = []string{}

// TestEveryTextIsUsed reads the program and the templates: a key that nobody names is a text that nobody reads.
func TestEveryTextIsUsed(t *testing.T) {
	named := make(map[string]bool)
	inTemplate := regexp.MustCompile(`"([a-z_]+(?:\.[a-z_]+)+)"`)
	for _, folder := range []string{"../web/page/html", "../console/html", "../message/mail"} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			source, err := os.ReadFile(filepath.Join(folder, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range inTemplate.FindAllStringSubmatch(string(source), -1) {
				named[m[1]] = true
			}
		}
	}
	for _, folder := range []string{".", "../web/page", "../console", "../message"} {
		literals(t, folder, named)
	}
	ids := make(map[string]bool) // question.ID.Key puts the rest before them
	literals(t, "../question", ids)
	for key := range texts(t, languages[0]) {
		waits := slices.ContainsFunc(unread, func(beginning string) bool { return strings.HasPrefix(key, beginning) })
		id, asked := strings.CutPrefix(key, "question.")
		if used := named[key] || asked && ids[id]; used == waits {
			t.Errorf("%s: named %t, waits for its page %t", key, used, waits)
		}
	}
}

// literals collects the strings of a package's Go files, its tests left out.
func literals(t *testing.T, folder string, named map[string]bool) {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no Go files in %s: %v", folder, err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := goparser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					named[text] = true
				}
			}
			return true
		})
	}
}
