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
	Digits      int             `json:"digits"`       // of a code
	CodeLife    time.Duration   `json:"code_life"`    // a code's validity after the click
	Extends     bool            `json:"extends"`      // a click in the same round makes the code valid anew; strict: never
	RequestLife time.Duration   `json:"request_life"` // of the request, and so of the link in its mail
	GrantLife   time.Duration   `json:"grant_life"`   // of the right to set one password
	CoolDown    []time.Duration `json:"cool_down"`    // after the first click, the second, ...; the last one repeats
	Tries       int             `json:"tries"`        // wrong codes on a request
	TriesADay   int             `json:"tries_a_day"`  // wrong codes on an account in a day
	TriesInARow int             `json:"tries_in_row"` // wrong codes on an account without a proof between
}

// Classic is the walk as written: 15 minutes for both kinds of code.
func Classic() Policy {
	return Policy{
		Ways:        []Way{WayEmail},
		Digits:      secret.DefaultDigits,
		CodeLife:    15 * time.Minute,
		Extends:     true,
		RequestLife: 60 * time.Minute,
		GrantLife:   15 * time.Minute,
		CoolDown:    []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute},
		Tries:       5,
		TriesADay:   15,
		TriesInARow: 100,
	}
}

// Strict follows NIST SP 800-63B-4 and ASVS 5 level 2 as far as a product with e-mail codes can: ten minutes for codes
// and for the request, and sending again never extends.
func Strict() Policy {
	p := Classic()
	p.CodeLife = 10 * time.Minute
	p.RequestLife = 10 * time.Minute
	p.GrantLife = 10 * time.Minute
	p.Extends = false
	return p
}

// Offers says whether this site has the way switched on.
func (p Policy) Offers(w Way) bool { return slices.Contains(p.Ways, w) }

// coolDown is how long clicks count for nothing after the n-th click that counted, n from 1.
func (p Policy) coolDown(n int) time.Duration {
	if len(p.CoolDown) == 0 {
		return 0
	}
	return p.CoolDown[min(n, len(p.CoolDown))-1]
}
