package scratch

// Turkeys, quails and pheasants: bare or feathered heads, and never a comb.

// turkeysHead is bare, with a snood over the beak and a wattle at the throat.
func turkeysHead(at func(float64, float64) func(point) point, eye point) []choice {
	skull := fill(face, "M-11 8c-2-9 2-19 9-19s12 6 11 12c-1 5-4 8-5 14l-1 9c-5 3-12 2-16-1 1-6 2-10 2-15z")
	return []choice{
		either(
			limb{skull, fill(wattle, "M0 9c5-1 9 2 9 8 0 8-2 15-6 15s-6-5-6-11c0-5 0-9 3-12z")},
			limb{skull, fill(wattle, "M1 8c7-2 9 4 7 8 3 3 3 8 0 10 1 5-4 8-7 5-5-2-5-7-4-10-2-5 0-10 4-13z")},
			limb{skull, fill(wattle, "M2 9c4 0 7 4 6 9-1 6-4 10-7 9s-4-6-3-11 2-7 4-7z"), fine(wattle, "O-8 17 3 3.5O-3 23 3 3")},
		).moved(at(0, 1)),
		either(
			limb{fill(beak, "M8-4c5 1 8 3 10 7-4 1-7 1-10 0z"), fill(wattle, "M5-8c4-3 10 0 10.5 6 .5 5 1 10-1.5 14-3.5 0-4.5-4-4.5-8s-1-7-4.5-12z")},
			limb{fill(beak, "M7-5c6 1 11 4 13 8-5 2-9 2-13 1z"), fill(wattle, "M5-9c5-2 9 1 9 5l-1 6c-3 1-5-1-5-4z")},
			limb{fill(wattle, "M4-9c7-4 13 2 13 9 1 8 1 13-3 16-3-2-3-7-3-11-1-6-3-9-7-14z"), fill(beak, "M8-3c5 0 9 3 11 6-4 2-8 2-11 1z")},
		).moved(at(0, 1), at(4, 1.08)),
		eyes(2.9, eye),
	}
}

// fans are the tails of turkeys that show off, of feathers about the rump.
func fans(about point, from, to, step, long float64) choice {
	var fan, tips, bands []part
	feather := fill(trim, "M-4 2L-9-34c0-13 18-13 18 0L4 2z")
	tip := fine(light, "M-8.8-32.5l-.2-1.5c0-13 18-13 18 0l-.2 1.5q-8.8-4-17.6 0z")
	band := fine(dark, "M-7.7-26q7.7-4 15.4 0l-.7 4.5q-7-4-14 0z")
	for a := from; a <= to; a += step {
		f := put(about, a, long)
		fan, tips, bands = append(fan, feather.moved(f)), append(tips, tip.moved(f)), append(bands, band.moved(f))
	}
	return either(
		limb{merged(fan), merged(tips), merged(bands)},
		limb{merged(fan), merged(tips)},
		limb{merged(fan), merged(bands)},
	)
}

