package scratch

import (
	"image/color"
	"math"
)

// yard is the ground the animals stand on, and what lies about on it.
type yard struct {
	top, middle, bottom color.NRGBA
	pattern             pattern
	strength            float64 // of the pattern, a share of white or of the shadow
	period              float64 // CSS px
	phase               float64
	shadow              color.NRGBA // what an animal casts
	grass, petals       []color.NRGBA
	straw, stone        color.NRGBA
	kinds               []int // of the pieces, those of this week
}

// pattern is what a ground is made of.
type pattern uint8

const (
	slope   pattern = iota // three colours, one into the other
	hills                  // rounded backs, one behind the other
	checks                 // a cloth
	stripes                // boards
	furrows                // a ploughed field
	patternCount
)

var grounds = [][3]uint32{
	{0xE3EBC9, 0xEFE9CC, 0xF1E3BE}, // meadow to sand
	{0xDDEBD8, 0xE8EDD0, 0xEDE6C4}, // spring
	{0xF0E8CF, 0xF1E3C0, 0xE9D6AE}, // straw
	{0xD9E8E2, 0xE6EBDA, 0xEEE6CB}, // dew
	{0xEBE3D4, 0xEDE4CC, 0xE2DDBB}, // dust
	{0xE4ECF1, 0xF1F5F7, 0xDFE8EE}, // snow
	{0xBFD6E0, 0xD3E2E0, 0xE2E6D2}, // morning
	{0xB4CC9F, 0xBFD2A0, 0xCFD9A8}, // sage
	{0x8FAE7C, 0x9BB581, 0xAABD87}, // pasture
	{0xE6CBAE, 0xEAD5BA, 0xE2C6A4}, // clay
	{0xF2D8CF, 0xF5E4D8, 0xEFD9C4}, // blush
	{0xD9D0E3, 0xE4DCE6, 0xE9DEDA}, // heather
	{0x8C87A8, 0xA896AC, 0xC9A9A6}, // dusk
	{0x5F7F80, 0x6D8C87, 0x829C8E}, // lagoon
	{0x46586C, 0x546A78, 0x647D80}, // night
	{0x6B7A55, 0x78875C, 0x8A9566}, // moss
	{0x7A5F66, 0x8C6E70, 0xA1827A}, // plum
}

func newYard(s *stream) yard {
	g := oneOf(s, grounds)
	turn, strong := s.within(-8, 8), s.within(.85, 1.2)
	t := func(hex uint32) color.NRGBA { return shade(rgb(hex), turn, strong, 1) }
	y := yard{
		top: t(g[0]), middle: t(g[1]), bottom: t(g[2]),
		pattern: pattern(s.IntN(int(patternCount))), strength: s.within(.1, .2), period: s.within(18, 44), phase: s.within(0, 6),
	}
	y.shadow = mix(y.middle, rgb(0x1D2430), .24)
	near := func(hex uint32) color.NRGBA { return mix(t(hex), y.middle, .18) }
	y.straw, y.stone = near(0xC7A85C), near(0xB9B2A0)
	y.grass = []color.NRGBA{near(0x86A668), near(0x9DB67A), near(0xAFC18A)}
	if luma(y.middle) < 150 {
		y.grass = []color.NRGBA{mix(y.middle, rgb(0xC9DB9A), .4), mix(y.middle, rgb(0xA9C68A), .5), mix(y.middle, rgb(0xE0E6B4), .3)}
	} else if luma(y.middle) < 205 {
		y.grass = []color.NRGBA{mix(y.middle, rgb(0x4F7A3E), .4), mix(y.middle, rgb(0x3F6F45), .3), mix(y.middle, rgb(0xEAF2C0), .4)}
	}
	all := []uint32{0xDDA0A0, 0xE9B94C, 0xF7F2E2, 0xB9A3D0, 0xE8906A, 0x9DB8DC, 0xD95B4E, 0xC9466A}
	for _, i := range s.Perm(len(all))[:4] {
		y.petals = append(y.petals, mix(rgb(all[i]), y.middle, .1))
	}
	y.kinds = append([]int{tuft}, s.Perm(len(things))[:8]...)
	return y
}

