package engine

import (
	"time"

	"twohens/internal/recovery"
)

// Message is one message of a request, and all that is known of its way. It holds neither code nor link, and its destination
// masked.
type Message struct {
	ID     string // of the outbox entry, which is also the local part of a mail's Message-ID
	Kind   recovery.EffectKind
	Notice recovery.Notice // of a notice
	Way    recovery.Way    // of a code
	To     string          // masked; empty: there was nowhere to send it
	Steps  []Step          // the oldest first; never empty
}

// Step is one thing that happened to a message.
type Step struct {
	At     time.Time
	What   StepKind
	Sender string // who was asked, or reported; empty where nobody was
	Said   string // their words, cleaned
}

// StepKind names what happened to a message.
type StepKind string

// The kinds there are.
const (
	StepQueued     StepKind = "queued"      // is in the outbox
	StepLeased     StepKind = "leased"      // a worker has it
	StepDeferred   StepKind = "deferred"    // nobody took it, is tried again
	StepHandedOver StepKind = "handed_over" // somebody took responsibility for it
	StepRefused    StepKind = "refused"     // nobody ever will
	StepWithheld   StepKind = "withheld"    // over a limit that nobody sees
	StepTooLate    StepKind = "too_late"    // its code ran out first, so it was dropped
	StepUnsure     StepKind = "unsure"      // nobody knows whether it went
	StepNothing    StepKind = "nothing"     // there was nothing to send: no account, or it lacks this way
	StepDelayed    StepKind = "delayed"     // the next one on its way reports a delay
	StepBounced    StepKind = "bounced"     // it came back
	StepDelivered  StepKind = "delivered"   // the telephone or the mailbox has it
)
