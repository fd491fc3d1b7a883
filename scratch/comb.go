package scratch

// The parts of hens' heads and tails, each drawn about the place 0, 0 and put
// where a stance needs it: a head's middle, its radius about 11, or the root of
// a tail that points up and back. Nothing else in the yard has a comb.

// combs are what tells a hen, whatever her colour: single, rose and pea combs,
// the leghorn's tall one, the one that leans back.
var combs = []part{
	fill(comb, "M-13 -3c-5-6-3-13 3-11 0-8 8-11 11-4 4-6 11-3 9 4 4 0 5 5 1 9z"),
	fill(comb, "M-14 -2c-4-4-4-10 0-11 1 1 2 2 3 4-1-6 1-11 5-12 2 2 3 4 3 7 1-5 4-8 8-8 1 3 1 6 0 9 2-3 5-4 8-2 0 5-1 8-4 11z"),
	fill(comb, "M-15 -2c-3-5-1-10 3-10-1-5 3-9 7-7 2-5 9-5 10 1 5-2 9 3 6 8 3 1 3 4 1 6z"),
	fill(comb, "M12-6C13-10 13-14 12-18 9-17 7-14 6-12 6-17 5-21 2-25-1-22-3-19-3-15-5-19-8-22-12-23-13-19-13-15-11-11-14-14-18-15-22-14-21-7-17-2-12 1z"),
	fill(comb, "M13-6c3-6 0-9-4-8 1-6-4-10-8-7-3-5-10-4-10 2-5-3-10 1-8 6-5-1-8 3-6 7 3 3 7 5 11 6z"),
	fill(comb, "M13-5c3-5 0-9-4-8 0-4-6-6-8-3-2-4-8-4-9 0-3-2-8-1-8 3-4-1-6-3-8-5 0 8 5 14 12 16z"),
	fill(comb, "M11-5c4-3 2-9-2-9-1-6-9-7-11-2-4-3-10 0-9 5-5 1-5 6-2 9z"),
	fill(comb, "M12-5L15-17c-4 0-6 2-7 4L7-23c-4 2-6 5-7 9L-5-24c-2 4-3 7-2 11L-15-19c0 5 1 8 3 11L-20-8c2 5 5 8 9 9z"),
}

var hensBeaks = []limb{
	{fill(beak, "M10-4.5c6 1 10 4 14 8-5 2.5-10 3.5-14 3z")},
	{fill(beak, "M9-6c6 0 12 4 15 9-4 0-6 1-8 1l-7 1z"), fill(beak, "M9 2c5 0 8 2 11 6-4 1-8 0-11-1z")},
	{fill(beak, "M9-6c7 0 11 4 12 11-4-1-8 0-12 1z")},
	{fill(beak, "M9-5c7 0 13 4 17 7-6 2-11 3-17 3z"), fineLine(black, 1, "M12 1c4 0 7 .5 10 1.2")},
}

var wattles = []limb{
	{fill(wattle, "M8 6c5 0 9 7 7.5 12.5-1.5 5-8 4.5-9.5-.5-1-4-1-9 2-12z")},
	{fill(wattle, "M5 6c4 1 6 7 4.5 11.5-1.5 4-6.5 3.5-7.5-.5-1-4 0-9 3-11zM11 6c4 1 6.5 6 5 10.5-1.5 4-6.5 3.5-7.5-.5-1-4 0-8 2.5-10z")},
	{fill(wattle, "M8 6c5 2 8 11 6 17-2 4-7 4-8-1-1-5-1-12 2-16z")},
	{fill(wattle, "M6 6c5-1 10 2 10 7 0 5-4 7-7 6-4-1-5-8-3-13z")},
}

// cheeks are the bare skin around the eye and the ear's lobe.
var cheeks = []limb{
	{},
	{fine(wattle, "M-6 0c0-7 12-9 16-4 1 5-2 10-6 11-5 1-10-2-10-7z")},
	{fine(white, "O-5 5.5 3 4")},
	{fine(wattle, "M-4-1c0-5 9-7 13-3 1 4-1 8-4 9-5 1-9-2-9-6z"), fine(light, "O-6 6 3 3.6")},
}

