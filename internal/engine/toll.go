package engine

import (
	"context"
	"time"
)

// Tolls is the part of the Store that keeps what texts cost, and how many of the codes in them were entered. Money is
// in millionths of whatever the operator's price table is in.
type Tolls interface {
	// Pay takes the price of a text from what may be spent, for all nodes at once. False, and nothing is taken, when it would pass
	// one of the caps.
	Pay(ctx context.Context, t Toll, caps []SpendCap) (bool, error)
	// Repay gives back what Pay took, when the text could not be handed over.
	Repay(ctx context.Context, t Toll) error
	// Spending lists what was spent on and after a day, by day and country.
	Spending(ctx context.Context, since time.Time) ([]Toll, error)

	// Turnout adds up what was counted for a range in slots that began at or after a time. A sum has no slot.
	Turnout(ctx context.Context, of Range, since time.Time) (Turnout, error)
	// Turnouts lists the same for all blocks of numbers, those with most codes sent first.
	Turnouts(ctx context.Context, since time.Time, limit int) ([]Turnout, error)

	// Paused says whether one of the ranges is paused at a time.
	Paused(ctx context.Context, now time.Time, ranges ...Range) (bool, error)
	// Pauses lists all that last, the newest first.
	Pauses(ctx context.Context, now time.Time) ([]Pause, error)
	// Resume ends the pause of a range and forgets what was counted for it, which would pause it again at the next text. False when
	// there is none.
	Resume(ctx context.Context, of Range, now time.Time) (bool, error)
}

// Toll is what texts to a country cost on a day.
type Toll struct {
	Day     time.Time // its beginning, UTC
	Country string    // ISO 3166
	Texts   int
	Parts   int
	Micros  int64
}

// SpendCap is the most that may be sent and spent from a day on.
type SpendCap struct {
	Since   time.Time // a day's beginning, UTC
	Country string    // empty: all together
	Texts   int       // 0: as many as you like
	Micros  int64     // 0: as much as you like
}

// Admits says that a toll may be added to what was spent within the cap's days and country. One of another country is none of its business.
func (c SpendCap) Admits(spent, t Toll) bool {
	if c.Country != "" && c.Country != t.Country {
		return true
	}
	return (c.Texts == 0 || spent.Texts+t.Texts <= c.Texts) && (c.Micros == 0 || spent.Micros+t.Micros <= c.Micros)
}

// Turnout is how many codes were sent to a range of numbers in a slot of time, and how many of them were entered.
type Turnout struct {
	Slot    time.Time
	Range   Range
	Country string
	Sent    int
	Entered int
}

// Range is a block of numbers, such as "+3460012", or a country, such as "ES".
type Range string

// Pause is a range to which nothing is sent for a while, because codes sent to it had stopped being entered.
type Pause struct {
	Range   Range
	Began   time.Time
	Until   time.Time
	Sent    int // what made it: codes sent, and entered
	Entered int
}
