package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/password"
	"twohens/internal/recovery"
)

// AccountView is what the account page shows to whoever is signed in.
type AccountView struct {
	ID        string
	Emails    []contact.Email // the main one first
	Phones    []contact.Phone
	Locale    string
	Questions []KeptAnswer // which can be answered; never the answers
	Lapsed    int          // how many are asked and cannot be answered: the key of their answers was revoked
	Saved     []SavedCode  // which there are, and which were used; never the codes
	Sessions  []Session
	Records   []Record
	Ailments  []Ailment // contacts that nothing can be delivered to

	Standing [][]recovery.Way // the sets of ways by which this account could be got back into
	Fresh    bool             // the password was typed lately enough for changes
}

// recordsShown is how many lines of what was recorded the account page shows.
const recordsShown = 50

// Account shows the account of a session. ErrNoSession when it was disabled or deleted.
func (e *Engine) Account(ctx context.Context, by Session) (AccountView, error) {
	account, err := e.Directory.Account(ctx, by.Account)
	if errors.Is(err, ErrNoAccount) {
		return AccountView{}, ErrNoSession
	}
	if err != nil {
		return AccountView{}, err
	}
	view := AccountView{ID: account.ID, Emails: account.Emails, Phones: account.Phones, Locale: account.Locale, Fresh: e.fresh(by)}
	kept, err := e.Store.Answers(ctx, by.Account)
	if err != nil {
		return AccountView{}, err
	}
	view.Questions = answerable(kept)
	view.Lapsed = len(kept) - len(view.Questions)
	if view.Saved, err = e.Store.Saved(ctx, by.Account); err != nil {
		return AccountView{}, err
	}
	if view.Ailments, err = e.Store.Ailments(ctx, by.Account); err != nil {
		return AccountView{}, err
	}
	view.Standing = e.Policy.Standing(e.ways(account, kept, view.Saved))
	if view.Sessions, err = e.Store.SessionsOf(ctx, by.Account, e.now()); err != nil {
		return AccountView{}, err
	}
	view.Records, err = e.Store.Recorded(ctx, by.Account, recordsShown)
	return view, err
}

// historyShown is how many lines of what was recorded are shown at most.
const historyShown = 1000

// History shows what was recorded about the account of a session, newest first, further back than its AccountView goes.
func (e *Engine) History(ctx context.Context, by Session) ([]Record, error) {
	_, err := e.Directory.Account(ctx, by.Account)
	if errors.Is(err, ErrNoAccount) {
		return nil, ErrNoSession
	}
	if err != nil {
		return nil, err
	}
	return e.Store.Recorded(ctx, by.Account, historyShown)
}

// ways are those that an account could prove.
func (e *Engine) ways(a Account, questions []KeptAnswer, saved []SavedCode) []recovery.Way {
	var ways []recovery.Way
	if len(a.Emails) > 0 {
		ways = append(ways, recovery.WayEmail)
	}
	if len(a.Phones) > 0 {
		ways = append(ways, recovery.WayPhone)
	}
	if len(answerable(questions)) >= e.Policy.Questions {
		ways = append(ways, recovery.WayQuestions)
	}
	if slices.ContainsFunc(saved, func(c SavedCode) bool { return c.Used.IsZero() }) {
		ways = append(ways, recovery.WaySaved)
	}
	return ways
}

