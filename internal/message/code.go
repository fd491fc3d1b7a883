package message

import "time"

// CodeFacts are what a letter with a code tells. The code is here as plain text, because a person has to read it; the letter exists
// in memory only, on its way to the mail server.
type CodeFacts struct {
	Lang  string        // tag of a language
	Code  string        // digits
	Life  time.Duration // how long it works, from the click
	Until time.Time     // and so until when
	Link  string        // the link of R-41; opening it changes nothing. Empty: there is none
	NotMe string        // where "this was not me" leads
}

// Groups cuts the code into parts that the eye can hold: 8 digits are 4 and 4. The gap between them is padding, so that copying
// them gives digits alone.
func (f CodeFacts) Groups() []string {
	size := (len(f.Code) + 1) / 2
	switch {
	case len(f.Code)%4 == 0:
		size = 4
	case len(f.Code)%3 == 0:
		size = 3
	}
	var groups []string
	for rest := f.Code; rest != ""; {
		n := min(size, len(rest))
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	return groups
}

// Code writes the letter with the code of a recovery.
func (c *Composer) Code(f CodeFacts) (Letter, error) {
	words := c.catalogue(f.Lang)
	return c.write(f.Lang, "code", "mail.code.subject", words.T("mail.code.peek", "Span", words.Span(f.Life)), f)
}

// Confirm writes the letter with the code that confirms an address. Whoever reads it may never have heard of the site.
func (c *Composer) Confirm(f CodeFacts) (Letter, error) {
	words := c.catalogue(f.Lang)
	return c.write(f.Lang, "confirm", "mail.confirm.subject", words.T("mail.code.peek", "Span", words.Span(f.Life)), f)
}
