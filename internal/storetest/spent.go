package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"twohens/scratch"
)

var spents = []contract{
	{"once", func(t *testing.T, s Opened) {
		for i := range 3 {
			first, err := s.Spend(t.Context(), [16]byte{1}, noon.Add(time.Duration(i)*time.Minute))
			if err != nil || first != (i == 0) {
				t.Errorf("time %d: %v, %v", i+1, first, err)
			}
		}
		for _, other := range [][16]byte{{}, {2}, {1, 15: 1}} {
			if first, err := s.Spend(t.Context(), other, noon); err != nil || !first {
				t.Errorf("%v: %v, %v", other, first, err)
			}
		}
	}},
	{"once over all nodes", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		var firsts atomic.Int64
		race(t, 100, nil, func(ctx context.Context, i int) error {
			handle := scratch.Spent(s)
			if i%2 == 1 {
				handle = other
			}
			first, err := handle.Spend(ctx, [16]byte{byte(i / 20)}, noon)
			if first {
				firsts.Add(1)
			}
			return err
		})
		if firsts.Load() != 5 {
			t.Errorf("%d of 100 were first on 5 cards", firsts.Load())
		}
	}},
}
