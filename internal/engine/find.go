package engine

import (
	"context"
	"encoding/hex"
	"errors"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// carryFind looks up the account and copies it into the request, or a decoy: the same commit for both (invariant 4).
func (e *Engine) carryFind(ctx context.Context, entry Entry) error {
	_, err := e.found(ctx, entry, e.settlement(entry, Carried, ""))
	return e.unfound(ctx, entry, err)
}

// found loads the request of an entry with its account copied in, by this call if none did it before: a person who chooses at
// once may be quicker than the worker, and the order in which entries are taken is nobody's promise. The settlement, if
// any, is saved with it. The tally of an account that this call copied in is not read yet.
func (e *Engine) found(ctx context.Context, entry Entry, settlement *Settlement) (Stored, error) {
	var stored Stored
	err := e.attempt(ctx, func() error {
		var err error
		if stored, err = e.Store.Request(ctx, Key{ID: entry.Request}); err != nil {
			return err
		}
		r := stored.Request
		if r.Found {
			if settlement == nil {
				return nil
			}
			return e.Store.Save(ctx, Change{Settle: settlement})
		}
		find, version, err := e.find(ctx, r)
		if err != nil {
			return err
		}
		step := r.Next(find, e.now())
		r = step.Request
		stored.Request, stored.AccountVersion = r, version
		records := []Record{{
			At: r.Opened, Request: r.ID, Account: r.Account,
			Event: EventOpened, Outcome: string(step.Outcome), Network: r.Network,
		}}
		if err := e.Store.Save(ctx, Change{Join: &stored, Settle: settlement, Records: records}); err != nil {
			return err
		}
		e.tell(records)
		return nil
	})
	return stored, err
}

// unfound settles an entry whose request or account could not be had.
func (e *Engine) unfound(ctx context.Context, entry Entry, err error) error {
	var down *directoryDown
	switch {
	case errors.Is(err, ErrNoRequest):
		return e.settle(ctx, entry, Nothing, "request is gone")
	case errors.As(err, &down):
		e.Log.WarnContext(ctx, "directory did not answer, trying again", "err", err)
		return e.settle(ctx, entry, Later, "directory")
	}
	return err
}

// directoryDown is a directory that did not answer, as opposed to one that knows no such account.
type directoryDown struct{ err error }

func (d *directoryDown) Error() string { return "directory: " + d.err.Error() }
func (d *directoryDown) Unwrap() error { return d.err }

// find makes the facts of recovery.Find: the account's own, or a decoy's, whose id is made from the address so that its tally
// holds over all its requests. The id is derived for real accounts as well, for the sake of the same work.
// The second result is the version of the account that was looked at, 0 without one.
func (e *Engine) find(ctx context.Context, r recovery.Request) (recovery.Find, int64, error) {
	decoy := e.decoy(r.Address)
	found := recovery.Find{Account: decoy, Contact: r.Address, Epoch: epoch(Account{})}
	account, err := e.Directory.Find(ctx, r.Address)
	switch {
	case err == nil:
		// A new password ends all open requests of its account, also one of which nobody knew yet that it is one of them.
		found.Account, found.Real = account.ID, !account.Changed.After(r.Opened)
		found.Phone, found.Speaks, found.Epoch = account.phone(), account.Locale, epoch(account)
		if to, ok := account.email(r.Address); ok {
			found.Contact = to
		} else {
			found.Real = false // an account is found by an address: this one is none that anybody could have typed
		}
	case !errors.Is(err, ErrNoAccount):
		return recovery.Find{}, 0, &directoryDown{err}
	}
	r.Account, r.Contact = found.Account, found.Contact
	found.Link = e.link(r).Digest()
	return found, account.Version, nil
}

// decoy is the account id of an address that has no account. It looks like one of a built-in account and is as long: a longer one takes
// longer to read and to write, and whoever sends wrong codes or answers times both.
func (e *Engine) decoy(address contact.Email) string {
	sum := e.Decoys.MAC("decoy account", []byte(address.Key()))
	return hex.EncodeToString(sum[:16])
}

// carryAsk copies in what a way by heart is judged by: the account's own questions or saved codes, or ones made up for an address
// without. The same reads and the same commit for everyone.
func (e *Engine) carryAsk(ctx context.Context, entry Entry) error {
	if _, err := e.found(ctx, entry, nil); err != nil {
		return e.unfound(ctx, entry, err)
	}
	err := e.attempt(ctx, func() error {
		stored, err := e.Store.Request(ctx, Key{ID: entry.Request})
		if err != nil {
			return err
		}
		r := stored.Request
		ask, err := e.ask(ctx, r, entry.Effect.Way)
		if err != nil {
			return err
		}
		stored.Request = r.Next(ask, e.now()).Request
		return e.Store.Save(ctx, Change{Update: &stored, Settle: e.settlement(entry, Carried, "")})
	})
	return e.unfound(ctx, entry, err)
}

// ask makes the facts of recovery.Ask for one of the ways by heart. What was made up hangs on the address that was typed, so that an
// address without an account and an account without questions are asked the same for ever.
func (e *Engine) ask(ctx context.Context, r recovery.Request, way recovery.Way) (recovery.Ask, error) {
	if way == recovery.WaySaved {
		codes, err := e.Store.Saved(ctx, r.Account)
		return recovery.Ask{Saved: e.savedDigests(r, codes)}, err
	}
	kept, err := e.Store.Answers(ctx, r.Account)
	return recovery.Ask{Asked: e.questionsFor(r, kept)}, err
}
