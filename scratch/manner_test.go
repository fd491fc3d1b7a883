package scratch

import "testing"

// ruledTrace is a zigzag of n rows to the ruler, with a point each step CSS pixels and gap milliseconds.
func ruledTrace(rows int, step, gap int, key bool) (out Trace) {
	at := TracePoint{X: 500, Y: 500, Down: true, Key: key}
	for row := range rows {
		for range 80 / step {
			out = append(out, at)
			at.T += gap
			if at.X += 10 * step; row%2 == 1 {
				at.X -= 20 * step
			}
		}
		at.Y += 10 * step
	}
	return out
}

// tapTrace is n taps, every gap milliseconds and a few more that turn by turn differ by up to uneven.
func tapTrace(n, gap, uneven int) (out Trace) {
	now := 0
	for i := range n {
		p := TracePoint{X: 100 * (i + 1), Y: 900, T: now, Down: true}
		out = append(out, p)
		p.Down, p.T = false, now+gap/4
		out = append(out, p)
		if now += gap; uneven > 0 {
			now += i * 7 % uneven
		}
	}
	return out
}

func TestManner(t *testing.T) {
	wavy := ruledTrace(5, 8, 16, false)
	for i := range wavy {
		wavy[i].Y += i * i % 7 * 8
		wavy[i].X += i * 5 % 9 * 7
	}
	for name, c := range map[string]struct {
		trace Trace
		want  bool
	}{
		"nothing":                             {nil, false},
		"to the ruler, by the clock":          {ruledTrace(5, 8, 16, false), true},
		"the same by keys":                    {ruledTrace(5, 8, 33, true), false},
		"keys held with Shift":                {ruledTrace(5, 24, 33, true), false},
		"keys that nobody can press":          {ruledTrace(5, 8, 1, true), true},
		"all in one moment":                   {ruledTrace(5, 8, 0, false), true},
		"leaps by the clock":                  {ruledTrace(5, 40, 50, false), true},
		"a wavering hand":                     {wavy, false},
		"a short stroke to the ruler":         {ruledTrace(1, 8, 16, false), false},
		"taps":                                {tapTrace(8, 240, 60), false},
		"taps by the clock":                   {tapTrace(8, 240, 0), true},
		"few taps by the clock":               {tapTrace(4, 240, 0), false},
		"taps quicker than a finger":          {tapTrace(12, 15, 9), true},
		"taps, and a stroke that is a hand's": {append(tapTrace(8, 240, 60), wavy...), false},
	} {
		if got := c.trace.mechanical(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func BenchmarkManner(b *testing.B) {
	trace := ruledTrace(45, 1, 8, false)
	for b.Loop() {
		trace.mechanical()
	}
	b.ReportMetric(float64(len(trace)), "points")
}
