package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

const purposeConfirm = "confirm contact"

// What can be wrong with a change of contacts, beside ErrStale and ErrNoSession.
var (
	ErrOwn      = errors.New("the account has that contact already")
	ErrFull     = errors.New("the account has as many contacts of that kind as it may")
	ErrNoTexts  = errors.New("no texts are sent to that number: its country, or its kind")
	ErrLastWay  = errors.New("without it the account could not be recovered any more")
	ErrNotOwned = errors.New("the account has no such contact")
)

// ContactView is what the account page shows of a contact on its way into the account.
type ContactView struct {
	Contact   contact.Contact
	Replaces  contact.Contact
	Digits    int
	Life      time.Duration
	Until     time.Time
	NextClick time.Time
	TriesUsed int
	Tries     int
	Now       time.Time
}

// CoolDown is how long clicks still count for nothing.
func (v ContactView) CoolDown() time.Duration { return max(0, v.NextClick.Sub(v.Now)) }

// RunOut says that the code has run out.
func (v ContactView) RunOut() bool { return !v.Now.Before(v.Until) }

// TriesOver says that typed codes are refused.
func (v ContactView) TriesOver() bool { return v.TriesUsed >= v.Tries }

func (e *Engine) contactView(c recovery.Confirmation, now time.Time) ContactView {
	return ContactView{
		Contact: c.Contact, Replaces: c.Replaces, Digits: c.Digits, Life: c.Life, Until: c.Until, NextClick: c.NextClick,
		TriesUsed: c.Tries, Tries: recovery.ConfirmationTries, Now: now,
	}
}

// AddContact begins to add a contact to the account: a code goes there, and it counts once that came back. It may take another one's
// place. Whether the address belongs to another account is not looked at here: the worker does, and tells its owner instead.
func (e *Engine) AddContact(ctx context.Context, by Session, to, replaces contact.Contact, locale string) (ContactView, error) {
	account, err := e.changing(ctx, by)
	if err != nil {
		return ContactView{}, err
	}
	own := account.Contacts()
	if slices.ContainsFunc(own, same(to)) {
		return ContactView{}, ErrOwn
	}
	ofKind := 0
	for _, c := range own {
		if c.Kind == to.Kind {
			ofKind++
		}
	}
	switch {
	case !replaces.IsZero() && (replaces.Kind != to.Kind || !slices.ContainsFunc(own, same(replaces))):
		return ContactView{}, ErrNotOwned
	case replaces.IsZero() && ofKind >= MaxContacts:
		return ContactView{}, ErrFull
	}
	if phone, ok := to.Phone(); ok && (e.Texter == nil || !e.Texts.Sends(phone)) {
		return ContactView{}, ErrNoTexts
	}
	now := e.now()
	c, effect := e.Policy.Confirm(recovery.Confirmation{
		ID: recovery.ID(newID()), Account: by.Account, Session: by.ID, Contact: to, Replaces: replaces, Network: by.Network,
		Locale: cmp.Or(account.Locale, locale), Nonce: secret.NewNonce(), Key: e.Codes.Newest(),
	}, now)
	change := Change{Confirm: &StoredConfirmation{Confirmation: c}, Entries: []Entry{confirming(c, effect, now)}}
	if err := e.Store.Save(ctx, change); err != nil {
		return ContactView{}, err
	}
	e.Wake()
	return e.contactView(c, now), nil
}

func confirming(c recovery.Confirmation, effect recovery.Effect, now time.Time) Entry {
	return Entry{ID: newID(), Request: c.ID, Account: c.Account, Locale: c.Locale, Effect: effect, Created: now, Due: now}
}

func same(c contact.Contact) func(contact.Contact) bool {
	return func(o contact.Contact) bool { return o.Kind == c.Kind && o.Key() == c.Key() }
}

// Confirming shows the contact that is being confirmed in this session. ErrNoConfirmation when there is none, or not any more.
func (e *Engine) Confirming(ctx context.Context, by Session) (ContactView, error) {
	stored, err := e.confirmation(ctx, by)
	return e.contactView(stored.Confirmation, e.now()), err
}

// confirmation loads the account's, if this session began it and its time is not over.
func (e *Engine) confirmation(ctx context.Context, by Session) (StoredConfirmation, error) {
	stored, err := e.Store.Confirmation(ctx, by.Account)
	if err == nil && (!stored.Confirmation.Session.Equal(by.ID) || stored.Confirmation.Over(e.now())) {
		err = ErrNoConfirmation
	}
	return stored, err
}