func turkeys() []drawing {
	legs := either(
		limb{line(leg, 3.4, "M43 84v11M43 95l8 2M43 95l-5 2M62 84v11M62 95l8 2M62 95l-5 2")},
		limb{line(leg, 3.4, "M44 84l-4 11M40 95l8 2M40 95l-6 2M60 84l6 11M66 95l8 2M66 95l-5 2")},
	)
	wing := either(
		limb{fine(dark, "M30 60c10-7 26-6 34 1-2 11-12 17-23 15 3-1 5-3 6-4-6 1-10-1-13-4 3 0 4-1 5-2-4-1-7-3-9-6z")},
		limb{fine(dark, "M28 58c12-8 30-6 38 4-2 12-16 18-27 14-6-4-10-10-11-18z"), fineLine(light, 1.7, "M38 64c6 4 14 5 20 2M42 71c5 2 9 2 13 0")},
	)
	strutting := drawing{stance: "strutting", limbs: append([]choice{
		legs, fans(point{40, 52}, -100, 101, 25, 1),
		only(coat(body, "M24 62c0-15 13-25 29-24 10 1 13-4 16-13l13 4c-1 8-1 14 1 21 5 21-9 37-30 37-17 0-29-10-29-25z")),
		wing,
	}, turkeysHead(headAt(point{79, 25}, 0), point{79.5, 22.5})...)}
	strutting.tail = joint{at: point{28, 30}, reach: 34, pivot: point{40, 54}, turn: 9, grow: .08}
	strutting.head = joint{at: point{80, 28}, reach: 20, pivot: point{74, 46}, turn: 9, grow: .08}
	strutting.crown = [2]point{{66, 12}, {100, 58}}

	hen := strutting
	hen.stance = "tail down"
	hen.limbs = append([]choice{
		legs,
		either(
			limb{fill(trim, "M34 56C22 60 8 70-2 84c8 5 22 2 40-8z"), fine(light, "M-2 84c2-3 4-5 6-8l8 9c-6 1-11 1-14-1z"), fineLine(dark, 2, "M9 72l9 10M20 65l8 12")},
			limb{fill(trim, "M34 56C20 54 6 60-4 72c8 8 24 10 44 2z"), fineLine(dark, 2, "M6 64l6 13M17 60l5 17")},
		),
		only(coat(body, "M20 60c6-14 20-22 34-22 10 1 12-6 14-14l13 4c-1 8-1 14 2 22 5 21-10 37-32 37-20 0-33-10-31-27z")),
		wing,
	}, turkeysHead(headAt(point{78, 22}, 4), point{78.5, 19.5})...)
	hen.tail = joint{at: point{6, 76}, reach: 22, pivot: point{32, 64}, turn: 10, grow: .1}
	hen.head = joint{at: point{79, 24}, reach: 20, pivot: point{73, 44}, turn: 10, grow: .08}
	hen.crown = [2]point{{64, 9}, {100, 54}}

	front := drawing{stance: "facing you", limbs: append([]choice{
		only(line(leg, 3.4, "M42 86v9M42 95l-6 2M42 95l6 2M60 86v9M60 95l-6 2M60 95l6 2")),
		fans(point{50, 58}, -108, 109, 24, .98),
		only(coat(body, "M42 38h18c2 8 10 12 14 20 8 16-2 32-23 32S20 74 28 58c4-8 12-12 14-20z")),
		either(
			limb{fine(dark, "M28 56c-8 9-8 22 1 30 6-6 8-18 6-28zM74 56c8 9 8 22-1 30-6-6-8-18-6-28z")},
			limb{fineLine(dark, 2, "M40 62c6 4 16 4 22 0M38 70c8 5 18 5 26 0M40 78c7 4 15 4 22 0")},
		),
	}, turkeysHead(headAt(point{52, 30}, 0), point{53, 27.5})...)}
	front.tail = joint{at: point{50, 26}, reach: 34, pivot: point{50, 58}, turn: 7, grow: .07}
	front.head = joint{at: point{52, 32}, reach: 18, pivot: point{51, 52}, turn: 9, grow: .06}
	front.crown = [2]point{{38, 17}, {73, 63}}

	grazing := drawing{stance: "neck low", limbs: append([]choice{
		legs, either(
			limb{fill(trim, "M30 56C18 54 4 62-4 76c10 6 26 4 42-4z"), fineLine(dark, 2, "M8 66l6 12M18 62l6 14")},
			limb{fill(trim, "M34 60C18 56 6 42 2 24c6 2 10 4 13 7 0-6 2-10 5-13 10 8 18 20 22 34z"), fineLine(dark, 2, "M10 40l9-5M16 50l12-7")},
		),
		only(coat(body, "M14 58c4-14 18-21 34-20 10 1 18 4 24 10 5 4 10 4 16 4l-2 18c-5 2-9 2-12 2-5 11-16 17-30 17-19 0-32-13-30-31z")),
		wing,
	}, turkeysHead(headAt(point{84, 62}, 6), point{84.8, 59.6})...)}
	grazing.tail = joint{at: point{8, 60}, reach: 26, pivot: point{32, 64}, turn: 9, grow: .1}
	grazing.head = joint{at: point{84, 64}, reach: 18, pivot: point{70, 58}, turn: 9, grow: .06}
	grazing.crown = [2]point{{70, 49}, {105, 95}}
	return []drawing{strutting, hen, front, grazing}
}

