package help

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// arabicLetters are written for each other.
var arabicLetters = strings.NewReplacer("ى", "ي", "ة", "ه", "ـ", "")

// fold makes writings alike that a person means alike: width, case, accents, the vowel signs of Arabic and the seats of its hamza.
func fold(text string) string {
	text = norm.NFKD.String(text)
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, text)
	return arabicLetters.Replace(norm.NFKC.String(cases.Fold().String(text)))
}

// tokens cuts a text into what is looked up. Chinese is written without spaces: there, each two characters that stand together are
// one, and while only one was typed, that one.
func tokens(text string, each func(token string)) {
	for word := range strings.FieldsFuncSeq(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		for i := 0; i < len(runes); {
			han := unicode.Is(unicode.Han, runes[i])
			end := i + 1
			for end < len(runes) && unicode.Is(unicode.Han, runes[end]) == han {
				end++
			}
			if !han || end-i == 1 {
				each(string(runes[i:end]))
			} else {
				for n := i; n+1 < end; n++ {
					each(string(runes[n : n+2]))
				}
			}
			i = end
		}
	}
}

// bare takes the article off an Arabic word, where enough is left. It is taken off again where the rest begins like one: without its
// hamza, the beginning of "electronic" is written like the article, so that the word with its article and the word alone meet only when
// nothing is left of either.
func bare(word string) string {
	for {
		rest, ok := less(word)
		if !ok {
			return word
		}
		word = rest
	}
}

// less is a word without one article, if enough is left.
func less(word string) (string, bool) {
	rest, ok := strings.CutPrefix(word, "ال")
	return rest, ok && utf8.RuneCountInString(rest) > 2
}
