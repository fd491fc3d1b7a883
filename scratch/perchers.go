package scratch

// Pigeons, crows, parrots and owls: small heads without comb or wattle, low tails.

func pigeons() []drawing {
	legs := either(
		limb{line(leg, 3, "M50 80v11M50 91l8 2M50 91l-5 2M67 77v13M67 90l8 2M67 90l-5 2")},
		limb{line(leg, 3, "M50 80l-5 11M45 91l8 2M45 91l-5 2M66 78l6 12M72 90l8 2M72 90l-4 2")},
	)
	bill := either(
		limb{fill(beak, "M8-1c4.5 1 8 3 10 5.5-3.5 2.5-7 2.5-10 1z"), fine(white, "O9-.5 2.5 2")},
		limb{fill(beak, "M8-2c6 1 9 4 11 7-4 1-8 1-11 0z")},
		limb{fill(beak, "M8-3c4 0 8 4 9 9-3-1-6-1-10-1z"), fine(light, "O9-1 2 1.8")},
	)
	wing := either(
		limb{
			fine(light, "M20 60c8-14 24-20 40-15 6 12-2 24-18 26-11 2-22 5-33 10 4-7 8-13 11-21z"),
			fineLine(dark, 4.2, "M42 68c6-4 9-10 9-17M31 70c5-4 8-9 9-16"),
		},
		limb{
			fine(light, "M18 62c7-15 24-22 41-16 7 12-1 23-17 26-11 2-24 6-36 12 5-7 9-14 12-22z"),
			fineLine(dark, 2.6, "M48 66c4-4 6-9 6-15M39 68c5-4 7-10 8-16M29 70c5-4 7-9 8-15"),
		},
		limb{
			fine(dark, "M20 60c8-14 24-20 40-15 6 12-2 24-18 26-11 2-22 5-33 10 4-7 8-13 11-21z"),
			fineLine(light, 1.8, "M28 62c8 4 18 4 26 0M24 70c6 2 12 2 18 0"),
		},
	)
	low := either(limb{fill(dark, "M1 74c10-7 20-16 28-26l16 22c-12 8-27 14-41 15z")}, limb{fill(dark, "M-4 78c12-4 22-12 30-28l18 20c-10 10-28 18-46 18z"), fineLine(light, 2, "M2 84c8-2 14-4 20-8")})
	one := func(stance string, at point, degrees float64, tail choice, shape, collar string, wing choice, legs choice) drawing {
		head := put(at, degrees, 1)
		d := drawing{stance: stance, limbs: []choice{
			legs, tail, bill.moved(head, put(at, degrees+5, 1.1)),
			either(
				limb{coat(body, shape), fine(trim, collar)}, limb{coat(body, shape)},
				limb{coat(body, shape), fineLine(dark, 3, "M-10 12c4 4 12 6 19 3").moved(head)},
				limb{coat(body, shape), fine(wattle, "M4 14c5 0 9 5 8 12-3 7-9 7-13 3-4-6-1-14 5-15z").moved(head)}, // a bleeding-heart
			),
			wing, eyes(2.9, head(point{1, 0})),
		}}
		d.head = joint{at: at, reach: 18, pivot: point{at.x - 6, at.y + 18}, turn: 10, grow: .08}
		d.tail = joint{at: point{12, 74}, reach: 22, pivot: point{36, 60}, turn: 9, grow: .12}
		d.crown = [2]point{{at.x - 14, at.y - 11}, {at.x + 20, at.y + 13}}
		return d
	}
	standing := one("standing", point{74, 22}, 0, low,
		"M24 54c8-12 18-18 28-22 5-3 6-7 8-11 3-7 10-9 16-6 6 3 8 9 7 16 6 9 8 21 4 31-6 14-22 21-40 19-12-2-24-10-23-27z",
		"M57 27c3 6 15 9 26 4 4 6 6 12 6 19-10 6-25 4-37-3 5-6 6-13 5-20z", wing, legs)
	pecking := one("pecking", point{86, 72}, 46,
		either(limb{fill(dark, "M2 46c10 2 18 2 26-2l12 22c-12 2-28 0-42-8z")}, limb{fill(dark, "M0 34c8 8 16 10 26 10l14 20c-16 2-32-6-44-18z")}),
		"M22 50c6-9 18-15 32-13 14 2 24 11 32 20 6 6 9 10 9 16-1 7-7 10-13 9-6 0-9-4-14-4-6 7-16 9-24 7-15-2-26-15-22-35z",
		"M68 48c8 3 14 6 18 9 6 6 9 10 9 16-1 7-7 10-13 9-6 0-9-4-14-4-4-8-4-20 0-30z", wing.moved(put(point{2, 2}, -4, .95)), legs)
	pecking.tail = joint{at: point{8, 48}, reach: 22, pivot: point{32, 54}, turn: 9, grow: .12}
	pecking.crown = [2]point{{72, 58}, {104, 94}}
	// The fantail dove, her tail a wheel behind her.
	var fan, quills []part
	for a := -100.; a <= 41; a += 20 {
		f := put(point{34, 60}, a, 1)
		fan = append(fan, fill(dark, "M-4 2L-8-32c2-8 14-8 16 0L4 2z").moved(f))
		quills = append(quills, fineLine(light, 1.6, "M0-8V-34").moved(f))
	}
	fantail := one("fantail", point{74, 28}, -4, either(limb{merged(fan), merged(quills)}, limb{merged(fan)}),
		"M26 58c8-10 20-14 28-20 5-4 6-8 8-12 3-7 10-9 16-6 6 3 8 10 8 17 6 8 7 19 3 28-6 14-22 20-38 18-15-2-27-9-25-25z",
		"M59 34c3 5 13 7 25 2 4 6 5 12 5 18-9 8-22 8-33 2 3-7 5-14 3-22z", wing.moved(put(point{10, 12}, 0, .86)), legs)
	fantail.tail = joint{at: point{24, 30}, reach: 30, pivot: point{36, 58}, turn: 10, grow: .1}
	sitting := one("sitting", point{76, 38}, 0, low.moved(put(point{0, 10}, 0, 1)),
		"M20 68c8-10 20-14 32-18 6-3 8-8 10-12 3-7 10-9 16-6 6 3 8 9 7 16 6 7 9 18 6 27-6 15-24 18-44 17-16-1-28-10-27-24z",
		"M60 44c3 6 14 8 25 3 4 6 6 12 6 18-10 6-26 4-38-3 5-6 7-12 7-18z", wing.moved(put(point{4, 14}, 0, 1)), either(limb{}, limb{line(leg, 3, "M50 90l8 4M66 90l8 3")}))
	return []drawing{standing, pecking, fantail, sitting}
}

