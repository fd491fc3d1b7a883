package engine

import (
	"context"
	"encoding/binary"
	"sync"
	"time"
)

// Pace is how messages to a place fared in the last closed hour, told in so coarse a way that no single message shows in it.
// Only of places that many people use: a public mail domain on the list, or a country.
type Pace struct {
	Lane  Lane
	Place Place
	Hour  time.Time // the beginning of the hour that it tells of
	State PaceState
	Took  time.Duration // of PaceUsual and PaceSlow: about how long until most had their codes in; a whole number of minutes, 1 at least
}

// PaceState is what can be said of a place.
type PaceState string

// The states there are.
const (
	PaceUnknown PaceState = ""        // nothing can be said: not on the list, or too few people
	PaceUsual   PaceState = "usual"   // codes came in as they do
	PaceSlow    PaceState = "slow"    // they took longer than five minutes
	PaceTrouble PaceState = "trouble" // many were put off, refused or came back
)

// What a place must show before anything is said of it, so that nobody's message shows in what is said.
const (
	paceRecipients = 50 // different people, at least
	paceBlur       = 16 // up to so many more are asked for, by a key: nobody can tell by adding recipients of their own when a last one joined
	paceEntered    = 20 // codes that were entered, at least, for a time to be told
	paceSlow       = 5 * time.Minute
	paceKept       = 2000 // answers of the last closed hour; beyond them each is looked up again
)

// paces keeps what was found of the last closed hour: the same answer for everyone, and no work for the database.
type paces struct {
	mu    sync.Mutex
	hour  time.Time
	known map[paceKey]Pace
}

type paceKey struct {
	lane  Lane
	place Place
}

// Pace tells how messages to a place fared in the last closed hour. It depends on the place and the clock alone, so that it may be shown to
// whoever typed an address there. PaceUnknown for all places but those of Settings.Public, and for those to which too few people were written.
func (e *Engine) Pace(ctx context.Context, lane Lane, place Place) (Pace, error) {
	hour := e.now().Truncate(time.Hour).Add(-time.Hour)
	unknown := Pace{Lane: lane, Place: place, Hour: hour}
	if e.Public == nil || !e.Public(lane, place) {
		return unknown, nil
	}
	key := paceKey{lane, place}
	e.paces.mu.Lock()
	if !e.paces.hour.Equal(hour) {
		e.paces.hour, e.paces.known = hour, make(map[paceKey]Pace)
	}
	pace, known := e.paces.known[key]
	e.paces.mu.Unlock()
	if known {
		return pace, nil
	}
	people, err := e.Store.Recipients(ctx, hour, lane, place)
	if err != nil {
		return unknown, err
	}
	counted, err := e.Store.Traffic(ctx, hour, hour.Add(time.Hour), lane, place)
	if err != nil {
		return unknown, err
	}
	pace = unknown
	if people >= e.paceLeast(hour, lane, place) {
		pace = pace.of(counted)
	}
	e.paces.mu.Lock()
	if e.paces.hour.Equal(hour) && len(e.paces.known) < paceKept {
		e.paces.known[key] = pace
	}
	e.paces.mu.Unlock()
	return pace, nil
}

// paceLeast is how many people a place needs in an hour.
func (e *Engine) paceLeast(hour time.Time, lane Lane, place Place) int {
	sum := e.Decoys.MAC("pace", binary.BigEndian.AppendUint64(nil, uint64(hour.Unix())), []byte(lane), []byte(place))
	return paceRecipients + int(sum[0])%paceBlur
}

// of is what can be said of an hour in which so much was counted.
func (p Pace) of(counted []Traffic) Pace {
	var all Traffic
	for _, t := range counted {
		all.Taken += t.Taken
		all.Deferred += t.Deferred
		all.Refused += t.Refused + t.Bounced + t.Lost
		all.Entered += t.Entered
		for i, n := range t.Coming {
			all.Coming[i] += n
		}
	}
	switch {
	case all.Taken+all.Deferred+all.Refused == 0:
		return p
	case all.Refused*4 >= all.Taken+all.Refused, all.Deferred*4 >= (all.Taken+all.Deferred)*3:
		p.State = PaceTrouble
		return p
	case all.Entered < paceEntered:
		return p
	}
	p.State, p.Took = PaceUsual, Median(all.Coming).Truncate(time.Minute)+time.Minute
	if p.Took > paceSlow {
		p.State = PaceSlow
	}
	return p
}

// Median is about how long half of the waits that were sorted into buckets took at most; 0 of none. Of the last bucket, which has no end, its
// beginning.
func Median(waits [Buckets]int) time.Duration { return Quantile(waits, 0.5) }

// Quantile is about how long a share of the waits took at most, such as 0.9 for nine of ten.
func Quantile(waits [Buckets]int, share float64) time.Duration {
	all := 0
	for _, n := range waits {
		all += n
	}
	if all == 0 {
		return 0
	}
	rank, begin := share*float64(all), time.Duration(0)
	for i, n := range waits {
		end := BucketEnd(i)
		if end == 0 {
			break
		}
		if rank <= float64(n) {
			return begin + time.Duration(rank/float64(n)*float64(end-begin))
		}
		rank, begin = rank-float64(n), end
	}
	return begin
}
