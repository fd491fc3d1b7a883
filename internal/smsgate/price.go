package smsgate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"twohens/internal/contact"
)

// Prices are what texts cost, by country or by the beginning of a number. The zero Prices know none.
type Prices struct {
	Currency string // ISO 4217, such as EUR

	countries map[string]int64 // micros a part
	prefixes  map[string]int64
	longest   int // of the prefixes, in bytes
	other     int64
	hasOther  bool
}

var (
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	prefixForm   = regexp.MustCompile(`^\+[1-9][0-9]{0,14}$`)
	priceForm    = regexp.MustCompile(`^([0-9]{1,6})(?:\.([0-9]{1,6}))?$`)
)

// ReadPrices reads a table of two columns, such as
//
//	currency,EUR
//	ES,0.051
//	+3460,0.048
//	*,0.12
//
// The first column is a country, the beginning of a number, or * for all others; the second what one part costs, with a point and
// at most six digits behind it. Lines that begin with # are left out. All mistakes are told at once, each with its line.
func ReadPrices(from io.Reader) (*Prices, error) {
	r := csv.NewReader(from)
	r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace = '#', -1, true
	p := &Prices{countries: make(map[string]int64), prefixes: make(map[string]int64)}
	var mistakes []error
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil { // csv's errors tell the line
			mistakes = append(mistakes, err)
			break
		}
		if err := p.add(row); err != nil {
			line, _ := r.FieldPos(0)
			mistakes = append(mistakes, fmt.Errorf("line %d: %w", line, err))
		}
	}
	if p.Currency == "" && len(mistakes) == 0 {
		mistakes = append(mistakes, errors.New("no currency; the first line is like: currency,EUR"))
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return p, nil
}

func (p *Prices) add(row []string) error {
	if len(row) != 2 {
		return fmt.Errorf("%d columns, must be 2", len(row))
	}
	place, value := strings.TrimSpace(row[0]), strings.TrimSpace(row[1])
	if place == "currency" {
		switch {
		case p.Currency != "":
			return errors.New("a second currency; one table has one")
		case !currencyForm.MatchString(value):
			return fmt.Errorf("%q is no currency; write it like EUR", value)
		}
		p.Currency = value
		return nil
	}
	price, err := micros(value)
	if err != nil {
		return err
	}
	twice := false
	switch {
	case place == "*":
		twice = p.hasOther
		p.other, p.hasOther = price, true
	case prefixForm.MatchString(place):
		_, twice = p.prefixes[place]
		p.prefixes[place] = price
		p.longest = max(p.longest, len(place))
	case countryForm.MatchString(place):
		place = strings.ToUpper(place)
		_, twice = p.countries[place]
		p.countries[place] = price
	default:
		return fmt.Errorf("%q is neither a country such as ES, nor the beginning of a number such as +3460, nor *", place)
	}
	if twice {
		return fmt.Errorf("%s has a price already", place)
	}
	return nil
}

// micros reads a price exactly: money is never a float.
func micros(text string) (int64, error) {
	m := priceForm.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is no price; write it like 0.051", text)
	}
	return strconv.ParseInt(m[1]+m[2]+strings.Repeat("0", 6-len(m[2])), 10, 64)
}

// Covers says that every number of a country has a price, by the country or by that of all others.
func (p *Prices) Covers(country string) bool {
	_, there := p.countries[country]
	return there || p.hasOther
}

// Lookup is what one part to a number costs, in millionths of the currency. The longest beginning of the number that has a price
// decides, then its country, then the price of all others; ok is false when there is none of these.
func (p *Prices) Lookup(to contact.Phone) (micros int64, ok bool) {
	number := to.Number()
	for n := min(p.longest, len(number)); n > 1; n-- {
		if price, ok := p.prefixes[number[:n]]; ok {
			return price, true
		}
	}
	if price, ok := p.countries[to.Region()]; ok {
		return price, true
	}
	return p.other, p.hasOther
}