func crows() []drawing {
	legs := either(
		limb{line(leg, 3, "M48 80v14M48 94l8 2M48 94l-5 2M62 79v14M62 93l8 2M62 93l-5 2")},
		limb{line(leg, 3, "M48 80l-6 14M42 94l8 2M42 94l-5 2M61 79l6 14M67 93l8 2M67 93l-4 2.5")},
	)
	bill := either(
		limb{fill(beak, "M6-7c8 0 16 4 21 10-7 3-14 4-21 3z"), fineLine(light, 1, "M9 1c6 .8 11 .8 16 1.5")},
		limb{fill(beak, "M6-7c8-1 17 2 22 7-8 0-14 1-20 2zM7 3c6 0 12 2 16 6-6 2-12 1-17-1z")},
		limb{fill(beak, "M6-8c10-1 17 4 19 13-4-2-10-1-18 0z")},
	)
	wing := either(
		limb{fine(dark, "M20 62c8-14 26-22 42-14 4 12-4 22-18 25-10 3-20 6-30 12z"), fineLine(light, 1.7, "M30 66c8-1 16-4 22-10M28 74c6-1 12-3 17-6")},
		limb{fine(dark, "M16 70c6-18 28-28 46-20 5 14-4 23-20 25-10 2-18 5-28 10z")},
		limb{fine(light, "M20 62c8-14 26-22 42-14 4 12-4 22-18 25-10 3-20 6-30 12z"), fine(dark, "M14 85c8-8 16-12 28-14l2 3c-10 3-20 6-30 11z")},
	)
	bibs := either(limb{}, limb{fine(face, "M-12 6c6 5 16 6 22 2 4 6 6 12 5 20-8 5-22 3-32-3 4-6 5-12 5-19z")},
		limb{fine(trim, "M-8 14c6 3 12 3 18 0 3 5 4 10 3 16-8 4-18 3-26-2 4-5 5-9 5-14z")})
	one := func(stance string, at point, degrees float64, tail, shape string, bibs, wing choice) drawing {
		head := put(at, degrees, 1)
		d := drawing{stance: stance, limbs: []choice{
			legs, only(fill(dark, tail)), bill.moved(head, put(at, degrees+4, 1.1), put(at, degrees, .9)),
			only(coat(body, shape)),
			bibs.moved(head),
			wing, eyes(2.8, head(point{1, -1.5})),
		}}
		d.head = joint{at: at, reach: 20, pivot: point{at.x - 8, at.y + 18}, turn: 11, grow: .1}
		d.tail = joint{at: point{10, 80}, reach: 20, pivot: point{30, 66}, turn: 9, grow: .12}
		d.crown = [2]point{{at.x - 14, at.y - 13}, {at.x + 28, at.y + 13}}
		if degrees > 20 {
			d.crown = [2]point{{at.x - 13, at.y - 13}, {at.x + 19, at.y + 22}}
		}
		return d
	}
	return []drawing{
		one("standing", point{72, 24}, 0, "M-4 88c10-8 20-18 28-30l16 16c-12 10-28 20-42 22z",
			"M24 60c6-14 18-22 28-28 5-4 6-8 8-12 4-8 12-10 19-6 7 5 8 12 6 19 4 10 6 20 3 30-5 14-20 20-36 19-14 0-29-7-28-22z", bibs, wing),
		one("calling", point{80, 34}, -14, "M-8 74c12-4 22-8 32-14l10 20c-14 4-28 4-40 2z",
			"M20 60c8-14 24-20 36-24 6-2 9-8 12-12 6-6 15-7 20-1 5 6 4 14 0 20 2 10 2 18-2 26-7 13-22 17-38 15-16-1-29-8-28-24z", bibs, wing.moved(put(point{0, 3}, -3, 1))),
		one("pecking", point{87, 72}, 44, "M-2 38c10 4 18 6 28 6l8 22c-14 0-28-8-38-18z",
			"M20 50c8-10 22-16 36-13 14 3 24 11 32 20 6 6 9 12 8 18-2 7-8 9-14 8-6-1-9-4-14-3-6 6-14 8-22 6-16-2-29-16-26-36z", only(), wing.moved(put(point{2, -2}, 0, .96))),
	}
}

