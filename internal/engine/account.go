package engine

import (
	"context"
	"errors"

	"twohens/internal/contact"
	"twohens/internal/password"
	"twohens/internal/recovery"
)

// AccountView is what the account page shows to whoever is signed in.
type AccountView struct {
	Emails   []contact.Email
	Phones   []contact.Phone
	Sessions []Session
	Records  []Record
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
	view := AccountView{Emails: account.Emails, Phones: account.Phones}
	if view.Sessions, err = e.Store.SessionsOf(ctx, by.Account, e.now()); err != nil {
		return AccountView{}, err
	}
	view.Records, err = e.Store.Recorded(ctx, by.Account, recordsShown)
	return view, err
}

// ChangePassword sets a new password for somebody who knows the current one: ErrWrong when they do not. Whether they may try
// again is the gate's matter. All other sessions and all open recoveries of the account end, and its contacts are told.
func (e *Engine) ChangePassword(ctx context.Context, by Session, current, chosen password.Password, locale string) (password.Verdict, error) {
	account, err := e.Directory.Account(ctx, by.Account)
	if errors.Is(err, ErrNoAccount) || err == nil && len(account.Emails) == 0 {
		return password.Verdict{}, ErrNoSession
	}
	if err != nil {
		return password.Verdict{}, err
	}
	if _, err := e.Directory.Check(ctx, account.Emails[0], current); errors.Is(err, ErrNoAccount) {
		return password.Verdict{}, ErrWrong
	} else if err != nil {
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
	notice := Entry{
		ID: newID(), Account: by.Account, Created: now, Due: now,
		Effect: recovery.Effect{Kind: recovery.EffectNotify, Notice: recovery.NoticePassword, NotAfter: now.Add(recovery.NoticeLife)}, Locale: locale,
	}
	change := Change{
		Password: write,
		Retire:   &Retirement{Account: by.Account, At: now},
		Entries:  []Entry{notice},
		Records:  []Record{{At: now, Account: by.Account, Event: EventChanged, Outcome: "right", Network: by.Network}},
	}
	if err := e.Store.Save(ctx, change); errors.Is(err, ErrChanged) {
		return verdict, ErrNoSession // it was ended, or the account disabled, while the password was being hashed
	} else if err != nil {
		return verdict, err
	}
	e.tell(change.Records)
	e.Wake()
	return verdict, nil
}
