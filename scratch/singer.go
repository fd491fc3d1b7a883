package scratch

import "math"

// course is how something changes over a note: a smooth curve through knots
// that never swings past them (a monotone cubic). Time runs from 0 to 1 of the
// note.
type course []knot

type knot struct{ t, v float32 }

// steady is a course that does not change.
func steady(v float32) course { return course{{0, v}} }

// at is the value at time t, no earlier than the last look-up, which stopped
// at knot *last.
func (c course) at(t float32, last *int) float32 {
	i := *last
	for i+1 < len(c) && c[i+1].t <= t {
		i++
	}
	*last = i
	if i+1 >= len(c) || t <= c[i].t {
		return c[i].v
	}
	a, b := c[i], c[i+1]
	wide := b.t - a.t
	x := (t - a.t) / wide
	lean := x * (1 - x) * wide
	return a.v + (b.v-a.v)*x*x*(3-2*x) + lean*((1-x)*c.slope(i)-x*c.slope(i+1))
}

// slope is the curve's at knot i: level at a summit, a valley and both ends.
func (c course) slope(i int) float32 {
	if i == 0 || i+1 == len(c) {
		return 0
	}
	before := (c[i].v - c[i-1].v) / (c[i].t - c[i-1].t)
	after := (c[i+1].v - c[i].v) / (c[i+1].t - c[i].t)
	if before*after <= 0 {
		return 0
	}
	return 2 * before * after / (before + after)
}

// formant is a resonance of the throat, the mouth or the beak.
type formant struct {
	place course  // Hz
	band  float32 // Hz, its width
	gain  float32
}

// note is one syllable.
type note struct {
	begin, long float64 // seconds, at the natural tempo
	pitch       course  // Hz, before scale
	scale       float32 // of the pitch
	loud        course
	level       float32 // of the loudness
	formants    [3]formant
	throat      float32 // of the formants' places: a smaller animal has a larger one
	direct      float32 // how much sounds past the formants
	harmonics   int     // at most; 0 is no limit
	tilt        float32 // Hz, above which the source falls by 6 dB an octave
	breath      float32 // noise; 1 is about as strong as the pulses
	rough       float32 // by how much the pulses differ in strength, 0 to 1
	flutter     float32 // unsteadiness of the pitch, as a part of it
	vibrato     wobble  // of the pitch
	tremolo     wobble  // of the loudness
}

// wobble is a slow periodic change: by depth, a part of what it changes.
type wobble struct{ rate, depth, phase float64 }

const (
	controlStep = 32  // samples, 2 ms, between two looks at the courses
	ringOut     = 320 // samples that a note's resonances go on after it

	noiseFactor, noiseStep = 6364136223846793005, 1442695040888963407 // a linear congruence of full period
)

// singer renders notes into a buffer. All numbers that shape a call come
// from its stream, in an order that does not depend on the tempo; noise comes
// from a generator of its own, since a slower call needs more of it.
type singer struct {
	*stream
	seconds float64 // that the call lasts, at the natural tempo
	lead    int     // samples before it
	stretch float64 // seconds for one second of the score: 1, or more for slow
	buffer  []float32
	noise   uint64
	pulses  *[len(pulseHarmonics)]pulse
}

// hiss is white noise between -1 and 1.
func (k *singer) hiss() float32 {
	k.noise = k.noise*noiseFactor + noiseStep
	return float32(int32(k.noise>>32)) * (1. / (1 << 31))
}

// resonator is a band-pass of two poles with gain at its middle.
type resonator struct {
	g, b, c float32 // what it takes of the source, of its last output, of the one before
	twice   float32 // the poles' radius
	y1, y2  float32
}

func newResonator(f *formant) resonator {
	radius := math.Exp(-math.Pi * float64(f.band) / soundRate)
	return resonator{g: f.gain * float32(1-radius*radius) / 2, c: float32(-radius * radius), twice: float32(2 * radius)}
}

// tune moves the resonator to a place in Hz.
func (r *resonator) tune(place float32) {
	place = min(max(place, 60), 7600)
	r.b = r.twice * float32(math.Cos(2*math.Pi/soundRate*float64(place)))
}

