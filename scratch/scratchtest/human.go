package scratchtest

import (
	"image"
	"math"
	"math/rand/v2"

	"twohens/scratch"
)

// Device is what a hand points with.
type Device uint8

const (
	Mouse  Device = iota // whole screen pixels, 125 times a second
	Finger               // 60 times a second, a broad touch that slips a little
	Pen                  // 120 times a second, fine
)

// Human is a simple model of how a person rubs: strokes to and fro, slanted as the hand turns, bent, each begun and ended
// softly (minimum jerk), of uneven length and time, with tremor, overshoot and pauses, told at moments that are not quite
// even. It says what a fair check of manners must let pass; it is no claim that people move like this.
type Human struct {
	Device  Device
	Left    bool    // strokes slant the other way
	Pace    float64 // 1 is usual, .5 slow, 2 quick
	Circles bool    // rubs round and round in place of to and fro
	Tick    float64 // ms that the browser tells the time in: 0 exactly, 1000./60 by frames, 100 where it hides how quick one is
	Exact   bool    // no human: the same strokes straight, at one speed, a point each 16 ms
}

// Humans are all whom a check of manners must let pass: every device, both hands, three paces, both ways of rubbing, three
// clocks.
func Humans() (out []Human) {
	for _, device := range []Device{Mouse, Finger, Pen} {
		for _, pace := range []float64{.5, 1, 2} {
			for _, tick := range []float64{0, 1000. / 60, 100} {
				for ways := range 4 {
					out = append(out, Human{Device: device, Pace: pace, Tick: tick, Left: ways&1 != 0, Circles: ways&2 != 0})
				}
			}
		}
	}
	return out
}

// place is where the hand is at a moment, in CSS pixels and milliseconds.
type place struct{ x, y, t float64 }

// Rub is the trace of rubbing areas free, each told by places in it that are 8 px apart or less.
func (h Human) Rub(r *rand.Rand, areas ...[]image.Point) scratch.Trace {
	var out scratch.Trace
	now := 0.
	for _, cells := range areas {
		if len(cells) == 0 {
			continue
		}
		corners := h.corners(r, cells)
		if h.Circles && !h.Exact {
			corners = h.rounds(r, cells)
		}
		out, now = h.stroke(r, out, corners, now)
		now += (150 + 250*r.Float64()) / h.Pace
	}
	return starting(out)
}

// frame is an area seen along a slant: where its middle is, and how to get from there to a place along (u) and across (v).
type frame struct{ x, y, sin, cos float64 }

func (f frame) to(u, v float64) place {
	return place{x: f.x + u*f.cos - v*f.sin, y: f.y + u*f.sin + v*f.cos}
}

func (f frame) from(p image.Point) (u, v float64) {
	x, y := float64(p.X)-f.x, float64(p.Y)-f.y
	return x*f.cos + y*f.sin, y*f.cos - x*f.sin
}

func slanted(cells []image.Point, slant float64) frame {
	var f frame
	for _, p := range cells {
		f.x, f.y = f.x+float64(p.X)/float64(len(cells)), f.y+float64(p.Y)/float64(len(cells))
	}
	f.sin, f.cos = math.Sincos(slant)
	return f
}

// corners are the turning points of a zigzag over an area.
func (h Human) corners(r *rand.Rand, cells []image.Point) (out []place) {
	slant := -.15 - .5*r.Float64() // right hands rub from low left to high right
	if h.Left {
		slant = -slant
	}
	f := slanted(cells, slant)
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range cells {
		_, v := f.from(p)
		low, high = min(low, v), max(high, v)
	}
	step := 12 + 4*r.Float64()
	back := r.IntN(2) == 0
	for v := low + 7; v < high+step-7; v += step {
		left, right := math.Inf(1), math.Inf(-1)
		for _, p := range cells {
			if u, w := f.from(p); math.Abs(w-v) < 7 {
				left, right = min(left, u), max(right, u)
			}
		}
		if left > right {
			continue
		}
		middle := (left + right) / 2
		from, to := min(left+inside, middle), max(right-inside, middle)
		if back {
			from, to = to, from
		}
		out = append(out, f.to(from+h.miss(r), v+h.miss(r)), f.to(to+h.miss(r), v+h.miss(r)))
		back = !back
	}
	if len(out) == 0 {
		out = append(out, f.to(0, 0))
	}
	return out
}

// miss is by how much the hand does not come to where it wanted.
func (h Human) miss(r *rand.Rand) float64 {
	if h.Exact {
		return 0
	}
	size := map[Device]float64{Mouse: 1.2, Finger: 2, Pen: 1}[h.Device]
	return r.NormFloat64() * size * math.Sqrt(h.Pace)
}

