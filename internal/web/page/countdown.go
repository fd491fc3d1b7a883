package page

import "time"

// Countdown is what is left until a click for a code counts again.
type Countdown struct {
	Left  time.Duration
	Early bool // the last click came too soon, and changed nothing
}

// Egg is the level of the timer's yolk, as the y of its clip in a drawing that is 28 high: 1.5 is full, 26.5 empty.
func (c Countdown) Egg() float64 {
	return 26.5 - 25*float64(c.Left)/float64(c.whole())
}

// Whole is the length of the cool-down that is running, in seconds, for the script that lets the egg run down.
func (c Countdown) Whole() int { return int(c.whole() / time.Second) }

func (c Countdown) whole() time.Duration {
	whole := time.Minute
	for whole < c.Left {
		whole *= 2 // the steps of R-45
	}
	return whole
}
