package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Said makes the words of a server or a gateway fit to be kept: one line of at most so many bytes, without what cannot
// be seen. They like to quote: the address, the number, or the message that they did not like, with the code in it. A word that is not
// harmless is left out; what is, the adapter knows.
func Said(words string, most int, harmless func(word string) bool) string {
	words = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == utf8.RuneError {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, words)
	var b strings.Builder
	for word := range strings.FieldsSeq(words) {
		if !harmless(word) {
			word = "…"
		}
		if b.Len()+1+len(word) > most {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}
