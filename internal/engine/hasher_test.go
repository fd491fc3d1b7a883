package engine_test

import (
	"context"
	"sync/atomic"

	"twohens/internal/password"
	"twohens/internal/question"
)

// countedHasher counts the hashes that are computed, whether they can be right or not.
type countedHasher struct {
	question.Hasher
	hashes atomic.Int64
}

func (c *countedHasher) Verify(ctx context.Context, encoded string, p password.Password) (ok, rehash bool, err error) {
	c.hashes.Add(1)
	return c.Hasher.Verify(ctx, encoded, p)
}

func (c *countedHasher) VerifyUnknown(ctx context.Context, p password.Password) error {
	c.hashes.Add(1)
	return c.Hasher.VerifyUnknown(ctx, p)
}
