package main

import (
	"fmt"
	"time"

	"twohens/scratch"
)

// cost times the work that an attempt costs who makes it.
func (o *options) cost(say func(string, ...any)) (*table, error) {
	d, err := newDesk(nil)
	if err != nil {
		return nil, err
	}
	usual, err := scratch.New(scratch.Config{Keys: d.keys, Spent: scratch.NewMemory(1, time.Now), Now: time.Now})
	if err != nil {
		return nil, err
	}
	out := &table{
		title: "What an attempt costs",
		head:  []string{"mode", "level", "hashes, on average", "one core, this machine", "attempts an hour and core"},
	}
	rate, err := hashRate(usual, say)
	if err != nil {
		return nil, err
	}
	for _, m := range []struct {
		name string
		mode scratch.Mode
	}{{"rubbing, listening", scratch.Rub}, {"no puzzle", scratch.NoPuzzle}} {
		for level := scratch.Level(0); level <= scratch.MostLevel; level++ {
			t, err := usual.Deal(scratch.Offer{Place: here, Mode: m.mode, Level: level})
			if err != nil {
				return nil, err
			}
			seconds := float64(t.Work.Hashes()) / rate
			out.row(m.name, level, thousands(t.Work.Hashes()), round(seconds), thousands(int(3600/seconds)))
		}
	}
	out.row("without script", "-", "none", "the soonest answer after 3 s", "as many as its own buckets let through")
	out.note("Go's SHA-256 in a plain loop: %.1f million hashes a second and core. "+
		"What is built for hashing is quicker by far.", rate/1e6)
	return out, nil
}

// hashRate is how many hashes a core does in a second, from the quickest of some solutions. Time that other programs had
// the core for is not counted.
func hashRate(d *scratch.Dealer, say func(string, ...any)) (best float64, err error) {
	const solutions = 10
	for n := range solutions {
		say("solving %d of %d", n+1, solutions)
		t, err := d.Deal(scratch.Offer{Place: here, Mode: scratch.Rub})
		if err != nil {
			return 0, err
		}
		begun, cpu := time.Now(), cpuTime()
		s := t.Work.Solve()
		took := min(time.Since(begun), cpuTime()-cpu).Seconds()
		hashes := 0
		for _, n := range s {
			hashes += int(n) + 1 // it counts up from nothing
		}
		if !t.Work.Done(&s) {
			return 0, fmt.Errorf("the solver's solution is none")
		}
		best = max(best, float64(hashes)/took)
	}
	return best, nil
}

func round(seconds float64) string {
	switch {
	case seconds < 1:
		return fmt.Sprintf("%.0f ms", seconds*1000)
	case seconds < 90:
		return fmt.Sprintf("%.1f s", seconds)
	}
	return fmt.Sprintf("%.0f min", seconds/60)
}