// parrots have a hooked beak, a long tail and two bright colours.
func parrots() []drawing {
	hook := either(
		limb{fill(beak, "M5-8c8-2 14 4 13 12 0 4-2 6-4 7-1-5-4-7-9-7z"), fine(dark, "M5 4c4 0 6 2 7 5-3 2-6 1-8-1z")},
		limb{fill(beak, "M4-8c9-3 17 4 15 14-1 3-3 5-5 6-1-6-4-8-10-9z")},
	)
	crest := either(
		limb{}, limb{},
		limb{line(trim, 2.6, "M2-10Q-6-18-17-18M-2-10Q-9-15-20-12M-5-9Q-10-11-18-7")},
	)
	upright := "M44 42c-3-8-2-16 2-22 7-9 23-9 29 0 4 6 3 12 1 18 7 12 9 26 2 36-7 12-23 16-34 10C30 76 33 58 44 42z"
	one := func(stance string, at point, degrees float64, tail, shape, wing string, feet choice) drawing {
		head := put(at, degrees, 1)
		d := drawing{stance: stance, limbs: []choice{
			either(limb{fill(dark, tail)}, limb{fill(trim, tail)}),
			feet, crest.moved(head), hook.moved(head, put(at, degrees+5, 1.1)),
			only(coat(body, shape)),
			either(
				limb{fine(white, "M-2-5c4-3 10-1 11 4-3 4-9 5-12 1-1-2-1-4 1-5z").moved(head)},
				limb{fine(face, "M-11-8c5-6 17-6 22 2 1 8-2 14-8 16-7 0-14-8-14-18z").moved(head)},
				limb{fine(blush, "O-1 7 4.5 3.5").moved(head)},
			),
			either(
				limb{fine(dark, wing)},
				limb{fine(trim, wing)},
				limb{fine(light, wing)},
			),
			eyes(2.9, head(point{1.5, -2.5})),
		}}
		d.head = joint{at: at, reach: 20, pivot: point{at.x - 5, at.y + 20}, turn: 12, grow: .1}
		d.tail = joint{at: point{30, 88}, reach: 20, pivot: point{44, 70}, turn: 10, grow: .12}
		d.crown = [2]point{{at.x - 14, at.y - 13}, {at.x + 20, at.y + 13}}
		return d
	}
	return []drawing{
		one("upright", point{62, 27}, 0, "M42 64C30 74 18 84 10 95c14 3 32-4 46-16z", upright,
			"M42 48c8-4 18-2 22 6 2 12-6 24-20 34-8-12-10-28-2-40z", only(line(leg, 3, "M56 84v9M56 93l6 2M56 93l-5 2M67 82v11M67 93l6 2M67 93l-5 2"))),
		one("leaning", point{74, 36}, 14, "M34 70C22 74 6 82-6 94c14 6 36 0 52-12z",
			"M50 42c2-10 10-20 22-20 14 0 20 12 16 24-2 6-4 10-4 16-2 16-14 26-28 26-18 0-28-12-24-26 2-8 10-14 18-20z",
			"M38 54c10-8 24-6 30 2 0 14-12 22-30 26-14 4-20 8-30 10 8-14 16-28 30-38z", only(line(leg, 3, "M54 86v9M54 95l6 2M54 95l-5 2M66 84v11M66 95l6 2M66 95l-5 2"))),
	}
}

