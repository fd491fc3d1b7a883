package sqlstore

import (
	"context"
	"fmt"

	"twohens/internal/engine"
)

// Gateways name messages by numbers that begin anew now and then: a name is that of the last text it was given to.
const namedBy = "(SELECT max(n) FROM entry WHERE gateway = ? AND ref = ? AND ref <> '')"

var (
	receiveEntry = both("UPDATE entry SET receipt = ?, receipt_said = ?, received = ? WHERE receipt IN ('', '" +
		string(engine.ReceiptPending) + "') AND n = " + namedBy)
	entryByRef = both("SELECT 1 FROM entry WHERE n = " + namedBy)
)

// Receive implements engine.Store.
func (s *Store) Receive(ctx context.Context, r engine.Receipt) (bool, error) {
	gateway, ref := text(r.Gateway), text(r.Ref)
	noted, err := s.db.write(ctx, durable, []step{do(receiveEntry, string(r.State), text(r.Said), millis(r.At), gateway, ref)})
	if err != nil {
		return false, fmt.Errorf("noting a receipt: %w", err)
	}
	if noted > 0 {
		return true, nil
	}
	var one int // of a text whose end is known already, or of none
	known, err := s.one(ctx, entryByRef, func(r row) error { return r.Scan(&one) }, gateway, ref)
	if err != nil {
		return false, fmt.Errorf("noting a receipt: %w", err)
	}
	return known, nil
}
