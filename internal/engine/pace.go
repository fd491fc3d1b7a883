package engine

import "time"

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
