package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// lease takes entries for a minute.
func lease(t testing.TB, s engine.Store, now time.Time, limit int) []engine.Entry {
	t.Helper()
	list, err := s.Lease(t.Context(), now, now.Add(time.Minute), limit)
	if err != nil {
		t.Fatalf("Lease: %v", err)
	}
	return list
}

// ids are the names of entries, in their order.
func ids(list []engine.Entry) []string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.ID
	}
	return names
}

var entries = []contract{
	{"every field comes back", func(t *testing.T, s Opened) {
		want := engine.Entry{
			ID: id(), Request: recovery.ID(id()), Account: odd, Locale: "ar",
			Contact: email(t, "用户@post.example").Contact(), About: phone(t, "+34600123456").Contact(), Young: true,
			Effect: recovery.Effect{
				Kind: recovery.EffectNotify, Way: recovery.WayPhone, Round: 3, Notice: recovery.NoticeRemoved, NotAfter: noon.Add(72 * time.Hour),
			},
			Created: noon.Add(-time.Second), Due: noon, Attempts: 2, Leases: 4, Begun: true, Until: noon.Add(-time.Minute),
		}
		for i := range reflect.TypeOf(want).NumField() {
			if reflect.ValueOf(want).Field(i).IsZero() {
				t.Fatalf("the sample entry has nothing in %s", reflect.TypeOf(want).Field(i).Name)
			}
		}
		save(t, s, engine.Change{Entries: []engine.Entry{want}})
		list := lease(t, s, noon, 10)
		if len(list) != 1 {
			t.Fatalf("%d entries", len(list))
		}
		want.Leases, want.Until = 5, noon.Add(time.Minute)
		same(t, list[0], want)
	}},
	{"nothing is due", func(t *testing.T, s Opened) {
		if list := lease(t, s, noon, 10); len(list) != 0 {
			t.Errorf("%d entries of an empty outbox", len(list))
		}
		later := entry("r")
		later.Due = noon.Add(time.Millisecond)
		save(t, s, engine.Change{Entries: []engine.Entry{later}})
		if list := lease(t, s, noon, 10); len(list) != 0 {
			t.Errorf("%d entries before they are due", len(list))
		}
		if list := lease(t, s, later.Due, 10); len(list) != 1 {
			t.Errorf("%d entries when one is due", len(list))
		}
	}},
	{"oldest first, up to the limit", func(t *testing.T, s Opened) {
		var want []string
		list := make([]engine.Entry, 20)
		for i := range list {
			list[i] = entry("r")
			list[i].Due = noon.Add(-time.Duration(i/2) * time.Second) // pairs are due at once: then in the order they were saved
		}
		save(t, s, engine.Change{Entries: list})
		for i := 18; i >= 0; i -= 2 {
			want = append(want, list[i].ID, list[i+1].ID)
		}
		var got []string
		for range 7 {
			got = append(got, ids(lease(t, s, noon, 3))...)
		}
		same(t, got, want)
		if more := lease(t, s, noon, 0); len(more) != 0 {
			t.Errorf("%d for a limit of none", len(more))
		}
	}},
	{"a lease holds until its end", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
		first := lease(t, s, noon, 10)
		end := noon.Add(time.Minute)
		if again := lease(t, s, end.Add(-time.Millisecond), 10); len(again) != 0 {
			t.Fatal("leased twice")
		}
		second := lease(t, s, end, 10)
		if len(first) != 1 || len(second) != 1 {
			t.Fatalf("leased %d and then %d", len(first), len(second))
		}
		if first[0].Leases != 1 || second[0].Leases != 2 || second[0].Attempts != 0 {
			t.Errorf("leases %d, %d, attempts %d", first[0].Leases, second[0].Leases, second[0].Attempts)
		}
		if first[0].Until != end || second[0].Until != end.Add(time.Minute) {
			t.Errorf("until %v, %v", first[0].Until, second[0].Until)
		}
	}},
	{"settled for good", func(t *testing.T, s Opened) {
		for _, verdict := range []engine.Verdict{engine.Carried, engine.Nothing, engine.TooLate, engine.Withheld, engine.Refused, engine.Unsure} {
			save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
			e := lease(t, s, noon, 1)[0]
			settlement := engine.Settlement{Entry: e, Verdict: verdict, At: noon, Note: odd}
			save(t, s, engine.Change{Settle: &settlement})
			changed(t, s.Save(t.Context(), engine.Change{Settle: &settlement})) // once
			if list := lease(t, s, noon.Add(24*time.Hour), 10); len(list) != 0 {
				t.Errorf("%s: still in the outbox", verdict)
			}
		}
	}},
	{"settled for later", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
		e := lease(t, s, noon, 1)[0]
		due := noon.Add(10 * time.Second) // before the lease would have ended
		settlement := engine.Settlement{Entry: e, Verdict: engine.Later, Due: due, At: noon, Note: "450 busy"}
		save(t, s, engine.Change{Settle: &settlement})
		changed(t, s.Save(t.Context(), engine.Change{Settle: &settlement}))
		if list := lease(t, s, due.Add(-time.Millisecond), 10); len(list) != 0 {
			t.Fatal("tried again too early")
		}
		list := lease(t, s, due, 10)
		if len(list) != 1 || list[0].Attempts != 1 || list[0].Leases != 2 || list[0].Due != due || list[0].ID != e.ID {
			t.Fatalf("tried again: %+v", list)
		}
	}},
	{"a repeat that was begun is known to whoever comes next", func(t *testing.T, s Opened) { // what keeps one from being sent a third time
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
		first := lease(t, s, noon, 1)[0]
		if first.Begun {
			t.Error("begun from the beginning")
		}
		save(t, s, engine.Change{Begin: &first})
		second := lease(t, s, first.Until, 1)[0]
		if !second.Begun {
			t.Error("the next one does not know")
		}
		changed(t, s.Save(t.Context(), engine.Change{Begin: &first})) // a lease that was lost
		save(t, s, engine.Change{Settle: &engine.Settlement{Entry: second, Verdict: engine.Later, Due: noon, At: noon}})
		third := lease(t, s, second.Until, 1)[0]
		if third.Begun {
			t.Error("what failed is still begun")
		}
		save(t, s, engine.Change{Settle: &engine.Settlement{Entry: third, Verdict: engine.Carried, At: noon}})
		changed(t, s.Save(t.Context(), engine.Change{Begin: &third}))
	}},
	{"a lost lease settles nothing", func(t *testing.T, s Opened) { // a program that slept through its lease must not undo the next one's
		r := opened(t)
		create(t, s, r)
		save(t, s, engine.Change{Entries: []engine.Entry{entry(r.ID)}})
		first := lease(t, s, noon, 1)[0]
		second := lease(t, s, noon.Add(time.Minute), 1)[0]
		for _, verdict := range []engine.Verdict{engine.Carried, engine.Later} {
			stored := load(t, s, r.ID)
			stored.Request.Tries = 5
			changed(t, s.Save(t.Context(), engine.Change{
				Update:  &stored,
				Settle:  &engine.Settlement{Entry: first, Verdict: verdict, Due: noon, At: noon},
				Entries: []engine.Entry{entry(r.ID)},
				Records: []engine.Record{{At: noon, Account: "acc", Event: engine.EventCode}},
			}))
		}
		if got := load(t, s, r.ID); got.Request.Tries != 0 || got.Version != 1 {
			t.Error("the rest of the change was saved")
		}
		if list, err := s.Recorded(t.Context(), "acc", 10); err != nil || len(list) != 0 {
			t.Errorf("recorded %v, %v", list, err)
		}
		for _, forged := range []func(*engine.Entry){
			func(e *engine.Entry) { e.Leases++ },
			func(e *engine.Entry) { e.Until = e.Until.Add(time.Millisecond) },
			func(e *engine.Entry) { e.ID = id() },
		} {
			e := second
			forged(&e)
			changed(t, s.Save(t.Context(), engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon}}))
		}
		save(t, s, engine.Change{Settle: &engine.Settlement{Entry: second, Verdict: engine.Carried, At: noon}})
	}},
	{"a lease that ran out may be settled while nobody else has it", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
		e := lease(t, s, noon, 1)[0]
		save(t, s, engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon.Add(time.Hour)}})
		if list := lease(t, s, noon.Add(time.Hour), 10); len(list) != 0 {
			t.Error("carried out and leased again")
		}
	}},
	{"no entry is leased twice", func(t *testing.T, s Opened) { // invariant 7: eight workers on two nodes
		const count = 400
		other := s.Again(t)
		defer other.Close()
		list := make([]engine.Entry, count)
		for i := range list {
			list[i] = entry("r")
		}
		save(t, s, engine.Change{Entries: list})
		var mu sync.Mutex
		taken := map[string]int{}
		race(t, 8, nil, func(ctx context.Context, i int) error {
			handle := engine.Store(s)
			if i%2 == 1 {
				handle = other
			}
			empty := 0
			for empty < 3 { // passing over what another is leasing can leave a hand empty
				batch, err := handle.Lease(ctx, noon, noon.Add(time.Minute), 7)
				if err != nil {
					return err
				}
				if len(batch) > 7 {
					return fmt.Errorf("%d for a limit of 7", len(batch))
				}
				if len(batch) == 0 {
					empty++
				}
				mu.Lock()
				for _, e := range batch {
					taken[e.ID]++
				}
				mu.Unlock()
			}
			return nil
		})
		for _, e := range lease(t, s, noon, count) { // what every hand passed over
			taken[e.ID]++
		}
		for name, n := range taken {
			if n != 1 {
				t.Errorf("%s was leased %d times", name, n)
			}
		}
		if len(taken) != count {
			t.Errorf("%d of %d were leased", len(taken), count)
		}
	}},
	{"to a telephone", func(t *testing.T, s Opened) {
		want := entry("r")
		want.Effect.Kind, want.Contact, want.About = recovery.EffectNotify, phone(t, "+34600123456").Contact(), email(t, "+1@post.example").Contact()
		save(t, s, engine.Change{Entries: []engine.Entry{want}})
		list := lease(t, s, noon, 10)
		if len(list) != 1 {
			t.Fatalf("%d entries", len(list))
		}
		want.Leases, want.Until = 1, noon.Add(time.Minute)
		same(t, list[0], want)
	}},
	{"each lane by itself", func(t *testing.T, s Opened) { // what waits for a gateway holds up neither a mail nor a look-up
		byText := recovery.Effect{Kind: recovery.EffectSend, Way: recovery.WayPhone}
		var all []engine.Entry
		for i, effect := range []recovery.Effect{
			byText, {Kind: recovery.EffectSend, Way: recovery.WayEmail}, {Kind: recovery.EffectFind}, {Kind: recovery.EffectNotify},
			{Kind: recovery.EffectAsk, Way: recovery.WayQuestions}, byText, {Kind: recovery.EffectConfirm, Way: recovery.WayEmail},
		} {
			e := entry("r")
			e.Effect, e.Due = effect, noon.Add(time.Duration(i-10)*time.Second)
			all = append(all, e)
		}
		save(t, s, engine.Change{Entries: all})
		for _, step := range []struct {
			limit int
			lanes []engine.Lane
			want  []int
		}{
			{1, []engine.Lane{engine.LaneFind}, []int{2}},
			{2, []engine.Lane{engine.LaneMail}, []int{1, 3}},
			{9, []engine.Lane{"no such lane"}, nil},
			{2, []engine.Lane{engine.LaneText, engine.LaneFind}, []int{0, 4}},
			{9, []engine.Lane{engine.LaneFind}, nil},
			{9, nil, []int{5, 6}},
		} {
			list, err := s.Lease(t.Context(), noon, noon.Add(time.Minute), step.limit, step.lanes...)
			if err != nil {
				t.Fatal(err)
			}
			var want []engine.Entry
			for _, i := range step.want {
				want = append(want, all[i])
			}
			if got := ids(list); !slices.Equal(got, ids(want)) {
				t.Errorf("%v: %v, want %v", step.lanes, got, ids(want))
			}
		}
	}},
	{"one settlement of many wins", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
		e := lease(t, s, noon, 1)[0]
		if won := race(t, 20, engine.ErrChanged, func(ctx context.Context, i int) error {
			verdict := engine.Carried
			if i%2 == 1 {
				verdict = engine.Later
			}
			return s.Save(ctx, engine.Change{
				Settle:  &engine.Settlement{Entry: e, Verdict: verdict, Due: noon, At: noon},
				Records: []engine.Record{{At: noon, Account: "acc", Event: engine.EventCode}},
			})
		}); won != 1 {
			t.Errorf("%d settled one lease", won)
		}
		if list, err := s.Recorded(t.Context(), "acc", 100); err != nil || len(list) != 1 {
			t.Errorf("%d records, %v", len(list), err)
		}
	}},
}
