package scratch

import "math"

// course is how something changes over a note: straight lines between knots.
// Time runs from 0 to 1 of the note.
type course []knot

type knot struct{ t, v float32 }

// steady is a course that does not change.
func steady(v float32) course { return course{{0, v}} }

// at is the value at time t, given where the last look-up found it.
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
	return a.v + (b.v-a.v)*(t-a.t)/(b.t-a.t)
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
	ringOut     = 480 // samples that a note's resonances go on after it
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
	k.noise = k.noise*6364136223846793005 + 1442695040888963407
	return float32(int32(k.noise>>32)) * (1. / (1 << 31))
}

// resonator is a band-pass of two poles with gain at its middle.
type resonator struct{ g, b, c, y1, y2 float32 }

func (r *resonator) tune(place, band, gain float32) {
	place = min(max(place, 60), 7600)
	radius := math.Exp(-math.Pi * float64(band) / soundRate)
	r.c = float32(-radius * radius)
	r.b = float32(2 * radius * math.Cos(2*math.Pi*float64(place)/soundRate))
	r.g = gain * float32(1-radius*radius) / 2
}

// sing adds a note to the buffer.
func (k *singer) sing(n *note) {
	start := k.lead + int(n.begin*k.stretch*soundRate)
	frames := int(n.long * k.stretch * soundRate)
	end := min(start+frames+ringOut, len(k.buffer))
	if start < 0 || frames < controlStep {
		return
	}
	var (
		r                   [3]resonator
		x1, x2, low         float32
		phase, cycle        = k.Float32(), float32(1)
		pitchAt, loudAt     int
		placeAt             [3]int
		drift               float32
		pitch, loud         = n.hum(0, 0, &pitchAt), float32(0)
		fall                = float32(1 - math.Exp(-2*math.Pi*float64(n.tilt)/soundRate))
		breath, alternating = 5 * n.breath, float32(1)
	)
	for i := start; i < end; i += controlStep {
		t := float32(i+controlStep-start) / float32(frames)
		natural := float64(t) * n.long
		drift = .9*drift + n.flutter*k.hiss()
		nextPitch, nextLoud := n.hum(t, natural, &pitchAt)*(1+drift), float32(0)
		if t < 1 {
			nextLoud = n.level * n.loud.at(t, &loudAt) * n.tremolo.around(natural)
		}
		for j := range r {
			if f := &n.formants[j]; f.gain != 0 {
				r[j].tune(f.place.at(t, &placeAt[j])*n.throat, f.band, f.gain)
			}
		}
		table := pulseOf(k.pulses, max(pitch, nextPitch), n.harmonics)
		step, stepBy := pitch/soundRate, (nextPitch-pitch)/(soundRate*controlStep)
		loudBy := (nextLoud - loud) / controlStep
		stop := min(i+controlStep, end)
		for j, out := range k.buffer[i:stop] {
			phase += step
			step += stepBy
			if phase >= 1 {
				phase--
				cycle = 1 + n.rough*(k.hiss()+.5*alternating)
				alternating = -alternating
			}
			at := phase * pulseSize
			whole := int(at)
			a, b := table[whole&(pulseSize-1)], table[whole&(pulseSize-1)+1]
			x := loud * (cycle*(a+(b-a)*(at-float32(whole))) + breath*k.hiss())
			loud += loudBy
			low += fall * (x - low)
			d := low - x2
			x2, x1 = x1, low
			y := n.direct * low
			for m := range r {
				q := &r[m]
				v := q.g*d + q.b*q.y1 + q.c*q.y2
				q.y2, q.y1 = q.y1, v
				y += v
			}
			k.buffer[i+j] = out + y
		}
		pitch, loud = nextPitch, nextLoud
	}
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
