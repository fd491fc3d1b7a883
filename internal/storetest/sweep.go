package storetest

import (
	"errors"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

const week = 7 * 24 * time.Hour

func sweep(t testing.TB, s engine.Store, before time.Time) {
	t.Helper()
	if err := s.Sweep(t.Context(), before); err != nil {
		t.Fatalf("Sweep: %v", err)
	}
}

var sweeps = []contract{
	{"an empty database", func(t *testing.T, s Opened) { sweep(t, s, noon) }},
	{"requests that ended before", func(t *testing.T, s Opened) {
		over, open := opened(t), opened(t)
		over.Expires = noon.Add(-time.Millisecond)
		open.Expires = noon
		create(t, s, over, open)
		sweep(t, s, noon)
		if _, err := s.Request(t.Context(), engine.Key{ID: over.ID}); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("still there: %v", err)
		}
		same(t, load(t, s, open.ID).Request, open)
	}},
	{"more than one batch", func(t *testing.T, s Opened) {
		const count = 1203
		list := make([]engine.Entry, count)
		for i := range list {
			list[i] = entry("r")
		}
		save(t, s, engine.Change{Entries: list})
		for _, e := range lease(t, s, noon, count) {
			save(t, s, engine.Change{Settle: &engine.Settlement{Entry: e, Verdict: engine.Carried, At: noon}})
		}
		sweep(t, s, noon.Add(time.Millisecond))
		save(t, s, engine.Change{Entries: list}) // their names are free again
	}},
	{"entries settled before", func(t *testing.T, s Opened) {
		settled, waiting, held := entry("r"), entry("r"), entry("r")
		save(t, s, engine.Change{Entries: []engine.Entry{settled, held}})
		leased := lease(t, s, noon.Add(-week), 10)
		if len(leased) != 0 {
			t.Fatal("leased before they are due")
		}
		leased = lease(t, s, noon, 10)
		save(t, s, engine.Change{Entries: []engine.Entry{waiting}})
		save(t, s, engine.Change{Settle: &engine.Settlement{Entry: leased[0], Verdict: engine.Carried, At: noon}})
		sweep(t, s, noon) // settled at, not before
		if err := s.Save(t.Context(), engine.Change{Entries: []engine.Entry{settled}}); err == nil {
			t.Fatal("an entry settled at that very moment was swept")
		}
		sweep(t, s, noon.Add(week))
		save(t, s, engine.Change{Entries: []engine.Entry{settled}}) // gone: its name is free
		if got := lease(t, s, noon.Add(week), 10); len(got) != 3 {
			t.Errorf("%d entries in the outbox, want the unsettled two and the new one", len(got))
		}
	}},
	{"sessions that ended before", func(t *testing.T, s Opened) {
		over, in := session("acc"), session("acc")
		over.Expires = noon.Add(time.Minute)
		save(t, s, engine.Change{SignIn: &over})
		save(t, s, engine.Change{SignIn: &in})
		sweep(t, s, noon.Add(2*time.Minute))
		sessionsAre(t, s, "acc", in.ID)
	}},
	{"tallies", func(t *testing.T, s Opened) { // waiting does not end a row
		for account, tally := range map[string]recovery.Tally{
			"fresh": {Since: noon, Day: 3, Row: 3}, "proved": {Since: noon.Add(-week), Day: 2},
			"answers": {Since: noon.Add(-week), Answers: 3}, "shut": {Since: noon.Add(-week), Frozen: noon},
			"mail shut": {Since: noon.Add(-week), FrozenEmail: noon}, "phone shut": {Since: noon.Add(-week), FrozenPhone: noon}, "row": {Since: noon.Add(-week), Day: 1, Row: 99},
			"ancient": {Since: noon.Add(-2 * 365 * 24 * time.Hour), Day: 1, Row: 99},
		} {
			r := found(t, account)
			create(t, s, r)
			stored := load(t, s, r.ID)
			stored.Tally = tally
			save(t, s, engine.Change{Tally: &stored})
		}
		sweep(t, s, noon)
		for account, kept := range map[string]bool{"fresh": true, "proved": false, "answers": false, "shut": true, "mail shut": true, "phone shut": true, "row": true, "ancient": false} {
			r := found(t, account)
			create(t, s, r)
			if got := load(t, s, r.ID); (got.TallyVersion != 0) != kept {
				t.Errorf("%s: version %d, kept should be %v", account, got.TallyVersion, kept)
			}
		}
	}},
	{"confirmations, turnouts and pauses that ended before", func(t *testing.T, s Opened) {
		over, open := confirmation(t, "over"), confirmation(t, "open")
		over.Expires, open.Expires = noon.Add(-time.Millisecond), noon
		for _, c := range []recovery.Confirmation{over, open} {
			save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: c}})
		}
		for of, at := range map[engine.Range]time.Time{"+34600": noon.Add(-time.Millisecond), "+34601": noon} {
			save(t, s, engine.Change{
				Turnout: &engine.Turnout{Slot: at, Range: of, Country: "ES", Sent: 1}, Pause: &engine.Pause{Range: of, Began: at, Until: at, Sent: 1},
			})
		}
		sweep(t, s, noon)
		if _, err := s.Confirmation(t.Context(), "over"); !errors.Is(err, engine.ErrNoConfirmation) {
			t.Errorf("a confirmation that is over: %v", err)
		}
		if _, err := s.Confirmation(t.Context(), "open"); err != nil {
			t.Errorf("one that is not: %v", err)
		}
		for of, kept := range map[engine.Range]int{"+34600": 0, "+34601": 1, "ES": 1} {
			if got := turnout(t, s, of, noon.Add(-week)).Sent; got != kept {
				t.Errorf("%s: %d counted, want %d", of, got, kept)
			}
		}
		if list, err := s.Pauses(t.Context(), noon.Add(-week)); err != nil || len(list) != 1 || list[0].Range != "+34601" {
			t.Errorf("pauses %v, %v", list, err)
		}
	}},
	{"what was spent stays longer", func(t *testing.T, s Opened) {
		const kept = 400 * 24 * time.Hour
		for _, day := range []time.Time{midnight.Add(-kept), midnight.Add(-kept - 24*time.Hour)} {
			if err := pay(t.Context(), s, toll(day, "ES", 1)); err != nil {
				t.Fatal(err)
			}
		}
		sweep(t, s, midnight)
		if list := spending(t, s, midnight.Add(-2*kept)); len(list) != 1 || list[0].Day != midnight.Add(-kept) {
			t.Errorf("%v", list)
		}
	}},
	{"limits and cards", func(t *testing.T, s Opened) {
		charges := []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 1, Per: time.Hour}}}
		for range 2 {
			if _, _, err := s.Take(t.Context(), noon, charges); err != nil {
				t.Fatal(err)
			}
		}
		if first, err := s.Spend(t.Context(), [16]byte{7}, noon); err != nil || !first {
			t.Fatal(first, err)
		}
		sweep(t, s, noon) // neither is over
		if _, ok, err := s.Take(t.Context(), noon, charges); err != nil || ok {
			t.Errorf("a spent limit was swept: %v, %v", ok, err)
		}
		if first, err := s.Spend(t.Context(), [16]byte{7}, noon); err != nil || first {
			t.Errorf("a spent card was swept: %v, %v", first, err)
		}
		sweep(t, s, noon.Add(time.Hour+time.Millisecond))
		if first, err := s.Spend(t.Context(), [16]byte{7}, noon); err != nil || !first {
			t.Errorf("a card that is over is still there: %v, %v", first, err)
		}
	}},
	{"records and accounts stay", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		addAPIKey(t, s, apiKey())
		save(t, s, engine.Change{
			Answers: &engine.AnswerSet{Account: "acc", Answers: []engine.KeptAnswer{{Question: "q", Digest: "d", Made: noon}}},
			Saved:   &engine.SavedSet{Account: "acc", Codes: []engine.SavedCode{{Digest: "d", Made: noon}}},
		})
		save(t, s, engine.Change{Records: []engine.Record{{At: noon, Account: "acc", Event: engine.EventPassword}}})
		sweep(t, s, noon.Add(300*24*time.Hour))
		if list := recorded(t, s, "acc", 10); len(list) != 1 {
			t.Error("the record is gone within its year")
		}
		sweep(t, s, noon.Add(500*24*time.Hour))
		if list := recorded(t, s, "acc", 10); len(list) != 0 {
			t.Error("the record is still there after its year")
		}
		if _, err := s.AccountByID(t.Context(), "acc"); err != nil {
			t.Error(err)
		}
		if len(answers(t, s, "acc")) != 1 || len(saved(t, s, "acc")) != 1 {
			t.Error("answers or saved codes are gone")
		}
		if list, err := s.APIKeys(t.Context()); err != nil || len(list) != 1 {
			t.Error(len(list), err)
		}
	}},
}
