package scratchtest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/scratch"
)

// Spent is the contract of scratch.Spent: what every store of spent ids must do. open gives two nodes that share one empty
// store; for a store of one node both are the same.
func Spent(t *testing.T, open func(t *testing.T) (one, other scratch.Spent)) {
	until := time.Now().Add(time.Hour)
	t.Run("once", func(t *testing.T) {
		one, other := open(t)
		for i, node := range []scratch.Spent{one, other, one, other} {
			first, err := node.Spend(t.Context(), [16]byte{1}, until.Add(time.Duration(i)*time.Minute))
			if err != nil || first != (i == 0) {
				t.Errorf("time %d: %v, %v", i+1, first, err)
			}
		}
	})
	t.Run("each id by itself", func(t *testing.T) {
		one, other := open(t)
		ids := [][16]byte{{}, {1}, {2}, {15: 1}, {1, 15: 1}, {0: 0xff, 7: 0xff}, {0x27, 0x22, 0x00, 0x5c}}
		for i, id := range ids {
			node := one
			if i%2 == 1 {
				node = other
			}
			if first, err := node.Spend(t.Context(), id, until); err != nil || !first {
				t.Errorf("%x: %v, %v", id, first, err)
			}
		}
		for _, id := range ids {
			if first, err := one.Spend(t.Context(), id, until); err != nil || first {
				t.Errorf("%x again: %v, %v", id, first, err)
			}
		}
	})
	t.Run("one of many at once", func(t *testing.T) {
		one, other := open(t)
		const ids, uses = 5, 40
		var firsts [ids]atomic.Int32
		var all sync.WaitGroup
		begin := make(chan struct{})
		for i := range ids * uses {
			node := one
			if i/ids%2 == 1 {
				node = other
			}
			all.Go(func() {
				<-begin
				first, err := node.Spend(t.Context(), [16]byte{byte(i % ids)}, until)
				if err != nil {
					t.Error(err)
				}
				if first {
					firsts[i%ids].Add(1)
				}
			})
		}
		close(begin)
		all.Wait()
		for id := range firsts {
			if n := firsts[id].Load(); n != 1 {
				t.Errorf("id %d: %d of %d were first", id, n, uses)
			}
		}
	})
	t.Run("a call that was given up opens nothing twice", func(t *testing.T) {
		one, other := open(t)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		// It may have been saved or not; what it must not do is to be first with an error beside it and first again later.
		before, err := one.Spend(gone, [16]byte{3}, until)
		after, err2 := other.Spend(t.Context(), [16]byte{3}, until)
		if err2 != nil || before && after || err == nil && before == after {
			t.Errorf("given up: %v, %v; then: %v, %v", before, err, after, err2)
		}
	})
}
