package message

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"twohens/internal/locale"
)

// The longest word that a short name of a site may be, in units of UTF-16: one longer is cut, and a name that is written without
// spaces is one word.
const shortName = 12

// names are those that a site goes by in texts, the whole of its own first: texts have little room. Its host and a part of that come
// last. They are for names in letters which would cost a text in another alphabet more than half of its room.
func names(s Site) []string {
	host := hostOf(s)
	return append(shortened(locale.Inert(s.Name)), host, cut(longestLabel(host), shortName))
}

// longestLabel is the part of a host that most likely is the site's own: "fernbank" of "id.fernbank.example". Never two with the dot
// between them, for that could be the host of somebody else.
func longestLabel(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	longest := labels[0]
	for _, label := range labels[:max(len(labels)-1, 1)] {
		if len(label) >= len(longest) {
			longest = label
		}
	}
	return longest
}

// shortened is a name followed by shorter ones. What is left out is whole words from the end, and with them "of" and its like, which
// would promise more.
func shortened(name string) []string {
	words := strings.Fields(name)
	names := []string{name}
	for n := len(words) - 1; n > 0; n-- {
		if first, _ := utf8.DecodeRuneInString(words[n-1]); n == 1 || !unicode.IsLower(first) && !unicode.IsPunct(first) {
			names = append(names, strings.Join(words[:n], " "))
		}
	}
	if len(words) > 0 && utf8.RuneCountInString(words[0]) > shortName {
		names = append(names, cut(words[0], shortName))
	}
	return names
}

// cut takes at most n units of UTF-16 from the beginning, and no character without the marks that belong to it.
func cut(word string, n int) string {
	runes := []rune(word)
	end := 0
	for end < len(runes) && n >= utf16.RuneLen(runes[end]) {
		n -= utf16.RuneLen(runes[end])
		end++
	}
	for end > 1 && end < len(runes) && unicode.Is(unicode.M, runes[end]) {
		end--
	}
	return string(runes[:end])
}
