package scratch

// Ducks and geese: flat bills, low tails, webbed feet.

var bills = []limb{
	{fill(beak, "M8-5c5 0 8 3 11 4.5 3 1.5 8 1 8 4.5 0 5-9 6-19 4.5z"), fineLine(black, 1.2, "M12 4c4 .6 8 .4 12-.8")},
	{fill(beak, "M7-5c6 0 9 4 12 4.5 4 .5 8-1 9 2 0 6-10 8-21 7z"), fineLine(black, 1.2, "M11 4c5 .8 10 0 16-1.5"), fine(black, "O17 1 1.2 .8")},
	{fill(beak, "M8-6c4 1 8 4 11 6 3 1 9 0 9 2 0 3-8 3-10 3 2 1 3 2 3 4-5 2-9 1-13-1z")},
}

// ducksHead is painted after the body, whose neck it ends.
func ducksHead(at func(float64, float64) func(point) point, eye point, r float64) []choice {
	skull := fill(face, "O0 0 13.5 13")
	muscovy := fine(wattle, "M6-7c3 1 5 4 5 8-2 3-6 3-8 0-2-4 0-7 3-8z")
	crest := fill(face, "M-4-12c-6-4-14-2-15 4-1 4 3 7 7 7z")
	return []choice{
		choice{of: bills}.moved(at(0, 1), at(5, 1.1), at(-5, .95)),
		either(limb{skull}, limb{skull}, limb{skull, muscovy}, limb{crest, skull}, limb{skull, fineLine(trim, 2, "M-9 0c4-3 9-4 14-3")}).moved(at(0, 1)),
		eyes(3.2*r, eye),
	}
}

func ducks() []drawing {
	standing := drawing{stance: "standing", limbs: []choice{
		either(
			limb{fill(leg, "M47 80h5v11l9 5H44zM62 78h5v11l9 5H59z")},
			limb{fill(leg, "M45 80h5l-1 11 9 5H40zM62 79h5l3 11 8 6H61z")},
		),
		ducksTails(14, 60),
		either(limb{coat(body, ducksBody), fine(light, ducksBelly)}, limb{coat(body, ducksBody)}),
		either(limb{}, limb{fill(trim, "M66 40l21 2c-.5 3-.5 5 0 8-7 3-15 2-22-1 1-3 1-6 1-9z")}),
		ducksWings(0, 0),
	}}
	standing.limbs = append(standing.limbs, ducksHead(headAt(point{75, 27}, 0), point{78, 24}, 1)...)
	standing.head = joint{at: point{76, 28}, reach: 26, pivot: point{74, 48}, turn: 12, grow: .1}
	standing.tail = joint{at: point{10, 45}, reach: 20, pivot: point{26, 58}, turn: 12, grow: .12}
	standing.crown = [2]point{{60, 12}, {104, 42}}

	swimming := standing
	swimming.stance = "on the water"
	swimming.limbs = append([]choice{ducksTails(14, 66)}, choice{of: []limb{
		{coat(body, "M12 57c10 4 20-2 32-1 9 1 15 4 20 3 4-2 3-8 2-12l20 0c0 4 0 9 1 13 3 20-11 28-33 28-24 0-43-6-46-25 1-3 2-5 4-6z"), fine(light, "M87 62c2 18-11 26-33 26-12 0-23-2-31-7 12 2 24 1 34-1 17-2 26-6 30-18z")},
		{coat(body, "M12 57c10 4 20-2 32-1 9 1 15 4 20 3 4-2 3-8 2-12l20 0c0 4 0 9 1 13 3 20-11 28-33 28-24 0-43-6-46-25 1-3 2-5 4-6z")},
	}}, maybe(fill(trim, "M65 44l22 0c-.5 4-.5 6 0 9-7 3-15 2-23-1 1-3 1-5 1-8z")), ducksWings(0, 7),
		either(limb{fineLine(water, 2.4, "M2 88c8-4 12 3 20 0s12 3 20 0 12 3 20 0 12 3 20 0 10 1 14 0")},
			limb{fineLine(water, 2.4, "M8 92c10-3 16 2 26 0s18 2 28 0 14 1 22-1M0 84c5-2 8 1 12 0M84 84c5-2 8 1 14 0")}))
	swimming.limbs = append(swimming.limbs, ducksHead(headAt(point{76, 35}, -3), point{79, 32}, 1)...)
	swimming.head = joint{at: point{77, 36}, reach: 24, pivot: point{75, 54}, turn: 12, grow: .1}
	swimming.tail = joint{at: point{10, 50}, reach: 20, pivot: point{26, 64}, turn: 12, grow: .12}
	swimming.crown = [2]point{{61, 20}, {105, 50}}

	preening := drawing{stance: "preening", limbs: append([]choice{
		standing.limbs[0], ducksTails(14, 62),
		only(coat(body, "M10 55c10 5 22 0 34 0 10 0 16-2 20-8 4-8 14-10 20-4 6 8 7 18 4 28-5 15-18 19-36 18C28 89 9 77 6 61c1-3 2-5 4-6z")),
		ducksWings(-4, 4),
	}, ducksHead(func(d, k float64) func(point) point { return mirrored(point{66, 37}, d-24, k) }, point{62, 36}, 1)...)}
	preening.head = joint{at: point{66, 40}, reach: 20, pivot: point{76, 54}, turn: 10, grow: .1}
	preening.tail = standing.tail
	preening.crown = [2]point{{36, 24}, {82, 56}}

	dabbling := drawing{stance: "dabbling", limbs: append([]choice{
		standing.limbs[0], ducksTails(16, 54),
		either(
			limb{coat(body, "M14 48c10-2 22-8 36-6 15 2 24 9 31 18 6 7 9 13 9 20l-17 5c-3-5-5-8-8-9-5 8-14 12-26 12C24 88 10 74 9 56c1-4 3-7 5-8z")},
			limb{coat(body, "M14 48c10-2 22-8 36-6 15 2 24 9 31 18 6 7 9 13 9 20l-17 5c-3-5-5-8-8-9-5 8-14 12-26 12C24 88 10 74 9 56c1-4 3-7 5-8z"), fine(light, "M65 76c-5 8-14 12-26 12-8 0-14-3-20-8 14 2 32 2 42-12z")},
		),
		ducksWings(4, -4),
	}, ducksHead(headAt(point{82, 80}, 32), point{87, 79}, 1)...)}
	dabbling.head = joint{at: point{84, 80}, reach: 22, pivot: point{68, 60}, turn: 8, grow: .1}
	dabbling.tail = joint{at: point{10, 42}, reach: 20, pivot: point{26, 56}, turn: 12, grow: .12}
	dabbling.crown = [2]point{{68, 62}, {104, 102}}
	return []drawing{standing, swimming, preening, dabbling}
}