func quails() []drawing {
	legs := either(
		limb{line(leg, 3, "M46 84v10M46 94l7 2M46 94l-5 2M61 83v10M61 93l7 2M61 93l-5 2")},
		limb{line(leg, 3, "M46 84l-5 10M41 94l7 2M41 94l-5 2M60 83l5 10M65 93l7 2M65 93l-4 2.5")},
	)
	wing := either(
		limb{fine(dark, "M25 58c12-9 28-9 39 0-2 11-15 18-28 15 4-1 6-3 7-4-6 1-11-1-14-4 3 0 5-1 6-2-5-1-8-3-10-5z")},
		limb{fine(dark, "M22 60c10-12 32-14 43-2-4 13-20 18-34 13-4-3-8-7-9-11z"), fineLine(light, 2, "M32 60l6-3M42 62l7-3M52 62l6-3M38 68l7-3")},
		limb{fine(light, "M24 60c12-10 28-10 40-1-2 10-14 17-27 14z"), fineLine(dark, 1.8, "M34 62c6 3 12 2 20-1M40 69c5 1 8 0 12-2")},
	)
	plume := either(
		limb{line(dark, 2, "M-6-8C-10-16-8-21-2-23"), fill(dark, "M-4-24c7-3 14 1 14 7 0 5-6 6-9 3-2-2-1-6-5-10z")},
		limb{line(dark, 1.8, "M-7-8C-11-15-10-19-5-22M-4-8C-6-14-4-17 0-18"), fill(dark, "M-7-22c5-4 12-3 14 1 1 4-3 6-6 5-3-1-4-5-8-6z")},
		limb{line(dark, 2, "M-4-10C-8-20-14-24-20-24M-2-10C-5-21-8-27-14-30")},
		limb{line(dark, 3, "M-7-7C-13-12-18-14-25-14")},
		limb{},
	)
	cheek := either(
		limb{fine(face, "M-2-8c7-1 12 5 13 13 0 6-2 11-6 12-6-1-9-5-9-11 0-5 0-10 2-14z"), fineLine(trim, 2.6, "M-5-8c-4 7-4 14 0 20 2 4 5 6 9 6")},
		limb{fine(face, "M-13-3c5-5 12-6 18-3 2 1 4 4 5 6-8-1-15 1-23 3z"), fineLine(trim, 2.4, "M-13 2c6 1 11-1 17-2")},
		limb{fine(wattle, "M-5-4c4-4 12-3 14 3-4 3-9 4-13 2-1-2-2-4-1-5z")},
		limb{fine(trim, "M0 4c5-1 10 1 11 4-2 6-8 8-13 5-2-4-1-7 2-9z"), fineLine(dark, 1.8, "M-9 4c2 8 8 12 14 10")},
	)
	bill := either(limb{fill(beak, "M10 0c4 1 7 3.5 8 7.5-4 1.5-6.5 1-9 0z")}, limb{fill(beak, "M9-1c6 0 9 4 9 10-3-1-7-1-10-1z")})
	one := func(stance string, head point, degrees float64, shape, belly string, tail choice, parts ...choice) drawing {
		at := headAt(head, degrees)
		d := drawing{stance: stance, limbs: []choice{tail, plume.moved(at(0, 1), at(-10, 1.1), at(8, .9)), bill.moved(at(0, 1), at(4, 1.1))}}
		d.limbs = append(d.limbs, either(limb{coat(body, shape), fine(light, belly)}, limb{coat(body, shape)}), cheek.moved(at(0, 1)))
		d.limbs = append(d.limbs, parts...)
		d.limbs = append(d.limbs, eyes(3, at(0, 1)(point{1.5, .5})))
		d.head = joint{at: head, reach: 22, pivot: point{head.x - 11, head.y + 18}, turn: 10, grow: .08}
		d.tail = joint{at: point{8, 72}, reach: 16, pivot: point{24, 62}, turn: 12, grow: .1}
		d.crown = [2]point{{head.x - 15, head.y - 24}, {head.x + 20, head.y + 20}}
		return d
	}
	tail := either(limb{fill(dark, "M18 56C9 62 3 70 1 79c9 1 19-1 28-6z")}, limb{fill(dark, "M18 54C8 56 1 62-3 70c9 4 20 6 31 3z")})
	standing := one("standing", point{79, 25}, 0,
		"M11 63c7-5 13-14 23-20 10-6 20-8 27-14 3-9 9-14 17-13 8 1 13 8 12 16-.6 6 0 10 1 16 4 20-10 38-36 38-20 0-36-8-44-23z",
		"M91 49c3 19-11 37-36 37-8 0-16-1-22-4 12 1 25-1 34-7 11-7 15-16 16-28z", tail, legs, wing)
	crouching := one("crouching", point{80, 45}, 4,
		"M8 72c8-6 14-14 26-18 12-4 22-2 29-10 4-7 10-10 17-9 8 1 12 8 11 15 0 6 2 10 2 16 0 18-16 26-40 26-22 0-38-6-45-20z",
		"M92 66c1 18-15 26-39 26-10 0-18-1-24-4 14 1 30 0 40-5 12-5 18-11 19-20z", tail, wing.moved(put(point{0, 12}, 0, 1)))
	crouching.tail = joint{at: point{8, 80}, reach: 16, pivot: point{24, 72}, turn: 10, grow: .1}
	pecking := one("pecking", point{84, 74}, 40,
		"M10 58c8-4 16-12 28-15 16-3 30 3 40 12 8 6 16 12 19 20 2 8-3 14-11 13-6 0-8-4-12-5-6 6-16 8-26 7-20-1-34-14-38-32z",
		"M72 66c3 8 2 13 0 16-6 6-14 8-24 8-8-1-14-3-19-7 16 1 34 0 43-17z", tail, legs, wing.moved(put(point{-2, 3}, 0, 1)))
	pecking.head = joint{at: point{86, 74}, reach: 20, pivot: point{68, 60}, turn: 8, grow: .08}
	pecking.crown = [2]point{{70, 54}, {105, 97}}
	return []drawing{standing, crouching, pecking}
}

