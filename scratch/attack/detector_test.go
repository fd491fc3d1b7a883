package main

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twohens/scratch"
)

// toy are pictures of noise in which one of six squares is bright, and which one.
func toy(r *rand.Rand, n int) (pictures [][]float32, bright []int) {
	for range n {
		p := noise(r, 12*8*1)
		at := r.IntN(6)
		for y := range 4 {
			for x := range 4 {
				p[(at/3*4+y)*12+at%3*4+x] += 3
			}
		}
		pictures, bright = append(pictures, p), append(bright, at)
	}
	return pictures, bright
}

// largestAt is the place where the net's first channel is largest.
func largestAt(out []float32) int {
	best := 0
	for i := 0; i < len(out); i += lanes {
		if out[i] > out[best] {
			best = i
		}
	}
	return best / lanes
}

// A net learns from 64 toy pictures what makes it right on others.
func TestNetLearnsAToy(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	n := newNet(r, 12, 8,
		layer{in: 1, out: 16, kernel: 3, stride: 2, dilation: 1, pad: 1, rectified: true},
		layer{in: 16, out: 16, kernel: 2, stride: 2, dilation: 1, rectified: true},
		layer{in: 16, out: 16, kernel: 1, stride: 1, dilation: 1})
	p := n.newPass()
	right := func() (sum int) {
		pictures, bright := toy(rand.New(rand.NewPCG(7, 8)), 200)
		for i := range pictures {
			if largestAt(p.forward(pictures[i])) == bright[i] {
				sum++
			}
		}
		return sum
	}
	if before := right(); before > 120 {
		t.Errorf("right on %d of 200 before learning: the toy is none", before)
	}
	pictures, bright := toy(r, 64)
	a := newAdam(n)
	slope := make([]float32, 6*lanes)
	for step := range 400 {
		clear(p.gradient)
		for i := range 8 {
			k := (step*8 + i) % len(pictures)
			out := p.forward(pictures[k])
			clear(slope)
			scores, q := make([]float32, 6), make([]float32, 6)
			for j := range scores {
				scores[j] = out[j*lanes]
			}
			softmax(q, scores)
			q[bright[k]]--
			for j := range q {
				slope[j*lanes] = q[j] / 8
			}
			p.backward(slope)
		}
		a.step(n.weights, p.gradient, 3e-3, 0)
	}
	if after := right(); after < 190 {
		t.Errorf("right on %d of 200 after learning", after)
	}
}

// The views of a card and of its mirror image, and the labels with them, belong together: a detector learns a handful of
// cards by heart.
func TestDetectorLearnsByHeart(t *testing.T) {
	d, err := newDesk(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := newClasses()
	samples, err := collect(c, []*desk{d}, 2, scratch.Rub)
	if err != nil {
		t.Fatal(err)
	}
	det := newDetector(rand.New(rand.NewPCG(1, 2)), c.count())
	a := newAdam(det.net)
	first, last := 0., 0.
	for step := range 12 {
		clear(det.passes[0].gradient)
		last = 0
		for i := range samples {
			how := plainly()
			if step%2 == 1 {
				how.a = -1
			}
			last += det.learn(0, &samples[i], how)
		}
		if step == 0 {
			first = last
		}
		a.step(det.weights, det.passes[0].gradient, 3e-3, 0)
	}
	if last > .8*first {
		t.Errorf("the loss went from %.3f to %.3f", first, last)
	}
}

// A sight that knows what is on a card finds the chickens, by place and by number, and passes.
func TestPerfectSightPasses(t *testing.T) {
	d, err := newDesk(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []scratch.Mode{scratch.Rub, scratch.Pick} {
		passed := 0
		const tries = 10
		for i := range tries {
			sealed, _, animals, err := d.sample(m)
			if err != nil {
				t.Fatal(err)
			}
			c := newClasses()
			s := sightOf(sample{class: label(animals, c)}, c.count())
			answer := scratch.Answer{Picks: s.numbers()}
			if m == scratch.Rub {
				found := s.find()
				answer = scratch.Answer{Trace: machineHand(uint64(i)).Rub(rand.New(rand.NewPCG(1, uint64(i))), found[:]...)}
			}
			v, err := d.judge(sealed, answer)
			if err != nil {
				t.Fatal(err)
			}
			if v.Result == scratch.Pass {
				passed++
			}
		}
		if passed < tries*9/10 {
			t.Errorf("mode %d: %d of %d pass", m, passed, tries)
		}
	}
}

// sightOf is how a faultless detector would see a card.
func sightOf(s sample, classes int) *sight {
	var out sight
	how := plainly()
	for y := range squaresH {
		for x := range squaresW {
			out[y][x] = make([]float32, classes)
			out[y][x][how.classAt(&s, x, y)] = 1
		}
	}
	return &out
}

// What a distortion shows and what it says is there are moved alike.
func TestDistortionMovesLabelsAlong(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	s := sample{view: make([]uint8, viewW*viewH*viewChannels), class: make([]uint8, maskW*maskH)}
	box := image.Rect(80, 60, 160, 140) // CSS pixels
	for y := range viewH {
		for x := range viewW {
			if image.Pt(x*4/3, y*4/3).In(box) {
				s.view[(y*viewW+x)*viewChannels] = 255
			}
		}
	}
	for y := range maskH {
		for x := range maskW {
			if image.Pt(x*maskCell, y*maskCell).In(box) {
				s.class[y*maskW+x] = chicken
			}
		}
	}
	wrong, all := 0, 0
	seen := make([]float32, len(s.view))
	for range 20 {
		how := newDistortion(r)
		how.gain, how.lift = 1, 0
		how.see(seen, &s)
		for y := range squaresH {
			for x := range squaresW {
				class := how.classAt(&s, x, y)
				if class == beyond {
					continue
				}
				all++
				bright := seen[((y*6+3)*viewW+x*6+3)*viewChannels] > 0
				if bright != (class == chicken) {
					wrong++
				}
			}
		}
	}
	if wrong > all/50 {
		t.Errorf("%d of %d squares are not what is shown there", wrong, all)
	}
}

// Nothing forged passes, and of a thousand at once exactly one does: the tool ends with an error otherwise.
func TestForge(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"forge", "-markdown"}, &out, &bytes.Buffer{}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if n := strings.Count(out.String(), "| at once: "); n != 5 {
		t.Errorf("%d rows of a thousand at once", n)
	}
}

func TestBlind(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"blind", "-tries", "10"}, &out, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"everything", "1 in 36", "1 in 28", "all nine animals"} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("no row %q", s)
		}
	}
}

// Tables go between their marks, and nothing else of the document changes.
func TestInto(t *testing.T) {
	name := filepath.Join(t.TempDir(), "strength.md")
	const before, after = "# Strength\n\n<!-- begin blind -->\n", "<!-- end blind -->\n\nThe rest.\n"
	if err := os.WriteFile(name, []byte(before+"What was found before.\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := run([]string{"blind", "-tries", "2", "-into", name}, &bytes.Buffer{}, &bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(got)
	kept := strings.HasPrefix(text, before) && strings.HasSuffix(text, after)
	if !kept || strings.Contains(text, "found before") || strings.Count(text, "| everything |") != 1 {
		t.Errorf("the document is now:\n%s", text)
	}
	err = run([]string{"hands", "-into", name}, &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "no mark") {
		t.Errorf("a document without the marks: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for _, args := range []string{
		"", "fly", "blind -tries 0", "learn -sizes none", "learn -sizes 0", "learn -styles 1", "forge more", "blind -cards x",
	} {
		if err := run(strings.Fields(args), &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}
