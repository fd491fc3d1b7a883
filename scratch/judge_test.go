package scratch

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// hand makes traces as a person's hand would.
type hand struct {
	trace Trace
	clock int
}

// to moves the pointer, rubbing or not.
func (h *hand) to(p point, down bool) {
	h.trace = append(h.trace, TracePoint{
		X: int(min(max(p.x, 0), Width) * tenths), Y: int(min(max(p.y, 0), Height) * tenths), T: h.clock, Down: down,
	})
	h.clock += 15 + len(h.trace)*7%11 // no hand keeps time like a clock
}

// dab taps once.
func (h *hand) dab(p point) {
	h.to(p, true)
	h.to(p, false)
}

// rub goes over the marked cells in rows 18 px apart, in one stroke, rows
// joined at their ends, as one rubs a lottery ticket.
func (h *hand) rub(m *mask) {
	low, high := m.bounds()
	side := 0
	var last point
	for y := low.y + 9; y < high.y; y += 18 {
		left, right := Width, 0
		for x := range columns {
			if m.has(x, min(int(y/cell), rows-1)) {
				left, right = min(left, x*cell), max(right, (x+1)*cell)
			}
		}
		if left > right {
			continue
		}
		ends := [2]point{{min(float64(left)+8, float64(right)), y}, {max(float64(right)-8, float64(left)), y}}
		for i := range 9 {
			t := float64(i) / 8
			share := t * t * (3 - 2*t) // softly begun and ended, and not to the ruler
			last = between(ends[side], ends[1-side], share)
			last.y += 10 * share * (1 - share)
			h.to(last, true)
		}
		side = 1 - side
	}
	h.to(last, false)
}

// chickenMasks are the visible silhouettes of the two chickens.
func (c *card) chickenMasks() []*mask {
	var out []*mask
	for i := range c.animals {
		if c.animals[i].species == Chicken {
			out = append(out, &c.visible[i])
		}
	}
	return out
}

// issue is the card as it is sealed.
func (c *card) issue(m Mode) *issue {
	return &issue{mode: m, owners: *c.owners(), chickens: c.chickens()}
}

func (c *card) judge(m Mode, a Answer, elapsed time.Duration) bool {
	return c.issue(m).judge(a, elapsed)
}

func (c *card) judgeTrace(t Trace) bool { return c.judge(Rub, Answer{Trace: t}, time.Hour) }

func (c *card) rubbed(m *mask) bool { return c.issue(Rub).rubbed(m) }

func TestRubbingBothChickensPasses(t *testing.T) {
	failed := 0
	for n := range 200 {
		c := numberedCard(n)
		var h hand
		for _, m := range c.chickenMasks() {
			h.rub(m)
		}
		if !c.judgeTrace(h.trace) {
			failed++
			t.Logf("card %d", n)
		}
	}
	if failed > 0 {
		t.Errorf("%d of 200 honest answers fail", failed)
	}
}

func TestTappingBothChickensPasses(t *testing.T) {
	for n := range 200 {
		c := numberedCard(n)
		var h hand
		for _, m := range c.chickenMasks() {
			h.tap(m, 1)
		}
		if !c.judgeTrace(h.trace) {
			t.Errorf("card %d: taps on both chickens fail", n)
		}
	}
}

// tap dabs where most of the silhouette is still covered, on places that are
// whole steps from the card's middle, until three quarters of it are free.
func (h *hand) tap(m *mask, step float64) {
	var free mask
	for range 12 {
		left := m.without(&free)
		if 4*left.count() <= m.count() {
			return
		}
		at, _ := bestDab(&left)
		at.x = Width/2 + math.Round((at.x-Width/2)/step)*step
		at.y = Height/2 + math.Round((at.y-Height/2)/step)*step
		h.dab(at)
		free.sweep(at, at, Brush/2)
	}
}

// bestDab is the place where one dab uncovers most of the mask.
func bestDab(m *mask) (at point, most int) {
	low, high := m.bounds()
	for y := low.y; y <= high.y; y += cell / 2 {
		for x := low.x; x <= high.x; x += cell / 2 {
			var d mask
			d.sweep(point{x, y}, point{x, y}, Brush/2)
			d = d.and(m)
			if n := d.count(); n > most {
				at, most = point{x, y}, n
			}
		}
	}
	return at, most
}

// Looking is free: no dab on any animal uncovers more than may be uncovered of
// the others, nor as much as must be of a chicken.
func TestPeekingIsFree(t *testing.T) {
	for n := range 60 {
		c := numberedCard(n)
		for i := range c.animals {
			_, most := bestDab(&c.visible[i])
			if share := float64(most) / float64(c.visible[i].count()); share > .42 {
				t.Errorf("card %d: one dab uncovers %.0f %% of a %v", n, 100*share, c.animals[i].species)
			}
		}
	}
}