// owls look at you, so they are told at once.
func owls() []drawing {
	shape := "M50 14c-7 0-12-3-22-8-1 6 0 12 2 17-10 14-12 34-8 48 4 14 15 22 29 22s25-8 29-22c4-14 2-34-8-48 2-5 3-11 2-17-10 5-17 8-24 8z"
	round := "M51 8C28 8 18 26 18 52c0 26 12 42 33 42s33-16 33-42C84 26 74 8 51 8z"
	masks := either(
		limb{fine(light, "O39 32 13.5 13.5O63 32 13.5 13.5")},
		limb{fine(light, "M51 46C38 52 24 44 24 32S40 14 51 24c11-10 27-4 27 8S64 52 51 46z")},
		limb{fine(trim, "O39 32 13 13O63 32 13 13"), fineLine(dark, 1.6, "M27 24c4-6 12-8 22-2M75 24c-4-6-12-8-22-2")},
	)
	belly := either(
		limb{fine(light, "M34 54c10 6 24 6 34 0 6 16 2 34-17 36C32 88 28 70 34 54z")},
		limb{fineLine(dark, 2.2, "M42 60l4 4 4-4M52 60l4 4 4-4M47 69l4 4 4-4M38 69l4 4 4-4M57 69l4 4 4-4M43 78l4 4 4-4M52 78l4 4 4-4")},
		limb{fine(trim, "M36 56c10 4 20 4 30 0 5 14 2 30-15 32-17-2-20-18-15-32z")},
	)
	wings := either(
		limb{fill(dark, "M23 46c-9 12-9 30 1 42 6-8 8-26 5-40zM79 46c9 12 9 30-1 42-6-8-8-26-5-40z")},
		limb{fine(dark, "M23 46c-6 12-6 28 3 40 6-8 8-26 5-38zM79 46c6 12 6 28-3 40-6-8-8-26-5-38z")},
		limb{fill(dark, "M24 44C10 48 0 62-2 78c6-1 10-2 13-4 1 4 2 6 4 8 8-6 14-14 16-28zM78 44c14 4 24 18 26 34-6-1-10-2-13-4-1 4-2 6-4 8-8-6-14-14-16-28z")},
	)
	one := func(stance, shape string) drawing {
		return drawing{
			stance: stance,
			limbs: []choice{
				only(line(leg, 4, "M42 92v5M46 92v5M38 92v5M56 92v5M60 92v5M64 92v5")),
				only(coat(body, shape)), wings, belly, masks,
				only(fill(beak, "M51 33c4 2 5 6 0 13-5-7-4-11 0-13z")),
				eyes(6.4, point{39, 32}, point{63, 32}),
			},
			head:  joint{at: point{51, 28}, reach: 24, pivot: point{51, 48}, turn: 9, grow: .08},
			tail:  joint{at: point{51, 86}, reach: 20, pivot: point{51, 70}, turn: 6, grow: .08},
			crown: [2]point{{25, 16}, {77, 48}},
		}
	}
	return []drawing{one("eared", shape), one("round", round)}
}
