package sqlstore

import (
	"context"
	"fmt"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

var (
	insertRecord = both(`
		INSERT INTO record (at, request, account, event, way, outcome, network) VALUES (?, ?, ?, ?, ?, ?, ?)`)

	recordsOf = both(`
		SELECT at, request, account, event, way, outcome, network FROM record
		WHERE account = ? AND account <> '' ORDER BY at DESC, n DESC LIMIT ?`)
)

func addRecord(r engine.Record) step {
	return do(insertRecord, millis(r.At), string(r.Request), r.Account, string(r.Event), r.Way.String(), text(r.Outcome),
		text(r.Network))
}

// Recorded implements engine.Records.
func (s *Store) Recorded(ctx context.Context, account string, limit int) ([]engine.Record, error) {
	list, err := all(ctx, s, recordsOf, scanRecord, account, limit)
	if err != nil {
		return nil, fmt.Errorf("loading what was recorded: %w", err)
	}
	return list, nil
}

func scanRecord(r row) (engine.Record, error) {
	var (
		rec                 engine.Record
		at                  int64
		request, event, way string
	)
	if err := r.Scan(&at, &request, &rec.Account, &event, &way, &rec.Outcome, &rec.Network); err != nil {
		return rec, err
	}
	rec.At, rec.Request, rec.Event = moment(at), recovery.ID(request), engine.Event(event)
	return rec, rec.Way.UnmarshalText([]byte(way))
}
