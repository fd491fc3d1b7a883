//go:build !amd64

package main

// vectors tells whether this machine has the vector registers that tile uses.
const vectors = false

func tile(c, a, b *float32, k, n, rowStep, columnStep int) { panic("attack: no vector registers") }
