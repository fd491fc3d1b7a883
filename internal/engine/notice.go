package engine

import (
	"cmp"
	"context"
	"errors"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// carryNotify tells an account's contacts what happened to it. It begins as one entry for the account and becomes one for each
// contact, so that a repeat after a crash repeats one letter, not all. It speaks the language that the account has set: whoever asked may
// be a stranger.
func (e *Engine) carryNotify(ctx context.Context, entry Entry) error {
	if entry.Contact.IsZero() {
		return e.spread(ctx, entry)
	}
	letter := Letter{
		ID: entry.ID, Kind: recovery.EffectNotify, Notice: entry.Effect.Notice, To: entry.Contact, Locale: entry.Locale,
		At: entry.Created, About: entry.About,
	}
	if entry.Request == "" {
		// Done on the account page.
	} else if stored, err := e.Store.Request(ctx, Key{ID: entry.Request}); err == nil {
		letter.Locale, letter.Proof = cmp.Or(letter.Locale, stored.Request.Locale), stored.Request.Proof
		if !stored.Request.Stop.IsZero() && !entry.Young && stops(entry.Effect.Notice) {
			letter.Stop = e.stop(stored.Request)
		}
	} else if !errors.Is(err, ErrNoRequest) {
		return err
	}
	record := func(v Verdict) Record {
		return Record{At: e.now(), Request: entry.Request, Account: entry.Account, Event: EventNotice, Outcome: string(v)}
	}
	var paid payment
	if letter.To.Kind == contact.KindPhone { // notices by mail cost nothing and are never withheld; by text they count
		var verdict Verdict
		var err error
		if paid, verdict, err = e.pay(ctx, entry, fare{account: entry.Account, by: byHouse, to: letter.To}); err != nil {
			return err
		} else if verdict != Carried {
			return e.settle(ctx, entry, verdict, paid.note, record(verdict))
		}
	}
	return e.post(ctx, entry, letter, paid, record)
}

// stops says that whoever gets the notice may say "this was not me" of what it tells.
func stops(n recovery.Notice) bool {
	return n == recovery.NoticePassword || n == recovery.NoticeAnswered || n == recovery.NoticeSpent
}

// spread replaces the notice of an account by one for each of its contacts. They are in the account's language, where that is known:
// whoever is warned of chose the language of the pages, and could choose one in which the owner reads no warning.
func (e *Engine) spread(ctx context.Context, entry Entry) error {
	account, err := e.Directory.Account(ctx, entry.Account)
	if errors.Is(err, ErrNoAccount) {
		return e.settle(ctx, entry, Nothing, "account is gone")
	}
	if err != nil {
		return e.settle(ctx, entry, Later, "directory")
	}
	now := e.now()
	var notices []Entry
	for _, to := range account.Contacts() {
		notices = append(notices, Entry{
			ID: newID(), Request: entry.Request, Account: entry.Account, Locale: cmp.Or(account.Locale, entry.Locale), Effect: entry.Effect,
			Contact: to, About: entry.About, Young: account.young(to, entry.Created), Created: entry.Created, Due: now,
		})
	}
	if err := e.Store.Save(ctx, Change{Settle: e.settlement(entry, Carried, ""), Entries: notices}); err != nil {
		return err
	}
	e.Wake()
	return nil
}