const (
	ducksBody  = "M12 51c10 4 20-2 32-1 9 1 15 4 20 3 4-2 3-8 2-12l20 1c0 4 0 6 1 10 2 17-11 32-33 32-24 0-43-12-46-28 1-2 2-4 4-5z"
	ducksBelly = "M87 54c2 17-11 30-33 30-12 0-23-3-31-8 10 3 22 3 32 1 17-3 27-11 29-24z"
)

// headAt is for heads that look to the right.
func headAt(at point, degrees float64) func(float64, float64) func(point) point {
	return func(d, k float64) func(point) point { return put(at, degrees+d, k) }
}

func ducksTails(x, y float64) choice {
	root := point{x, y}
	return either(
		limb{fill(dark, "M0 0C-8-3-12-11-10-20c3 3 6 4 9 4-3-5-2-10 2-13 2 8 8 14 17 17l2 14z")},
		limb{fill(dark, "M-2 0C-10-4-14-10-14-17c4 2 7 3 10 2-2-4-1-8 1-11 4 6 11 11 20 13l2 14z")},
		limb{fill(dark, "M0 2C-8 0-14-6-16-14c8 0 14-1 20 1l16 12z")},
	).moved(put(root, 0, 1), put(root, 8, 1.1), put(root, -8, 1.05))
}

func ducksWings(degrees, down float64) choice {
	at := point{46, 66 + down}
	return either(
		limb{fine(dark, "M-20-8c12-7 29-6 40 1-4 11-18 16-31 13 4-1 6-2 8-4-6 0-11-1-14-4 3 0 5-1 6-2-4-1-7-2-9-4z")},
		limb{fine(dark, "M-22-6c8-9 22-11 35-6 6 3 9 6 8 9-7 9-22 12-34 7-5-3-8-6-9-10z"), fineLine(light, 2, "M-10-3c6 4 13 5 21 3")},
		limb{fine(light, "M-24-8c12-8 32-7 43 2-4 11-20 15-34 11z"), fine(face, "M-10 3c6-2 12-3 16-6l3 5c-4 4-10 6-15 6z")},
		limb{fine(light, "M-22-7c12-7 29-6 41 2-6 10-20 15-31 11 3-1 5-2 6-4-5 0-8-1-10-3-3-2-5-4-6-6z")},
	).moved(put(at, degrees, 1), put(at, degrees-7, 1.1), put(at, degrees+7, .95))
}

