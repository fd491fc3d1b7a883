package main

import (
	"math"
	"slices"
)

// The bounds of R-02, and what is left out before means are compared. All of it was laid down before anything was
// measured; the score test came later (docs/silence.md tells why).
const (
	boundT      = 4.5  // of the absolute value of t
	boundAUC    = 0.01 // to either side of one half
	strayAUC    = 4.5  // standard errors: there are many cells, and by chance the area of one of them strays past its bound (byChance)
	croppedTo   = 0.9  // samples above this quantile of both classes together are left out of the cropped test
	trimmed     = 0.1  // of the differences, at each end
	kindsOfTest = 5    // see comparison
	wide        = 1.96 // standard errors to each side of an interval of 95 %
)

// comparison is what could be told of two classes by their times. All times are in microseconds.
type comparison struct {
	Welch   float64 // t over all samples
	Cropped float64 // t without the slowest tenth of both together, whichever class they are of
	Score   float64 // t of the score test

	// By blocks: one sample of each class, taken one after the other in an order drawn by lot, so that what the machine did meanwhile
	// is in both. The mean of the differences without a tenth at each end, and how sure that is.
	Shift, ShiftError float64

	AUC, AUCError float64 // how often one sample of the second class is slower than one of the first; 1/2: it tells nothing
}

// compare compares samples of two classes; those at the same place are of the same block.
func compare(a, b []float64) comparison {
	var c comparison
	c.Welch = welch(a, b)
	limit := quantile(slices.Sorted(slices.Values(slices.Concat(a, b))), croppedTo)
	c.Cropped = welch(below(a, limit), below(b, limit))
	c.Score = score(a, b)
	c.Shift, c.ShiftError = shift(a, b)
	c.AUC, c.AUCError = auc(a, b)
	return c
}

// Blocks is t of the differences within blocks.
func (c comparison) Blocks() float64 { return over(c.Shift, c.ShiftError) }

// Told says that the classes can be told apart: by any of the tests, not by the one that suits.
func (c comparison) Told() bool {
	away := math.Abs(c.AUC - 0.5)
	return c.clearest() >= boundT || away > boundAUC && away > strayAUC*c.AUCError
}

// clearest is the largest of the values of t, whichever way it goes.
func (c comparison) clearest() float64 {
	return max(math.Abs(c.Welch), math.Abs(c.Cropped), math.Abs(c.Score), math.Abs(c.Blocks()))
}

// over divides, and says 0 of nothing by nothing, as where all samples are the same.
func over(difference, err float64) float64 {
	if difference == 0 {
		return 0
	}
	return difference / err
}

// meanAndVariance of a list; the variance is that of the samples, by n-1.
func meanAndVariance(list []float64) (mean, variance float64) {
	for _, x := range list {
		mean += x / float64(len(list))
	}
	for _, x := range list {
		variance += (x - mean) * (x - mean) / float64(len(list)-1)
	}
	return mean, variance
}

// welch is Welch's t of the second list against the first; positive: the second is slower.
func welch(a, b []float64) float64 {
	meanA, varianceA := meanAndVariance(a)
	meanB, varianceB := meanAndVariance(b)
	return over(meanB-meanA, math.Sqrt(varianceA/float64(len(a))+varianceB/float64(len(b))))
}

// shift is the trimmed mean of the differences b-a, and its standard error by the winsorized variance (Tukey and McLaughlin 1963).
func shift(a, b []float64) (mean, err float64) {
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = b[i] - a[i]
	}
	slices.Sort(differences)
	cut := int(trimmed * float64(len(differences)))
	mean, _ = meanAndVariance(differences[cut : len(differences)-cut])
	for i := range cut {
		differences[i], differences[len(differences)-1-i] = differences[cut], differences[len(differences)-1-cut]
	}
	_, variance := meanAndVariance(differences)
	return mean, math.Sqrt(variance/float64(len(differences))) / (1 - 2*trimmed)
}

// auc is the area under the curve of the best classifier that looks at one time and says "slow" or "quick", and its standard error
// (DeLong, DeLong and Clarke-Pearson 1988).
func auc(a, b []float64) (area, err float64) {
	sortedA, sortedB := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	// For each sample, how much of the other class it is on the right side of; equals count by half.
	placesA, placesB := make([]float64, len(a)), make([]float64, len(b))
	for i, x := range a {
		placesA[i] = 1 - rank(sortedB, x)
	}
	for i, x := range b {
		placesB[i] = rank(sortedA, x)
	}
	area, varianceB := meanAndVariance(placesB)
	_, varianceA := meanAndVariance(placesA)
	return area, math.Sqrt(varianceA/float64(len(a)) + varianceB/float64(len(b)))
}

// rank is which part of a sorted list lies below x, equals by half.
func rank(sorted []float64, x float64) float64 {
	from, _ := slices.BinarySearch(sorted, x)
	to, _ := slices.BinarySearch(sorted[from:], math.Nextafter(x, math.Inf(1)))
	return (float64(from) + float64(to)/2) / float64(len(sorted))
}

func quantile(sorted []float64, q float64) float64 {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// bins is into how many parts of the same size the score test puts the samples of both classes.
const bins = 64

// score tests whether one class is the other, moved, as sharply as one time at a time allows: the steeper the curve at a time, the more
// a sample there says (the score test of a shift, Rao 1948). What else the machine does makes answers slower and never quicker, so this
// looks mostly where they are quick, and sees small things there (Crosby, Wallach and Riedi 2009). The curve is that of both classes
// together.
func score(a, b []float64) float64 {
	both := slices.Sorted(slices.Values(slices.Concat(a, b)))
	edges := make([]float64, bins+1)
	for i := range edges {
		edges[i] = both[min(i*len(both)/bins, len(both)-1)]
	}
	// How dense samples lie around an edge; beyond the first and the last there are none.
	dense := func(i int) float64 {
		from, to := max(i-2, 0), min(i+2, bins)
		if i == 0 || i == bins || edges[to] == edges[from] {
			return 0
		}
		return float64(to-from) / (edges[to] - edges[from])
	}
	weigh := func(list []float64) []float64 {
		weights := make([]float64, len(list))
		for i, x := range list {
			bin, there := slices.BinarySearch(edges, x)
			if !there {
				bin--
			}
			bin = min(bin, bins-1)
			weights[i] = dense(bin) - dense(bin+1)
		}
		return weights
	}
	return welch(weigh(a), weigh(b))
}

// below leaves out what is above the limit.
func below(list []float64, limit float64) []float64 {
	return slices.DeleteFunc(slices.Clone(list), func(x float64) bool { return x > limit })
}
