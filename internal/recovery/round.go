package recovery

import "time"

// Round is the span in which the code of a way stays the same. A click within CodeLife of the round's first click
// repeats its code; a later click begins the next round, and the old one keeps its own end, so a late mail still works.
type Round struct {
	Way    Way       `json:"way"`
	Number int       `json:"number"` // from 1, over all ways of the request
	First  time.Time `json:"first"`  // the click that began it
	Until  time.Time `json:"until"`  // its code is valid before this moment
}

// alive says that the round's code is still valid.
func (r Round) alive(now time.Time) bool { return now.Before(r.Until) }

// LiveRounds are the rounds of the chosen way whose codes are valid now: those that a typed code is compared with.
func (r Request) LiveRounds(now time.Time) []Round {
	var live []Round
	for _, round := range r.Rounds {
		if round.Way == r.Way && round.alive(now) {
			live = append(live, round)
		}
	}
	return live
}

// clicked counts one click for a code: it repeats the round's code or begins a new round, and sets the cool-down.
func (r *Request) clicked(now time.Time) (Round, Outcome) {
	r.Clicks++
	r.NextClick = now.Add(r.Policy.coolDown(r.Clicks))
	for i := len(r.Rounds) - 1; i >= 0; i-- {
		round := &r.Rounds[i]
		if round.Way != r.Way || now.Sub(round.First) >= r.Policy.CodeLife {
			continue
		}
		if r.Policy.Extends {
			round.Until = r.atMost(now.Add(r.Policy.CodeLife))
		}
		return *round, SentAgain
	}
	round := Round{Way: r.Way, Number: len(r.Rounds) + 1, First: now, Until: r.atMost(now.Add(r.Policy.CodeLife))}
	r.Rounds = append(r.Rounds, round)
	return round, Sent
}

// atMost keeps a code from outliving its request.
func (r *Request) atMost(until time.Time) time.Time {
	if until.After(r.Expires) {
		return r.Expires
	}
	return until
}
