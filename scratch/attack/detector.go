package main

import (
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// detector is a net that tells of each square of a card what is there.
type detector struct {
	*net
	classes int
	workers int
	passes  []*pass
	inputs  [][]float32
	slopes  [][]float32
}

// newDetector is an untrained one. The net looks at squares of 16 CSS pixels, each of which it tells four parts of.
func newDetector(r *rand.Rand, classes int) *detector {
	last := (4*classes + lanes - 1) / lanes * lanes
	n := newNet(r, viewW, viewH,
		layer{in: viewChannels, out: 32, kernel: 5, stride: 3, dilation: 1, pad: 1, rectified: true}, // 80 x 50
		layer{in: 32, out: 48, kernel: 3, stride: 2, dilation: 1, pad: 1, rectified: true},           // 40 x 25
		layer{in: 48, out: 64, kernel: 3, stride: 1, dilation: 1, pad: 1, rectified: true},
		layer{in: 64, out: 96, kernel: 3, stride: 2, dilation: 1, pad: 1, rectified: true}, // 20 x 13
		layer{in: 96, out: 96, kernel: 3, stride: 1, dilation: 1, pad: 1, rectified: true},
		layer{in: 96, out: last, kernel: 1, stride: 1, dilation: 1})
	d := &detector{net: n, classes: classes, workers: runtime.GOMAXPROCS(0)}
	for range d.workers {
		d.passes = append(d.passes, n.newPass())
		d.inputs = append(d.inputs, make([]float32, viewW*viewH*viewChannels))
		d.slopes = append(d.slopes, make([]float32, ((squaresW+1)/2)*((squaresH+1)/2)*last))
	}
	return d
}

// logits is where in the net's output the classes of a square are.
func (d *detector) logits(out []float32, x, y int) []float32 {
	last := d.layers[len(d.layers)-1].out
	at := (y/2*((squaresW+1)/2)+x/2)*last + (y%2*2+x%2)*d.classes
	return out[at : at+d.classes]
}

// learn adds one sample's slopes to a worker's gradient, and returns its loss: cross entropy over the squares, those of
// the ground counting less as there are more of them.
func (d *detector) learn(worker int, s *sample, how distortion) float64 {
	const ground, all = .3, 1. / 400
	how.see(d.inputs[worker], s)
	out, slope := d.passes[worker].forward(d.inputs[worker]), d.slopes[worker]
	clear(slope)
	loss := 0.
	for y := range squaresH {
		for x := range squaresW {
			class := how.classAt(s, x, y)
			if class == beyond {
				continue
			}
			weight := float32(all)
			if class == nothing {
				weight *= ground
			}
			to := d.logits(slope, x, y)
			softmax(to, d.logits(out, x, y))
			loss -= float64(weight) * math.Log(float64(max(to[class], 1e-9)))
			to[class]--
			for i := range to {
				to[i] *= weight
			}
		}
	}
	d.passes[worker].backward(slope)
	return loss
}

func softmax(to, logits []float32) {
	most := logits[0]
	for _, v := range logits {
		most = max(most, v)
	}
	sum := float32(0)
	for i, v := range logits {
		to[i] = float32(math.Exp(float64(v - most)))
		sum += to[i]
	}
	for i := range to {
		to[i] /= sum
	}
}

const (
	batch = 8
	rate  = 2.5e-3
	decay = .01
)

// train learns from the samples until done, told how many it looked at so far, says 1, having said smaller shares before.
// It returns how many it looked at.
func (d *detector) train(r *rand.Rand, samples []sample, done func(looks int) float64) int {
	a := newAdam(d.net)
	looked := 0
	var order []int
	for share := done(0); share < 1; share = done(looked) {
		var todo [batch]int
		var how [batch]distortion
		for i := range todo {
			if len(order) == 0 {
				order = r.Perm(len(samples))
			}
			todo[i], order = order[0], order[1:]
			how[i] = newDistortion(r)
		}
		var all sync.WaitGroup
		for w := range d.workers {
			all.Go(func() {
				clear(d.passes[w].gradient)
				for i := w; i < batch; i += d.workers {
					d.learn(w, &samples[todo[i]], how[i])
				}
			})
		}
		all.Wait()
		sum := d.passes[0].gradient
		for _, other := range d.passes[1:] {
			for i, v := range other.gradient {
				sum[i] += v
			}
		}
		for i := range sum {
			sum[i] /= batch
		}
		pace := min(1, float64(a.steps+1)/100) * (1 + math.Cos(share*math.Pi)) / 2
		a.step(d.weights, sum, float32(rate*pace), decay)
		looked += batch
	}
	copy(d.weights, a.mean)
	return looked
}

// sight is, of each square, how likely each class is.
type sight [squaresH][squaresW][]float32

// look is what a worker sees on a card: the mean of looking plainly and in a mirror.
func (d *detector) look(worker int, view []uint8) *sight {
	var out sight
	s := sample{view: view}
	for _, mirrored := range []bool{false, true} {
		how := plainly()
		if mirrored {
			how.a = -1
		}
		how.see(d.inputs[worker], &s)
		logits := d.passes[worker].forward(d.inputs[worker])
		p := make([]float32, d.classes)
		for y := range squaresH {
			for x := range squaresW {
				to := x
				if mirrored {
					to = squaresW - 1 - x
				}
				softmax(p, d.logits(logits, x, y))
				if out[y][to] == nil {
					out[y][to] = make([]float32, d.classes)
				}
				for i, v := range p {
					out[y][to][i] += v / 2
				}
			}
		}
	}
	return &out
}

// find are the squares of the two likeliest chickens, by their middles in CSS pixels, row by row.
func (s *sight) find() (out [2][]image.Point) {
	const near, apart, wide = 3, 5, 5 // squares: what is added up about a place, what keeps two apart, how far one reaches
	taken := image.Pt(-100, -100)
	for n := range out {
		var best image.Point
		most := float32(math.Inf(-1))
		for y := range squaresH {
			for x := range squaresW {
				p := image.Pt(x, y)
				if within(p, taken, apart) {
					continue
				}
				if v := s.score(p, near); v > most {
					best, most = p, v
				}
			}
		}
		out[n] = s.around(best, taken, wide)
		taken = best
	}
	return out
}

func within(a, b image.Point, reach int) bool {
	d := a.Sub(b)
	return d.X*d.X+d.Y*d.Y <= reach*reach
}

// score is how much more of a chicken there is about a place than of others.
func (s *sight) score(at image.Point, reach int) (sum float32) {
	for y := max(at.Y-reach, 0); y <= min(at.Y+reach, squaresH-1); y++ {
		for x := max(at.X-reach, 0); x <= min(at.X+reach, squaresW-1); x++ {
			if !within(at, image.Pt(x, y), reach) {
				continue
			}
			p := s[y][x]
			sum += p[chicken] - .5*(1-p[chicken]-p[nothing])
		}
	}
	return sum
}

// around is what seems to be of the chicken about a place, or a small disc there if that is next to nothing.
func (s *sight) around(at, not image.Point, reach int) (out []image.Point) {
	var disc []image.Point
	for y := range squaresH {
		for x := range squaresW {
			p := image.Pt(x, y)
			if !within(at, p, reach) || within(not, p, reach-2) {
				continue
			}
			middle := image.Pt(x*square+square/2, y*square+square/2)
			if s[y][x][chicken] > .4 {
				out = append(out, middle)
			}
			if within(at, p, 2) {
				disc = append(disc, middle)
			}
		}
	}
	if len(out) < len(disc) {
		return disc
	}
	return out
}
