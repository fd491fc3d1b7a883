package scratch

import (
	"image/color"
	"math"
)

// palette is the colour of each tint of one animal.
type palette [tintCount]color.NRGBA

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

// plumage is a body colour with its light and dark shades. All birds draw from
// the same ones: colour must not tell a chicken from the others.
type plumage [3]uint32

var plumages = []plumage{
	{0xF3E7CF, 0xFDF6E6, 0xBBA47C}, // cream
	{0xF7F3EA, 0xFFFDF6, 0xC9C2B2}, // white
	{0xB4562B, 0xCF7742, 0x8C3D1C}, // red-brown
	{0x8A5A3A, 0xB07C54, 0x5B3A2A}, // brown
	{0x4A4D54, 0x6B6F78, 0x2E3036}, // black
	{0x8FA0AD, 0xB9C6CE, 0x5E6E7C}, // blue-grey
	{0xDDA24C, 0xF0C480, 0xA96F2A}, // buff
	{0xA3917A, 0xC7B79F, 0x77664F}, // dun
	{0x7C6A74, 0xA08E97, 0x54454E}, // lavender
}

func painted(p plumage) palette {
	var out palette
	out[body], out[light], out[dark] = rgb(p[0]), rgb(p[1]), rgb(p[2])
	out[face], out[trim] = out[body], out[light]
	out[leg], out[beak] = rgb(0xD98E1F), rgb(0xF0B032)
	out[comb], out[wattle] = rgb(0xD13A2C), rgb(0xD13A2C)
	out[white], out[black], out[blush] = rgb(0xFFF8E6), rgb(0x1F1A17), rgb(0xDDA79C)
	return out
}

func chickenPalette(s *stream) palette {
	p := painted(oneOf(s, plumages))
	red := rgb(oneOf(s, []uint32{0xD13A2C, 0xC8322B, 0xDE4A3A, 0xB93030}))
	p[comb], p[wattle] = red, red
	p[leg] = rgb(oneOf(s, []uint32{0xD98E1F, 0xC98C5A, 0x8B8577}))
	if s.chance(.3) { // the hackle of another colour
		p[dark] = rgb(oneOf(s, plumages)[2])
	}
	return p
}

func duckPalette(s *stream) palette {
	p := painted(oneOf(s, plumages))
	p[leg], p[beak] = rgb(0xE2831F), rgb(oneOf(s, []uint32{0xF0A52B, 0xE8B93A, 0xC9A53A}))
	p[trim] = p[body]
	if s.chance(.5) { // a drake
		p[face] = rgb(oneOf(s, []uint32{0x1F7358, 0x2A5C7A, 0x6B3F2A, 0x3E4A45}))
		p[trim] = rgb(0xFBF7EA)
	}
	return p
}

func turkeyPalette(s *stream) palette {
	p := painted(oneOf(s, plumages[2:]))
	p[trim] = rgb(oneOf(s, plumages)[0])
	p[light] = rgb(oneOf(s, []uint32{0xEAD9B8, 0xF3ECDC, 0xD8C39A}))
	p[face] = rgb(oneOf(s, []uint32{0x7FA7B8, 0xA3B8C6, 0x8FB0A8, 0xC98F86}))
	p[wattle], p[beak], p[leg] = rgb(0xCF3B31), rgb(0xE9B44A), rgb(0xC98C5A)
	return p
}

func pigeonPalette(s *stream) palette {
	p := painted(oneOf(s, plumages))
	p[trim] = rgb(oneOf(s, []uint32{0x4F7F77, 0x6C5F86, 0x3F6F8A, 0x8A6A74}))
	p[beak], p[leg] = rgb(oneOf(s, []uint32{0x3B3632, 0x6B5A50})), rgb(0xC8574B)
	p[blush] = rgb(0xF08A3C)
	return p
}

func goosePalette(s *stream) palette {
	p := painted(oneOf(s, plumages))
	p[leg], p[beak] = rgb(0xE2831F), rgb(oneOf(s, []uint32{0xF0952B, 0xE8A53A, 0x3A3836}))
	p[face] = rgb(oneOf(s, []uint32{0x2E2D2C, 0x4B3A30, 0x5E6E7C}))
	return p
}

