// Package audit tells whoever watches from outside what happened: every record, as one line of a log, after it was saved.
//
// A record holds no code, answer, password or full address, so the lines may be kept and shipped like other logs. They are a copy:
// the records themselves are in the database, written with the change that they tell of.
package audit

import (
	"context"
	"log/slog"
	"time"

	"twohens/internal/engine"
)

// Log writes records to a logger.
type Log struct{ log *slog.Logger }

var _ engine.Auditor = (*Log)(nil)

// New makes one. With a JSON handler each record is a JSON object on a line of its own.
func New(log *slog.Logger) *Log { return &Log{log} }

// Audit implements engine.Auditor.
func (l *Log) Audit(r engine.Record) {
	ctx := context.Background()
	if !l.log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	attrs := make([]slog.Attr, 0, 7)
	attrs = append(attrs, slog.String("event", string(r.Event)), slog.String("outcome", r.Outcome))
	for _, a := range [...]struct{ name, value string }{
		{"way", r.Way.String()}, {"request", string(r.Request)}, {"account", r.Account}, {"network", r.Network},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.name, a.value))
		}
	}
	attrs = append(attrs, slog.String("at", r.At.UTC().Format(time.RFC3339Nano)))
	l.log.LogAttrs(ctx, slog.LevelInfo, "record", attrs...)
}
