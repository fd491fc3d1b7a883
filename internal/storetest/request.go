package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

var requests = []contract{
	{"every field comes back", func(t *testing.T, s Opened) {
		want := full(t)
		create(t, s, want)
		got := load(t, s, want.ID)
		same(t, got.Request, want)
		if got.Version != 1 || got.TallyVersion != 0 || got.Tally != (recovery.Tally{}) {
			t.Errorf("versions %d and %d, tally %v", got.Version, got.TallyVersion, got.Tally)
		}
	}},
	{"a new one comes back", func(t *testing.T, s Opened) {
		want := opened(t)
		create(t, s, want)
		same(t, load(t, s, want.ID).Request, want)
	}},
	{"none differs from none yet", func(t *testing.T, s Opened) { // a worker was there, and the account has no saved codes
		want := found(t, "acc")
		want.Asked, want.Saved = []recovery.Asked{}, []string{}
		create(t, s, want)
		same(t, load(t, s, want.ID).Request, want)
	}},
	{"found by each key", func(t *testing.T, s Opened) {
		want, other := full(t), full(t)
		create(t, s, want, other)
		for name, key := range map[string]engine.Key{
			"id": {ID: want.ID}, "holder": {Holder: want.Holder}, "link": {Link: want.Link}, "grant": {Grant: want.Grant},
			"stop": {Stop: want.Stop},
		} {
			got, err := s.Request(t.Context(), key)
			if err != nil || got.Request.ID != want.ID {
				t.Errorf("by %s: %v, %v", name, got.Request.ID, err)
			}
		}
	}},
	{"unknown keys find nothing", func(t *testing.T, s Opened) {
		r := opened(t) // without link and grant: a zero digest must not match that
		create(t, s, r)
		for name, key := range map[string]engine.Key{
			"none": {}, "id": {ID: "nobody"}, "holder": {Holder: sum()}, "link": {Link: sum()}, "grant": {Grant: sum()}, "stop": {Stop: sum()},
			"odd id": {ID: recovery.ID("\x00\xff" + odd)}, "holder as grant": {Grant: r.Holder},
		} {
			if got, err := s.Request(t.Context(), key); !errors.Is(err, engine.ErrNoRequest) {
				t.Errorf("%s: %v, %v", name, got.Request.ID, err)
			}
		}
	}},
	{"a digest is taken once", func(t *testing.T, s Opened) {
		first := full(t)
		create(t, s, first)
		for name, spoil := range map[string]func(*recovery.Request){
			"id":     func(r *recovery.Request) { r.ID = first.ID },
			"holder": func(r *recovery.Request) { r.Holder = first.Holder },
			"link":   func(r *recovery.Request) { r.Link = first.Link },
			"grant":  func(r *recovery.Request) { r.Grant = first.Grant },
			"stop":   func(r *recovery.Request) { r.Stop = first.Stop },
		} {
			r := full(t)
			spoil(&r)
			if err := s.Save(t.Context(), engine.Change{Create: &r}); err == nil || errors.Is(err, engine.ErrChanged) {
				t.Errorf("a second %s: %v", name, err)
			}
		}
		create(t, s, opened(t), opened(t)) // two without link and grant are fine
	}},
	{"versions count up", func(t *testing.T, s Opened) {
		r := opened(t)
		create(t, s, r)
		for version := int64(1); version <= 5; version++ {
			stored := load(t, s, r.ID)
			if stored.Version != version {
				t.Fatalf("version %d, want %d", stored.Version, version)
			}
			stored.Request.Tries++
			save(t, s, engine.Change{Update: &stored})
		}
		if got := load(t, s, r.ID).Request.Tries; got != 5 {
			t.Errorf("%d tries, want 5", got)
		}
	}},
	{"an update writes every field", func(t *testing.T, s Opened) {
		want := full(t)
		before := opened(t)
		before.ID, before.Holder = want.ID, want.Holder // these never change
		create(t, s, before)
		save(t, s, engine.Change{Update: &engine.Stored{Request: want, Version: 1}})
		same(t, load(t, s, want.ID).Request, want)
		// And back: what was taken away is gone, and found no more.
		save(t, s, engine.Change{Update: &engine.Stored{Request: before, Version: 2}})
		same(t, load(t, s, want.ID).Request, before)
		for _, key := range []engine.Key{{Link: want.Link}, {Grant: want.Grant}, {Stop: want.Stop}} {
			if _, err := s.Request(t.Context(), key); !errors.Is(err, engine.ErrNoRequest) {
				t.Errorf("still found: %v", err)
			}
		}
	}},
	{"a stale version changes nothing", func(t *testing.T, s Opened) {
		r := opened(t)
		create(t, s, r)
		for _, version := range []int64{0, 2, -1} {
			changed(t, s.Save(t.Context(), engine.Change{Update: &engine.Stored{Request: full(t), Version: version}}))
			stale := r
			stale.Tries = 3
			changed(t, s.Save(t.Context(), engine.Change{Update: &engine.Stored{Request: stale, Version: version}}))
		}
		same(t, load(t, s, r.ID).Request, r)
	}},
	{"times keep their milliseconds", func(t *testing.T, s Opened) {
		r := opened(t)
		r.Opened, r.Expires = noon.Add(999*time.Microsecond), noon.Add(time.Millisecond)
		r.NextClick = time.Date(1969, time.July, 20, 20, 17, 40, 0, time.FixedZone("east", 5*3600))
		r.Proved = time.Date(9999, time.December, 31, 23, 59, 59, int(999*time.Millisecond), time.UTC)
		create(t, s, r)
		got := load(t, s, r.ID).Request
		for name, pair := range map[string][2]time.Time{
			"rounded down": {got.Opened, noon}, "exact": {got.Expires, r.Expires}, "in UTC": {got.NextClick, r.NextClick.UTC()}, "far": {got.Proved, r.Proved},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
			}
		}
	}},
	{"big ones come back", func(t *testing.T, s Opened) {
		r := full(t)
		r.Locale = strings.Repeat("ab", 1<<19) // a megabyte
		for n := 3; n < 2000; n++ {
			r.Rounds = append(r.Rounds, recovery.Round{Way: recovery.WayEmail, Number: n, First: noon, Until: noon})
		}
		create(t, s, r)
		same(t, load(t, s, r.ID).Request, r)
	}},
	{"a hundred savers of one version", func(t *testing.T, s Opened) {
		r := opened(t)
		create(t, s, r)
		other := s.Again(t)
		defer other.Close()
		stored := load(t, s, r.ID)
		won := race(t, 100, engine.ErrChanged, func(ctx context.Context, i int) error {
			mine := stored
			mine.Request.Tries++
			handle := engine.Store(s)
			if i%2 == 1 {
				handle = other
			}
			return handle.Save(ctx, engine.Change{Update: &mine, Entries: []engine.Entry{entry(r.ID)}})
		})
		got := load(t, s, r.ID)
		if won != 1 || got.Request.Tries != 1 || got.Version != 2 {
			t.Errorf("%d of 100 saved, %d tries, version %d; want one of each", won, got.Request.Tries, got.Version)
		}
		if list := lease(t, s, noon, 100); len(list) != 1 {
			t.Errorf("%d entries were saved, want those of the one", len(list))
		}
	}},
	{"each retries until saved", func(t *testing.T, s Opened) { // no try is lost, none is given
		r := opened(t)
		create(t, s, r)
		const savers = 40
		if won := race(t, savers, nil, func(ctx context.Context, _ int) error {
			for {
				stored, err := s.Request(ctx, engine.Key{Holder: r.Holder})
				if err != nil {
					return err
				}
				stored.Request.Tries++
				if err := s.Save(ctx, engine.Change{Update: &stored}); err != engine.ErrChanged {
					return err
				}
			}
		}); won != savers {
			t.Errorf("%d saved", won)
		}
		if got := load(t, s, r.ID).Request.Tries; got != savers {
			t.Errorf("%d tries, want %d", got, savers)
		}
	}},
	{"the tally comes with the request", func(t *testing.T, s Opened) {
		mine, other := found(t, "acc-1"), found(t, "acc-2")
		create(t, s, mine, other)
		stored := load(t, s, mine.ID)
		stored.Tally = recovery.Tally{Since: noon, Day: 3, Row: 7, Answers: 2, Frozen: noon.Add(time.Hour), FrozenEmail: noon.Add(time.Minute), FrozenPhone: noon.Add(time.Second)}
		save(t, s, engine.Change{Tally: &stored})
		got := load(t, s, mine.ID)
		if got.Tally != stored.Tally || got.TallyVersion != 1 || got.Version != 1 {
			t.Errorf("tally %v of version %d, request %d", got.Tally, got.TallyVersion, got.Version)
		}
		stored = got
		stored.Tally.Answers, stored.Tally.Frozen, stored.Tally.FrozenEmail = 3, time.Time{}, noon.Add(time.Hour)
		save(t, s, engine.Change{Tally: &stored})
		again := found(t, "acc-1") // a new request of the account draws on the same budget
		create(t, s, again)
		if got := load(t, s, again.ID); got.Tally != stored.Tally {
			t.Errorf("a new request sees the tally %v", got.Tally)
		}
		if got := load(t, s, other.ID); got.TallyVersion != 0 || got.Tally != (recovery.Tally{}) {
			t.Errorf("another account sees the tally %v", got.Tally)
		}
	}},
	{"a request without an account has no tally", func(t *testing.T, s Opened) {
		r := opened(t)
		create(t, s, r)
		stored := load(t, s, r.ID)
		if err := s.Save(t.Context(), engine.Change{Tally: &stored}); err == nil {
			t.Error("a tally of nobody was saved")
		}
	}},
	{"a stale tally changes nothing", func(t *testing.T, s Opened) {
		r := found(t, "acc")
		create(t, s, r)
		first := load(t, s, r.ID)
		first.Tally.Day = 1
		save(t, s, engine.Change{Tally: &first})
		stale := first // still version 0
		stale.Tally.Day = 50
		stale.Request.Tries = 5
		changed(t, s.Save(t.Context(), engine.Change{Update: &stale, Tally: &stale}))
		for _, version := range []int64{2, -1, 99} {
			stale.TallyVersion = version
			changed(t, s.Save(t.Context(), engine.Change{Update: &stale, Tally: &stale}))
		}
		if got := load(t, s, r.ID); got.Tally.Day != 1 || got.Request.Tries != 0 || got.Version != 1 {
			t.Errorf("half of it was saved: %v, %d tries", got.Tally, got.Request.Tries)
		}
	}},
	{"tallies count exactly", func(t *testing.T, s Opened) { // one account, many requests
		other := s.Again(t)
		defer other.Close()
		const savers = 24
		list := make([]recovery.Request, savers)
		for i := range list {
			list[i] = found(t, "acc")
		}
		create(t, s, list...)
		race(t, savers, nil, func(ctx context.Context, i int) error {
			handle := engine.Store(s)
			if i%2 == 1 {
				handle = other
			}
			for {
				stored, err := handle.Request(ctx, engine.Key{ID: list[i].ID})
				if err != nil {
					return err
				}
				stored.Tally = stored.Tally.Wrong(noon)
				stored.Request.Tries++
				if err := handle.Save(ctx, engine.Change{Update: &stored, Tally: &stored}); err != engine.ErrChanged {
					return err
				}
			}
		})
		got := load(t, s, list[0].ID)
		if want := (recovery.Tally{Since: noon, Day: savers, Row: savers}); got.Tally != want || got.TallyVersion != savers {
			t.Errorf("tally %v of version %d, want %v", got.Tally, got.TallyVersion, want)
		}
	}},
	{"a sign-in ends the row", func(t *testing.T, s Opened) {
		r := found(t, "acc")
		create(t, s, r)
		save(t, s, engine.Change{EndRow: "acc"}) // none yet: fine
		stored := load(t, s, r.ID)
		stored.Tally = recovery.Tally{Since: noon, Day: 3, Row: 7}
		save(t, s, engine.Change{Tally: &stored})
		stale := load(t, s, r.ID)
		save(t, s, engine.Change{EndRow: "acc"})
		got := load(t, s, r.ID)
		if want := (recovery.Tally{Since: noon, Day: 3}); got.Tally != want {
			t.Errorf("tally %v, want %v", got.Tally, want)
		}
		changed(t, s.Save(t.Context(), engine.Change{Tally: &stale})) // would bring the row back
	}},
	{"an ended context saves nothing", func(t *testing.T, s Opened) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := opened(t)
		if err := s.Save(ctx, engine.Change{Create: &r}); !errors.Is(err, context.Canceled) {
			t.Errorf("Save: %v", err)
		}
		if _, err := s.Request(ctx, engine.Key{ID: r.ID}); !errors.Is(err, context.Canceled) {
			t.Errorf("Request: %v", err)
		}
		if _, err := s.Request(t.Context(), engine.Key{ID: r.ID}); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("it was saved: %v", err)
		}
	}},
	{"contexts that end in the middle", func(t *testing.T, s Opened) { // whatever is told, no half of a change is there
		var requests []recovery.Request
		for range 200 {
			requests = append(requests, opened(t))
		}
		told := make([]error, len(requests))
		race(t, len(requests), nil, func(ctx context.Context, i int) error {
			ctx, cancel := context.WithTimeout(ctx, time.Duration(i)*20*time.Microsecond)
			defer cancel()
			e := entry(requests[i].ID)
			told[i] = s.Save(ctx, engine.Change{Create: &requests[i], Entries: []engine.Entry{e}})
			return nil
		})
		leased := map[recovery.ID]bool{}
		for _, e := range lease(t, s, noon, len(requests)+1) {
			leased[e.Request] = true
		}
		for i, r := range requests {
			_, err := s.Request(t.Context(), engine.Key{ID: r.ID})
			if err != nil && !errors.Is(err, engine.ErrNoRequest) {
				t.Fatal(err)
			}
			if there := err == nil; told[i] == nil && !there || there != leased[r.ID] {
				t.Errorf("told %v, request there: %v, its entry: %v", told[i], there, leased[r.ID])
			}
		}
	}},
	{"a decoy's digest does not open", func(t *testing.T, s Opened) {
		r := found(t, "acc")
		r.Link = secret.Digest{}
		create(t, s, r)
		if _, err := s.Request(t.Context(), engine.Key{Link: secret.Digest{}}); !errors.Is(err, engine.ErrNoRequest) {
			t.Errorf("no link matched no link: %v", err)
		}
	}},
}
