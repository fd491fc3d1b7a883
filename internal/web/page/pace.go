package page

import "twohens/internal/recovery"

// Pace is how messages to a mail domain or a country fared for everyone in the last closed hour. It follows from what was typed and from
// the clock, never from an account.
type Pace struct {
	State   string // "usual", "slow" or "trouble"
	Text    bool   // by text message, to a country; else by mail, to a domain
	Place   string // the domain, or the country's code
	Minutes int    // of "usual" and "slow": about how long codes took to come in, 1 at least
}

// sentences are the keys of what is said, for a mail and for a text.
var sentences = map[string][2]string{
	"usual":   {"pace.usual_mail", "pace.usual_text"},
	"slow":    {"pace.slow_mail", "pace.slow_text"},
	"trouble": {"pace.trouble_mail", "pace.trouble_text"},
}

// Key names the sentence.
func (p Pace) Key() string {
	if p.Text {
		return sentences[p.State][1]
	}
	return sentences[p.State][0]
}

// Trouble says that waiting is not the best advice.
func (p Pace) Trouble() bool { return p.State == "trouble" }

// Advice are the keys of what to do while no code is there, in their order.
func (m Code) Advice() []string {
	list := []string{"advice.spam", "advice.wait", "advice.spelling", "advice.allow", "advice.full"}
	if m.Phone() {
		list = []string{"advice.signal", "advice.blocked", "advice.sim"}
	}
	if m.Another() {
		list = append(list, "advice.another")
	}
	return list
}

// Reference is read out to the help desk.
func (m Code) Reference() recovery.Reference      { return m.View.Reference }
func (m Questions) Reference() recovery.Reference { return m.View.Reference }
func (m Saved) Reference() recovery.Reference     { return m.View.Reference }
