package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"twohens/internal/quota"
)

var (
	// On PostgreSQL the rows are made where they are missing and locked, always in the order of their keys, so that calls
	// that name the same buckets in another order wait for each other in turn.
	lockBuckets = each(`
		SELECT key, tat FROM bucket WHERE key IN (SELECT value FROM json_each(?))`, `
		INSERT INTO bucket (key, tat)
		SELECT value, 0 FROM json_array_elements_text(?::json) ORDER BY value COLLATE "C"
		ON CONFLICT (key) DO UPDATE SET tat = bucket.tat RETURNING key, tat`)

	saveBucket = both("INSERT INTO bucket (key, tat) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET tat = excluded.tat")
)

// Take implements quota.Limiter. The buckets are locked, the arithmetic is quota's own, and all of them are saved together.
//
// On PostgreSQL counts are kept with less care than the rest: they survive the loss of the program, but their last moments may go
// with the machine's power. What a stranger could gain from a power cut is not worth a wait for the disk on every request.
func (s *Store) Take(ctx context.Context, now time.Time, charges []quota.Charge) (retryAfter time.Duration, ok bool, err error) {
	if err := quota.CheckCharges(charges); err != nil {
		return 0, false, err
	}
	err = s.buckets(ctx, charges, func(tats map[string]time.Time) map[string]time.Time {
		retryAfter = 0
		mended, charged := map[string]time.Time{}, map[string]time.Time{}
		for _, c := range charges {
			old := tats[c.Key]
			tat, wait, allowed := c.Limit.Take(old, now)
			if allowed {
				charged[c.Key] = tat
				continue
			}
			retryAfter = max(retryAfter, wait)
			if !tat.Equal(old) {
				mended[c.Key] = tat
			}
		}
		if retryAfter > 0 {
			return mended
		}
		return charged
	})
	if err != nil {
		return 0, false, err
	}
	return retryAfter, retryAfter == 0, nil
}

// Return implements quota.Limiter.
func (s *Store) Return(ctx context.Context, now time.Time, charges []quota.Charge) error {
	if err := quota.CheckCharges(charges); err != nil {
		return err
	}
	return s.buckets(ctx, charges, func(tats map[string]time.Time) map[string]time.Time {
		returned := map[string]time.Time{}
		for _, c := range charges {
			old := tats[c.Key]
			if tat := c.Limit.Return(old, now); !tat.Equal(old) {
				returned[c.Key] = tat
			}
		}
		return returned
	})
}

// buckets loads the instants of the charges' buckets, the zero time for one never seen, and saves what next makes of them.
func (s *Store) buckets(ctx context.Context, charges []quota.Charge, next func(map[string]time.Time) map[string]time.Time) error {
	if len(charges) == 0 {
		return ctx.Err()
	}
	keys := make([]string, len(charges))
	for i, c := range charges {
		keys[i] = text(c.Key)
	}
	slices.Sort(keys)
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	var tats map[string]time.Time
	q := query{
		statement: lockBuckets,
		args:      []any{string(list)},
		start:     func() { tats = map[string]time.Time{} },
		each: func(r row) error {
			var key string
			var tat int64
			if err := r.Scan(&key, &tat); err != nil {
				return err
			}
			if tat != 0 {
				tats[key] = time.UnixMicro(tat).UTC()
			}
			return nil
		},
	}
	err = s.db.decide(ctx, relaxed, q, func() []step {
		var steps []step
		for key, tat := range next(tats) {
			steps = append(steps, do(saveBucket, text(key), tat.UnixMicro()))
		}
		return steps
	})
	if err != nil {
		return fmt.Errorf("counting against limits: %w", err)
	}
	return nil
}