// hensTails rise from the root up and back.
var hensTails = []limb{
	{fill(dark, "M0 0c-17-3-29-17-31-35 6 1 11 4 14 8-2-9-1-17 3-24 7 5 11 12 13 20 2-6 5-10 10-13 5 12 6 25 2 36z")},
	{fill(dark, "M0 0c-18-1-32-11-36-26 5 0 9 1 13 3-4-7-5-15-3-23 6 3 10 8 13 14 0-8 3-15 8-21 6 9 9 19 9 29 2-3 4-5 6-7 2 12 1 21-2 29z")},
	{
		fill(dark, "M0 0c-20-6-28-22-26-42 2-9 12-12 17-6-5 1-7 6-5 12 0-10 5-18 13-20 7-1 11 4 9 9-5-1-8 3-7 10 3-5 7-7 11-6 5 10 6 24 2 36z"),
		fineLine(body, 1.7, "M-6-6c-10-8-15-19-14-31M0-10c-6-9-8-22-4-34"),
	},
	{
		fill(dark, "M0 2c-16-6-28-16-30-30 5-2 8-1 11 1-2-8 0-15 4-20 5 2 8 6 9 11 2-7 6-12 12-14 5 6 6 13 5 19 4-3 7-3 10-2 1 12-4 24-10 35z"),
		fineLine(light, 1.5, "M-4-4c-8-6-14-12-18-19M0-8c-4-9-6-17-7-28M5-10c1-9 2-18 1-30"),
	},
	{
		fill(dark, "M2 2c-16-1-30-8-33-22-1-8 8-9 12-5 0-7 9-10 14-4 3-6 12-5 13 2 6 3 8 12 4 26z"),
		fineLine(body, 1.7, "M-20-22c2 8 8 13 15 15M-4-27c0 8 2 13 6 18"),
	},
	{fill(dark, "M0 2C-14-6-24-22-22-44c5 1 8 4 9 8 1-9 5-15 11-20 4 6 6 12 5 18 4-4 7-5 11-5 2 14-3 30-10 43z")},
}

// hensWings lie on the flank, about 36 wide, the shoulder on the right.
var hensWings = []limb{
	{fine(dark, "M-20-8c11-7 28-6 37 1-1 10-11 17-22 15 3-1 5-2 6-4-6 1-11 0-14-3 3 0 5-1 6-2-6 0-10-3-13-7z")},
	{
		fine(dark, "M-22-6c6-9 18-11 29-7 9 3 13 9 12 15-4 7-13 10-23 8-10-3-16-8-18-16z"),
		fineLine(body, 1.8, "M-14-3c5 4 11 6 18 6M-12 4c4 2 8 3 12 3"),
	},
	{
		fine(dark, "M-24-12C-12-16 6-18 17-8c5 8 0 18-12 20C-8 13-18 4-24-12z"),
		fine(light, "M-2-12c8-1 15 1 19 5 2 3 2 6 1 9-8 0-15-5-20-14z"),
	},
	{fine(light, "M-21-10c10-6 27-7 37 1 1 10-6 18-18 18 2-2 3-3 3-5-6 1-11 0-14-4 3 0 4-1 5-2-6 0-10-3-13-8z"), fineLine(dark, 1.6, "M-6-4c4 3 9 4 14 3")},
	{},
}

// hensHead is everything about a head but its feathers, put at its middle.
type hensHead struct {
	at      point
	degrees float64
	size    float64
	left    bool // looks to the left
}

func (h hensHead) put(degrees, scale float64) func(point) point {
	if h.left {
		return mirrored(h.at, h.degrees+degrees, h.size*scale)
	}
	return put(h.at, h.degrees+degrees, h.size*scale)
}

// comb is painted before the body, the rest after it. Each comb comes in several
// sizes and slants.
func (h hensHead) comb() choice {
	var all choice
	for _, c := range combs {
		all.of = append(all.of, limb{c})
	}
	return all.moved(h.put(0, 1), h.put(-7, 1.1), h.put(6, .95), h.put(-3, 1.16), h.put(4, 1.06))
}

func (h hensHead) beak() choice {
	return choice{of: hensBeaks}.moved(h.put(0, 1), h.put(5, 1.1), h.put(-4, .95), h.put(0, .88))
}

func (h hensHead) rest() []choice {
	at := h.put(0, 1)
	return []choice{
		choice{of: cheeks}.moved(at),
		choice{of: wattles}.moved(at, h.put(8, 1.08), h.put(-6, .95), h.put(0, 1.14)),
		eyes(3.6*h.size, at(point{1.8, -1.4})),
	}
}

// around is the crown of a head: opposite corners of a box about it.
func (h hensHead) around() [2]point {
	at := h.put(0, 1)
	low, high := bounds([]polygon{{points: []point{
		at(point{-22, -14}), at(point{-6, -24}), at(point{10, -20}), at(point{24, 3}), at(point{12, 23}), at(point{4, 22}),
	}}})
	return [2]point{low, {high.x, min(high.y, 98)}}
}

// tail is the tails at a root, more or less raised and large.
func tailAt(root point, degrees, size float64) choice {
	return choice{of: hensTails}.moved(put(root, degrees, size), put(root, degrees-9, size*1.08), put(root, degrees+8, size*.92), put(root, degrees+3, size*1.16))
}

func wingAt(middle point, degrees, size float64) choice {
	return choice{of: hensWings}.moved(put(middle, degrees, size), put(middle, degrees-8, size*1.1), put(middle, degrees+9, size*.9))
}
