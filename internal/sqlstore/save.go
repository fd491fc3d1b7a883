package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"twohens/internal/engine"
)

// Save implements engine.Store. The order of the steps is the same for every change, so that two changes wait for each other's
// rows in turn: requests, tally, settlement, account, sessions; what is merely added comes last.
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
			more, err := retire(stored, r.Except, r.At)
			if err != nil {
				failed = err
			}
			all = append(all, more...)
		}
		return all
	})
	return errors.Join(failed, err)
}

// plan turns a change into steps.
func plan(c engine.Change) ([]step, error) {
	var steps []step
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
		more, err := join(c.Join.Request, c.Join.Version)
		steps, failed = append(steps, more...), errors.Join(failed, err)
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
	if c.Settle != nil {
		add(settle(*c.Settle), nil)
	}
	if c.Password != nil {
		steps = append(steps, writePassword(*c.Password)...)
	}
	if c.SignIn != nil {
		steps = append(steps, beginSession(*c.SignIn)...)
	}
	for _, entry := range c.Entries {
		add(addEntry(entry), nil)
	}
	for _, record := range c.Records {
		add(addRecord(record), nil)
	}
	return steps, failed
}
