package contact

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// Country is one whose numbers [ParsePhone] knows. Its name in a language is the catalogue's affair.
type Country struct {
	Region      string // ISO 3166, such as "ES"; a few more are in use, such as "XK" for Kosovo
	CallingCode int    // such as 34; several countries may share one, as 1 is shared in North America
}

// Countries lists all of them by their codes, for people to pick theirs from.
func Countries() []Country { return slices.Clone(countries()) }

var countries = sync.OnceValue(func() []Country {
	var list []Country
	for region := range phonenumbers.GetSupportedRegions() {
		list = append(list, Country{Region: region, CallingCode: phonenumbers.GetCountryCodeForRegion(region)})
	}
	slices.SortFunc(list, func(a, b Country) int { return cmp.Compare(a.Region, b.Region) })
	return list
})

// FindCountry returns the country of a code, whatever its case.
func FindCountry(region string) (Country, bool) {
	i, ok := slices.BinarySearchFunc(countries(), strings.ToUpper(region), func(c Country, region string) int { return cmp.Compare(c.Region, region) })
	if !ok {
		return Country{}, false
	}
	return countries()[i], true
}
