package scratch

import "testing"

// every calls f for each limb that an animal of any species could have.
func every(f func(k Species, d *drawing, l limb, eyes bool)) {
	for k := range speciesCount {
		for i := range zoo()[k].stances {
			d := &zoo()[k].stances[i]
			for _, c := range d.limbs {
				for _, l := range c.of {
					f(k, d, l, c.eyes)
				}
			}
		}
	}
}

// What a person looks for is a comb, so nothing else may have one, and no hen
// may come without it, without wattles or without a beak.
func TestOnlyHensHaveCombs(t *testing.T) {
	every(func(k Species, d *drawing, l limb, _ bool) {
		for _, p := range l {
			if p.tint == comb && k != Chicken {
				t.Errorf("a comb on a %v, %s", k, d.stance)
			}
		}
	})
	for i := range zoo()[Chicken].stances {
		d := &zoo()[Chicken].stances[i]
		for _, need := range []tint{comb, wattle, beak} {
			if !alwaysHas(d, need) {
				t.Errorf("a hen, %s, can be drawn without tint %d", d.stance, need)
			}
		}
	}
}

// alwaysHas tells whether each alternative of some limb has a part of the tint.
func alwaysHas(d *drawing, need tint) bool {
	for _, c := range d.limbs {
		all := true
		for _, l := range c.of {
			has := false
			for _, p := range l {
				has = has || p.tint == need && !p.fine
			}
			all = all && has
		}
		if all {
			return true
		}
	}
	return false
}

// The crown is what no other animal may cover: it must hold beak and eyes, and of
// a hen comb and wattles too, but for a rim.
func TestCrownsHoldFaces(t *testing.T) {
	const rim = 10 // units of the drawing: tips and edges
	var shapes arena
	every(func(k Species, d *drawing, l limb, eyes bool) {
		for _, p := range l {
			face := eyes || p.tint == beak || p.tint == comb || k == Chicken && p.tint == wattle
			if !face {
				continue
			}
			shapes.empty()
			low, high := bounds(shapes.flatten(p.shape, &asIs, 2))
			if low.x < d.crown[0].x-rim || low.y < d.crown[0].y-rim || high.x > d.crown[1].x+rim || high.y > d.crown[1].y+rim {
				t.Errorf("%v, %s: tint %d from %.0f to %.0f is out of the crown %.0f", k, d.stance, p.tint, low, high, d.crown)
			}
		}
	})
}

// All stances of all species have about the same area, whichever limbs are taken,
// so that neither size nor a dab's share tells them apart.
func TestAreasAreAlike(t *testing.T) {
	y := newStyle([]byte("areas"), "", 1)
	s := newStream([]byte("areas"), "areas")
	var p pen
	p.raster.resize(columns, rows)
	p.scale = 1. / cell
	var f figure
	sum := map[bool]float64{}
	n := map[bool]float64{}
	for range 60 {
		for species := range speciesCount {
			for stance := range zoo()[species].many() {
				a := newAnimal(species, stance, &y, s, nil)
				a.pose.size, a.pose.at = a.drawing.unit(), point{Width / 2, Height / 2}
				at := a.pose.placing()
				f.take(&a, figureFine)
				f.put(&at, a.pose.size)
				f.cover(&p)
				var m mask
				m.takeHalf(&p.raster)
				area := float64(m.count()) * cell * cell
				if area < .72*nominal || area > 1.5*nominal {
					t.Errorf("a %v, %s, of %.2f of the usual area", species, a.drawing.stance, area/nominal)
				}
				sum[species == Chicken] += area
				n[species == Chicken]++
			}
		}
	}
	if r := sum[true] / n[true] / (sum[false] / n[false]); r < .93 || r > 1.07 {
		t.Errorf("chickens have %.2f of the others' area", r)
	}
}

// contains tells whether a place lies in one of the polygons (even-odd).
func contains(polygons []polygon, p point) bool {
	in := false
	for _, g := range polygons {
		j := len(g.points) - 1
		for i, a := range g.points {
			b := g.points[j]
			if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
				in = !in
			}
			j = i
		}
	}
	return in
}

// Every kind of coat stays within the animal.
func TestMarksStayOnTheCoat(t *testing.T) {
	all := 0
	for k := range speciesCount {
		d := &zoo()[k].stances[0]
		for _, c := range d.limbs {
			for _, p := range c.of[0] {
				if !p.coat {
					continue
				}
				var coat, marks arena
				flat := coat.flatten(p.shape, &asIs, 8)
				for texture := dashes; texture < textureCount; texture++ {
					p.inner.marks(uint64(all), &meshes[texture], func(at point, slant float64, within func(a, b float64) float64) {
						for _, q := range texture.mark(&marks, at, slant, within).points {
							all++
							if !contains(flat, q) {
								t.Errorf("texture %d leaves the coat of a %v", texture, k)
							}
						}
					})
				}
			}
		}
	}
	if all == 0 {
		t.Error("no coat has marks")
	}
}

// A bare finish is only for what can be seen on the ground without a rim.
func TestNobodyIsLostOnTheGround(t *testing.T) {
	bare := 0
	for n := range 200 {
		c := numberedCard(n)
		for i := range c.animals {
			a := &c.animals[i]
			if a.finish == inked || a.finish == sticker || a.finish == drawn {
				continue
			}
			bare++
			if a.colours.faint(&c.style.yard) {
				t.Errorf("card %d: a %v is lost on its ground", n, a.species)
			}
		}
	}
	if bare == 0 {
		t.Error("no card has a bare finish")
	}
}

func TestFarSideIsPartOfTheShape(t *testing.T) {
	square := []polygon{{closed: true, points: []point{{0, 0}, {10, 0}, {10, 10}, {0, 10}}}}
	var shapes arena
	out := shapes.farSide(square, &style{castX: 1, castY: 0})
	low, high := bounds(out)
	if len(out) != 1 || distance(low, point{5.6, 0}) > 1e-9 || distance(high, point{10, 10}) > 1e-9 {
		t.Errorf("%v", out)
	}
}

// Drawing takes time with every point, so the drawings keep to a budget.
func TestDrawingsAreOfFewPoints(t *testing.T) {
	const cards, most = 100, 3200 // points of a card, at the picture's scale
	n := 0
	var shapes arena
	for i := range cards {
		c := numberedCard(i)
		for j := range c.animals {
			a := &c.animals[j]
			at := a.pose.placing()
			for _, l := range a.limbs {
				for _, p := range l {
					shapes.empty()
					shapes.flatten(p.shape, &at, 8*sharpness)
					n += len(shapes.points)
				}
			}
		}
	}
	t.Logf("%d points a card", n/cards)
	if n/cards > most {
		t.Errorf("%d points a card", n/cards)
	}
}

func TestPortrait(t *testing.T) {
	for k := range speciesCount {
		names := k.Stances()
		if len(names) < 2 {
			t.Errorf("a %v has %d stances", k, len(names))
		}
		for stance := range names {
			if m := Portrait(k, stance, []byte("portrait"), 1, 64); m == nil || m.Rect.Dx() != 64 {
				t.Errorf("%v, %s: no portrait", k, names[stance])
			}
		}
		if Portrait(k, len(names), nil, 1, 64) != nil || Portrait(k, -1, nil, 1, 64) != nil {
			t.Errorf("%v: a portrait of no stance", k)
		}
	}
	if speciesCount.Stances() != nil {
		t.Error("stances of no species")
	}
}
