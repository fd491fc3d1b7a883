package scratch

import "time"

// What makes a rubbed card pass: shares of an animal's visible silhouette, and
// of the whole card.
const (
	chickenAtLeast = .60
	otherAtMost    = .45
	cardAtMost     = .45
)

// clockSlack is how far a browser's trace may outlast the time that went by
// on the server's own clock: the card was drawn a little after it was issued,
// and the nodes' clocks differ a little.
const clockSlack = 2 * time.Second

// Result is pass, fail or again. The zero Result is Fail.
type Result uint8

const (
	Fail  Result = iota // a new card, please
	Again               // nothing wrong, but a second round is asked for
	Pass                // both chickens and only those
)

// String is the result's name in logs and tests.
func (r Result) String() string {
	switch r {
	case Pass:
		return "pass"
	case Again:
		return "again"
	}
	return "fail"
}

// Reason is what a page may say about a failure. It never tells anything about
// the card.
type Reason uint8

const (
	NoReason Reason = iota
	TooFast         // answered sooner than a person can
	TooSlow         // the card's time is over
)

// Verdict is a Result and, for some failures, its Reason. The zero Verdict is a
// plain failure.
type Verdict struct {
	Result Result
	Reason Reason
}

// Answer is what came back for a card: a Trace for Rub, Picks for Pick.
type Answer struct {
	Trace Trace
	Picks Picks
}

// uncovered is the mask a trace rubs free, or false for a trace that cannot
// have been made on the card: no points or too many, outside, time running
// backwards or further than the server's clock, or too much of it uncovered.
func (t Trace) uncovered(elapsed time.Duration) (m mask, ok bool) {
	if len(t) == 0 || len(t) > MaxTracePoints {
		return m, false
	}
	for i, p := range t {
		if p.X < 0 || p.X > Width*tenths || p.Y < 0 || p.Y > Height*tenths {
			return m, false
		}
		if p.T < 0 || i == 0 && p.T != 0 || i > 0 && p.T < t[i-1].T {
			return m, false
		}
		if !p.Down {
			continue
		}
		to := point{float64(p.X) / tenths, float64(p.Y) / tenths}
		from := to
		if i > 0 && t[i-1].Down {
			from = point{float64(t[i-1].X) / tenths, float64(t[i-1].Y) / tenths}
		}
		m.sweep(from, to, Brush/2)
		// Nothing gets covered again, so a trace that has uncovered too much is
		// not followed to its end: a long one costs no more than a short one.
		if i%64 == 63 && m.tooMuch() {
			return m, false
		}
	}
	last := time.Duration(t[len(t)-1].T) * time.Millisecond
	return m, last <= elapsed+clockSlack
}

// tooMuch tells whether more of the card is uncovered than may be.
func (m *mask) tooMuch() bool { return float64(m.count()) > cardAtMost*columns*rows }

// rubbed tells whether the uncovered cells show both chickens and only those.
func (c *card) rubbed(m *mask) bool {
	if m.tooMuch() {
		return false
	}
	for i := range c.animals {
		shown := m.and(&c.visible[i])
		share := float64(shown.count()) / float64(max(c.visible[i].count(), 1))
		if c.animals[i].species == Chicken {
			if share < chickenAtLeast {
				return false
			}
		} else if share > otherAtMost {
			return false
		}
	}
	return true
}

// chickens are the numbers of the two chickens.
func (c *card) chickens() Picks {
	var out Picks
	for i := range c.animals {
		if c.animals[i].species == Chicken {
			out |= 1 << i
		}
	}
	return out
}

// judge is whether the answer is right for the card, in its mode; an answer
// that holds something of the other mode is not.
func (c *card) judge(mode Mode, a Answer, elapsed time.Duration) bool {
	switch mode {
	case Rub:
		m, ok := a.Trace.uncovered(elapsed)
		return ok && a.Picks == 0 && c.rubbed(&m)
	case Pick:
		return len(a.Trace) == 0 && a.Picks == c.chickens()
	}
	return false
}
