package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"twohens/internal/engine"
)

// Save implements engine.Store. The order of the steps is the same for every change, so that two changes wait for each other's
// rows in turn: the account's lock, requests, tally, settlement, the account and what hangs on it, sessions, what is counted for
// everyone; what is merely added comes last.
func (s *Store) Save(ctx context.Context, c engine.Change) error {
	steps, err := plan(c)
	if err == nil {
		if c.Retire == nil {
			_, err = s.db.write(ctx, careFor(c, steps), steps)
		} else {
			err = s.saveRetiring(ctx, *c.Retire, steps)
		}
	}
	switch {
	case err == nil:
		if len(c.Entries) > 0 {
			s.db.announce()
		}
		return nil
	case errors.Is(err, engine.ErrChanged):
		return engine.ErrChanged
	case errors.Is(err, engine.ErrTaken):
		return engine.ErrTaken
	}
	return fmt.Errorf("saving: %w", err)
}

// careFor is how much care a change needs. That a repeat is begun is for whoever comes after this program was killed to know. With a
// wait for the disk between that note and the repeat, many more would be killed there, and their messages lost.
func careFor(c engine.Change, steps []step) care {
	if c.Begin != nil && len(steps) == 1 {
		return relaxed
	}
	return durable
}

// saveRetiring looks for the open requests of the account and ends them in the transaction of the other steps.
func (s *Store) saveRetiring(ctx context.Context, r engine.Retirement, steps []step) error {
	var open []engine.Stored
	var failed error
	q := query{
		statement: openRequests,
		locks:     []step{do(holdAccount, r.Account), do(lockRequests, r.Account, millis(r.At))},
		args:      []any{r.Account, millis(r.At)},
		start:     func() { open = nil },
		each: func(r row) error {
			stored, err := scanRequest(r)
			open = append(open, stored)
			return err
		},
	}
	err := s.db.decide(ctx, durable, q, func() []step {
		all := steps[:len(steps):len(steps)]
		for _, stored := range open {
			more, err := retire(stored, r)
			if err != nil {
				failed = err
			}
			all = append(all, more...)
		}
		return all
	})
	return errors.Join(failed, err)
}

// hold makes the steps that lock the accounts which a change is about. Who retires has locked the account by then, before looking for its
// requests.
func hold(c engine.Change) []step {
	var steps []step
	add := func(lock *statement, account string) {
		again := slices.ContainsFunc(steps, func(s step) bool { return s.args[0] == account })
		if !again && (c.Retire == nil || c.Retire.Account != account) {
			steps = append(steps, do(lock, account))
		}
	}
	switch {
	case c.Undo != nil:
		add(holdAccount, c.Undo.Account)
	case c.Password != nil:
		add(holdAccount, c.Password.Account)
	case c.Contact != nil:
		add(holdAccount, c.Contact.Account)
	case c.Locale != nil:
		add(holdAccount, c.Locale.Account)
	case c.Answers != nil:
		add(holdAccount, c.Answers.Account)
	case c.Saved != nil:
		add(holdAccount, c.Saved.Account)
	case c.Spend != nil:
		add(holdAccount, c.Spend.Account)
	}
	if c.Join != nil {
		add(lockAccount, c.Join.Request.Account)
	}
	if c.SignIn != nil {
		add(lockAccount, c.SignIn.Account)
	}
	return steps
}

// plan turns a change into steps.
func plan(c engine.Change) ([]step, error) {
	steps := hold(c)
	var failed error
	add := func(s step, err error) {
		steps = append(steps, s)
		failed = errors.Join(failed, err)
	}
	if c.Create != nil {
		add(createRequest(*c.Create))
	}
	if c.Update != nil {
		add(saveRequest(c.Update.Request, c.Update.Version))
	}
	if c.Join != nil {
		add(join(c.Join.Request, c.Join.Version, c.Join.AccountVersion))
	}
	if c.Tally != nil {
		add(saveTally(*c.Tally))
	}
	if c.EndRow != "" {
		add(do(endRow, c.EndRow), nil)
	}
	if c.Begin != nil {
		add(begin(*c.Begin), nil)
	}
	if c.Noted != nil {
		steps = append(steps, note(*c.Noted)...)
	}
	if c.Settle != nil {
		steps = append(steps, settle(*c.Settle)...)
	}
	of, err := planAccount(c)
	steps, failed = append(steps, of...), errors.Join(failed, err)
	if c.SignIn != nil {
		add(beginSession(*c.SignIn), nil)
	}
	if c.By != nil {
		add(must(engine.ErrChanged, keepSession, c.By.Account, c.By.ID[:]), nil)
	}
	if c.Turnout != nil {
		steps = append(steps, count(*c.Turnout)...)
	}
	if c.Pause != nil {
		add(pause(*c.Pause), nil)
	}
	steps = slices.Concat(steps, countTraffic(slices.Clone(c.Traffic)), meet(slices.Clone(c.Recipients)))
	for _, entry := range c.Entries {
		add(addEntry(entry), nil)
	}
	for _, record := range c.Records {
		add(addRecord(record), nil)
	}
	return steps, failed
}

// planAccount makes the steps that change an account and what hangs on it.
func planAccount(c engine.Change) ([]step, error) {
	var steps []step
	if c.Seen != nil && c.Seen.Version != 0 {
		steps = append(steps, must(engine.ErrChanged, seenAccount, c.Seen.ID, c.Seen.Version))
	}
	if c.Password != nil {
		steps = append(steps, writePassword(*c.Password)...)
	}
	if c.Undo != nil {
		steps = append(steps, undo(*c.Undo)...)
	}
	if c.Contact != nil {
		steps = append(steps, changeContacts(*c.Contact)...)
	}
	if c.Locale != nil {
		steps = append(steps, changeLocale(*c.Locale))
	}
	if c.Answers != nil {
		steps = append(steps, keepAnswers(*c.Answers)...)
	}
	if c.Spend != nil {
		steps = append(steps, useUp(*c.Spend)...)
	}
	if c.Saved != nil {
		steps = append(steps, keepSaved(*c.Saved)...)
	}
	if c.Mark != nil {
		steps = append(steps, markAs(*c.Mark))
	}
	var failed error
	if c.Confirm != nil {
		st, err := saveConfirmation(*c.Confirm)
		steps, failed = append(steps, st), err
	}
	if c.Settled != nil {
		steps = append(steps, settleConfirmation(*c.Settled))
	}
	return steps, failed
}