// lay fills the canvas with the ground, a slope of three colours with the
// pattern in it.
func (y *yard) lay(on *canvas) {
	clear(on.painted[:])
	scale := float64(on.width) / Width
	wave := y.wave(on.width, scale)
	for row := range on.height {
		at := float64(row) / float64(on.height)
		c := mix(y.top, y.middle, at/.55)
		if at > .55 {
			c = mix(y.middle, y.bottom, (at-.55)/.45)
		}
		line := on.pixels[row*on.width : (row+1)*on.width]
		blend(line, pixel(c), 256)
		if y.pattern != slope {
			y.layPattern(line, c, float64(row)/scale, wave)
			on.touch(row, 0, on.width)
		}
	}
}

// wholeTurn is one turn of a pattern, so that a uint16 wraps as the pattern does.
const wholeTurn = 1 << 16

// wave is, for each column, how far the pattern is along there. A slope has none.
func (y *yard) wave(wide int, scale float64) []int32 {
	if y.pattern == slope {
		return nil
	}
	out := make([]int32, wide)
	for i := range out {
		x := float64(i) / scale
		var at float64
		switch y.pattern {
		case hills:
			at = (9*math.Sin(x/43+y.phase) + 5*math.Sin(x/19+2*y.phase)) / (2 * y.period)
		case furrows:
			at = 3 * math.Sin(x/52+y.phase) / (.6 * y.period)
		default:
			at = (x/y.period + y.phase) / 2
		}
		out[i] = int32(at * wholeTurn)
	}
	return out
}

// layPattern paints a line of the pattern over the ground's colour c; at is the
// line's height in CSS px.
func (y *yard) layPattern(line []uint32, c color.NRGBA, at float64, wave []int32) {
	pale, deep := pixel(mix(c, rgb(0xFFFFFF), y.strength*1.3)), pixel(mix(c, y.shadow, y.strength*1.2))
	switch y.pattern {
	case checks, stripes:
		from := int32(0)
		if y.pattern == checks && math.Mod(at/y.period+y.phase, 2) < 1 {
			from = wholeTurn / 2
		}
		for i, w := range wave {
			if uint16(w+from) < wholeTurn/2 {
				line[i] = pale
			}
		}
	case hills: // how deep below the nearest back
		base, steep := int32(at/(2*y.period)*wholeTurn), int32((.6+at/160)*256)
		lip := int32(wholeTurn * 1.5 / (2 * y.period))
		var shades [257]uint32
		for i := range shades {
			shades[i] = pale
			blend(shades[i:i+1], deep, uint32(i))
		}
		for i, w := range wave {
			d := int32(uint16(base + w*steep>>8))
			if d > wholeTurn-lip {
				d = (wholeTurn - d) * (wholeTurn / lip) // a soft edge
			}
			line[i] = shades[min(d>>8, 256)]
		}
	case furrows:
		base := int32(at / (.6 * y.period) * wholeTurn)
		width := uint16(float64(wholeTurn) * 1.8 / (.6 * y.period))
		for i, w := range wave {
			if uint16(base+w) < width {
				line[i] = deep
			}
		}
	}
}

// piece is one thing lying about.
type piece struct {
	kind int
	at   point
	size float64
	turn float64
	inks [3]color.NRGBA
}

// thing is a kind of piece: its shapes in CSS px about its middle, painted in
// the piece's three inks (body, light, dark).
type thing struct {
	upright bool // stands, so it never lies on its side
	parts   []part
	inks    func(y *yard, s *stream) [3]color.NRGBA
}

const tuft = 0

