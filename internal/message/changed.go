package message

import "time"

// How is how a password came to be changed.
type How string

// The ways there are.
const (
	ByCode    How = "mail.changed.by_code"    // a recovery, proved by a code
	ByLink    How = "mail.changed.by_link"    // a recovery, proved by the link of a mail
	ByAccount How = "mail.changed.by_account" // on the account page
)

// ChangedFacts are what the notice of a changed password tells.
type ChangedFacts struct {
	Lang  string
	At    time.Time
	How   How
	NotMe string // where "this was not me" leads; opening it changes nothing
}

// Changed writes the notice of a changed password.
func (c *Composer) Changed(f ChangedFacts) (Letter, error) {
	words := c.catalogue(f.Lang)
	return c.write(f.Lang, "changed", "mail.changed.subject", words.T("mail.changed.peek"), f)
}
