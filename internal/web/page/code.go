package page

import (
	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// codeState is what the code page is about. It follows from the clock and the counts of the View, never from a code.
type codeState int

const (
	codeSent   codeState = iota
	codeAgain            // asked for again
	codeNotYet           // none was asked for by this way: it was chosen inside the cool-down of another
	codeRunOut           // no code works any more: only asking for a new one is left
	codeOver             // typed codes are refused; the link in the mail is not
)

func (m Code) state() codeState {
	switch {
	case m.View.TriesOver():
		return codeOver
	case m.View.CodeUntil.IsZero():
		return codeNotYet
	case m.View.RunOut():
		return codeRunOut
	case m.Said == recovery.SentAgain:
		return codeAgain
	}
	return codeSent
}

// fault names the text of what is wrong with what was typed; empty if nothing is. The word in the address is believed only
// where the View agrees: a link that somebody made up must not tell of tries that were never used.
func (m Code) fault() string {
	switch {
	case m.state() == codeOver || m.state() == codeRunOut || m.state() == codeNotYet:
		return ""
	case m.Said == recovery.Wrong && m.View.TriesUsed > 0:
		return "code.wrong"
	case m.Said == recovery.Empty:
		return "code.empty"
	case m.Said == recovery.Paused && m.Phone():
		return "code.paused_phone"
	case m.Said == recovery.Paused:
		return "code.paused"
	}
	return ""
}

// Again, NotYet, RunOut, Over and Fault are for the template.
func (m Code) Again() bool   { return m.state() == codeAgain }
func (m Code) NotYet() bool  { return m.state() == codeNotYet }
func (m Code) RunOut() bool  { return m.state() == codeRunOut }
func (m Code) Over() bool    { return m.state() == codeOver }
func (m Code) Fault() string { return m.fault() }

// None says that there is no field, because no code that was asked for works: the button that asks for one is what the page is for.
func (m Code) None() bool { return m.NotYet() || m.RunOut() }

// Phone says that the code goes out as a text message.
func (m Code) Phone() bool { return m.View.Way == recovery.WayPhone }

// OverText names what is still possible once typed codes are refused: a text brings no link.
func (m Code) OverText() string {
	if m.Phone() {
		return "code.over.otherwise"
	}
	return "code.over.text"
}

// Step is what the help calls this page.
func (m Code) Step() string {
	if m.Phone() {
		return "phone"
	}
	return "email"
}

// slip is a domain as it was typed, and the one that was probably meant.
type slip struct{ Typed, Meant string }

// Slip is what looks like a slip of the finger in the typed address; nil if nothing does. It follows from what was typed, so it is the
// same for everyone.
func (m Code) Slip() *slip {
	typed, err := contact.ParseEmail(m.View.Address)
	if err != nil {
		return nil
	}
	if meant, ok := typed.Slip(); ok {
		return &slip{typed.Domain(), meant}
	}
	return nil
}

// Early says that the last click came inside the cool-down and so changed nothing.
func (m Code) Early() bool { return m.Said == recovery.Cooling && m.View.CoolDown() > 0 }

// Another says that there is another way to choose.
func (m Code) Another() bool { return len(m.View.Ways) > 1 }

// Count is the countdown to the next click.
func (m Code) Count() Countdown { return Countdown{Left: m.View.CoolDown(), Early: m.Early()} }
