package scratch

import (
	"image"
	"image/color"
	"math"
	"sync"
)

// The cover is made from averages over squares this large, in CSS pixels: an
// animal is about four of them wide. It shows that something is there, not
// what.
const (
	coarseColumns = 24
	coarseRows    = 15
	coarseCell    = float64(Width) / coarseColumns
	foilStrength  = .54
	weaveStrength = .34
)

// foil is the sheen of a cover: colours along its slope.
type foil []color.NRGBA

var foils = []foil{
	{rgb(0x9DB4AD), rgb(0xCBD9D4), rgb(0xE9F1EE), rgb(0xBFD0CA), rgb(0x96AEA6), rgb(0xD9E5E1), rgb(0xA6BCB5)}, // egg blue
	{rgb(0xA5AFB9), rgb(0xD0D8DF), rgb(0xEDF2F5), rgb(0xC3CDD6), rgb(0x9EA9B5), rgb(0xDCE4EA), rgb(0xAAB5C0)}, // silver
	{rgb(0xB7AE96), rgb(0xDDD5BF), rgb(0xF4EFDF), rgb(0xCFC6AE), rgb(0xAFA58C), rgb(0xE6DFCB), rgb(0xBBB299)}, // straw
}

// stops is where along the slope the seven colours of a foil sit.
var stops = [7]float64{0, .2, .34, .46, .66, .82, 1}

func (f foil) at(t float64) color.NRGBA {
	for i := 1; i < len(stops); i++ {
		if t <= stops[i] {
			return mix(f[i-1], f[i], (t-stops[i-1])/(stops[i]-stops[i-1]))
		}
	}
	return f[len(f)-1]
}

// weave is how strongly each pixel of a cover shows the honeycomb of thin
// light lines that lies over every foil.
var weave = sync.OnceValue(func() *image.Alpha {
	on := image.NewAlpha(image.Rect(0, 0, across, down))
	var lines []polygon
	const w, h = 12., 20.8
	for y := 0.; y < Height; y += h {
		for x := 0.; x < Width; x += w {
			lines = append(lines,
				polygon{points: []point{{x + 6, y}, {x + 6, y + 3.5}, {x, y + 6.9}, {x, y + 13.9}, {x + 6, y + 17.3}, {x + 6, y + 20.8}}},
				polygon{points: []point{{x + 6, y + 3.5}, {x + 12, y + 6.9}}},
				polygon{points: []point{{x + 12, y + 13.9}, {x + 6, y + 17.3}}},
			)
		}
	}
	p := pen{on: on, scale: sharpness}
	p.stroke(lines, .9, color.NRGBA{A: 255})
	return on
})

// cover is the frosted layer that the person rubs away.
func (c *card) cover() *image.RGBA {
	on := image.NewRGBA(image.Rect(0, 0, across, down))
	frost(on, c.coarse())
	c.style.foil.lay(on)
	return on
}

// spline is the weights of the four squares around a place between two of
// them: a cubic B-spline, which is smoother than the squares it runs through.
func spline(t float32) [4]float32 {
	u := 1 - t
	return [4]float32{u * u * u / 6, (3*t*t*t - 6*t*t + 4) / 6, (3*u*u*u - 6*u*u + 4) / 6, t * t * t / 6}
}

// taps is, for each pixel of a line, the first of its four squares and weights.
func taps(pixels, squares int) (first []int, weights [][4]float32) {
	for i := range pixels {
		at := (float64(i)+.5)*float64(squares)/float64(pixels) - .5
		floor := math.Floor(at)
		first = append(first, int(floor)-1)
		weights = append(weights, spline(float32(at-floor)))
	}
	return first, weights
}

// frost spreads the averages over the picture, a little greyer than they were.
func frost(on *image.RGBA, coarse [coarseRows][coarseColumns][3]float32) {
	firstX, weightX := taps(across, coarseColumns)
	firstY, weightY := taps(down, coarseRows)
	var wide [coarseRows][across][3]float32
	for y := range coarse {
		for x := range across {
			for i, w := range weightX[x] {
				from := &coarse[y][min(max(firstX[x]+i, 0), coarseColumns-1)]
				for k := range from {
					wide[y][x][k] += w * from[k]
				}
			}
		}
	}
	const keep = .62 // of the saturation: a pig is pink, a comb is red
	for y := range down {
		var from [4]*[across][3]float32
		for i := range from {
			from[i] = &wide[min(max(firstY[y]+i, 0), coarseRows-1)]
		}
		w := weightY[y]
		line := on.Pix[y*on.Stride : y*on.Stride+4*across]
		for x := range across {
			var v [3]float32
			for k := range v {
				v[k] = w[0]*from[0][x][k] + w[1]*from[1][x][k] + w[2]*from[2][x][k] + w[3]*from[3][x][k]
			}
			grey := .299*v[0] + .587*v[1] + .114*v[2]
			for k := range v {
				line[4*x+k] = uint8(grey + (v[k]-grey)*keep)
			}
			line[4*x+3] = 255
		}
	}
}

// lay puts the foil's sheen and the weave over the picture.
func (f foil) lay(on *image.RGBA) {
	const slopeX, slopeY = 1 / (1 + .62*.62) / float64(across), .62 / (1 + .62*.62) / float64(down)
	var sheen [1024][3]uint32
	for i := range sheen {
		c := f.at(float64(i) / float64(len(sheen)-1))
		sheen[i] = [3]uint32{uint32(c.R), uint32(c.G), uint32(c.B)}
	}
	const of = 256
	foilShare := uint32(math.Round(foilStrength * of))
	mesh := weave()
	for y := range down {
		line := on.Pix[y*on.Stride : y*on.Stride+4*across]
		thread := mesh.Pix[y*mesh.Stride : y*mesh.Stride+across]
		for x := range across {
			t := (float64(x)*slopeX + float64(y)*slopeY) * float64(len(sheen)-1)
			s := &sheen[min(int(t), len(sheen)-1)]
			light := uint32(float64(thread[x]) * weaveStrength)
			for k := range s {
				v := (uint32(line[4*x+k])*(of-foilShare) + s[k]*foilShare) / of
				line[4*x+k] = uint8((v*(255-light) + 255*light) / 255)
			}
		}
	}
}
