package scratch

import (
	"math"
	"sync"
)

// Species is a kind of bird or beast on a card.
type Species uint8

// The species a card can hold. Chickens are what the person looks for; the
// next eight are birds near enough to need a look at comb, wattle, beak, neck
// and tail; the others are plainly something else.
const (
	Chicken Species = iota
	Duck
	Turkey
	Pigeon
	Goose
	Quail
	Pheasant
	Crow
	Parrot
	Pig
	Cat
	Rabbit
	Sheep
	Owl
	Hedgehog
	Dog
	speciesCount
)

var speciesNames = [speciesCount]string{
	"chicken", "duck", "turkey", "pigeon", "goose", "quail", "pheasant", "crow", "parrot",
	"pig", "cat", "rabbit", "sheep", "owl", "hedgehog", "dog",
}

// String is the English name, for tools and tests; pages have their own words.
func (s Species) String() string {
	if s < speciesCount {
		return speciesNames[s]
	}
	return "unknown"
}

// near tells whether the species is a bird that could be taken for a chicken.
func (s Species) near() bool { return s >= Duck && s <= Parrot }

// tint is which of an animal's colours a part is painted with.
type tint uint8

const (
	body tint = iota
	light
	dark
	face
	trim
	leg
	beak
	comb // chickens only: "a comb on anything but a hen" never
	wattle
	white
	black
	blush
	iris
	straw
	water
	tintCount
)

// part is one shape of an animal, in a drawing space of about 100 x 100.
type part struct {
	shape outline
	tint  tint
	line  float64 // pen width when the shape is a line; 0 for a filled shape
	coat  bool    // takes the plumage or fur texture
	inner *inner  // where on a coat
	fine  bool    // a detail: no outline of its own, no part of the silhouette
}

// limb is what is painted together, for example a tail of three feathers.
type limb []part

// joint lets a region of the drawing turn and grow, fading out around it, so
// that the head nods and the tail rises without cutting the drawing apart.
type joint struct {
	at    point   // the middle of what moves
	reach float64 // where the effect has faded to a third
	pivot point   // it turns about here
	turn  float64 // at most so many degrees either way
	grow  float64 // at most this share larger or smaller
}

// choice is the alternatives for a limb, of which one is taken.
type choice struct {
	of   []limb
	eyes bool // the alternatives are those of eyes, and the style says which it likes
}

// take is one of the alternatives.
func (c *choice) take(y *style, s *stream) limb {
	if c.eyes {
		return c.of[oneOf(s, y.eyes)]
	}
	return oneOf(s, c.of)
}

// drawing is how a species looks in one stance.
type drawing struct {
	stance string // for the sheet of all animals
	limbs  []choice
	head   joint
	tail   joint
	crown  [2]point // opposite corners around comb, face and beak: nothing may cover it
	area   float64  // of the silhouette, in square units of the drawing space
}

// kind is everything known about how a species looks.
type kind struct {
	stances []drawing // each as likely as the others
	palette func(*stream, []plumage) palette
}

// many is how many stances there are; each comes in all builds.
func (k *kind) many() int { return len(k.stances) / len(builds) }

// zoo holds the drawings of all species, each stance in several builds. It is
// made once, as reading the paths takes longer than drawing a card.
var zoo = sync.OnceValue(func() *[speciesCount]kind {
	all := &[speciesCount]kind{
		Chicken: {hens(), chickenPalette}, Duck: {ducks(), duckPalette}, Turkey: {turkeys(), turkeyPalette},
		Pigeon: {pigeons(), pigeonPalette}, Goose: {geese(), goosePalette}, Quail: {quails(), quailPalette},
		Pheasant: {pheasants(), pheasantPalette}, Crow: {crows(), crowPalette}, Parrot: {parrots(), parrotPalette},
		Pig: {pigs(), pigPalette}, Cat: {cats(), catPalette}, Rabbit: {rabbits(), rabbitPalette}, Sheep: {sheep(), sheepPalette},
		Owl: {owls(), owlPalette}, Hedgehog: {hedgehogs(), hedgehogPalette}, Dog: {dogs(), dogPalette},
	}
	for i := range all {
		var built []drawing
		for _, d := range all[i].stances {
			for _, b := range builds {
				one := d.built(b)
				one.area = one.measure()
				one.findInner()
				built = append(built, one)
			}
		}
		all[i].stances = built
	}
	return all
})

// build is how stout a body is, and how long.
type build struct{ girth, length, height float64 }

var builds = []build{{0, 1, 1}, {.15, 1, .98}, {-.12, 1.02, 1.03}, {.06, .94, 1.05}, {.02, 1.08, .95}}

// built is the drawing in another build: what is about the middle of the body
// grows, head and feet hardly do.
func (d *drawing) built(b build) drawing {
	belly := point{50, 66}
	grown := joint{at: belly, reach: 30, pivot: belly}.set(0, b.girth)
	move := func(p point) point {
		p = grown.move(p)
		return point{50 + (p.x-50)*b.length, 96 + (p.y-96)*b.height}
	}
	out := *d
	out.limbs = nil
	for _, c := range d.limbs {
		warped := choice{eyes: c.eyes}
		for _, l := range c.of {
			warped.of = append(warped.of, l.moved(move))
		}
		out.limbs = append(out.limbs, warped)
	}
	out.crown = [2]point{move(d.crown[0]), move(d.crown[1])}
	for _, j := range []*joint{&out.head, &out.tail} {
		j.at, j.pivot = move(j.at), move(j.pivot)
	}
	return out
}

