package page

import (
	"time"

	"twohens/internal/locale"
)

// Account is the account page. Forms: /signout; /account/sessions with session=ID or action=others; /account/language with language;
// /account/later.
type Account struct {
	Emails    []Contact
	Phones    []Contact
	Waiting   *Contact // waits for its code
	Questions int      // how many are set up
	Lapsed    bool     // there are some whose answers were deleted
	Answered  time.Time
	Codes     int // saved codes that are left
	Made      time.Time

	Ailing []Contact // that nothing can be delivered to

	Offers   Offers
	Standing [][]string // the sets of ways by which the account could be got back into
	Prompt   bool       // there is one at most, and the person has not said "not now"

	Language string // tag of the messages' language
	Sessions []Session
	Records  []Record
	More     bool   // there are more records on a page of their own
	Said     string // see saids
}

// Offers are what may be set up.
type Offers struct {
	Email, Phone     bool // another one may be added
	Questions, Saved bool // the site has that way switched on
}

// Session is a browser that is signed in.
type Session struct {
	ID      string
	This    bool
	Browser string // what the browser says it is, as it came
	Began   time.Time
	Seen    time.Time
}

func (Account) page() about { return about{"account", "account.title", false} }

// saids are what the page says after a change, by the word in its address.
var saids = map[string]notice{
	"changed":           {"fine", "account.changed.head", "account.changed.text"},
	"ended":             {"fine", "account.ended.head", "account.ended.text"},
	"added":             {"fine", "account.added.head", "account.added.text"},
	"removed":           {"fine", "account.removed.head", "account.removed.text"},
	"main":              {"fine", "account.main.head", "account.main.text"},
	"questions":         {"fine", "account.answered.head", "account.answered.text"},
	"questions_removed": {"fine", "account.removed.head", "account.removed.text"},
	"codes_removed":     {"fine", "account.removed.head", "account.removed.text"},
	"language":          {"fine", "account.language_set.head", "account.language_set.text"},
	"over":              {"wait", "account.over.head", "account.over.text"},
}

// Notice is what the page says after a change; nil for nothing.
func (m Account) Notice() *notice {
	if n, ok := saids[m.Said]; ok {
		return &n
	}
	return nil
}

// Others says that somebody else, or another browser, is signed in too.
func (m Account) Others() bool {
	for _, s := range m.Sessions {
		if !s.This {
			return true
		}
	}
	return false
}

// standings are what a way is called among those that are enough, and what it is called after another one.
var standings = map[string][2]string{
	"email":     {"standing.email", "standing.and.email"},
	"phone":     {"standing.phone", "standing.and.phone"},
	"questions": {"standing.questions", "standing.and.questions"},
	"saved":     {"standing.saved", "standing.and.saved"},
}

// standing puts a set of ways into words: "A code by e-mail, together with the answers to your questions".
func standing(c *locale.Catalogue, ways []string) string {
	said := ""
	for i, way := range ways {
		if i == 0 {
			said = c.T(standings[way][0])
		} else {
			said = c.T("standing.with", "First", said, "Second", c.T(standings[way][1]))
		}
	}
	return said
}
