package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table is what a part of the tool found out.
type table struct {
	title string
	head  []string
	rows  [][]string
	notes []string // below the rows
	bad   []string // what must not be: the tool ends with an error
}

func (t *table) row(cells ...any) {
	var out []string
	for _, c := range cells {
		out = append(out, fmt.Sprint(c))
	}
	t.rows = append(t.rows, out)
}

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// write writes the table as aligned text, or as Markdown.
func (t *table) write(w io.Writer, markdown bool) {
	if markdown {
		fmt.Fprintf(w, "### %s\n\n", t.title)
		line := func(cells []string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
		line(t.head)
		rule := make([]string, len(t.head))
		for i := range rule {
			rule[i] = "---"
			if i > 0 {
				rule[i] = "---:"
			}
		}
		line(rule)
		for _, r := range t.rows {
			line(r)
		}
	} else {
		fmt.Fprintf(w, "%s\n", t.title)
		columns := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
		for _, r := range append([][]string{t.head}, t.rows...) {
			fmt.Fprintf(columns, "  %s\n", strings.Join(r, "\t"))
		}
		columns.Flush()
	}
	for _, n := range t.notes {
		fmt.Fprintf(w, "\n%s\n", n)
	}
	for _, b := range t.bad {
		fmt.Fprintf(w, "\nMUST NOT BE: %s\n", b)
	}
	fmt.Fprintln(w)
}

// percent is a share as a table tells it.
func percent(part, of int) string {
	if of == 0 {
		return "-"
	}
	share := 100 * float64(part) / float64(of)
	if share > 0 && share < 10 {
		return fmt.Sprintf("%.2f %%", share)
	}
	return fmt.Sprintf("%.1f %%", share)
}

// thousands is a number with its digits in groups.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
