package engine

import "time"

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
