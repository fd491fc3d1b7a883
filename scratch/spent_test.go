package scratch_test

import (
	"testing"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	scratchtest.Spent(t, func(*testing.T) (one, other scratch.Spent) {
		m := scratch.NewMemory(1000, time.Now)
		return m, m
	})
}
