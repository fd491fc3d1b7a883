package sqlstore

import (
	"path/filepath"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/storetest"
)

var receiptOf = both("SELECT receipt, receipt_said, received, parts FROM entry WHERE id = ?")

// Gateways repeat themselves and not in order: what was final stays, and the last text of a name is the one that is meant.
func TestReceipts(t *testing.T) {
	at := time.Date(2031, time.March, 4, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]Config{
		"SQLite":   {Driver: SQLite, Path: filepath.Join(t.TempDir(), "x.db")},
		"Postgres": {Driver: PostgreSQL, DSN: storetest.PostgresSchema(t)},
	} {
		t.Run(name, func(t *testing.T) {
			s := migrated(t, c)
			for _, id := range []string{"old", "new"} { // the gateway's names have begun anew between the two
				e := engine.Entry{ID: id, Created: at, Due: at, Effect: recovery.Effect{Kind: recovery.EffectSend, Way: recovery.WayPhone, NotAfter: at}}
				if err := s.Save(t.Context(), engine.Change{Entries: []engine.Entry{e}}); err != nil {
					t.Fatal(err)
				}
				list, err := s.Lease(t.Context(), at, at.Add(time.Minute), 1, engine.LaneText)
				if err != nil || len(list) != 1 {
					t.Fatal(len(list), err)
				}
				err = s.Save(t.Context(), engine.Change{Settle: &engine.Settlement{
					Entry: list[0], Verdict: engine.Carried, At: at, Handover: engine.Handover{Gateway: "g", Ref: "7", Parts: 3},
				}})
				if err != nil {
					t.Fatal(err)
				}
			}
			type noted struct {
				state, said     string
				received, parts int64
			}
			moment := func(i int) time.Time { return at.Add(time.Duration(i) * time.Millisecond) }
			for i, step := range []struct {
				receive, want engine.ReceiptState
				since         int // the step that is still valid
			}{
				{engine.ReceiptPending, engine.ReceiptPending, 0}, {engine.ReceiptPending, engine.ReceiptPending, 1},
				{engine.ReceiptDelivered, engine.ReceiptDelivered, 2}, {engine.ReceiptFailed, engine.ReceiptDelivered, 2},
				{engine.ReceiptPending, engine.ReceiptDelivered, 2}, {engine.ReceiptDelivered, engine.ReceiptDelivered, 2},
			} {
				r := engine.Receipt{Gateway: "g", Ref: "7", State: step.receive, Said: string(step.receive) + " \x00", At: moment(i)}
				if known, err := s.Receive(t.Context(), r); err != nil || !known {
					t.Fatal(known, err)
				}
				for id, want := range map[string]noted{
					"old": {"", "", 0, 3}, "new": {string(step.want), string(step.want) + " \uFFFD", moment(step.since).UnixMilli(), 3},
				} {
					var got noted
					found, err := s.one(t.Context(), receiptOf, func(r row) error { return r.Scan(&got.state, &got.said, &got.received, &got.parts) }, id)
					if err != nil || !found || got != want {
						t.Errorf("%s after step %d: %v, want %v, %v", id, i, got, want, err)
					}
				}
			}
		})
	}
}
