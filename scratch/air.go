package scratch

import (
	"encoding/binary"
	"math"
	"sync"
)

const (
	shortestCall = .78 // seconds, without what is before and after
	longestCall  = 1.36
	slower       = 1 / .6 // how much longer a slow call is
	loudness     = .13    // RMS of every call, as a part of full scale
	limit        = .7     // above which peaks are rounded off
	fade         = soundRate / 200
	mostSamples  = 40000 // of the longest call, slow: (1.36/.6 + .14) seconds
)

// buffers are reused: a call needs up to 160 kB for the time of its making.
var buffers = sync.Pool{New: func() any { return new([mostSamples]float32) }}

// sound makes one call: the voice, the room about it, the air behind it. How long
// it is, how loud, and how much silence lies around it is drawn before the
// voice is looked at, so that none of these tells one voice from another.
func sound(v Voice, s *stream, slow bool) []byte {
	stretch := 1.
	if slow {
		stretch = slower
	}
	seconds := s.within(shortestCall, longestCall)
	lead, tail := s.within(.02, .07), s.within(.03, .07)
	p := buffers.Get().(*[mostSamples]float32)
	defer buffers.Put(p)
	k := singer{
		stream: s, seconds: seconds, lead: int(lead * soundRate), stretch: stretch, noise: s.Uint64(), pulses: pulses(),
		buffer: p[:int((seconds*stretch+lead+tail)*soundRate)],
	}
	clear(k.buffer)
	r := newAir(s)
	voices[v](&k)
	r.echo(k.buffer)
	return r.carry(&k)
}

// air is what lies between the animal and the ear.
type air struct {
	walls   [2]int // samples to come back from
	echoes  [2]float32
	bright  float32 // of the microphone: above 0 a little more treble, below a little less
	wind    float32 // against the call
	whistle float32 // Hz, above which the wind is quiet
	gust    wobble
	hiss    float32
}

func newAir(s *stream) *air {
	room := float32(s.within(0, 1))
	return &air{
		walls:   [2]int{90 + s.IntN(160), 270 + s.IntN(330)},
		echoes:  [2]float32{room * float32(s.within(.1, .24)), room * float32(s.within(.1, .3))},
		bright:  float32(s.within(-.45, .45)),
		wind:    float32(math.Exp(s.within(math.Log(.015), math.Log(.07)))),
		whistle: float32(s.within(250, 1100)),
		gust:    wobble{s.within(.4, 1.6), s.within(.2, .7), s.Float64()},
		hiss:    float32(s.within(.002, .008)),
	}
}

// echo lets two walls throw the sound back.
func (r *air) echo(b []float32) {
	for w, d := range r.walls {
		g := r.echoes[w]
		for i := d; i < len(b); i++ {
			b[i] += g * b[i-d]
		}
	}
}

// carry evens out the loudness, adds wind and hiss, and writes the file. A
// high-pass at 50 Hz takes away what no loudspeaker plays.
func (r *air) carry(k *singer) []byte {
	b := k.buffer
	const keep = 1 - 2*math.Pi*50/soundRate
	var x1, high, soft float32
	var sum float64
	for i, x := range b {
		high = x - x1 + keep*high
		x1 = x
		soft += .35 * (high - soft)
		y := high + r.bright*(high-2*soft)
		b[i] = y
		sum += float64(y * y)
	}
	even := float32(loudness / math.Sqrt(max(sum/float64(len(b)), 1e-12)))
	out := newWave(len(b))
	le := binary.LittleEndian
	fall := 2 * math.Pi * r.whistle / soundRate
	rise := float32(.0)
	wind := r.wind * loudness * 1.73 / float32(math.Sqrt(float64(fall/2)))
	var breeze, x0 float32
	high = 0
	for i, x := range b {
		if i%controlStep == 0 {
			rise = wind * r.gust.around(float64(i)/soundRate/k.stretch)
		}
		breeze += fall * (k.hiss() - breeze)
		w := rise * breeze
		high = w - x0 + keep*high
		x0 = w
		y := rounded(even*x + high + r.hiss*k.hiss()*loudness*1.73)
		if edge := min(i, len(b)-1-i); edge < fade {
			y *= float32(edge) / fade
		}
		le.PutUint16(out[waveHeader+2*i:], uint16(int16(y*math.MaxInt16)))
	}
	return out
}

// rounded bends peaks over the limit, so that none is cut off.
func rounded(y float32) float32 {
	if y > limit {
		return limit + (1-limit)*float32(math.Tanh(float64((y-limit)/(1-limit))))
	}
	if y < -limit {
		return -rounded(-y)
	}
	return y
}
