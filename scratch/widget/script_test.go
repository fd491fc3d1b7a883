package widget

import (
	"os"
	"testing"
)

func TestSize(t *testing.T) {
	s := composed()
	t.Logf("%d bytes, %d compressed", len(s.plain), len(s.packed))
	if len(s.packed) > 15_000 {
		t.Errorf("%d bytes compressed", len(s.packed))
	}
	os.WriteFile("/tmp/scratch.js", s.plain, 0o644)
}
