package page

import (
	"time"

	"twohens/internal/locale"
	"twohens/internal/password"
	"twohens/internal/recovery"
)

// Frame is what every page has around it.
type Frame struct {
	Lang locale.Language
	Site Site
	Path string // where this page can be had by GET, with its query: the language switch leads back to it
	Demo bool   // adds the way to the mailbox
}

// Site is how the site presents itself, by configuration.
type Site struct {
	Name        string
	LogoURL     string // empty: the product's mark
	BrandURL    string // of the style sheet that Brand made; empty: the product's colours
	SignInURL   string // empty: the built-in Sign In page
	HelpContact string // a web address, an e-mail address or a phone number; may be empty
	PrivacyURL  string // may be empty
	Sender      string // the address that mails come from
}

// Model is one page's facts.
type Model interface {
	page() about
}

// about is what the layout needs to know of a page.
type about struct {
	name   string // of its template
	title  string // key of its title
	failed bool   // says so in the title: the first thing that a screen reader reads
}

// Card is a challenge: the attributes of its element, and for browsers without a script the open card with numbers, or calls with
// numbers. Fields: response, which the element fills in; or plain and pick.
type Card struct {
	Site, Action string // who asks and what for
	Response     string // of one that was solved before and not used up
	ByEar        bool   // without a script: calls in place of the picture

	Plain   string // sealed; goes back in the field "plain", with the fields "pick"
	Picture string // URL of the open card with numbers
	Calls   []Call // when ByEar
}

// Call is one of the calls to choose from.
type Call struct {
	Number int // from 1
	URL    string
}

// ChallengePrefix is where the challenge is served, to the program's own pages and to those of other sites.
const ChallengePrefix = "/challenge"

// SignIn is the Sign In page. Fields: address, password, next; with a card those of the card, and action=new, listen or look for another one.
type SignIn struct {
	Address      string
	AddressError string // a contact fault: "empty", "too_long", "shape"
	Wrong        bool   // address and password do not belong together
	Card         *Card  // nil while no chickens are asked for
	Refusal      string // a gate.Reason
	RetryAfter   time.Duration
	SignedOut    bool
	SignInFirst  bool          // came from a page that needs it
	Next         string        // where to go on
	Demo         []DemoAccount // told on the page
}

// DemoAccount is an account that everybody may know.
type DemoAccount struct {
	Address, Password string
	Phone             string // a number as people read it; empty: none is bound
	Answer            string // is right for each of its questions; empty: none are set up
	Note              string // key of what is special about it; may be empty. See the constants of its name.
}

// The notes on ready accounts.
const (
	NoteOrdinary = "demo.note.ordinary"
	NoteBare     = "demo.note.bare"
	NoteForeign  = "demo.note.foreign"
	NoteDisabled = "demo.note.disabled"
)

// Identify is step 1. Fields: address, those of the card, and action=new, listen or look for another one.
type Identify struct {
	Address      string
	AddressError string // a contact fault: "empty", "too_long", "shape"
	Card         Card
	Refusal      string // a gate.Reason
	RetryAfter   time.Duration
}

// Choose is step 2. Field: way.
type Choose struct {
	Ways       []string // names of recovery.Way that lead on from here, in the order of the site
	Proven     []string // those that are done
	Several    bool     // no way is enough by itself
	Unfinished []string // those after which one more is asked for
	Reference  string   // of the request
	Error      bool     // a way was asked for that is not offered
}

// Code is step 3. Fields: code, claim. What it shows comes from the View; Said is shown only where the View agrees.
type Code struct {
	View  recovery.View
	Said  recovery.Outcome
	Claim string // random; tells a form that goes out twice from two
	Paces []Pace
}

// Questions is step 3 for whoever answers questions. Fields: answer-1, answer-2, ..., claim. Answers are never shown back.
type Questions struct {
	View  recovery.View
	Said  recovery.Outcome
	Claim string // as of Code
	ADay  int    // wrong answers that are looked at in a day
	Busy  bool   // nothing was judged: too many were being judged at once
}

// Saved is step 3 for whoever has a code on paper. Fields: saved, claim. The code is never shown back.
type Saved struct {
	View  recovery.View
	Said  recovery.Outcome
	Claim string // as of Code
	Busy  bool   // as of Questions
}

// Wait is the short page of R-01's waiting: the same for everyone.
type Wait struct {
	Next string // looked at again after a second, and by the button
}

// Link is the page behind the link of a mail. Field: claim.
type Link struct {
	Alive  bool
	Action string // where its button posts to
	Claim  string // as of Code
}

// Stop is the page behind the link of a notice that somebody proved by heart or set a new password. Field: none.
type Stop struct {
	State     StopState
	Action    string         // where its button posts to
	Ways      []recovery.Way // of what is stopped or undone: the ways that are shut for a day
	SignInURL string
}

// Reset is step 4. Fields: username, password; action=advise asks for advice only. A password is never shown back.
type Reset struct {
	Username   string
	MinLength  int
	MaxLength  int              // 0: password.Cap
	Refusal    string           // "empty", "not_text", "busy", or a password.Reason; either way of writing them is understood
	Advice     *password.Advice // nil: none was asked for
	RetryAfter time.Duration    // of "busy"
}

// Done tells that the new password is set.
type Done struct {
	SignInURL string
}

// Password changes the password of somebody who is signed in. Fields: username, current, password.
type Password struct {
	Username     string
	MinLength    int
	MaxLength    int // 0: password.Cap
	WrongCurrent bool
	Refusal      string // as in Reset
	Advice       *password.Advice
	RetryAfter   time.Duration
}

// Problem is what is shown when there is nothing else to show. It always has a way out.
type Problem struct {
	Kind       string // see problems
	Status     int
	RetryAfter time.Duration
}

// Mailbox is the demo's mailbox, newest first.
type Mailbox struct {
	Mails []Mail
}

// Mail is a mail, or a text, as it arrived.
type Mail struct {
	ID      string
	Phone   string // the number that a text went to; empty: it is a mail
	To      string
	Subject string
	At      time.Time
	Text    string
	HTML    string // shown in a frame of its own, from /demo/mailbox/{id}
}

func (m SignIn) page() about {
	return about{"signin", "signin.title", m.Wrong || m.AddressError != "" || m.Refusal != ""}
}

func (m Identify) page() about {
	return about{"identify", "identify.title", m.AddressError != "" || m.Refusal != ""}
}

func (m Choose) page() about { return about{"choose", "choose.title", m.Error} }

func (m Code) page() about {
	return about{"code", "code.title", m.state() == codeOver || m.fault() != ""}
}

func (m Questions) page() about {
	return about{"questions", "questions.title", m.Over() || m.Fault() != ""}
}

func (m Saved) page() about { return about{"saved", "saved.title", m.Over() || m.Fault() != ""} }

func (Wait) page() about { return about{"wait", "wait.title", false} }

func (m Link) page() about {
	if m.Alive {
		return about{"link", "link.title", false}
	}
	return about{"link", "link.dead.title", false}
}

func (m Stop) page() about { return about{"stop", m.Title(), false} }

func (m Reset) page() about { return about{"reset", "reset.title", m.Refusal != ""} }

func (Done) page() about { return about{"done", "done.title", false} }

func (m Password) page() about {
	return about{"password", "password.title", m.WrongCurrent || m.Refusal != ""}
}

func (m Problem) page() about { return about{"problem", m.words().title, false} }

func (Mailbox) page() about { return about{"mailbox", "mailbox.title", false} }
