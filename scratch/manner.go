package scratch

import "math"

// What no hand does, by a wide margin: scratchtest.Humans tells how wide.
const (
	leastMoves  = 4   // of a run that can be judged
	leastRuns   = 3   // that can be judged, before anything is said of them
	mostAlike   = .7  // of the runs: drawn with a ruler and at one speed
	runStrays   = .6  // CSS px: how far a run strays from a straight line
	runVaries   = .12 // of a run's speed: how much it varies
	speedVaries = .15 // of the speed within all runs, however bent
	quickest    = 2.5 // CSS px in a millisecond, all in all
	farEnough   = 200 // CSS px, for that to be said: some browsers tell the time in tenths of a second
	leaps       = 25. // CSS px from point to point, in time with a clock
	leastTaps   = 5   // whose gaps can be judged
	tapsApart   = 25  // ms from one to the next, all in all
	keysApart   = 5   // ms: the quickest keyboard repeats every 11
	clockwork   = 2   // ms: what gaps differ by when a machine counts them
)

// mechanical tells whether a trace moves as no hand does: to the ruler and at
// one speed, by leaps in time with a clock, or quicker than anybody. It only
// ever asks for a second round, so it may err; and it stops only who did not
// trouble to imitate a hand.
//
// A pointer's strokes, taps and keys are each judged by what fits them. Keys go
// straight, in even steps, as quick as the keyboard repeats; a tap has no path,
// and how long it lasts is not looked at, since a switch or a dwelling pointer
// presses as evenly as any machine. None of that counts against anybody.
func (t Trace) mechanical() bool {
	var m manner
	for i := range t {
		m.add(t, i)
	}
	m.endRun(t[m.run:])
	return m.strokes() || m.taps() || m.keys()
}

// manner is what is gathered of a trace, point by point.
type manner struct {
	run  int // where the run begins that goes on: from one turn of a stroke to the next
	runs struct{ judged, alike int }

	moves                    int     // of all strokes by pointer
	way, took                float64 // CSS px, ms
	speed                    tally   // CSS px a millisecond, within runs: around a turn even a machine seems slower
	gap                      tally   // ms
	leapt                    int     // moves of at least leaps
	timeless                 int     // moves told together with the one before
	lastTap                  int
	tap                      tally // ms from tap to tap
	keyed, keyFirst, keyLast int
}

// tally is how many numbers there were, and what their mean and variance follow from.
type tally struct {
	n              int
	sum, squares   float64
	least, largest float64
}

func (s *tally) add(v float64) {
	if s.n == 0 {
		s.least, s.largest = v, v
	}
	s.n++
	s.sum, s.squares = s.sum+v, s.squares+v*v
	s.least, s.largest = min(s.least, v), max(s.largest, v)
}

// varies is the standard deviation by the mean.
func (s *tally) varies() float64 {
	mean := s.sum / float64(s.n)
	return math.Sqrt(max(s.squares/float64(s.n)-mean*mean, 0)) / max(mean, 1e-9)
}

func (m *manner) add(t Trace, i int) {
	p := &t[i]
	if !p.Down || p.Key || i == 0 || !t[i-1].Down || t[i-1].Key {
		m.endRun(t[m.run:i])
		m.run = i
	}
	if !p.Down {
		return
	}
	if p.Key {
		if m.keyed == 0 {
			m.keyFirst = p.T
		}
		m.keyed, m.keyLast = m.keyed+1, p.T
		return
	}
	begins := i == 0 || !t[i-1].Down || t[i-1].Key
	ends := i+1 == len(t) || !t[i+1].Down || t[i+1].Key
	if begins && ends { // a tap
		if m.tap.n > 0 || m.lastTap > 0 {
			m.tap.add(float64(p.T - m.lastTap))
		}
		m.lastTap = max(p.T, 1)
		return
	}
	if !begins {
		m.move(t, i)
	}
}

// move takes in the movement of a stroke that ends at point i.
func (m *manner) move(t Trace, i int) {
	far, took := t[i-1].far(&t[i]), float64(t[i].T-t[i-1].T)
	m.moves++
	m.way, m.took = m.way+far, m.took+took
	m.gap.add(took)
	if far >= leaps {
		m.leapt++
	}
	if took <= 0 {
		m.timeless++
	}
	if i-1 > m.run && turns(&t[i-2], &t[i-1], &t[i]) {
		m.endRun(t[m.run:i])
		m.run = i - 1
	}
}

// far is how far it is to another point, in CSS pixels.
func (p *TracePoint) far(q *TracePoint) float64 {
	x, y := float64(q.X-p.X), float64(q.Y-p.Y)
	return math.Sqrt(x*x+y*y) / tenths
}

// turns tells whether the way from a by b to c turns by more than a third of a half turn.
func turns(a, b, c *TracePoint) bool {
	ux, uy := float64(b.X-a.X), float64(b.Y-a.Y)
	vx, vy := float64(c.X-b.X), float64(c.Y-b.Y)
	along := ux*vx + uy*vy
	return along < 0 || 4*along*along < (ux*ux+uy*uy)*(vx*vx+vy*vy)
}

// endRun judges a run that is over.
func (m *manner) endRun(run []TracePoint) {
	if len(run) < leastMoves+1 {
		return
	}
	m.runs.judged++
	first, last := run[0].at(), run[len(run)-1].at()
	length := max(run[0].far(&run[len(run)-1]), 1e-9)
	straight := true
	var speed tally
	for i := range run[1:] {
		p := run[i+1].at()
		stray := math.Abs((last.x-first.x)*(p.y-first.y)-(last.y-first.y)*(p.x-first.x)) / length
		straight = straight && stray <= runStrays
		took := float64(run[i+1].T - run[i].T)
		if took <= 0 {
			continue // told together with the one before
		}
		v := run[i].far(&run[i+1]) / took
		speed.add(v)
		if i > 0 && i < len(run)-2 {
			m.speed.add(v)
		}
	}
	if straight && speed.n >= leastMoves && speed.varies() < runVaries {
		m.runs.alike++
	}
}

// strokes judges what the pointer did while it was down.
func (m *manner) strokes() bool {
	if m.moves < leastMoves {
		return false
	}
	coarse := 3*m.timeless > m.moves // a clock that tells no speeds
	switch {
	case m.way > max(quickest*m.took, farEnough):
		return true
	case !coarse && m.runs.judged >= leastRuns && float64(m.runs.alike) >= mostAlike*float64(m.runs.judged):
		return true
	case !coarse && m.speed.n >= leastRuns*leastMoves && m.speed.varies() < speedVaries:
		return true
	}
	return 2*m.leapt > m.moves && m.gap.largest-m.gap.least <= clockwork
}

// taps judges the taps by their gaps alone.
func (m *manner) taps() bool {
	if m.tap.n < leastTaps {
		return false
	}
	return m.tap.sum < tapsApart*float64(m.tap.n) || m.tap.largest-m.tap.least <= clockwork
}

// keys judges what was rubbed by key: only that somebody could have pressed them.
func (m *manner) keys() bool {
	return m.keyed > leastMoves && m.keyLast-m.keyFirst < keysApart*(m.keyed-1)
}
