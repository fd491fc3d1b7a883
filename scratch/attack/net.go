package main

import (
	"math"
	"math/rand/v2"
)

// layer is one convolution: its shape, not its weights. Pictures are rows of columns of channels.
type layer struct {
	in, out        int // channels; out is a multiple of lanes
	kernel, stride int
	dilation, pad  int
	rectified      bool // leaky: a tenth of what is negative
}

const leak = .1

// net is a small convolutional net: layers one after the other, and their weights in one run of numbers.
type net struct {
	layers        []layer
	width, height int // of the input
	weights       []float32
}

// newNet is a net with random weights (He), whose last layer starts at nothing.
func newNet(r *rand.Rand, width, height int, layers ...layer) *net {
	n := &net{layers: layers, width: width, height: height}
	for i, l := range layers {
		scale := math.Sqrt(2 / float64(l.patch()))
		if i == len(layers)-1 {
			scale *= .1
		}
		for range l.patch() * l.out {
			n.weights = append(n.weights, float32(r.NormFloat64()*scale))
		}
		n.weights = append(n.weights, make([]float32, l.out)...) // biases
	}
	return n
}

func (l layer) patch() int { return l.in * l.kernel * l.kernel }

func (l layer) size() int { return (l.patch() + 1) * l.out }

// after is how large a picture of the given size comes out.
func (l layer) after(width, height int) (int, int) {
	reach := l.dilation*(l.kernel-1) + 1
	return (width+2*l.pad-reach)/l.stride + 1, (height+2*l.pad-reach)/l.stride + 1
}

// pass is one worker's memory for passing pictures through a net, and the gradient it has gathered.
type pass struct {
	*net
	steps    []step
	gradient []float32
}

// step is what a layer's pass leaves: needed for the way back.
type step struct {
	layer
	w, h, outW, outH int
	from             int       // where its weights begin
	columns          []float32 // the patches of the input, a row for each place of the output
	out              []float32
	slope            []float32 // of the loss, by out
	turned           []float32 // the weights, transposed
	spread           []float32 // the slope by columns
}

func (n *net) newPass() *pass {
	r := &pass{net: n, gradient: make([]float32, len(n.weights))}
	w, h, from := n.width, n.height, 0
	for i, l := range n.layers {
		s := step{layer: l, w: w, h: h, from: from}
		s.outW, s.outH = l.after(w, h)
		places := s.outW * s.outH
		s.columns, s.out, s.slope = make([]float32, places*l.patch()), make([]float32, places*l.out), make([]float32, places*l.out)
		if i > 0 {
			s.turned, s.spread = make([]float32, l.patch()*l.out), make([]float32, places*l.patch())
		}
		r.steps = append(r.steps, s)
		w, h, from = s.outW, s.outH, from+l.size()
	}
	return r
}

// forward passes a picture through and returns the last layer's output, which the next call overwrites.
func (r *pass) forward(picture []float32) []float32 {
	for i := range r.steps {
		s := &r.steps[i]
		s.gather(picture)
		weights, bias := s.weights(r.weights)
		for p := 0; p < len(s.out); p += s.layer.out {
			copy(s.out[p:], bias)
		}
		matmul(s.out, s.columns, weights, s.outW*s.outH, s.patch(), s.layer.out, s.patch(), 1)
		if s.rectified {
			for j, v := range s.out {
				if v < 0 {
					s.out[j] = v * leak
				}
			}
		}
		picture = s.out
	}
	return picture
}

// backward adds to the gradient, given the slope of the loss by the last forward's output. It spoils the slope.
func (r *pass) backward(slope []float32) {
	copy(r.steps[len(r.steps)-1].slope, slope)
	for i := len(r.steps) - 1; i >= 0; i-- {
		s := &r.steps[i]
		if s.rectified {
			for j, v := range s.out {
				if v < 0 {
					s.slope[j] *= leak
				}
			}
		}
		places, patch := s.outW*s.outH, s.patch()
		weights, bias := s.weights(r.gradient)
		matmul(weights, s.columns, s.slope, patch, places, s.layer.out, 1, patch)
		for p := 0; p < len(s.slope); p += s.layer.out {
			for j, v := range s.slope[p : p+s.layer.out] {
				bias[j] += v
			}
		}
		if i == 0 {
			return
		}
		now, _ := s.weights(r.weights)
		transposed(s.turned, now, patch, s.layer.out)
		clear(s.spread)
		matmul(s.spread, s.slope, s.turned, places, s.layer.out, patch, s.layer.out, 1)
		s.scatter(r.steps[i-1].slope)
	}
}

// weights are the layer's weights and biases among those of the whole net.
func (s *step) weights(all []float32) (weights, bias []float32) {
	n := s.patch() * s.layer.out
	return all[s.from : s.from+n], all[s.from+n : s.from+s.size()]
}

// eachPatch calls do for every cell of every patch that lies in the input: places in columns and in the input.
func (s *step) eachRow(do func(column, input int), outside func(column int)) {
	at := 0
	for y := range s.outH {
		for x := range s.outW {
			for ky := range s.kernel {
				v := y*s.stride - s.pad + ky*s.dilation
				for kx := range s.kernel {
					u := x*s.stride - s.pad + kx*s.dilation
					if u >= 0 && u < s.w && v >= 0 && v < s.h {
						do(at, (v*s.w+u)*s.in)
					} else if outside != nil {
						outside(at)
					}
					at += s.in
				}
			}
		}
	}
}

// gather lays out the patches of a picture, one row each (im2col).
func (s *step) gather(picture []float32) {
	s.eachRow(func(column, input int) { copy(s.columns[column:column+s.in], picture[input:input+s.in]) },
		func(column int) { clear(s.columns[column : column+s.in]) })
}

// scatter is gather's way back: it adds up what the patches have in common.
func (s *step) scatter(slope []float32) {
	clear(slope)
	s.eachRow(func(column, input int) {
		to := slope[input : input+s.in]
		for i, v := range s.spread[column : column+s.in] {
			to[i] += v
		}
	}, nil)
}

// adam is the state of the optimiser of the same name, with the weights' running mean, which is what is used in the end.
type adam struct {
	first, second, mean []float32
	steps               int
}

func newAdam(n *net) *adam {
	size := len(n.weights)
	return &adam{first: make([]float32, size), second: make([]float32, size), mean: append([]float32{}, n.weights...)}
}

// step moves the weights against the gradient; decay pulls them to nothing.
func (a *adam) step(weights, gradient []float32, rate, decay float32) {
	const keep1, keep2, keepMean = .9, .99, .995
	a.steps++
	bias1 := 1 - float32(math.Pow(keep1, float64(a.steps)))
	bias2 := 1 - float32(math.Pow(keep2, float64(a.steps)))
	keep := min(float32(keepMean), float32(a.steps)/float32(a.steps+10))
	for i, g := range gradient {
		a.first[i] += (1 - keep1) * (g - a.first[i])
		a.second[i] += (1 - keep2) * (g*g - a.second[i])
		size := float32(math.Sqrt(float64(a.second[i]/bias2))) + 1e-8
		weights[i] -= rate * (a.first[i]/bias1/size + decay*weights[i])
		a.mean[i] += (1 - keep) * (weights[i] - a.mean[i])
	}
}
