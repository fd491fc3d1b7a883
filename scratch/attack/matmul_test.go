package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

func noise(r *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64())
	}
	return out
}

func TestMatmul(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][3]int{{1, 1, 16}, {4, 7, 16}, {6, 5, 48}, {13, 33, 32}} {
		m, k, n := size[0], size[1], size[2]
		a, b, c := noise(r, m*k), noise(r, k*n), noise(r, m*n)
		turned := make([]float32, m*k)
		transposed(turned, a, m, k)
		same := append([]float32{}, c...)
		want := make([]float64, m*n)
		for i := range want {
			want[i] = float64(c[i])
			for p := range k {
				want[i] += float64(a[i/n*k+p]) * float64(b[p*n+i%n])
			}
		}
		matmul(c, a, b, m, k, n, k, 1)
		matmul(same, turned, b, m, k, n, 1, m)
		for i := range want {
			if math.Abs(want[i]-float64(c[i])) > 1e-4 || math.Abs(want[i]-float64(same[i])) > 1e-4 {
				t.Fatalf("%v: element %d is %v, and %v from the transposed, want %v", size, i, c[i], same[i], want[i])
			}
		}
	}
}

func BenchmarkMatmul(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	const m, k, n = 1000, 432, 64
	x, w, y := noise(r, m*k), noise(r, k*n), noise(r, m*n)
	for name, run := range map[string]func(){
		"forward":  func() { matmul(y, x, w, m, k, n, k, 1) },
		"backward": func() { matmul(w, x, y, k, m, n, 1, k) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(b.N)*m*k*n/b.Elapsed().Seconds()/1e9, "Gmuladd/s")
		})
	}
}
