package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// learning is how detectors are trained and tried.
type learning struct {
	sizes   []int   // how many training pictures, a detector for each
	seconds float64 // of the processor, for training each
	cards   int     // fresh ones, to try each on
	styles  int     // that training pictures are taken from; the first is the one attacked
	mode    scratch.Mode
	say     func(format string, args ...any) // progress
}

// Training on few pictures ends sooner: more looks at each teach nothing.
const (
	looksEach  = 150
	leastLooks = 6000
)

// enough is the share from which on more pictures are not tried.
const enough = .995

// learn trains detectors on the program's own cards and has them answer fresh ones.
func (l learning) learn() (*table, error) {
	desks, err := newDesks(l.styles + 1)
	if err != nil {
		return nil, err
	}
	known, strange := desks[:l.styles], desks[l.styles]
	c := newClasses()
	out := l.table()
	var samples []sample
	var dealing time.Duration
	for _, n := range l.sizes {
		l.say("dealing cards to learn from: %d", n)
		begun := cpuTime()
		more, err := collect(c, known, max(n-len(samples), 0), l.mode)
		if err != nil {
			return nil, err
		}
		dealing += cpuTime() - begun
		samples = append(samples, more...)
		passed, err := l.one(out, c.count(), samples[:n], known[0], strange)
		if err != nil {
			return nil, err
		}
		if passed >= enough {
			out.note("More pictures were not tried: there is nothing left to learn.")
			break
		}
	}
	weights := len(newDetector(rand.New(rand.NewPCG(0, 0)), c.count()).weights)
	out.note("A net of %s weights, trained for at most %.0f CPU seconds or %d looks at each picture; %d fresh cards for each figure. "+
		"Making a picture with its labels took %.0f CPU ms.",
		thousands(weights), l.seconds, looksEach, l.cards, dealing.Seconds()*1000/float64(len(samples)))
	return out, nil
}

// one trains a detector, has it answer fresh cards of a style it knows and of one it does not, and adds the row. It
// returns the lower of the two shares.
func (l learning) one(out *table, classes int, samples []sample, known, strange *desk) (passed float64, err error) {
	n := len(samples)
	d := newDetector(rand.New(rand.NewPCG(rand.Uint64(), 0)), classes)
	begun, told := cpuTime(), time.Now()
	looks := d.train(rand.New(rand.NewPCG(rand.Uint64(), 1)), samples, func(looks int) float64 {
		share := max((cpuTime()-begun).Seconds()/l.seconds, float64(looks)/float64(max(looksEach*n, leastLooks)))
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			l.say("%d pictures: %.0f %% trained", n, 100*share)
		}
		return share
	})
	took := cpuTime() - begun
	l.say("%d pictures: trying on fresh cards", n)
	same, err := d.try(known, l.mode, l.cards)
	if err != nil {
		return 0, err
	}
	other, err := d.try(strange, l.mode, l.cards)
	if err != nil {
		return 0, err
	}
	out.row(thousands(n), fmt.Sprintf("%.0f", took.Seconds()), thousands(looks),
		percent(same.passed, l.cards), percent(other.passed, l.cards), percent(same.asked+other.asked, 2*l.cards),
		fmt.Sprintf("%.0f ms", (same.took+other.took).Seconds()*1000/float64(2*l.cards)))
	for k, times := range other.mistaken {
		same.mistaken[k] += times
	}
	out.note("Taken for chickens after %s pictures, times in %s: %s.", thousands(n), thousands(2*l.cards), tell(same.mistaken))
	l.say("%d pictures: %s, another style %s", n, percent(same.passed, l.cards), percent(other.passed, l.cards))
	return float64(min(same.passed, other.passed)) / float64(l.cards), nil
}

func (l learning) table() *table {
	how := "rubbing"
	if l.mode == scratch.Pick {
		how = "marking numbers without script"
	}
	from := "one style"
	if l.styles > 1 {
		from = fmt.Sprintf("%d styles, as one makes for oneself with the open generator", l.styles)
	}
	return &table{
		title: fmt.Sprintf("A trained detector, %s: pictures of %s", how, from),
		head: []string{
			"training pictures", "CPU s", "looks", "passes, a style it knows", "passes, a style it never saw", "asked again", "time per try",
		},
	}
}

