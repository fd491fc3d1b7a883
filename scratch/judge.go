package scratch

import "time"

// What makes a rubbed card pass: shares of an animal's visible silhouette, and
// of the whole card.
const (
	chickenAtLeast = .60
	otherAtMost    = .45
	cardAtMost     = .45
)

// farthest is how long a way a trace may rub, in CSS pixels: ninety times across
// the card, which no person does and which bounds what judging costs.
const farthest = 90 * Width

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

// Verdict is a Result and what follows from it. The zero Verdict is a plain
// failure.
type Verdict struct {
	Result   Result
	Reason   Reason // of some failures
	Response string // of Pass: what the page hands on; see Redeem
	Again    string // of Again: for the Offer of the second round
}

// Answer is what came back for a card: a Trace for Rub, Picks for the others.
type Answer struct {
	Trace Trace
	Picks Picks
}

// uncovered is the mask a trace rubs free, or false for a trace that cannot
// have been made on the card: no points or too many, outside, time running
// backwards or further than the server's clock, too long a way, or too much of
// the card uncovered.
func (t Trace) uncovered(elapsed time.Duration) (m mask, ok bool) {
	if len(t) == 0 || len(t) > MaxTracePoints {
		return m, false
	}
	far := 0.
	var last point // as far as was rubbed
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
		to := p.at()
		from := last
		if begins := i == 0 || !t[i-1].Down; begins {
			from = to
		} else if ends := i+1 == len(t) || !t[i+1].Down; !ends && near(from, to) {
			continue
		}
		last = to
		if far += distance(from, to); far > farthest {
			return m, false
		}
		m.sweep(from, to, Brush/2)
		// Nothing gets covered again, so a trace that has uncovered too much is
		// not followed to its end: a long one costs no more than a short one.
		if i%64 == 63 && m.tooMuch() {
			return m, false
		}
	}
	took := time.Duration(t[len(t)-1].T) * time.Millisecond
	return m, took <= elapsed+clockSlack
}

// at is the point's place on the card, in CSS pixels.
func (p TracePoint) at() point { return point{float64(p.X) / tenths, float64(p.Y) / tenths} }

// near tells whether two places are so close together that a cell's middle is
// hardly ever between them.
func near(a, b point) bool {
	const step = 3 // CSS pixels
	return (b.x-a.x)*(b.x-a.x)+(b.y-a.y)*(b.y-a.y) < step*step
}

// tooMuch tells whether more of the card is uncovered than may be.
func (m *mask) tooMuch() bool { return float64(m.count()) > cardAtMost*columns*rows }

// rubbed tells whether the uncovered cells show both chickens and only those.
func (i *issue) rubbed(m *mask) bool {
	if m.tooMuch() {
		return false
	}
	var all, shown [16]int
	for y := range rows {
		for x, owner := range i.owners[y*columns : (y+1)*columns] {
			all[owner]++
			if owner > 0 && m.has(x, y) {
				shown[owner]++
			}
		}
	}
	for n := range Animals {
		share := float64(shown[n+1]) / float64(max(all[n+1], 1))
		if i.chickens>>n&1 == 1 {
			if share < chickenAtLeast {
				return false
			}
		} else if share > otherAtMost {
			return false
		}
	}
	return true
}

// judge is whether the answer is right, in the card's mode; an answer that
// holds something of another mode is not.
func (i *issue) judge(a Answer, elapsed time.Duration) bool {
	switch i.mode {
	case Rub:
		m, ok := a.Trace.uncovered(elapsed)
		return ok && a.Picks == 0 && i.rubbed(&m)
	case Listen, Pick, Hear:
		return len(a.Trace) == 0 && a.Picks != 0 && a.Picks == i.chickens
	}
	return false
}
