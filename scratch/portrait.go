package scratch

import (
	"encoding/binary"
	"image"
	"image/color"
)

// Stances are the names of the ways in which a species is drawn.
func (s Species) Stances() []string {
	var out []string
	if s >= speciesCount {
		return nil
	}
	for _, d := range zoo()[s].stances {
		if n := len(out); n == 0 || out[n-1] != d.stance {
			out = append(out, d.stance)
		}
	}
	return out
}

// Portrait is one animal by itself, in one of its stances, for tools and pages
// that show what is to be looked for. secret and n decide how it looks. The
// picture is a square of side pixels, at most 300; it is nil for a stance that is
// not there.
func Portrait(k Species, stance int, secret []byte, n uint32, side int) *image.RGBA {
	if stance < 0 || stance >= len(k.Stances()) || side > down {
		return nil
	}
	y := newStyle(secret, "portrait", n)
	y.yard.pattern = slope // nothing but the animal
	s := newStream(y.key, "portrait", binary.BigEndian.AppendUint32(nil, n))
	a := newAnimal(k, stance, &y, s, nil)
	const room = 84. // CSS px
	a.pose.at = point{room / 2, room / 2}
	box := func(size float64) (low, high point) {
		var f figure
		a.pose.size = size
		at := a.pose.placing()
		f.take(&a, figureFine)
		return f.put(&at, size)
	}
	low, high := box(a.drawing.unit())
	low, high = box(a.pose.size * min(1, (room-8)/(high.x-low.x), (room-8)/(high.y-low.y)))
	a.pose.at.x += room/2 - (low.x+high.x)/2
	a.pose.at.y += room/2 - (low.y+high.y)/2
	var p pen
	p.use(side, side, float64(side)/room)
	y.yard.lay(&p.on)
	a.paint(&p, &y)
	out := image.NewRGBA(image.Rect(0, 0, side, side))
	for i, v := range p.on.pixels {
		r, g, b := color.YCbCrToRGB(uint8(v>>8), uint8(v), uint8(v>>16))
		out.Set(i%side, i/side, color.RGBA{r, g, b, 255})
	}
	return out
}