// findInner settles where on the coats marks may be.
func (d *drawing) findInner() {
	for _, c := range d.limbs {
		for _, l := range c.of {
			for i := range l {
				if l[i].coat {
					l[i].inner = newInner(l[i].shape)
				}
			}
		}
	}
}

// measure counts the units that the silhouette covers, the first alternative
// of each limb taken.
func (d *drawing) measure() float64 {
	var still animal
	for _, c := range d.limbs {
		still.limbs = append(still.limbs, c.of[0])
	}
	still.pose.head, still.pose.tail = joint{reach: 1}.set(0, 0), joint{reach: 1}.set(0, 0)
	var p pen
	p.raster.resize(128, 128)
	p.scale = 1
	var f figure
	f.take(&still, p.fine())
	f.put(&placing{xx: 1, yy: 1, x0: 14, y0: 20}, 1)
	f.cover(&p)
	sum := 0.
	p.raster.sweep(func(_, from, to int, share uint32) { sum += float64(to-from) * float64(share) / 256 })
	return sum
}

// unit is how many card pixels one unit of the drawing has at scale 1, chosen
// so that all animals have the same area: size is no clue, and one dab
// uncovers the same share of each.
func (d *drawing) unit() float64 { return math.Sqrt(nominal / d.area) }

func fill(t tint, notation string) part { return part{shape: mustOutline(notation), tint: t} }

func coat(t tint, notation string) part {
	return part{shape: mustOutline(notation), tint: t, coat: true}
}

func fine(t tint, notation string) part {
	return part{shape: mustOutline(notation), tint: t, fine: true}
}

func line(t tint, width float64, notation string) part {
	return part{shape: mustOutline(notation), tint: t, line: width}
}

func fineLine(t tint, width float64, notation string) part {
	return part{shape: mustOutline(notation), tint: t, line: width, fine: true}
}

// moved is a copy of the part with every place of it moved.
func (p part) moved(move func(point) point) part {
	shape := make(outline, len(p.shape))
	for i, g := range p.shape {
		shape[i] = contour{start: move(g.start), closed: g.closed, curves: make([]curve, len(g.curves))}
		for j, v := range g.curves {
			shape[i].curves[j] = curve{move(v.c1), move(v.c2), move(v.to), v.straight}
		}
	}
	p.shape = shape
	return p
}

func (l limb) moved(move func(point) point) limb {
	out := make(limb, len(l))
	for i, p := range l {
		out[i] = p.moved(move)
	}
	return out
}

// put carries what was drawn about the place 0, 0 to another one: turned by
// degrees, then scaled, then moved there.
func put(at point, degrees, scale float64) func(point) point {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return func(p point) point {
		return point{at.x + scale*(p.x*c-p.y*s), at.y + scale*(p.x*s+p.y*c)}
	}
}

// mirrored is put for what looks the other way.
func mirrored(at point, degrees, scale float64) func(point) point {
	f := put(at, degrees, scale)
	return func(p point) point { return f(point{-p.x, p.y}) }
}

// merged is several shapes of one colour as one part, quicker to draw.
func merged(parts []part) part {
	out := parts[0]
	for _, p := range parts[1:] {
		out.shape = append(out.shape, p.shape...)
	}
	return out
}

// only is a limb without alternatives.
func only(parts ...part) choice { return choice{of: []limb{parts}} }

// either is a limb with alternatives.
func either(limbs ...limb) choice { return choice{of: limbs} }

// maybe is a limb that is there in one of two.
func maybe(parts ...part) choice { return either(limb{}, parts) }

// moved is the alternatives, each moved.
func (c choice) moved(moves ...func(point) point) choice {
	out := choice{eyes: c.eyes}
	for _, l := range c.of {
		for _, m := range moves {
			out.of = append(out.of, l.moved(m))
		}
	}
	return out
}

// The kinds of eyes, of which a style likes two or three.
const eyeKinds = 5

// eyes is one or more eyes of radius r, each kind an alternative.
func eyes(r float64, at ...point) choice {
	each := func(t tint, dx, dy, rx, ry float64) part {
		p := part{tint: t, fine: true}
		for _, q := range at {
			p.shape = append(p.shape, ellipse(point{q.x + dx*r, q.y + dy*r}, rx*r, ry*r))
		}
		return p
	}
	across := func(t tint, notation string, width float64) part {
		p := fineLine(t, width, notation)
		var all []part
		for _, q := range at {
			all = append(all, p.moved(put(q, 0, r)))
		}
		return merged(all)
	}
	return choice{eyes: true, of: []limb{
		{each(white, 0, 0, 1, 1), each(black, .2, .05, .64, .64)},
		{each(white, 0, 0, .96, .96), each(black, 0, 0, .82, .82), each(white, .28, -.3, .3, .3)},
		{each(iris, 0, 0, 1, 1), each(black, .1, 0, .58, .58), each(white, .3, -.28, .22, .22)},
		{each(white, 0, .05, .95, .9), each(black, .2, .2, .58, .58), across(black, "M-1.05 -.25C-.5-.85 .5-.85 1.05-.25", r*.5)},
		{each(white, 0, 0, 1, 1.2), each(black, .14, .1, .6, .85), each(white, .3, -.3, .24, .24)},
	}}
}
