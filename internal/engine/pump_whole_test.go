//go:build !race

package engine_test

const requestsPumped = 10_000
