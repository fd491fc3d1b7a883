package page

import "time"

// Again asks for the password once more before something of the account is changed. Fields: username, current, next, contact.
type Again struct {
	Username   string
	Next       string // name of the page to go on to
	Contact    string // name of the contact that the page is about; empty: none
	Wrong      bool
	Busy       bool
	RetryAfter time.Duration
	Lost       bool // a form was sent, and has to be filled in once more
}

func (m Again) page() about { return about{"again", "again.title", m.Wrong} }
