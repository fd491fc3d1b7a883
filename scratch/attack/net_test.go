package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

func tiny(r *rand.Rand) *net {
	return newNet(r, 9, 7,
		layer{in: 2, out: 16, kernel: 3, stride: 2, dilation: 1, pad: 1, rectified: true},
		layer{in: 16, out: 16, kernel: 3, stride: 1, dilation: 2, pad: 2, rectified: true},
		layer{in: 16, out: 16, kernel: 1, stride: 1, dilation: 1})
}

// The gradient by the way back is the one by trying out: each weight a little more and a little less.
func TestGradient(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := tiny(r)
	for i := range n.weights {
		n.weights[i] += float32(r.NormFloat64() * .1) // the biases and the last layer too
	}
	picture, pull := noise(r, 9*7*2), noise(r, 5*4*16)
	p := n.newPass()
	loss := func() (sum float64) {
		for i, v := range p.forward(picture) {
			sum += float64(v) * float64(pull[i])
		}
		return sum
	}
	loss()
	p.backward(append([]float32{}, pull...))
	const little = 1e-3
	wrong := 0
	for i := range n.weights {
		kept := n.weights[i]
		n.weights[i] = kept + little
		more := loss()
		n.weights[i] = kept - little
		less := loss()
		n.weights[i] = kept
		want, got := (more-less)/(2*little), float64(p.gradient[i])
		if math.Abs(want-got) > .02+.02*math.Abs(want) { // float32, and a bend of the rectifier here and there
			wrong++
		}
	}
	if wrong > len(n.weights)/200 {
		t.Errorf("%d of %d slopes differ from those by trying out", wrong, len(n.weights))
	}
}
