package scratch

import "fmt"

// Place is where a challenge was asked for and what it lets through. A ticket, a
// card and a response are bound to all of it: one that was solved on another
// page, for another site or for something else opens nothing.
type Place struct {
	Site   string // whose page it is: its public key
	Action string // what it guards there, such as "sign-up"
	Host   string // the page's host name, as the browser gave it
}

// check says what makes a place unfit. Each is a mistake in the program, or in
// a page's own markup.
func (p Place) check() error {
	for _, f := range []struct{ name, value string }{{"site", p.Site}, {"action", p.Action}, {"host", p.Host}} {
		if f.value == "" || len(f.value) > maxName {
			return fmt.Errorf("scratch: the %s has 1 to %d bytes", f.name, maxName)
		}
	}
	return nil
}

func (p Place) append(b []byte) []byte {
	return sizedText(sizedText(sizedText(b, p.Site), p.Action), p.Host)
}

func (f *fields) place() Place { return Place{f.text(), f.text(), f.text()} }
