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
	{0xC98A5E, 0xE6B48C, 0x8F5A38}, // salmon
	{0x5C6B5E, 0x86957F, 0x3C4A42}, // black with a green sheen
	{0xE9D5A6, 0xF8ECCB, 0xC0843E}, // wheat
	{0xD8CFC4, 0xF0EAE2, 0x4F4A4A}, // white with black
	{0xC2703E, 0xE3A36C, 0x3D3A3E}, // red with black
	{0x9A5348, 0xBE7D6C, 0x6B332E}, // mahogany
	{0x6F7F96, 0x9DACBF, 0x47546B}, // slate
}

// reds are the colours of combs, wattles and bare skin, of all birds alike: from
// scarlet to rose, dusky and mulberry.
var reds = []uint32{
	0xD13A2C, 0xC8322B, 0xDE4A3A, 0xB93030, 0xE0605A, 0xD96B4A, 0xA8434A, 0xC4707A, 0x9A4440, 0xB5655A, 0x8A4552, 0xE07F5C,
}

// horns are the colours of beaks, legs those of legs, the same for all birds.
var (
	horns  = []uint32{0xF0B032, 0xF0A52B, 0xE8B93A, 0xD9A86A, 0xC9A53A, 0xE8833A, 0xB99A72, 0x8B8577, 0x5A524C, 0xD9705A}
	legs   = []uint32{0xD98E1F, 0xE2831F, 0xC98C5A, 0x8B8577, 0xC8574B, 0xB98A5A, 0x6E7468, 0xE0A040}
	irises = []uint32{0xF0A83C, 0xE9C85A, 0xD9703A, 0xA9C0C4, 0xC9B48A}
)

func painted(p plumage) palette {
	var out palette
	out[body], out[light], out[dark] = rgb(p[0]), rgb(p[1]), rgb(p[2])
	out[face], out[trim] = out[body], out[light]
	out[white], out[black], out[blush] = rgb(0xFFF8E6), rgb(0x1F1A17), rgb(0xDDA79C)
	out[iris], out[straw], out[water] = rgb(0xE9C85A), rgb(0xD9B86A), rgb(0x9CC3D1)
	return out
}

// feathered is the palette of any bird: some in one colour, some with wings and
// tail of another, and red, legs and beak as it comes.
func feathered(s *stream, week []plumage) palette {
	p := painted(oneOf(s, week))
	if s.chance(.35) {
		p[dark] = rgb(oneOf(s, week)[2])
	}
	if s.chance(.4) {
		p[trim] = rgb(oneOf(s, week)[s.IntN(2)])
	}
	p[leg], p[beak] = rgb(oneOf(s, legs)), rgb(oneOf(s, horns))
	red := rgb(oneOf(s, reds))
	p[comb], p[wattle] = red, red
	p[iris] = rgb(oneOf(s, irises))
	p[straw] = rgb(oneOf(s, []uint32{0xD9B86A, 0xC7A05A, 0xE3CB8C}))
	return p
}

// apart is a red that can be seen on the plumage: the one there is, or the next
// in the list.
func apart(red int, from color.NRGBA) color.NRGBA {
	for i := range reds {
		c := rgb(reds[(red+i)%len(reds)])
		r, g, b := float64(c.R)-float64(from.R), float64(c.G)-float64(from.G), float64(c.B)-float64(from.B)
		if r*r+g*g+b*b > 84*84 && math.Abs(luma(c)-luma(from)) > 28 {
			return c
		}
	}
	return rgb(0xF0A090)
}

func chickenPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	p[comb] = apart(s.IntN(len(reds)), p[body])
	p[wattle] = p[comb]
	if s.chance(.2) {
		p[wattle] = shade(p[comb], 6, 1, 1.1)
	}
	return p
}

func duckPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	if s.chance(.5) { // a drake
		p[face] = rgb(oneOf(s, []uint32{0x1F7358, 0x2A5C7A, 0x6B3F2A, 0x3E4A45, 0x8A4A30, 0x54476B}))
		p[trim] = rgb(0xFBF7EA)
	}
	return p
}

func turkeyPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	p[trim] = rgb(oneOf(s, week)[0])
	p[light] = rgb(oneOf(s, []uint32{0xEAD9B8, 0xF3ECDC, 0xD8C39A, 0xC98A5E}))
	p[face] = rgb(oneOf(s, []uint32{0x7FA7B8, 0xA3B8C6, 0x8FB0A8, 0xC98F86, 0x8C9CB4, 0xB9A0B4}))
	return p
}

func pigeonPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	if s.chance(.7) {
		p[trim] = rgb(oneOf(s, []uint32{0x4F7F77, 0x6C5F86, 0x3F6F8A, 0x8A6A74, 0xA86A5E, 0xC4848A}))
	}
	return p
}

func goosePalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	p[face] = rgb(oneOf(s, []uint32{0x2E2D2C, 0x4B3A30, 0x5E6E7C, 0xF3ECDC, 0x8C5A3C}))
	return p
}

func quailPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	p[face] = rgb(oneOf(s, []uint32{0x2E2D2C, 0x4B3A30, 0x6B3F2A, 0xA85A34, 0x5E6E7C}))
	p[trim] = rgb(0xFBF3E0)
	return p
}

func pheasantPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	p[face] = rgb(oneOf(s, []uint32{0x1F6358, 0x2A4C6A, 0x3E3A55, 0x8A5A3A, 0xDDA24C, 0xE9D5A6}))
	if s.chance(.5) {
		p[trim] = rgb(0xFBF7EA)
	}
	return p
}

func crowPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	if s.chance(.4) {
		p = painted(plumages[4])
		p[leg], p[beak] = rgb(0x4A4642), rgb(oneOf(s, horns))
		p[iris] = rgb(oneOf(s, irises))
	}
	p[face] = rgb(oneOf(s, []uint32{0x3A3C42, 0x2E3036, 0x8FA0AD, 0x9A5348, 0xF3ECDC}))
	p[trim] = rgb(oneOf(s, []uint32{0xFBF7EA, 0xD8CFC4, 0x8FA0AD}))
	return p
}

func parrotPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	if s.chance(.6) {
		out := painted(oneOf(s, []plumage{
			{0x7FA35A, 0xB9CC84, 0x4F7A4A}, {0xC8483C, 0xE48468, 0x93302E}, {0x4F8AA6, 0x8FBBCB, 0x36627F},
			{0xE3B84C, 0xF4DC94, 0xB9862E}, {0x8A8F98, 0xB9BDC2, 0x5E636B},
		}))
		out[leg], out[beak], out[wattle], out[iris] = p[leg], p[beak], p[wattle], p[iris]
		p = out
		p[trim] = rgb(oneOf(s, []uint32{0xE3B84C, 0xC8483C, 0x4F8AA6, 0x7FA35A}))
	}
	p[face] = mix(p[trim], p[light], .3)
	p[blush] = rgb(oneOf(s, []uint32{0xE07F5C, 0xD9605A, 0xE3B84C}))
	return p
}

func owlPalette(s *stream, week []plumage) palette {
	p := feathered(s, week)
	p[iris] = rgb(oneOf(s, []uint32{0xF0A83C, 0xE9C85A, 0xD9703A}))
	return p
}

func pigPalette(s *stream, _ []plumage) palette {
	p := painted(oneOf(s, []plumage{
		{0xEFB3A8, 0xF9CFC6, 0xD98F86}, {0xE9A7A0, 0xF6C6BE, 0xC97F7A},
		{0xD9A58C, 0xEBC4B0, 0xB37F66}, {0x8C7A74, 0xAB9A93, 0x665651}, {0xC98A6A, 0xE2B090, 0x9A6046},
	}))
	p[blush] = shade(p[body], 0, 1.25, .94)
	return p
}

func catPalette(s *stream, _ []plumage) palette {
	p := painted(oneOf(s, []plumage{
		{0xE0A04A, 0xFBF0DA, 0xB97727}, {0x9A9490, 0xF0ECE6, 0x6B6561}, {0xC98A6A, 0xF8E6D4, 0x94583C},
		{0x4A474A, 0xEDE6DC, 0x302D30}, {0xEFE3CE, 0xFFFAF0, 0xC2A883}, {0xA8774E, 0xF3E4CE, 0x7A5232},
	}))
	p[blush] = rgb(0xD08478)
	p[iris] = rgb(oneOf(s, []uint32{0x9CBF6A, 0xE9C85A, 0x8FB9C9}))
	if p[body].R < 0x60 {
		p[black] = rgb(0x14110F)
	}
	return p
}

func rabbitPalette(s *stream, _ []plumage) palette {
	return painted(oneOf(s, []plumage{
		{0xA89B93, 0xF3ECE3, 0x857870}, {0xC9A37C, 0xF8EEDD, 0xA27F5A}, {0xD9B48C, 0xFBF3E6, 0xB08A60},
		{0xF1EBE2, 0xFFFFFF, 0xCFC5B8}, {0x6B5F5A, 0xD9CFC4, 0x4B423E}, {0x9A7458, 0xEFE0CE, 0x74543E},
	}))
}

func sheepPalette(s *stream, _ []plumage) palette {
	p := painted(oneOf(s, []plumage{
		{0xF6F1E4, 0xFFFFFF, 0xDFD6C2}, {0xE6D9C0, 0xF6ECD8, 0xC8B895},
		{0x8A7F78, 0xA69B93, 0x6C625C}, {0xA98D6C, 0xC4AB8B, 0x84694B},
	}))
	p[face] = rgb(oneOf(s, []uint32{0x3D3630, 0x57493E, 0xCDB8A0, 0xE3C9B4}))
	return p
}

func hedgehogPalette(s *stream, _ []plumage) palette {
	return painted(oneOf(s, []plumage{
		{0xE3C39A, 0xF3DDBB, 0x7A5A42}, {0xD9B08A, 0xEED0B0, 0x5A463A}, {0xE9D2B4, 0xF8E9D2, 0x8C7A6A}, {0xC99A72, 0xE3BE98, 0x6B4A3E},
	}))
}

func dogPalette(s *stream, _ []plumage) palette {
	p := painted(oneOf(s, []plumage{
		{0xC9935A, 0xF3E0C0, 0x8A5A34}, {0xE6D3B0, 0xFBF3E2, 0xB58A58}, {0x5A5350, 0xE3D6C6, 0x38322F},
		{0xF3EDE2, 0xFFFFFF, 0x8C6A4E}, {0xA05A38, 0xEFD2B4, 0x6B3A26}, {0x8F949A, 0xE9E6E0, 0x5C6066},
	}))
	p[trim] = rgb(oneOf(s, []uint32{0xC8483C, 0x3F7A8A, 0xE3B84C, 0x5A7F4A, 0x8A5A8C}))
	p[blush] = rgb(0xD9807A)
	return p
}

// shaded is the palette turned in hue (degrees), with its saturation and
// lightness multiplied. What must stay what it is, an eye, keeps its colour,
// and comb, wattle and beak follow at a third.
func (p palette) shaded(hue, saturation, lightness float64) palette {
	for t := range p {
		switch tint(t) {
		case white, black, straw, water:
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
func (p *palette) faint(y *yard) bool {
	l := luma(p[body])
	return math.Abs(l-luma(y.middle)) < 42 || math.Abs(l-luma(y.top)) < 30 || math.Abs(l-luma(y.bottom)) < 30
}
