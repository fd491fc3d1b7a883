package engine

import "time"

// Switch is a sender that an operator has switched off by hand: a mail server, a mail service or a gateway of texts. It gets nothing on any
// node until it is switched on again.
type Switch struct {
	Sender string // as the operator calls it
	By     string // who did it
	At     time.Time
}
