package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// Figures worked out by hand.
func TestByHand(t *testing.T) {
	a, b := []float64{1, 2, 3, 4, 5}, []float64{2, 4, 6, 8, 10}
	near(t, "Welch's t", welch(a, b), 3/math.Sqrt(2.5/5+10./5), 1e-12)
	near(t, "the other way round", welch(b, a), -3/math.Sqrt(2.5), 1e-12)
	area, _ := auc(a, b)
	near(t, "the area", area, 0.8, 1e-12)
	area, err := auc([]float64{1, 2}, []float64{2, 3})
	near(t, "the area with a tie", area, (1+0.5+1+1)/4, 1e-12)
	near(t, "its error", err, math.Sqrt(0.03125/2+0.03125/2), 1e-12)
	area, _ = auc(a, a)
	near(t, "the area of a list and itself", area, 0.5, 1e-12)
	mean, err := shift([]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, []float64{-100, 1, 2, 3, 4, 5, 6, 7, 8, 1000})
	near(t, "the shift", mean, 4.5, 1e-12)
	near(t, "its error", err, math.Sqrt(66.5/9/10)/0.8, 1e-12) // of 1 1 2 3 4 5 6 7 8 8
	near(t, "a quantile", quantile([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, .9), 10, 0)
}

// noise is like times of answers: a quick body, a long tail, and slow waves that all samples of a block share.
func noise(r *rand.Rand, n int, plant float64) (a, b []float64) {
	one := func() float64 { return 2000 + 200*r.ExpFloat64() + math.Abs(400*r.NormFloat64()) }
	for i := range n {
		wave := 500 * math.Sin(float64(i)/300)
		x, y := one()+wave, one()+wave+plant
		if r.IntN(50) == 0 {
			x += 20000 * r.ExpFloat64()
		}
		if r.IntN(50) == 0 {
			y += 20000 * r.ExpFloat64()
		}
		a, b = append(a, x), append(b, y)
	}
	return a, b
}

// with as many samples as it asks for nothing is told of equals, and 50 µs are told in noise of half a millisecond.
func TestPlanted(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		for plant, told := range map[float64]bool{0: false, 50: true, -50: true, 200: true} {
			a, b := noise(r, 20000, plant)
			c := compare(a, b)
			if c.Told() != told {
				t.Errorf("seed %d, %v µs planted: told is %t, %+v", seed, plant, c.Told(), c)
			}
			if math.Abs(c.Shift-plant) > 4*c.ShiftError {
				t.Errorf("seed %d: %v µs were planted, %.1f ± %.1f found", seed, plant, c.Shift, c.ShiftError)
			}
		}
	}
}

// A difference in the tail alone, in the spread alone, or in one sample out of a few is told as well.
func TestOtherShapes(t *testing.T) {
	for name, change := range map[string]func(r *rand.Rand, x float64) float64{
		"tail":   func(r *rand.Rand, x float64) float64 { return x + float64(r.IntN(8)/7)*3000 },
		"spread": func(_ *rand.Rand, x float64) float64 { return 2000 + 1.2*(x-2000) },
	} {
		r := rand.New(rand.NewPCG(1, 2))
		a, b := noise(r, 20000, 0)
		for i := range b {
			b[i] = change(r, b[i])
		}
		if c := compare(a, b); !c.Told() {
			t.Errorf("%s: not told, %+v", name, c)
		}
	}
}

// The score test tells a shift that no other test of one time does, in the noise of a busy machine, and which way it goes.
func TestScore(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	busy := func(n int, plant float64) (list []float64) {
		for range n {
			list = append(list, 200+plant+1500*r.ExpFloat64()*(1+r.ExpFloat64())+300*r.Float64())
		}
		return list
	}
	for range 5 {
		a, b := busy(20000, 0), busy(20000, 50)
		c := compare(a, b)
		if back := compare(b, a); c.Score < boundT || back.Score > -boundT {
			t.Errorf("50 µs: %+v, and the other way round %+v", c, back)
		}
		if c.Score < math.Abs(c.Welch) || c.Score < math.Abs(c.Cropped) || c.Score < (c.AUC-.5)/c.AUCError {
			t.Errorf("another test is sharper: %+v", c)
		}
	}
	same := []float64{1, 1, 1, 1}
	if got := score(same, same); got != 0 {
		t.Errorf("of what is all the same: %v", got)
	}
}

// The intervals are as wide as they say: of 400 of equals about 20 miss, and of shifted ones too.
func TestIntervals(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const rounds = 400
	missedShift, missedAUC, missedScore := 0, 0, 0
	for range rounds {
		a, b := noise(r, 500, 0)
		c := compare(a, b)
		if math.Abs(c.Shift) > wide*c.ShiftError {
			missedShift++
		}
		if math.Abs(c.AUC-.5) > wide*c.AUCError {
			missedAUC++
		}
		if math.Abs(c.Score) > wide {
			missedScore++
		}
	}
	for what, missed := range map[string]int{"shift": missedShift, "area": missedAUC, "score": missedScore} {
		if missed > rounds/10 {
			t.Errorf("%s: %d of %d intervals of 95 %% miss", what, missed, rounds)
		}
	}
	if missedShift < rounds/100 {
		t.Errorf("shift: %d of %d intervals miss, they are too wide", missedShift, rounds)
	}
}

func TestFewSamples(t *testing.T) {
	if c := compare([]float64{1, 1, 1, 1}, []float64{1, 1, 1, 1}); c.Told() || c.Welch != 0 || c.Blocks() != 0 || c.AUC != .5 {
		t.Errorf("of what is all the same: %+v", c)
	}
	r := rand.New(rand.NewPCG(5, 6))
	told := 0
	for range 200 {
		if a, b := noise(r, 100, 0); compare(a, b).Told() {
			told++
		}
	}
	if told > 2 { // one in a thousand is what the bound of the area lets through
		t.Errorf("told of equals %d times in 200, by a hundred samples each", told)
	}
}
