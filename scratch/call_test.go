package scratch

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func callSeed(n int) []byte { return binary.BigEndian.AppendUint64(make([]byte, 24), uint64(n)) }

func someSeed(t *rapid.T) []byte { return rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed") }

// parseWave reads a WAV file as a stranger does: chunk by chunk.
func parseWave(t interface{ Fatalf(string, ...any) }, b []byte) []float64 {
	le := binary.LittleEndian
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" || int(le.Uint32(b[4:])) != len(b)-8 {
		t.Fatalf("no RIFF header: % x", b[:min(12, len(b))])
	}
	var format []byte
	for at := 12; at+8 <= len(b); {
		name, size := string(b[at:at+4]), int(le.Uint32(b[at+4:]))
		if size > len(b)-at-8 {
			t.Fatalf("chunk %q of %d bytes reaches out of the file", name, size)
		}
		chunk := b[at+8 : at+8+size]
		at += 8 + size
		switch name {
		case "fmt ":
			format = chunk
		case "data":
			if len(format) != 16 || le.Uint16(format) != 1 || le.Uint16(format[2:]) != 1 || le.Uint32(format[4:]) != 16000 ||
				le.Uint32(format[8:]) != 32000 || le.Uint16(format[12:]) != 2 || le.Uint16(format[14:]) != 16 {
				t.Fatalf("format % x", format)
			}
			if at != len(b) || size%2 != 0 {
				t.Fatalf("%d bytes of sound, %d after them", size, len(b)-at)
			}
			out := make([]float64, size/2)
			for i := range out {
				out[i] = float64(int16(le.Uint16(chunk[2*i:]))) / (1 << 15)
			}
			return out
		}
	}
	t.Fatalf("no sound")
	return nil
}

func TestCallsHoldTwoHensAndAnotherPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := someSeed(t)
		hand := dealCalls(seed)
		if hand != dealCalls(seed) {
			t.Fatal("one seed, two hands")
		}
		var count [voiceCount]int
		near, pairs := 0, 0
		var hens Picks
		for i, v := range hand {
			count[v]++
			if v.near() {
				near++
			}
			if v == Cluck {
				hens |= 1 << i
			}
		}
		for v, n := range count {
			if n > 2 {
				t.Fatalf("%d times %v", n, Voice(v))
			}
			if n == 2 {
				pairs++
			}
		}
		if count[Cluck] != 2 || pairs != 2 {
			t.Fatalf("%v: not two hens and one other pair", hand)
		}
		if near < 3 || Calls-2-near < 2 {
			t.Fatalf("%v: %d near birds, %d others", hand, near, Calls-2-near)
		}
		if chickenCalls(seed) != hens {
			t.Fatalf("%v: the answer is %b", hand, chickenCalls(seed))
		}
	})
}

// Hens call at every number, and all other voices turn up, as often as the
// others of their kind.
func TestCallsAreSpread(t *testing.T) {
	const hands = 4000
	var at [Calls]int
	var count [voiceCount]int
	for n := range hands {
		for i, v := range dealCalls(callSeed(n)) {
			count[v]++
			if v == Cluck {
				at[i]++
			}
		}
	}
	for i, n := range at {
		if n < hands/4*8/10 || n > hands/4*12/10 {
			t.Errorf("a hen at number %d in %d of %d hands", i+1, n, hands)
		}
	}
	for v, n := range count[1:] {
		if n < hands/3 {
			t.Errorf("%v %d times in %d hands", Voice(v+1), n, hands)
		}
	}
}

// Whatever the seed, a call is a proper WAV file with a sound that is
// neither cut off nor off centre, begins and ends in silence and is as loud as
// all others.
func TestCallIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, n, slow := someSeed(t), rapid.IntRange(1, Calls).Draw(t, "n"), rapid.Bool().Draw(t, "slow")
		file := renderCall(seed, n, slow)
		if !bytes.Equal(file, renderCall(seed, n, slow)) {
			t.Fatal("one call, two sounds")
		}
		x := parseWave(t, file)
		least, most := .8, 1.5
		if slow {
			least, most = least*slower-.2, most*slower
		}
		if s := float64(len(x)) / soundRate; s < least || s > most {
			t.Fatalf("%v seconds", s)
		}
		checkSound(t, x)
	})
}

func checkSound(t interface{ Fatalf(string, ...any) }, x []float64) {
	peak, mean, power := 0., 0., 0.
	for _, v := range x {
		peak = max(peak, math.Abs(v))
		mean += v / float64(len(x))
		power += v * v / float64(len(x))
	}
	if rms := math.Sqrt(power); rms < .65*loudness || rms > 1.25*loudness {
		t.Fatalf("RMS %v", rms)
	}
	if peak > .95 || peak < 2*loudness {
		t.Fatalf("peak %v", peak)
	}
	if math.Abs(mean) > .003 {
		t.Fatalf("off centre by %v", mean)
	}
	if x[0] != 0 || x[len(x)-1] != 0 || math.Abs(x[8]) > .05 || math.Abs(x[len(x)-9]) > .05 {
		t.Fatalf("a click: begins %v, ends %v", x[:9], x[len(x)-9:])
	}
}

