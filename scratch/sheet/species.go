package main

import (
	"crypto/sha256"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"twohens/scratch"
)

// species is a sheet of every species in every stance, each with its name, or of
// the one named, so many rounds of it. first decides how they look.
func species(across, side int, first uint32, only string, rounds int) *image.RGBA {
	var pictures []image.Image
	var names [][2]string
	for k := scratch.Species(0); k.Stances() != nil; k++ {
		if only != "" && only != k.String() {
			continue
		}
		for i := range rounds * len(k.Stances()) {
			stance := i % len(k.Stances())
			name := k.Stances()[stance]
			n := first + uint32(len(pictures))
			secret := sha256.Sum256(binary.BigEndian.AppendUint32([]byte("species"), n))
			pictures = append(pictures, scratch.Portrait(k, stance, secret[:], n, side))
			names = append(names, [2]string{k.String(), name})
		}
	}
	const gap, line = 6, 13
	w, h := side+gap, side+2*line+gap
	out := image.NewRGBA(image.Rect(0, 0, w*across+gap, h*((len(pictures)+across-1)/across)+gap))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	for i, m := range pictures {
		at := image.Pt(gap+i%across*w, gap+i/across*h)
		draw.Draw(out, m.Bounds().Add(at), m, image.Point{}, draw.Src)
		for j, name := range names[i] {
			text := font.Drawer{Dst: out, Src: image.NewUniform(color.NRGBA{0x14, 0x26, 0x1F, 255}), Face: basicfont.Face7x13}
			text.Dot = fixed.P(at.X+2, at.Y+side+line*(j+1)-2)
			text.DrawString(name)
		}
	}
	for i := range out.Pix { // fewer colours, a smaller file
		out.Pix[i] |= 7
	}
	return out
}
