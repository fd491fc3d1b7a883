package recovery

import "time"

// Effect is something that a step asks for and a worker carries out later, from the saved outbox (invariants 4 and 7).
type Effect struct {
	Kind     EffectKind
	Way      Way       // of a code to send
	Round    int       // whose code it is
	NotAfter time.Time // carried out later than this, it would be of no use
}

// EffectKind says what is to be done.
type EffectKind string

// The effects there are.
const (
	EffectFind   EffectKind = "find"   // look for the account and copy it into the request
	EffectSend   EffectKind = "send"   // send the code of a round
	EffectNotify EffectKind = "notify" // tell every contact of the account that its password was changed
)
