package engine

import (
	"context"
	"errors"
	"time"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// Store is where requests live, with the outbox, the tallies, the records and the sign-in sessions.
//
// A method that returns nil has made its change durable: it survives the loss of this program and of the machine's memory.
// One that returns an error has changed nothing, except that a broken connection may leave it unknown whether a change was
// saved; callers treat that like any failure, and the worker's leases mend the rest. All methods are safe for concurrent
// use, by several programs on one database too.
type Store interface {
	// Request finds a request by what its bearer knows. ErrNoRequest when there is none.
	Request(ctx context.Context, by Key) (Stored, error)

	// Save makes one Change, all of it or nothing. ErrChanged when a version in it is no longer the one that was loaded.
	Save(ctx context.Context, c Change) error

	// Lease takes up to limit entries that are due and not leased, oldest first, and leases them until the given time: of the
	// lanes given (Entry.Lane), or of any. No entry is ever under two leases that have not run out.
	Lease(ctx context.Context, now, until time.Time, limit int, lanes ...Lane) ([]Entry, error)

	// Sweep deletes what nobody needs any more: requests and confirmations that ended before, entries settled before, old tallies,
	// turnouts, pauses, guesses, what is known of deliveries, and sessions. What was spent is kept for 400 days.
	Sweep(ctx context.Context, before time.Time) error

	Sessions
	Records
	Keepsakes
	Confirmations
	Tolls
	Deliveries
	GuessCounts
}

// ErrNoRequest says that nothing is known of the request asked for.
var ErrNoRequest = errors.New("no such request")

// ErrChanged says that what a change was decided on has moved in the meantime. Nothing was saved: load and decide again.
var ErrChanged = errors.New("changed by somebody else")

// Key is what a request is found by: exactly one field is set.
type Key struct {
	ID     recovery.ID
	Holder secret.Digest // of the cookie of the browser that asked
	Link   secret.Digest // of the link in a mail
	Grant  secret.Digest // of the right to set a password
	Stop   secret.Digest // of the way to stop it
}

// Stored is a request as it was loaded, with the versions that a save must still find.
type Stored struct {
	Request recovery.Request
	Version int64

	Tally        recovery.Tally // of the request's account; zero for one that was not found yet
	TallyVersion int64          // 0 when there is none yet

	AccountVersion int64 // of a Join: the Account.Version that was copied in; 0 is not looked at
}

// Change is everything that one step saves, in one transaction. Absent parts are left alone.
type Change struct {
	Create *recovery.Request // a new request
	Update *Stored           // a request, if its version is still Update.Version
	Join   *Stored           // as Update, if its account still has the version that was read
	Tally  *Stored           // the tally of its account, if its version is still Tally.TallyVersion

	Entries []Entry // new in the outbox
	Begin   *Entry  // is being handed over once more (Entry.Begun), if its lease is still the one that was taken
	Settle  *Settlement
	Records []Record

	Password *Write // a new password of a built-in account
	SignIn   *Session
	Undo     *Undoing
	Retire   *Retirement
	EndRow   string // the account whose row of wrong tries ends by a sign-in; one without a tally is fine

	By   *Session // whose doing this is: it must still be there
	Seen *Account // by which it was decided: it must still have that Version; 0 is not looked at

	Contact *ContactChange
	Locale  *LocaleChange
	Answers *AnswerSet
	Saved   *SavedSet
	Spend   *SavedUse
	Confirm *StoredConfirmation // created, in place of another of its account, if Version is 0; updated if it is still Version
	Settled *StoredConfirmation // is over, if it is still Version: a right code counts only if no wrong one was saved in between

	Turnout *Turnout // of a block of numbers: is added to what was counted in its slot
	Pause   *Pause   // in place of one of the same range

	Noted      *Noted
	Mark       *Marking
	Traffic    []Traffic   // is added to what was counted
	Recipients []Recipient // who was there already is fine
}

// Write is a new password's hash on its way into a built-in account. Sessions of the account end with it, but for Keep.
type Write struct {
	Account string
	Hash    string
	At      time.Time
	Keep    secret.Digest // the session that changed its own password goes on, and must still be there; zero: none does
	Request recovery.ID   // whose recovery it is; empty: whoever knew the password before it changed it
}

// Undoing takes back what a recovery gave, if its password, or one that was changed from it since, is still the account's: nobody
// can sign in until another recovery, all sessions end, and what has been added since goes: contacts, questions, saved codes. That is what
// somebody would come back by. Unless no older e-mail address is left, which would be the last way: then it stays.
//
// The Store does it in one piece, and nothing when another recovery or the operator has set a password in between.
type Undoing struct {
	Account string
	Request recovery.ID
	Since   time.Time // when that recovery was proved
	At      time.Time
}

// Retirement ends the other open requests of an account. The Store applies recovery.Retire to each.
type Retirement struct {
	Account string
	Except  recovery.ID
	ByHeart bool // only those in which something was proved by heart
	At      time.Time
}
