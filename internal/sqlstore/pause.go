package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"twohens/internal/engine"
)

const selectPause = "SELECT range, began, until, sent, entered FROM pause "

var (
	savePause = both(`
		INSERT INTO pause (range, began, until, sent, entered) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (range) DO UPDATE SET began = excluded.began, until = excluded.until, sent = excluded.sent, entered = excluded.entered`)

	pausedNow = each(
		"SELECT 1 FROM pause WHERE range IN (SELECT value FROM json_each(?)) AND until > ? LIMIT 1",
		"SELECT 1 FROM pause WHERE range IN (SELECT json_array_elements_text(?::json)) AND until > ? LIMIT 1")
	pausesNow = both(selectPause + "WHERE until > ? ORDER BY began DESC, range")
	resume    = both("DELETE FROM pause WHERE range = ? AND until > ?")
	forget    = both("DELETE FROM turnout WHERE range = ?")
)

// errNotPaused is what resuming something else comes to.
var errNotPaused = errors.New("not paused")

func pause(p engine.Pause) step {
	return do(savePause, text(string(p.Range)), millis(p.Began), millis(p.Until), p.Sent, p.Entered)
}

// Paused implements engine.Tolls.
func (s *Store) Paused(ctx context.Context, now time.Time, ranges ...engine.Range) (bool, error) {
	if len(ranges) == 0 {
		return false, ctx.Err()
	}
	names := make([]string, len(ranges))
	for i, r := range ranges {
		names[i] = text(string(r))
	}
	list, err := json.Marshal(names)
	if err != nil {
		return false, err
	}
	var one int
	paused, err := s.one(ctx, pausedNow, func(r row) error { return r.Scan(&one) }, string(list), millis(now))
	if err != nil {
		return false, fmt.Errorf("looking for pauses: %w", err)
	}
	return paused, nil
}

// Pauses implements engine.Tolls.
func (s *Store) Pauses(ctx context.Context, now time.Time) ([]engine.Pause, error) {
	list, err := all(ctx, s, pausesNow, func(r row) (p engine.Pause, err error) {
		var began, until int64
		err = r.Scan(&p.Range, &began, &until, &p.Sent, &p.Entered)
		p.Began, p.Until = moment(began), moment(until)
		return p, err
	}, millis(now))
	if err != nil {
		return nil, fmt.Errorf("listing pauses: %w", err)
	}
	return list, nil
}

// Resume implements engine.Tolls.
func (s *Store) Resume(ctx context.Context, of engine.Range, now time.Time) (bool, error) {
	_, err := s.db.write(ctx, durable, []step{must(errNotPaused, resume, text(string(of)), millis(now)), do(forget, text(string(of)))})
	if errors.Is(err, errNotPaused) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ending a pause: %w", err)
	}
	return true, nil
}
