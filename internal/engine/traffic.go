package engine

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// Place is what counts of deliveries are kept by: the domain of an address, in lower case, or the country of a number, in capitals.
type Place string

// Traffic is how messages to a place fared in a slot of time, through one sender. Counts add up.
type Traffic struct {
	Slot   time.Time // its beginning, UTC; slots are TrafficSlot long
	Lane   Lane      // LaneMail or LaneText
	Place  Place
	Sender string // who took it, or did not; empty where nobody was reached. Of Entered: empty

	Taken     int // handed over
	Deferred  int // put off for now; one message may count several times
	Refused   int // refused for good when handed over
	Bounced   int // came back after they had been taken
	Delivered int // of which the receipt says that they arrived
	Lost      int // whose code ran out before they could go, or of which nobody knows whether they went
	Entered   int // whose code was entered

	Handing [Buckets]int // of those handed over: how long after they were asked for
	Coming  [Buckets]int // of those whose code was entered: how long after it was asked for
}

// TrafficSlot is how finely deliveries are counted.
const TrafficSlot = 10 * time.Minute

// Buckets is how many spans a wait is sorted into.
const Buckets = 8

// bounds are the ends of the spans; the last has none.
var bounds = [Buckets - 1]time.Duration{
	time.Second, 5 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
}

// BucketEnd is the longest wait that a bucket holds; 0 of the last, which has no end.
func BucketEnd(bucket int) time.Duration {
	if bucket >= len(bounds) {
		return 0
	}
	return bounds[bucket]
}

// bucketOf is the bucket of a wait.
func bucketOf(wait time.Duration) int {
	for i, end := range bounds {
		if wait <= end {
			return i
		}
	}
	return len(bounds)
}

// measure counts what became of a message to a contact.
func (e *Engine) measure(change *Change, to contact.Contact) {
	s := change.Settle
	t := Traffic{Slot: s.At.Truncate(TrafficSlot), Lane: laneOf(to), Place: PlaceOf(to), Sender: s.Handover.Gateway}
	switch s.Verdict {
	case Carried:
		t.Taken = 1
		t.Handing[bucketOf(s.At.Sub(s.Entry.Created))] = 1
	case Later:
		t.Deferred = 1
	case Refused:
		t.Refused = 1
	case TooLate, Unsure:
		t.Lost = 1
	default:
		return
	}
	change.Traffic = append(change.Traffic, t)
	if e.Public != nil && e.Public(t.Lane, t.Place) {
		change.Recipients = append(change.Recipients, e.recipient(t, to))
	}
}

// recipient is who a message went to, as it is counted: the same all the hour, and nothing to anyone without the key.
func (e *Engine) recipient(t Traffic, to contact.Contact) Recipient {
	r := Recipient{Hour: t.Slot.Truncate(time.Hour), Lane: t.Lane, Place: t.Place}
	hour := binary.BigEndian.AppendUint64(nil, uint64(r.Hour.Unix()))
	sum := e.Decoys.MAC("recipient", hour, []byte(to.Key()))
	copy(r.Tag[:], sum[:])
	return r
}

func laneOf(to contact.Contact) Lane {
	if to.Kind == contact.KindPhone {
		return LaneText
	}
	return LaneMail
}

// cameIn is a code that was entered: it counts, and takes away the mark of the contact that it came to, which lives. A decoy's is
// never right.
func cameIn(r recovery.Request, now time.Time) (Traffic, *Marking) {
	to := destination(r, r.Way)
	live := r.LiveRounds(now)
	if to.IsZero() || len(live) == 0 {
		return Traffic{}, nil
	}
	first := live[0].First
	for _, round := range live {
		if round.First.Before(first) {
			first = round.First
		}
	}
	t := Traffic{Slot: now.Truncate(TrafficSlot), Lane: laneOf(to), Place: PlaceOf(to), Entered: 1}
	t.Coming[bucketOf(now.Sub(first))] = 1
	return t, &Marking{Account: r.Account, Ailment: Ailment{Contact: to}}
}

// entered is codes that were counted and not saved yet. They wait in memory for a moment: people who wait for an answer must not wait for each other at one row. What a death
// takes with it is some entered codes of the last second.
type entered struct {
	mu      sync.Mutex
	waiting []Traffic
}

// enteredEvery is how often they are saved, enteredMost how many of them wait at most while the database does not answer.
const (
	enteredEvery = time.Second
	enteredMost  = 10000
)

func (c *entered) add(t Traffic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.Entered > 0 && len(c.waiting) < enteredMost {
		c.waiting = append(c.waiting, t)
	}
}

// saveEntered saves what was counted.
func (e *Engine) saveEntered(ctx context.Context) {
	e.came.mu.Lock()
	counted := e.came.waiting
	e.came.waiting = nil
	e.came.mu.Unlock()
	if len(counted) == 0 {
		return
	}
	if err := e.Store.SettleAll(ctx, []Change{{Traffic: counted}}); err != nil {
		e.Log.WarnContext(ctx, "how many codes were entered could not be saved, trying again", "err", err)
		for _, t := range counted {
			e.came.add(t)
		}
	}
}

// runEntered saves what was counted every now and then, and at the end.
func (e *Engine) runEntered(ctx context.Context) {
	tick := time.NewTicker(enteredEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.saveEntered(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
			defer cancel()
			e.saveEntered(last)
			return
		}
	}
}
