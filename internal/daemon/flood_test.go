package daemon_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/mailbox"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
)

// The flood: so many messages wait, the program is killed so often while it sends them, and the codes of the last of them run out on the way.
const (
	flood       = 10000
	floodLate   = 1500
	floodKills  = 100
	floodPeople = 500
	lateAfter   = 4 * time.Second
)

// testFlooded kills the program 100 times while it hands over 10,000 messages. In the end each was handed over once, or dropped because its
// code had run out, and the counts that operators see say so. Twice, with the same Message-ID, came only what a dead program held; and of what
// two died over, right at its last byte, nobody knows: that is said too (engine.Unsure).
func testFlooded(t *testing.T, path string) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		flooded(t, path, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		flooded(t, path, storetest.Postgres(t))
	})
}

func flooded(t *testing.T, path, dsn string) {
	var came atomic.Int64
	s := build(t, path, ground{dsn: dsn, people: floodPeople, hook: func(step mailbox.Step, _, _ string) error {
		if step == mailbox.StepKept {
			came.Add(1)
		}
		return nil
	}})
	// One start makes the keys; then the outbox is filled, with nobody at it.
	s.start().stop()
	s.floods()
	h := &hangman{stand: s, random: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)), kinds: map[string]int{}}
	for n := range floodKills {
		p := s.start()
		// So many that the last kills still find some to hit.
		enough := came.Load() + int64(1+h.random.IntN(2*flood*8/10/floodKills))
		for end := time.Now().Add(5 * time.Second); came.Load() < enough && time.Now().Before(end); {
			time.Sleep(200 * time.Microsecond)
		}
		p.kill()
		h.bury()
		if t.Failed() {
			t.Fatalf("at kill %d", n)
		}
	}
	atKills := came.Load()
	p := s.start()
	s.quiet()
	p.stop()
	tallied := map[string]int{}
	db := s.database()
	defer db.Close()
	l := s.ledger()
	for _, e := range l.entries {
		if e.kind != string(recovery.EffectSend) {
			continue
		}
		l.holdsEntry(e)
		mails := l.mails[e.id]
		tallied[e.verdict]++
		tallied[fmt.Sprintf("came %d times", len(mails))]++
		switch engine.Verdict(e.verdict) {
		case engine.Carried:
		case engine.TooLate:
			if len(mails) > 0 && e.leases < 2 {
				t.Errorf("%s was dropped, and came %d times", e.id, len(mails))
			}
		case engine.Unsure:
			if !e.begun || e.leases < 3 {
				t.Errorf("%s is unsure after %d leases, begun %t", e.id, e.leases, e.begun)
			}
		default:
			t.Errorf("%s was settled as %q", e.id, e.verdict)
		}
	}
	var taken, lost int
	if err := db.QueryRow("SELECT sum(taken), sum(lost) FROM traffic").Scan(&taken, &lost); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d came while it was killed %d times; %v; counted: %d taken, %d lost", atKills, floodKills, tallied, taken, lost)
	if taken != tallied[string(engine.Carried)] || lost != tallied[string(engine.TooLate)]+tallied[string(engine.Unsure)] {
		t.Errorf("counted %d taken and %d lost", taken, lost)
	}
	if tallied[string(engine.Carried)]+tallied[string(engine.TooLate)]+tallied[string(engine.Unsure)] != flood {
		t.Errorf("%d messages are settled in some other way, or gone", flood-tallied[string(engine.Carried)])
	}
	if tallied[string(engine.TooLate)] < 100 || tallied["came 2 times"] == 0 || atKills < flood/10 {
		t.Errorf("too little happened for this to mean anything")
	}
	if tallied[string(engine.Unsure)] > flood/100 {
		t.Errorf("%d messages were lost to two deaths each", tallied[string(engine.Unsure)])
	}
}

// floods fills the outbox with codes that people have asked for. Those of the last ones run out soon.
func (s *stand) floods() {
	s.t.Helper()
	store, err := sqlstore.Open(s.t.Context(), s.store)
	if err != nil {
		s.t.Fatal(err)
	}
	defer store.Close()
	policy := recovery.Classic()
	policy.Digits = 12
	begun := time.Now().UTC().Truncate(time.Millisecond)
	const atOnce = 16
	var under sync.WaitGroup
	for w := range atOnce {
		under.Go(func() {
			for n := w; n < flood; n += atOnce {
				now := begun
				if n >= flood-floodLate {
					now = begun.Add(lateAfter - policy.CodeLife)
				}
				to := address(s.t, who(n%floodPeople))
				r, _ := recovery.Open(recovery.Opening{
					ID: recovery.ID(fmt.Sprintf("flood%d", n)), Policy: policy, Address: to, Locale: "en",
					Nonce: secret.NewNonce(), Key: "1", Holder: secret.NewOpaque().Digest(),
				}, now)
				r = r.Next(recovery.Find{Account: fmt.Sprintf("account%d", n%floodPeople), Contact: to, Real: true, Link: secret.NewOpaque().Digest()}, now).Request
				step := r.Next(recovery.Choose{Way: recovery.WayEmail}, now)
				if len(step.Effects) != 1 {
					s.t.Errorf("choosing gives %d effects", len(step.Effects))
					return
				}
				err := store.Save(s.t.Context(), engine.Change{Create: &step.Request, Entries: []engine.Entry{{
					ID: fmt.Sprintf("flood%d", n), Request: r.ID, Effect: step.Effects[0], Created: begun, Due: begun.Add(time.Duration(n) * time.Microsecond),
				}}})
				if err != nil {
					s.t.Error(err)
					return
				}
			}
		})
	}
	under.Wait()
}
