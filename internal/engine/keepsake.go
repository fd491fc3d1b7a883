package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"twohens/internal/contact"
)

// Keepsakes is the part of the Store that keeps what an account set up to prove itself by heart. It belongs to the program and not to
// the directory, which need not know of it.
type Keepsakes interface {
	// Answers lists the answers of an account in the order in which they were set up.
	Answers(ctx context.Context, account string) ([]KeptAnswer, error)
	// Saved lists the saved codes of an account by their places.
	Saved(ctx context.Context, account string) ([]SavedCode, error)
}

// KeptAnswer is an answer as it is kept. One whose pepper was revoked has lost its digest: no answer is right any more, and
// its question goes on being asked, so that whoever asked before and asks again does not learn from another question that there is an
// account.
type KeptAnswer struct {
	Question string
	Digest   string
	Made     time.Time
}

// answerable are the questions that still have an answer.
func answerable(kept []KeptAnswer) []KeptAnswer {
	return slices.DeleteFunc(slices.Clone(kept), func(k KeptAnswer) bool { return k.Digest == "" })
}

// SavedCode is a saved code as it is kept.
type SavedCode struct {
	Place  int // 0 to 9; its code begins with it, so that one digest is computed for a try, not ten
	Digest string
	Made   time.Time
	Used   time.Time // zero: not yet
}

// AnswerSet replaces all answers of an account; an empty list removes them.
type AnswerSet struct {
	Account string
	Answers []KeptAnswer
}

// SavedSet replaces all saved codes of an account; an empty list removes them.
type SavedSet struct {
	Account string
	Codes   []SavedCode
}

// SavedUse uses a saved code up. ErrChanged when it was used, or replaced, since it was read: of two uses at once one counts.
type SavedUse struct {
	Account string
	Place   int
	Digest  string
	At      time.Time
}

// ContactChange changes the contacts of a built-in account: it removes one, adds one, or puts one first among those of its kind. An
// account has at most MaxContacts of a kind and always an e-mail address, because it signs in with it.
//
// ErrTaken when the added address belongs to another account, ErrChanged when what it was decided on has moved: the contact to be
// removed, or made the main one, is not there, the added one is, or there would be too many or no address left.
type ContactChange struct {
	Account string
	Remove  contact.Contact // zero: none
	Add     contact.Contact // zero: none
	Main    contact.Contact // comes first from now on; zero: the order stays
	At      time.Time
}

// MaxContacts of a kind.
const MaxContacts = 2

// ErrTaken says that an address belongs to another account.
var ErrTaken = errors.New("the address belongs to another account")

// LocaleChange sets the language of a built-in account's messages.
type LocaleChange struct {
	Account string
	Locale  string
}
