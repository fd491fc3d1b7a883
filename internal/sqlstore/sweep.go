package sqlstore

import (
	"context"
	"fmt"
	"time"
)

// sweepBatch is how many rows one transaction of a sweep deletes: few enough that nobody waits for it noticeably.
const sweepBatch = 500

// How much longer than the rest some things stay.
const (
	// A row of wrong tries ends by a proof or a sign-in, not by waiting. It is forgotten all the same when nothing
	// has happened on the account for a year: 99 more guesses at eight digits each year are nothing, and the made-up accounts of
	// strangers' addresses would otherwise stay for ever.
	keepRow = 366 * 24 * time.Hour
	// A tally without a row is the count of one day.
	keepDay = 24 * time.Hour
	// What was recorded about an account is what its owner looks at after a suspicion.
	keepRecords = 366 * 24 * time.Hour
	// What was spent is what bills of a year are checked against.
	keepSpending = 400 * 24 * time.Hour
)

var (
	sweepRequests      = both("DELETE FROM request WHERE id IN (SELECT id FROM request WHERE expires < ? ORDER BY expires LIMIT ?)")
	sweepSessions      = both("DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires < ? ORDER BY expires LIMIT ?)")
	sweepSpent         = both("DELETE FROM spent WHERE id IN (SELECT id FROM spent WHERE until < ? ORDER BY until LIMIT ?)")
	sweepConfirmations = both(`
		DELETE FROM confirmation WHERE account IN (SELECT account FROM confirmation WHERE expires < ? ORDER BY expires LIMIT ?)`)
	sweepTurnouts = both(`
		DELETE FROM turnout WHERE (range, slot) IN (SELECT range, slot FROM turnout WHERE slot < ? ORDER BY slot LIMIT ?)`)
	sweepTraffic = both(`
		DELETE FROM traffic WHERE (lane, place, slot, sender) IN (
			SELECT lane, place, slot, sender FROM traffic WHERE slot < ? ORDER BY slot LIMIT ?)`)
	sweepRecipients = both(`
		DELETE FROM recipient WHERE (hour, lane, place, tag) IN (
			SELECT hour, lane, place, tag FROM recipient WHERE hour < ? ORDER BY hour LIMIT ?)`)
	sweepSteps = both("DELETE FROM step WHERE n IN (SELECT n FROM (SELECT n, at FROM step ORDER BY n LIMIT ?) AS first WHERE at < ?)")
	// Of these there are few.
	sweepPauses   = both("DELETE FROM pause WHERE until < ?")
	sweepSpending = both("DELETE FROM spending WHERE day < ?")
	// Records and entries come in the order of their time, or nearly. So the old ones are among the first, and need no index that
	// every insertion would have to pay for. Should more than a batch of entries wait unsettled, those after them wait as well.
	sweepRecords = both(`
		DELETE FROM record WHERE n IN (SELECT n FROM (SELECT n, at FROM record ORDER BY n LIMIT ?) AS first WHERE at < ?)`)
	sweepEntries = both(`
		DELETE FROM entry WHERE n IN (
			SELECT n FROM (SELECT n, verdict, settled FROM entry ORDER BY n LIMIT ?) AS first WHERE verdict <> '' AND settled < ?)`)

	// Tallies and buckets change often, and an index on their times would change with them. So a sweep reads all of them, page
	// by page, and deletes those that are old and have not changed since.
	pageTallies = both("SELECT account, " + oldTally + " FROM tally WHERE account > ? ORDER BY account LIMIT ?")
	dropTally   = both("DELETE FROM tally WHERE account = ? AND " + oldTally)
	pageBuckets = both("SELECT key, tat < ? FROM bucket WHERE key > ? ORDER BY key LIMIT ?")
	dropBucket  = both("DELETE FROM bucket WHERE key = ? AND tat < ?")
)

// oldTally says of a tally that neither its day nor its row is of use any more, and that no way of its account is shut.
const oldTally = "(since < ? AND in_row = 0 OR since < ?) AND frozen < ? AND frozen_email < ? AND frozen_phone < ?"

// Sweep implements engine.Store. Accounts and API keys are nobody's to sweep; records of accounts stay a year longer than before.
func (s *Store) Sweep(ctx context.Context, before time.Time) error {
	old := millis(before)
	for _, deletion := range []step{
		do(sweepRequests, old, sweepBatch),
		do(sweepSessions, old, sweepBatch),
		do(sweepSpent, old, sweepBatch),
		do(sweepConfirmations, old, sweepBatch),
		do(sweepTurnouts, old, sweepBatch),
		do(sweepTraffic, old, sweepBatch),
		do(sweepRecipients, old, sweepBatch),
		do(sweepSteps, sweepBatch, old),
		do(sweepPauses, old),
		do(sweepGuesses, old),
		do(sweepStaffSession, old),
		do(sweepActs, sweepBatch, millis(before.Add(-keepRecords))),
		do(sweepSpending, millis(before.Add(-keepSpending))),
		do(sweepEntries, sweepBatch, old),
		do(sweepRecords, sweepBatch, millis(before.Add(-keepRecords))),
	} {
		if err := s.sweep(ctx, deletion); err != nil {
			return err
		}
	}
	day, row := millis(before.Add(-keepDay)), millis(before.Add(-keepRow))
	err := s.sweepPages(ctx, pageTallies, []any{day, row, old, old, old}, func(key string) step { return do(dropTally, key, day, row, old, old, old) })
	if err != nil {
		return err
	}
	full := before.UnixMicro()
	return s.sweepPages(ctx, pageBuckets, []any{full}, func(key string) step { return do(dropBucket, key, full) })
}

// sweep repeats a deletion until it finds nothing.
func (s *Store) sweep(ctx context.Context, deletion step) error {
	for {
		n, err := s.db.write(ctx, relaxed, []step{deletion})
		if err != nil {
			return fmt.Errorf("sweeping: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}

// sweepPages walks over a table in the order of its keys and deletes what a page says is old.
func (s *Store) sweepPages(ctx context.Context, page *statement, limits []any, drop func(key string) step) error {
	type line struct {
		key string
		old bool
	}
	after := ""
	for {
		args := append(limits[:len(limits):len(limits)], after, sweepBatch)
		lines, err := all(ctx, s, page, func(r row) (l line, err error) { return l, r.Scan(&l.key, &l.old) }, args...)
		if err != nil {
			return fmt.Errorf("sweeping: %w", err)
		}
		var steps []step
		for _, l := range lines {
			if after = l.key; l.old {
				steps = append(steps, drop(l.key))
			}
		}
		if len(steps) > 0 {
			if _, err := s.db.write(ctx, relaxed, steps); err != nil {
				return fmt.Errorf("sweeping: %w", err)
			}
		}
		if len(lines) < sweepBatch {
			return nil
		}
	}
}