func quailPalette(s *stream) palette {
	p := painted(oneOf(s, plumages[2:]))
	p[face] = rgb(oneOf(s, []uint32{0x2E2D2C, 0x4B3A30, 0x6B3F2A}))
	p[trim] = rgb(0xFBF3E0)
	p[beak], p[leg] = rgb(oneOf(s, []uint32{0x3B3632, 0xC79A4A})), rgb(0xB98A5A)
	return p
}

func pigPalette(s *stream) palette {
	p := painted(oneOf(s, []plumage{
		{0xEFB3A8, 0xF9CFC6, 0xD98F86}, {0xE9A7A0, 0xF6C6BE, 0xC97F7A},
		{0xD9A58C, 0xEBC4B0, 0xB37F66}, {0x8C7A74, 0xAB9A93, 0x665651},
	}))
	p[blush] = shade(p[body], 0, 1.25, .94)
	return p
}

func catPalette(s *stream) palette {
	p := painted(oneOf(s, []plumage{
		{0xE0A04A, 0xFBF0DA, 0xB97727}, {0x9A9490, 0xF0ECE6, 0x6B6561},
		{0x4A474A, 0xEDE6DC, 0x302D30}, {0xEFE3CE, 0xFFFAF0, 0xC2A883}, {0xA8774E, 0xF3E4CE, 0x7A5232},
	}))
	p[blush] = rgb(0xD08478)
	if p[body].R < 0x60 {
		p[black] = rgb(0x14110F)
	}
	return p
}

func rabbitPalette(s *stream) palette {
	p := painted(oneOf(s, []plumage{
		{0xA89B93, 0xF3ECE3, 0x857870}, {0xC9A37C, 0xF8EEDD, 0xA27F5A},
		{0xF1EBE2, 0xFFFFFF, 0xCFC5B8}, {0x6B5F5A, 0xD9CFC4, 0x4B423E}, {0x9A7458, 0xEFE0CE, 0x74543E},
	}))
	return p
}

func sheepPalette(s *stream) palette {
	p := painted(oneOf(s, []plumage{
		{0xF6F1E4, 0xFFFFFF, 0xDFD6C2}, {0xE6D9C0, 0xF6ECD8, 0xC8B895},
		{0x8A7F78, 0xA69B93, 0x6C625C}, {0xA98D6C, 0xC4AB8B, 0x84694B},
	}))
	p[face] = rgb(oneOf(s, []uint32{0x3D3630, 0x57493E, 0xCDB8A0}))
	return p
}

// shaded is the palette turned in hue (degrees), with its saturation and
// lightness multiplied. What must stay what it is, an eye, keeps its colour,
// and comb, wattle and beak follow at a third.
func (p palette) shaded(hue, saturation, lightness float64) palette {
	for t := range p {
		switch tint(t) {
		case white, black:
		case comb, wattle, beak, leg:
			p[t] = shade(p[t], hue/3, 1+(saturation-1)/3, 1+(lightness-1)/3)
		default:
			p[t] = shade(p[t], hue, saturation, lightness)
		}
	}
	return p
}

// shade turns and scales the colour's difference from grey.
func shade(c color.NRGBA, hue, saturation, lightness float64) color.NRGBA {
	r, g, b := float64(c.R), float64(c.G), float64(c.B)
	y := .299*r + .587*g + .114*b
	u, v := (b-y)*saturation, (r-y)*saturation
	sin, cos := math.Sincos(hue * math.Pi / 180)
	u, v = u*cos-v*sin, u*sin+v*cos
	y *= lightness
	r, b = y+v, y+u
	g = (y - .299*r - .114*b) / .587
	return color.NRGBA{clip(r), clip(g), clip(b), c.A}
}

// mix is the share t of b in a.
func mix(a, b color.NRGBA, t float64) color.NRGBA {
	m := func(x, y uint8) uint8 { return clip(float64(x) + (float64(y)-float64(x))*t) }
	return color.NRGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), m(a.A, b.A)}
}

func clip(v float64) uint8 { return uint8(min(max(math.Round(v), 0), 255)) }

// luma is how light a colour looks, 0 to 255.
func luma(c color.NRGBA) float64 {
	return .299*float64(c.R) + .587*float64(c.G) + .114*float64(c.B)
}

// faint tells whether the plumage would be lost on the ground.
func (p *palette) faint(ground color.NRGBA) bool {
	return math.Abs(luma(p[body])-luma(ground)) < 38
}