// throat is the state of a note between two looks at its courses.
type throat struct {
	phase, step, stepBy float32 // of the pulses, in periods
	loud, loudBy        float32
	cycle, alternating  float32 // the strength of the pulse under way; the sign of the next
	rough, breath       float32
	fall, direct        float32
	low, low1, low2     float32 // the source after the tilt, now and one and two samples ago
	r                   [3]resonator
}

// sing adds a note to the buffer.
func (k *singer) sing(n *note) {
	start := k.lead + int(n.begin*k.stretch*soundRate)
	frames := int(n.long * k.stretch * soundRate)
	end := min(start+frames+ringOut, len(k.buffer))
	if start < 0 || frames < controlStep {
		return
	}
	var pitchAt, loudAt int
	var placeAt [3]int
	var drift, loud float32
	pitch := n.hum(0, 0, &pitchAt)
	q := throat{
		phase: k.Float32(), cycle: 1, alternating: 1, rough: n.rough, breath: 5 * n.breath, direct: n.direct,
		fall: float32(1 - math.Exp(-2*math.Pi*float64(n.tilt)/soundRate)),
	}
	for j := range q.r {
		q.r[j] = newResonator(&n.formants[j])
	}
	for i := start; i < end; i += controlStep {
		t := float32(i+controlStep-start) / float32(frames)
		natural := float64(t) * n.long
		drift = .9*drift + n.flutter*k.hiss()
		nextPitch, nextLoud := n.hum(t, natural, &pitchAt)*(1+drift), float32(0)
		if t < 1 {
			nextLoud = n.level * n.loud.at(t, &loudAt) * n.tremolo.around(natural)
		}
		for j := range q.r {
			if f := &n.formants[j]; f.gain != 0 {
				q.r[j].tune(f.place.at(t, &placeAt[j]) * n.throat)
			}
		}
		q.step, q.stepBy = pitch/soundRate, (nextPitch-pitch)/(soundRate*controlStep)
		q.loud, q.loudBy = loud, (nextLoud-loud)/controlStep
		k.voice(&q, pulseOf(k.pulses, max(pitch, nextPitch), n.harmonics), k.buffer[i:min(i+controlStep, end)])
		pitch, loud = nextPitch, nextLoud
	}
}

// voice adds a few samples of a note: pulses and breath, the tilt, and three
// resonances side by side. All state lives in local variables while it runs.
func (k *singer) voice(q *throat, table *pulse, out []float32) {
	a, b, c := q.r[0], q.r[1], q.r[2]
	phase, step, loud, cycle, low, low1, low2 := q.phase, q.step, q.loud, q.cycle, q.low, q.low1, q.low2
	fall, direct, breath, noise := q.fall, q.direct, q.breath, k.noise
	for i := range out {
		phase += step
		step += q.stepBy
		noise = noise*noiseFactor + noiseStep
		hiss := float32(int32(noise>>32)) * (1. / (1 << 31))
		if phase >= 1 {
			phase--
			cycle = 1 + q.rough*(hiss+.5*q.alternating)
			q.alternating = -q.alternating
		}
		at := phase * pulseSize
		whole := int(at) & (pulseSize - 1)
		x := table[whole]
		x = loud * (cycle*(x+(table[whole+1]-x)*(at-float32(whole))) + breath*hiss)
		loud += q.loudBy
		low += fall * (x - low)
		d := low - low2
		low2, low1 = low1, low
		u := a.g*d + a.b*a.y1 + a.c*a.y2
		v := b.g*d + b.b*b.y1 + b.c*b.y2
		w := c.g*d + c.b*c.y1 + c.c*c.y2
		a.y2, a.y1 = a.y1, u
		b.y2, b.y1 = b.y1, v
		c.y2, c.y1 = c.y1, w
		out[i] += direct*low + u + v + w
	}
	q.r = [3]resonator{a, b, c}
	q.phase, q.cycle, q.low, q.low1, q.low2, k.noise = phase, cycle, low, low1, low2, noise
}

// hum is the pitch at time t of the note, natural seconds after its begin.
func (n *note) hum(t float32, natural float64, at *int) float32 {
	return n.scale * n.pitch.at(t, at) * n.vibrato.around(natural)
}

// around is a factor about 1.
func (w wobble) around(seconds float64) float32 {
	if w.depth == 0 {
		return 1
	}
	return float32(1 + w.depth*math.Sin(2*math.Pi*(w.rate*seconds+w.phase)))
}
