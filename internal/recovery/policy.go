package recovery

import (
	"slices"
	"time"

	"twohens/internal/secret"
)

// Policy is every figure that decides a request's life. It is copied into the request when that opens, so that a change of
// configuration never moves the ground under somebody halfway through.
type Policy struct {
	Ways        []Way           `json:"ways"`         // the ways this site has switched on, in the order they are shown
	Proofs      [][]Way         `json:"proofs"`       // the sets of ways that are enough, each in full; none: every way is by itself
	Digits      int             `json:"digits"`       // of a code
	CodeLife    time.Duration   `json:"code_life"`    // a code's validity after the click
	Extends     bool            `json:"extends"`      // a click in the same round makes the code valid anew; strict: never
	RequestLife time.Duration   `json:"request_life"` // of the request, and so of the link in its mail
	GrantLife   time.Duration   `json:"grant_life"`   // of the right to set one password
	CoolDown    []time.Duration `json:"cool_down"`    // after the first click, the second, ...; the last one repeats
	Tries       int             `json:"tries"`        // wrong codes on a request
	TriesADay   int             `json:"tries_a_day"`  // wrong codes on an account in a day
	TriesInARow int             `json:"tries_in_row"` // wrong codes on an account without a proof between
	Questions   int             `json:"questions"`    // asked together, with one verdict for all
	AnswersADay int             `json:"answers"`      // wrong answers on an account in a day
}

// Classic is the walk as written: 15 minutes for both kinds of code.
func Classic() Policy {
	return Policy{
		Ways:        []Way{WayEmail, WayPhone, WayQuestions},
		Proofs:      [][]Way{{WayEmail}, {WayPhone}, {WayQuestions}, {WaySaved}},
		Digits:      secret.DefaultDigits,
		CodeLife:    15 * time.Minute,
		Extends:     true,
		RequestLife: 60 * time.Minute,
		GrantLife:   15 * time.Minute,
		CoolDown:    []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute},
		Tries:       5,
		TriesADay:   15,
		TriesInARow: 100,
		Questions:   2,
		AnswersADay: 3,
	}
}

// Strict follows NIST SP 800-63B-4 and ASVS 5 level 2 as far as a product with e-mail codes can: ten minutes for codes
// and for the request, sending again never extends, and answers to questions only unlock the sending of a code.
func Strict() Policy {
	p := Classic()
	p.CodeLife = 10 * time.Minute
	p.RequestLife = 10 * time.Minute
	p.GrantLife = 10 * time.Minute
	p.Extends = false
	p.Proofs = [][]Way{{WayEmail}, {WayPhone}, {WayQuestions, WayEmail}, {WayQuestions, WayPhone}, {WaySaved}}
	return p
}

// Offers says whether this site has the way switched on.
func (p Policy) Offers(w Way) bool { return slices.Contains(p.Ways, w) }

// proofs are the sets that can be had with the ways that are switched on.
func (p Policy) proofs() [][]Way {
	var sets [][]Way
	if len(p.Proofs) == 0 {
		for _, way := range p.Ways {
			sets = append(sets, []Way{way})
		}
	}
	for _, set := range p.Proofs {
		if within(set, p.Ways) {
			sets = append(sets, set)
		}
	}
	return sets
}

// Enough says whether the proven ways earn the right to set a password.
func (p Policy) Enough(proven []Way) bool { return len(p.Standing(proven)) > 0 }

// Standing are the sets that somebody who has these ways could prove: in how many ways an account could be got back into. A set that
// holds another one is no further way back.
func (p Policy) Standing(has []Way) [][]Way {
	var sets [][]Way
	for _, set := range p.proofs() {
		if within(set, has) {
			sets = append(sets, set)
		}
	}
	return slices.DeleteFunc(slices.Clone(sets), func(set []Way) bool {
		return slices.ContainsFunc(sets, func(other []Way) bool { return len(other) < len(set) && within(other, set) })
	})
}

// Remaining are the ways that lead on from those proven, in the order they are shown. While nothing is proven they are the same for
// everyone.
func (p Policy) Remaining(proven []Way) []Way {
	var ways []Way
	for _, way := range p.Ways {
		if !slices.Contains(proven, way) && (len(proven) == 0 || p.Leads(way)) {
			ways = append(ways, way)
		}
	}
	return ways
}

// Leads says that the way is part of a set that is enough.
func (p Policy) Leads(way Way) bool {
	return slices.ContainsFunc(p.proofs(), func(set []Way) bool { return slices.Contains(set, way) })
}

// Several says that no way is enough by itself.
func (p Policy) Several() bool {
	return !slices.ContainsFunc(p.proofs(), func(set []Way) bool { return len(set) == 1 })
}

func within(set, all []Way) bool {
	for _, way := range set {
		if !slices.Contains(all, way) {
			return false
		}
	}
	return len(set) > 0
}

// coolDown is how long clicks count for nothing after the n-th click that counted, n from 1.
func (p Policy) coolDown(n int) time.Duration {
	if len(p.CoolDown) == 0 {
		return 0
	}
	return p.CoolDown[min(n, len(p.CoolDown))-1]
}
