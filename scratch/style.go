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
	finishes             []finish    // each as often as it is listed
	eyes                 []int       // the kinds of eyes, see eyes
	plumages             []plumage   // the colours of this week
	pencil, pale         color.NRGBA // of the outlines, and of the rims of stickers
	contour              float64     // their width, in drawing space
	ownInk               bool        // outlines take after the animal's colour
	tone                 float64     // how much darker the far side is
	castX, castY         float64     // where shadows fall, CSS px
	standing             bool        // animals have a shade beneath them
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
		hue:        s.within(-13, 10),
		saturation: s.within(.74, 1.2),
		headGrow:   s.within(-.08, .12),
		tailGrow:   s.within(-.12, .14),
		wide:       s.within(.91, 1.09),
		lean:       s.within(-.08, .08),
		finishes:   someFinishes(s),
		eyes:       s.Perm(eyeKinds)[:2+s.IntN(2)],
		plumages:   somePlumages(s),
		pencil:     rgb(oneOf(s, []uint32{0x2B2420, 0x3B2E2A, 0x22313A, 0x41342B, 0x2E2A44, 0x4A2F2A, 0x2C3A2E, 0x54463C})),
		pale:       rgb(oneOf(s, []uint32{0xFFFDF6, 0xF6EBD6, 0xFBF3F0, 0xEAF1F3})),
		contour:    s.within(1.1, 2.6),
		ownInk:     s.chance(.4),
		tone:       s.within(.13, .26),
		castX:      s.within(1, 2.4) * float64(1-2*s.IntN(2)), castY: s.within(1.4, 2.8),
		standing:   s.chance(.6),
		coats:      someTextures(s),
		yard:       newYard(s),
		foil:       oneOf(s, foils),
		clutterLow: low, clutterN: 70 - low + 1 - s.IntN(10),
	}
}

// someFinishes are three of a week, the first of them the usual one.
func someFinishes(s *stream) []finish {
	p := s.Perm(int(finishCount))
	first, second, third := finish(p[0]), finish(p[1]), finish(p[2])
	return []finish{first, first, first, second, second, third}
}

// somePlumages are eight of a week, light and dark ones always among them.
func somePlumages(s *stream) []plumage {
	var out []plumage
	for _, i := range s.Perm(len(plumages))[:8] {
		out = append(out, plumages[i])
	}
	return out
}

// someTextures are the five of a week; plain always among them.
func someTextures(s *stream) []texture {
	out := []texture{plain}
	for _, i := range s.Perm(int(textureCount) - 1)[:4] {
		out = append(out, texture(i+1))
	}
	return out
}
