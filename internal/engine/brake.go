package engine

import (
	"context"
	"sync"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// BrakeRules say when so many codes are wrong that somebody is trying one code on many accounts: by each account's own counts
// that is never seen.
type BrakeRules struct {
	Alarm int           // wrong codes a minute from which strangers' browsers work longer, and the operator is told; 0: never
	Pause int           // from which typed codes are not looked at; 0: never
	Ratio int           // and for each right code, so many wrong ones: a busy site has many of both
	Rest  time.Duration // how long either goes on after the last minute that was like that
	To    contact.Email // who is told by mail; zero: only the log, the metrics and the console tell
}

// brake counts typed codes of the last minute. Each node counts what it sees.
type brake struct {
	mu    sync.Mutex
	slots [brakeSlots]brakeSlot
	alarm stage
	pause stage
}

// stage is one of the two things that the brake does.
type stage struct {
	until time.Time
	told  bool   // that it is on
	times uint64 // that it was told to be on
}

// on says whether it is.
func (s *stage) on(now time.Time) bool { return now.Before(s.until) }

// turned is what has become of a stage.
type turned struct{ on, off bool }

// turn says what has become of it since it was asked last.
func (s *stage) turn(now time.Time) turned {
	on := s.on(now)
	t := turned{on: on && !s.told, off: !on && s.told}
	if s.told = on; t.on {
		s.times++
	}
	return t
}

// The minute that is looked at, in slots of five seconds.
const (
	brakeSlots      = 12
	brakeSlotLength = 5 * time.Second
)

type brakeSlot struct {
	began        time.Time
	wrong, right int
}

// count takes note of a code that was judged.
func (b *brake) count(rules BrakeRules, right bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	began := now.Truncate(brakeSlotLength)
	slot := &b.slots[began.Unix()/int64(brakeSlotLength/time.Second)%brakeSlots]
	if !slot.began.Equal(began) {
		*slot = brakeSlot{began: began}
	}
	if right {
		slot.right++
		return
	}
	slot.wrong++
	wrongs, rights := 0, 0
	for _, s := range b.slots {
		if age := now.Sub(s.began); age >= 0 && age < brakeSlots*brakeSlotLength {
			wrongs, rights = wrongs+s.wrong, rights+s.right
		}
	}
	if wrongs < rights*rules.Ratio {
		return
	}
	if rules.Alarm > 0 && wrongs >= rules.Alarm {
		b.alarm.until = now.Add(rules.Rest)
	}
	if rules.Pause > 0 && wrongs >= rules.Pause {
		b.pause.until = now.Add(rules.Rest)
	}
}

// paused says that typed codes are not looked at now.
func (b *brake) paused(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pause.on(now)
}

// Braking is what the brake does now, for the operator, and how often it has since the program started.
type Braking struct {
	Alarm, Pause   bool
	Alarms, Pauses uint64
}

// Braking says what the brake does.
func (e *Engine) Braking() Braking {
	now := e.now()
	b := &e.brake
	b.mu.Lock()
	defer b.mu.Unlock()
	return Braking{Alarm: b.alarm.on(now), Pause: b.pause.on(now), Alarms: b.alarm.times, Pauses: b.pause.times}
}

// judged takes note of a typed code, and tells when the brake goes on and off.
func (e *Engine) judged(ctx context.Context, right bool, now time.Time) {
	e.brake.count(e.Brake, right, now)
	e.tellBrake(ctx, now)
}

// tellBrake tells what has changed since it was told last.
func (e *Engine) tellBrake(ctx context.Context, now time.Time) {
	alarm, pause := e.brake.changes(now)
	switch {
	case alarm.on:
		e.Log.ErrorContext(ctx, "many wrong codes: somebody may be trying one code on many accounts; browsers work longer for a card")
		if err := e.warn(ctx, now); err != nil {
			e.Log.ErrorContext(ctx, "the mail that tells of it could not be put into the outbox", "err", err)
		}
	case alarm.off:
		e.Log.InfoContext(ctx, "wrong codes are as few as ever again")
	}
	switch {
	case pause.on:
		e.Log.ErrorContext(ctx, "so many wrong codes that typed codes are not looked at for a while; links, questions, recovery codes and known browsers go on")
	case pause.off:
		e.Log.InfoContext(ctx, "typed codes are looked at again")
	}
}

// warningLife is for how long the mail of the brake is worth sending: whoever reads of it a day later still wants to know.
const warningLife = 24 * time.Hour

// warningLetters are all that all nodes send: a brake that goes on and off, or on each node, is one piece of news.
var warningLetters = quota.Limit{Events: 1, Per: time.Hour}

// warn puts a mail to the operator into the outbox.
func (e *Engine) warn(ctx context.Context, now time.Time) error {
	if e.Brake.To.IsZero() {
		return nil
	}
	if _, ok, err := e.Limiter.Take(ctx, now, []quota.Charge{{Key: "brake", Limit: warningLetters}}); err != nil || !ok {
		return err
	}
	err := e.Store.Save(ctx, Change{Entries: []Entry{{
		ID: newID(), Effect: recovery.Effect{Kind: recovery.EffectBrake, NotAfter: now.Add(warningLife)},
		Contact: e.Brake.To.Contact(), Created: now, Due: now,
	}}})
	if err == nil {
		e.Wake()
	}
	return err
}

// carryBrake tells the operator that the brake went on.
func (e *Engine) carryBrake(ctx context.Context, entry Entry) error {
	came := e.handOver(ctx, entry, Letter{ID: entry.ID, Kind: recovery.EffectBrake, To: entry.Contact, Locale: entry.Locale, At: entry.Created})
	return e.settle(ctx, entry, came.verdict, came.said)
}

// changes says what has become of both since it was asked last. Nothing is logged under the lock: a log that stands still must not hold up
// every typed code.
func (b *brake) changes(now time.Time) (alarm, pause turned) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.alarm.turn(now), b.pause.turn(now)
}
