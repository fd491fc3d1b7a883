//go:build race

package engine_test

// requestsPumped is fewer under the race detector, which makes the database ten times slower; the Makefile runs the whole attack
// without it.
const requestsPumped = 1_000