// Peeking at each of the other seven, and then rubbing both chickens wholly
// free, passes but for a rare card where neighbours stand close.
func TestPeekingAtAllAndRubbingPasses(t *testing.T) {
	const cards = 100
	failed := 0
	for n := range cards {
		c := numberedCard(n)
		var h hand
		for i := range c.animals {
			if c.animals[i].species != Chicken {
				at, _ := bestDab(&c.visible[i])
				h.dab(at)
			}
		}
		if c.judgeTrace(h.trace) {
			t.Errorf("card %d passes with both chickens covered", n)
		}
		for _, m := range c.chickenMasks() {
			h.rub(m)
		}
		if !c.judgeTrace(h.trace) {
			failed++
		}
	}
	if failed > cards*4/100 {
		t.Errorf("%d of %d fail", failed, cards)
	}
}

func TestWhatFails(t *testing.T) {
	for n := range 60 {
		c := numberedCard(n)
		masks := c.chickenMasks()
		for i, m := range masks {
			var h hand
			h.rub(m)
			if c.judgeTrace(h.trace) {
				t.Errorf("card %d passes with chicken %d alone", n, i)
			}
		}
		var all hand
		for y := 10.; y < Height; y += 20 {
			all.to(point{0, y}, true)
			all.to(point{Width, y}, true)
		}
		if c.judgeTrace(all.trace) {
			t.Errorf("card %d passes with everything uncovered", n)
		}
		for i := range c.animals {
			if c.animals[i].species == Chicken {
				continue
			}
			var h hand
			h.rub(masks[0])
			h.rub(masks[1])
			h.rub(&c.visible[i])
			if c.judgeTrace(h.trace) {
				t.Errorf("card %d passes with a %v uncovered too", n, c.animals[i].species)
			}
		}
	}
}

// portion marks the given share of a mask's cells.
func portion(m *mask, share float64) (out mask) {
	left := int(math.Round(share * float64(m.count())))
	for y := range rows {
		for x := range columns {
			if left > 0 && m.has(x, y) {
				out.set(x, y)
				left--
			}
		}
	}
	return out
}

func TestSharesThatPass(t *testing.T) {
	for n := range 20 {
		c := numberedCard(n)
		for _, try := range []struct {
			chickens, others float64
			want             bool
		}{{.62, 0, true}, {.58, 0, false}, {1, .43, true}, {1, .47, false}, {.62, .43, true}} {
			var m mask
			for i := range c.visible {
				share := try.others
				if c.animals[i].species == Chicken {
					share = try.chickens
				}
				uncovered := portion(&c.visible[i], share)
				m.add(&uncovered)
			}
			if got := c.rubbed(&m); got != try.want {
				t.Errorf("card %d: chickens %v, others %v uncovered: %v", n, try.chickens, try.others, got)
			}
		}
	}
}

func TestTheWholeCardHasALimit(t *testing.T) {
	c := numberedCard(3)
	var m mask
	for _, k := range c.chickenMasks() {
		m.add(k)
	}
	if !c.rubbed(&m) {
		t.Fatal("both chickens and nothing else fails")
	}
	var animals mask
	for i := range c.visible {
		animals.add(&c.visible[i])
	}
	for y := range rows {
		for x := range columns {
			if !animals.has(x, y) && float64(m.count()) <= cardAtMost*rows*columns {
				m.set(x, y)
			}
		}
	}
	if c.rubbed(&m) {
		t.Error("passes with more than 45 % of the card uncovered")
	}
}

