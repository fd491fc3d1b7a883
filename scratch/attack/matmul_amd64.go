package main

import "golang.org/x/sys/cpu"

// vectors tells whether this machine has the vector registers that tile uses.
var vectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// tile adds the product of five rows of a and sixteen columns of b to c; k is at least 1.
//
//go:noescape
func tile(c, a, b *float32, k, n, rowStep, columnStep int)
