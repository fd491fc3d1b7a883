package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// fewest is how many samples of a class anything can be said of.
const fewest = 4

// measure takes the samples, in microseconds, by class. So many strangers are at it at once; each goes block by block, and in a block it
// takes one sample of each class in an order drawn by lot. Blocks before the first that counts warm everything up. When the time is
// over, no block is begun any more, and there are fewer samples.
func measure(ctx context.Context, classes []class, samples, warm, parallel int, most time.Duration) ([][]float64, error) {
	took := make([][]float64, len(classes))
	for i := range took {
		took[i] = make([]float64, samples)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	end := time.Now().Add(most)
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for ctx.Err() == nil {
				if time.Now().After(end) {
					return
				}
				n := int(next.Add(1)) - 1 // every block that is begun is finished, so those done are the first ones
				if n >= warm+samples {
					return
				}
				for _, i := range rand.Perm(len(classes)) {
					d, err := classes[i].try(ctx, n)
					if err != nil {
						cancel(err)
						return
					}
					if n >= warm {
						took[i][n-warm] = float64(d) / float64(time.Microsecond)
					}
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	count := int(done.Load()) - warm
	if count < fewest {
		return nil, fmt.Errorf("%d samples in %v, fewer than %d say nothing", max(count, 0), most, fewest)
	}
	for i := range took {
		took[i] = took[i][:count]
	}
	return took, nil
}
