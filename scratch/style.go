package scratch

import (
	"encoding/binary"
	"image/color"
	"time"
)

// style is how the cards of one site look in one week: another site's cards,
// or next week's, have other proportions, colours and textures, so pictures
// labelled elsewhere are worth less to who trains a detector on them.
type style struct {
	key                  []byte
	hue, saturation      float64     // added to and multiplied with all colours
	headGrow, tailGrow   float64     // proportions, as joint.grow
	wide, lean           float64     // stretch and slant of all bodies
	inked, drawn         float64     // how often an animal is outlined, or a drawing
	pencil               color.NRGBA // of the outlines
	contour              float64     // their width, in drawing space
	coats                []texture
	yard                 yard
	foil                 foil
	clutterLow, clutterN int // pieces: from clutterLow to clutterLow+clutterN-1
}

// week is the ISO year and week as one number, 202647 for week 47 of 2026.
func week(t time.Time) uint32 {
	y, w := t.UTC().ISOWeek()
	return uint32(y*100 + w)
}

// newStyle derives the style of a site and a week from a secret.
func newStyle(secret []byte, site string, week uint32) style {
	key := derive(secret, "style key", []byte(site), binary.BigEndian.AppendUint32(nil, week))
	s := newStream(key, "style")
	low := 30 + s.IntN(16)
	return style{
		key:        key,
		hue:        s.within(-7, 6),
		saturation: s.within(.86, 1.12),
		headGrow:   s.within(-.07, .1),
		tailGrow:   s.within(-.1, .12),
		wide:       s.within(.93, 1.07),
		lean:       s.within(-.06, .06),
		inked:      s.within(.2, .45),
		drawn:      s.within(.08, .22),
		pencil:     rgb(oneOf(s, []uint32{0x2B2420, 0x3B2E2A, 0x22313A, 0x41342B})),
		contour:    s.within(1.5, 2.4),
		coats:      someTextures(s),
		yard:       newYard(s),
		foil:       oneOf(s, foils),
		clutterLow: low, clutterN: 70 - low + 1 - s.IntN(10),
	}
}

// someTextures are the three or four of a week; plain always among them.
func someTextures(s *stream) []texture {
	out := []texture{plain}
	for _, i := range s.Perm(int(textureCount) - 1)[:3] {
		out = append(out, texture(i+1))
	}
	return out
}
