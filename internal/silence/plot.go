package main

import (
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"strings"
)

// Sizes of the plot, in pixels.
const (
	plotWidth  = 820
	plotLeft   = 230
	plotRight  = 790
	curvesTop  = 60
	curvesEnd  = 300
	shiftsTop  = 400
	rowHeight  = 30
	curvePoint = 200 // along each curve
)

// A class is drawn by its role.
var colours = map[role]string{first: "#14261F", again: "#6B857C", kept: "#0F8A72", planted: "#D0801A"}

// plot draws, as SVG, how the times of all classes are spread, and by how much each is slower than the first.
func (r report) plot(w io.Writer) error {
	var b strings.Builder
	height := shiftsTop + rowHeight*len(r.classes) + 50
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" fill="#14261F">`+"\n", plotWidth, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", plotWidth, height)
	fmt.Fprintf(&b, `<text x="20" y="28" font-size="16">%s: %d samples a class, %d at once, %s hash</text>`+"\n",
		html.EscapeString(r.cell.what), len(r.took[0]), r.parallel, r.hash.name)
	r.curves(&b)
	r.shifts(&b)
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// curves draws for each class which part of its times is below what.
func (r report) curves(b *strings.Builder) {
	sorted := make([][]float64, len(r.took))
	for i := range r.took {
		sorted[i] = slices.Sorted(slices.Values(r.took[i]))
	}
	axis := axis{from: quantile(sorted[0], 0), to: quantile(sorted[0], .97)}
	axis.draw(b, curvesTop, curvesEnd, 1000, "ms")
	for part := 0.0; part <= 1; part += 0.25 {
		y := curvesEnd - part*(curvesEnd-curvesTop)
		fmt.Fprintf(b, `<text x="%d" y="%.0f" text-anchor="end" fill="#4A6158">%.0f %%</text>`+"\n", plotLeft-10, y+4, 100*part)
	}
	for i, c := range r.classes {
		fmt.Fprintf(b, `<polyline fill="none" stroke="%s" stroke-width="1" points="`, colours[c.role])
		for n := range curvePoint {
			if at := quantile(sorted[i], float64(n)/curvePoint); at <= axis.to {
				fmt.Fprintf(b, "%.1f,%.1f ", axis.x(at), curvesEnd-float64(n)/curvePoint*(curvesEnd-curvesTop))
			}
		}
		b.WriteString(`"/>` + "\n")
	}
	fmt.Fprintf(b, `<text x="20" y="%d" fill="#4A6158">answered within</text>`+"\n", curvesTop+4)
}

// shifts draws by how much each class is slower than the first, with its interval of 95 %.
func (r report) shifts(b *strings.Builder) {
	reach := 10.0
	for i := range r.classes {
		reach = max(reach, 1.1*(math.Abs(r.compared[i].Shift)+wide*r.compared[i].ShiftError))
	}
	axis := axis{from: -reach / 3, to: reach}
	for i := range r.classes {
		axis.from = min(axis.from, 1.1*(r.compared[i].Shift-wide*r.compared[i].ShiftError))
	}
	bottom := shiftsTop + rowHeight*len(r.classes)
	axis.draw(b, shiftsTop, bottom, 1, "µs")
	fmt.Fprintf(b, `<text x="20" y="%d" fill="#4A6158">slower than %s by, with the interval of 95 %%</text>`+"\n", shiftsTop-18, html.EscapeString(`"`+r.classes[0].name+`"`))
	fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#14261F"/>`+"\n", axis.x(0), axis.x(0), shiftsTop, bottom)
	for i, c := range r.classes {
		y := shiftsTop + rowHeight*i + rowHeight/2
		fmt.Fprintf(b, `<text x="20" y="%d" fill="%s">%s</text>`+"\n", y+4, colours[c.role], html.EscapeString(c.name))
		f := r.compared[i]
		from, to := axis.x(f.Shift-wide*f.ShiftError), axis.x(f.Shift+wide*f.ShiftError)
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="%s" stroke-width="2"/>`+"\n", from, to, y, y, colours[c.role])
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="4" fill="%s"/>`+"\n", axis.x(f.Shift), y, colours[c.role])
	}
}

// axis is a horizontal one, in microseconds.
type axis struct{ from, to float64 }

func (a axis) x(at float64) float64 {
	return plotLeft + (at-a.from)/(a.to-a.from)*(plotRight-plotLeft)
}

// draw draws the frame and a few round marks, told in a unit of so many microseconds.
func (a axis) draw(b *strings.Builder, top, bottom int, unit float64, name string) {
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#D3E0DB"/>`+"\n", plotLeft, top, plotRight-plotLeft, bottom-top)
	apart := a.apart()
	for at := math.Ceil(a.from/apart) * apart; at <= a.to; at += apart {
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#D3E0DB"/>`+"\n", a.x(at), a.x(at), top, bottom)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle" fill="#4A6158">%.4g %s</text>`+"\n", a.x(at), bottom+18, at/unit, name)
	}
}

// apart is a round distance that gives four to ten marks.
func (a axis) apart() float64 {
	size := math.Pow(10, math.Floor(math.Log10(a.to-a.from)))
	for _, by := range []float64{2, 1, 0.5} {
		if (a.to-a.from)/(size*by) >= 4 {
			return size * by
		}
	}
	return size * 0.2
}
