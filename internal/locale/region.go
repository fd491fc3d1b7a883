package locale

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Region is a country or another region by its name in one language.
type Region struct {
	Code string // as it was given, such as "ES"
	Name string
}

// Region is the name of a region, by its ISO 3166 code in any case, as CLDR has it. A code that has no name is its own.
func (c *Catalogue) Region(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return Inert(code)
	}
	if name := c.regions().Name(region); name != "" {
		return name
	}
	return code
}

// Regions names all of the regions and sorts them as readers of the language expect: accents beside their letters in Spanish,
// Chinese by pinyin. Sorting two hundred takes about a millisecond, so pages keep the list.
func (c *Catalogue) Regions(codes []string) []Region {
	list := make([]Region, len(codes))
	for i, code := range codes {
		list[i] = Region{Code: code, Name: c.Region(code)}
	}
	order := collate.New(language.Make(c.Language.Tag)) // not for many at once, so everybody has their own
	slices.SortFunc(list, func(a, b Region) int {
		if by := order.CompareString(a.Name, b.Name); by != 0 {
			return by
		}
		return strings.Compare(a.Code, b.Code)
	})
	return list
}

// regionNames opens the names of a language's regions when they are first asked for.
func regionNames(tag language.Tag) func() display.Namer {
	return sync.OnceValue(func() display.Namer { return display.Regions(tag) })
}
