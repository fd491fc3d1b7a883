package quota

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Charge is one event against one bucket.
type Charge struct {
	// Key names the bucket, its purpose included ("ask:net:192.0.2.1/32"). It is
	// stored as it is, so an address goes into it as a keyed hash only.
	Key   string
	Limit Limit
}

// Limiter counts events. Its methods may be called by many at once.
//
// [twohens/internal/quota/quotatest] holds the tests that every Limiter passes.
type Limiter interface {
	// Take charges one event to each bucket, or to none: if any limit refuses, ok is
	// false, nothing is charged, and retryAfter is how long to wait until all of them
	// would agree, if nobody else came. Charging some would let a stranger use up
	// another's bucket with requests that were refused anyway.
	//
	// Once Take has returned ok, the charge holds: for as long as the Limiter says it
	// keeps its counts, no other call gets the same event. Many at once get exactly
	// as many events as one after the other. now is the caller's clock; one
	// that goes back gives no event away.
	//
	// An error means that nothing is known. Whoever asked must refuse: an attacker who
	// can break the counting must not thereby be free of it.
	Take(ctx context.Context, now time.Time, charges []Charge) (retryAfter time.Duration, ok bool, err error)

	// Return gives one event back to each bucket: taken first and given back later is how to count failures only,
	// without a gap between asking and counting that many at once could use. A bucket is never more than full.
	Return(ctx context.Context, now time.Time, charges []Charge) error
}

// ErrCharge is wrapped by what [CheckCharges] says.
var ErrCharge = errors.New("quota: charges that cannot be taken")

// CheckCharges reports what makes charges unfit for [Limiter.Take]: a bucket
// without a name, one named twice, or a limit that is none. Each is a mistake in
// the program, not of a person. Every Limiter calls it first.
func CheckCharges(charges []Charge) error {
	for i, c := range charges {
		if c.Key == "" {
			return fmt.Errorf("%w: number %d has no key", ErrCharge, i)
		}
		if err := c.Limit.Check(); err != nil {
			return fmt.Errorf("%w: number %d: %w", ErrCharge, i, err)
		}
		for _, earlier := range charges[:i] {
			if earlier.Key == c.Key {
				return fmt.Errorf("%w: number %d has the key of an earlier one", ErrCharge, i)
			}
		}
	}
	return nil
}
