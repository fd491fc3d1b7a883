package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// enough is how many samples of a class R-02 asks for.
const enough = 20000

// report is what came out of one cell.
type report struct {
	cell     cell
	where    string // with which mail, on which database
	hash     hash
	parallel int
	classes  []class
	took     [][]float64
	compared []comparison // with the first class, which itself has a zero one
}

func newReport(c cell, h hash, parallel int, classes []class, took [][]float64) report {
	r := report{cell: c, hash: h, parallel: parallel, classes: classes, took: took}
	for i := range classes {
		var found comparison
		if classes[i].role != first {
			found = compare(took[0], took[i])
		}
		r.compared = append(r.compared, found)
	}
	return r
}

// faults are what must not be. The first kind says that nothing was measured: the machine is too loud.
// That a cell tells of which it is known is none.
func (r report) faults() []string {
	return faults(r.classes, func(i int) bool { return r.told(i) && !(r.cell.known && r.classes[i].role == kept) })
}

func (r report) told(i int) bool { return r.compared[i].Told() }

// faults are what must not be of some classes, of which the first is what the others are compared with.
func faults(classes []class, told func(i int) bool) []string {
	var loud, leaks []string
	for i, c := range classes {
		switch found := told(i); {
		case c.role == again && found:
			loud = append(loud, "two classes that are the same were told apart")
		case c.role == planted && !found:
			loud = append(loud, c.name+" was not told")
		case c.role == kept && found:
			leaks = append(leaks, c.name+" was told from "+classes[0].name)
		}
	}
	return append(loud, leaks...)
}

// write writes the table, as Markdown.
func (r report) write(w io.Writer) {
	samples := len(r.took[0])
	fmt.Fprintf(w, "### %s: %s (%s)\n\n", r.cell.name, r.cell.what, r.where)
	fmt.Fprintf(w, "%d samples a class, %d at once, hash m=%d KiB t=%d. First line: quarter, half and three quarters took less than that.\n\n",
		samples, r.parallel, r.hash.params.MemoryKiB, r.hash.params.Time)
	fmt.Fprintln(w, "| class | slower by, 95 % | t, blocks | t, Welch | t, cropped | t, score | AUC, 95 % | told |")
	fmt.Fprintln(w, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
	for i, c := range r.classes {
		if c.role == first {
			sorted := slices.Sorted(slices.Values(r.took[i]))
			fmt.Fprintf(w, "| %s | %.2f / %.2f / %.2f ms | | | | | | |\n", c.name, quantile(sorted, .25)/1000, quantile(sorted, .5)/1000, quantile(sorted, .75)/1000)
			continue
		}
		f := r.compared[i]
		fmt.Fprintf(w, "| %s | %.1f ± %.1f µs | %.2f | %.2f | %.2f | %.2f | %.4f ± %.4f | %s |\n", c.name, f.Shift, wide*f.ShiftError,
			f.Blocks(), f.Welch, f.Cropped, f.Score, f.AUC, wide*f.AUCError, map[bool]string{false: "no", true: "yes"}[f.Told()])
	}
	if least := r.least(); math.IsInf(least, 1) {
		fmt.Fprintln(w, "\nWhat was planted is not told, so nothing can be said of differences as small.")
	} else {
		fmt.Fprintf(w, "\nBy how clearly what was planted is told, the least that would have been is about %.0f µs.\n", least)
	}
	fmt.Fprintf(w, "%s\n", byChance())
	if samples < enough {
		fmt.Fprintf(w, "R-02 asks for %d samples a class; these are fewer, and the intervals as wide as they say.\n", enough)
	}
	for _, fault := range r.faults() {
		fmt.Fprintf(w, "\nMUST NOT BE: %s\n", fault)
	}
}

// The table of all cells, a row each: what was told most clearly of any account, and of the smaller delay that was planted.
const (
	rowsHead = "| cell | | samples | half took less than | clearest t of an account | its AUC | t of 50 µs | told |\n" +
		"| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |\n"
)

// row is this cell's.
func (r report) row() string {
	var clearest comparison
	var smaller float64
	for i, c := range r.classes {
		switch f := r.compared[i]; {
		case c.role == kept && f.clearest() >= clearest.clearest():
			clearest = f
		case c.role == planted && smaller == 0:
			smaller = f.clearest()
		}
	}
	told := "no account"
	if all := faults(r.classes, r.told); len(all) > 0 {
		told = strings.Join(all, "; ")
	}
	sorted := slices.Sorted(slices.Values(r.took[0]))
	return fmt.Sprintf("| `%s` | %s | %d | %.2f ms | %.1f | %.4f ± %.4f | %.0f | %s |\n", r.cell.name, r.where, len(r.took[0]), quantile(sorted, .5)/1000,
		clearest.clearest(), clearest.AUC, wide*clearest.AUCError, smaller, told)
}

// byChance says how often the whole table, all cells with two mails on two databases, would tell of something that is not there
// (Bonferroni).
func byChance() string {
	compared := 0
	for _, p := range people {
		if p.role == kept {
			compared++
		}
	}
	tests := len(cells) * 2 * 2 * compared * kindsOfTest
	return fmt.Sprintf("Over the %d tests of all cells, two mails and two databases, chance would tell of something in at most %.1f %% of all such tables.",
		tests, 100*float64(tests)*math.Erfc(boundT/math.Sqrt2))
}

// least is about the smallest shift that would have been told, in microseconds, as far as the smallest planted one that was told shows;
// infinite when none was.
func (r report) least() float64 {
	for i, c := range r.classes {
		if c.role == planted && r.compared[i].clearest() >= boundT {
			return boundT / r.compared[i].clearest() * float64(c.plant) / float64(time.Microsecond)
		}
	}
	return math.Inf(1)
}
