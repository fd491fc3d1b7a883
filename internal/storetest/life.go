package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

var lives = []contract{
	{"what was saved survives a restart", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		r, in := full(t), session("acc")
		create(t, s, r)
		waiting := entry(r.ID)
		save(t, s, engine.Change{
			SignIn: &in, Entries: []engine.Entry{waiting}, Records: []engine.Record{{At: noon, Account: "acc", Event: engine.EventSignIn}},
		})
		if _, err := s.Spend(t.Context(), [16]byte{1}, noon); err != nil {
			t.Fatal(err)
		}
		charges := []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 1, Per: time.Hour}}}
		if _, ok, err := s.Take(t.Context(), noon, charges); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		again := s.Again(t)
		defer again.Close()
		same(t, load(t, again, r.ID).Request, r)
		sessionsAre(t, again, "acc", in.ID)
		if list := recorded(t, again, "acc", 10); len(list) != 1 {
			t.Errorf("%d records", len(list))
		}
		if list := lease(t, again, noon, 10); len(list) != 1 || list[0].ID != waiting.ID {
			t.Errorf("outbox: %v", ids(list))
		}
		if first, err := again.Spend(t.Context(), [16]byte{1}, noon); err != nil || first {
			t.Errorf("a spent card: %v, %v", first, err)
		}
		if _, ok, err := again.Take(t.Context(), noon, charges); err != nil || ok {
			t.Errorf("a spent limit: %v, %v", ok, err)
		}
	}},
	{"another handle sees it at once", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		for range 20 {
			r := opened(t)
			create(t, s, r)
			stored := load(t, other, r.ID)
			stored.Request.Tries = 3
			save(t, other, engine.Change{Update: &stored})
			if got := load(t, s, r.ID); got.Request.Tries != 3 || got.Version != 2 {
				t.Fatalf("an old state: %d tries, version %d", got.Request.Tries, got.Version)
			}
		}
	}},
	{"a closed one refuses", func(t *testing.T, s Opened) {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		r := opened(t)
		if err := s.Save(t.Context(), engine.Change{Create: &r}); err == nil {
			t.Error("saved")
		}
		if _, err := s.Request(t.Context(), engine.Key{ID: r.ID}); err == nil {
			t.Error("loaded")
		}
		if _, err := s.Lease(t.Context(), noon, noon.Add(time.Minute), 1); err == nil {
			t.Error("leased")
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing twice: %v", err)
		}
	}},
	{"closing in the middle", func(t *testing.T, s Opened) { // what was told as saved is saved, and nobody waits for ever
		var told [64]atomic.Bool
		list := make([]recovery.Request, len(told))
		for i := range list {
			list[i] = opened(t)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			race(t, len(list), nil, func(ctx context.Context, i int) error {
				told[i].Store(s.Save(ctx, engine.Change{Create: &list[i]}) == nil)
				return nil
			})
		}()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-done
		again := s.Again(t)
		defer again.Close()
		for i, r := range list {
			_, err := again.Request(t.Context(), engine.Key{ID: r.ID})
			if told[i].Load() && err != nil {
				t.Errorf("told as saved and lost: %v", err)
			}
		}
	}},
}
