package page

import (
	"slices"
	"strings"
	"time"

	"twohens/internal/recovery"
)

// Contact is an e-mail address or a phone number of the account.
type Contact struct {
	Name  string // what forms and addresses call it: it tells nothing of the contact
	Kind  string // a contact.Kind
	Shown string // in full, as people read it
	Main  bool
	Alone bool // of its kind
}

// Local and Domain are the two parts of what is shown: an address that is longer than its line is broken between them.
func (c Contact) Local() string { return c.Shown[:c.at()] }

// Domain begins with the "@". A number has none.
func (c Contact) Domain() string { return c.Shown[c.at():] }

func (c Contact) at() int {
	if i := strings.LastIndexByte(c.Shown, '@'); i >= 0 && c.Kind == "email" {
		return i
	}
	return len(c.Shown)
}

// Hint is the key of what is said of it in a list.
func (c Contact) Hint() string {
	switch {
	case c.Kind == "phone" && c.Alone:
		return "account.phone"
	case c.Kind == "phone" && c.Main:
		return "account.main_phone"
	case c.Kind == "phone":
		return "account.other_phone"
	case c.Alone:
		return "account.address"
	case c.Main:
		return "account.main_address"
	}
	return "account.other_address"
}

// Ails is the key of what is said of one to which nothing can be delivered.
func (c Contact) Ails() string {
	if c.Kind == "phone" {
		return "ailing.text_head"
	}
	return "ailing.mail_head"
}

// ManageContact is the page of one contact, from which it is replaced, put first or removed. Form: /account/contact/{name}/main.
type ManageContact struct {
	Contact
	Fixed bool // the site cannot confirm another one of its kind
}

// Phone says which kind it is.
func (m ManageContact) Phone() bool { return m.Kind == "phone" }

// Last says that it is the address that the account signs in with, and cannot be removed, only replaced.
func (m ManageContact) Last() bool { return m.Kind == "email" && m.Alone }

// NewEmail adds an e-mail address, or puts one in another's place. Field: address.
type NewEmail struct {
	Action   string // where the form goes
	Replaces string // the address that goes; empty: none
	Typed    string
	Refusal  string // see contactFaults
}

// NewPhone adds a phone number, or puts one in another's place. Fields: country, number.
type NewPhone struct {
	Action    string
	Replaces  string
	Countries []string // ISO 3166 codes of those that texts are sent to
	Country   string   // the one that is chosen; empty: none
	Typed     string
	Refusal   string // see contactFaults
}

// contactFaults are the texts for what is wrong with a new contact, by kind and refusal.
var contactFaults = map[string]string{
	"email/empty":       "address.empty",
	"email/too_long":    "address.too_long",
	"email/shape":       "address.shape",
	"phone/empty":       "phone.empty",
	"phone/too_long":    "phone.too_long",
	"phone/wrong":       "phone.wrong",
	"phone/no_country":  "phone.no_country",
	"phone/not_mobile":  "phone.not_mobile",
	"phone/country_off": "phone.country_off",
	"email/own":         "contact.own",
	"phone/own":         "contact.own",
	"email/full":        "contact.full",
	"phone/full":        "contact.full",
}

// Fault is the key of what is wrong; empty: nothing is.
func (m NewEmail) Fault() string { return contactFault("email", m.Refusal, "address.shape") }
func (m NewPhone) Fault() string { return contactFault("phone", m.Refusal, "phone.wrong") }

func contactFault(kind, refusal, otherwise string) string {
	if refusal == "" {
		return ""
	}
	if key, ok := contactFaults[kind+"/"+refusal]; ok {
		return key
	}
	return otherwise
}

// Chosen says that a country is chosen, so that none has to be asked for first.
func (m NewPhone) Chosen() bool { return slices.Contains(m.Countries, m.Country) }

// Confirm asks for the code that was sent to a new contact. Fields: code, contact; /account/confirm/resend for the code once more.
type Confirm struct {
	Contact   Contact // its name goes back in the form, so that a form that goes out twice can be told what became of the first
	Correct   string  // where it can be typed anew
	Digits    int
	Life      time.Duration
	Until     time.Time
	CoolDown  time.Duration
	TriesUsed int
	Tries     int
	RunOut    bool
	Said      recovery.Outcome
}

// Over says that typed codes are refused.
func (m Confirm) Over() bool { return m.TriesUsed >= m.Tries }

// Fault is the key of what is wrong with what was typed. As on the code page, the word in the address is believed only where the
// facts agree.
func (m Confirm) Fault() string {
	switch {
	case m.Over() || m.RunOut:
		return ""
	case m.Said == recovery.Wrong && m.TriesUsed > 0:
		return "code.wrong"
	case m.Said == recovery.Empty:
		return "code.empty"
	}
	return ""
}

// Again says that the code was asked for once more.
func (m Confirm) Again() bool { return m.Said == recovery.SentAgain }

// Count is the countdown to the next click.
func (m Confirm) Count() Countdown {
	return Countdown{Left: m.CoolDown, Early: m.Said == recovery.Cooling && m.CoolDown > 0}
}

// Remove asks before something is taken out of the account.
type Remove struct {
	What    string // "email", "phone", "questions", "saved"
	Shown   string // the contact; empty for what has no name
	Action  string
	Back    string
	LastWay bool // it is the last way back in, and stays
}

// removals are the titles and what follows, by What.
var removals = map[string][2]string{
	"email":     {"remove.email", "remove.contact_follows"},
	"phone":     {"remove.phone", "remove.contact_follows"},
	"questions": {"remove.questions", "remove.questions_follows"},
	"saved":     {"remove.saved", "remove.saved_follows"},
}

// Title and Follows are keys.
func (m Remove) Title() string   { return removals[m.What][0] }
func (m Remove) Follows() string { return removals[m.What][1] }

func (m ManageContact) page() about {
	if m.Phone() {
		return about{"contact-page", "contact.phone.title", false}
	}
	return about{"contact-page", "contact.email.title", false}
}

func (m NewEmail) page() about {
	if m.Replaces != "" {
		return about{"new-email", "contact.email.replace", m.Refusal != ""}
	}
	return about{"new-email", "contact.email.add", m.Refusal != ""}
}

func (m NewPhone) page() about {
	if m.Replaces != "" {
		return about{"new-phone", "contact.phone.replace", m.Refusal != ""}
	}
	return about{"new-phone", "contact.phone.add", m.Refusal != ""}
}

func (m Confirm) page() about {
	return about{"confirm", "code.title", m.Over() || m.Fault() != ""}
}

func (m Remove) page() about { return about{"remove", m.Title(), m.LastWay} }
