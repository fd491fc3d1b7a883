package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// carried is the entry of a message that somebody took.
func carried(t testing.TB, s engine.Store, h engine.Handover) engine.Entry {
	t.Helper()
	save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
	e := lease(t, s, noon, 1)[0]
	save(t, s, engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon, Handover: h, Place: "post.example"}})
	return e
}

// note saves what is said of a message.
func note(ctx context.Context, s engine.Store, entry string, state engine.ReceiptState, at time.Time) error {
	what := map[engine.ReceiptState]engine.StepKind{
		engine.ReceiptPending: engine.StepDelayed, engine.ReceiptDelivered: engine.StepDelivered, engine.ReceiptFailed: engine.StepBounced,
	}[state]
	return s.Save(ctx, engine.Change{Noted: &engine.Noted{Entry: entry, What: what, Receipt: engine.Receipt{Gateway: "g", State: state, Said: odd, At: at}}})
}

func handed(t testing.TB, s engine.Store, r engine.Receipt) engine.Handed {
	t.Helper()
	h, err := s.Handed(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func posted(t testing.TB, s engine.Store, request recovery.ID) []engine.Posted {
	t.Helper()
	list, err := s.Posted(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func traffic(t testing.TB, s engine.Store, since, until time.Time, lane engine.Lane, place engine.Place) []engine.Traffic {
	t.Helper()
	list, err := s.Traffic(t.Context(), since, until, lane, place)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// sampleTraffic has something in every count.
func sampleTraffic() engine.Traffic {
	t := engine.Traffic{
		Slot: noon.Truncate(engine.TrafficSlot), Lane: engine.LaneMail, Place: "post.example", Sender: "main",
		Taken: 1, Deferred: 2, Refused: 3, Bounced: 4, Delivered: 5, Lost: 6, Entered: 7,
	}
	for i := range engine.Buckets {
		t.Handing[i], t.Coming[i] = 10+i, 20+i
	}
	return t
}

var deliveries = []contract{
	{"a message is known by its sender's name for it, and by its own", func(t *testing.T, s Opened) {
		old := carried(t, s, engine.Handover{Gateway: "one", Ref: "7", Parts: 2})
		e := carried(t, s, engine.Handover{Gateway: "one", Ref: "7", Parts: 2}) // the gateway's names have begun anew
		nameless := carried(t, s, engine.Handover{Gateway: "two", Parts: 1})
		for name, r := range map[string]engine.Receipt{"by its name": {Gateway: "one", Ref: "7"}, "by its id": {Entry: e.ID}} {
			h := handed(t, s, r)
			if h.Entry.ID != e.ID || h.Entry.Request != e.Request || h.Entry.Effect.Kind != e.Effect.Kind || h.Entry.Effect.Way != e.Effect.Way ||
				h.Entry.Created != e.Created || h.Verdict != engine.Carried || h.Gateway != "one" || h.Place != "post.example" || h.State != "" {
				t.Errorf("%s: %+v", name, h)
			}
		}
		if h := handed(t, s, engine.Receipt{Entry: old.ID}); h.Entry.ID != old.ID {
			t.Errorf("by the id of an older one: %+v", h)
		}
		if h := handed(t, s, engine.Receipt{Entry: nameless.ID}); h.Gateway != "two" {
			t.Errorf("one without a name: %+v", h)
		}
		for name, r := range map[string]engine.Receipt{
			"another gateway": {Gateway: "two", Ref: "7"}, "another name": {Gateway: "one", Ref: "8"}, "no name": {Gateway: "two"}, "nothing": {},
			"odd": {Gateway: "one", Ref: "\x00\xff" + odd}, "another id": {Entry: "x"}, "odd id": {Entry: "\x00" + odd}, "like": {Entry: "%"},
		} {
			if h, err := s.Handed(t.Context(), r); !errors.Is(err, engine.ErrNoEntry) {
				t.Errorf("%s: %+v, %v", name, h, err)
			}
		}
	}},
	{"what is final stays", func(t *testing.T, s Opened) {
		e := carried(t, s, engine.Handover{Gateway: "one", Ref: "7", Parts: 1, Said: "250 ok"})
		for i, tt := range []struct {
			state, is engine.ReceiptState
			err       error
		}{
			{engine.ReceiptPending, engine.ReceiptPending, nil}, {engine.ReceiptDelivered, engine.ReceiptDelivered, nil},
			{engine.ReceiptFailed, engine.ReceiptDelivered, engine.ErrChanged}, {engine.ReceiptPending, engine.ReceiptDelivered, engine.ErrChanged},
		} {
			if err := note(t.Context(), s, e.ID, tt.state, noon.Add(time.Duration(i)*time.Second)); !errors.Is(err, tt.err) {
				t.Errorf("%d: %v", i, err)
			}
			if h := handed(t, s, engine.Receipt{Entry: e.ID}); h.State != tt.is {
				t.Errorf("%d: %s", i, h.State)
			}
		}
		changed(t, note(t.Context(), s, "nobody's", engine.ReceiptDelivered, noon))
		want := []engine.Step{
			{At: noon, What: engine.StepDelayed, Sender: "g", Said: odd}, {At: noon.Add(time.Second), What: engine.StepDelivered, Sender: "g", Said: odd},
		}
		if list := posted(t, s, e.Request); len(list) != 1 || !reflect.DeepEqual(list[0].Steps, want) {
			t.Errorf("%+v", list)
		}
	}},
	{"many receipts at once: one is final", func(t *testing.T, s Opened) {
		e := carried(t, s, engine.Handover{Gateway: "one", Ref: "7", Parts: 1})
		if won := race(t, 20, engine.ErrChanged, func(ctx context.Context, i int) error {
			return note(ctx, s, e.ID, []engine.ReceiptState{engine.ReceiptDelivered, engine.ReceiptFailed}[i%2], noon)
		}); won != 1 {
			t.Errorf("%d of 20 were noted", won)
		}
	}},
	{"the way of a message", func(t *testing.T, s Opened) {
		r := opened(t)
		create(t, s, r)
		first, second := entry(r.ID), entry(r.ID)
		first.Effect.Way, second.Contact, second.Effect.Kind, second.Account = recovery.WayPhone, email(t, "ann@post.example").Contact(), recovery.EffectNotify, "a"
		second.Due = noon.Add(time.Hour)
		save(t, s, engine.Change{Entries: []engine.Entry{first, second, entry("another")}})
		taken, err := s.Lease(t.Context(), noon, noon.Add(time.Minute), 10, engine.LaneText)
		if err != nil || len(taken) != 1 {
			t.Fatal(taken, err)
		}
		if list := posted(t, s, r.ID); len(list) != 2 || list[0].Entry.Until != noon.Add(time.Minute) || list[0].Verdict != "" || !list[0].Settled.IsZero() {
			t.Errorf("leased: %+v", list)
		}
		save(t, s, engine.Change{Settle: &engine.Settlement{
			Entry: taken[0], Verdict: engine.Later, At: noon, Due: noon.Add(time.Second), Note: "busy " + odd, Handover: engine.Handover{Gateway: "one"}, Place: "ES",
		}})
		taken, err = s.Lease(t.Context(), noon.Add(time.Second), noon.Add(time.Minute), 10, engine.LaneText)
		if err != nil || len(taken) != 1 {
			t.Fatal(taken, err)
		}
		save(t, s, engine.Change{Settle: &engine.Settlement{
			Entry: taken[0], Verdict: engine.Carried, At: noon.Add(2 * time.Second), Note: "ok", Handover: engine.Handover{Gateway: "two", Ref: "9", Parts: 1}, Place: "ES",
		}})
		list := posted(t, s, r.ID)
		if len(list) != 2 || list[0].Entry.ID != first.ID || list[1].Entry.ID != second.ID {
			t.Fatalf("%+v", list)
		}
		one, two := list[0], list[1]
		if one.Verdict != engine.Carried || one.Settled != noon.Add(2*time.Second) || one.Gateway != "two" || one.Note != "ok" || one.Entry.Attempts != 1 ||
			one.Entry.Effect.Way != recovery.WayPhone || one.Entry.Created != noon {
			t.Errorf("%+v", one)
		}
		if want := []engine.Step{{At: noon, What: engine.StepDeferred, Sender: "one", Said: "busy " + odd}}; !reflect.DeepEqual(one.Steps, want) {
			t.Errorf("%+v", one.Steps)
		}
		if two.Verdict != "" || two.Entry.Contact != second.Contact || two.Entry.Effect.Kind != recovery.EffectNotify || len(two.Steps) != 0 || !two.Entry.Until.IsZero() {
			t.Errorf("%+v", two)
		}
		if list := posted(t, s, ""); len(list) != 0 {
			t.Errorf("of no request: %+v", list)
		}
	}},
	{"a message that is put off for ever fills no disk", func(t *testing.T, s Opened) {
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r")}})
		for i := range 60 {
			at := noon.Add(time.Duration(i) * time.Minute)
			e := lease(t, s, at, 1)[0]
			save(t, s, engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Later, At: at, Due: at, Note: "busy", Place: "post.example"}})
		}
		if list := posted(t, s, "r"); len(list) != 1 || len(list[0].Steps) < 20 || len(list[0].Steps) > 50 {
			t.Errorf("%d steps", len(list[0].Steps))
		}
	}},
	{"requests by their references", func(t *testing.T, s Opened) {
		one, two := full(t), opened(t)
		create(t, s, one, two)
		for _, r := range []recovery.Request{one, two} {
			list, err := s.Referred(t.Context(), r.ID.Reference())
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			same(t, list[0], r)
		}
		for _, ref := range []recovery.Reference{"", "222-222", odd, "%"} {
			if list, err := s.Referred(t.Context(), ref); err != nil || len(list) != 0 {
				t.Errorf("%q: %v, %v", ref, list, err)
			}
		}
	}},
	{"what is counted adds up", func(t *testing.T, s Opened) {
		one := sampleTraffic()
		for i := range reflect.TypeOf(one).NumField() {
			if reflect.ValueOf(one).Field(i).IsZero() {
				t.Fatalf("the sample has nothing in %s", reflect.TypeOf(one).Field(i).Name)
			}
		}
		other, later := one, one
		other.Sender, later.Slot = "spare "+odd, one.Slot.Add(engine.TrafficSlot)
		elsewhere := engine.Traffic{Slot: one.Slot, Lane: engine.LaneText, Place: "ES", Entered: 1}
		save(t, s, engine.Change{Traffic: []engine.Traffic{one, other}})
		save(t, s, engine.Change{Traffic: []engine.Traffic{later, one, elsewhere}})
		two := one
		two.Taken, two.Deferred, two.Refused, two.Bounced, two.Delivered, two.Lost, two.Entered = 2, 4, 6, 8, 10, 12, 14
		for i := range engine.Buckets {
			two.Handing[i], two.Coming[i] = 2*one.Handing[i], 2*one.Coming[i]
		}
		same(t, traffic(t, s, one.Slot, later.Slot, engine.LaneMail, "post.example"), []engine.Traffic{two, other})
		same(t, traffic(t, s, one.Slot, later.Slot.Add(1), engine.LaneMail, "post.example"), []engine.Traffic{two, other})
		same(t, traffic(t, s, one.Slot, later.Slot.Add(time.Hour), "", ""), []engine.Traffic{two, other, elsewhere, later})
		same(t, traffic(t, s, later.Slot, later.Slot.Add(time.Hour), "", ""), []engine.Traffic{later})
		if list := traffic(t, s, one.Slot, later.Slot, engine.LaneText, "post.example"); len(list) != 0 {
			t.Errorf("%v", list)
		}
	}},
	{"batches are whole", func(t *testing.T, s Opened) {
		const n = 20
		list := make([]engine.Entry, n)
		for i := range list {
			list[i] = entry("r")
		}
		save(t, s, engine.Change{Entries: list})
		leased := lease(t, s, noon, n)
		batch := make([]engine.Change, n)
		for i, e := range leased {
			batch[i] = engine.Change{
				Settle:  &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon, Handover: engine.Handover{Gateway: "one", Parts: 1}, Place: "post.example"},
				Records: []engine.Record{{At: noon, Account: "a", Event: engine.EventCode, Outcome: string(engine.Carried)}},
				Traffic: []engine.Traffic{sampleTraffic()}, Turnout: &engine.Turnout{Slot: noon, Range: "+3460012", Country: "ES", Sent: 1},
				Recipients: []engine.Recipient{{Hour: noon.Truncate(time.Hour), Lane: engine.LaneMail, Place: "post.example", Tag: [8]byte{byte(i / 2)}}},
			}
		}
		stale := slices.Clone(batch)
		gone := *stale[7].Settle
		gone.Entry.Leases++
		stale[7].Settle = &gone
		changed(t, s.SettleAll(t.Context(), stale))
		if list := traffic(t, s, noon.Add(-time.Hour), noon.Add(time.Hour), "", ""); len(list) != 0 {
			t.Errorf("something of a batch that failed: %v", list)
		}
		if err := s.SettleAll(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		if list := traffic(t, s, noon.Add(-time.Hour), noon.Add(time.Hour), "", ""); len(list) != 1 || list[0].Taken != n {
			t.Errorf("%v", list)
		}
		if got, err := s.Recorded(t.Context(), "a", 100); err != nil || len(got) != n {
			t.Errorf("%d records, %v", len(got), err)
		}
		if got := turnout(t, s, "ES", noon.Add(-time.Hour)); got.Sent != n {
			t.Errorf("%+v", got)
		}
		if people, err := s.Recipients(t.Context(), noon.Truncate(time.Hour), engine.LaneMail, "post.example"); err != nil || people != n/2 {
			t.Errorf("%d people, %v", people, err)
		}
		changed(t, s.SettleAll(t.Context(), batch))
		if err := s.SettleAll(t.Context(), nil); err != nil {
			t.Errorf("an empty batch: %v", err)
		}
	}},
	{"batches that count in the same rows wait in turn", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		places := []engine.Place{"a.example", "b.example", "c.example"}
		race(t, 12, nil, func(ctx context.Context, i int) error {
			var batch []engine.Change
			for k := range 9 {
				one := sampleTraffic()
				one.Place = places[(i+k*2)%3]
				batch = append(batch, engine.Change{
					Traffic:    []engine.Traffic{one},
					Recipients: []engine.Recipient{{Hour: noon.Truncate(time.Hour), Lane: engine.LaneMail, Place: one.Place, Tag: [8]byte{byte((i * k) % 5)}}},
					Turnout:    &engine.Turnout{Slot: noon, Range: engine.Range(fmt.Sprintf("+346001%d", (i+k)%4)), Country: "ES", Sent: 1},
				})
			}
			return []engine.Store{s, other}[i%2].SettleAll(ctx, batch)
		})
		taken := 0
		for _, one := range traffic(t, s, noon.Add(-time.Hour), noon.Add(time.Hour), "", "") {
			taken += one.Taken
		}
		if taken != 12*9 {
			t.Errorf("%d counted", taken)
		}
	}},
	{"what waits", func(t *testing.T, s Opened) {
		backlog := func() []engine.Backlog {
			t.Helper()
			list, err := s.Backlog(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := backlog(); len(list) != 0 {
			t.Errorf("%v", list)
		}
		text, early := entry("r"), entry("r")
		text.Effect.Way, early.Due = recovery.WayPhone, noon.Add(-time.Minute)
		save(t, s, engine.Change{Entries: []engine.Entry{entry("r"), early, text}})
		same(t, backlog(), []engine.Backlog{{Lane: engine.LaneMail, Waiting: 2, Oldest: noon.Add(-time.Minute)}, {Lane: engine.LaneText, Waiting: 1, Oldest: noon}})
		e := lease(t, s, noon.Add(-time.Minute), 1)[0]
		save(t, s, engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.TooLate, At: noon}})
		same(t, backlog(), []engine.Backlog{{Lane: engine.LaneMail, Waiting: 1, Oldest: noon}, {Lane: engine.LaneText, Waiting: 1, Oldest: noon}})
	}},
	{"marked contacts", func(t *testing.T, s Opened) {
		addAccount(t, s, "a", "Ann@post.example")
		addAccount(t, s, "b", "bob@post.example")
		changeContact(t, s, engine.ContactChange{Account: "a", Add: phone(t, "+34600123456").Contact()})
		ailments := func(account string) []engine.Ailment {
			t.Helper()
			list, err := s.Ailments(t.Context(), account)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		mark := func(account string, to contact.Contact, since time.Time) {
			save(t, s, engine.Change{Mark: &engine.Marking{Account: account, Ailment: engine.Ailment{Contact: to, Since: since, Said: odd}}})
		}
		ann, call := email(t, "Ann@post.example").Contact(), phone(t, "+34600123456").Contact()
		mark("a", email(t, "ANN@POST.example").Contact(), noon)
		mark("a", call, noon)
		mark("a", email(t, "bob@post.example").Contact(), noon) // another's
		mark("nobody", ann, noon)
		same(t, ailments("a"), []engine.Ailment{{Contact: ann, Since: noon, Said: odd}, {Contact: call, Since: noon, Said: odd}})
		if list := ailments("b"); len(list) != 0 {
			t.Errorf("%v", list)
		}
		mark("a", ann, time.Time{})
		same(t, ailments("a"), []engine.Ailment{{Contact: call, Since: noon, Said: odd}})
		changeContact(t, s, engine.ContactChange{Account: "a", Remove: call})
		changeContact(t, s, engine.ContactChange{Account: "a", Add: call})
		if list := ailments("a"); len(list) != 0 {
			t.Errorf("a contact that was added anew: %v", list)
		}
	}},
	{"senders that are off", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		for _, name := range []string{"main", "a " + odd} {
			if err := s.SwitchOff(t.Context(), engine.Switch{Sender: name, By: odd, At: noon}); err != nil {
				t.Fatal(err)
			}
		}
		if err := other.SwitchOff(t.Context(), engine.Switch{Sender: "main", By: "another", At: noon.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		list, err := other.Switches(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, list, []engine.Switch{{Sender: "a " + odd, By: odd, At: noon}, {Sender: "main", By: odd, At: noon}})
		for _, name := range []string{"main", "nobody", "a " + odd} {
			if err := other.SwitchOn(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := s.Switches(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	}},
	{"old counts go", func(t *testing.T, s Opened) {
		old, kept := sampleTraffic(), sampleTraffic()
		old.Slot = noon.Add(-week).Truncate(engine.TrafficSlot)
		met := engine.Recipient{Hour: old.Slot.Truncate(time.Hour), Lane: engine.LaneMail, Place: "post.example"}
		now := met
		now.Hour = noon.Truncate(time.Hour)
		save(t, s, engine.Change{Traffic: []engine.Traffic{old, kept}, Recipients: []engine.Recipient{met, now}})
		e := carried(t, s, engine.Handover{Gateway: "one", Parts: 1})
		if err := note(t.Context(), s, e.ID, engine.ReceiptPending, noon.Add(-week)); err != nil {
			t.Fatal(err)
		}
		sweep(t, s, noon.Add(-time.Hour))
		same(t, traffic(t, s, old.Slot, noon.Add(time.Hour), "", ""), []engine.Traffic{kept})
		for hour, want := range map[time.Time]int{met.Hour: 0, now.Hour: 1} {
			if n, err := s.Recipients(t.Context(), hour, engine.LaneMail, "post.example"); err != nil || n != want {
				t.Errorf("%s: %d, %v", hour, n, err)
			}
		}
		if list := posted(t, s, e.Request); len(list) != 1 || len(list[0].Steps) != 0 {
			t.Errorf("%+v", list)
		}
	}},
}