// rounds are places along a way round and round an area, from its rim inward.
func (h Human) rounds(r *rand.Rand, cells []image.Point) (out []place) {
	f := slanted(cells, 0)
	var wide, tall float64
	for _, p := range cells {
		u, v := f.from(p)
		wide, tall = wide+u*u/float64(len(cells)), tall+v*v/float64(len(cells))
	}
	a, b := max(2*math.Sqrt(wide)-inside-2, 4), max(2*math.Sqrt(tall)-inside-2, 4)
	turn := 1.
	if h.Left {
		turn = -1
	}
	start := r.Float64() * 2 * math.Pi
	const quarters = 4 * 3
	for i := range quarters + 1 {
		t := start + turn*float64(i)*math.Pi/2
		shrink := 1 - .75*float64(i)/quarters
		sin, cos := math.Sincos(t)
		out = append(out, f.to(a*shrink*cos+h.miss(r), b*shrink*sin+h.miss(r)))
	}
	return out
}

// stroke adds a movement through the corners to a trace, with the pointer down, and returns when it ends.
func (h Human) stroke(r *rand.Rand, out scratch.Trace, corners []place, now float64) (scratch.Trace, float64) {
	way := h.way(r, corners, now)
	begun := len(out)
	var last place
	for at := now; ; at += h.wait(r) {
		p := along(way, at)
		if h.Device == Mouse && !h.Exact {
			p.x, p.y = math.Round(p.x), math.Round(p.y)
		}
		const near = 1.5 // px: what the page leaves out
		if len(out) == begun || math.Hypot(p.x-last.x, p.y-last.y) >= near {
			out = append(out, h.tell(p, at, true))
			last = p
		}
		if at >= way[len(way)-1].t {
			now = at
			break
		}
	}
	now += 5 + 20*r.Float64()
	up := out[len(out)-1]
	up.T, up.Down = h.tell(last, now, false).T, false
	return append(out, up), now
}

// wait is how long it is until the device tells of the next place.
func (h Human) wait(r *rand.Rand) float64 {
	if h.Exact {
		return 16
	}
	usual := map[Device]float64{Mouse: 8, Finger: 1000. / 60, Pen: 1000. / 120}[h.Device]
	out := max(usual+r.NormFloat64()*.12*usual, 1)
	if r.IntN(40) == 0 {
		out += usual * (1 + 2*r.Float64()) // the browser was busy
	}
	return out
}

// tell is a place as the page records it.
func (h Human) tell(p place, at float64, down bool) scratch.TracePoint {
	if h.Tick > 0 && !h.Exact {
		at = math.Ceil(at/h.Tick) * h.Tick
	}
	return scratch.TracePoint{
		X: tenths(p.x, scratch.Width), Y: tenths(p.y, scratch.Height),
		T: int(math.Round(at)), Down: down,
	}
}

func tenths(v float64, most int) int { return min(max(int(math.Round(v*10)), 0), most*10) }

// way is where the hand is each millisecond.
func (h Human) way(r *rand.Rand, corners []place, now float64) []place {
	out := []place{{corners[0].x, corners[0].y, now}}
	if len(corners) == 1 {
		return append(out, place{corners[0].x, corners[0].y, now + 60})
	}
	shake := h.newTremor(r)
	for i := 1; i < len(corners); i++ {
		a, b := corners[i-1], corners[i]
		far := math.Hypot(b.x-a.x, b.y-a.y)
		lasts := (50 + 2.6*far) / h.Pace * math.Exp(.2*r.NormFloat64()) // ms
		bow := far * .07 * r.NormFloat64()
		if h.Circles {
			bow = 0 // the corners of a round are bent already, below
		}
		if h.Exact {
			lasts, bow = far/.4, 0 // .4 px in a millisecond
		}
		for t := 1.; t <= max(lasts, 1); t++ {
			share := t / max(lasts, 1)
			s := share
			switch {
			case h.Exact:
			case h.Circles:
				s = .6*share + .4*softly(share) // a round is not stopped at each quarter
			default:
				s = softly(share)
			}
			side := bow * 4 * s * (1 - s)
			if h.Circles && !h.Exact {
				side = -far * .2 * 4 * s * (1 - s) * h.handed()
			}
			x, y := a.x+(b.x-a.x)*s, a.y+(b.y-a.y)*s
			if far > 0 {
				x, y = x-(b.y-a.y)/far*side, y+(b.x-a.x)/far*side
			}
			dx, dy := shake.next()
			out = append(out, place{x + dx, y + dy, now + t})
		}
		now = out[len(out)-1].t
		if !h.Exact && r.IntN(12) == 0 {
			now = pause(&out, now, (60+120*r.Float64())/h.Pace, shake)
		}
	}
	return out
}

func (h Human) handed() float64 {
	if h.Left {
		return -1
	}
	return 1
}

