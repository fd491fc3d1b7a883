package page

import (
	"time"

	"twohens/internal/gate"
)

// Challenge is a card with what is wrong at it, for the template.
type Challenge struct {
	Card  Card
	Fault string // key; empty: nothing
}

// refused is why the gate stayed shut, for the template.
type refused struct {
	reason     gate.Reason
	RetryAfter time.Duration
}

func (r refused) Limited() bool { return r.reason == gate.Limited }
func (r refused) RanAway() bool { return r.reason == gate.RanAway }
func (r refused) TooFast() bool { return r.reason == gate.TooFast }
func (r refused) TooSlow() bool { return r.reason == gate.TooSlow }

func cardFault(refusal string) string {
	if gate.Reason(refusal) == gate.NoAnswer {
		return "card.unanswered"
	}
	return ""
}

// Challenge is the card.
func (m Identify) Challenge() Challenge { return Challenge{m.Card, cardFault(m.Refusal)} }

// Refused is why the gate stayed shut.
func (m Identify) Refused() refused { return refused{gate.Reason(m.Refusal), m.RetryAfter} }

// Challenge is the card; there must be one.
func (m SignIn) Challenge() Challenge { return Challenge{*m.Card, cardFault(m.Refusal)} }

// Refused is why the gate stayed shut.
func (m SignIn) Refused() refused { return refused{gate.Reason(m.Refusal), m.RetryAfter} }