// Peaks are bent, never cut off: a file whose samples wrap around crackles.
func TestPeaksAreBent(t *testing.T) {
	last := float32(0)
	for y := float32(.3); y < 40; y *= 1.01 {
		b := rounded(y, .3)
		if b < last || b > .3*1.3501 || y < .32 && b < .98*y || rounded(-y, .3) != -b {
			t.Fatalf("%v becomes %v, after %v", y, b, last)
		}
		last = b
	}
	for n := range 60 {
		x := parseWave(t, Sample(Bark, callSeed(n), false))
		checkSound(t, x)
		peak, power := 0., 0.
		for _, v := range x {
			peak, power = max(peak, math.Abs(v)), power+v*v/float64(len(x))
		}
		if crest := peak / math.Sqrt(power); crest > 9 {
			t.Errorf("bark %d: a peak of %.1f times the RMS", n, crest)
		}
	}
}

func TestCallsDiffer(t *testing.T) {
	seen := map[string]string{}
	for n := range 4 {
		for i := range Calls {
			for _, slow := range []bool{false, true} {
				at := string(renderCall(callSeed(n), i+1, slow))
				if _, twice := seen[at]; twice {
					t.Errorf("two calls are the same")
				}
				seen[at] = ""
			}
		}
	}
	for _, v := range Voices() {
		if bytes.Equal(Sample(v, callSeed(1), false), Sample(v, callSeed(2), false)) {
			t.Errorf("two samples of a %v are the same", v)
		}
	}
}

// The slow version is longer by the same factor for all, with the pitch it
// had at every moment: nothing is resampled. A crow and many dogs are too harsh
// to have a pitch at most moments; their timbre is looked at, as that of the others.
func TestSlowCallKeepsItsPitch(t *testing.T) {
	for _, v := range Voices() {
		moments := 0
		for n := range 5 {
			quick, slow := parseWave(t, Sample(v, callSeed(n), false)), parseWave(t, Sample(v, callSeed(n), true))
			if f := float64(len(slow)) / float64(len(quick)); f < 1.55 || f > slower {
				t.Errorf("%v %d: %v times as long", v, n, f)
			}
			if f := centroidOf(slow) / centroidOf(quick); f < .85 || f > 1.17 {
				t.Errorf("%v %d: a centroid of %.0f Hz, slow %.0f Hz", v, n, centroidOf(quick), centroidOf(slow))
			}
			change := pitchChanges(quick, slow)
			moments += len(change)
			if f := quantile(change, .5); len(change) > 5 && (f < .95 || f > 1.05) {
				t.Errorf("%v %d: a pitch %.2f times as high", v, n, f)
			}
		}
		if moments < 15 && v != Caw && v != Bark {
			t.Errorf("%v: a pitch at %d moments only", v, moments)
		}
	}
}

// pitchChanges is the slow call's pitch against the quick one's, at the moments
// of the score where both have one.
func pitchChanges(quick, slow []float64) []float64 {
	around := float64(len(quick)) - float64(len(slow)-len(quick))/(slower-1) // samples before and after, which do not stretch
	lead := .47 * around
	loud := envelope(quick)
	top := slices.Max(loud)
	var out []float64
	for i, l := range loud {
		then := int(lead + slower*(float64(i*hop)-lead))
		if l < .3*top || then < 0 {
			continue
		}
		a, strong := pitchAt(quick, i*hop)
		b, strength := pitchAt(slow, then)
		if strong > .8 && strength > .8 {
			out = append(out, b/a)
		}
	}
	return out
}

func BenchmarkCalls(b *testing.B) {
	pulses()
	size, n := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		for i := range Calls {
			size += len(renderCall(callSeed(n), i+1, false))
		}
		n++
	}
	b.ReportMetric(float64(size)/float64(n*Calls)/1000, "kB/call")
}

func BenchmarkVoice(b *testing.B) {
	for _, v := range Voices() {
		b.Run(v.String(), func(b *testing.B) {
			n := 0
			for b.Loop() {
				Sample(v, callSeed(n), false)
				n++
			}
		})
	}
}

// A thousand calls asked for at once wait in line, as pictures do: each takes a third of a megabyte while it is made.
func TestAttackCallsAtOnce(t *testing.T) {
	for range cap(booths) {
		booths <- struct{}{}
	}
	done := make(chan struct{})
	go func() {
		Sample(Cluck, []byte("seed"), false)
		close(done)
	}()
	select {
	case <-done:
		t.Error("it was made besides all that may be made at once")
	case <-time.After(50 * time.Millisecond):
	}
	for range cap(booths) {
		<-booths
	}
	<-done
}
