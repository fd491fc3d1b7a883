// Package scratchtest is for tests of programs that hold the key of their cards themselves: it knows the right answer to a
// card from the sealed card and the key, as strokes, as taps and as numbers, so that a test can answer as a person would
// and no program needs a way around its own challenge.
//
// Nothing here helps anybody without the key: a card tells where its chickens are to nobody else.
package scratchtest

import (
	"errors"
	"image"
	"math"
	"time"

	"twohens/scratch"
)

// Stroke is one movement with the pointer down, from where it is pressed to where it is lifted, in CSS pixels of the card.
type Stroke []image.Point

const (
	apart  = 18 // between two rows of a stroke; the brush is 28
	inside = 8  // of an outline: how far from it a row ends
	steps  = 6  // of a row
	bow    = 3  // of a row: how far its middle hangs, as no hand draws to the ruler at one speed, and the judge knows it
)

// Rub is a stroke over each of the two chickens of a card that is to be rubbed: to and fro in rows, as one rubs a lottery ticket.
func Rub(keys scratch.Keys, sealed string) ([]Stroke, error) {
	card, err := reveal(keys, sealed, scratch.Rub)
	if err != nil {
		return nil, err
	}
	var out []Stroke
	for _, cells := range card.Chickens {
		out = append(out, rub(cells))
	}
	return out, nil
}

func rub(cells []image.Point) Stroke {
	var out Stroke
	low, high := cells[0].Y, cells[len(cells)-1].Y
	back := false
	for y := low + apart/2; y < high+apart/2; y += apart {
		left, right := scratch.Width, 0
		for _, c := range cells {
			if c.Y <= y && y < c.Y+4 || y > high && c.Y == high {
				left, right = min(left, c.X), max(right, c.X)
			}
		}
		if left > right {
			continue
		}
		from, to := min(left+inside, right), max(right-inside, left)
		if back {
			from, to = to, from
		}
		for i := range steps + 1 {
			share := softly(float64(i) / steps)
			hangs := int(bow * 4 * share * (1 - share))
			out = append(out, image.Pt(from+int(float64(to-from)*share), min(y, high)+hangs))
		}
		back = !back
	}
	return out
}

// Tap is where to tap on a card that is to be rubbed. All places are whole steps from the card's middle, such as the 8 px that
// an arrow key moves.
func Tap(keys scratch.Keys, sealed string, step int) ([]image.Point, error) {
	card, err := reveal(keys, sealed, scratch.Rub)
	if err != nil {
		return nil, err
	}
	var out []image.Point
	for _, cells := range card.Chickens {
		out = append(out, tap(cells, step)...)
	}
	return out, nil
}

// tap dabs where most is still covered, until three quarters are free.
func tap(cells []image.Point, step int) []image.Point {
	var out []image.Point
	left := cells
	for 4*len(left) > len(cells) {
		var best image.Point
		most := 0
		for _, near := range left {
			at := image.Pt(snap(near.X, scratch.Width/2, step), snap(near.Y, scratch.Height/2, step))
			if n := len(left) - len(without(left, at)); n > most {
				best, most = at, n
			}
		}
		if most == 0 {
			return out // steps too coarse: the test that asked for them will fail, and say so
		}
		out = append(out, best)
		left = without(left, best)
	}
	return out
}

func snap(v, middle, step int) int {
	return middle + int(math.Round(float64(v-middle)/float64(step)))*step
}

// without is the cells that a dab leaves covered.
func without(cells []image.Point, at image.Point) []image.Point {
	var out []image.Point
	for _, c := range cells {
		if d := c.Sub(at); d.X*d.X+d.Y*d.Y > scratch.Brush*scratch.Brush/4 {
			out = append(out, c)
		}
	}
	return out
}

// Pick is the numbers of the two chickens on a card that is to be marked, or of the two calls of one that is to be listened to.
func Pick(keys scratch.Keys, sealed string) ([]int, error) {
	card, err := keys.Reveal(sealed)
	if err == nil && card.Mode == scratch.Rub {
		err = errMode
	}
	if err != nil {
		return nil, err
	}
	var out []int
	for n := range scratch.Animals {
		if card.Picks>>n&1 == 1 {
			out = append(out, n+1)
		}
	}
	return out, nil
}

// From is the soonest moment at which an answer to a card counts: sooner is quicker than a person can be.
func From(keys scratch.Keys, sealed string) (time.Time, error) {
	card, err := keys.Reveal(sealed)
	return card.From, err
}

var errMode = errors.New("scratchtest: the card is not of that mode")

func reveal(keys scratch.Keys, sealed string, mode scratch.Mode) (scratch.Revealed, error) {
	card, err := keys.Reveal(sealed)
	if err == nil && card.Mode != mode {
		err = errMode
	}
	return card, err
}
