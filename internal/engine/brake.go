package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// BrakeRules say when so many codes are wrong that somebody is trying one code on many accounts: by each account's own counts
// that is never seen.
type BrakeRules struct {
	Alarm int           // wrong codes a minute from which browsers work longer, and the operator is told; 0: never
	Pause int           // from which typed codes are not looked at; 0: never
	Ratio int           // and for each right code, so many wrong ones: a busy site has many of both
	Rest  time.Duration // how long either goes on after the last minute that was like that
	To    contact.Email // who is told by mail; zero: only the log, the metrics and the console tell
}

// Guesses are how many typed codes were wrong and right in a slot of time.
type Guesses struct {
	Slot         time.Time // its beginning; slots are five seconds long
	Wrong, Right int
}

// GuessCounts is where nodes tell each other what they counted.
type GuessCounts interface {
	// CountGuesses adds to what was counted in slots.
	CountGuesses(ctx context.Context, list []Guesses) error
	// GuessesBetween adds up all slots that begin after a moment and not after another.
	GuessesBetween(ctx context.Context, after, last time.Time) (Guesses, error)
}

// brake counts typed codes of the last minute. What this node sees counts at once, without a word to the database; what the others saw is
// heard of some seconds later (share).
type brake struct {
	mu     sync.Mutex
	slots  [brakeSlots]brakeSlot
	others Guesses   // that the other nodes have seen in the last minute
	heard  time.Time // when
	alarm  stage
	pause  stage
	news   news
}

// news is the mail to the operator that the alarm is worth.
type news struct {
	owed   bool
	denied bool      // one was sent within the hour: if the alarm ends meanwhile, it told of this one too
	next   time.Time // try no sooner
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
	Guesses
	told Guesses // of those, what the other nodes can hear of
}

// brakeHeard is for how long what was heard of other nodes counts, when nothing more is heard.
const brakeHeard = 15 * time.Second

// count takes note of a code that was judged.
func (b *brake) count(rules BrakeRules, right bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	began := now.Truncate(brakeSlotLength)
	slot := &b.slots[began.Unix()/int64(brakeSlotLength/time.Second)%brakeSlots]
	if !slot.Slot.Equal(began) {
		*slot = brakeSlot{Guesses: Guesses{Slot: began}}
	}
	if right {
		slot.Right++
		return
	}
	slot.Wrong++
	b.weigh(rules, now)
}

// weigh looks at the last minute, under the lock.
func (b *brake) weigh(rules BrakeRules, now time.Time) {
	var all Guesses
	if now.Sub(b.heard) < brakeHeard {
		all = b.others
	}
	for _, s := range b.slots {
		if s.lately(now) {
			all.Wrong, all.Right = all.Wrong+s.Wrong, all.Right+s.Right
		}
	}
	if all.Wrong < all.Right*rules.Ratio {
		return
	}
	if rules.Alarm > 0 && all.Wrong >= rules.Alarm {
		b.alarm.until = now.Add(rules.Rest)
	}
	if rules.Pause > 0 && all.Wrong >= rules.Pause {
		b.pause.until = now.Add(rules.Rest)
	}
}

// lately says that a slot began in the last minute.
func (s *brakeSlot) lately(now time.Time) bool {
	age := now.Sub(s.Slot)
	return age >= 0 && age < brakeSlots*brakeSlotLength
}

// untold is what the other nodes cannot have heard of yet.
func (b *brake) untold(now time.Time) (list []Guesses) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.slots {
		if more := (Guesses{s.Slot, s.Wrong - s.told.Wrong, s.Right - s.told.Right}); s.lately(now) && more.Wrong+more.Right > 0 {
			list = append(list, more)
		}
	}
	return list
}

// tell notes that they can hear of it now.
func (b *brake) tell(list []Guesses) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range list {
		for i := range b.slots {
			if s := &b.slots[i]; s.Slot.Equal(g.Slot) {
				s.told.Wrong, s.told.Right = s.told.Wrong+g.Wrong, s.told.Right+g.Right
			}
		}
	}
}

