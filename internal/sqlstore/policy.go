package sqlstore

import (
	"encoding/json"
	"slices"
	"sync/atomic"

	"twohens/internal/recovery"
)

// policyBody is the policy in the body of its request. Reading it would take longer than reading all the rest, and nearly all requests have
// the same one: so the last that was read is remembered by its text.
type policyBody recovery.Policy

type readPolicy struct {
	text   string
	policy policyBody
}

var lastPolicy atomic.Pointer[readPolicy]

// UnmarshalJSON implements json.Unmarshaler. Requests share the lists of what it reads, and none of them can add to another's.
func (p *policyBody) UnmarshalJSON(text []byte) error {
	if last := lastPolicy.Load(); last != nil && last.text == string(text) {
		*p = last.policy
		return nil
	}
	var read recovery.Policy
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	read.Ways, read.Proofs, read.CoolDown = slices.Clip(read.Ways), slices.Clip(read.Proofs), slices.Clip(read.CoolDown)
	*p = policyBody(read)
	lastPolicy.Store(&readPolicy{string(text), *p})
	return nil
}