// has is ways, for an account that was only looked up.
func (e *Engine) has(ctx context.Context, a Account) ([]recovery.Way, error) {
	questions, err := e.Store.Answers(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	saved, err := e.Store.Saved(ctx, a.ID)
	return e.ways(a, questions, saved), err
}

func without(ways []recovery.Way, gone recovery.Way) []recovery.Way {
	return slices.DeleteFunc(slices.Clone(ways), func(w recovery.Way) bool { return w == gone })
}

// fresh says that the password was typed lately in this session.
func (e *Engine) fresh(by Session) bool { return e.now().Sub(by.Proved) < e.Settings.Sessions.Fresh }

// changing looks up the account of a session in which something of it is about to be changed. ErrStale when the password must be typed
// first, ErrNoSession when the account is gone.
func (e *Engine) changing(ctx context.Context, by Session) (Account, error) {
	if !e.fresh(by) {
		return Account{}, ErrStale
	}
	account, err := e.Directory.Account(ctx, by.Account)
	if errors.Is(err, ErrNoAccount) {
		err = ErrNoSession
	}
	return account, err
}

// change saves a change of what an account is recovered by. All its open recoveries die with it: they were begun with what it was
// before (CVE-2024-41890). The session must have outlived the work before, such as ten hashes: were it not looked at once more, who
// is just being thrown out by the owner's recovery could still leave codes behind that open the account.
func (e *Engine) change(ctx context.Context, by Session, now time.Time, event Event, way recovery.Way, c Change) error {
	c.By, c.Retire = &by, &Retirement{Account: by.Account, At: now}
	c.Records = append(c.Records, Record{At: now, Account: by.Account, Event: event, Way: way, Outcome: "right", Network: by.Network})
	if err := e.Store.Save(ctx, c); err != nil {
		return e.ended(ctx, by, err)
	}
	e.tell(c.Records)
	e.Wake()
	return nil
}

// ended is why a change was not saved: ErrNoSession, when it is that its session ended meanwhile.
func (e *Engine) ended(ctx context.Context, by Session, err error) error {
	if !errors.Is(err, ErrChanged) {
		return err
	}
	if _, gone := e.Store.Session(ctx, by.ID, e.now()); gone != nil {
		return gone
	}
	return err
}

// Prove is the password typed once more in a session: for a while, things of the account may be changed in it. ErrWrong when it is not
// the account's. Whether they may try again is the gate's matter.
func (e *Engine) Prove(ctx context.Context, by Session, typed password.Password) error {
	if err := e.knows(ctx, by, typed); err != nil {
		return err
	}
	if err := e.Store.Prove(ctx, by.ID, e.now()); err != nil {
		return err
	}
	return e.note(ctx, by, EventProved, "right")
}

// knows says whether a signed-in person knows the current password: ErrWrong, or ErrNoSession when the account is gone.
func (e *Engine) knows(ctx context.Context, by Session, typed password.Password) error {
	account, err := e.Directory.Account(ctx, by.Account)
	if errors.Is(err, ErrNoAccount) || err == nil && len(account.Emails) == 0 {
		return ErrNoSession
	}
	if err != nil {
		return err
	}
	if _, err := e.Directory.Check(ctx, account.Emails[0], typed); errors.Is(err, ErrNoAccount) {
		return ErrWrong
	} else if err != nil {
		return err
	}
	return nil
}

// SetLocale sets the language of the account's messages.
func (e *Engine) SetLocale(ctx context.Context, by Session, locale string) error {
	now := e.now()
	change := Change{
		Locale:  &LocaleChange{Account: by.Account, Locale: locale},
		Records: []Record{{At: now, Account: by.Account, Event: EventLocale, Outcome: locale, Network: by.Network}},
	}
	if err := e.Store.Save(ctx, change); err != nil {
		return err
	}
	e.tell(change.Records)
	return nil
}

// ChangePassword sets a new password for somebody who knows the current one: ErrWrong when they do not. Whether they may try
// again is the gate's matter. All other sessions and all open recoveries of the account end, and its contacts are told.
func (e *Engine) ChangePassword(ctx context.Context, by Session, current, chosen password.Password, locale string) (password.Verdict, error) {
	if err := e.knows(ctx, by, current); err != nil {
		return password.Verdict{}, err
	}
	account, err := e.Directory.Account(ctx, by.Account)
	if errors.Is(err, ErrNoAccount) || err == nil && len(account.Emails) == 0 {
		return password.Verdict{}, ErrNoSession
	}
	if err != nil {
		return password.Verdict{}, err
	}
	verdict := e.Password.Check(ctx, chosen, password.About{Email: account.Emails[0]})
	if !verdict.OK() {
		return verdict, nil
	}
	write, err := e.Directory.Prepare(ctx, by.Account, chosen)
	if errors.Is(err, ErrNoAccount) {
		return verdict, ErrNoSession
	}
	if err != nil {
		return verdict, err
	}
	now := e.now()
	if write != nil {
		write.At, write.Keep = now, by.ID
	}
	err = e.change(ctx, by, now, EventChanged, recovery.WayNone, Change{
		Password: write,
		Entries:  []Entry{telling(by, recovery.NoticePassword, contact.Contact{}, locale, now)},
	})
	if errors.Is(err, ErrChanged) {
		return verdict, ErrNoSession // it was ended, or the account disabled, while the password was being hashed
	}
	if err != nil {
		return verdict, err
	}
	return verdict, e.Store.Prove(ctx, by.ID, now)
}
