package storetest

import (
	"context"
	"testing"

	"twohens/internal/engine"
)

// carried is the entry of a text that a gateway took.
func carried(t testing.TB, s engine.Store, h engine.Handover) engine.Entry {
	t.Helper()
	save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
	e := lease(t, s, noon, 1)[0]
	save(t, s, engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon, Handover: h}})
	return e
}

var receipts = []contract{
	{"known by the gateway and its name", func(t *testing.T, s Opened) {
		carried(t, s, engine.Handover{Gateway: "one", Ref: "7", Parts: 2})
		carried(t, s, engine.Handover{Gateway: "two", Parts: 1}) // which gives no names
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
		for name, tt := range map[string]struct {
			gateway, ref string
			known        bool
		}{
			"as it is": {"one", "7", true}, "another gateway": {"two", "7", false}, "another name": {"one", "8", false},
			"no name": {"two", "", false}, "nothing": {"", "", false}, "odd": {"one", "\x00\xff" + odd, false},
		} {
			for _, state := range []engine.ReceiptState{engine.ReceiptPending, engine.ReceiptDelivered, engine.ReceiptFailed, engine.ReceiptPending} {
				known, err := s.Receive(t.Context(), engine.Receipt{Gateway: tt.gateway, Ref: tt.ref, State: state, Said: odd, At: noon})
				if err != nil || known != tt.known {
					t.Errorf("%s, %s: %v, %v", name, state, known, err)
				}
			}
		}
	}},
	{"many at once", func(t *testing.T, s Opened) {
		carried(t, s, engine.Handover{Gateway: "one", Ref: "7", Parts: 1})
		if won := race(t, 20, nil, func(ctx context.Context, i int) error {
			state := []engine.ReceiptState{engine.ReceiptPending, engine.ReceiptDelivered, engine.ReceiptFailed}[i%3]
			known, err := s.Receive(ctx, engine.Receipt{Gateway: "one", Ref: "7", State: state, At: noon})
			if err == nil && !known {
				t.Error("not known")
			}
			return err
		}); won != 20 {
			t.Errorf("%d of 20 were noted", won)
		}
	}},
}
