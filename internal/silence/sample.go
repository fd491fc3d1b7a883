package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// measure takes the samples, in microseconds, by class. So many strangers are at it at once; each goes block by block, and in a block it
// takes one sample of each class in an order drawn by lot. Blocks before the first that counts warm everything up.
func measure(ctx context.Context, classes []class, samples, warm, parallel int) ([][]float64, error) {
	took := make([][]float64, len(classes))
	for i := range took {
		took[i] = make([]float64, samples)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
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
			}
		})
	}
	all.Wait()
	return took, context.Cause(ctx)
}
