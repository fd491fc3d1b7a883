package audit_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"twohens/internal/audit"
	"twohens/internal/engine"
	"twohens/internal/recovery"
)

func TestAudit(t *testing.T) {
	var out bytes.Buffer
	at := time.Date(2026, 3, 4, 5, 6, 7, 8e6, time.FixedZone("x", 3600))
	audit.New(slog.New(slog.NewJSONHandler(&out, nil))).Audit(engine.Record{
		At: at, Request: "r1", Account: "a1", Event: engine.EventEntered, Way: recovery.WayEmail,
		Outcome: string(recovery.Wrong), Network: "192.0.2.1/32",
	})
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	delete(got, "time")
	want := map[string]any{
		"level": "INFO", "msg": "record", "event": "entered", "way": "email", "outcome": "wrong", "request": "r1", "account": "a1",
		"network": "192.0.2.1/32", "at": "2026-03-04T04:06:07.008Z",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// A field was added to the record: decide whether the log may have it.
func TestEveryFieldIsConsidered(t *testing.T) {
	if n := reflect.TypeFor[engine.Record]().NumField(); n != 7 {
		t.Errorf("engine.Record has %d fields, the log knows 7", n)
	}
}
