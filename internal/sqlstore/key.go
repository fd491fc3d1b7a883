package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// What was made with a key. The digest of an answer begins with the id of its pepper and a colon.
const (
	pepperInSQLite   = "substr(digest, 1, instr(digest, ':') - 1)"
	pepperInPostgres = "split_part(digest, ':', 1)"

	peppersOf = "SELECT pepper, count(*) FROM (SELECT %[1]s AS pepper FROM answer UNION ALL SELECT %[1]s FROM saved_code) AS kept WHERE pepper <> '' GROUP BY pepper"
	ownersOf  = "UPDATE account SET version = version + 1 WHERE id IN (SELECT account FROM answer WHERE %[1]s = ? UNION SELECT account FROM saved_code WHERE %[1]s = ?)"
)

var (
	countPeppers  = each(fmt.Sprintf(peppersOf, pepperInSQLite), fmt.Sprintf(peppersOf, pepperInPostgres))
	notePepper    = each(fmt.Sprintf(ownersOf, pepperInSQLite), fmt.Sprintf(ownersOf, pepperInPostgres))
	forgetAnswers = each("UPDATE answer SET digest = '' WHERE "+pepperInSQLite+" = ?", "UPDATE answer SET digest = '' WHERE "+pepperInPostgres+" = ?")
	forgetSaved   = each("DELETE FROM saved_code WHERE "+pepperInSQLite+" = ?", "DELETE FROM saved_code WHERE "+pepperInPostgres+" = ?")

	allOpen = both(selectRequest + "WHERE request.id > ? AND " + isOpen + " ORDER BY request.id LIMIT ?")
)

// Peppers counts the answers and saved codes that are kept under each pepper, by its id.
func (s *Store) Peppers(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	_, err := all(ctx, s, countPeppers, func(r row) (n int, err error) {
		var id string
		err = r.Scan(&id, &n)
		counts[id] = n
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting answers: %w", err)
	}
	return counts, nil
}

// ForgetPepper deletes the answers and saved codes that are kept under a pepper, since nobody can check them any more, and says how many
// there were. Which questions there were stays, see [engine.KeptAnswer]. Open requests that were asked for them find no right answer.
func (s *Store) ForgetPepper(ctx context.Context, id string) (int64, error) {
	steps := []step{do(notePepper, id, id), do(forgetAnswers, id), do(forgetSaved, id)}
	before, err := s.Peppers(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := s.db.write(ctx, durable, steps); err != nil {
		return 0, fmt.Errorf("deleting answers: %w", err)
	}
	return int64(before[id]), nil
}

// endBatch is how many requests are looked at in one go. Each is ended by itself: it may change meanwhile.
const endBatch = 200

// EndAll ends all open requests, after a key was revoked: they die as one does whose account was recovered by another, silently, those
// of unknown addresses alike. It says how many there were. Requests that begin meanwhile may be among them or not.
func (s *Store) EndAll(ctx context.Context, at time.Time) (ended int, err error) {
	after := ""
	for {
		page, err := all(ctx, s, allOpen, scanRequest, after, millis(at), endBatch)
		if err != nil {
			return ended, fmt.Errorf("ending requests: %w", err)
		}
		for _, open := range page {
			done, err := s.end(ctx, open.Request.ID, at)
			if err != nil {
				return ended, err
			}
			if done {
				ended++
			}
			after = string(open.Request.ID)
		}
		if len(page) < endBatch {
			return ended, nil
		}
	}
}

// end ends one request, however often it is changed meanwhile.
func (s *Store) end(ctx context.Context, id recovery.ID, at time.Time) (bool, error) {
	for {
		open, err := s.Request(ctx, engine.Key{ID: id})
		if err != nil {
			return false, err
		}
		steps, err := retire(open, engine.Retirement{At: at})
		if err != nil || len(steps) == 0 {
			return false, err
		}
		_, err = s.db.write(ctx, durable, steps)
		if errors.Is(err, engine.ErrChanged) {
			continue
		}
		return err == nil, err
	}
}
