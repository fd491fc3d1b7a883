package scratch

import (
	"math"
	"sync"
)

// Species is a kind of bird or beast on a card.
type Species uint8

// The species a card can hold. Chickens are what the person looks for; the
// next five are birds near enough to need a look at comb, wattle, beak, neck
// and tail; the last four are plainly something else.
const (
	Chicken Species = iota
	Duck
	Turkey
	Pigeon
	Goose
	Quail
	Pig
	Cat
	Rabbit
	Sheep
	speciesCount
)

var speciesNames = [speciesCount]string{"chicken", "duck", "turkey", "pigeon", "goose", "quail", "pig", "cat", "rabbit", "sheep"}

// String is the English name, for tools and tests; pages have their own words.
func (s Species) String() string {
	if s < speciesCount {
		return speciesNames[s]
	}
	return "unknown"
}

// near tells whether the species is a bird that could be taken for a chicken.
func (s Species) near() bool { return s >= Duck && s <= Quail }

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

// drawing is everything known about how a species looks.
type drawing struct {
	limbs   [][]limb // in painting order; of each, one alternative is taken
	head    joint
	tail    joint
	crown   [2]point // opposite corners around comb, face and beak: nothing may cover it
	palette func(*stream) palette
	area    float64 // of the silhouette, in square units of the drawing space
}

// zoo holds the drawings of all species; built once, as reading the paths
// takes longer than drawing a card.
var zoo = sync.OnceValue(func() *[speciesCount]drawing {
	all := &[speciesCount]drawing{
		Chicken: chickenDrawing(), Duck: duckDrawing(), Turkey: turkeyDrawing(),
		Pigeon: pigeonDrawing(), Goose: gooseDrawing(), Quail: quailDrawing(),
		Pig: pigDrawing(), Cat: catDrawing(), Rabbit: rabbitDrawing(), Sheep: sheepDrawing(),
	}
	for i := range all {
		all[i].area = all[i].measure()
		all[i].findInner()
	}
	return all
})

// findInner settles where on the coats marks may be.
func (d *drawing) findInner() {
	for _, choice := range d.limbs {
		for _, l := range choice {
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
	for _, choice := range d.limbs {
		still.limbs = append(still.limbs, choice[0])
	}
	still.pose.head, still.pose.tail = joint{reach: 1}.set(0, 0), joint{reach: 1}.set(0, 0)
	var p pen
	p.raster.resize(128, 128)
	p.scale = 1
	var f figure
	f.take(&still, p.fine())
	f.put(&placing{xx: 1, yy: 1, x0: 14, y0: 10}, 1)
	f.cover(&p)
	sum := 0.
	p.raster.sweep(func(_, from, to int, share uint32) { sum += float64(to-from) * float64(share) / 256 })
	return sum
}

// unit is how many card pixels one unit of the drawing has at scale 1, chosen
// so that all species have the same area: size is no clue, and one dab
// uncovers the same share of each.
func unit(k Species) float64 { return math.Sqrt(nominal / zoo()[k].area) }

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

// turned is a copy of the part turned about a place in the drawing.
func turned(p part, degrees float64, about point) part {
	s, c := math.Sincos(degrees * math.Pi / 180)
	move := func(q point) point {
		x, y := q.x-about.x, q.y-about.y
		return point{about.x + x*c - y*s, about.y + x*s + y*c}
	}
	shape := make(outline, len(p.shape))
	for i, g := range p.shape {
		shape[i] = contour{start: move(g.start), closed: g.closed}
		for _, v := range g.curves {
			shape[i].curves = append(shape[i].curves, curve{move(v.c1), move(v.c2), move(v.to), v.straight})
		}
	}
	p.shape = shape
	return p
}

// only is a limb without alternatives.
func only(parts ...part) []limb { return []limb{parts} }

// either is a limb with alternatives.
func either(limbs ...limb) []limb { return limbs }
