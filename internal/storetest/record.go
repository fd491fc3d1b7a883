package storetest

import (
	"reflect"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

var records = []contract{
	{"every field comes back", func(t *testing.T, s Opened) {
		want := engine.Record{
			At: noon, Request: recovery.ID(id()), Account: odd, Event: engine.EventCode, Way: recovery.WayPhone, Outcome: odd, Network: odd,
		}
		for i := range reflect.TypeOf(want).NumField() {
			if reflect.ValueOf(want).Field(i).IsZero() {
				t.Fatalf("the sample record has nothing in %s", reflect.TypeOf(want).Field(i).Name)
			}
		}
		save(t, s, engine.Change{Records: []engine.Record{want}})
		same(t, recorded(t, s, odd, 10), []engine.Record{want})
	}},
	{"newest first, up to the limit", func(t *testing.T, s Opened) {
		var want []engine.Record
		for i := range 30 {
			r := engine.Record{At: noon.Add(time.Duration(i/3) * time.Second), Account: "acc", Event: engine.EventEntered, Outcome: id()}
			other := r
			other.Account = "another"
			save(t, s, engine.Change{Records: []engine.Record{r, other}})
			want = append([]engine.Record{r}, want...)
		}
		same(t, recorded(t, s, "acc", 100), want)
		same(t, recorded(t, s, "acc", 7), want[:7])
	}},
	{"those of nobody are nobody's", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Records: []engine.Record{{At: noon, Event: engine.EventSignIn, Outcome: "wrong"}}})
		for _, account := range []string{"", "nobody"} {
			if list := recorded(t, s, account, 10); len(list) != 0 {
				t.Errorf("%q sees %d", account, len(list))
			}
		}
	}},
}

func recorded(t testing.TB, s engine.Records, account string, limit int) []engine.Record {
	t.Helper()
	list, err := s.Recorded(t.Context(), account, limit)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
