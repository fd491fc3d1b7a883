package scratch

import (
	"math"
	"sync"
)

// The source of every voice is a train of pulses, one for each opening of the
// syrinx or the glottis. Each table holds one period with so many harmonics of
// equal strength and no more, so that nothing above half the sample rate folds
// back as a tone that no animal makes.

const (
	pulseSize  = 1024
	pulseLimit = 7400. // Hz, the highest harmonic
)

type pulse [pulseSize + 1]float32

// pulseHarmonics are the tables there are.
var pulseHarmonics = [...]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 19, 22, 26, 31, 37, 44, 53, 64, 76}

// pulses makes the tables when the first call is sung: 90 kB, about a millisecond.
var pulses = sync.OnceValue(func() *[len(pulseHarmonics)]pulse {
	var cosine [pulseSize]float32
	for i := range cosine {
		cosine[i] = float32(math.Cos(2 * math.Pi * float64(i) / pulseSize))
	}
	out := new([len(pulseHarmonics)]pulse)
	var sum pulse
	k := 0
	for n, harmonics := range pulseHarmonics {
		for ; k < harmonics; k++ {
			for i := range sum {
				// The pulse stands in the middle of its period, so that what
				// changes from one to the next changes where it is quiet.
				sum[i] += cosine[(k+1)*(i+pulseSize/2)%pulseSize]
			}
		}
		out[n] = sum
	}
	return out
})

// pulseOf is the richest table that a pitch in Hz leaves room for, of at most so
// many harmonics; 0 is no limit.
func pulseOf(tables *[len(pulseHarmonics)]pulse, pitch float32, most int) *pulse {
	room := int(pulseLimit / pitch)
	if most > 0 {
		room = min(room, most)
	}
	n := 0
	for n+1 < len(pulseHarmonics) && pulseHarmonics[n+1] <= room {
		n++
	}
	return &tables[n]
}
