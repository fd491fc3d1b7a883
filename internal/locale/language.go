package locale

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Language is a language that the product speaks.
type Language struct {
	Tag  string // BCP 47, as in the lang attribute
	Name string // in the language itself
	Dir  string // "ltr" or "rtl", as in the dir attribute
}

// languages are in the order of the switch. The first is the one for readers of none of them, unless the site has another.
var languages = [...]Language{
	{Tag: "en", Name: "English", Dir: "ltr"},
	{Tag: "es", Name: "Español", Dir: "ltr"},
	{Tag: "ar", Name: "العربية", Dir: "rtl"},
	{Tag: "zh-Hans", Name: "简体中文", Dir: "ltr"},
}

// Gap is what stands between two sentences: nothing in a script whose full stop brings its own space along.
func (l Language) Gap() string {
	if l.Tag == "zh-Hans" {
		return ""
	}
	return " "
}

// All lists the languages in the order of the switch.
func All() []Language { return slices.Clone(languages[:]) }

// Tags lists the tags in the order of the switch.
func Tags() []string {
	var tags []string
	for _, l := range languages {
		tags = append(tags, l.Tag)
	}
	return tags
}

// Find returns the language of a tag, whatever its case.
func Find(tag string) (Language, bool) {
	for _, l := range languages {
		if strings.EqualFold(l.Tag, tag) {
			return l, true
		}
	}
	return Language{}, false
}

var matcher = func() language.Matcher {
	var tags []language.Tag
	for _, l := range languages {
		tags = append(tags, language.MustParse(l.Tag))
	}
	return language.NewMatcher(tags)
}()

// longestHeader is how much of an Accept-Language header is read. Browsers send less than half of it, and reading costs time.
const longestHeader = 256

// Match picks the language to answer in: the one that was chosen by the switch, or else the best for the browser's
// Accept-Language header, or else the site's own, or else English. Anything may be passed: what cannot be read counts as not said.
func Match(acceptLanguage, chosen, site string) Language {
	if l, ok := Find(chosen); ok {
		return l
	}
	otherwise := languages[0]
	if l, ok := Find(site); ok {
		otherwise = l
	}
	if len(acceptLanguage) > longestHeader {
		acceptLanguage = acceptLanguage[:longestHeader]
		acceptLanguage = acceptLanguage[:max(0, strings.LastIndexByte(acceptLanguage, ','))]
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return otherwise
	}
	_, best, confidence := matcher.Match(wanted...)
	if confidence == language.No {
		return otherwise
	}
	return languages[best]
}
