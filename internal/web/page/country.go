package page

import (
	"strconv"

	"twohens/internal/contact"
	"twohens/internal/locale"
)

// country is a line of the picker of countries.
type country struct {
	Code    string // ISO 3166
	Name    string
	Calling string // such as "+34"
}

// countries are those of the codes, in the order of the language.
func countries(c *locale.Catalogue, codes []string) []country {
	calling := make(map[string]string)
	for _, one := range contact.Countries() {
		calling[one.Region] = "+" + strconv.Itoa(one.CallingCode)
	}
	var list []country
	for _, region := range c.Regions(codes) {
		list = append(list, country{Code: region.Code, Name: region.Name, Calling: calling[region.Code]})
	}
	return list
}