func newDesks(n int) ([]*desk, error) {
	var out []*desk
	for range n {
		d, err := newDesk(nil)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// collect deals cards at the desks in turn and labels them by their keys.
func collect(c *classes, desks []*desk, n int, m scratch.Mode) ([]sample, error) {
	out := make([]sample, n)
	cards := make([][]scratch.RevealedAnimal, n)
	err := share(n, func(_, i int) (err error) {
		_, out[i].view, cards[i], err = desks[i%len(desks)].sample(m)
		return err
	})
	for i := range out {
		out[i].class = label(cards[i], c)
	}
	return out, err
}

// share does n things on all cores and returns an error of theirs, if any.
func share(n int, do func(worker, i int) error) error {
	workers := runtime.GOMAXPROCS(0)
	failed := make([]error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < n && failed[w] == nil; i += workers {
				failed[w] = do(w, i)
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// tries is what came of trying.
type tries struct {
	passed, asked int
	took          time.Duration // of looking and answering, without dealing and judging
	mistaken      map[scratch.Species]int
}

// try has the detector answer fresh cards, with a hand that moves as people's do.
func (d *detector) try(on *desk, m scratch.Mode, cards int) (tries, error) {
	out := tries{mistaken: map[scratch.Species]int{}}
	var mu sync.Mutex
	err := share(cards, func(w, i int) error {
		sealed, seen, animals, err := on.sample(m)
		if err != nil {
			return err
		}
		begun := time.Now()
		found := d.look(w, seen)
		answer := found.answer(m, uint64(i))
		took := time.Since(begun)
		v, err := on.judge(sealed, answer)
		mu.Lock()
		defer mu.Unlock()
		out.took += took
		for _, k := range found.mistaken(animals) {
			out.mistaken[k]++
		}
		switch v.Result {
		case scratch.Pass:
			out.passed++
		case scratch.Again:
			out.asked++
		}
		return err
	})
	return out, err
}

// answer is what is answered to a card that looks so.
func (s *sight) answer(m scratch.Mode, seed uint64) scratch.Answer {
	if m == scratch.Pick {
		return scratch.Answer{Picks: s.numbers()}
	}
	places := s.find()
	return scratch.Answer{Trace: machineHand(seed).Rub(rand.New(rand.NewPCG(seed, 0)), places[:]...)}
}

// mistaken are the species that are taken for a chicken on a card of which all is known: those in the middle of what was
// found.
func (s *sight) mistaken(animals []scratch.RevealedAnimal) (out []scratch.Species) {
	for _, cells := range s.find() {
		middle := cells[len(cells)/2]
		nearest, at := math.MaxInt, 0
		for i, a := range animals {
			for _, p := range a.Cells {
				if d := p.Sub(middle); d.X*d.X+d.Y*d.Y < nearest {
					nearest, at = d.X*d.X+d.Y*d.Y, i
				}
			}
		}
		if !animals[at].Chicken {
			out = append(out, animals[at].Species)
		}
	}
	return out
}

// tell says which species a detector takes for chickens, the most often first.
func tell(mistaken map[scratch.Species]int) string {
	all := slices.SortedFunc(maps.Keys(mistaken), func(a, b scratch.Species) int {
		return cmp.Or(mistaken[b]-mistaken[a], strings.Compare(a.String(), b.String()))
	})
	var out []string
	for _, k := range all {
		out = append(out, fmt.Sprintf("%v %d", k, mistaken[k]))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// machineHand is one of the human hands: a machine can move like any of them.
func machineHand(seed uint64) scratchtest.Human {
	all := scratchtest.Humans()
	return all[seed%uint64(len(all))]
}

// numbers are the numbers of the two likeliest chickens on a numbered card. The badges need not be read: the numbers go
// through the squares of the arrangement, four by three, row by row, leaving out those without an animal.
func (s *sight) numbers() scratch.Picks {
	const across, down = 4, 3
	var full, hen [across * down]float32
	for y := range squaresH {
		for x := range squaresW {
			i := y*down/squaresH*across + x*across/squaresW
			full[i] += 1 - s[y][x][nothing]
			hen[i] += s[y][x][chicken]
		}
	}
	taken := largest(full[:], scratch.Animals)
	var likely []float32
	for i := range hen {
		if taken[i] {
			likely = append(likely, hen[i])
		}
	}
	var out scratch.Picks
	for i, yes := range largest(likely, 2) {
		if yes {
			out |= 1 << i
		}
	}
	return out
}

// largest tells which n of the values are the largest.
func largest(values []float32, n int) []bool {
	out := make([]bool, len(values))
	for range n {
		best := -1
		for i, v := range values {
			if !out[i] && (best < 0 || v > values[best]) {
				best = i
			}
		}
		out[best] = true
	}
	return out
}
