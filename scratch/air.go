package scratch

import (
	"encoding/binary"
	"math"
	"runtime"
	"sync"
)

const (
	shortestCall = .78 // seconds, without what is before and after
	longestCall  = 1.36
	slower       = 1 / .6 // how much longer a slow call is
	loudness     = .11    // RMS of a call, as a part of full scale
	limit        = .7     // the highest above which peaks are rounded off
	fade         = soundRate / 200
	lowCut       = 1 - 2*math.Pi*50/soundRate
	mostSamples  = 40000 // of the longest call, slow: (1.36/.6 + .14) seconds
)

// buffers are reused: a call needs up to 160 kB for the time of its making.
var buffers = sync.Pool{New: func() any { return new([mostSamples]float32) }}

// booths are the places to sing at, one for each processor, as easels are to draw at: a thousand calls asked for at once wait in
// line, and take no more memory than these.
var booths = make(chan struct{}, runtime.GOMAXPROCS(0))

// sound makes one call: the voice, the room about it, the air behind it. How long
// it is, how loud, and how much silence lies around it is drawn before the
// voice is looked at, so that none of these tells one voice from another.
func sound(v Voice, s *stream, slow bool) []byte {
	stretch := 1.
	if slow {
		stretch = slower
	}
	booths <- struct{}{}
	defer func() { <-booths }()
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
	far     float32 // of the way through the air, which takes the treble: part of a step kept back
	wind    float32 // against the call
	whistle float32 // Hz, above which the wind is quiet
	gust    wobble
	hiss    float32 // of the microphone, against the call
	loud    float32 // the RMS, drawn without a look at the voice
	limit   float32 // of the microphone: peaks above it are rounded off
}

func newAir(s *stream) *air {
	room, loud := float32(s.within(0, 1)), loudness*float32(s.within(.8, 1.2))
	return &air{
		walls:   [2]int{90 + s.IntN(160), 270 + s.IntN(330)},
		echoes:  [2]float32{room * float32(s.within(.1, .24)), room * float32(s.within(.1, .3))},
		bright:  float32(s.within(-.45, .45)),
		far:     float32(math.Exp(-2 * math.Pi * s.within(2600, 5500) / soundRate)),
		wind:    float32(math.Exp(s.within(math.Log(.015), math.Log(.09)))),
		whistle: float32(s.within(250, 1100)),
		gust:    wobble{s.within(.4, 1.6), s.within(.2, .7), s.Float64()},
		hiss:    float32(math.Exp(s.within(math.Log(.002), math.Log(.02)))),
		loud:    loud,
		limit:   min(loud*float32(s.within(3.2, 6.4)), limit),
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

// carry evens out the loudness, adds wind and hiss, and writes the file.
func (r *air) carry(k *singer) []byte {
	b := k.buffer
	even := r.loud / r.colour(b)
	out := newWave(len(b))
	fall := 2 * math.Pi * r.whistle / soundRate
	wind := r.wind * r.loud * 1.73 / float32(math.Sqrt(float64(fall/2))) // white noise between -1 and 1 has an RMS of 1/1.73
	hiss := r.hiss * r.loud * 1.73
	var rise, breeze, x1, high float32
	pcm := out[waveHeader:]
	for i, x := range b {
		if i%(8*controlStep) == 0 {
			rise = wind * r.gust.around(float64(i)/soundRate/k.stretch)
		}
		n := k.hiss()
		breeze += fall * (n - breeze)
		w := rise * breeze
		high = w - x1 + lowCut*high
		x1 = w
		y := even*x + high + hiss*n
		if y > r.limit || y < -r.limit {
			y = rounded(y, r.limit)
		}
		if i < fade {
			y *= float32(i) / fade
		} else if left := len(b) - 1 - i; left < fade {
			y *= float32(left) / fade
		}
		binary.LittleEndian.PutUint16(pcm, uint16(int32(y*math.MaxInt16)))
		pcm = pcm[bytesPerFrame:]
	}
	return out
}

// colour takes the sound through the air and the microphone, and tells its RMS.
// What no loudspeaker plays, below 50 Hz, goes too.
func (r *air) colour(b []float32) float32 {
	var x1, high, soft, near, there, part float32
	var sum float64
	reach := 1 - r.far
	for i, x := range b {
		high = x - x1 + lowCut*high
		x1 = x
		soft += .35 * (high - soft)
		near += reach * (high + r.bright*(high-2*soft) - near)
		there += reach * (near - there)
		b[i] = there
		part += there * there
		if i%256 == 255 || i == len(b)-1 {
			sum, part = sum+float64(part), 0
		}
	}
	return float32(math.Sqrt(max(sum/float64(len(b)), 1e-12)))
}

// rounded bends what lies over the limit, so that no peak is cut off: it comes
// to 1.35 times the limit at most.
func rounded(y, limit float32) float32 {
	if y < 0 {
		return -rounded(-y, limit)
	}
	bend := .35 * limit
	return limit + bend*float32(math.Tanh(float64((y-limit)/bend)))
}
