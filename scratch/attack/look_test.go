package main

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkLook is one look at a picture in training: there and back.
func BenchmarkLook(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	d := newDetector(r, 11)
	s := sample{view: make([]uint8, viewW*viewH*viewChannels), class: make([]uint8, maskW*maskH)}
	for b.Loop() {
		d.learn(0, &s, newDistortion(r))
	}
}