// pheasants have a red face and a very long tail.
func pheasants() []drawing {
	legs := either(
		limb{line(leg, 3, "M54 80v14M54 94l7 2M54 94l-5 2M68 79v14M68 93l7 2M68 93l-5 2")},
		limb{line(leg, 3, "M54 80l-5 14M49 94l7 2M49 94l-5 2M67 79l5 14M72 93l7 2M72 93l-4 2.5")},
	)
	head := either(
		limb{fill(face, "O0 0 11.5 11"), fine(wattle, "M-5-4c4-5 13-3 15 2 0 5-4 10-9 9-5 0-8-6-6-11z")},
		limb{fill(face, "O0 0 11.5 11"), fill(face, "M-7-8c-5-1-9-4-12-8 6 0 11 1 15 5z"), fine(wattle, "M-4-5c5-4 12-2 14 3 0 4-4 8-8 7s-8-6-6-10z")},
		limb{fill(face, "O0 0 11.5 11"), fine(light, "M-7 7c4 3 10 3 14 0l1 5c-5 3-11 3-16 0z")},
	)
	one := func(stance string, at point, degrees float64, tail, barred, shape string, wing point) drawing {
		d := drawing{stance: stance, limbs: []choice{
			either(
				limb{fill(dark, tail)},
				limb{fill(trim, tail), fineLine(dark, 2, barred)},
			),
			legs,
			either(limb{fill(beak, "M9-3c5 0 10 3 11 8-4 1-8 1-11 1z")}, limb{fill(beak, "M9-4c6 0 10 4 12 6-4 3-8 4-12 4z")}).moved(put(at, degrees, 1)),
			only(coat(body, shape)),
			maybe(fill(trim, "M-8 8c6 4 11 4 17 1l3 8c-7 4-16 4-23-1z").moved(put(at, degrees, 1))),
			head.moved(put(at, degrees, 1), put(at, degrees-4, 1.06)),
			wingsOfGame(wing),
			eyes(2.8, put(at, degrees, 1)(point{2.5, -1})),
		}}
		d.head = joint{at: at, reach: 20, pivot: point{at.x - 9, at.y + 18}, turn: 11, grow: .1}
		d.tail = joint{at: point{4, 78}, reach: 26, pivot: point{34, 62}, turn: 9, grow: .1}
		d.crown = [2]point{{at.x - 12, at.y - 12}, {at.x + 20, at.y + 12}}
		if degrees > 0 {
			d.crown = [2]point{{at.x - 13, at.y - 13}, {at.x + 16, at.y + 17}}
		}
		return d
	}
	return []drawing{
		one("standing", point{80, 23}, 0, "M42 56C28 62 8 74 0 89c14-1 30-8 46-17z", "M9 82l5 6M16 76l6 8M23 70l7 10",
			"M34 60c6-12 18-16 28-20 7-3 8-10 9-18l18 4c-2 8 0 14 2 22 3 18-9 35-29 36-16 0-30-8-28-24z", point{56, 62}),
		one("tail up", point{82, 27}, 0, "M40 66C26 56 11 40-2 18c18 7 38 20 50 34z", "M9 34l8-7M16 43l9-9M23 51l10-10",
			"M32 60c8-8 20-10 30-16 7-4 9-10 11-18l18 4c-2 8 0 14 1 20 3 20-10 34-30 35-18 0-32-9-30-25z", point{56, 64}),
		one("feeding", point{87, 74}, 40, "M36 54C26 50 14 50 4 57c10 9 24 15 38 13z", "M11 55l1 8M17 54l1 12M23 53l1 16",
			"M28 52c10-8 26-10 38-6 12 4 20 12 27 22l-12 12c-5-3-8-5-11-4-4 9-14 12-24 11-15-2-25-16-18-35z", point{50, 62}),
	}
}

func wingsOfGame(at point) choice {
	return either(
		limb{fine(dark, "M-20-2c10-9 26-9 36-1-2 10-13 16-25 14 3-1 5-3 6-4-6 0-13-4-17-9z")},
		limb{fine(light, "M-22 2c8-12 28-14 38-4-3 12-16 17-28 13-5-3-8-6-10-9z"), fineLine(dark, 1.8, "M-10 0l5-2M0 2l6-2M-4 7l6-2")},
		limb{fine(dark, "M-20 0c8-11 26-13 36-4-2 13-15 18-27 13-4-2-7-6-9-9z"), fineLine(trim, 1.8, "M-8 0c5 3 11 3 17 0M-5 6c4 2 8 2 12 0")},
	).moved(put(at, 0, 1), put(at, -6, 1.08), put(at, 6, .94))
}