// pause stays where the hand is, as still as it can be held.
func pause(out *[]place, now, lasts float64, shake *tremor) float64 {
	last := (*out)[len(*out)-1]
	for t := 1.; t <= lasts; t++ {
		dx, dy := shake.next()
		*out = append(*out, place{last.x + dx, last.y + dy, now + t})
	}
	return (*out)[len(*out)-1].t
}

// softly is the share of the way at a share of the time when the jerk is least.
func softly(t float64) float64 { return t * t * t * (10 - 15*t + 6*t*t) }

// along is where a hand is at a moment.
func along(way []place, at float64) place {
	i := int(at - way[0].t)
	return way[min(max(i, 0), len(way)-1)]
}

// tremor is the shaking of a hand: some 9 times a second, and a drift.
type tremor struct {
	r                   *rand.Rand
	size, speed, time   float64
	phaseX, phaseY      float64
	driftX, driftY, far float64
}

func (h Human) newTremor(r *rand.Rand) *tremor {
	size := map[Device]float64{Mouse: .25, Finger: .35, Pen: .3}[h.Device] * (.5 + r.Float64())
	if h.Exact {
		size = 0
	}
	return &tremor{
		r: r, size: size, far: size * .12, speed: 2 * math.Pi * (7 + 5*r.Float64()) / 1000,
		phaseX: 6 * r.Float64(), phaseY: 6 * r.Float64(),
	}
}

// next is how far off the hand is, a millisecond later.
func (t *tremor) next() (x, y float64) {
	t.time++
	t.driftX = t.driftX*.99 + t.r.NormFloat64()*t.far
	t.driftY = t.driftY*.99 + t.r.NormFloat64()*t.far
	return t.size*math.Sin(t.speed*t.time+t.phaseX) + t.driftX, t.size*math.Sin(t.speed*t.time*1.1+t.phaseY) + t.driftY
}

// Tap is the trace of tapping areas free: a dab where most is still covered, until three quarters are free.
func (h Human) Tap(r *rand.Rand, areas ...[]image.Point) scratch.Trace {
	var out scratch.Trace
	now := 0.
	for _, cells := range areas {
		for _, p := range tap(cells, 1) {
			at := place{x: float64(p.X) + h.miss(r), y: float64(p.Y) + h.miss(r)}
			out = append(out, h.tell(at, now, true))
			up := h.tell(at, now+h.uneven(r, 70), false)
			out = append(out, up)
			now = float64(up.T) + h.uneven(r, 280)
		}
	}
	return starting(out)
}

// uneven is a time in milliseconds that is not twice the same, unless for a machine.
func (h Human) uneven(r *rand.Rand, usual float64) float64 {
	if h.Exact {
		return 16
	}
	return usual / h.Pace * math.Exp(.25*r.NormFloat64())
}

// starting is the trace with its time counted from its first point.
func starting(t scratch.Trace) scratch.Trace {
	for i := len(t) - 1; i >= 0; i-- {
		t[i].T -= t[0].T
	}
	return t
}

// Key is the trace of rubbing areas free by keyboard alone: from the middle of the card the cursor goes in steps of 8 px,
// or 24 with Shift, to each place that Tap would dab, and Space rubs there. hold rubs on the way between the dabs of one
// area, as by holding Space down.
func (h Human) Key(r *rand.Rand, hold bool, areas ...[]image.Point) scratch.Trace {
	var out scratch.Trace
	now, at := 0., image.Pt(scratch.Width/2, scratch.Height/2)
	press := func(down bool) {
		p := h.tell(place{x: float64(at.X), y: float64(at.Y)}, now, down)
		p.Key = down
		out = append(out, p)
	}
	for _, cells := range areas {
		for n, p := range tap(cells, 8) {
			held := hold && n > 0
			for at != p {
				if at = toward(at, p); held {
					now += h.repeats(r)
					press(true)
				}
				now += h.repeats(r)
			}
			if !held {
				now += h.uneven(r, 150)
				press(true)
				now += h.uneven(r, 60)
			}
			if !hold {
				press(false)
			}
		}
		if hold {
			now += h.uneven(r, 60)
			press(false)
		}
	}
	return starting(out)
}

// toward is one step of the cursor nearer to a place: the keyboard's longer step where it fits.
func toward(at, to image.Point) image.Point {
	step := func(d int) int {
		switch {
		case d >= 24:
			return 24
		case d > 0:
			return 8
		case d <= -24:
			return -24
		case d < 0:
			return -8
		}
		return 0
	}
	if dx := step(to.X - at.X); dx != 0 {
		return at.Add(image.Pt(dx, 0))
	}
	return at.Add(image.Pt(0, step(to.Y-at.Y)))
}

// repeats is how long it is until a key that is held down counts again: thirty times a second, by the clock.
func (h Human) repeats(r *rand.Rand) float64 { return 1000. / 30 }