var goosesBills = []limb{
	{fill(beak, "M6-6c6 0 11 4 15 9 .8 3.5-2 4.5-6 4.5-4 .3-8-.5-11-2z"), fineLine(black, 1.1, "M10 3c3 .8 6 .8 9.5 .2")},
	{fill(beak, "M4-9c4-2 7 0 8 3 4 1.5 7 5 9.5 9 .8 3.5-2 4.5-6 4.5-4 .3-8-.5-11-2z"), fineLine(black, 1.1, "M10 3c3 .8 6 .8 9.5 .2")},
	{fill(beak, "M6-6c6 0 12 3 16 8-5 2-9 2-15 1zM7 4c5 0 8 1 12 4-4 2-8 2-12 0z")},
}

// geese have long necks, the body's outline ends in the head; marks are the
// dark stocking of a Canada goose and the like.
func goose(stance, shape, belly string, at func(float64, float64) func(point) point, eye point, marks, wing choice, legs choice) drawing {
	return drawing{stance: stance, limbs: []choice{
		legs,
		either(
			limb{fill(dark, "M22 66C12 64 5 56 3 47c4 1 6 2 8 1-1-3-1-6 0-9 5 8 12 13 22 15z")},
			limb{fill(dark, "M20 64C11 62 5 54 4 44c7 2 17 5 25 8z")},
		),
		choice{of: goosesBills}.moved(at(0, 1), at(6, 1.1), at(-5, .95)),
		either(limb{coat(body, shape), fine(light, belly)}, limb{coat(body, shape)}),
		marks, wing, eyes(2.9, eye),
	}}
}