func TestImpossibleTracesFail(t *testing.T) {
	c := numberedCard(5)
	var h hand
	for _, m := range c.chickenMasks() {
		h.rub(m)
	}
	good := h.trace
	if !c.judge(Rub, Answer{Trace: good}, time.Duration(h.clock)*time.Millisecond) {
		t.Fatal("the honest trace fails")
	}
	edited := func(edit func(Trace) Trace) Trace { return edit(append(Trace{}, good...)) }
	for name, bad := range map[string]Trace{
		"empty":      {},
		"too long":   edited(func(t Trace) Trace { return append(t, make(Trace, MaxTracePoints)...) }),
		"outside":    edited(func(t Trace) Trace { t[3].X = Width*tenths + 1; return t }),
		"above":      edited(func(t Trace) Trace { t[3].Y = -1; return t }),
		"backwards":  edited(func(t Trace) Trace { t[3].T = t[2].T - 1; return t }),
		"late start": edited(func(t Trace) Trace { t[0].T = 1; return t }),
		"too far": func() (t Trace) {
			for i := range 2 * 91 {
				t = append(t, TracePoint{X: i % 2 * Width * tenths, Y: 500, T: 16 * i, Down: true})
			}
			return append(t, good...)
		}(),
		"pen up": edited(func(t Trace) Trace {
			for i := range t {
				t[i].Down = false
			}
			return t
		}),
	} {
		if c.judge(Rub, Answer{Trace: bad}, time.Hour) {
			t.Errorf("%s passes", name)
		}
	}
	long := edited(func(t Trace) Trace { t[len(t)-1].T = 60_000; return t })
	if c.judge(Rub, Answer{Trace: long}, 57*time.Second) {
		t.Error("a trace of 60 s passes 57 s after the card was dealt")
	}
	if !c.judge(Rub, Answer{Trace: long}, 59*time.Second) {
		t.Error("clocks 1 s apart fail an honest trace")
	}
	if c.judge(Rub, Answer{Trace: good, Picks: c.chickens()}, time.Hour) || c.judge(Rub, Answer{Picks: c.chickens()}, time.Hour) {
		t.Error("picks pass on a card to be rubbed")
	}
}

func TestPicksPassWhenTheyAreBothChickens(t *testing.T) {
	for n := range 20 {
		c := numberedCard(n)
		passed := 0
		for p := range Picks(1 << Animals) {
			if c.judge(Pick, Answer{Picks: p}, time.Hour) {
				passed++
				if p != c.chickens() {
					t.Errorf("card %d: picks %b pass", n, p)
				}
			}
		}
		if passed != 1 {
			t.Errorf("card %d: %d picks pass", n, passed)
		}
	}
}

// The quick sweep marks exactly the cells that the plain definition marks.
func TestSweepIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := func(name string) point {
			return point{rapid.Float64Range(0, Width).Draw(t, name+"x"), rapid.Float64Range(0, Height).Draw(t, name+"y")}
		}
		a, b := at("a"), at("b")
		var m mask
		m.sweep(a, b, Brush/2)
		for y := range rows {
			for x := range columns {
				p := point{float64(x)*cell + cell/2, float64(y)*cell + cell/2}
				d := toSegment(p, a, b)
				if d < Brush/2-1e-6 && !m.has(x, y) || d > Brush/2+1e-6 && m.has(x, y) {
					t.Fatalf("cell %d,%d at %v: %v", x, y, d, m.has(x, y))
				}
			}
		}
	})
}

func toSegment(p, a, b point) float64 {
	l := (b.x-a.x)*(b.x-a.x) + (b.y-a.y)*(b.y-a.y)
	if l == 0 {
		return distance(p, a)
	}
	t := min(max(((p.x-a.x)*(b.x-a.x)+(p.y-a.y)*(b.y-a.y))/l, 0), 1)
	return distance(p, between(a, b, t))
}

// BenchmarkJudge judges sealed cards, the seal and the trace's text included; only the store of spent ids is left out.
func BenchmarkJudge(b *testing.B) {
	c := numberedCard(1)
	var h hand
	for _, m := range c.chickenMasks() {
		h.rub(m)
	}
	var worst Trace // as many points as there may be, over as long a way
	for i := range MaxTracePoints {
		worst = append(worst, TracePoint{X: 20 + i%100*10, Y: 1000 + i%2*71, T: i, Down: true})
	}
	var real Trace // a hand's: some 8 s of a mouse at 60 places a second
	for i, p := range h.trace {
		if i > 0 {
			for n := 1; n < 7; n++ {
				q := between(h.trace[i-1].at(), p.at(), float64(n)/7)
				real = append(real, TracePoint{X: int(q.x * tenths), Y: int(q.y * tenths), T: 16 * len(real), Down: p.Down && h.trace[i-1].Down})
			}
		}
		p.T = 16 * len(real)
		real = append(real, p)
	}
	keys := mustKeys(b, testKey("a"))
	issue := c.issue(Rub)
	issue.key = "a"
	sealed := keys.sealIssue(issue)
	for _, run := range []struct {
		name  string
		trace Trace
	}{{"honest", real}, {"worst", worst}} {
		text := run.trace.String()
		b.Run(run.name, func(b *testing.B) {
			b.ReportMetric(float64(len(run.trace)), "points")
			for b.Loop() {
				i, err := keys.openIssue(sealed)
				if err != nil {
					b.Fatal(err)
				}
				trace, err := ParseTrace(text)
				if err != nil {
					b.Fatal(err)
				}
				if right := i.judge(Answer{Trace: trace}, time.Hour); right != (run.name == "honest") {
					b.Fatal(right)
				}
			}
		})
	}
}
