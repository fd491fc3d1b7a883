package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Every cell gets ready, and every request of every class is judged: all of them are answered as wrong ones are. How long it took is
// not looked at here.
func TestCells(t *testing.T) {
	for _, c := range cells {
		t.Run(c.name, func(t *testing.T) {
			s, err := openStand(t.Context(), t.TempDir(), conditions{hash: hashes[0], parallel: 2, tls: c.pairs})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.close(); err != nil {
					t.Error(err)
				}
			})
			classes, err := c.prepare(t.Context(), s, 2)
			if err != nil {
				t.Fatal(err)
			}
			if c.pairs {
				found, err := measurePairs(t.Context(), s, classes, 4, time.Minute)
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range found.found {
					if p.pairs != 4 && i > 0 || p.slower > p.pairs {
						t.Errorf("%s: %+v", classes[i].name, p)
					}
				}
				return
			}
			took, err := measure(t.Context(), classes, 4, 1, 2, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			roles := map[role]int{}
			for i, class := range classes {
				roles[class.role]++
				for _, x := range took[i] {
					if x <= 0 {
						t.Errorf("%s took %v µs", class.name, x)
					}
				}
			}
			if roles[first] != 1 || classes[0].role != first || roles[again] == 0 || roles[kept] < 2 || roles[planted] != len(plants) {
				t.Errorf("classes by their roles: %v", roles)
			}
		})
	}
}

// A sample that the server answers otherwise ends the measurement: it would be one of something else.
func TestOtherAnswer(t *testing.T) {
	s, err := openStand(t.Context(), t.TempDir(), conditions{hash: hashes[0], parallel: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	classes, err := questions(t.Context(), s, 2)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	spoiled := classes[0]
	spoiled.try = func(ctx context.Context, _ int) (time.Duration, error) {
		var judged struct{ Outcome string }
		return s.call(ctx, "POST", "/request/answers", map[string][]string{"answers": {"a"}}, "nobody's", 0, &judged)
	}
	if _, err := measure(ctx, []class{spoiled, classes[1]}, 4, 0, 2, time.Minute); err == nil || !strings.Contains(err.Error(), "/request/answers: 4") {
		t.Errorf("measured all the same: %v", err)
	}
}

// Each class has each of its samples once, at the place of its block, whoever took it; those that warm up are in none.
func TestMeasure(t *testing.T) {
	var mu sync.Mutex
	calls := map[int]int{}
	count := class{try: func(_ context.Context, n int) (time.Duration, error) {
		mu.Lock()
		defer mu.Unlock()
		calls[n]++
		return time.Duration(n) * time.Microsecond, nil
	}}
	took, err := measure(t.Context(), []class{count, count, count}, 20, 5, 4, time.Minute)
	if err != nil || len(took) != 3 || len(calls) != 25 {
		t.Fatalf("%d classes of %d blocks, %v", len(took), len(calls), err)
	}
	for _, list := range took {
		for i, x := range list {
			if x != float64(i+5) || calls[i+5] != 3 {
				t.Errorf("block %d has %v, taken %d times", i, x, calls[i+5])
			}
		}
	}
	broken := class{try: func(context.Context, int) (time.Duration, error) { return 0, io.ErrUnexpectedEOF }}
	if _, err := measure(t.Context(), []class{count, broken}, 20, 0, 4, time.Minute); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a request that failed: %v", err)
	}
}

// What the report calls a fault: equals told apart and known delays not told, which is the machine, and accounts told, which is the
// program.
func TestReport(t *testing.T) {
	still := comparison{AUC: .5, AUCError: .003}
	told := comparison{AUC: .6, AUCError: .003, Welch: 9}
	classes := []class{{name: "nobody", role: first}, {name: "nobody again", role: again}, {name: "somebody", role: kept}, {name: "planted", role: planted, plant: 50 * time.Microsecond}}
	for _, c := range []struct {
		again, kept, planted comparison
		faults               string
	}{
		{still, still, told, ""},
		{told, still, told, "two classes that are the same were told apart"},
		{still, told, told, "somebody was told from nobody"},
		{still, still, still, "planted was not told"},
		{told, told, still, "two classes that are the same were told apart|planted was not told|somebody was told from nobody"},
	} {
		r := report{cell: cells[0], hash: hashes[0], classes: classes, took: make([][]float64, 4), compared: []comparison{{}, c.again, c.kept, c.planted}}
		for i := range r.took {
			r.took[i] = []float64{1000, 1100, 1200, 1500}
		}
		if got := strings.Join(r.faults(), "|"); got != c.faults {
			t.Errorf("faults are %q, want %q", got, c.faults)
		}
		if got := r.least(); c.planted == told && got != 25 {
			t.Errorf("at least %v µs would have been told", got)
		}
		var text, drawing bytes.Buffer
		r.write(&text)
		if got := strings.Count(text.String(), "MUST NOT BE"); got != len(r.faults()) || !strings.Contains(text.String(), "| somebody | ") {
			t.Errorf("the report:\n%s", text.String())
		}
		known := r
		known.cell.known = true
		wanted := slices.DeleteFunc(strings.Split(c.faults, "|"), func(f string) bool { return f == "somebody was told from nobody" })
		if got := strings.Join(known.faults(), "|"); got != strings.Join(wanted, "|") || known.row() != r.row() {
			t.Errorf("faults of a cell that is known to tell are %q, and its row %s", got, known.row())
		}
		row, says := r.row(), "| no account |"
		if c.faults != "" {
			says = "| " + strings.ReplaceAll(c.faults, "|", "; ") + " |"
		}
		if strings.Count(row, "|") != strings.Count(rowsHead, "|")/2 || !strings.Contains(row, says) || !strings.Contains(row, fmt.Sprintf("| 4 | 1.20 ms | %.1f |", c.kept.clearest())) {
			t.Errorf("the row: %s", row)
		}
		if err := r.plot(&drawing); err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(&drawing); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal("the drawing is no XML:", err)
			}
		}
	}
}