var things = []thing{
	{true, []part{line(body, 1.6, "M0 0Q-2-4-5-7M0 0Q.5-5 1-9M0 0Q3-4 6-6")}, grassy},
	{false, []part{fill(body, "O2.4 0 1.8 1.8O.7 2.3 1.8 1.8O-1.9 1.4 1.8 1.8O-1.9-1.4 1.8 1.8O.7-2.3 1.8 1.8"), fill(light, "O0 0 1.4 1.4")}, flowery},
	{false, []part{line(body, 1.4, "M-4 .6L1.5-.6M-1 3L3.5 3.6M.5-2L4-4")}, strawy},
	{false, []part{fill(body, "O0 0 3.6 2.5"), fill(light, "O-.8-.7 1.6 .9")}, stony},
	{false, []part{fill(body, "M-5.5 0C-2-4 2-4 5.5 0 2 3.4-2 3.4-5.5 0z"), line(light, .7, "M-5 0H4")}, grassy},
	{false, []part{fill(body, "O0 0 .95 .95O3.6 1.4 .95 .95O-2.4 2.8 .95 .95O1.2 4.4 .95 .95")}, strawy},
	{false, []part{fill(body, "M-7 3C-5-1 0-5 7-5 6-1 2 3-5 3.5z"), line(light, .8, "M-8 4L4-3")}, downy},
	{true, []part{fill(body, "M0-4.5C2.6-4.5 4-.5 4 1.5 4 4 2.2 5 0 5S-4 4-4 1.5C-4-.5-2.6-4.5 0-4.5z"), fill(light, "O-1.2-1 1 1.6")}, eggy},
	{false, []part{fill(dark, "M-6-2C-3-5 2-4 3-3L3 3C2 4-3 5-6 2z"), fill(body, "M-2-2.800C2-4 7-2 7.5 0 7 2 2 4-2 2.800z"), line(light, .7, "M0-2.5V2.5M2.5-2.5V2.5M5-2V2")}, corny},
	{true, []part{fill(light, "M-1.5 0L-2 5C-1 6 1 6 2 5L1.5 0z"), fill(body, "M-5 .5C-5-4 5-4 5 .5 2 1.6-2 1.6-5 .5z"), fill(dark, "O-2-1.5 .8 .6O1.5-2 .8 .6O2.5-.2 .6 .5")}, cappy},
	{true, []part{line(dark, .8, "M0 5Q.5 0-2-3M0 3Q2 0 3-2"), fill(body, "O-2-3.5 2 2O3-2 1.8 1.800O.2 .4 1.7 1.7"), fill(light, "O-2.6-4.1 .6 .6O2.4-2.6 .5 .5")}, berried},
	{true, []part{line(dark, .9, "M0 7Q1 3 0 0"), fill(body, "O-2 0 2.4 2.200O2 0 2.4 2.200O0-1.6 2.4 2.200O0 1 2.2 1.8"), fill(light, "O0 0 1.1 1.1")}, poppied},
	{true, []part{fill(body, "M-9 0C-9-2.5-3-3.5 1-3 6-3.5 9-1.5 9 0 9 2 4 3 0 2.6-5 3-9 2-9 0z"), line(light, .8, "M-4-.4C-2-1.2 1-1.2 3-.6")}, wet},
	{false, []part{line(body, .9, "M0 3V-3M0 0L-2.6-2.5M0 0L2.6-2.5M7 8V2M7 5L4.4 2.5M7 5L9.6 2.5")}, trodden},
	{false, []part{fill(body, "O-1.8-1.2 1.9 1.700O1.8-1.2 1.9 1.700O0 1.6 1.9 1.7"), line(body, .8, "M0 1Q1 4 3 6")}, grassy},
	{true, []part{line(body, 1.5, "M-6-4V5M0-4.5V5M6-4V5"), line(light, 1.3, "M-9-1.5H9M-9 2H9")}, fenced},
	{false, []part{line(body, 1.2, "M-6 2Q0-1 6-1M-1 .2L2-4M2-.6L5 2")}, barky},
	{true, []part{fill(dark, "M-2.6-1C-3-3.5 3-3.5 2.6-1z"), fill(body, "M-2.5-1H2.5C2.8 2 1 4 0 4.6-1 4-2.8 2-2.5-1z"), line(dark, .8, "M0-2.800V-4")}, barky},
}

func alike(c color.NRGBA) [3]color.NRGBA {
	return [3]color.NRGBA{c, mix(c, rgb(0xFFFFFF), .35), mix(c, rgb(0x241C18), .3)}
}

// muted is a colour a little like the ground, so that what lies about stays calm.
func (y *yard) muted(s *stream, hexes ...uint32) color.NRGBA {
	return mix(rgb(oneOf(s, hexes)), y.middle, .22)
}

