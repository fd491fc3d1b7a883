package scratch

import (
	"sync"
	"sync/atomic"
	"testing"
)

// lend makes n new easels the ones that all drawing is done at, until the test
// ends. It returns a way to know how many of them were ever made.
func lend(t *testing.T, n int) (made func() int) {
	before := easels
	easels = newEasels(n)
	t.Cleanup(func() { easels = before })
	return func() int {
		count := 0
		for range n {
			if e := <-easels; e != nil {
				count++
			}
		}
		for range n {
			easels <- nil
		}
		return count
	}
}

// A thousand cards dealt and drawn at once are drawn at a few easels, and all
// easels come back.
func TestThousandAtOnceShareTheEasels(t *testing.T) {
	const places, many = 3, 1000
	made := lend(t, places)
	y := newStyle(make([]byte, 32), "shop.example", 202647)
	var wrong atomic.Int64
	var all sync.WaitGroup
	start := make(chan struct{})
	for n := range many {
		all.Go(func() {
			<-start
			c := newCard([]byte{byte(n), byte(n >> 8)}, &y)
			if b, err := paint(c, Kind(n%3)+Open); err != nil || len(b) < 4000 {
				wrong.Add(1)
			}
		})
	}
	close(start)
	all.Wait()
	if wrong.Load() > 0 {
		t.Errorf("%d were not drawn", wrong.Load())
	}
	if n := made(); n < 1 || n > places {
		t.Errorf("%d easels", n)
	}
}

// An easel holds what this says and no more: what a picture costs in memory
// while it is drawn.
func TestEaselIsSmall(t *testing.T) {
	e := new(easel)
	for n := range 20 {
		c := numberedCard(n)
		for _, k := range []Kind{Open, Cover, Numbered} {
			e.draw(c, k)
			e.encoder.encode(&e.pen.on)
		}
	}
	p := &e.pen
	size := 4*cap(p.on.pixels) + 4*cap(p.raster.change) + 8*cap(p.raster.passed) + cap(e.encoder.out) +
		16*cap(p.along) + 24*cap(p.flat)
	for _, a := range []*arena{&p.shapes, &e.figure.still, &e.figure.placed} {
		size += 16*cap(a.points) + 32*cap(a.polygons)
	}
	if size > 1600<<10 {
		t.Errorf("an easel of %d kB", size>>10)
	}
}

func TestDrawingAllocatesLittle(t *testing.T) {
	lend(t, 1)
	for _, k := range kinds {
		numberedCard(0) // what is made once
		mustEncode(t, numberedCard(0), k.kind)
		n := 0
		if got := testing.AllocsPerRun(20, func() { mustEncode(t, numberedCard(n%5), k.kind); n++ }); got > 100 {
			t.Errorf("%s: %.0f allocations", k.name, got)
		}
	}
}
