package scratch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	// MaxTraceBytes is the longest trace in its text form.
	MaxTraceBytes = 64 << 10
	// MaxTracePoints is the most points of a trace.
	MaxTracePoints = 4000

	tenths = 10 // of a CSS pixel, the unit of a trace's places
)

// ErrTrace is a trace that is not in the form ParseTrace takes.
var ErrTrace = errors.New("scratch: malformed trace")

// ErrPicks is a list of picks that is not in the form ParsePicks takes.
var ErrPicks = errors.New("scratch: malformed picks")

// TracePoint is one place the pointer was at.
type TracePoint struct {
	X, Y int  // in tenths of a CSS pixel of the card: 0 to 3200, 0 to 2000
	T    int  // milliseconds since the first point
	Down bool // rubbing: a dab here, joined to the point before if that was down too
	Key  bool // rubbing by key; of Down only
}

// Trace is what the pointer did on a card, in order of time. It is judged and
// dropped, never kept.
type Trace []TracePoint

// ParseTrace reads the text form of a trace, as the page's script sends it:
// points joined by ";", each "x,y,t,d" in whole decimal numbers without sign or
// leading zero, d 0 lifted, 1 rubbing, 2 rubbing by key. It checks form and size alone; whether the trace is
// possible (inside the card, time running forwards) is judged, so that it
// costs the card. The error is ErrTrace, wrapped.
func ParseTrace(text string) (Trace, error) {
	if text == "" || len(text) > MaxTraceBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrTrace, len(text))
	}
	points := 1 + strings.Count(text, ";")
	if points > MaxTracePoints {
		return nil, fmt.Errorf("%w: %d points", ErrTrace, points)
	}
	out := make(Trace, 0, points)
	for at := 0; at <= len(text); at++ { // over the ";" of the point before
		var n [4]int
		ok := true
		for i := 0; ok && i < len(n); i++ {
			if n[i], at, ok = decimal(text, at); i < len(n)-1 {
				ok = ok && at < len(text) && text[at] == ','
				at++
			}
		}
		if !ok || at < len(text) && text[at] != ';' || n[3] > 2 {
			return nil, fmt.Errorf("%w: point %d", ErrTrace, len(out)+1)
		}
		out = append(out, TracePoint{X: n[0], Y: n[1], T: n[2], Down: n[3] > 0, Key: n[3] == 2})
	}
	return out, nil
}

// String is the text form that ParseTrace reads.
func (t Trace) String() string {
	b := make([]byte, 0, 16*len(t))
	for i, p := range t {
		if i > 0 {
			b = append(b, ';')
		}
		d := byte('0')
		if p.Down {
			d = '1'
		}
		if p.Down && p.Key {
			d = '2'
		}
		b = strconv.AppendInt(b, int64(p.X), 10)
		b = strconv.AppendInt(append(b, ','), int64(p.Y), 10)
		b = strconv.AppendInt(append(b, ','), int64(p.T), 10)
		b = append(b, ',', d)
	}
	return string(b)
}

// decimal reads up to eight digits without leading zero, and tells where they
// end.
func decimal(s string, from int) (n, end int, ok bool) {
	for end = from; end < len(s) && s[end] >= '0' && s[end] <= '9'; end++ {
		if end-from == 8 {
			return 0, end, false
		}
		n = n*10 + int(s[end]-'0')
	}
	return n, end, end > from && (s[from] != '0' || end == from+1)
}

// Picks are the numbers marked on the numbered picture; bit n-1 is number n.
type Picks uint16

// ParsePicks reads the values of the marked checkboxes, each "1" to "9" and
// none twice. The error is ErrPicks, wrapped.
func ParsePicks(values []string) (Picks, error) {
	var out Picks
	for _, v := range values {
		n, end, ok := decimal(v, 0)
		if !ok || end != len(v) || n < 1 || n > Animals || out>>(n-1)&1 == 1 {
			return 0, fmt.Errorf("%w: %d values", ErrPicks, len(values))
		}
		out |= 1 << (n - 1)
	}
	if out == 0 {
		return 0, fmt.Errorf("%w: none", ErrPicks)
	}
	return out, nil
}
