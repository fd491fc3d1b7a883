package scratch

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTraceReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) TracePoint {
			d := rapid.IntRange(0, 2).Draw(t, "d")
			return TracePoint{
				rapid.IntRange(0, Width*tenths).Draw(t, "x"), rapid.IntRange(0, Height*tenths).Draw(t, "y"),
				rapid.IntRange(0, 600_000).Draw(t, "t"), d > 0, d == 2,
			}
		}), 1, 50).Draw(t, "trace")
		out, err := ParseTrace(Trace(in).String())
		if err != nil || !slices.Equal(out, Trace(in)) {
			t.Fatalf("%v, %v", out, err)
		}
	})
}

func TestTraceIsStrict(t *testing.T) {
	for _, bad := range []string{
		"", ";", "1,2,3", "1,2,3,1,", "1,2,3,3", "1,2,3,1;", ";1,2,3,1", "1,2,3,1,1", "01,2,3,1", "+1,2,3,1", "-1,2,3,1", "1.5,2,3,1",
		" 1,2,3,1", "1,2,3,1\n", "1e3,2,3,1", "123456789,2,3,1", "1,,3,1", "١,2,3,1", "1,2,3,01",
		strings.Repeat("1,2,3,1;", MaxTracePoints) + "1,2,3,1", strings.Repeat("3200,2000,600000,1;", 3500) + "1,2,3,1",
	} {
		if trace, err := ParseTrace(bad); !errors.Is(err, ErrTrace) || trace != nil {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
	most := strings.Repeat("1,2,3,1;", MaxTracePoints-1) + "1,2,3,1"
	if trace, err := ParseTrace(most); err != nil || len(trace) != MaxTracePoints {
		t.Errorf("%d points: %v", len(trace), err)
	}
}

func FuzzParseTrace(f *testing.F) {
	f.Add("0,0,0,1;3200,2000,16,0")
	f.Add("1,2,3")
	f.Add(";;,,")
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ParseTrace(text)
		if err != nil {
			if !errors.Is(err, ErrTrace) || trace != nil {
				t.Fatal(err)
			}
			return
		}
		if trace.String() != text {
			t.Fatalf("%q has another form %q", text, trace.String())
		}
		trace.uncovered(0)
	})
}

func TestPicksAreStrict(t *testing.T) {
	if p, err := ParsePicks([]string{"9", "1"}); err != nil || p != 1<<8|1 {
		t.Errorf("%b %v", p, err)
	}
	for _, bad := range [][]string{nil, {}, {""}, {"0"}, {"10"}, {"1", "1"}, {"01"}, {"-1"}, {"1,2"}, {" 1"}, {"one"}, {"99999999999"}} {
		if p, err := ParsePicks(bad); !errors.Is(err, ErrPicks) || p != 0 {
			t.Errorf("%q: %b %v", bad, p, err)
		}
	}
}
