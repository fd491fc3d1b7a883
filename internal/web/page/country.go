package page

import (
	"slices"
	"strconv"
	"sync"

	"twohens/internal/contact"
	"twohens/internal/locale"
)

// country is a line of the picker of countries.
type country struct {
	Code    string // ISO 3166
	Name    string
	Calling string // such as "+34"
}

// picker names and sorts the countries of one language, and keeps the list: a site asks for the same one always.
type picker struct {
	catalogue *locale.Catalogue
	mu        sync.Mutex
	codes     []string
	list      []country
}

// countries are those of the codes, in the order of the language.
func (p *picker) countries(codes []string) []country {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Equal(codes, p.codes) {
		return p.list
	}
	var list []country
	for _, region := range p.catalogue.Regions(codes) {
		one := country{Code: region.Code, Name: region.Name}
		if found, ok := contact.FindCountry(region.Code); ok {
			one.Calling = "+" + strconv.Itoa(found.CallingCode)
		}
		list = append(list, one)
	}
	p.codes, p.list = slices.Clone(codes), list
	return list
}