// hear takes in what all nodes have told of the last minute, this one too.
func (b *brake) hear(rules BrakeRules, all Guesses, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.slots {
		if s.lately(now) {
			all.Wrong, all.Right = all.Wrong-s.told.Wrong, all.Right-s.told.Right
		}
	}
	all.Wrong, all.Right = max(0, all.Wrong), max(0, all.Right) // a database that lost its last seconds has less than was told
	b.others, b.heard = all, now
	if all.Wrong > 0 {
		b.weigh(rules, now)
	}
}

// share tells the other nodes what this one counted, and hears of theirs: when there is something to tell, and every five seconds. While
// the database does not answer, each node goes by what it sees.
func (e *Engine) share(ctx context.Context) error {
	if e.Brake.Alarm <= 0 && e.Brake.Pause <= 0 {
		return nil
	}
	now := e.now()
	list := e.brake.untold(now)
	if len(list) > 0 {
		if err := e.Store.CountGuesses(ctx, list); err != nil {
			return err
		}
		e.brake.tell(list)
	} else if e.brake.heardLately(now) {
		return nil
	}
	// What a node counts whose clock is ahead is not of the last minute: otherwise it would be that for as long as the clock is.
	all, err := e.Store.GuessesBetween(ctx, now.Add(-brakeSlots*brakeSlotLength), now.Add(brakeSlotLength))
	if err != nil {
		return err
	}
	e.brake.hear(e.Brake, all, now)
	return nil
}

func (b *brake) heardLately(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	age := now.Sub(b.heard)
	return age >= 0 && age < brakeSlotLength
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

// brakeEvery is how often nodes tell each other, and how soon after the brake went on its mail is put out.
const brakeEvery = time.Second

// runBrake does what the brake does that no step does, every now and then, and tells the other nodes once more at the end.
func (e *Engine) runBrake(ctx context.Context) {
	tick := time.NewTicker(brakeEvery)
	defer tick.Stop()
	shared := true
	for {
		select {
		case <-tick.C:
			err := e.share(ctx)
			if err != nil && shared && ctx.Err() == nil {
				e.Log.WarnContext(ctx, "nodes cannot tell each other how many typed codes are wrong, each goes by what it sees", "err", err)
			}
			shared = err == nil
			e.tellBrake(ctx, e.now())
			if err := e.warn(ctx); err != nil && ctx.Err() == nil {
				e.Log.ErrorContext(ctx, "the mail about wrong codes could not be put into the outbox, trying again", "err", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
			defer cancel()
			if err := e.share(last); err != nil {
				e.Log.WarnContext(ctx, "the last typed codes could not be counted for other nodes", "err", err)
			}
			return
		}
	}
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

// warnAgain is when it is tried again to put the mail out, after the database or the limiter did not answer.
const warnAgain = 5 * time.Second

// warn puts the mail that is owed to the operator into the outbox. It is called every second, and not by the step that set the alarm off:
// that is a stranger's, who could hang up in the middle of it.
func (e *Engine) warn(ctx context.Context) error {
	now := e.now()
	if !e.brake.owes(now) {
		return nil
	}
	if e.Brake.To.IsZero() {
		e.brake.settleNews(news{})
		return nil
	}
	charges := []quota.Charge{{Key: "brake", Limit: warningLetters}}
	wait, ok, err := e.Limiter.Take(ctx, now, charges)
	if err == nil && !ok {
		e.brake.settleNews(news{owed: true, denied: true, next: now.Add(wait)})
		return nil
	}
	if err == nil {
		err = e.Store.Save(ctx, Change{Entries: []Entry{{
			ID: newID(), Effect: recovery.Effect{Kind: recovery.EffectBrake, NotAfter: now.Add(warningLife)},
			Contact: e.Brake.To.Contact(), Created: now, Due: now,
		}}})
		if err != nil {
			err = errors.Join(err, e.Limiter.Return(ctx, now, charges))
		}
	}
	if err != nil {
		e.brake.settleNews(news{owed: true, next: now.Add(warnAgain)})
		return err
	}
	e.brake.settleNews(news{})
	e.Wake()
	return nil
}

// owes says that the mail is to be put out now.
func (b *brake) owes(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.news.denied && !b.alarm.on(now) {
		b.news = news{}
	}
	return b.news.owed && !now.Before(b.news.next)
}

func (b *brake) settleNews(n news) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.news = n
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
	if alarm, pause = b.alarm.turn(now), b.pause.turn(now); alarm.on {
		b.news.owed = true
	}
	return alarm, pause
}