func grassy(y *yard, s *stream) [3]color.NRGBA { return alike(oneOf(s, y.grass)) }
func strawy(y *yard, _ *stream) [3]color.NRGBA { return alike(y.straw) }
func stony(y *yard, s *stream) [3]color.NRGBA {
	return alike(mix(y.stone, y.muted(s, 0x9AA3A8, 0xB9A58F, 0xC9C2AE), .5))
}
func flowery(y *yard, s *stream) [3]color.NRGBA {
	return [3]color.NRGBA{oneOf(s, y.petals), y.muted(s, 0xB97F2A, 0xF2D27A), y.grass[0]}
}
func downy(y *yard, s *stream) [3]color.NRGBA {
	c := alike(y.muted(s, 0xF7F3EA, 0xB4562B, 0x8FA0AD, 0x6B6F78, 0xDDA24C))
	return [3]color.NRGBA{c[0], c[2], c[1]}
}
func eggy(y *yard, s *stream) [3]color.NRGBA {
	return alike(y.muted(s, 0xF6E6CE, 0xD9A57C, 0xBFD3CC, 0xFBF7EC))
}
func corny(y *yard, s *stream) [3]color.NRGBA {
	return [3]color.NRGBA{y.muted(s, 0xE9B94C, 0xE3A53A), y.muted(s, 0xF5D98A), oneOf(s, y.grass)}
}
func cappy(y *yard, s *stream) [3]color.NRGBA {
	return [3]color.NRGBA{y.muted(s, 0xC94B3C, 0xB07C54, 0xD98A4A, 0xA8434A), y.muted(s, 0xF3E7CF), y.muted(s, 0xFBF3E4)}
}
func berried(y *yard, s *stream) [3]color.NRGBA {
	return [3]color.NRGBA{y.muted(s, 0xC93C3A, 0xA8324A, 0x4F5E8C, 0xD95B3E), y.muted(s, 0xF9E4DC), y.grass[0]}
}
func poppied(y *yard, s *stream) [3]color.NRGBA {
	return [3]color.NRGBA{y.muted(s, 0xD9463A, 0xE0664A, 0xC93C4E), y.muted(s, 0x3B302E), y.grass[1]}
}
func wet(y *yard, s *stream) [3]color.NRGBA {
	return alike(mix(y.muted(s, 0x9CC3D1, 0xA9C9CF), y.middle, .25))
}
func trodden(y *yard, _ *stream) [3]color.NRGBA {
	return alike(mix(y.middle, y.shadow, .7))
}
func fenced(y *yard, s *stream) [3]color.NRGBA {
	c := alike(y.muted(s, 0xA9845C, 0x9A8C7C, 0xC7A98A))
	return [3]color.NRGBA{c[0], mix(c[0], c[1], .5), c[2]}
}
func barky(y *yard, s *stream) [3]color.NRGBA { return alike(y.muted(s, 0x8A6A4A, 0xA07C54)) }

func newPiece(y *yard, s *stream) piece {
	p := piece{
		kind: oneOf(s, y.kinds),
		at:   point{s.within(2, Width-2), s.within(3, Height-2)},
		size: s.within(.75, 1.25),
		turn: s.within(0, 2*math.Pi),
	}
	if things[p.kind].upright {
		p.turn = s.within(-.25, .25)
	}
	p.inks = things[p.kind].inks(y, s)
	return p
}

// grows tells whether the piece may stand in front of an animal.
func (c *piece) grows() bool { return c.kind == tuft }

func (c *piece) paint(p *pen) {
	sin, cos := math.Sincos(c.turn)
	at := placing{xx: c.size * cos, xy: -c.size * sin, yx: c.size * sin, yy: c.size * cos, x0: c.at.x, y0: c.at.y}
	p.shapes.empty()
	for i := range things[c.kind].parts {
		part := &things[c.kind].parts[i]
		polygons := p.shapes.flatten(part.shape, &at, p.fine())
		if ink := c.inks[part.tint]; part.line > 0 {
			p.stroke(polygons, part.line*c.size, ink)
		} else {
			p.fill(polygons, ink)
		}
	}
}