func geese() []drawing {
	legs := either(
		limb{fill(leg, "M42 82h5v10l9 4.5H39zM56 82h5v10l9 4.5H53z")},
		limb{fill(leg, "M40 82h5l-3 10 8 4.5H34zM56 82h5l4 10 8 4.5H56z")},
	)
	up := goose("neck up", "M12 54c12 5 24-1 36 0 8 .6 13-2 15-8 3-8 3-18 4-26 .6-8 5-13 12-13 7 0 11 5 10.5 11-.4 4-3 6-5 8-2.5 3-3 8-2.5 15 .6 8 2 14 1 20-3 16-17 25-36 25-22 0-37-11-39-25 0-4 1-6 4-7z",
		"M83 62c-3 15-17 24-36 24-14 0-26-5-33-12 11 5 26 6 40 3 15-3 24-10 27-22z",
		headAt(point{80, 15}, 0), point{80, 14.5},
		either(
			limb{},
			limb{fine(face, "M63 46c3-8 3-18 4-26 .6-8 5-13 12-13 7 0 11 5 10.5 11-.4 4-3 6-5 8-2.5 3-3 8-2.5 15 0 2 0 3.5.3 5.5-6 4-14 3.5-19.3-.5z"), fine(white, "M73 25c-2-6 0-11 4-13 2 4 3 8 6 11-2 4-7 6-10 2z")},
			limb{fine(dark, "M70 11c-4 8-2 20-6 32-2 4-6 9-10 11 10 1 15-4 17-12 2-9 1-20 2-30z")},
			limb{fine(wattle, "M80 8c5 0 9 4 9.5 9-3 2-7 2-9-1-2-3-2-6-.5-8z")},
		),
		goosesWing(point{42, 66}), legs)
	up.head = joint{at: point{80, 14}, reach: 22, pivot: point{72, 44}, turn: 8, grow: .08}
	up.crown = [2]point{{64, 4}, {103, 34}}

	low := goose("hissing", "M14 52c12 5 24-5 36-1 8 3 12 3 17-2 5-4 6-12 12-15 6-3 13 0 15 6 1 6-2 10-8 11-6 2-8 8-8 15-2 15-13 23-31 23-21 0-36-11-38-28 0-5 2-8 5-9z",
		"M78 66c-2 15-13 23-31 23-14 0-25-5-32-14 11 5 25 6 39 3 13-2 19-7 22-14z",
		headAt(point{85, 42}, 14), point{86, 40},
		either(
			limb{},
			limb{fine(face, "M70 50c5-4 6-12 12-15 6-3 13 0 15 6 1 6-2 10-8 11-3 1-5 3-7 6-4 1-9-3-12-8z"), fine(white, "M77 48c-1-5 2-9 6-10 2 3 3 7 6 9-3 4-9 5-12 1z")},
			limb{fine(wattle, "M87 36c4 0 7 3 7.5 6-3 2-7 2-9-1-1-2 0-4 1.5-5z")},
		),
		goosesWing(point{42, 65}), legs)
	low.head = joint{at: point{85, 43}, reach: 20, pivot: point{68, 55}, turn: 12, grow: .08}
	low.crown = [2]point{{73, 31}, {107, 57}}

	grazing := goose("grazing", "M14 46c12-2 24-7 38-4 13 3 20 8 27 18 5 8 6 15 11 18 6 4 6 11 1 15-5 3-12 1-14-5-3-8-5-14-11-15-5 9-13 14-26 14C22 87 10 76 9 58c0-6 2-10 5-12z",
		"M66 73c-5 9-13 14-26 14-10 0-18-3-24-9 14 3 33 3 43-10z",
		headAt(point{85, 86}, 42), point{86, 84},
		either(
			limb{},
			limb{fine(face, "M68 73c5-1 7-7 10-13 6 6 7 15 12 18 6 4 6 11 1 15-5 3-12 1-14-5-3-7-4-13-9-15z"), fine(white, "M79 86c-2-4 0-7 4-8 1 3 1 6 4 8-2 4-6 4-8 0z")},
		),
		goosesWing(point{42, 62}), legs)
	grazing.head = joint{at: point{86, 86}, reach: 18, pivot: point{74, 66}, turn: 8, grow: .08}
	grazing.crown = [2]point{{74, 74}, {103, 104}}
	resting := goose("resting", "M12 62c12 5 24-1 36 0 8 .6 13-2 15-8 3-8 2-18 3-26 .6-8 5-13 12-13 7 0 11 5 10.5 11-.4 4-3 6-5 8-2.5 3-3 8-2 16 1 6 4 12 4 20-1 17-15 24-38 24-22 0-39-8-41-24 0-4 2-7 5.5-8z",
		"M84 74c-3 14-17 20-36 20-14 0-26-4-34-10 12 4 27 4 41 1 15-2 24-7 27-17z",
		headAt(point{79, 23}, 0), point{79, 22.5},
		either(limb{}, limb{fine(face, "M63 54c3-8 2-18 3-26 .6-8 5-13 12-13 7 0 11 5 10.5 11-.4 4-3 6-5 8-2.5 3-3 8-2 16-6 6-12 6-18.5 4z"), fine(white, "M72 33c-2-6 0-11 4-13 2 4 3 8 6 11-2 4-7 6-10 2z")},
			limb{fine(wattle, "M79 16c5 0 9 4 9.5 9-3 2-7 2-9-1-2-3-2-6-.5-8z")}),
		goosesWing(point{42, 75}), only())
	resting.head = joint{at: point{79, 22}, reach: 22, pivot: point{71, 52}, turn: 9, grow: .08}
	resting.crown = [2]point{{63, 12}, {102, 42}}
	out := []drawing{up, low, grazing, resting}
	for i := range out {
		out[i].tail = joint{at: point{6, 46}, reach: 18, pivot: point{24, 60}, turn: 12, grow: .1}
	}
	return out
}

func goosesWing(at point) choice {
	return either(
		limb{fine(dark, "M-20-6c12-8 29-7 40 0-4 12-17 18-31 15 4-1 6-3 8-5-6 0-10-1-13-4 3 0 4-1 5-2-4-1-7-2-9-4z")},
		limb{fine(light, "M-24-6c12-9 32-8 44 1-4 12-20 17-35 13 3-1 5-3 6-4-7-1-12-4-15-10z"), fineLine(dark, 1.7, "M-6-1c6 3 12 3 18 0M-8 5c6 2 12 2 16 0")},
		limb{fine(dark, "M-26-10C-10-16 10-14 20-2c-4 11-14 15-26 13-10-3-17-10-20-21z"), fineLine(light, 1.7, "M-12-3c6 5 16 6 24 4M-8 4c4 3 10 4 15 2")},
	).moved(put(at, 0, 1), put(at, 6, 1.06), put(at, -6, .95))
}