// ResendConfirmation is a click for the code once more.
func (e *Engine) ResendConfirmation(ctx context.Context, by Session) (ContactView, recovery.Outcome, error) {
	var view ContactView
	var outcome recovery.Outcome
	err := e.attempt(ctx, func() error {
		stored, err := e.confirmation(ctx, by)
		if err != nil {
			return err
		}
		now := e.now()
		next, effect, o := stored.Confirmation.Click(e.Policy, now)
		view, outcome = e.contactView(next, now), o
		if o == recovery.Cooling || o == recovery.Ended {
			return nil
		}
		stored.Confirmation = next
		return e.Store.Save(ctx, Change{Confirm: &stored, Entries: []Entry{confirming(next, effect, now)}})
	})
	e.Wake()
	return view, outcome, err
}

// confirmCode derives the code that confirms a contact: like those of recoveries, and never one of them.
func (e *Engine) confirmCode(c recovery.Confirmation) secret.Code {
	key, ok := e.Codes.Key(c.Key)
	if !ok {
		return secret.Code{}
	}
	return key.Derive(c.Digits, purposeConfirm, []byte(c.ID), c.Nonce[:], []byte(c.Account), []byte(c.Contact.Address))
}

// ConfirmContact judges a typed code. When it is right the contact counts from now on, the one that it replaces is gone, everyone is
// told, and all open recoveries of the account die, since they were begun with other contacts. A wrong code is saved before it is told.
func (e *Engine) ConfirmContact(ctx context.Context, by Session, typed secret.Code) (ContactView, recovery.Outcome, error) {
	turn := e.turns.take(by.ID)
	turn.Lock()
	defer turn.Unlock()
	var view ContactView
	var outcome recovery.Outcome
	err := e.attempt(ctx, func() error {
		stored, err := e.confirmation(ctx, by)
		if err != nil {
			return err
		}
		c, now := stored.Confirmation, e.now()
		next, o := c.Enter(!typed.IsZero(), e.confirmCode(c).Equal(typed), now)
		view, outcome = e.contactView(next, now), o
		switch {
		case o == recovery.Proved:
			if stored.Confirmation, err = e.replacing(ctx, c); err != nil {
				return err
			}
			err := e.Store.Save(ctx, e.confirmed(by, stored, now))
			if errors.Is(err, ErrTaken) { // by another account, since the code was sent
				outcome = recovery.Wrong
				return e.Store.Save(ctx, Change{Settled: &stored})
			}
			return e.ended(ctx, by, err)
		case next.Tries == c.Tries:
			return nil
		}
		stored.Confirmation = next
		return e.Store.Save(ctx, Change{Confirm: &stored})
	})
	e.Wake()
	return view, outcome, err
}

// replacing is a confirmation whose contact takes the place of one that is still there: of none, if the account has lost it since the code
// was sent, as by another browser. What is told of it is told in the account's language, where that is known.
func (e *Engine) replacing(ctx context.Context, c recovery.Confirmation) (recovery.Confirmation, error) {
	account, err := e.Directory.Account(ctx, c.Account)
	if errors.Is(err, ErrNoAccount) {
		return c, ErrNoSession
	}
	if err == nil && !slices.ContainsFunc(account.Contacts(), same(c.Replaces)) {
		c.Replaces = contact.Contact{}
	}
	c.Locale = cmp.Or(account.Locale, c.Locale)
	return c, err
}

// confirmed is everything that follows from a contact having been confirmed.
func (e *Engine) confirmed(by Session, stored StoredConfirmation, now time.Time) Change {
	c := stored.Confirmation
	change := Change{
		By:      &by,
		Settled: &stored,
		Contact: &ContactChange{Account: c.Account, Remove: c.Replaces, Add: c.Contact, At: now},
		Retire:  &Retirement{Account: c.Account, At: now},
		Entries: []Entry{telling(by, recovery.NoticeAdded, c.Contact, c.Locale, now)},
		Records: []Record{{At: now, Account: c.Account, Event: EventAdded, Way: recovery.WayOf(c.Contact), Outcome: "right", Network: by.Network}},
	}
	if !c.Replaces.IsZero() {
		gone := telling(by, recovery.NoticeRemoved, c.Replaces, c.Locale, now)
		gone.Contact = c.Replaces
		change.Entries = append(change.Entries, gone)
		change.Records = append(change.Records, Record{
			At: now, Account: c.Account, Event: EventRemoved, Way: recovery.WayOf(c.Replaces), Outcome: "right", Network: by.Network,
		})
	}
	if phone, ok := c.Contact.Phone(); ok {
		change.Turnout = e.entered(phone)
	}
	return change
}

