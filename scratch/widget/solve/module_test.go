package main

import (
	"bytes"
	"os"
	"testing"
)

// The file in the tree is what this program writes.
func TestFileIsCurrent(t *testing.T) {
	have, err := os.ReadFile("../" + file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, script()) {
		t.Error("run go generate ./scratch/widget")
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int32][]byte{
		0: {opConst, 0}, 4: {opConst, 4}, -1: {opConst, 0x7f}, 63: {opConst, 63}, 64: {opConst, 0xc0, 0}, -64: {opConst, 0x40},
		256: {opConst, 0x80, 2}, initial: {opConst, 0xe7, 0xcc, 0xa7, 0xd0, 0x06},
	} {
		var c code
		c.number(n)
		if !bytes.Equal(c, want) {
			t.Errorf("%d is % x, want % x", n, []byte(c), want)
		}
	}
}
