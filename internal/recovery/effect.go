package recovery

import "time"

// Effect is something that a step asks for and a worker carries out later, from the saved outbox (invariants 4 and 7).
type Effect struct {
	Kind     EffectKind
	Way      Way       // of a code to send; by heart, whose digests are to be copied in
	Round    int       // whose code it is
	Notice   Notice    // what a notice tells
	NotAfter time.Time // carried out later than this, it would be of no use
}

// EffectKind says what is to be done.
type EffectKind string

// The effects there are.
const (
	EffectFind    EffectKind = "find"    // look for the account and copy it into the request
	EffectAsk     EffectKind = "ask"     // copy the account's questions, or its saved codes, into the request
	EffectSend    EffectKind = "send"    // send the code of a round
	EffectConfirm EffectKind = "confirm" // send the code that confirms a contact
	EffectNotify  EffectKind = "notify"  // tell every contact of the account what happened
	EffectAlarm   EffectKind = "alarm"   // tell the operator that codes by text stopped being entered
	EffectBrake   EffectKind = "brake"   // tell the operator that many typed codes are wrong
)

// Notice is what an account's contacts are told of.
type Notice string

// The notices there are.
const (
	NoticePassword  Notice = "password"  // a new password was set
	NoticeUndone    Notice = "undone"    // "this was not me" was said of it: the new password does not work any more
	NoticeAnswered  Notice = "answered"  // the questions were answered right; can be stopped
	NoticeSpent     Notice = "spent"     // a saved code was used; can be stopped
	NoticeAdded     Notice = "added"     // a contact was added
	NoticeRemoved   Notice = "removed"   // a contact was removed; that one is told too
	NoticeQuestions Notice = "questions" // the questions were set up, changed or removed
	NoticeSaved     Notice = "saved"     // new saved codes were made, or all were thrown away
	NoticeTaken     Notice = "taken"     // somebody wanted to add this address to another account
)

// NoticeLife is how long a notice is worth sending: as long as "this was not me" would work.
const NoticeLife = 72 * time.Hour
