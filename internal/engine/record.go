package engine

import (
	"context"
	"time"

	"twohens/internal/recovery"
)

// Record is one line of what happened: never a code, an answer, a password or a full address.
type Record struct {
	At      time.Time
	Request recovery.ID
	Account string // empty while it is not known
	Event   Event
	Way     recovery.Way
	Outcome string
	Network string
}

// Event names what happened.
type Event string

// The events that are recorded.
const (
	EventOpened   Event = "opened"   // a recovery was begun
	EventCode     Event = "code"     // a message with a code was handed over, or not: see the outcome
	EventEntered  Event = "entered"  // a code was typed
	EventLink     Event = "link"     // the link of a mail was used
	EventPassword Event = "password" // a new password was set by a recovery
	EventChanged  Event = "changed"  // the password was changed on the account page
	EventNotice   Event = "notice"   // a notice was handed over, or not
	EventSignIn   Event = "sign_in"
	EventSignOut  Event = "sign_out"
	EventEnded    Event = "ended" // sign-in sessions were ended by hand

	EventAnswered  Event = "answered"  // questions were answered, or a saved code was typed
	EventStopped   Event = "stopped"   // a recovery was stopped by "this was not me"
	EventAdded     Event = "added"     // a contact was added to the account
	EventRemoved   Event = "removed"   // one was removed
	EventMain      Event = "main"      // one was made the main one
	EventQuestions Event = "questions" // the questions were set up, changed or removed
	EventSaved     Event = "saved"     // saved codes were made or thrown away
	EventLocale    Event = "locale"    // the language of messages was changed
	EventProved    Event = "proved"    // the password was typed once more, before a change
	EventPaused    Event = "paused"    // texts to a range of numbers were paused
)

// Records is the part of the Store that keeps them. They are written by Save, with the change that they tell of.
type Records interface {
	// Recorded lists what was recorded about an account, newest first.
	Recorded(ctx context.Context, account string, limit int) ([]Record, error)
}

// Auditor is told of every record after it was saved, for whoever watches from outside.
type Auditor interface {
	Audit(Record)
}

// tell passes saved records on.
func (e *Engine) tell(records []Record) {
	for _, r := range records {
		e.Auditor.Audit(r)
	}
}