// telling is a notice to all contacts of a signed-in person's account.
func telling(by Session, what recovery.Notice, about contact.Contact, locale string, now time.Time) Entry {
	return Entry{
		ID: newID(), Account: by.Account, Locale: locale, About: about, Created: now, Due: now,
		Effect: recovery.Effect{Kind: recovery.EffectNotify, Notice: what, NotAfter: now.Add(recovery.NoticeLife)},
	}
}

// RemoveContact takes a contact out of the account, unless nothing would be left to recover it by, or to sign in with. All others are
// told, and so is the one that goes.
func (e *Engine) RemoveContact(ctx context.Context, by Session, gone contact.Contact, locale string) error {
	account, err := e.changing(ctx, by)
	if err != nil {
		return err
	}
	own := account.Contacts()
	i := slices.IndexFunc(own, same(gone))
	if i < 0 {
		return ErrNotOwned
	}
	gone = own[i]
	has, err := e.has(ctx, account)
	if err != nil {
		return err
	}
	if left := slices.DeleteFunc(slices.Clone(own), same(gone)); !slices.ContainsFunc(left, ofKind(gone.Kind)) {
		if gone.Kind == contact.KindEmail || !e.Policy.Enough(without(has, recovery.WayOf(gone))) {
			return ErrLastWay
		}
	}
	now := e.now()
	locale = cmp.Or(account.Locale, locale)
	farewell := telling(by, recovery.NoticeRemoved, gone, locale, now)
	farewell.Contact = gone
	return e.change(ctx, by, now, EventRemoved, recovery.WayOf(gone), Change{
		Seen:    &account,
		Contact: &ContactChange{Account: by.Account, Remove: gone, At: now},
		Entries: []Entry{telling(by, recovery.NoticeRemoved, gone, locale, now), farewell},
	})
}

func ofKind(kind contact.Kind) func(contact.Contact) bool {
	return func(c contact.Contact) bool { return c.Kind == kind }
}

// MainContact puts a contact first among those of its kind: codes go there.
func (e *Engine) MainContact(ctx context.Context, by Session, first contact.Contact) error {
	account, err := e.changing(ctx, by)
	if err != nil {
		return err
	}
	own := account.Contacts()
	switch i := slices.IndexFunc(own, same(first)); {
	case i < 0:
		return ErrNotOwned
	case i == slices.IndexFunc(own, ofKind(first.Kind)):
		return nil // it is the main one already, and nothing ends
	}
	now := e.now()
	return e.change(ctx, by, now, EventMain, recovery.WayOf(first), Change{Contact: &ContactChange{Account: by.Account, Main: first, At: now}})
}

// carryConfirm sends the code that confirms a contact. To an address of another account it sends its owner the news instead: whoever
// wanted to add it sees no difference.
func (e *Engine) carryConfirm(ctx context.Context, entry Entry) error {
	stored, err := e.Store.ConfirmationByID(ctx, entry.Request)
	if errors.Is(err, ErrNoConfirmation) {
		return e.settle(ctx, entry, Nothing, "confirmation is gone")
	}
	if err != nil {
		return err
	}
	c, now := stored.Confirmation, e.now()
	if !now.Before(c.Until) {
		return e.settle(ctx, entry, TooLate, "")
	}
	record := func(v Verdict) Record {
		return Record{At: e.now(), Account: c.Account, Event: EventCode, Way: recovery.WayOf(c.Contact), Outcome: string(v), Network: c.Network}
	}
	letter := Letter{
		ID: entry.ID, Kind: recovery.EffectConfirm, To: c.Contact, Locale: c.Locale,
		Code: e.confirmCode(c), Until: c.Until, Life: c.Life, At: now,
	}
	if address, ok := c.Contact.Email(); ok {
		switch _, err := e.Directory.Find(ctx, address); {
		case err == nil:
			letter.Kind, letter.Notice, letter.Code = recovery.EffectNotify, recovery.NoticeTaken, secret.Code{}
		case !errors.Is(err, ErrNoAccount):
			return e.unfound(ctx, entry, &directoryDown{err})
		}
	}
	if letter.Code.IsZero() && letter.Kind == recovery.EffectConfirm {
		return e.settle(ctx, entry, Nothing, "key revoked", record(Nothing))
	}
	paid, verdict, err := e.pay(ctx, entry, fare{account: c.Account, network: c.Network, by: byKnown, to: c.Contact, new: true})
	if err != nil {
		return err
	}
	if verdict != Carried {
		return e.settle(ctx, entry, verdict, paid.note, record(verdict))
	}
	return e.post(ctx, entry, letter, paid, record)
}
